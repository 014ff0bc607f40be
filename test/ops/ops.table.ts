// Rows of the ops that are not pointwise, and what has no row. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import { type Tensor, slice, tensor } from '../../lib'
import { scatterAdd } from '../../lib/ops/core/along'
import { gather, indexPut_, indexSelect, indexTensors } from '../../lib/ops/indexing'
import { linear } from '../../lib/nn/functional/linear'
import { crossEntropy, nllLoss } from '../../lib/nn/functional/class-loss'
import * as loss from '../../lib/nn/functional/loss'
import { contiguous, copy_ } from '../../lib/ops/copy'
import { cast } from '../../lib/ops/core/copy'
import { expand, expandAs, view } from '../../lib/ops/movement'
import { sliceDim } from '../../lib/ops/core/slice'
import { type Values, along, grouped, over } from '../helpers/formulas'
import { POSITIVE, type Range, type Row, type Shape, floating, method, row, truth } from '../helpers/rows'
import './norms.rows'
import './sort.rows'
import './pointwise.rows'
import './scan.rows'

// ---- reductions ----

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

// ---- softmax ----

const softmaxOf = (values: readonly number[]): number[] => {
  const shifted = values.map((value) => Math.exp(value - largest(values)))
  return shifted.map((value) => value / total(shifted))
}
const logSoftmaxOf = (values: readonly number[]): number[] => {
  const shifted = values.map((value) => value - largest(values))
  return shifted.map((value) => value - Math.log(total(shifted.map(Math.exp))))
}
for (const dim of [0, 1]) {
  row('softmax', {
    variant: `over dim ${dim}`,
    shapes: [[[2, 3]], [[4, 19]]],
    call: (x) => x.softmax(dim),
    reference: (x) => along(x, dim, softmaxOf),
    rejects: floating,
    ulps: 16
  })
  row('logSoftmax', {
    variant: `over dim ${dim}`,
    shapes: [[[2, 3]], [[4, 19]]],
    call: (x) => x.logSoftmax(dim),
    reference: (x) => along(x, dim, logSoftmaxOf),
    rejects: floating,
    ulps: 16
  })
}

// ---- matrices ----

const matrices = { rejects: ['bool'] as const, ulps: 16 }
const productOf = (a: Values, b: Values): number[] => {
  const [m, k] = a.shape.slice(-2)
  const n = b.shape[b.shape.length - 1]
  const batches = a.shape.slice(0, -2).reduce((product, size) => product * size, 1)
  return Array.from({ length: batches * m * n }, (_, at) => {
    const [batch, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n]
    return total(Array.from({ length: k }, (_, l) => a.data[(batch * m + i) * k + l] * b.data[(batch * k + l) * n + j]))
  })
}
const asMatrix = ({ data }: Values, shape: Shape): Values => ({ data, shape })

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
  reference: productOf,
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
  reference: productOf,
  ...matrices
})
row('mv', {
  shapes: [
    [[2, 3], [3]],
    [[2, 0], [0]]
  ],
  reference: (a, b) => productOf(a, asMatrix(b, [b.data.length, 1])),
  ...matrices
})
row('dot', {
  shapes: [
    [[5], [5]],
    [[0], [0]]
  ],
  reference: (a, b) => [total(a.data.map((value, i) => value * b.data[i]))],
  ...matrices
})
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
  reference: productOf,
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
row('addmm', {
  shapes: [
    [[4], [2, 3], [3, 4]],
    [
      [2, 1],
      [2, 3],
      [3, 4]
    ],
    [[], [1, 2], [2, 2]]
  ],
  ...matrices
})
row('addmm', {
  variant: 'with factors',
  shapes: [[[4], [2, 3], [3, 4]]],
  call: (input, a, b) => dyngrad.addmm(input, a, b, { beta: 0.5, alpha: 2 }),
  ...matrices
})
row('linear', {
  shapes: [
    [[2, 3], [4, 3], [4]],
    [[3], [4, 3], [4]],
    [[2, 2, 3], [4, 3], [4]]
  ],
  call: (input, weight, bias) => linear(input, weight, bias),
  ...matrices
})
row('linear', {
  variant: 'without bias',
  shapes: [
    [
      [2, 3],
      [4, 3]
    ],
    [
      [2, 2, 3],
      [4, 3]
    ]
  ],
  call: (input, weight, bias) => linear(input, weight, bias),
  ...matrices
})

// ---- shapes ----

type From = NonNullable<Row['from']>
const moves = (name: string, variant: string, shape: Shape, call: (x: Tensor) => Tensor, from: From): void =>
  row(name, { variant, shapes: [[shape]], call, from, ulps: 0 })

const same: From = (index) => index
moves('clone', '', [2, 3], (x) => x.clone(), same)
moves(
  'contiguous',
  'of a transposed tensor',
  [2, 3],
  (x) => contiguous(x.t()),
  ([i, j]) => [j, i]
)
moves(
  'reshape',
  'of a transposed tensor',
  [2, 3],
  (x) => x.t().reshape(6),
  ([k]) => [k % 2, Math.floor(k / 2)]
)
moves(
  'reshape',
  'as a view',
  [2, 3],
  (x) => x.reshape([3, -1]),
  ([i, j]) => [Math.floor((2 * i + j) / 3), (2 * i + j) % 3]
)
moves(
  'view',
  '',
  [2, 3],
  (x) => view(contiguous(x), 6),
  ([k]) => [Math.floor(k / 3), k % 3]
)
moves(
  'flatten',
  '',
  [2, 3, 2],
  (x) => x.flatten(1),
  ([i, k]) => [i, Math.floor(k / 2), k % 2]
)
moves(
  'permute',
  '',
  [2, 3, 4],
  (x) => x.permute(2, 0, -2),
  ([k, i, j]) => [i, j, k]
)
moves(
  'transpose',
  '',
  [2, 3, 4],
  (x) => x.transpose(0, -1),
  ([k, j, i]) => [i, j, k]
)
moves(
  't',
  '',
  [2, 3],
  (x) => x.t(),
  ([j, i]) => [i, j]
)
moves(
  'unsqueeze',
  '',
  [2, 3],
  (x) => x.unsqueeze(1),
  ([i, , j]) => [i, j]
)
moves(
  'squeeze',
  'of all',
  [1, 3, 1],
  (x) => x.squeeze(),
  ([j]) => [0, j, 0]
)
moves(
  'squeeze',
  'of a dim',
  [1, 3, 1],
  (x) => x.squeeze(-1),
  ([i, j]) => [i, j, 0]
)
moves(
  'expand',
  '',
  [2, 1],
  (x) => expand(x, 3, 2, 4),
  ([, i]) => [i, 0]
)
moves(
  'expandAs',
  '',
  [1, 3],
  (x) => expandAs(x, dyngrad.zeros(2, 3)),
  ([, j]) => [0, j]
)
moves(
  'select',
  '',
  [2, 3],
  (x) => x.select(1, -1),
  ([i]) => [i, 2]
)
moves(
  'narrow',
  '',
  [2, 3],
  (x) => x.narrow(1, 1, 2),
  ([i, j]) => [i, j + 1]
)
moves(
  'sliceDim',
  '',
  [5, 2],
  (x) => sliceDim(x, 0, 1, -1, 2),
  ([i, j]) => [1 + 2 * i, j]
)
moves(
  'unbind',
  '',
  [2, 3],
  (x) => x.unbind(1)[2],
  ([i]) => [i, 2]
)
moves(
  'split',
  '',
  [2, 5],
  (x) => x.split(2, 1)[1],
  ([i, j]) => [i, j + 2]
)
moves(
  'split',
  'by sizes',
  [6],
  (x) => x.split([1, 3, 2])[1],
  ([i]) => [i + 1]
)
moves(
  'chunk',
  '',
  [5, 2],
  (x) => x.chunk(2)[1],
  ([i, j]) => [i + 3, j]
)
moves(
  'tensorSplit',
  '',
  [7, 2],
  (x) => x.tensorSplit(3)[1],
  ([i, j]) => [i + 3, j]
)
moves(
  'tensorSplit',
  'at indices',
  [2, 5],
  (x) => x.tensorSplit([1, -2], 1)[1],
  ([i, j]) => [i, j + 1]
)
moves(
  'diagonal',
  '',
  [2, 3, 2],
  (x) => x.diagonal(),
  ([k, i]) => [i, i, k]
)
moves(
  'asStrided',
  '',
  [2, 3],
  (x) => contiguous(x).asStrided([2, 2], [1, 2], 1),
  ([i, j]) => [Math.floor((i + 2 * j + 1) / 3), (i + 2 * j + 1) % 3]
)
moves('cast', '', [2, 3], (x) => cast(cast(x, 1), x.dtype === 'float32' ? 0 : 1), same)
moves('to', '', [2, 3], (x) => x.to('float64').to(x.dtype), same)
moves(
  'cat',
  'with itself',
  [2, 3],
  (x) => dyngrad.cat([x, x], 1),
  ([i, j]) => [i, j % 3]
)
row('cat', {
  shapes: [
    [
      [2, 3],
      [1, 3]
    ],
    [[2, 3], [0]]
  ],
  call: (...parts) => dyngrad.cat(parts),
  reference: (a, b) => [...a.data, ...b.data],
  ulps: 0
})
row('stack', {
  shapes: [
    [
      [2, 3],
      [2, 3]
    ],
    [[], []]
  ],
  call: (...parts) => dyngrad.stack(parts),
  reference: (a, b) => [...a.data, ...b.data],
  ulps: 0
})
moves(
  'stack',
  'along a later dim',
  [2, 3],
  (x) => dyngrad.stack([x, x], -1),
  ([i, j]) => [i, j]
)
row('copy_', {
  shapes: [[[2, 3], [3]]],
  call: (self, source) => copy_(self.clone(), source),
  reference: ({ shape: [n] }, { data }) => Array.from({ length: n }, () => data).flat(),
  ulps: 0
})
row('fill_', {
  shapes: [[[2, 3]]],
  call: (x) => x.clone().fill_(2.5).add(x),
  reference: ({ data }) => data.map((value) => value + 2.5),
  ulps: 0
})
row('zero_', { shapes: [[[2, 3]]], call: (x) => x.mul(x).zero_().add(x), reference: ({ data }) => data, ulps: 0 })

// ---- indexing ----

const index = (...values: number[]): Tensor => tensor(values, { dtype: 'int64' })
// Made beforehand: a step that is captured cannot make tensors of numbers.
const [picked, falling, rising, apart, twice] = [index(2, 0, 2), index(1, 0), index(0, 1), index(3, 1), index(1, 1)]
const columns = tensor(
  [
    [2, 0, 0],
    [1, 1, 2]
  ],
  { dtype: 'int64' }
)
const pick = [
  [2, 0, 0],
  [1, 1, 2]
]
moves(
  'gather',
  '',
  [2, 3],
  (x) => gather(x, 1, columns),
  ([i, j]) => [i, pick[i][j]]
)
moves(
  'indexSelect',
  '',
  [2, 3],
  (x) => indexSelect(x, 1, picked),
  ([i, j]) => [i, [2, 0, 2][j]]
)
moves(
  'indexTensors',
  '',
  [2, 3, 2],
  (x) => indexTensors(x, [falling, null, rising]),
  ([k, j]) => [1 - k, j, k]
)
row('scatterAdd', {
  shapes: [[[2, 3]]],
  call: (x) => scatterAdd(x, [2, 3], 1, columns),
  reference: ({ data: [a, b, c, d, e, f] }) => [b + c, 0, a, 0, d + e, f],
  ulps: 2
})
row('indexPut_', {
  shapes: [[[4], [2]]],
  call: (x, values) => indexPut_(x.clone(), [apart], values),
  reference: ({ data: [a, , c] }, { data: [v, w] }) => [a, w, c, v],
  ulps: 0
})
row('indexPut_', {
  variant: 'that accumulates',
  shapes: [[[3], [2]]],
  call: (x, values) => indexPut_(x.clone(), [twice], values, { accumulate: true }),
  reference: ({ data: [a, b, c] }, { data: [v, w] }) => [a, b + v + w, c],
  ulps: 4
})
moves(
  'at',
  'with a slice and a list',
  [4, 3],
  (x) => x.at(slice(1, 4), [2, 0]),
  ([i, j]) => [i + 1, [2, 0][j]]
)
row('setAt', {
  shapes: [[[3, 2], [2]]],
  call: (x, value) => x.clone().setAt([slice(0, 2)], value),
  reference: ({ data }, { data: v }) => [...v, ...v, data[4], data[5]],
  ulps: 0
})

// ---- losses ----

const shaped: Shape[][] = [
  [
    [2, 3],
    [2, 3]
  ],
  [[5], [5]]
]
const unit: Range = [0.1, 0.9]
const reduce = {
  none: (values: number[]) => values,
  sum: (values: number[]) => [total(values)],
  mean: (values: number[]) => [total(values) / values.length]
}
const softplus = (x: number): number => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0)
for (const reduction of ['none', 'sum', 'mean'] as const) {
  const losses = (of: (x: number, y: number) => number) => (a: Values, b: Values) =>
    reduce[reduction](a.data.map((x, i) => of(x, b.data[i])))
  const about = { variant: reduction, shapes: shaped, ulps: 32, checksDtypes: false }
  row('mseLoss', {
    ...about,
    call: (a, b) => loss.mseLoss(a, b, { reduction }),
    reference: losses((x, y) => (x - y) ** 2)
  })
  row('binaryCrossEntropy', {
    ...about,
    domain: unit,
    call: (a, b) => loss.binaryCrossEntropy(a, b, { reduction }),
    reference: losses((p, y) => -y * Math.log(p) - (1 - y) * Math.log1p(-p))
  })
  row('binaryCrossEntropyWithLogits', {
    ...about,
    domain: [[-3, 3], unit],
    call: (a, b) => loss.binaryCrossEntropyWithLogits(a, b, { reduction }),
    reference: losses((x, y) => softplus(x) - x * y)
  })
  const classes = index(2, 0, -100)
  row('nllLoss', {
    ...about,
    shapes: [[[3, 4]]],
    call: (x) => nllLoss(x, classes, { reduction }),
    reference: ({ data }) =>
      reduction === 'none' ? [-data[2], -data[4], 0] : [-(data[2] + data[4]) / (reduction === 'mean' ? 2 : 1)]
  })
  const chances = (row: readonly number[]): number => Math.log(total(row.map(Math.exp)))
  row('crossEntropy', {
    ...about,
    shapes: [[[3, 4]]],
    call: (x) => crossEntropy(x, classes, { reduction }),
    reference: ({ data }) => {
      const losses = [chances(data.slice(0, 4)) - data[2], chances(data.slice(4, 8)) - data[4]]
      return reduction === 'none' ? [...losses, 0] : [total(losses) / (reduction === 'mean' ? 2 : 1)]
    }
  })
}
row('binaryCrossEntropy', {
  variant: 'with weights',
  domain: unit,
  shapes: [[[2, 3], [2, 3], [3]]],
  call: (p, y, w) => loss.binaryCrossEntropy(p, y, w.detach()),
  tracked: [0, 1],
  ulps: 32,
  checksDtypes: false
})
row('binaryCrossEntropyWithLogits', {
  variant: 'with positive weights',
  domain: [[-3, 3], unit, POSITIVE],
  shapes: [[[2, 3], [2, 3], [3]]],
  call: (x, y, w) => loss.binaryCrossEntropyWithLogits(x, y, { posWeight: w.detach() }),
  tracked: [0, 1],
  ulps: 32,
  checksDtypes: false
})

const nllArguments = { classes: index(2, 0, -100), weights: tensor([0.5, 1, 3, 2]) }
row('nllLoss', {
  variant: 'with weights',
  shapes: [[[3, 4]]],
  call: (x) => nllLoss(x, nllArguments.classes, nllArguments.weights.to(x.dtype)),
  reference: ({ data }) => [-(3 * data[2] + 0.5 * data[4]) / 3.5],
  checksDtypes: false
})

/** What lib/ops exports besides ops with a row: the test file that has it, or why there is none. */
export const elsewhere: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'tensor',
      'empty',
      'emptyLike',
      'zeros',
      'zerosLike',
      'ones',
      'onesLike',
      'full',
      'fullLike',
      'arange',
      'linspace',
      'eye'
    ].map((name) => [name, '../tensor/tensor.test.ts'])
  ),
  ...Object.fromEntries(
    [
      'Generator',
      'manualSeed',
      'rand',
      'randLike',
      'randn',
      'randnLike',
      'normal',
      'randint',
      'randperm',
      'bernoulli'
    ].map((name) => [name, 'random.test.ts'])
  ),
  unique: 'unique.test.ts',
  uniform_: 'random.test.ts',
  normal_: 'random.test.ts',
  bernoulli_: 'random.test.ts',
  Slice: 'indexing.test.ts',
  slice: 'indexing.test.ts',
  nonzeroList: 'helper',
  specialPower: 'helper'
}

/** Kernel rows that no op's name gives: the row of the op that runs them. */
export const kernelsElsewhere: Readonly<Record<string, string>> = {
  'cast.float32': 'cast',
  'cast.float64': 'cast',
  'cast.int32': 'cast',
  'cast.int64': 'cast',
  'cast.uint8': 'cast',
  'cast.bool': 'cast',
  addProduct: 'add with alpha',
  checkUnit: 'binaryCrossEntropy, in nn/losses.test.ts',
  subProduct: 'sub with alpha',
  truncDivide: 'div rounded to zero',
  index: 'arange',
  put: 'indexPut_',
  accumulate: 'scatterAdd',
  adam: 'Adam, in optim/adam.test.ts',
  recurrence: 'the gradients of cumprod and logcumsumexp',
  seed: 'manualSeed',
  uniform: 'rand',
  uniqueRows: 'unique'
}
