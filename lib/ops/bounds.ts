// One bound alone, and steps.

import { checkBounds, checkBoundsInPlace } from './arguments'
import { inPlace, pointwise, rowOf } from './define/functions'
import { symbolOf, where } from './define/value'

/** Limits from below. */
export const clampMin = pointwise(
  'clampMin(input: Tensor, min: operand)',
  {
    node: 'ClampMinBackward1',
    nodeOfNumber: { min: 'ClampMinBackward0' },
    forward: ({ input, min }) => input.maximum(min),
    gradients: {
      input: (g, { input, min }) => where(input.ge(min), g, 0),
      min: (g, { input, min }) => where(input.lt(min), g, 0)
    }
  },
  (input, min) => {
    checkBounds(input, min, null)
    return rowOf('clampMin').binary(input, min)
  }
)
/** Limits from below, in place. */
export const clampMin_ = inPlace(clampMin, {
  places: ['torch', 'Tensor'],
  check: (input, min) => checkBoundsInPlace(input, min, null)
})
/** Limits from above. */
export const clampMax = pointwise(
  'clampMax(input: Tensor, max: operand)',
  {
    node: 'ClampMaxBackward1',
    nodeOfNumber: { max: 'ClampMaxBackward0' },
    forward: ({ input, max }) => input.minimum(max),
    gradients: {
      input: (g, { input, max }) => where(input.le(max), g, 0),
      max: (g, { input, max }) => where(input.gt(max), g, 0)
    }
  },
  (input, max) => {
    checkBounds(input, null, max)
    return rowOf('clampMax').binary(input, max)
  }
)
/** Limits from above, in place. */
export const clampMax_ = inPlace(clampMax, {
  places: ['torch', 'Tensor'],
  check: (input, max) => checkBoundsInPlace(input, null, max)
})

/** 0 below 0, 1 above, and `values` at 0; both have one dtype. PyTorch has no derivative. */
export const heaviside = pointwise('heaviside(input: Tensor, values: Tensor)', {
  node: 'NotImplemented',
  undifferentiable: 'derivative for aten::heaviside is not implemented',
  emit: ({ input, values }) => {
    if (input.storedCode !== values.storedCode)
      throw new TypeError('heaviside is not yet implemented for tensors with different dtypes.')
    const isAbove = symbolOf(input.gt(input.builder.literal(0, input.code, input.priority)))
    return where(input.eq(0), values, input.builder.cast(isAbove, input.code))
  },
  gradients: { input: (g) => g.zerosLike(), values: (g) => g.zerosLike() }
})
/** 0 below 0, 1 above, and `values` at 0, in place. */
export const heaviside_ = inPlace(heaviside)
