// Rows of matrix products. See helpers/rows.ts.

import { row } from '../helpers/rows'

const matrices = { rejects: ['bool'] as const }

row('mm', {
  shapes: [
    [
      [2, 3],
      [3, 4]
    ],
    [
      [1, 5],
      [5, 1]
    ],
    [
      [2, 0],
      [0, 3]
    ]
  ],
  call: (a, b) => a.mm(b),
  ...matrices
})
row('bmm', {
  shapes: [
    [
      [2, 2, 3],
      [2, 3, 4]
    ],
    [
      [0, 2, 3],
      [0, 3, 1]
    ]
  ],
  ...matrices
})
row('mv', {
  shapes: [
    [[2, 3], [3]],
    [[2, 0], [0]]
  ],
  ...matrices
})
for (const name of ['dot', 'vdot']) {
  row(name, {
    shapes: [
      [[5], [5]],
      [[0], [0]]
    ],
    ...matrices
  })
}
row('matmul', {
  variant: 'of matrices',
  shapes: [
    [
      [2, 3],
      [3, 4]
    ],
    [
      [2, 2, 3],
      [2, 3, 4]
    ]
  ],
  ...matrices
})
row('matmul', {
  variant: 'that broadcasts',
  shapes: [
    [
      [2, 1, 2, 3],
      [3, 3, 2]
    ],
    [[3], [2, 3, 2]],
    [[2, 2, 3], [3]],
    [
      [2, 3],
      [2, 3, 2]
    ],
    [[3], [3]]
  ],
  ...matrices
})
