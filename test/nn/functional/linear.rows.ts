// Rows of linear. See helpers/rows.ts.

import { linear } from '../../../lib/nn/functional/linear'
import { row } from '../../helpers/rows'

const matrices = { rejects: ['bool'] as const }

row('linear', {
  shapes: [
    [[2, 3], [4, 3], [4]],
    [[3], [4, 3], [4]],
    [[2, 2, 3], [4, 3], [4]]
  ],
  call: (input, weight, bias) => linear(input, weight, bias),
  ...matrices
})
row('linear', {
  variant: 'without bias',
  shapes: [
    [
      [2, 3],
      [4, 3]
    ],
    [
      [2, 2, 3],
      [4, 3]
    ]
  ],
  call: (input, weight, bias) => linear(input, weight, bias),
  ...matrices
})
