// Rows of norms and variances. See helpers/rows.ts.

import type { Tensor } from '../../lib'
import * as norms from '../../lib/ops/norm'
import { POSITIVE, type Row, floating, row } from '../helpers/rows'

/** Rows of a reduction over some dims. */
function reduces(
  name: string,
  variant: string,
  call: (x: Tensor, dims: number[]) => Tensor,
  about: Partial<Row> = {}
): void {
  for (const dims of [[1], [0, 2], [2, 1, 0]]) {
    row(name, {
      variant: `${variant}over dims ${dims.join(', ')}`,
      shapes: [[[2, 3, 4]]],
      call: (x) => call(x, dims),
      rejects: floating,
      ...about
    })
  }
}

reduces('logsumexp', '', (x, dims) => norms.logsumexp(x, dims), { rejects: [] })
reduces('nanmean', '', (x, dims) => norms.nanmean(x, dims))
reduces('var', '', (x, dims) => norms.var(x, dims))
reduces('var', 'with a correction, ', (x, dims) => norms.var(x, dims, { correction: 0.5, keepdim: true }))
reduces('std', '', (x, dims) => norms.std(x, dims))
reduces('std', 'biased, ', (x, dims) => norms.std(x, dims, false))
reduces(
  'varMean',
  'added, ',
  (x, dims) => {
    const [spread, average] = norms.varMean(x, dims)
    return spread.add(average)
  },
  { roundsOnce: false }
)
reduces(
  'stdMean',
  'multiplied, ',
  (x, dims) => {
    const [spread, average] = norms.stdMean(x, dims)
    return spread.mul(average)
  },
  { roundsOnce: false }
)
reduces('stdMean', 'of which the mean alone is used, ', (x, dims) => norms.stdMean(x, dims)[1])

const orders: [order: number, about?: Partial<Row>][] = [
  [0, { tracked: [] }],
  [1],
  [2],
  [3],
  [0.5, { domain: POSITIVE }],
  [1.5, { domain: POSITIVE }],
  [-1, { domain: POSITIVE }],
  [Infinity],
  [-Infinity]
]
for (const [order, about] of orders)
  reduces('vectorNorm', `of order ${order}, `, (x, dims) => norms.vectorNorm(x, order, dims), about)
reduces('norm', '', (x, dims) => norms.norm(x, 'fro', dims, true))
