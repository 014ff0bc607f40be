// In-place writes: PyTorch's rules about leaves, views, shapes and memory.

import { isTracked } from '../../autograd/node'
import { gradMode } from '../../autograd/mode'
import { isFloating } from '../../dtype'
import { forbidOutside, recording } from '../../recording'
import { type Shape, broadcastShapes, sameShape, shapeText } from '../../shape'
import { Tensor, type ViewInfo } from '../../tensor'
import { checkWritable } from './result'

/** Throws PyTorch's sentence when autograd forbids writing to `self` in place from `inputs`. */
function checkInPlaceAllowed(self: Tensor, inputs: readonly Tensor[]): void {
  const info: ViewInfo | null = self.meta?.view ?? null
  if (info === null) {
    if (self.leafRequiresGrad) {
      throw new Error(
        'a leaf Variable that requires grad is being used in an in-place operation. Wrap the update in noGrad() to change it.'
      )
    }
    return
  }
  if (!self.requiresGrad && !info.base.requiresGrad && !inputs.some(isTracked)) return
  if (info.readonlyReason === 'no-grad') {
    throw new Error(
      'A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is ' +
        'ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either ' +
        "both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
    )
  }
  if (info.base.leafRequiresGrad || self.leafRequiresGrad) {
    throw new Error(
      'a view of a leaf Variable that requires grad is being used in an in-place operation. Wrap the update in noGrad() to change it.'
    )
  }
  if (info.readonlyReason === 'multi-output') {
    const maker = self.gradFn === null ? 'a function' : self.gradFn.name.replace(/Backward\d*$/, '')
    throw new Error(
      `Output ${info.outputNumber} of ${maker} is a view and is being modified inplace. This view is the output of a function that ` +
        'returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the ' +
        'inplace operation by an out-of-place one.'
    )
  }
}

/** Checks that autograd and memory allow `self` to be written from `inputs`. */
export function checkInPlace(self: Tensor, inputs: readonly Tensor[]): void {
  if (!(self instanceof Tensor)) throw new TypeError(`in-place: self must be a Tensor, got ${typeof self}`)
  if (gradMode.enabled) {
    checkInPlaceAllowed(self, inputs)
    if (recording.recorder !== null && isFloating(self.code) && [self, ...inputs].some(isTracked)) {
      forbidOutside(self.base ?? self, 'in-place writing with a gradient')
    }
  }
  checkWritable(self, inputs)
}

/** Checks that broadcasting with `other` does not grow `self`. */
export function checkShapeKept(self: Tensor, other: Shape, op: string): void {
  const shape = sameShape(self.sizes, other) ? self.sizes : broadcastShapes(self.sizes, other, op)
  if (!sameShape(shape, self.sizes)) {
    throw new RangeError(
      `output with shape ${shapeText(self.sizes)} doesn't match the broadcast shape ${shapeText(shape)}`
    )
  }
}
