// Views with explicit strides.

import { isTracked } from '../autograd/node'
import { checkInteger, integerList } from '../kinds'
import { type Shape, numelOf, reachOf, shapeText } from '../shape'
import { type Tensor } from '../tensor'
import { partOf } from './core/strided'
import { checkTensor } from './define/result'

/** A view with explicit strides and offset in elements of the storage; must stay inside of it. */
export function asStrided(self: Tensor, size: Shape, stride: Shape, storageOffset?: number): Tensor {
  checkTensor(self, 'asStrided', 'self')
  const shape = integerList(size, 'asStrided', 'size')
  const strides = integerList(stride, 'asStrided', 'stride')
  const offset = storageOffset ?? self.storageOffset()
  checkInteger(offset, 'asStrided', 'storageOffset')
  // A leaf stands for itself, even where it shows another tensor's elements.
  const base = self.leafRequiresGrad ? self : (self.base ?? self)
  checkStrides(shape, strides, offset)
  const first = offset - base.storageOffset()
  if (isTracked(base) && (first < 0 || first + reachOf(shape, strides) > reachOf(base.sizes, base.steps))) {
    throw new RangeError('asStrided: the view reaches outside of the tensor that has the gradient; detach() it first')
  }
  return partOf(base, { shape, strides, offset: first, baseShape: base.sizes, baseStrides: base.steps })
}

function checkStrides(shape: Shape, strides: Shape, offset: number): void {
  if (strides.length !== shape.length) throw new RangeError('mismatch in length of strides and shape')
  if (strides.some((step) => step < 0)) {
    throw new RangeError(
      `as_strided: Negative strides are not supported at the moment, got strides: ${shapeText(strides)}`
    )
  }
  if (offset < 0) throw new RangeError(`Tensor: invalid storage offset ${offset}`)
  numelOf(shape)
}
