// Activations with options and those that PyTorch has in nn.functional only: rows of the pointwise family.

import { BOOL } from '../dtype'
import { checkLimits } from './arguments'
import { pointwise } from './define/functions'
import { type Value, sub, where } from './define/value'

/** `log(1 + exp(beta * input)) / beta`, the input itself where `beta * input` exceeds the threshold. */
export const softplus = pointwise('softplus(input: Tensor, beta: float = 1, threshold: float = 20)', {
  places: ['nn.functional'],
  floats: 'softplus_cpu',
  forward: ({ input }, { beta, threshold }) => {
    const x = input.mul(beta)
    return where(x.gt(threshold), input, x.exp().log1p().div(beta))
  },
  gradients: {
    input: (g, { input }, { beta, threshold }) => {
      const x = input.mul(beta)
      return where(x.gt(threshold), g, g.mul(where(x.ge(threshold), threshold, x).sigmoid()))
    }
  }
})

/** The input where it is above 0, else `alpha * (exp(input) - 1)`. */
export const elu = pointwise('elu(input: Tensor, alpha: float = 1, inplace: bool = false)', {
  places: ['nn.functional'],
  floats: 'elu_cpu',
  forward: ({ input }, { alpha }) => where(input.lt(0), input.expm1().mul(alpha), input),
  gradients: {
    input: (g, { input }, { alpha }) => {
      // Above 0 the exponential may be infinite, which a second derivative would multiply by 0.
      const below = where(input.lt(0), input, 0)
      return where(input.le(0), g.mul(alpha).mul(below.exp()), g)
    }
  }
})

/** The input where it is above 0, else `negativeSlope * input`. */
export const leakyRelu = pointwise('leakyRelu(input: Tensor, negativeSlope: float = 0.01, inplace: bool = false)', {
  places: ['nn.functional'],
  floats: 'leaky_relu_cpu',
  forward: ({ input }, { negativeSlope }) => where(input.gt(0), input, input.mul(negativeSlope)),
  gradients: { input: (g, { input }, { negativeSlope }) => where(input.gt(0), g, g.mul(negativeSlope)) }
})

/** The input limited to [minVal, maxVal]; the gradient at the limits is 0. */
export const hardtanh = pointwise(
  'hardtanh(input: Tensor, minVal: float = -1, maxVal: float = 1, inplace: bool = false)',
  {
    places: ['nn.functional'],
    check: checkLimits,
    emit: ({ input }, { minVal, maxVal }) => {
      if (input.code === BOOL) throw new TypeError('Bool inputs not supported for hardtanh')
      const [low, high] = [minVal, maxVal].map((limit) => input.builder.cast(limit, input.code))
      return input.maximum(low).minimum(high)
    },
    gradients: {
      input: (g, { input }, { minVal, maxVal }) => where(input.le(minVal).logicalOr(input.ge(maxVal)), 0, g)
    }
  }
)

/** `input * sigmoid(input)`. */
export const silu = pointwise('silu(input: Tensor, inplace: bool = false)', {
  places: ['nn.functional'],
  floats: 'silu_cpu',
  forward: ({ input }) => input.div(input.neg().exp().add(1)),
  gradients: {
    input: (g, { input }) => {
      const slope = input.sigmoid()
      return g.mul(slope.mul(input.mul(sub(1, slope)).add(1)))
    }
  }
})

const SQRT_HALF = Math.SQRT1_2
const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI)
const CUBIC = 0.044715

/** The normal distribution up to `x`. */
const normal = (x: Value): Value => x.mul(SQRT_HALF).erf().add(1).mul(0.5)
const density = (x: Value): Value =>
  x
    .mul(x)
    .mul(-0.5)
    .exp()
    .mul(SQRT_2_OVER_PI / 2)

/** `tanh` of the cubic that is near the normal distribution. */
const nearNormal = (x: Value): Value => x.mul(x).mul(x).mul(CUBIC).add(x).mul(SQRT_2_OVER_PI).tanh()

const unknownForm = (): Error => new RangeError('approximate argument must be either none or tanh.')

/** `input` times the normal distribution up to it, or 'tanh' near to that. */
export const gelu = pointwise("gelu(input: Tensor, *, approximate: str = 'none')", {
  places: ['nn.functional'],
  floats: 'GeluKernelImpl',
  forward: ({ input }, { approximate }) => {
    if (approximate === 'none') return input.mul(normal(input))
    if (approximate === 'tanh') return input.mul(0.5).mul(nearNormal(input).add(1))
    throw unknownForm()
  },
  gradients: {
    input: (g, { input }, { approximate }) => {
      if (approximate === 'none') return g.mul(normal(input).add(input.mul(density(input))))
      const t = nearNormal(input)
      const slope = input
        .mul(input)
        .mul(3 * CUBIC)
        .add(1)
        .mul(SQRT_2_OVER_PI)
      return g.mul(
        t
          .add(1)
          .mul(0.5)
          .add(
            input
              .mul(0.5)
              .mul(sub(1, t.mul(t)))
              .mul(slope)
          )
      )
    }
  }
})
