// Rows of isin; PyTorch's cases have its values. See helpers/rows.ts.

import { isin, tensor } from '../../lib'
import { row } from '../helpers/rows'

const others = tensor([1, 2, 0])
row('isin', {
  shapes: [[[2, 3]]],
  call: (x) => isin(x, others),
  differentiable: false,
  rejects: ['bool'],
  roundsOnce: false
})
