// A row of where as a method. See helpers/rows.ts.

import { where } from '../../lib'
import { checkedIn, constant } from '../helpers/rows'

checkedIn('ops/pytorch.test.ts')('where', 'as a method', [[3], [3]], (x, y) => x.where(x.detach().gt(0), y))
checkedIn('ops/pytorch.test.ts')('where', 'of a condition', [[3]], (x) => where(x.detach().gt(0))[0], {
  ...constant,
  compiles: false
})
