// Rows of ops that give coordinates. See helpers/rows.ts.

import { nonzero, nonzeroStatic } from '../../lib'
import { checkedIn } from '../helpers/rows'

const coordinates = checkedIn('ops/select.test.ts')
const sized = { differentiable: false, checksDtypes: false, compiles: false }

coordinates('nonzero', '', [[2, 3]], (x) => nonzero(x), sized)
coordinates('nonzeroList', '', [[2, 3]], (x) => nonzero(x, { asTuple: true })[1], sized)
coordinates('argwhere', '', [[2, 3]], (x) => x.argwhere(), sized)
coordinates('nonzeroStatic', '', [[2, 3]], (x) => nonzeroStatic(x, { size: 4 }), {
  differentiable: false,
  checksDtypes: false
})
