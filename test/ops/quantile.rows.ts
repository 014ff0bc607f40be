// Rows of quantiles. See helpers/rows.ts.

import { type Tensor, nanquantile, quantile } from '../../lib'
import { floating, row } from '../helpers/rows'

const rejects = [...floating, 'float16', 'bfloat16'] as const
const ways: [string, (x: Tensor) => Tensor][] = [
  ['of all', (x) => quantile(x, 0.3)],
  ['along dim 0', (x) => quantile(x, 0.3, 0)],
  ['along dim 1, kept', (x) => quantile(x, 0.6, 1, true, { interpolation: 'midpoint' })],
  ['of the last dim', (x) => quantile(x, 0.6, -1, { interpolation: 'nearest' })]
]
for (const [variant, call] of ways) row('quantile', { variant, shapes: [[[2, 3, 4]]], call, rejects })
row('nanquantile', { variant: 'along dim 1', shapes: [[[2, 3, 4]]], call: (x) => nanquantile(x, 0.4, 1), rejects })
