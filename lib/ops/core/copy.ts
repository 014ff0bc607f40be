// The same values in other memory or of another dtype.

import type { Shape } from '../../shape'
import type { Tensor } from '../../tensor'
import { convertInto } from '../define/convert'
import { record, rule } from '../define/operation'
import { emptyFor, emptyResult, emptyStrided } from '../define/result'

export { convertInto as copyInto }

/** Fresh elements whose dims lie in memory in the order of those of `self`, as PyTorch's preserve_format. */
export const emptyPreserved = (self: Tensor, code: number, make?: (shape: Shape, code: number) => Tensor): Tensor =>
  emptyFor(self.sizes, [self], code, make)

/** A copy outside the graph; dense strides are kept. */
export function preserved(self: Tensor, code = self.code): Tensor {
  const copy = emptyPreserved(self, code)
  convertInto(copy, self)
  return copy
}

const cloneRule = rule<null>('CloneBackward0', (g) => g)

/** A copy; dense strides are kept. */
export const clone = (self: Tensor): Tensor =>
  record({ outputs: preserved(self), rule: cloneRule, inputs: [self], parameters: null })

/** A copy with the given strides, which may leave gaps. */
export function cloneStrided(self: Tensor, strides: Shape): Tensor {
  const copy = emptyStrided(self.sizes, strides, self.code)
  convertInto(copy, self)
  return record({ outputs: copy, rule: cloneRule, inputs: [self], parameters: null })
}

/** A row-major tensor of the same values; the very same tensor when it is one. */
export function contiguous(self: Tensor): Tensor {
  if (self.dense) return self
  const copy = emptyResult(self.sizes, self.code)
  convertInto(copy, self)
  return record({ outputs: copy, rule: cloneRule, inputs: [self], parameters: null })
}

/** A row-major copy. */
export const denseClone = (self: Tensor): Tensor => (self.dense ? clone(self) : contiguous(self))

const castRule = rule<number>('ToCopyBackward0', (g, _, code) => cast(g, code))

/** The same values in another dtype; the very same tensor when it has it. */
export const cast = (self: Tensor, code: number): Tensor =>
  self.code === code
    ? self
    : record({ outputs: preserved(self, code), rule: castRule, inputs: [self], parameters: self.code })
