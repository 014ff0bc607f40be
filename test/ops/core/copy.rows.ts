// Rows of casts, which x.to() makes. See helpers/rows.ts.

import { cast } from '../../../lib/ops/core/copy'
import { moves, same } from '../../helpers/rows'

moves('cast', '', [2, 3], (x) => cast(cast(x, 1), x.code), same)
