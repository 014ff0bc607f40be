// Rows of sums of products over named subscripts. See helpers/rows.ts.

import { einsum, tensordot } from '../../lib'
import { type Row, row } from '../helpers/rows'

const products = { rejects: ['bool'] as const, roundsOnce: false, followsStrides: true }

const equations: [equation: string, ...shapes: Row['shapes'][number]][] = [
  ['ij,jk->ki', [2, 3], [3, 4]],
  ['bij,bjk->bik', [2, 2, 3], [2, 3, 2]],
  ['...ij,...jk->...ik', [2, 1, 2, 3], [3, 3, 2]],
  ['iji,jk->ik', [3, 2, 3], [2, 4]],
  ['ij,jk,kl->il', [2, 3], [3, 4], [4, 2]],
  ['ij,jk', [2, 0], [0, 3]]
]
for (const [equation, ...shapes] of equations)
  row('einsum', {
    variant: equation,
    shapes: [shapes],
    call: (...operands) => einsum(equation, ...operands),
    ...products
  })

for (const name of ['outer', 'ger']) {
  row(name, {
    shapes: [
      [[2], [3]],
      [[0], [2]]
    ]
  })
}
row('tensordot', {
  shapes: [
    [
      [2, 3, 4],
      [4, 3, 2]
    ]
  ],
  call: (a, b) =>
    tensordot(a, b, [
      [1, 2],
      [1, 0]
    ]),
  ...products
})
