// Views of all elements: another shape, another order of dims, repeats. Each undoes itself in its derivative.

import { integerArguments, integerList } from '../kinds'
import { inferShape, numelOf, type Shape, shapeText, viewStrides, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { expandTo } from './core/broadcast'
import { reshapeTo, viewRule } from './core/reshape'
import { rule } from './define/operation'
import { checkTensor } from './define/result'
import { makeView } from './define/view'

/** The same elements in another shape, never a copy; one size may be -1. */
export function view(self: Tensor, ...sizes: (number | Shape)[]): Tensor {
  checkTensor(self, 'view', 'self')
  const shape = inferShape(integerArguments(sizes, 'view'), self.numelCached)
  const strides = viewStrides(self.sizes, self.steps, shape)
  if (strides === null) {
    throw new RangeError(
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous " +
        `subspaces). Use .reshape(...) instead. view: ${shapeText(self.sizes)} with strides ${shapeText(self.steps)} to ${shapeText(shape)}`
    )
  }
  return makeView(self, { shape, strides, offset: 0 }, viewRule, self.sizes)
}

/** The same elements in another shape: a view where the strides allow it, else a copy. */
export function reshape(self: Tensor, ...sizes: (number | Shape)[]): Tensor {
  checkTensor(self, 'reshape', 'self')
  return reshapeTo(self, inferShape(integerArguments(sizes, 'reshape'), self.numelCached))
}

/** Merges dims `start` to `end` into one. */
export function flatten(self: Tensor, start = 0, end = -1): Tensor {
  checkTensor(self, 'flatten', 'self')
  const rank = self.sizes.length
  if (rank === 0) return reshape(self, [1])
  const first = wrapDim(start, rank)
  const last = wrapDim(end, rank)
  if (first > last) throw new RangeError('flatten() has invalid args: start_dim cannot come after end_dim')
  if (first === last) return self
  const merged = numelOf(self.sizes.slice(first, last + 1))
  return reshape(self, [...self.sizes.slice(0, first), merged, ...self.sizes.slice(last + 1)])
}

const permuteRule = rule<readonly number[]>('PermuteBackward0', (g, _, dims) =>
  permute(
    g,
    dims.map((_, d) => dims.indexOf(d))
  )
)

/** Dims in another order. */
export function permute(self: Tensor, ...order: (number | readonly number[])[]): Tensor {
  checkTensor(self, 'permute', 'self')
  const requested = integerArguments(order, 'permute', 'dims')
  if (requested.length !== self.sizes.length) {
    throw new RangeError(
      'permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of ' +
        `dimensions i.e. input.dim() = ${self.sizes.length} is not equal to len(dims) = ${requested.length}`
    )
  }
  const dims = requested.map((dim) => wrapDim(dim, self.sizes.length))
  if (new Set(dims).size !== dims.length) throw new RangeError('permute(): duplicate dims are not allowed.')
  const shape = dims.map((d) => self.sizes[d])
  const strides = dims.map((d) => self.steps[d])
  return makeView(self, { shape, strides, offset: 0 }, permuteRule, dims)
}

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
export function transpose(self: Tensor, dim0: number, dim1: number): Tensor {
  checkTensor(self, 'transpose', 'self')
  const rank = self.sizes.length
  const a = wrapDim(dim0, rank)
  const b = wrapDim(dim1, rank)
  if (rank === 0) return makeView(self, { shape: [], strides: [], offset: 0 }, transposeRule, [0, 0])
  return makeView(self, swapped(self, a, b), transposeRule, [a, b])
}

/** The transpose of a matrix; tensors of fewer dims as they are. */
export function t(self: Tensor): Tensor {
  checkTensor(self, 't', 'self')
  const rank = self.sizes.length
  if (rank > 2) throw new RangeError(`t() expects a tensor with <= 2 dimensions, but self is ${rank}D`)
  const { sizes: shape, steps: strides } = self
  const geometry =
    rank < 2
      ? { shape, strides, offset: 0 }
      : { shape: [shape[1], shape[0]], strides: [strides[1], strides[0]], offset: 0 }
  return makeView(self, geometry, tRule, null)
}

const unsqueezeRule = rule<number>('UnsqueezeBackward0', (g, _, dim) => squeeze(g, dim))

/** A new dim of size 1 before `dim`. */
export function unsqueeze(self: Tensor, dim: number): Tensor {
  checkTensor(self, 'unsqueeze', 'self')
  const rank = self.sizes.length
  const at = wrapDim(dim, rank + 1)
  const shape = [...self.sizes.slice(0, at), 1, ...self.sizes.slice(at)]
  const step = at < rank ? self.sizes[at] * self.steps[at] : 1
  const strides = [...self.steps.slice(0, at), step, ...self.steps.slice(at)]
  return makeView(self, { shape, strides, offset: 0 }, unsqueezeRule, at)
}

const squeezeRules = ['SqueezeBackward0', 'SqueezeBackward1', 'SqueezeBackward2'].map((name) =>
  rule<Shape>(name, (g, _, shape) => reshapeTo(g, shape))
)

/** Without dims of size 1: all of them, or those named. */
export function squeeze(self: Tensor, dim?: number | readonly number[]): Tensor {
  checkTensor(self, 'squeeze', 'self')
  const rank = self.sizes.length
  const wanted =
    dim === undefined
      ? null
      : (typeof dim === 'number' ? [dim] : integerList(dim, 'squeeze', 'dim')).map((d) => wrapDim(d, rank))
  const keep = self.sizes.map((size, d) => size !== 1 || (wanted !== null && !wanted.includes(d)))
  const shape = self.sizes.filter((_, d) => keep[d])
  const strides = self.steps.filter((_, d) => keep[d])
  const overload = dim === undefined ? 0 : typeof dim === 'number' ? 1 : 2
  return makeView(self, { shape, strides, offset: 0 }, squeezeRules[overload], self.sizes)
}

// ---- expand ----

/** Dims of size 1 repeated without a copy; -1 keeps a size, new dims go in front. */
export function expand(self: Tensor, ...sizes: (number | Shape)[]): Tensor {
  checkTensor(self, 'expand', 'self')
  return expandTo(self, integerArguments(sizes, 'expand'))
}

/** Expanded to the shape of another tensor. */
export function expandAs(self: Tensor, other: Tensor): Tensor {
  checkTensor(other, 'expandAs', 'other')
  return expandTo(self, other.sizes)
}
