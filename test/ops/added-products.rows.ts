// Rows of products added to a tensor. See helpers/rows.ts.

import * as products from '../../lib/ops/added-products'
import { type Row, row } from '../helpers/rows'

const matrices = { rejects: ['bool'] as const }

const forms: Readonly<Record<string, Row['shapes']>> = {
  addmm: [
    [[4], [2, 3], [3, 4]],
    [
      [2, 1],
      [2, 3],
      [3, 4]
    ],
    [[], [1, 2], [2, 2]]
  ],
  addmv: [
    [[2], [2, 3], [3]],
    [[1], [2, 3], [3]],
    [[], [2, 0], [0]]
  ],
  addbmm: [
    [
      [2, 4],
      [2, 2, 3],
      [2, 3, 4]
    ],
    [[4], [2, 2, 3], [2, 3, 4]]
  ],
  baddbmm: [
    [
      [2, 2, 4],
      [2, 2, 3],
      [2, 3, 4]
    ],
    [[4], [2, 2, 3], [2, 3, 4]]
  ]
}

for (const [name, shapes] of Object.entries(forms)) {
  const [fresh, inPlace] = [name, `${name}_`].map((each) => products[each as 'addmm' | 'addmm_'])
  const isRoundedTwice = name === 'baddbmm'
  row(name, { shapes, call: (input, a, b) => fresh(input, a, b), roundsOnce: !isRoundedTwice, ...matrices })
  row(name, {
    variant: 'with factors',
    shapes,
    call: (input, a, b) => fresh(input, a, b, { beta: 0.5, alpha: 2 }),
    roundsOnce: false,
    ...matrices
  })
  row(name, {
    variant: 'in place',
    shapes: shapes.slice(0, 1).map(([, a, b]) => [[...shapeOf(a, b, name)], a, b]),
    call: (input, a, b) => inPlace(input.clone(), a, b, { alpha: 2 }),
    roundsOnce: false,
    ...matrices
  })
}

/** The shape of a product. */
function shapeOf(a: readonly number[], b: readonly number[], name: string): readonly number[] {
  const rows = a.slice(name === 'addbmm' ? 1 : 0, -1)
  return b.length === 1 ? rows : [...rows, b[b.length - 1]]
}
