// A row of bincount, whose result has a size that values decide. See helpers/rows.ts.

import { checkedIn } from '../helpers/rows'

checkedIn('ops/bincount.test.ts')('bincount', '', [[6]], (x) => x.abs().long().bincount(), {
  differentiable: false,
  checksDtypes: false,
  compiles: false
})
