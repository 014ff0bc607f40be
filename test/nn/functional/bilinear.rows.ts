// Rows of the bilinear layer. See helpers/rows.ts.

import { bilinear } from '../../../lib/nn/functional/bilinear'
import { row } from '../../helpers/rows'

row('bilinear', {
  shapes: [
    [[2, 3], [2, 4], [5, 3, 4], [5]],
    [[3], [4], [2, 3, 4], [2]],
    [[0, 3], [0, 4], [2, 3, 4], [2]]
  ],
  call: (a, b, weight, bias) => bilinear(a, b, weight, bias),
  rejects: ['bool'],
  roundsOnce: false,
  followsStrides: true
})
