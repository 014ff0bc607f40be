// Softmax, its logarithm and layer normalization of a matrix row by row: into fresh memory, into memory that is kept,
// and with gradient.

import { type Tensor, nn } from 'dyngrad'
import { operationCase, waveTensor } from '../jobs/operation'
import { type Case, type Trial, type Way, probes, wave } from '../trial'

const SIZE = 1000
const { layerNorm } = nn.functional

interface Rows {
  readonly name: string
  readonly run: (x: Tensor) => Tensor
  /** The result for a row of numbers at one place of it. */
  readonly plain: (row: readonly number[], at: number) => number
}

const total = (row: readonly number[]): number => row.reduce((sum, value) => sum + value, 0)
const softmaxOf = (row: readonly number[], at: number): number => Math.exp(row[at]) / total(row.map(Math.exp))

function normalized(row: readonly number[], at: number): number {
  const mean = total(row) / row.length
  const variance = total(row.map((value) => (value - mean) ** 2)) / row.length
  return (row[at] - mean) / Math.sqrt(variance + 1e-5)
}

const operations: Rows[] = [
  { name: 'softmax', run: (x) => x.softmax(1), plain: softmaxOf },
  { name: 'logSoftmax', run: (x) => x.logSoftmax(1), plain: (row, at) => Math.log(softmaxOf(row, at)) },
  { name: 'layerNorm', run: (x) => layerNorm(x, [SIZE]), plain: normalized }
]

const matrix = (): Tensor => waveTensor(SIZE * SIZE).view(SIZE, SIZE)

const expectedOf = ({ plain }: Rows): number[] =>
  probes(SIZE * SIZE).map((probed) => {
    const first = probed - (probed % SIZE)
    const row = Array.from({ length: SIZE }, (_, i) => wave(first + i))
    return plain(row, probed % SIZE)
  })

type Make = (run: Rows['run']) => () => Tensor

/** How the work goes, what it gives, and how many matrices it reads and writes at least. */
const forms: readonly {
  readonly name: string
  readonly make: Make
  readonly passes: number
  readonly known: boolean
}[] = [
  {
    name: 'into fresh memory',
    make: (run) => {
      const x = matrix()
      return () => run(x)
    },
    passes: 2,
    known: true
  },
  {
    name: 'into kept memory',
    make: (run) => {
      const [x, y] = [matrix(), matrix()]
      return () => y.copy_(run(x))
    },
    passes: 2,
    known: true
  },
  {
    name: 'with backward of a sum',
    make: (run) => {
      const x = matrix().requiresGrad_()
      return () => {
        x.grad = null
        run(x).sum().backward()
        return x.grad!
      }
    },
    passes: 3,
    known: false
  },
  {
    name: 'with backward of a gradient',
    make: (run) => {
      const x = matrix().requiresGrad_()
      const gradient = waveTensor(SIZE * SIZE, 1).view(SIZE, SIZE)
      return () => {
        x.grad = null
        run(x).backward(gradient)
        return x.grad!
      }
    },
    passes: 4,
    known: false
  }
]

function caseOf(rows: Rows, form: (typeof forms)[number], way: Way): Case {
  return operationCase(
    {
      name: `${rows.name} ${form.name}`,
      bytes: 4 * SIZE * SIZE * form.passes,
      make: () => form.make(rows.run),
      checkedCalls: 3,
      ...(form.known ? { expected: () => expectedOf(rows) } : {})
    },
    way
  )
}

export const compileRows: Trial = {
  title: `Row programs on float32 ${SIZE} x ${SIZE}`,
  tolerance: 1e-5,
  ways: ['eager', 'compiled'],
  cases: (way) => operations.flatMap((rows) => forms.map((form) => caseOf(rows, form, way)))
}
