// Views with explicit strides.

import { isTracked } from '../autograd/node'
import { declare } from '../declare'
import { type Shape, numelOf, reachOf, shapeText } from '../shape'
import { type Tensor } from '../tensor'
import { partOf } from './core/strided'

/** A view with explicit strides and offset in elements of the storage; must stay inside of it. */
export const asStrided = declare(
  'asStrided(input: Tensor, size: int[], stride: int[], storageOffset: int? = null)',
  (input, size, stride, storageOffset): Tensor => {
    const offset = storageOffset ?? input.storageOffset()
    // A leaf stands for itself, even where it shows another tensor's elements.
    const base = input.leafRequiresGrad ? input : (input.base ?? input)
    checkStrides(size, stride, offset)
    const first = offset - base.storageOffset()
    if (isTracked(base) && (first < 0 || first + reachOf(size, stride) > reachOf(base.sizes, base.steps))) {
      throw new RangeError('asStrided: the view reaches outside of the tensor that has the gradient; detach() it first')
    }
    return partOf(base, { shape: size, strides: stride, offset: first, baseShape: base.sizes, baseStrides: base.steps })
  }
)

export function checkStrides(shape: Shape, strides: Shape, offset: number): void {
  if (strides.length !== shape.length) throw new RangeError('mismatch in length of strides and shape')
  if (strides.some((step) => step < 0)) {
    throw new RangeError(
      `asStrided: Negative strides are not supported at the moment, got strides: ${shapeText(strides)}`
    )
  }
  if (offset < 0) throw new RangeError(`Tensor: invalid storage offset ${offset}`)
  numelOf(shape)
}
