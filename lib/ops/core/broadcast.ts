// Broadcasting and its adjoint: a repeat along a dim and the sum over it are each the other's derivative.

import { isTracked } from '../../autograd/node'
import { reducedShape, sameShape, type Shape, shapeText } from '../../shape'
import type { Tensor } from '../../tensor'
import { record, rule } from '../define/operation'
import { reduceDims, reduceKernel, reduceToShape, sumCode } from '../define/reduce'
import { makeView } from '../define/view'
import { cast } from './copy'
import { reshapeTo } from './reshape'

// ---- repeat ----

const expandRule = rule<Shape>('ExpandBackward0', (g, _, shape) => sumToShape(g, shape))

/** Dims of size 1 repeated without a copy; -1 keeps a size, new dims go in front. */
export function expandTo(self: Tensor, sizes: Shape): Tensor {
  const extra = sizes.length - self.sizes.length
  if (extra < 0) {
    throw new RangeError(
      `expand(${shapeText(self.sizes)}, size=${shapeText(sizes)}): the number of sizes provided (${sizes.length}) must be ` +
        `greater or equal to the number of dimensions in the tensor (${self.sizes.length})`
    )
  }
  const shape = new Array<number>(sizes.length)
  const strides = new Array<number>(sizes.length)
  sizes.forEach((size, d) => {
    const old = d < extra ? 1 : self.sizes[d - extra]
    if (size === -1 && d < extra) {
      throw new RangeError(
        `The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ${d}`
      )
    }
    shape[d] = size === -1 ? old : size
    if (size < -1) {
      throw new RangeError(`Trying to create tensor with negative dimension ${size}: ${shapeText(sizes)}`)
    }
    if (shape[d] !== old && old !== 1) {
      throw new RangeError(
        `The expanded size of the tensor (${size}) must match the existing size (${old}) at non-singleton dimension ${d}.  ` +
          `Target sizes: ${shapeText(sizes)}.  Tensor sizes: ${shapeText(self.sizes)}`
      )
    }
    strides[d] = d < extra || (old === 1 && shape[d] !== 1) ? 0 : self.steps[d - extra]
  })
  return makeView(self, { shape, strides, offset: 0 }, expandRule, self.sizes)
}

// ---- sum ----

/** What was reduced: the input's shape and dtype, and its dims that went. */
export interface Reduced {
  readonly shape: Shape
  readonly dims: readonly number[]
  readonly code: number
}

/** A reduced result with its dims of size 1 put back, so that it broadcasts against the input. */
export const restoreDims = (reduced: Tensor, { shape, dims }: Reduced): Tensor =>
  reduced.sizes.length === shape.length ? reduced : reshapeTo(reduced, reducedShape(shape, dims, true))

/** A reduced result repeated over the input, in its dtype: the adjoint of a sum. */
export const spread = (g: Tensor, reduced: Reduced): Tensor =>
  cast(expandTo(restoreDims(g, reduced), reduced.shape), reduced.code)

const sumRow = reduceKernel('sum')
const sumRule = rule<Reduced>('SumBackward1', (g, _, reduced) => spread(g, reduced))
const sumOfAllRule = rule<Reduced>('SumBackward0', (g, _, reduced) => spread(g, reduced))

/** Sum over dims, cast to `code` before; `isAll` says that the caller named none. */
export function sumOver(self: Tensor, dims: readonly number[], keepdim: boolean, code: number, isAll = false): Tensor {
  const result = reduceDims(sumRow, self, dims, keepdim, code)
  return record({
    outputs: result,
    rule: isAll ? sumOfAllRule : sumRule,
    inputs: [self],
    parameters: { shape: self.sizes, dims, code: self.code }
  })
}

/** Sum of what broadcasting from `shape` repeated; the very same tensor when nothing was. */
export function sumToShape(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.sizes, shape)) return g
  if (!isTracked(g)) return reduceToShape(sumRow, g, shape)
  const extra = g.sizes.length - shape.length
  const dims = [...g.sizes.keys()].filter((d) => d < extra || (shape[d - extra] === 1 && g.sizes[d] !== 1))
  return reshapeTo(dims.length === 0 ? g : sumOver(g, dims, true, sumCode(g.code)), shape)
}
