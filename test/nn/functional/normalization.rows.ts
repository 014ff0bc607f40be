// Rows of normalizations. See helpers/rows.ts.

import { cosineSimilarity, layerNorm, rmsNorm } from '../../../lib/nn/functional/normalization'
import { floating, row } from '../../helpers/rows'

const EPS = 0.1
const about = { rejects: floating }

row('layerNorm', {
  shapes: [[[4, 5]], [[2, 19]]],
  call: (x) => layerNorm(x, [x.shape[1]], null, null, EPS),
  ...about
})
row('layerNorm', {
  variant: 'with weight and bias',
  shapes: [[[2, 3, 5], [5], [5]]],
  call: (x, weight, bias) => layerNorm(x, [5], weight, bias, EPS),
  ...about
})
row('layerNorm', {
  variant: 'over two dims, with a bias',
  shapes: [
    [
      [2, 3, 2],
      [3, 2]
    ]
  ],
  call: (x, bias) => layerNorm(x, [3, 2], { bias, eps: EPS }),
  ...about
})
row('rmsNorm', { shapes: [[[4, 5]]], call: (x) => rmsNorm(x, [5], null, EPS), ...about })
row('rmsNorm', {
  variant: 'with a weight',
  shapes: [[[2, 3, 5], [5]]],
  call: (x, weight) => rmsNorm(x, [5], weight, EPS),
  ...about
})
row('cosineSimilarity', {
  shapes: [
    [
      [3, 4],
      [3, 4]
    ]
  ],
  call: (a, b) => cosineSimilarity(a, b),
  ...about
})
row('cosineSimilarity', {
  variant: 'of rows and one',
  shapes: [[[3, 4], [4]]],
  call: (a, b) => cosineSimilarity(a, b, -1),
  ...about
})
