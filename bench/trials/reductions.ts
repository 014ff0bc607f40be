// Sums, means, maxima and softmax over all elements and over either dim of a matrix, odd and transposed ones included.

import type { Tensor } from 'dyngrad'
import { operationCase, waveTensor } from '../jobs/operation'
import { type Case, type Trial, probes, wave } from '../trial'

/** Null for all elements. */
type Dim = 0 | 1 | null

interface Reduction {
  readonly name: string
  readonly run: (x: Tensor, dim: Dim) => Tensor
  /** The result for a line of numbers; softmax has one at each place of it. */
  readonly plain: (line: readonly number[], at: number) => number
  /** The result has the operand's shape. */
  readonly keepsShape?: boolean
}

const total = (line: readonly number[]): number => line.reduce((sum, value) => sum + value, 0)
const softmaxOf = (line: readonly number[], at: number): number => Math.exp(line[at]) / total(line.map(Math.exp))

const operations: Reduction[] = [
  { name: 'sum', run: (x, dim) => x.sum(dim), plain: total },
  { name: 'mean', run: (x, dim) => x.mean(dim), plain: (line) => total(line) / line.length },
  {
    name: 'max',
    run: (x, dim) => (dim === null ? x.max() : x.max(dim).values),
    plain: (line) => line.reduce((most, value) => Math.max(most, value))
  },
  { name: 'softmax', run: (x, dim) => x.softmax(dim!), plain: softmaxOf, keepsShape: true },
  {
    name: 'logSoftmax',
    run: (x, dim) => x.logSoftmax(dim!),
    plain: (line, at) => Math.log(softmaxOf(line, at)),
    keepsShape: true
  }
]

interface Matrix {
  readonly rows: number
  readonly columns: number
  /** A view of the matrix with rows and columns exchanged. */
  readonly transposed?: boolean
}

const matrices: Matrix[] = [
  { rows: 1000, columns: 1000 },
  { rows: 1000, columns: 1000, transposed: true },
  { rows: 1001, columns: 37 },
  { rows: 1001, columns: 37, transposed: true },
  { rows: 3, columns: 100003 },
  { rows: 3, columns: 100003, transposed: true }
]

// Positive elements: what a sum of waves leaves after all that cancels is rounding.
const SHIFT = 1.5
const element = (i: number): number => SHIFT + wave(i)

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

function expectedOf(
  { plain, keepsShape = false }: Reduction,
  { rows, columns, transposed }: Matrix,
  dim: Dim
): number[] {
  const at = (row: number, column: number): number => element(transposed ? column * rows + row : row * columns + column)
  if (dim === null) {
    const whole = plain(numbersTo(rows * columns).map(element), 0)
    return probes(1).map(() => whole)
  }
  const line = (row: number, column: number): number[] =>
    dim === 0 ? numbersTo(rows).map((i) => at(i, column)) : numbersTo(columns).map((i) => at(row, i))
  if (keepsShape) {
    return probes(rows * columns).map((probed) => {
      const [row, column] = [Math.floor(probed / columns), probed % columns]
      return plain(line(row, column), dim === 0 ? row : column)
    })
  }
  return probes(dim === 0 ? columns : rows).map((probed) => plain(line(probed, probed), 0))
}

function caseOf(reduction: Reduction, matrix: Matrix, dim: Dim): Case {
  const { name, run, keepsShape } = reduction
  const { rows, columns, transposed } = matrix
  return operationCase({
    name: `${name} of ${rows}x${columns}${transposed ? ' transposed' : ''} over ${dim === null ? 'all' : `dim ${dim}`}`,
    bytes: 4 * rows * columns * (keepsShape ? 2 : 1),
    traffic: keepsShape ? 'copy' : 'read',
    make: () => {
      const values = waveTensor(rows * columns, SHIFT)
      const x = transposed ? values.view(columns, rows).t() : values.view(rows, columns)
      return () => run(x, dim)
    },
    expected: () => expectedOf(reduction, matrix, dim)
  })
}

const combinations = operations.flatMap((reduction) =>
  matrices.flatMap((matrix) =>
    ([null, 0, 1] as const)
      .filter((dim) => dim !== null || !reduction.keepsShape)
      .map((dim): [Reduction, Matrix, Dim] => [reduction, matrix, dim])
  )
)

export const reductions: Trial = {
  title: 'Reductions and softmax on float32 without graph',
  tolerance: 1e-6,
  references: ['PyTorch', 'JavaScript', 'tfjs', 'jax-js'],
  threads: [1, 2],
  cases: () => combinations.map((combination) => caseOf(...combination))
}
