// A row of unravelIndex, which gives several tensors. See helpers/rows.ts.

import { unravelIndex } from '../../lib'
import { checkedIn } from '../helpers/rows'

checkedIn('ops/pytorch.test.ts')('unravelIndex', '', [[6]], (x) => unravelIndex(x.long(), [2, 3])[1], {
  differentiable: false,
  checksDtypes: false
})
