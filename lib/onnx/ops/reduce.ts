// Rows of reductions, scans and order.

import { type DType, type Tensor, where } from '../../index'
import { type Emit, computing } from '../emit'
import type { Value } from '../graph'
import { code, nodes } from './table'

interface Reduced {
  readonly input: Tensor
  readonly dim?: number | readonly number[] | null
  readonly keepdim?: boolean
}

const wrap = (dim: number, rank: number): number => (dim < 0 ? dim + Math.max(rank, 1) : dim)

/** The dims that a call reduces: all of them where none is named. */
function dimsOf(input: Tensor, dim: number | readonly number[] | null | undefined): number[] {
  const rank = input.dim()
  const list = typeof dim === 'number' ? [dim] : (dim ?? [])
  if (rank === 0) return []
  return list.length === 0 ? Array.from({ length: rank }, (_, d) => d) : list.map((each) => wrap(each, rank))
}

const reduced = (emit: Emit, type: string, value: Value, { input, dim, keepdim }: Reduced): Value =>
  emit.reduce(type, value, dimsOf(input, dim), keepdim ?? false)

for (const [name, type] of Object.entries({
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  amax: 'ReduceMax',
  amin: 'ReduceMin'
})) {
  nodes<Reduced>(name, (emit, args) => reduced(emit, type, emit.of(args.input, emit.computes), args))
}
nodes<Reduced>('prod', (emit, args) => reduced(emit, 'ReduceProd', emit.of(args.input, emit.computes), args))
for (const [name, type] of Object.entries({ all: 'ReduceMin', any: 'ReduceMax' })) {
  nodes<Reduced>(name, (emit, args) => {
    const truth = emit.cast(emit.of(args.input, 'bool'), 'int32')
    return emit.cast(reduced(emit, type, truth, args), 'bool')
  })
}
nodes<Reduced>('logsumexp', (emit, args) => reduced(emit, 'ReduceLogSumExp', emit.of(args.input, emit.computes), args))
code<Reduced>('countNonzero', ({ input, dim }) => input.ne(0).sum(dim ?? null))
code<Reduced & { dtype?: DType | null }>('nansum', ({ input, dim, keepdim, dtype }) =>
  where(input.isnan(), 0, input)
    .to(input)
    .sum({ dim: dim ?? null, keepdim, dtype })
)
code<Reduced>('nanmean', ({ input, dim, keepdim }) => {
  const counts = input
    .isnan()
    .logicalNot()
    .sum({ dim: dim ?? null, keepdim })
  return where(input.isnan(), 0, input)
    .to(input)
    .sum({ dim: dim ?? null, keepdim })
    .div(counts)
})

// ---- variance ----

interface Variance extends Reduced {
  readonly correction?: number | null
  readonly unbiased?: boolean
}

function spread({ input, dim, keepdim, correction, unbiased }: Variance): { variance: Tensor; mean: Tensor } {
  const dims = dimsOf(input, dim)
  const mean = input.mean({ dim: dims, keepdim: true })
  const squares = input
    .sub(mean)
    .square()
    .sum({ dim: dims, keepdim: keepdim ?? false })
  const count = dims.reduce((product, d) => product * input.shape[d], 1)
  const less = unbiased === undefined ? (correction ?? 1) : unbiased ? 1 : 0
  const variance = squares.div(Math.max(count - less, 0))
  return { variance, mean: keepdim === true ? mean : mean.reshape([...variance.shape]) }
}

code<Variance>('var', (args) => spread(args).variance)
code<Variance>('std', (args) => spread(args).variance.sqrt())
code<Variance>('varMean', (args) => {
  const { variance, mean } = spread(args)
  return [variance, mean]
})
code<Variance>('stdMean', (args) => {
  const { variance, mean } = spread(args)
  return [variance.sqrt(), mean]
})

// ---- places ----

interface OfDim {
  readonly input: Tensor
  readonly dim?: number | null
  readonly keepdim?: boolean
}

function place(emit: Emit, type: string, { input, dim, keepdim }: OfDim): Value {
  const dtype = computing(input.dtype)
  const value = emit.of(input, dtype)
  if (input.dim() === 0) return emit.scalar(0, 'int64')
  if (dim === null || dim === undefined) {
    const line = emit.add(type, [emit.reshape(value, [-1])], 'int64', { axis: 0, keepdims: 0 })
    return keepdim === true ? emit.reshape(line, emit.shape) : line
  }
  return emit.add(type, [value], 'int64', { axis: wrap(dim, input.dim()), keepdims: keepdim === true ? 1 : 0 })
}

nodes<OfDim>('argmax', (emit, args) => place(emit, 'ArgMax', args))
nodes<OfDim>('argmin', (emit, args) => place(emit, 'ArgMin', args))

for (const [name, type, arg] of [
  ['max', 'ReduceMax', 'ArgMax'],
  ['min', 'ReduceMin', 'ArgMin']
] as const) {
  nodes<OfDim & { other?: Tensor }>(name, (emit, args) => {
    const dtype = emit.computes
    const value = emit.of(args.input, dtype)
    if (args.other !== undefined) return emit.add(type.slice(6), [value, emit.of(args.other, dtype)], dtype)
    if (args.dim === undefined) return reduced(emit, type, value, { input: args.input })
    return [reduced(emit, type, value, args), place(emit, arg, args)]
  })
}
nodes<OfDim>('aminmax', (emit, args) => {
  const value = emit.of(args.input, computing(args.input.dtype))
  return ['ReduceMin', 'ReduceMax'].map((type) => emit.cast(reduced(emit, type, value, args), args.input.dtype))
})

// ---- scans ----

nodes<{ input: Tensor; dim: number }>('cumsum', (emit, { input, dim }) => {
  const value = emit.of(input, emit.computes)
  if (input.dim() === 0) return value
  return emit.add('CumSum', [value, emit.scalar(wrap(dim, input.dim()), 'int64')], value.dtype)
})

// ---- order ----

interface Top {
  readonly input: Tensor
  readonly k: number
  readonly dim: number
  readonly largest: boolean
}

function top(emit: Emit, { input, k, dim, largest }: Top, isSorted: boolean): readonly Value[] {
  const dtype = computing(input.dtype)
  const value = emit.of(input, dtype)
  if (input.dim() === 0) return [emit.cast(value, input.dtype), emit.scalar(0, 'int64')]
  const attributes = { axis: wrap(dim, input.dim()), largest: largest ? 1 : 0, sorted: isSorted ? 1 : 0 }
  const [values, indices] = emit.several('TopK', [value, emit.ints([k])], [dtype, 'int64'], attributes)
  return [emit.cast(values, input.dtype), indices]
}

nodes<Top>('topk', (emit, args) => top(emit, args, true))

interface Sorted {
  readonly input: Tensor
  readonly dim?: number
  readonly descending?: boolean
}

const sorted = (emit: Emit, { input, dim, descending }: Sorted): readonly Value[] => {
  const d = dim ?? 0
  return top(emit, { input, k: input.shape[wrap(d, input.dim())], dim: d, largest: descending ?? false }, true)
}

nodes<Sorted>('sort', sorted)
nodes<Sorted>('argsort', (emit, args) => sorted(emit, args)[1])
nodes<Sorted>('msort', (emit, args) => sorted(emit, args)[0])

interface Chosen extends OfDim {
  readonly k: number
}

/** Element `k` of a dim in order, and where it stood. */
function chosen({ input, dim, keepdim }: OfDim, k: number): Tensor[] {
  const d = dim ?? -1
  return [...input.sort(d)].map((each) =>
    input.dim() === 0 ? each : keepdim === true ? each.narrow(d, k, 1) : each.select(d, k)
  )
}

code<Chosen>('kthvalue', (args) => chosen(args, args.k - 1))
code<OfDim>('median', (args) => {
  const { input, dim } = args
  if (dim === undefined) {
    const line = input.reshape(-1)
    return chosen({ input: line, dim: 0 }, Math.floor((line.numel() - 1) / 2))[0]
  }
  return chosen(args, Math.floor((input.dim() === 0 ? 0 : input.shape[wrap(dim!, input.dim())] - 1) / 2))
})

export {}
