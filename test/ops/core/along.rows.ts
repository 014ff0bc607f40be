// Rows of sums at positions along a dim, the adjoint of gather. See helpers/rows.ts.

import { scatterAdd } from '../../../lib/ops/core/along'
import { longs } from '../../helpers/check'
import { row } from '../../helpers/rows'

// Made beforehand: a step that is captured cannot make tensors of numbers.
const columns = longs([
  [2, 0, 0],
  [1, 1, 2]
])

row('scatterAdd', {
  shapes: [[[2, 3]]],
  call: (x) => scatterAdd(x, [2, 3], 1, columns),
  reference: ({ data: [a, b, c, d, e, f] }) => [b + c, 0, a, 0, d + e, f],
  ulps: 2
})
