// Rows of aminmax. See helpers/rows.ts.

import { aminmax } from '../../lib'
import { row } from '../helpers/rows'

for (const dim of [null, 0, 1]) {
  const about = { shapes: [[[2, 3, 4]]], signlessZero: true }
  row('aminmax', { ...about, variant: `least over ${dim}`, call: (x) => aminmax(x, { dim }).min })
  row('aminmax', { ...about, variant: `largest over ${dim}`, call: (x) => aminmax(x, { dim, keepdim: true }).max })
}
