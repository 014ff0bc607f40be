// Rows of reductions. See helpers/rows.ts.

import { type Tensor, tensor } from '../../lib'
import { type Values, grouped, over } from '../helpers/formulas'
import { type Row, type Shape, floating, method, row, truth } from '../helpers/rows'

const CUBE: Shape[][] = [[[2, 3, 4]], [[1, 3, 1]]]
const FLAT: Shape[][] = [[[2, 3]], [[]], [[7]], [[1, 1]]]

interface Reduction {
  readonly of: (values: readonly number[]) => number
  readonly about?: Partial<Row>
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
const first = (values: readonly number[], value: number): number => values.indexOf(value)
const largest = (values: readonly number[]): number => Math.max(...values)
const smallest = (values: readonly number[]): number => Math.min(...values)

const reductions: Record<string, Reduction> = {
  sum: { of: total, about: { followsStrides: true } },
  mean: { of: (values) => total(values) / values.length, about: { followsStrides: true, rejects: floating } },
  prod: {
    of: (values) => values.reduce((product, value) => product * value, 1),
    about: { followsStrides: true, ulps: 8 }
  },
  amax: { of: largest },
  amin: { of: smallest },
  max: { of: largest },
  min: { of: smallest },
  argmax: { of: (values) => first(values, largest(values)), about: { differentiable: false, rejects: ['bool'] } },
  argmin: { of: (values) => first(values, smallest(values)), about: { differentiable: false, rejects: ['bool'] } },
  any: { of: (values) => Number(values.some(truth)), about: { differentiable: false } },
  all: { of: (values) => Number(values.every(truth)), about: { differentiable: false } }
}

interface Keepdim {
  readonly keepdim?: boolean
}
type Reduce = (self: Tensor, dim?: number, options?: Keepdim) => Tensor | { readonly values: Tensor }

for (const [name, { of, about }] of Object.entries(reductions)) {
  const op = method(name) as unknown as Reduce
  const one = (self: Tensor, dim: number, options?: Keepdim): Tensor => {
    const result = op(self, dim, options)
    return 'values' in result ? result.values : result
  }
  row(name, {
    variant: 'of all',
    shapes: FLAT,
    call: (x) => op(x) as Tensor,
    reference: ({ data }) => [of(data)],
    ...about
  })
  for (const dim of [0, 1, -1]) {
    row(name, {
      variant: `over dim ${dim}`,
      shapes: CUBE,
      call: (x) => one(x, dim),
      reference: (x) => over(x, dim, of),
      ...about
    })
  }
  row(name, {
    variant: 'keepdim',
    shapes: CUBE,
    call: (x) => one(x, 1, { keepdim: true }),
    reference: (x) => over(x, 1, of),
    ...about
  })
}
const dimLists: [string, number[]][] = [
  ['sum', [0, 2]],
  ['mean', [-1, 0]],
  ['amax', [0, 1, 2]],
  ['amin', [2, 1]]
]
for (const [name, dims] of dimLists) {
  const { of, about } = reductions[name]
  const op = method(name) as unknown as (self: Tensor, dims: readonly number[]) => Tensor
  const sorted = dims
    .map((dim) => (dim < 0 ? dim + 3 : dim))
    .sort()
    .reverse()
  const nested = (x: Values): number[] => grouped(x, sorted).map(of)
  row(name, {
    variant: `over dims ${dims.join(', ')}`,
    shapes: [[[2, 3, 4]]],
    call: (x) => op(x, dims),
    reference: nested,
    ...about
  })
}
const oneZero = tensor([
  [1, 0, 1],
  [1, 1, 1]
])
row('prod', {
  variant: 'beside a zero',
  shapes: [[[2, 3]]],
  call: (x) => x.mul(oneZero.to(x.dtype)).prod(1),
  reference: (x) => over({ ...x, data: x.data.map((v, i) => (i === 1 ? 0 : v)) }, 1, reductions.prod.of)
})
