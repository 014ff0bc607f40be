// Views of all elements: another shape, another order of dims, repeats. Each undoes itself in its derivative.

import { declare } from '../declare'
import { inferShape, numelOf, type Shape, shapeText, viewStrides, wrapDim } from '../shape'
import { Tensor } from '../tensor'
import { expandTo } from './core/broadcast'
import { reshapeTo, viewRule } from './core/reshape'
import { rule } from './define/operation'
import { makeView } from './define/view'

/** The same elements in another shape, never a copy; one size may be -1. */
export const view = declare(
  'view(input: Tensor, size: int...)',
  (input, size): Tensor => {
    const shape = inferShape(size, input.numelCached)
    const strides = viewStrides(input.sizes, input.steps, shape)
    if (strides === null) {
      throw new RangeError(
        "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous " +
          `subspaces). Use .reshape(...) instead. view: ${shapeText(input.sizes)} with strides ${shapeText(input.steps)} to ${shapeText(shape)}`
      )
    }
    return makeView(input, { shape, strides, offset: 0 }, viewRule, input.sizes)
  },
  ['Tensor']
)

/** The same elements in another shape: a view where the strides allow it, else a copy. */
export const reshape = declare('reshape(input: Tensor, shape: int...)', (input, shape): Tensor => {
  return reshapeTo(input, inferShape(shape, input.numelCached))
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
  const wanted = dim === null ? null : (typeof dim === 'number' ? [dim] : dim).map((d) => wrapDim(d, rank))
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
  }
}

Object.defineProperty(Tensor.prototype, 'mT', {
  get(this: Tensor) {
    return transpose(this, -2, -1)
  },
  configurable: true
})
