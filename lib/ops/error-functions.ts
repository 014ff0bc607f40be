// The error function's complement, the normal distribution, and inverses of both.

import { inPlace, pointwise } from './define/functions'
import { where } from './define/value'

const everywhere = { places: ['torch', 'Tensor'] } as const
const SQRT_PI = Math.sqrt(Math.PI)
const SQRT_2PI = Math.sqrt(2 * Math.PI)

/** `1 - erf(input)`, exact where erf is near 1; integers and bool give float32, as in all functions here. */
export const erfc = pointwise('erfc(input: Tensor)', {
  promotion: 'float',
  places: ['torch', 'Tensor', 'special'],
  gradients: {
    input: (g, { input }) =>
      g.mul(
        input
          .mul(input)
          .neg()
          .exp()
          .mul(-2 / SQRT_PI)
      )
  }
})
/** `1 - erf(input)`, in place. */
export const erfc_ = inPlace(erfc, everywhere)

/** `exp(input ** 2) * erfc(input)`. */
export const erfcx = pointwise('erfcx(input: Tensor)', {
  node: 'SpecialErfcxBackward0',
  promotion: 'float',
  noHalves: 'erfcx_cpu',
  places: ['special'],
  gradients: {
    input: (g, { input, output }) =>
      g.mul(
        input
          .mul(output)
          .mul(2)
          .sub(2 / SQRT_PI)
      )
  }
})

/** The number whose error function is `input`; NaN outside [-1, 1]. */
export const erfinv = pointwise('erfinv(input: Tensor)', {
  promotion: 'float',
  places: ['torch', 'Tensor', 'special'],
  gradients: {
    input: (g, { output }) =>
      g.mul(
        output
          .mul(output)
          .exp()
          .mul(SQRT_PI / 2)
      )
  }
})
/** The number whose error function is `input`, in place. */
export const erfinv_ = inPlace(erfinv)

/** The share of the standard normal distribution below `input`. */
export const ndtr = pointwise('ndtr(input: Tensor)', {
  node: 'MulBackward1',
  places: ['special'],
  forward: ({ input }) => input.mul(Math.SQRT1_2).erf().add(1).mul(0.5),
  gradients: {
    input: (g, { input }) =>
      g.mul(
        input
          .mul(input)
          .mul(-0.5)
          .exp()
          .mul(1 / SQRT_2PI)
      )
  }
})

/** The number below which the share `input` of the standard normal distribution lies; NaN outside [0, 1]. */
export const ndtri = pointwise('ndtri(input: Tensor)', {
  node: 'SpecialNdtriBackward0',
  promotion: 'float',
  noHalves: 'ndtri_cpu',
  places: ['special'],
  gradients: { input: (g, { output }) => g.mul(output.mul(output).mul(0.5).exp().mul(SQRT_2PI)) }
})

/** `log(ndtr(input))`, exact in both tails. */
export const logNdtr = pointwise('logNdtr(input: Tensor)', {
  node: 'SpecialLogNdtrBackward0',
  noHalves: 'log_ndtr_cpu',
  places: ['special'],
  forward: ({ input }) => {
    const t = input.mul(Math.SQRT1_2)
    const left = t.neg().erfcx().mul(0.5).log().sub(t.mul(t))
    return where(input.lt(-1), left, t.erfc().mul(-0.5).log1p())
  },
  gradients: {
    input: (g, { input }) => g.div(input.mul(-Math.SQRT1_2).erfcx()).mul(Math.sqrt(2 / Math.PI))
  }
})

/** `-input * log(input)`, 0 at 0 and -infinity below. */
export const entr = pointwise('entr(input: Tensor)', {
  node: 'SpecialEntrBackward0',
  places: ['special'],
  forward: ({ input }) => {
    // Of integers the logarithm is a float.
    const product = input.log().mul(input).neg()
    return where(input.gt(0), product, where(input.isnan(), NaN, where(input.eq(0), product.constant(0), -Infinity)))
  },
  gradients: { input: (g, { input }) => g.mul(input.log().add(1).neg()) }
})
