// Rows of distances. See helpers/rows.ts.

import { cdist, dist, pairwiseDistance, pdist } from '../../lib'
import { floating, row } from '../helpers/rows'

const halves = ['float16', 'bfloat16'] as const
const distances = { rejects: floating }

for (const p of [0.5, 1, 1.5, 2, 3, Infinity]) {
  const variant = `of order ${p}`
  const shapes = [
    [
      [2, 3],
      [2, 3]
    ]
  ]
  row('dist', { variant, shapes: [[[2, 3], [3]]], call: (a, b) => dist(a, b, p), ...distances })
  row('pairwiseDistance', {
    variant,
    shapes,
    call: (a, b) => pairwiseDistance(a, b, p),
    roundsOnce: false,
    rejects: ['bool']
  })
  row('cdist', {
    variant,
    shapes: [
      ...shapes,
      [
        [2, 2, 3],
        [4, 3]
      ]
    ],
    call: (a, b) => cdist(a, b, p),
    rejects: [...floating, ...halves]
  })
  row('pdist', { variant, shapes: [[[4, 3]]], call: (x) => pdist(x, p), rejects: [...floating, ...halves] })
}
row('cdist', {
  variant: 'by a product',
  shapes: [
    [
      [2, 3],
      [4, 3]
    ]
  ],
  call: (a, b) => cdist(a, b, 2, 'use_mm_for_euclid_dist'),
  roundsOnce: false,
  followsStrides: true,
  ...distances
})
