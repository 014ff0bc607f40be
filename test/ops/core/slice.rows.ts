// Rows of slices of a dim, which x.at() makes. See helpers/rows.ts.

import { sliceDim } from '../../../lib/ops/core/slice'
import { moves } from '../../helpers/rows'

moves(
  'sliceDim',
  '',
  [5, 2],
  (x) => sliceDim(x, 0, 1, -1, 2),
  ([i, j]) => [1 + 2 * i, j]
)
