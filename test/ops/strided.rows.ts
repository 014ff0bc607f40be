// Rows of asStrided. See helpers/rows.ts.

import { contiguous } from '../../lib/ops/copy'
import { moves } from '../helpers/rows'

moves(
  'asStrided',
  '',
  [2, 3],
  (x) => contiguous(x).asStrided([2, 2], [1, 2], 1),
  ([i, j]) => [Math.floor((i + 2 * j + 1) / 3), (i + 2 * j + 1) % 3]
)
