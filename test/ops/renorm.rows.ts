// Rows of bounded slices. See helpers/rows.ts.

import { renorm } from '../../lib'
import { floating, row } from '../helpers/rows'

for (const p of [0.5, 1, 2, 3]) {
  row('renorm', { variant: `of order ${p}`, shapes: [[[2, 3]]], call: (x) => renorm(x, p, 0, 1), rejects: floating })
}
row('renorm_', {
  shapes: [[[2, 3, 2]]],
  call: (x) => x.clone().renorm_(2, -1, 0.5),
  rejects: floating
})
