// Rows of ops that give the same elements another shape. See helpers/rows.ts.

import { zeros } from '../../lib'
import { contiguous } from '../../lib/ops/copy'
import { expand, expandAs, view } from '../../lib/ops/movement'
import { moves } from '../helpers/rows'

moves(
  'reshape',
  'of a transposed tensor',
  [2, 3],
  (x) => x.t().reshape(6),
  ([k]) => [k % 2, Math.floor(k / 2)]
)
moves(
  'reshape',
  'as a view',
  [2, 3],
  (x) => x.reshape([3, -1]),
  ([i, j]) => [Math.floor((2 * i + j) / 3), (2 * i + j) % 3]
)
moves(
  'view',
  '',
  [2, 3],
  (x) => view(contiguous(x), 6),
  ([k]) => [Math.floor(k / 3), k % 3]
)
moves(
  'flatten',
  '',
  [2, 3, 2],
  (x) => x.flatten(1),
  ([i, k]) => [i, Math.floor(k / 2), k % 2]
)
moves(
  'permute',
  '',
  [2, 3, 4],
  (x) => x.permute(2, 0, -2),
  ([k, i, j]) => [i, j, k]
)
moves(
  'transpose',
  '',
  [2, 3, 4],
  (x) => x.transpose(0, -1),
  ([k, j, i]) => [i, j, k]
)
moves(
  't',
  '',
  [2, 3],
  (x) => x.t(),
  ([j, i]) => [i, j]
)
moves(
  'unsqueeze',
  '',
  [2, 3],
  (x) => x.unsqueeze(1),
  ([i, , j]) => [i, j]
)
moves(
  'squeeze',
  'of all',
  [1, 3, 1],
  (x) => x.squeeze(),
  ([j]) => [0, j, 0]
)
moves(
  'squeeze',
  'of a dim',
  [1, 3, 1],
  (x) => x.squeeze(-1),
  ([i, j]) => [i, j, 0]
)
moves(
  'expand',
  '',
  [2, 1],
  (x) => expand(x, 3, 2, 4),
  ([, i]) => [i, 0]
)
moves(
  'expandAs',
  '',
  [1, 3],
  (x) => expandAs(x, zeros(2, 3)),
  ([, j]) => [0, j]
)
moves(
  'viewAs',
  '',
  [2, 3],
  (x) => contiguous(x).viewAs(zeros(3, 2)),
  ([i, j]) => [Math.floor((2 * i + j) / 3), (2 * i + j) % 3]
)
moves(
  'reshapeAs',
  '',
  [2, 3],
  (x) => x.reshapeAs(zeros(6)),
  ([k]) => [Math.floor(k / 3), k % 3]
)
moves(
  'ravel',
  '',
  [2, 3],
  (x) => x.ravel(),
  ([k]) => [Math.floor(k / 3), k % 3]
)
moves(
  'unflatten',
  '',
  [2, 6],
  (x) => x.unflatten(1, [2, -1]),
  ([i, j, k]) => [i, 3 * j + k]
)
moves(
  'swapaxes',
  '',
  [2, 3, 4],
  (x) => x.swapaxes(0, -1),
  ([k, j, i]) => [i, j, k]
)
moves(
  'swapdims',
  '',
  [2, 3],
  (x) => x.swapdims(0, 1),
  ([j, i]) => [i, j]
)
moves(
  'adjoint',
  '',
  [2, 3, 4],
  (x) => x.adjoint(),
  ([i, k, j]) => [i, j, k]
)
moves(
  'movedim',
  '',
  [2, 3, 4],
  (x) => x.movedim(0, -1),
  ([j, k, i]) => [i, j, k]
)
moves(
  'movedim',
  'of several',
  [2, 3, 4],
  (x) => x.movedim([0, 1], [2, 0]),
  ([j, k, i]) => [i, j, k]
)
moves(
  'moveaxis',
  '',
  [2, 3, 4],
  (x) => x.moveaxis(2, 0),
  ([k, i, j]) => [i, j, k]
)
moves(
  'squeeze',
  'of several dims',
  [1, 3, 1],
  (x) => x.squeeze([0, 1, 2]),
  ([j]) => [0, j, 0]
)
