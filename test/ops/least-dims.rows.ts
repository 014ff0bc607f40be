// Rows of lib/ops/least-dims.ts. See helpers/rows.ts.

import { atleast1d, atleast2d, atleast3d } from '../../lib'
import { moves } from '../helpers/rows'

moves(
  'atleast1d',
  '',
  [],
  (x) => atleast1d(x),
  () => []
)
moves(
  'atleast1d',
  'of several',
  [3],
  (x) => atleast1d(x, x)[1],
  ([i]) => [i]
)
moves(
  'atleast2d',
  '',
  [3],
  (x) => atleast2d(x),
  ([, i]) => [i]
)
moves(
  'atleast3d',
  '',
  [2, 3],
  (x) => atleast3d(x),
  ([i, j]) => [i, j]
)
moves(
  'atleast3d',
  'of a list',
  [3],
  (x) => atleast3d([x])[0],
  ([, i]) => [i]
)
