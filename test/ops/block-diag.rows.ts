// Rows of matrices on a diagonal. See helpers/rows.ts.

import { blockDiag } from '../../lib'
import { row } from '../helpers/rows'

row('blockDiag', { shapes: [[[2, 3], [2], []]], call: (...blocks) => blockDiag(...blocks), ulps: 0 })
