// Bessel functions of orders 0 and 1, and Airy's. Those that follow `i1e` have no derivatives, as in PyTorch.

import { inPlace, pointwise } from './define/functions'
import { type Value, where } from './define/value'

/** `f(x)` for the quotient `output / x` of an odd function; 1/2 at 0, and of NaN, as PyTorch has it. */
function overInput(input: Value, output: Value, f: (x: Value, quotient: Value) => Value): Value {
  const isNumber = input.abs().gt(0)
  const x = where(isNumber, input, 1)
  return where(isNumber, f(x, output.div(x)), 0.5)
}

/** Modified Bessel function of the first kind of order 0; integers and bool give float32, as in all functions here. */
export const i0 = pointwise('i0(input: Tensor)', {
  promotion: 'float',
  places: ['torch', 'Tensor', 'special'],
  gradients: { input: (g, { input }) => g.mul(input.i1()) }
})
/** Modified Bessel function of the first kind of order 0, in place. */
export const i0_ = inPlace(i0, { places: ['torch', 'Tensor'] })

/** `exp(-|input|) * i0(input)`. */
export const i0e = pointwise('i0e(input: Tensor)', {
  node: 'SpecialI0EBackward0',
  promotion: 'float',
  places: ['special'],
  gradients: { input: (g, { input, output }) => g.mul(input.i1e().sub(input.sign().mul(output))) }
})

/** Modified Bessel function of the first kind of order 1. */
export const i1 = pointwise('i1(input: Tensor)', {
  node: 'SpecialI1Backward0',
  promotion: 'float',
  places: ['special'],
  gradients: { input: (g, { input, output }) => g.mul(overInput(input, output, (x, ratio) => x.i0().sub(ratio))) }
})

/** `exp(-|input|) * i1(input)`. */
export const i1e = pointwise('i1e(input: Tensor)', {
  node: 'SpecialI1EBackward0',
  promotion: 'float',
  places: ['special'],
  gradients: {
    input: (g, { input, output }) =>
      g.mul(overInput(input, output, (x, ratio) => x.i0e().sub(output.mul(x.sign())).sub(ratio)))
  }
})

/** What PyTorch has for float32 and float64 alone, and without a derivative. */
const plain = { promotion: 'float', places: ['special'] } as const

/** Bessel function of the first kind of order 0. */
export const besselJ0 = pointwise('besselJ0(input: Tensor)', { ...plain, noHalves: 'bessel_j0_cpu' })
/** Bessel function of the first kind of order 1. */
export const besselJ1 = pointwise('besselJ1(input: Tensor)', { ...plain, noHalves: 'bessel_j1_cpu' })
/** Bessel function of the second kind of order 0; NaN below 0. */
export const besselY0 = pointwise('besselY0(input: Tensor)', { ...plain, noHalves: 'bessel_y0_cpu' })
/** Bessel function of the second kind of order 1; NaN below 0. */
export const besselY1 = pointwise('besselY1(input: Tensor)', { ...plain, noHalves: 'bessel_y1_cpu' })
/** `i0` without a derivative. */
export const modifiedBesselI0 = pointwise('modifiedBesselI0(input: Tensor)', {
  ...plain,
  noHalves: 'modified_bessel_i0_cpu',
  forward: ({ input }) => input.i0()
})
/** `i1` without a derivative. */
export const modifiedBesselI1 = pointwise('modifiedBesselI1(input: Tensor)', {
  ...plain,
  noHalves: 'modified_bessel_i1_cpu',
  forward: ({ input }) => input.i1()
})
/** Modified Bessel function of the second kind of order 0; NaN below 0. */
export const modifiedBesselK0 = pointwise('modifiedBesselK0(input: Tensor)', {
  ...plain,
  noHalves: 'modified_bessel_k0_cpu'
})
/** Modified Bessel function of the second kind of order 1; NaN below 0. */
export const modifiedBesselK1 = pointwise('modifiedBesselK1(input: Tensor)', {
  ...plain,
  noHalves: 'modified_bessel_k1_cpu'
})
/** `exp(input) * modifiedBesselK0(input)`. */
export const scaledModifiedBesselK0 = pointwise('scaledModifiedBesselK0(input: Tensor)', {
  ...plain,
  noHalves: 'scaled_modified_bessel_k0_cpu'
})
/** `exp(input) * modifiedBesselK1(input)`. */
export const scaledModifiedBesselK1 = pointwise('scaledModifiedBesselK1(input: Tensor)', {
  ...plain,
  noHalves: 'scaled_modified_bessel_k1_cpu'
})
/** Spherical Bessel function of the first kind of order 0, `sin(input) / input`. */
export const sphericalBesselJ0 = pointwise('sphericalBesselJ0(input: Tensor)', {
  ...plain,
  noHalves: 'spherical_bessel_j0_cpu'
})
/** Airy's function Ai. */
export const airyAi = pointwise('airyAi(input: Tensor)', { ...plain, noHalves: 'airy_ai_cpu' })
