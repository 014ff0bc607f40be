// Angles and lengths.

import { isFloating } from '../dtype'
import { inPlace, pointwise } from './define/functions'
import { applyKernel } from './define/emit'
import { where } from './define/value'

const everywhere = { places: ['torch', 'Tensor'] } as const
const DEGREE = Math.PI / 180

/** Radians of degrees; integers give float32. */
export const deg2rad = pointwise('deg2rad(input: Tensor)', {
  node: 'Deg2RadBackward0',
  forward: ({ input }) => input.mul(DEGREE),
  gradients: { input: (g) => g.mul(DEGREE) }
})
/** Radians of degrees, in place. */
export const deg2rad_ = inPlace(deg2rad, everywhere)
/** Degrees of radians; integers give float32. */
export const rad2deg = pointwise('rad2deg(input: Tensor)', {
  node: 'Rad2DegBackward0',
  forward: ({ input }) => input.mul(180 / Math.PI),
  gradients: { input: (g) => g.mul(180 / Math.PI) }
})
/** Degrees of radians, in place. */
export const rad2deg_ = inPlace(rad2deg, everywhere)

/** `sqrt(input^2 + other^2)`, without overflow; floats only. */
export const hypot = pointwise('hypot(input: Tensor, other: Tensor)', {
  floats: 'hypot_cpu',
  emit: ({ input, other }) => applyKernel('hypot', [input, other]),
  gradients: {
    input: (g, { input, output }) => g.mul(input.div(output)),
    other: (g, { other, output }) => g.mul(other.div(output))
  }
})
/** `sqrt(input^2 + other^2)`, in place. */
export const hypot_ = inPlace(hypot)

/** The angle of a real number: pi below 0, else 0; NaN of NaN. */
export const angle = pointwise('angle(input: Tensor)', {
  emit: ({ input }) => {
    const x = isFloating(input.code) ? input : input.mul(1.5)
    return where(x.isnan(), x, where(x.lt(0), Math.PI, x.zerosLike()))
  },
  gradients: { input: (g) => g.zerosLike() }
})

/** `sin(pi * input) / (pi * input)`, 1 at 0; integers give float32. */
export const sinc = pointwise('sinc(input: Tensor)', {
  places: ['torch', 'Tensor', 'special'],
  forward: ({ input }) => {
    const angle = input.mul(Math.PI)
    return where(input.eq(0), 1, angle.sin().div(angle))
  },
  gradients: {
    input: (g, { input }) => {
      const angle = input.mul(Math.PI)
      const square = input.mul(angle)
      const slope = angle.mul(angle.cos()).sub(angle.sin()).div(square)
      return where(square.eq(0), 0, g.mul(slope))
    }
  }
})
/** `sin(pi * input) / (pi * input)`, in place. */
export const sinc_ = inPlace(sinc, everywhere)
