// Rows of distinct elements, whose result has a shape that values decide. See helpers/rows.ts.

import { checkedIn } from '../helpers/rows'

checkedIn('ops/unique.test.ts')('unique', '', [[6]], (x) => x.unique(), { differentiable: false, compiles: false })
