// Rows of vector products. See helpers/rows.ts.

import { linalg } from '../../lib'
import { row } from '../helpers/rows'

const products = { rejects: ['bool'] as const }

row('cross', {
  shapes: [
    [
      [2, 3],
      [2, 3]
    ],
    [
      [1, 3],
      [2, 3]
    ],
    [
      [0, 3],
      [0, 3]
    ]
  ],
  call: (a, b) => a.cross(b, 1),
  ...products
})
row('cross', {
  variant: 'of linalg',
  shapes: [
    [
      [3, 2],
      [3, 1]
    ]
  ],
  call: (a, b) => linalg.cross(a, b, { dim: 0 }),
  ...products
})
