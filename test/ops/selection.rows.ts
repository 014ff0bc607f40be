// Rows of select and narrow. See helpers/rows.ts.

import { moves } from '../helpers/rows'

moves(
  'select',
  '',
  [2, 3],
  (x) => x.select(1, -1),
  ([i]) => [i, 2]
)
moves(
  'narrow',
  '',
  [2, 3],
  (x) => x.narrow(1, 1, 2),
  ([i, j]) => [i, j + 1]
)
