// Rows of lib/ops/flip.ts. See helpers/rows.ts.

import { moves, same } from '../helpers/rows'

moves(
  'flip',
  '',
  [2, 3, 4],
  (x) => x.flip(0, -1),
  ([i, j, k]) => [1 - i, j, 3 - k]
)
moves(
  'flip',
  'of a dim between others',
  [2, 3, 4],
  (x) => x.flip([1]),
  ([i, j, k]) => [i, 2 - j, k]
)
moves('flip', 'of no dim', [2, 3], (x) => x.flip([]), same)
moves('flip', 'of a scalar', [], (x) => x.flip(0), same)
moves(
  'flip',
  'of nothing',
  [0, 3],
  (x) => x.flip(1),
  ([i, j]) => [i, 2 - j]
)
moves(
  'fliplr',
  '',
  [2, 3, 2],
  (x) => x.fliplr(),
  ([i, j, k]) => [i, 2 - j, k]
)
moves(
  'flipud',
  '',
  [2, 3],
  (x) => x.flipud(),
  ([i, j]) => [1 - i, j]
)
moves(
  'roll',
  '',
  [4, 3],
  (x) => x.roll(1, 0),
  ([i, j]) => [(i + 3) % 4, j]
)
moves(
  'roll',
  'of several dims',
  [4, 3],
  (x) => x.roll([-1, 5], [0, -1]),
  ([i, j]) => [(i + 1) % 4, (j + 1) % 3]
)
moves(
  'roll',
  'of a dim twice',
  [7],
  (x) => x.roll([1, 2], [0, 0]),
  ([i]) => [(i + 4) % 7]
)
moves(
  'roll',
  'of all elements',
  [2, 3],
  (x) => x.roll(2),
  ([i, j]) => [Math.floor(((3 * i + j + 4) % 6) / 3), (3 * i + j + 4) % 3]
)
moves('roll', 'of nothing', [0, 3], (x) => x.roll(2, 0), same)
moves(
  'rot90',
  '',
  [2, 3, 2],
  (x) => x.rot90(),
  ([i, j, k]) => [j, 2 - i, k]
)
moves(
  'rot90',
  'twice',
  [2, 3],
  (x) => x.rot90(2),
  ([i, j]) => [1 - i, 2 - j]
)
moves(
  'rot90',
  'back',
  [2, 3],
  (x) => x.rot90(-1, [0, 1]),
  ([i, j]) => [1 - j, i]
)
moves('rot90', 'around', [2, 3], (x) => x.rot90(4, [-1, 0]), same)
