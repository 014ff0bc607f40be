// Logarithms of sums and of odds, and products with logarithms.

import { FLOAT32, isFloating } from '../dtype'
import { inPlace, pointwise } from './define/functions'
import { type Value, sub as difference, where } from './define/value'

const everywhere = { places: ['torch', 'Tensor'] } as const

/** `log2(2 ** input + 2 ** other)`, without overflow; floats only. */
export const logaddexp2 = pointwise('logaddexp2(input: Tensor, other: Tensor)', {
  together: true,
  floats: 'logaddexp2_cpu',
  forward: ({ input, other }) => {
    // Equal infinities are their own result; their difference is NaN.
    const apart = input.sub(other).abs().neg()
    const sum = input.maximum(other).add(apart.exp2().log1p().mul(Math.LOG2E))
    return where(input.eq(other).logicalAnd(input.isinf()), input, sum)
  },
  gradients: {
    // The float is negated: the other operand may be of bools.
    input: (g, { input, other }) => g.div(input.neg().add(other).exp2().add(1)),
    other: (g, { input, other }) => g.div(other.neg().add(input).exp2().add(1))
  }
})

/** `x * l`, 0 where x is 0, unless `y`, whose logarithm l is, is NaN. */
const product = (x: Value, y: Value, l: Value): Value => where(x.eq(0).logicalAnd(y.eq(y)), 0, x.mul(l))

/** `input * log(other)`, 0 where `input` is 0; NaN where `other` is. */
export const xlogy = pointwise('xlogy(input: operand, other: operand)', {
  together: true,
  places: ['torch', 'Tensor', 'special'],
  nodeOfNumber: { input: 'XlogyBackward1', other: 'XlogyBackward2' },
  forward: ({ input, other }) => product(input, other, other.log()),
  gradients: {
    input: (g, { input, other }) => where(input.eq(0).logicalAnd(other.le(0)), 0, product(g, other, other.log())),
    other: (g, { input, other }) => g.mul(input).div(other)
  }
})

/** `input * log(1 + other)`, 0 where `input` is 0; NaN where `other` is. */
export const xlog1py = pointwise('xlog1py(input: operand, other: operand)', {
  together: true,
  node: 'SpecialXlog1PyBackward0',
  nodeOfNumber: { input: 'SpecialXlog1PyBackward1', other: 'SpecialXlog1PyBackward2' },
  places: ['special'],
  forward: ({ input, other }) => product(input, other, other.log1p()),
  gradients: {
    input: (g, { input, other }) => where(input.eq(0).logicalAnd(other.le(-1)), 0, g.mul(other.log1p())),
    other: (g, { input, other }) => g.mul(input).div(other.add(1))
  }
})

/** `input *= log(other)`. */
export const xlogy_ = inPlace(xlogy, everywhere)

/** The logarithm of the odds, `log(input / (1 - input))`; with `eps` the input is limited to [eps, 1 - eps]. */
export const logit = pointwise('logit(input: Tensor, eps: float? = null)', {
  places: ['torch', 'Tensor', 'special'],
  emit: ({ input }, { eps }) => {
    const x = isFloating(input.code) ? input : input.builder.cast(input, FLOAT32)
    const p = eps === null ? x : x.maximum(eps).minimum(difference(1, eps))
    return p.div(difference(1, p)).log()
  },
  gradients: {
    input: (g, { input }, { eps }) => {
      const variance = input.mul(difference(1, input))
      // The slope at -0 is that at 0.
      const slope = g.div(variance.add(0))
      if (eps !== null) return where(input.lt(eps).logicalOr(input.gt(difference(1, eps))), 0, slope)
      return where(variance.lt(0), NaN, slope)
    }
  }
})

/** The logarithm of the odds, in place. */
export const logit_ = inPlace(logit, everywhere)
