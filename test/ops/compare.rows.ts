// Rows of lib/ops/compare.ts. See helpers/rows.ts.

import { checkedIn, row } from '../helpers/rows'
import { tensor } from '../../lib'

const there = checkedIn('ops/compare.test.ts')
const refused = { differentiable: false, compiles: false }
there('equal', '', [[3], [3]], (x, y) => tensor(x.equal(y)), refused)
there('allclose', '', [[3], [3]], (x, y) => tensor(x.allclose(y)), refused)
row('isclose', {
  shapes: [
    [[2, 3], [3]],
    [[], [2]],
    [
      [0, 3],
      [1, 3]
    ]
  ],
  isPointwise: true,
  formula: (a, b) => Number(a === b || (Number.isFinite(a - b) && Math.abs(a - b) <= 1e-8 + 1e-5 * Math.abs(b))),
  differentiable: false,
  ulps: 0
})
