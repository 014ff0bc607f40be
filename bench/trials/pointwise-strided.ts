// Elementwise operations on operands that are broadcast, transposed or stepped through, each into fresh memory.

import { type Tensor, slice } from 'dyngrad'
import { operationCase, waveTensor } from '../jobs/operation'
import { type Pointwise, plainElement, pointwiseOperations } from '../jobs/pointwise'
import { type Case, type Trial, probes } from '../trial'

interface Layout {
  readonly name: string
  /** The operands, of waves shifted so. */
  readonly operands: (rows: number, columns: number, shift: number) => [a: Tensor, b: Tensor]
  /** Which elements of the waves meet at a place of the result. */
  readonly met: (row: number, column: number, rows: number, columns: number) => [i: number, j: number]
  /** Whether the second operand is what makes the layout. */
  readonly needsTwo: boolean
}

const layouts: Layout[] = [
  {
    name: 'row vector',
    operands: (rows, columns, shift) => [
      waveTensor(rows * columns, shift).view(rows, columns),
      waveTensor(columns, shift).mul(0.5)
    ],
    met: (row, column, _, columns) => [row * columns + column, column],
    needsTwo: true
  },
  {
    name: 'column vector',
    operands: (rows, columns, shift) => [
      waveTensor(rows * columns, shift).view(rows, columns),
      waveTensor(rows, shift).mul(0.5).view(rows, 1)
    ],
    met: (row, column, _, columns) => [row * columns + column, row],
    needsTwo: true
  },
  {
    name: 'transposed',
    operands: (rows, columns, shift) => {
      const a = waveTensor(rows * columns, shift)
      return [a.view(columns, rows).t(), a.mul(0.5).view(rows, columns)]
    },
    met: (row, column, rows, columns) => [column * rows + row, row * columns + column],
    needsTwo: false
  },
  {
    name: 'every second',
    operands: (rows, columns, shift) => {
      const a = waveTensor(2 * rows * columns, shift).view(rows, 2 * columns)
      return [
        a.at(slice(), slice(null, null, 2)),
        waveTensor(rows * columns, shift)
          .mul(0.5)
          .view(rows, columns)
      ]
    },
    met: (row, column, _, columns) => [2 * (row * columns + column), row * columns + column],
    needsTwo: false
  }
]

const sizes: [rows: number, columns: number][] = [
  [25, 40],
  [250, 400],
  [1000, 1000],
  [2500, 4000]
]

function caseOf(operation: Pointwise, layout: Layout, [rows, columns]: [number, number]): Case {
  const { name, run, shift } = operation
  return operationCase({
    name: `${name} of ${rows}x${columns}, ${layout.name}`,
    make: () => {
      const [a, b] = layout.operands(rows, columns, shift)
      return () => run(a, b)
    },
    expected: () =>
      probes(rows * columns).map((at) => {
        const [i, j] = layout.met(Math.floor(at / columns), at % columns, rows, columns)
        return plainElement(operation, i, j)
      })
  })
}

const combinations = layouts.flatMap((layout) =>
  pointwiseOperations
    .filter(({ reads }) => reads === 2 || !layout.needsTwo)
    .map((operation): [Pointwise, Layout] => [operation, layout])
)

export const pointwiseStrided: Trial = {
  title: 'Elementwise operations on float32 without graph: broadcast, transposed, every second element',
  tolerance: 1e-6,
  threads: [1, 2],
  cases: () => combinations.flatMap(([operation, layout]) => sizes.map((size) => caseOf(operation, layout, size)))
}
