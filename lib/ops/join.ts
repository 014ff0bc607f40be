// Tensors joined along an old or a new dim.

import { declare } from '../declare'
import { DIMENSIONED, kindOf, promoteKinds } from '../dtype'
import { type Shape, sameShape, shapeText, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { join } from './core/pieces'
import { reshapeTo } from './core/reshape'
import { withOneDim, withThreeDims, withTwoDims } from './least-dims'

/** A [0] tensor does, for PyTorch's sake. */
const joinsAnything = (shape: Shape): boolean => shape.length === 1 && shape[0] === 0

/** Tensors joined along an existing dim; their other sizes are equal, their dtypes are promoted. */
export const cat = declare(
  'cat(tensors: Tensor[], dim: int = 0)',
  (tensors, dim): Tensor => {
    if (tensors.length === 0) throw new RangeError('cat(): expected a non-empty list of Tensors')
    for (let i = 0; i < tensors.length; i++) {
      if (tensors[i].sizes.length === 0)
        throw new RangeError(`zero-dimensional tensor (at position ${i}) cannot be concatenated`)
    }
    const isPart = ({ sizes }: Tensor): boolean => !joinsAnything(sizes)
    const parts = tensors.every(isPart) ? tensors : tensors.filter(isPart)
    const [first] = parts.length > 0 ? parts : tensors
    const d = wrapDim(dim, first.sizes.length)
    const shape = first.sizes.slice()
    shape[d] = 0
    for (let i = 0; i < parts.length; i++) {
      checkJoins(first.sizes, parts[i].sizes, d, i)
      shape[d] += parts[i].sizes[d]
    }
    const fitting = parts === tensors ? tensors : tensors.map((tensor) => withDims(tensor, shape, d))
    return join(fitting, { whole: shape, dim: d, lengths: fitting.map(({ sizes }) => sizes[d]) }, promotedCode(tensors))
  },
  ['torch']
)

/** A [0] tensor with no elements along the dim, others as they are. */
function withDims(tensor: Tensor, shape: Shape, dim: number): Tensor {
  if (!joinsAnything(tensor.sizes) || shape.length === 1) return tensor
  return reshapeTo(
    tensor,
    shape.map((size, d) => (d === dim ? 0 : size))
  )
}

function checkJoins(first: Shape, sizes: Shape, dim: number, position: number): void {
  if (sizes.length !== first.length) {
    throw new RangeError(`Tensors must have same number of dimensions: got ${first.length} and ${sizes.length}`)
  }
  for (let d = 0; d < sizes.length; d++) {
    if (d !== dim && sizes[d] !== first[d]) {
      throw new RangeError(
        `Sizes of tensors must match except in dimension ${dim}. Expected size ${first[d]} but got size ${sizes[d]} for tensor ` +
          `number ${position} in the list.`
      )
    }
  }
}

function promotedCode(tensors: readonly Tensor[]): number {
  let { code } = tensors[0]
  for (let i = 1; i < tensors.length; i++) {
    const other = tensors[i].code
    if (other !== code) code = promoteKinds(kindOf(code, DIMENSIONED), kindOf(other, DIMENSIONED))
  }
  return code
}

// ---- by columns, rows and depth ----

/** Tensors with at least so many dims, checked to be some. */
function atLeast(tensors: readonly Tensor[], op: string, least: (tensor: Tensor) => Tensor): Tensor[] {
  if (tensors.length === 0) throw new RangeError(`${op} expects a non-empty TensorList`)
  return tensors.map(least)
}

/** Tensors joined along dim 1, vectors along dim 0. */
export const hstack = declare(
  'hstack(tensors: Tensor[])',
  (tensors): Tensor => {
    const parts = atLeast(tensors, 'hstack', withOneDim)
    return cat(parts, parts[0].sizes.length === 1 ? 0 : 1)
  },
  ['torch']
)

const asRows = (tensors: readonly Tensor[]): Tensor => cat(atLeast(tensors, 'vstack', withTwoDims), 0)

/** Tensors joined along dim 0, each vector as a row. */
export const vstack = declare('vstack(tensors: Tensor[])', asRows, ['torch'])

/** Tensors joined along dim 0, each vector as a row. */
export const rowStack = declare('rowStack(tensors: Tensor[])', asRows, ['torch'])

/** Tensors joined along dim 2: matrices become its slices, vectors rows of them. */
export const dstack = declare(
  'dstack(tensors: Tensor[])',
  (tensors): Tensor => cat(atLeast(tensors, 'dstack', withThreeDims), 2),
  ['torch']
)

/** Tensors joined along dim 1, each vector as a column. */
export const columnStack = declare(
  'columnStack(tensors: Tensor[])',
  (tensors): Tensor => cat(atLeast(tensors, 'columnStack', asColumn), 1),
  ['torch']
)

const asColumn = (tensor: Tensor): Tensor =>
  tensor.sizes.length > 1 ? tensor : reshapeTo(tensor, [tensor.numelCached, 1])

/** Tensors of one shape joined along a new dim. */
export const stack = declare(
  'stack(tensors: Tensor[], dim: int = 0)',
  (tensors, dim): Tensor => {
    if (tensors.length === 0) throw new RangeError('stack expects a non-empty TensorList')
    tensors.forEach((tensor, i) => {
      if (!sameShape(tensor.sizes, tensors[0].sizes)) {
        throw new RangeError(
          `stack expects each tensor to be equal size, but got ${shapeText(tensors[0].sizes)} at entry 0 and ${shapeText(tensor.sizes)} at entry ${i}`
        )
      }
    })
    const rank = tensors[0].sizes.length
    const d = wrapDim(dim, rank + 1)
    const shape = [...tensors[0].sizes.slice(0, d), tensors.length, ...tensors[0].sizes.slice(d)]
    return join(tensors, { whole: shape, dim: d, lengths: null }, promotedCode(tensors))
  },
  ['torch']
)
