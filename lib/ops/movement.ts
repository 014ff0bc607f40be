// Views of all elements: another shape, another order of dims, repeats. Each undoes itself in its derivative.

import { declare, installProperty, overload, way } from '../declare'
import { dtypeCode } from '../dtype'
import { inferShape, numelOf, type Shape, shapeText, viewStrides, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { expandTo } from './core/broadcast'
import { viewBytes } from './core/bytes'
import { contiguous } from './core/copy'
import { reshapeTo, viewRule } from './core/reshape'
import { rule } from './define/operation'
import { makeView } from './define/view'

function viewed(input: Tensor, size: Shape): Tensor {
  const shape = inferShape(size, input.numelCached)
  const strides = viewStrides(input.sizes, input.steps, shape)
  if (strides === null) {
    throw new RangeError(
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous " +
        `subspaces). Use .reshape(...) instead. view: ${shapeText(input.sizes)} with strides ${shapeText(input.steps)} to ${shapeText(shape)}`
    )
  }
  return makeView(input, { shape, strides, offset: 0 }, viewRule, input.sizes)
}

/**
 * The same elements in another shape, never a copy; one size may be -1. With a dtype the same bytes as elements of
 * that, the last dim longer or shorter where their size differs; has no derivative.
 */
export const view = overload(
  ['Tensor'],
  way('view(input: Tensor, dtype: dtype)', (input, dtype): Tensor => viewBytes(input, dtypeCode(dtype))),
  way('view(input: Tensor, size: int...)', viewed)
)

/** A view in the shape of another tensor. */
export const viewAs = declare('viewAs(input: Tensor, other: Tensor)', (input, other) => viewed(input, other.sizes), [
  'Tensor'
])

/** The same elements in another shape: a view where the strides allow it, else a copy. */
export const reshape = declare('reshape(input: Tensor, shape: int...)', (input, shape): Tensor => {
  return reshapeTo(input, inferShape(shape, input.numelCached))
})

/** The same elements in the shape of another tensor. */
export const reshapeAs = declare(
  'reshapeAs(input: Tensor, other: Tensor)',
  (input, other): Tensor => reshapeTo(input, inferShape(other.sizes, input.numelCached)),
  ['Tensor']
)

/** All elements row-major in one dim: a view where they lie so, else a copy. */
export const ravel = declare('ravel(input: Tensor)', (input): Tensor => viewed(contiguous(input), [-1]))

/** One dim as several, of which one may be -1. */
export const unflatten = declare('unflatten(input: Tensor, dim: int, sizes: int[])', (input, dim, sizes): Tensor => {
  if (input.sizes.length === 0) throw new RangeError(`Dimension specified as ${dim} but tensor has no dimensions`)
  const d = wrapDim(dim, input.sizes.length)
  if (sizes.length === 0) throw new RangeError('unflatten: sizes must be non-empty')
  const size = input.sizes[d]
  const known = sizes.reduce((product, each) => product * (each === -1 ? 1 : each), 1)
  const isOpen = sizes.includes(-1)
  if ((isOpen && known > 0 && size % known !== 0) || (!isOpen && known !== size)) {
    throw new RangeError(
      `unflatten: Provided sizes ${shapeText(sizes)} don't multiply up to the size of dim ${d} (${size}) in the input tensor`
    )
  }
  const filled = inferShape(sizes, size)
  return viewed(input, [...input.sizes.slice(0, d), ...filled, ...input.sizes.slice(d + 1)])
})

/** Merges dims `start` to `end` into one. */
export const flatten = declare(
  'flatten(input: Tensor, startDim: int = 0, endDim: int = -1)',
  (input, startDim, endDim): Tensor => {
    const rank = input.sizes.length
    if (rank === 0) return reshape(input, [1])
    const first = wrapDim(startDim, rank)
    const last = wrapDim(endDim, rank)
    if (first > last) throw new RangeError('flatten() has invalid args: startDim cannot come after endDim')
    if (first === last) return input
    const merged = numelOf(input.sizes.slice(first, last + 1))
    return reshape(input, [...input.sizes.slice(0, first), merged, ...input.sizes.slice(last + 1)])
  }
)

const permuteRule = rule<readonly number[]>('PermuteBackward0', (g, _, dims) =>
  permute(
    g,
    dims.map((_, d) => dims.indexOf(d))
  )
)

/** Dims in another order. */
export const permute = declare('permute(input: Tensor, dims: int...)', (input, dims): Tensor => {
  if (dims.length !== input.sizes.length) {
    throw new RangeError(
      'permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of ' +
        `dimensions i.e. input.dim() = ${input.sizes.length} is not equal to len(dims) = ${dims.length}`
    )
  }
  const order = dims.map((dim) => wrapDim(dim, input.sizes.length))
  if (new Set(order).size !== order.length) throw new RangeError('permute(): duplicate dims are not allowed.')
  const shape = order.map((d) => input.sizes[d])
  const strides = order.map((d) => input.steps[d])
  return makeView(input, { shape, strides, offset: 0 }, permuteRule, order)
})

const transposeRule = rule<readonly [number, number]>('TransposeBackward0', (g, _, [a, b]) => transpose(g, a, b))
const tRule = rule<null>('TBackward0', (g) => t(g))

function swapped(self: Tensor, a: number, b: number): { shape: number[]; strides: number[]; offset: number } {
  const shape = self.sizes.slice()
  const strides = self.steps.slice()
  ;[shape[a], shape[b]] = [shape[b], shape[a]]
  ;[strides[a], strides[b]] = [strides[b], strides[a]]
  return { shape, strides, offset: 0 }
}

/** Two dims exchanged. */
export const transpose = declare('transpose(input: Tensor, dim0: int, dim1: int)', (input, dim0, dim1): Tensor => {
  const rank = input.sizes.length
  const a = wrapDim(dim0, rank)
  const b = wrapDim(dim1, rank)
  if (rank === 0) return makeView(input, { shape: [], strides: [], offset: 0 }, transposeRule, [0, 0])
  return makeView(input, swapped(input, a, b), transposeRule, [a, b])
})

/** The transpose of a matrix; tensors of fewer dims as they are. */
export const t = declare('t(input: Tensor)', (input): Tensor => {
  const rank = input.sizes.length
  if (rank > 2) throw new RangeError(`t() expects a tensor with <= 2 dimensions, but self is ${rank}D`)
  const { sizes: shape, steps: strides } = input
  const geometry =
    rank < 2
      ? { shape, strides, offset: 0 }
      : { shape: [shape[1], shape[0]], strides: [strides[1], strides[0]], offset: 0 }
  return makeView(input, geometry, tRule, null)
})

/** Two dims exchanged. */
export const swapaxes = declare('swapaxes(input: Tensor, axis0: int, axis1: int)', (input, axis0, axis1): Tensor =>
  transpose(input, axis0, axis1)
)

/** Two dims exchanged. */
export const swapdims = declare('swapdims(input: Tensor, dim0: int, dim1: int)', (input, dim0, dim1): Tensor =>
  transpose(input, dim0, dim1)
)

/** The last two dims exchanged: what a complex tensor would be conjugated for, too. */
export const adjoint = declare('adjoint(input: Tensor)', (input): Tensor => matrixTranspose(input, 'tensor.adjoint()'))

function matrixTranspose(input: Tensor, what: string): Tensor {
  if (input.sizes.length === 1) {
    throw new RangeError(`${what} is only supported on matrices or batches of matrices. Got 1-D tensor.`)
  }
  return transpose(input, -2, -1)
}

// ---- dims moved ----

type Dims = number | readonly number[]

const listOf = (dims: Dims): readonly number[] => (typeof dims === 'number' ? [dims] : dims)

function moved(input: Tensor, source: Dims, destination: Dims): Tensor {
  const [from, to] = [listOf(source), listOf(destination)]
  if (from.length !== to.length) {
    throw new RangeError(
      `movedim: Invalid source or destination dims: source (${shapeText(from)} dims) should contain the same number of dims as ` +
        `destination (${shapeText(to)} dims)`
    )
  }
  const rank = input.sizes.length
  const [sources, targets] = [from, to].map((list) => list.map((dim) => wrapDim(dim, rank)))
  if (new Set(sources).size < sources.length) {
    throw new RangeError(`movedim: repeated dim in \`source\` (${shapeText(from)})`)
  }
  if (new Set(targets).size < targets.length) {
    throw new RangeError(`movedim: repeated dim in \`destination\` (${shapeText(to)})`)
  }
  if (rank === 0) return permute(input, [])
  const others = [...input.sizes.keys()].filter((d) => !sources.includes(d))
  const order = input.sizes.map((_, d) => (targets.includes(d) ? sources[targets.indexOf(d)] : others.shift()!))
  return permute(input, order)
}

/** Dims moved to other places; those that are not named keep their order. */
export const movedim = declare('movedim(input: Tensor, source: int|int[], destination: int|int[])', moved)

/** Dims moved to other places; those that are not named keep their order. */
export const moveaxis = declare('moveaxis(input: Tensor, source: int|int[], destination: int|int[])', moved)

const unsqueezeRule = rule<number>('UnsqueezeBackward0', (g, _, dim) => squeeze(g, dim))

/** A new dim of size 1 before `dim`. */
export const unsqueeze = declare('unsqueeze(input: Tensor, dim: int)', (input, dim): Tensor => {
  const rank = input.sizes.length
  const at = wrapDim(dim, rank + 1)
  const shape = [...input.sizes.slice(0, at), 1, ...input.sizes.slice(at)]
  const step = at < rank ? input.sizes[at] * input.steps[at] : 1
  const strides = [...input.steps.slice(0, at), step, ...input.steps.slice(at)]
  return makeView(input, { shape, strides, offset: 0 }, unsqueezeRule, at)
})

const squeezeRules = ['SqueezeBackward0', 'SqueezeBackward1', 'SqueezeBackward2'].map((name) =>
  rule<Shape>(name, (g, _, shape) => reshapeTo(g, shape))
)

/** Without dims of size 1: all of them, or those named. */
export const squeeze = declare('squeeze(input: Tensor, dim: int|int[]|null = null)', (input, dim): Tensor => {
  const rank = input.sizes.length
  const wanted = dim === null ? null : listOf(dim).map((d) => wrapDim(d, rank))
  const repeated = wanted?.find((d, i) => wanted.indexOf(d) < i)
  if (repeated !== undefined) throw new RangeError(`dim ${repeated} appears multiple times in the list of dims`)
  const keep = input.sizes.map((size, d) => size !== 1 || (wanted !== null && !wanted.includes(d)))
  const shape = input.sizes.filter((_, d) => keep[d])
  const strides = input.steps.filter((_, d) => keep[d])
  const overload = dim === null ? 0 : typeof dim === 'number' ? 1 : 2
  return makeView(input, { shape, strides, offset: 0 }, squeezeRules[overload], input.sizes)
})

// ---- expand ----

/** Dims of size 1 repeated without a copy; -1 keeps a size, new dims go in front. */
export const expand = declare(
  'expand(input: Tensor, size: int...)',
  (input, size): Tensor => {
    return expandTo(input, size)
  },
  ['Tensor']
)

/** Expanded to the shape of another tensor. */
export const expandAs = declare(
  'expandAs(input: Tensor, other: Tensor)',
  (input, other): Tensor => {
    return expandTo(input, other.sizes)
  },
  ['Tensor']
)

// ---- properties ----

declare module '../tensor' {
  interface Tensor {
    /** The last two dims exchanged. */
    readonly mT: Tensor
    /** The last two dims exchanged. */
    readonly mH: Tensor
    /** The transpose of a matrix. */
    readonly H: Tensor
    /** All dims in reverse order. */
    readonly T: Tensor
  }
}

const properties: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  mT: (x) => matrixTranspose(x, 'tensor.mT'),
  mH: (x) => matrixTranspose(x, 'tensor.mH'),
  H: (x) => {
    const rank = x.sizes.length
    if (rank !== 0 && rank !== 2) {
      throw new RangeError(
        `tensor.H is only supported on matrices (2-D tensors). Got ${rank}-D tensor.` +
          (rank > 2 ? ' For batches of matrices, consider using tensor.mH' : '')
      )
    }
    return transpose(x, 0, rank === 0 ? 0 : 1)
  },
  T: (x) => permute(x, [...x.sizes.keys()].reverse())
}

for (const [name, property] of Object.entries(properties)) installProperty(name, property)
