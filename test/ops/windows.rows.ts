// Rows of lib/ops/windows.ts. See helpers/rows.ts.

import { moves } from '../helpers/rows'

moves(
  'unfold',
  '',
  [2, 7],
  (x) => x.unfold(1, 3, 2),
  ([i, j, k]) => [i, 2 * j + k]
)
moves(
  'unfold',
  'of a dim in front',
  [5, 2],
  (x) => x.unfold(0, 4, 1),
  ([i, j, k]) => [i + k, j]
)
moves(
  'unfold',
  'apart',
  [9],
  (x) => x.unfold(-1, 2, 3),
  ([i, k]) => [3 * i + k]
)
moves(
  'unfold',
  'of a scalar',
  [],
  (x) => x.unfold(0, 1, 1),
  () => []
)
moves(
  'unfold',
  'of no elements',
  [2, 3],
  (x) => x.unfold(1, 0, 1),
  ([i, j]) => [i, j]
)
