// Rows of calls that choose elements by numbers, masks and subscripts, and of those that write there.

import {
  Slice,
  type Subscript,
  type Tensor,
  arange,
  broadcastShapes,
  cat,
  gather,
  indexSelect,
  meshgrid,
  scatter,
  sliceCopy,
  stack,
  tensor,
  where
} from '../../index'
import { type Emit, computing } from '../emit'
import type { Value } from '../graph'
import { TracedTensor } from '../traced'
import { code, missing, nodes, unsized, writes } from './table'

const wrap = (dim: number, rank: number): number => (dim < 0 ? dim + Math.max(rank, 1) : dim)

interface OfDim {
  readonly input: Tensor
  readonly dim: number
  readonly index: Tensor
}

// ---- by numbers ----

nodes<OfDim>('indexSelect', (emit, { input, dim, index }) => {
  const value = emit.of(input)
  const numbers = index.dim() === 0 ? emit.reshape(emit.of(index), [1]) : emit.of(index)
  const flat = input.dim() === 0 ? emit.reshape(value, [1]) : value
  const rows = emit.add('Gather', [flat, numbers], value.dtype, { axis: wrap(dim, input.dim()) })
  return input.dim() === 0 ? emit.reshape(rows, []) : rows
})

/** A node along a dim of tensors of one rank, whose sizes may differ: GatherElements and ScatterElements. */
nodes<OfDim>('gather', (emit, { input, dim, index }) => {
  const value = emit.of(input)
  const [x, numbers] = [value, emit.of(index, 'int64')].map((each, i) =>
    (i === 0 ? input : index).dim() === 0 ? emit.reshape(each, [1]) : each
  )
  const result = emit.add('GatherElements', [x, numbers], value.dtype, { axis: wrap(dim, input.dim()) })
  return emit.first.dim() === 0 ? emit.reshape(result, []) : result
})

/** Negative numbers from the end. */
const wrapped = (index: Tensor, size: number): Tensor => where(index.lt(0), index.add(size), index).long()

code<{ input: Tensor; index: Tensor }>('take', ({ input, index }) => {
  const numbers = wrapped(index, input.numel())
  return input
    .reshape(-1)
    .indexSelect(0, numbers.reshape(-1))
    .reshape([...index.shape])
})
code<{ input: Tensor; indices: Tensor; dim: number | null }>('takeAlongDim', ({ input, indices, dim }) => {
  if (dim === null) return input.reshape(-1).gather(0, wrapped(indices.reshape(-1), input.numel()))
  const d = wrap(dim, input.dim())
  const zero = (x: Tensor): Tensor => x.select(d, 0).mul(0)
  const shape = [...zero(input).add(zero(indices)).shape]
  const whole = (x: Tensor): Tensor => x.expand([...shape.slice(0, d), x.shape[d], ...shape.slice(d)])
  return gather(whole(input), d, wrapped(whole(indices), input.shape[d]))
})

// ---- what is written by numbers ----

interface Scattered extends OfDim {
  readonly src?: Tensor
  readonly value?: number
  readonly reduce?: string | null
}

const reductions: Readonly<Record<string, string>> = {
  add: 'add',
  multiply: 'mul',
  sum: 'add',
  prod: 'mul',
  amax: 'max',
  amin: 'min'
}

function scattered(emit: Emit, { input, dim, index, src, value, reduce }: Scattered): Value {
  const isChoice = reduce === 'amax' || reduce === 'amin'
  const dtype = isChoice ? emit.computes : emit.dtype
  const shape = index.shape
  const source =
    src === undefined ? emit.of(emit.first.newFull([...shape], value!)) : cut(emit, emit.of(src, dtype), src, shape)
  const [x, numbers, updates] = [emit.of(input, dtype), emit.of(index, 'int64'), source].map((each) =>
    input.dim() === 0 ? emit.reshape(each, [1]) : each
  )
  const reduction = reduce === null || reduce === undefined ? 'none' : reductions[reduce]
  if (reduction === undefined) {
    throw missing(`${emit.call} of reduce '${reduce}'`, 'no node of ONNX does that')
  }
  if (reduction === 'max' || reduction === 'min') emit.since(18, `ScatterElements of reduction '${reduction}'`)
  const result = emit.add('ScatterElements', [x, numbers, updates], dtype, { axis: wrap(dim, input.dim()), reduction })
  return input.dim() === 0 ? emit.reshape(result, []) : result
}

/** The first elements of each dim, as many as the index has. */
const cut = (emit: Emit, value: Value, { shape }: Tensor, sizes: readonly number[]): Value =>
  sizes.reduce((x, size, d) => (size === shape[d] ? x : emit.slice(x, d, 0, size)), value)

nodes<Scattered>('scatter', scattered)
nodes<Scattered>('scatterAdd', (emit, args) => scattered(emit, { ...args, reduce: 'sum' }))
nodes<Scattered & { includeSelf: boolean }>('scatterReduce', (emit, args) => {
  if (args.includeSelf) return scattered(emit, args)
  throw missing('scatterReduce without includeSelf', 'no node of ONNX does that')
})

interface Indexed extends OfDim {
  readonly source?: Tensor
  readonly value?: Tensor | number
  readonly alpha?: number
}

/** The number of a slice at each of its elements. */
function spread(index: Tensor, dim: number, shape: readonly number[]): Tensor {
  const line = index.long().reshape(shape.map((_, d) => (d === dim ? -1 : 1)))
  return line.expand(shape.map((size, d) => (d === dim ? index.numel() : size)))
}

const whole = (x: Tensor, { input, dim, index }: OfDim): Tensor => {
  const d = wrap(dim, input.dim())
  return x.expand(input.shape.map((size, i) => (i === d ? index.numel() : size)))
}

code<Indexed>('indexAdd', (args) => {
  const { input, dim, index, source, alpha } = args
  const added = alpha === undefined || alpha === 1 ? source! : source!.mul(alpha)
  return input.scatterAdd(dim, spread(index, wrap(dim, input.dim()), input.shape), added.to(input))
})
code<Indexed>('indexCopy', ({ input, dim, index, source }) =>
  scatter(input, dim, spread(index, wrap(dim, input.dim()), input.shape), source!)
)
code<Indexed>('indexFill', (args) => {
  const { input, dim, index, value } = args
  const d = wrap(dim, input.dim())
  const numbers = spread(wrapped(index, input.shape[d]), d, input.shape)
  if (typeof value !== 'object') return scatter(input, dim, numbers, value as number)
  return scatter(input, dim, numbers, whole(value.to(input), args))
})
code<{ input: Tensor; index: Tensor; source: Tensor; accumulate: boolean }>('put', (args) => {
  const { input, index, source, accumulate } = args
  const line = input.reshape(-1)
  const numbers = wrapped(index.reshape(-1), input.numel())
  const result = accumulate
    ? line.scatterAdd(0, numbers, source.reshape(-1))
    : scatter(line, 0, numbers, source.reshape(-1))
  return result.reshape([...input.shape])
})

// ---- by masks ----

code<{ input: Tensor; mask: Tensor; value: Tensor | number }>('maskedFill', ({ input, mask, value }) =>
  where(mask, typeof value === 'object' ? value.to(input) : value, input).to(input)
)
code<{ input: Tensor; value: Tensor | number }>('fill', ({ input, value }) => {
  const one = typeof value === 'object' ? value.to(input) : tensor(value, { dtype: input.dtype })
  return one.expand([...input.shape])
})

/** The coordinates of what is not 0, a row for each: [count, dims]. */
function coordinates(emit: Emit, input: Tensor): Value {
  if (input.dim() === 0) throw missing(`${emit.call} of a tensor without dims`, 'it has no coordinates in ONNX')
  const found = emit.add('NonZero', [emit.of(input, 'bool')], 'int64')
  return emit.add('Transpose', [found], 'int64', { perm: [1, 0] })
}

unsized<{ input: Tensor; asTuple?: boolean }>('nonzero argwhere', (emit, { input, asTuple }) => {
  const rows = coordinates(emit, input)
  if (asTuple !== true) return rows
  return [...input.shape.keys()].map((d) => emit.add('Gather', [rows, emit.scalar(d, 'int64')], 'int64', { axis: 1 }))
})
unsized<{ input: Tensor; mask: Tensor }>('maskedSelect', (emit, { input, mask }) => {
  const shape = emit.ints(broadcastShapes([...input.shape], [...mask.shape]))
  const [x, m] = [emit.of(input), emit.of(mask, 'bool')].map((each) => emit.add('Expand', [each, shape], each.dtype))
  const lines = [x, m].map((each) => emit.reshape(each, [-1]))
  return emit.add('Compress', lines, x.dtype, { axis: 0 })
})

interface Distinct {
  readonly input: Tensor
  readonly sorted: boolean
  readonly returnInverse: boolean
  readonly returnCounts: boolean
  readonly dim: number | null
}
unsized<Distinct>('unique', (emit, { input, sorted, returnInverse, returnCounts, dim }) => {
  const dtype = computing(input.dtype) === 'int32' ? 'int64' : computing(input.dtype)
  const attributes = { sorted: sorted ? 1 : 0, ...(dim !== null && { axis: wrap(dim, input.dim()) }) }
  const dtypes = [dtype, 'int64', 'int64', 'int64'] as const
  const [values, , inverse, counts] = emit.several('Unique', [emit.of(input, dtype)], dtypes, attributes)
  const shaped = (): Value => (dim === null ? emit.reshape(inverse, input.shape) : inverse)
  return [emit.cast(values, input.dtype), ...(returnInverse ? [shaped()] : []), ...(returnCounts ? [counts] : [])]
})

// ---- parts that are written ----

code<{ input: Tensor; src: Tensor; dim: number; index: number }>('selectScatter', ({ input, src, dim, index }) => {
  const d = wrap(dim, input.dim())
  const at = wrap(index, input.shape[d])
  return replaced(input, src.to(input).unsqueeze(d), d, at, at + 1)
})

interface SliceScatter {
  readonly input: Tensor
  readonly src: Tensor
  readonly dim: number
  readonly start: number | null
  readonly end: number | null
  readonly step: number
}
code<SliceScatter>('sliceScatter', ({ input, src, dim, start, end, step }) => {
  const d = wrap(dim, input.dim())
  const size = input.shape[d]
  const bound = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size)
  const from = bound(start ?? 0)
  const to = Math.max(bound(end ?? size), from)
  if (step === 1) return replaced(input, src.to(input), d, from, to)
  return input.indexCopy(d, arange(from, to, step).long(), src.to(input))
})

/** A tensor with `src` in place of the elements from `start` to `end` of a dim. */
function replaced(input: Tensor, src: Tensor, dim: number, start: number, end: number): Tensor {
  const size = input.shape[dim]
  const before = start > 0 ? [sliceCopy(input, dim, 0, start)] : []
  const after = end < size ? [sliceCopy(input, dim, end)] : []
  return cat([...before, src, ...after], dim)
}

// ---- subscripts ----

/** The elements that subscripts name, one after the other: views first, then lists and tensors of numbers. */
function subscripted(input: Tensor, subscripts: readonly Subscript[]): Tensor {
  const taken = subscripts.filter((each) => each !== null && each !== '...').length
  let view = input
  let dim = 0
  const gathered: (Tensor | null)[] = []
  for (const each of subscripts) {
    if (typeof each === 'number') view = view.select(dim, each)
    else if (each === null) view = view.unsqueeze(dim++)
    else if (each === '...') dim += input.dim() - taken
    else if (each instanceof Slice) {
      view = isAll(each) ? view : sliceCopy(view, dim, each.start, each.end, each.step)
      dim++
    } else {
      gathered[dim] = numbersOf(each, view.shape[dim])
      dim++
    }
  }
  const indices = view.shape.map((_, d) => gathered[d] ?? null)
  return indices.every((each) => each === null) ? view : gatheredBy(view, indices)
}

const isAll = ({ start, end, step }: Slice): boolean => (start === null || start === 0) && end === null && step === 1

/** An index of a dim as int64 numbers from 0 on. */
function numbersOf(index: Subscript, size: number): Tensor {
  if (Array.isArray(index)) {
    const list = index as readonly (number | boolean)[]
    const numbers = list.every((each) => typeof each === 'boolean')
      ? list.flatMap((each, i) => (each ? [i] : []))
      : (list as readonly number[])
    return wrapped(tensor(BigInt64Array.from(numbers, BigInt)), size)
  }
  if (typeof index === 'boolean') throw missing('at(true)', 'it is no index of elements')
  const numbers = index as Tensor
  if (numbers.dtype === 'bool' || numbers.dtype === 'uint8') {
    if ((numbers as unknown) instanceof TracedTensor) {
      throw missing('at() with a traced mask', 'its size depends on values; use where() or maskedSelect()')
    }
    return numbers.nonzero().select(1, 0)
  }
  return wrapped(numbers.long(), size)
}

/** The elements at index tensors, each at its dim; where they stand side by side their dims take that place. */
function gatheredBy(view: Tensor, indices: readonly (Tensor | null)[]): Tensor {
  const dims = indices.flatMap((each, d) => (each === null ? [] : [d]))
  const rest = indices.flatMap((each, d) => (each === null ? [d] : []))
  const index = linear(
    dims.map((d) => indices[d]!),
    dims.map((d) => view.shape[d])
  )
  const isTogether = dims.every((d, i) => i === 0 || d === dims[i - 1] + 1)
  const first = isTogether ? dims[0] : 0
  const [before, after] = [rest.slice(0, first), rest.slice(first)]
  const sizes = (list: readonly number[]): number[] => list.map((d) => view.shape[d])
  const lined = view.permute([...before, ...dims, ...after]).flatten(before.length, before.length + dims.length - 1)
  const rows = indexSelect(lined, first, index.reshape(-1))
  return rows.reshape([...sizes(before), ...index.shape, ...sizes(after)])
}

/** The number of an element in the dims of these sizes, row-major. */
function linear(indices: readonly Tensor[], sizes: readonly number[]): Tensor {
  const [first, ...others] = indices
  return others.reduce((index, each, i) => index.mul(sizes[i + 1]).add(each), first)
}

code<{ input: Tensor; indices: readonly Subscript[] }>('at', ({ input, indices }) => {
  const [mask] = indices
  // A mask alone: the elements where it holds, or the rows of a mask with fewer dims.
  if (indices.length === 1 && isTracedMask(mask)) {
    return mask.dim() === input.dim() ? input.maskedSelect(mask) : rowsWhere(input, mask)
  }
  return subscripted(input, indices).clone()
})

const isTracedMask = (index: Subscript): index is Tensor =>
  (index as unknown) instanceof TracedTensor && ['bool', 'uint8'].includes((index as Tensor).dtype)

const rowsWhere = (input: Tensor, mask: Tensor): Tensor => {
  const line = mask.reshape(-1).nonzero().select(1, 0)
  return indexSelect(input.flatten(0, mask.dim() - 1), 0, line)
}

// ---- values at subscripts ----

type Written = Tensor | number | boolean | bigint

/** A copy with a value in place of what subscripts name. */
function withValue(input: Tensor, subscripts: readonly Subscript[], value: Written): Tensor {
  const [first, ...others] = subscripts
  if (first === undefined) return filled(input, value)
  if (first === '...') {
    const taken = others.filter((each) => each !== null).length
    const free = new Array<Subscript>(input.dim() - taken).fill(new Slice(null, null, 1))
    return withValue(input, [...free, ...others], value)
  }
  return along(input, 0, subscripts, value)
}

/** The same from a dim on, those before it being left as they are. */
function along(input: Tensor, dim: number, [first, ...others]: readonly Subscript[], value: Written): Tensor {
  if (first === undefined) return filled(input, value)
  if (typeof first === 'number') {
    const part = along(input.select(dim, first), dim, others, value)
    return input.selectScatter(part, dim, first)
  }
  if (first instanceof Slice) {
    if (isAll(first)) return along(input, dim + 1, others, value)
    const part = along(sliceCopy(input, dim, first.start, first.end, first.step), dim + 1, others, value)
    return input.sliceScatter(part, dim, first.start, first.end, first.step)
  }
  const isMask =
    typeof first === 'object' && first !== null && !Array.isArray(first) && (first as Tensor).dtype === 'bool'
  if (isMask && others.length === 0 && dim === 0 && (typeof value !== 'object' || value.dim() === 0)) {
    const mask = first as Tensor
    const shaped = mask.reshape([...mask.shape, ...input.shape.slice(mask.dim()).map(() => 1)])
    return where(shaped, typeof value === 'object' ? value.to(input) : Number(value), input).to(input)
  }
  throw missing('setAt()', 'it has one for numbers, slices and a mask alone; use where() or scatter()')
}

const filled = (input: Tensor, value: Written): Tensor => {
  const one = typeof value === 'object' ? value.to(input) : tensor(value, { dtype: input.dtype })
  const extra = Math.max(one.dim() - input.dim(), 0)
  return (extra === 0 ? one : one.reshape(one.shape.slice(extra))).expand([...input.shape])
}

writes<{ input: Tensor; indices: Subscript | readonly Subscript[]; value: Written }>('setAt', (args) => {
  const { input, indices, value } = args
  return withValue(input, (Array.isArray(indices) ? indices : [indices]) as readonly Subscript[], value)
})

code<{ input: Tensor; indices: readonly (Tensor | null)[]; values: Tensor; accumulate: boolean }>(
  'indexPut',
  (args) => {
    const { input, indices, values, accumulate } = args
    if (
      indices.length === 0 ||
      indices.some((each) => each === null || each.dtype === 'bool' || each.dtype === 'uint8')
    ) {
      throw missing('indexPut', 'it has one for tensors of numbers from the first dim on; use where() or scatter()')
    }
    const given = indices as readonly Tensor[]
    const numbers = given.map((each, d) => wrapped(each.long(), input.shape[d]))
    const index = linear(
      numbers,
      given.map((_, d) => input.shape[d])
    )
    const lined = input.flatten(0, given.length - 1)
    const rest = input.shape.slice(given.length)
    const rows = values
      .to(input)
      .expand([...index.shape, ...rest])
      .reshape([-1, ...rest])
    const result = accumulate ? lined.indexAdd(0, index.reshape(-1), rows) : lined.indexCopy(0, index.reshape(-1), rows)
    return result.reshape([...input.shape])
  }
)

// ---- diagonals and pads ----

interface Diagonal {
  readonly input?: Tensor
  readonly A?: Tensor
  readonly offset: number
  readonly dim1: number
  readonly dim2: number
}
code<Diagonal>('diagonal diagonalCopy linalg.diagonal', ({ input, A, offset, dim1, dim2 }) => {
  const x = (input ?? A)!
  const [a, b] = [wrap(dim1, x.dim()), wrap(dim2, x.dim())]
  const [rows, columns] = [x.shape[a], x.shape[b]]
  const count = Math.max(Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)), 0)
  const others = [...x.shape.keys()].filter((d) => d !== a && d !== b)
  const index = arange(count).long()
  const numbers = index
    .add(Math.max(-offset, 0))
    .mul(columns)
    .add(index.add(Math.max(offset, 0)))
  return indexSelect(x.permute([...others, a, b]).flatten(-2, -1), others.length, numbers)
})

/** The places of a line on a diagonal of a square of `size`. */
function embedded(line: Tensor, offset: number): Tensor {
  const count = line.shape[line.dim() - 1]
  const size = count + Math.abs(offset)
  const columns = arange(size).long()
  const rows = columns.unsqueeze(1)
  const isThere = columns.sub(rows).eq(offset)
  const place = rows
    .sub(Math.max(-offset, 0))
    .clamp(0, count - 1)
    .expand([size, size])
  const spreadOut = indexSelect(line, line.dim() - 1, place.reshape(-1)).unflatten(line.dim() - 1, [size, size])
  return where(isThere, spreadOut, 0).to(line)
}
code<Diagonal & { input: Tensor }>('diagEmbed', ({ input, offset, dim1, dim2 }) =>
  embedded(input, offset).movedim([-2, -1], [dim1, dim2])
)
code<{ input: Tensor; diagonal: number }>('diag', ({ input, diagonal }) =>
  input.dim() === 1 ? embedded(input, diagonal) : input.diagonal(diagonal).clone()
)
code<{ input: Tensor; offset: number }>('diagflat', ({ input, offset }) => embedded(input.reshape(-1), offset))

interface Pad {
  readonly input: Tensor
  readonly pad: readonly number[]
  readonly mode?: string
  readonly value: number | null
}
const modes: Readonly<Record<string, string>> = { reflect: 'reflect', replicate: 'edge', constant: 'constant' }

nodes<Pad>('constantPadNd nn.functional.pad', (emit, { input, pad, mode, value }) => {
  const dtype = emit.dtype === 'bool' ? 'int32' : emit.dtype
  const name = mode ?? 'constant'
  const rank = input.dim()
  const amounts = (side: 0 | 1): number[] => Array.from({ length: rank }, (_, d) => pad[2 * (rank - 1 - d) + side] ?? 0)
  const sizes = emit.ints([...amounts(0), ...amounts(1)])
  const kind = name === 'circular' ? { mode: emit.since(19, 'wrap') && 'wrap' } : { mode: modes[name] }
  const filler = name === 'constant' ? [emit.scalar(value ?? 0, dtype)] : []
  return emit.add('Pad', [emit.of(input, dtype), sizes, ...filler], dtype, kind)
})

// ---- classes and grids ----

code<{ input: Tensor; numClasses: number }>('nn.functional.oneHot', ({ input, numClasses }) => {
  if (numClasses < 0) {
    throw missing('oneHot without numClasses', 'its size depends on values')
  }
  return input.unsqueeze(-1).eq(arange(numClasses).long()).long()
})
code<{ tensors: readonly Tensor[]; indexing: string | null }>('meshgrid', ({ tensors, indexing }) => {
  const shape = tensors.map((each) => each.numel())
  const grids = tensors.map((each, d) => each.reshape(shape.map((_, i) => (i === d ? -1 : 1))).expand(shape))
  return indexing === 'xy' ? xy(tensors, grids) : grids
})
const xy = (tensors: readonly Tensor[], grids: readonly Tensor[]): Tensor[] =>
  tensors.length < 2 ? [...grids] : grids.map((each) => each.transpose(0, 1))
code<{ tensors: readonly Tensor[] }>('cartesianProd', ({ tensors }) =>
  tensors.length === 1 ? tensors[0].clone() : stack(meshgrid([...tensors]), -1).reshape(-1, tensors.length)
)

interface Bucket {
  readonly input: Tensor
  readonly boundaries: Tensor
  readonly outInt32: boolean
  readonly right: boolean
}
code<Bucket>('bucketize', ({ input, boundaries, outInt32, right }) => {
  const each = typeof input === 'object' ? input.unsqueeze(-1) : input
  const below = right ? boundaries.le(each) : boundaries.lt(each)
  return below.sum(-1).to(outInt32 ? 'int32' : 'int64')
})

export {}
