// Rows of lib/ops/repeat.ts. See helpers/rows.ts.

import { repeatInterleave, tensor } from '../../lib'
import { moves, row } from '../helpers/rows'

const counts = tensor([2, 0, 1], { dtype: 'int64' })

moves(
  'repeat',
  '',
  [2, 3],
  (x) => x.repeat(2, 3),
  ([i, j]) => [i % 2, j % 3]
)
moves(
  'repeat',
  'with dims in front',
  [3],
  (x) => x.repeat([2, 1, 2]),
  ([, , j]) => [j % 3]
)
moves(
  'repeat',
  'of a scalar',
  [],
  (x) => x.repeat(3),
  () => []
)
moves(
  'repeat',
  'of dims of size 1',
  [1, 3, 1],
  (x) => x.repeat(2, 1, 3),
  ([, j]) => [0, j, 0]
)
moves(
  'repeat',
  'no times',
  [2, 3],
  (x) => x.repeat(0, 1),
  ([, j]) => [0, j]
)
moves(
  'tile',
  '',
  [2, 3],
  (x) => x.tile(2),
  ([i, j]) => [i, j % 3]
)
moves(
  'tile',
  'with dims in front',
  [3],
  (x) => x.tile(2, 2),
  ([, j]) => [j % 3]
)
moves(
  'repeatInterleave',
  '',
  [2, 3],
  (x) => x.repeatInterleave(2, 1),
  ([i, j]) => [i, Math.floor(j / 2)]
)
moves(
  'repeatInterleave',
  'of all elements',
  [2, 2],
  (x) => x.repeatInterleave(3),
  ([k]) => [Math.floor(k / 6), Math.floor(k / 3) % 2]
)
row('repeatInterleave', {
  variant: 'by a tensor',
  shapes: [[[2, 3]]],
  call: (x) => repeatInterleave(x, counts, 1, { outputSize: 3 }),
  reference: ({ data: [a, , c, d, , f] }) => [a, a, c, d, d, f],
  ulps: 0,
  compiles: false
})
