// The bytes and the gradient of a tensor, for the library itself.

import { type TypedArray, typedArray } from '../dtype'
import { NON_LEAF_GRAD, warnOnce } from '../errors'
import { guard, recording } from '../recording'
import { reachOf, sameShape, shapeText } from '../shape'
import { bufferOf } from '../storage'
import type { Tensor } from '../tensor'

/** A typed array over the elements' reach in the storage, to read, or to fill what was just made; nobody keeps it. */
export function typedArrayOf(tensor: Tensor): TypedArray {
  const { storage, code, byteOffset, sizes, steps, numelCached } = tensor
  if (storage.lock !== null) storage.lock.read()
  // An empty view may start behind the end of its buffer.
  if (numelCached === 0) return typedArray(code, bufferOf(storage), 0, 0)
  return typedArray(code, bufferOf(storage), byteOffset, reachOf(sizes, steps))
}

/** `tensor.grad` for readers inside the library that keep no reference to it. */
export function readGrad(tensor: Tensor): Tensor | null {
  guard(tensor, 'grad')
  const { meta } = tensor
  if ((meta === null || (!meta.retainsGrad && meta.grad === null)) && tensor.gradFn !== null) warnOnce(NON_LEAF_GRAD)
  if (meta === null) return null
  // What a capture has heard of keeps its bytes.
  if (recording.recorder !== null) meta.ownsGrad = false
  return meta.grad
}

/** Throws where a tensor cannot be the gradient of another. */
export function checkGrad(tensor: Tensor, grad: Tensor): void {
  if (grad === tensor) throw new RangeError("can't assign Variable as its own grad")
  if (!sameShape(grad.sizes, tensor.sizes)) {
    throw new RangeError(
      `attempting to assign a gradient of size '${shapeText(grad.sizes)}' to a tensor of size '${shapeText(tensor.sizes)}'. ` +
        'Please ensure that the gradient and the tensor are the same size'
    )
  }
  if (grad.code !== tensor.code) {
    throw new TypeError(
      `attempting to assign a gradient with dtype '${grad.dtype}' to a tensor with dtype '${tensor.dtype}'; convert it first`
    )
  }
}
