// Rows of histograms. See helpers/rows.ts.

import { histc, histogram } from '../../lib'
import { floating, row } from '../helpers/rows'

row('histc', { shapes: [[[12]]], call: (x) => histc(x.detach(), 4, -2, 2), differentiable: false, rejects: floating })
row('histogram', {
  shapes: [[[12]]],
  call: (x) => histogram(x.detach(), 4, { range: [-2, 2] }).hist,
  differentiable: false,
  rejects: [...floating, 'float16', 'bfloat16']
})
row('histogram', {
  variant: 'by edges',
  shapes: [[[12], [3]]],
  call: (x, edges) => histogram(x.detach(), edges.detach().sort().values).hist,
  differentiable: false,
  rejects: [...floating, 'float16', 'bfloat16']
})
