// The same elements in another shape.

import { contiguousStrides, type Shape, viewStrides } from '../../shape'
import type { Tensor } from '../../tensor'
import { aliasTensor } from '../../tensor/geometry'
import { type Rule, record, rule } from '../define/operation'
import { makeView } from '../define/view'
import { contiguous } from './copy'

export const viewRule = rule<Shape>('ViewBackward0', (g, _, shape) => reshapeTo(g, shape))
export const unsafeViewRule = rule<Shape>('UnsafeViewBackward0', (g, _, shape) => reshapeTo(g, shape))

/** The elements in a shape of as many: a view where the strides allow it, else a copy. */
export function reshapeTo(self: Tensor, shape: Shape): Tensor {
  const strides = viewStrides(self.sizes, self.steps, shape)
  if (strides !== null) return makeView(self, { shape, strides, offset: 0 }, viewRule, self.sizes)
  const copy = contiguous(self)
  const result = aliasTensor(copy, shape, contiguousStrides(shape), 0)
  return record({ outputs: result, rule: unsafeViewRule, inputs: [copy], parameters: self.sizes })
}

/** A dense result that nobody else has, in another shape: no view of anything. */
export function reshaped(result: Tensor, shape: Shape, nodeRule: Rule<Shape>): Tensor {
  const outputs = aliasTensor(result, shape, contiguousStrides(shape), 0)
  return record({ outputs, rule: nodeRule, inputs: [result], parameters: result.sizes })
}
