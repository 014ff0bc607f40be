// Rows of products of several matrices. See helpers/rows.ts.

import { chainMatmul, linalg, matrixPower } from '../../lib'
import { row } from '../helpers/rows'

const products = { rejects: ['bool'] as const, roundsOnce: false, followsStrides: true }

row('inner', {
  shapes: [
    [
      [2, 3],
      [4, 3]
    ],
    [[3], [3]],
    [[2, 3], [3]],
    [
      [2, 0],
      [3, 0]
    ]
  ],
  ...products
})
row('kron', {
  shapes: [
    [
      [2, 3],
      [3, 2]
    ],
    [[2], [2, 2]],
    [[], [3]],
    [
      [0, 2],
      [2, 2]
    ]
  ]
})
const chain = [
  [
    [2, 3],
    [3, 4],
    [4, 2]
  ]
]
row('multiDot', { shapes: chain, call: (...tensors) => linalg.multiDot(tensors), ...products })
row('multiDot', {
  variant: 'with vectors',
  shapes: [[[3], [3, 4], [4]]],
  call: (...tensors) => linalg.multiDot(tensors),
  ...products
})
row('chainMatmul', { shapes: chain, call: (...tensors) => chainMatmul(...tensors), ...products })
for (const n of [1, 2, 3, 6]) {
  row('matrixPower', {
    variant: `${n}`,
    shapes: [[[2, 2]], [[2, 2, 2]]],
    call: (x) => matrixPower(x, n),
    ...products,
    domain: [-1, 1],
    ...(n === 1 && { rejects: [] })
  })
}
