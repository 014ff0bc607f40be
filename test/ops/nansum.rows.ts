// Rows of nansum and countNonzero. See helpers/rows.ts.

import { countNonzero, nansum } from '../../lib'
import { row } from '../helpers/rows'

for (const dims of [[1], [0, 2], [2, 1, 0]]) {
  const about = { variant: `over dims ${dims.join(', ')}`, shapes: [[[2, 3, 4]]] }
  row('nansum', { ...about, call: (x) => nansum(x, dims) })
  row('countNonzero', { ...about, call: (x) => countNonzero(x, dims), differentiable: false })
}
