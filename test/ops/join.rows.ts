// Rows of ops that join tensors. See helpers/rows.ts.

import { cat, stack } from '../../lib'
import { moves, row } from '../helpers/rows'

moves(
  'cat',
  'with itself',
  [2, 3],
  (x) => cat([x, x], 1),
  ([i, j]) => [i, j % 3]
)
row('cat', {
  shapes: [
    [
      [2, 3],
      [1, 3]
    ],
    [[2, 3], [0]]
  ],
  call: (...parts) => cat(parts),
  reference: (a, b) => [...a.data, ...b.data],
  ulps: 0
})
row('stack', {
  shapes: [
    [
      [2, 3],
      [2, 3]
    ],
    [[], []]
  ],
  call: (...parts) => stack(parts),
  reference: (a, b) => [...a.data, ...b.data],
  ulps: 0
})
moves(
  'stack',
  'along a later dim',
  [2, 3],
  (x) => stack([x, x], -1),
  ([i, j]) => [i, j]
)
