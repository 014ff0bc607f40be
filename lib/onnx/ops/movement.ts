// Rows of calls that move elements: shapes, order of dims, joined and cut tensors.

import { type Tensor, arange, cat } from '../../index'
import type { Emit } from '../emit'
import type { Value } from '../graph'
import { realOf } from './example'
import { code, missing, nodes } from './table'

interface Unary {
  readonly input: Tensor
}
interface OfDim extends Unary {
  readonly dim: number
}

const rankOf = (x: Tensor): number => x.dim()
const wrap = (dim: number, rank: number): number => (dim < 0 ? dim + Math.max(rank, 1) : dim)

// ---- shapes ----

const reshaped = (emit: Emit, { input }: Unary): Value => emit.reshape(emit.of(input), emit.shape)

nodes<Unary>(
  'reshape Tensor.reshapeAs ravel flatten unflatten squeeze unsqueeze squeezeCopy unsqueezeCopy viewCopy Tensor.viewAs',
  reshaped
)
nodes<Unary & { dtype?: string }>('Tensor.view', (emit, args) => {
  if (args.dtype === undefined) return reshaped(emit, args)
  throw missing('view(dtype)', 'it reads the bytes of elements')
})
nodes<Unary>('Tensor.expand Tensor.expandAs broadcastTo expandCopy', (emit, { input }) => {
  const value = emit.of(input)
  return emit.add('Expand', [value, emit.ints(emit.shape)], value.dtype)
})
code<{ tensors: readonly Tensor[] }>('broadcastTensors', ({ tensors }) => {
  const shape = tensors.map((each) => realOf(each) as Tensor).reduce((a, b) => a.mul(0).add(b.mul(0))).shape
  return tensors.map((each) => each.expand([...shape]))
})

const atLeast = (x: Tensor, dims: number): Tensor => {
  const rank = rankOf(x)
  if (rank >= dims) return x
  if (dims === 3 && rank === 2) return x.unsqueeze(2)
  if (rank === 0) return x.reshape(new Array<number>(dims).fill(1))
  return dims === 2 ? x.unsqueeze(0) : x.unsqueeze(0).unsqueeze(2)
}
for (const dims of [1, 2, 3]) {
  code<{ input?: Tensor; tensors?: readonly Tensor[] }>(`atleast${dims}d`, ({ input, tensors }) =>
    input === undefined ? tensors!.map((each) => atLeast(each, dims)) : atLeast(input, dims)
  )
}

// ---- order of dims ----

const transposed = (emit: Emit, input: Tensor, perm: readonly number[]): Value => {
  const value = emit.of(input)
  return perm.length < 2 ? value : emit.add('Transpose', [value], value.dtype, { perm })
}

const exchanged = (rank: number, a: number, b: number): number[] => {
  const perm = Array.from({ length: rank }, (_, d) => d)
  const [first, second] = [wrap(a, rank), wrap(b, rank)]
  ;[perm[first], perm[second]] = [second, first]
  return perm
}

nodes<Unary & { dims: readonly number[] }>('permute permuteCopy', (emit, { input, dims }) =>
  transposed(
    emit,
    input,
    dims.map((dim) => wrap(dim, rankOf(input)))
  )
)
nodes<Unary & { dim0: number; dim1: number }>('transpose transposeCopy swapdims', (emit, { input, dim0, dim1 }) =>
  rankOf(input) === 0 ? emit.of(input) : transposed(emit, input, exchanged(rankOf(input), dim0, dim1))
)
nodes<Unary & { axis0: number; axis1: number }>('swapaxes', (emit, { input, axis0, axis1 }) =>
  rankOf(input) === 0 ? emit.of(input) : transposed(emit, input, exchanged(rankOf(input), axis0, axis1))
)
nodes<Unary>('t tCopy', (emit, { input }) => (rankOf(input) < 2 ? emit.of(input) : transposed(emit, input, [1, 0])))
nodes<Unary>('adjoint', (emit, { input }) => transposed(emit, input, exchanged(rankOf(input), -2, -1)))

const listOf = (dims: number | readonly number[]): readonly number[] => (typeof dims === 'number' ? [dims] : dims)

interface Moved extends Unary {
  readonly source: number | readonly number[]
  readonly destination: number | readonly number[]
}
nodes<Moved>('movedim moveaxis', (emit, { input, source, destination }) => {
  const rank = rankOf(input)
  const [from, to] = [source, destination].map((dims) => listOf(dims).map((dim) => wrap(dim, rank)))
  const rest = Array.from({ length: rank }, (_, d) => d).filter((d) => !from.includes(d))
  const perm = Array.from({ length: rank }, (_, d) => (to.includes(d) ? from[to.indexOf(d)] : rest.shift()!))
  return transposed(emit, input, perm)
})

// ---- joined ----

interface Joined {
  readonly tensors: readonly Tensor[]
  readonly dim: number
}

const isEmptyLine = (x: Tensor): boolean => rankOf(x) === 1 && x.numel() === 0

nodes<Joined>('cat concat concatenate', (emit, { tensors, dim }) => {
  const { dtype } = emit
  // PyTorch leaves lines without elements out, whatever the rank of the others.
  const isOdd = tensors.some((each) => !isEmptyLine(each) && rankOf(each) !== 1)
  const joined = isOdd ? tensors.filter((each) => !isEmptyLine(each)) : tensors
  const values = joined.map((each) => emit.of(each, dtype))
  return emit.add('Concat', values, dtype, { axis: wrap(dim, emit.first.dim()) })
})
code<Joined>('stack', ({ tensors, dim }) =>
  cat(
    tensors.map((each) => each.unsqueeze(dim)),
    wrap(dim, rankOf(tensors[0]) + 1)
  )
)
code<Joined>('hstack', ({ tensors }) =>
  cat(
    tensors.map((each) => atLeast(each, 1)),
    rankOf(tensors[0]) < 2 ? 0 : 1
  )
)
code<Joined>('vstack rowStack', ({ tensors }) =>
  cat(
    tensors.map((each) => atLeast(each, 2)),
    0
  )
)
code<Joined>('dstack', ({ tensors }) =>
  cat(
    tensors.map((each) => atLeast(each, 3)),
    2
  )
)
code<Joined>('columnStack', ({ tensors }) =>
  cat(
    tensors.map((each) => (rankOf(each) < 2 ? each.reshape(each.numel(), 1) : each)),
    1
  )
)

// ---- cut ----

nodes<OfDim & { index: number }>('select selectCopy', (emit, { input, dim, index }) => {
  const value = emit.of(input)
  return emit.add('Gather', [value, emit.scalar(index, 'int64')], value.dtype, { axis: wrap(dim, rankOf(input)) })
})

nodes<OfDim & { start: number | Tensor; length: number }>(
  'narrow narrowCopy',
  (emit, { input, dim, start, length }) => {
    const d = wrap(dim, rankOf(input))
    const from = wrap(Number(realOf(start)), input.shape[d])
    return emit.slice(emit.of(input), d, from, from + length)
  }
)

interface Sliced extends OfDim {
  readonly start: number | null
  readonly end: number | null
  readonly step: number
}
nodes<Sliced>('sliceCopy', (emit, { input, dim, start, end, step }) =>
  emit.slice(emit.of(input), wrap(dim, rankOf(input)), start ?? 0, Math.min(end ?? LAST, LAST), step)
)

/** Behind the end of any dim. */
export const LAST = Number.MAX_SAFE_INTEGER

/** Pieces of a dim, of the sizes that the example's have. */
function pieces(emit: Emit, { input, dim }: { readonly input: Tensor; readonly dim: number }): readonly Value[] {
  const axis = wrap(dim, rankOf(input))
  const list = emit.list
  const value = emit.of(input)
  if (list.length === 1) return [value]
  const sizes = emit.ints(list.map((each) => each.shape[axis]))
  const dtypes = list.map(() => value.dtype)
  return emit.several('Split', [value, sizes], dtypes, { axis })
}

nodes<{ tensor: Tensor; dim: number }>('split', (emit, { tensor, dim }) => pieces(emit, { input: tensor, dim }))
nodes<OfDim>('splitWithSizes unsafeSplit unsafeSplitWithSizes chunk unsafeChunk splitCopy splitWithSizesCopy', pieces)
nodes<OfDim>('tensorSplit', pieces)
for (const [name, dim] of [
  ['vsplit', 0],
  ['dsplit', 2]
] as const) {
  nodes<Unary>(name, (emit, { input }) => pieces(emit, { input, dim }))
}
nodes<Unary>('hsplit', (emit, { input }) => pieces(emit, { input, dim: rankOf(input) === 1 ? 0 : 1 }))
nodes<OfDim>('unbind unbindCopy', (emit, { input, dim }) => {
  const axis = wrap(dim, rankOf(input))
  const value = emit.of(input)
  return emit.list.map((_, i) => emit.add('Gather', [value, emit.scalar(i, 'int64')], value.dtype, { axis }))
})

/** All windows of a dim: rows of numbers, gathered. */
nodes<{ input: Tensor; dimension: number; size: number; step: number }>('Tensor.unfold unfoldCopy', (emit, args) => {
  const { input, dimension, size, step } = args
  const value = emit.of(input)
  if (rankOf(input) === 0) return emit.reshape(value, emit.shape)
  const axis = wrap(dimension, rankOf(input))
  const count = emit.shape[axis]
  const starts = arange(0, count * step, step).unsqueeze(1)
  const index = emit.of(starts.add(arange(size)).long())
  const windows = emit.add('Gather', [value, index], value.dtype, { axis })
  const rank = rankOf(input) + 1
  const perm = Array.from({ length: rank }, (_, d) => d).filter((d) => d !== axis + 1)
  return emit.add('Transpose', [windows], value.dtype, { perm: [...perm, axis + 1] })
})

// ---- turned and repeated ----

nodes<Unary & { dims: readonly number[] }>('flip', (emit, { input, dims }) =>
  rankOf(input) === 0
    ? emit.of(input)
    : dims.reduce((value, dim) => reversed(emit, value, wrap(dim, rankOf(input))), emit.of(input))
)

const reversed = (emit: Emit, value: Value, dim: number): Value => emit.slice(value, dim, -1, -LAST, -1)

code<Unary>('fliplr', ({ input }) => input.flip(1))
code<Unary>('flipud', ({ input }) => input.flip(0))
code<Unary & { k: number; dims: readonly number[] }>('rot90', ({ input, k, dims: [a, b] }) => {
  const turns = ((k % 4) + 4) % 4
  if (turns === 0) return input.clone()
  if (turns === 2) return input.flip(a, b)
  return turns === 1 ? input.flip(b).transpose(a, b) : input.transpose(a, b).flip(b)
})

interface Rolled extends Unary {
  readonly shifts: number | readonly number[]
  readonly dims: number | readonly number[]
}
code<Rolled>('roll', ({ input, shifts, dims }) => {
  const [by, along] = [listOf(shifts), listOf(dims)]
  if (along.length === 0) return rolled(input.reshape(-1), 0, by[0]).reshape([...input.shape])
  return along.reduce((x, dim, i) => rolled(x, dim, by[i]), input)
})

/** The last elements of a dim before the others. */
function rolled(x: Tensor, dim: number, by: number): Tensor {
  const size = x.shape[wrap(dim, rankOf(x))] ?? 0
  const shift = size === 0 ? 0 : ((by % size) + size) % size
  if (shift === 0) return x.clone()
  return cat([x.narrow(dim, size - shift, shift), x.narrow(dim, 0, size - shift)], dim)
}

nodes<Unary & { repeats?: readonly number[]; dims?: readonly number[] }>('Tensor.repeat tile', (emit, args) => {
  const { input, repeats, dims } = args
  const rank = emit.first.dim()
  const shape = [...new Array<number>(rank - rankOf(input)).fill(1), ...input.shape]
  const list = (repeats ?? dims)!
  const counts = [...new Array<number>(rank - list.length).fill(1), ...list]
  const value = emit.of(input)
  const wide = rank === rankOf(input) ? value : emit.reshape(value, shape)
  return rank === 0 ? value : emit.add('Tile', [wide, emit.ints(counts)], value.dtype)
})

interface Repeated {
  readonly input?: Tensor
  readonly repeats: number | Tensor
  readonly dim?: number | null
}
code<Repeated>('repeatInterleave', ({ input, repeats, dim }) => {
  if (input === undefined || typeof repeats !== 'number') {
    throw missing('repeatInterleave by a tensor', 'its size depends on values')
  }
  const [x, d] = dim === null || dim === undefined ? [input.reshape(-1), 0] : [input, wrap(dim, rankOf(input))]
  const one = x.unsqueeze(d + 1)
  const shape = one.shape.map((size, i) => (i === d + 1 ? repeats : size))
  return one.expand(shape).flatten(d, d + 1)
})

nodes<Unary>('clone Tensor.contiguous Tensor.cpu', (emit, { input }) => emit.of(input))

// ---- matrices ----

for (const [name, upper] of [
  ['tril', 0],
  ['triu', 1]
] as const) {
  nodes<Unary & { diagonal: number }>(name, (emit, { input, diagonal }) => {
    const value = emit.of(input, /int|bool/.test(emit.dtype) ? 'int64' : emit.computes)
    return emit.add('Trilu', [value, emit.scalar(diagonal, 'int64')], value.dtype, { upper })
  })
}
