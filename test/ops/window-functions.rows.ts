// Rows of windows. See helpers/rows.ts.

import * as windows from '../../lib/ops/window-functions'
import { checkedIn, constant } from '../helpers/rows'

const made = checkedIn('ops/pytorch.test.ts')
for (const [name, window] of Object.entries(windows)) made(name, '', [], () => window(5), constant)
