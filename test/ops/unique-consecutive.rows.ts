// Rows of runs of equal elements, whose result has a shape that values decide. See helpers/rows.ts.

import { checkedIn } from '../helpers/rows'

checkedIn('ops/pytorch.test.ts')('uniqueConsecutive', '', [[6]], (x) => x.uniqueConsecutive(), {
  differentiable: false,
  compiles: false
})
