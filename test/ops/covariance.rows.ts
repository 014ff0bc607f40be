// Rows of covariances. See helpers/rows.ts.

import { corrcoef, cov, ones } from '../../lib'
import { row } from '../helpers/rows'

const products = { rejects: ['bool'] as const, roundsOnce: false, followsStrides: true }
row('cov', { shapes: [[[2, 4]], [[4]]], call: (x) => cov(x), ...products })
row('cov', {
  variant: 'with weights',
  shapes: [[[2, 3]]],
  call: (x) => cov(x, { fweights: ones([3], { dtype: 'int64' }), correction: 0 }),
  compiles: false,
  ...products
})
row('corrcoef', { shapes: [[[2, 4]]], call: (x) => corrcoef(x), ...products })
