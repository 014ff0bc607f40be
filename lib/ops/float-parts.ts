// Sign, exponent, fraction and neighbours of floating point numbers.

import { declare } from '../declare'
import { BFLOAT16, BOOL, FLOAT16, INT32, isFloating } from '../dtype'
import type { Expr } from '../symbol'
import type { Tensor } from '../tensor'
import { applyKernel, storedCodeOf } from './define/emit'
import { define, inPlace, pointwise } from './define/functions'
import { record, rule } from './define/operation'
import { type Value, where } from './define/value'
import { div, exp2 } from './elementwise'
import * as core from './core/copy'

const zero = (g: Value): Value => g.zerosLike()
const everywhere = { places: ['torch', 'Tensor'] } as const

// ---- signs ----

/** -1, 0 or 1: `sign`, which complex numbers would tell apart. */
export const sgn = pointwise('sgn(input: Tensor)', {
  forward: ({ input }) => input.sign(),
  gradients: { input: zero }
})

/** -1, 0 or 1, in place. */
export const sgn_ = inPlace(sgn)

/** True where the sign bit is set: of -0 and of a negative NaN, too. */
export const signbit = pointwise('signbit(input: Tensor)', {
  emit: ({ input }) => {
    if (isFloating(input.code)) return applyKernel('signbit', [input])
    return input.code === BOOL ? input.builder.literal(0, BOOL, input.priority) : input.lt(0)
  }
})

/** The magnitude of `input` with the sign of `other`; integers give float32. */
export const copysign = pointwise('copysign(input: Tensor, other: operand)', {
  promotion: 'float',
  nodeOfNumber: { other: 'CopysignBackward1' },
  gradients: {
    input: (g, { input, output }) => {
      const isZero = input.eq(0)
      // Divided by 1 at 0, so that the second derivative has a value there, too.
      return g.mul(where(isZero, 0, output.div(where(isZero, 1, input))))
    },
    other: zero
  }
})

/** The sign of `other`, in place. */
export const copysign_ = inPlace(copysign)

// ---- neighbours ----

/** The next number of the dtype from `input` in the direction of `other`; floats only. */
export const nextafter = pointwise('nextafter(input: Tensor, other: Tensor)', {
  floats: 'nextafter_cpu',
  emit: ({ input, other }) => {
    const code = storedCodeOf([input, other])
    const type = code === FLOAT16 ? 'Half' : code === BFLOAT16 ? 'BFloat16' : ''
    return applyKernel(`nextafter${type}`, [input, other])
  },
  gradients: {
    input: (g, { input, other }) => where(input.eq(other), 0, g),
    other: zero
  }
})

/** The next number in the direction of `other`, in place. */
export const nextafter_ = inPlace(nextafter)

// ---- fractions and exponents ----

/** What is behind the point, with the sign of the input; floats only. */
export const frac = pointwise('frac(input: Tensor)', {
  floats: 'frac_cpu',
  forward: ({ input }) => input.sub(input.trunc()),
  gradients: { input: (g) => g }
})

/** What is behind the point, in place. */
export const frac_ = inPlace(frac, everywhere)

/** More than half of any exponent by which a number of the dtype may change without leaving its range. */
const FARTHEST = 1100

/** `x * 2^n` by two factors, of which none leaves the range where the product does not. */
function scaled(x: Value, n: Value): Value {
  const half = n.mul(0.5).maximum(-FARTHEST).minimum(FARTHEST).floor()
  // A bool has no difference.
  return x.mul(half.exp2()).mul(n.mul(1).sub(half).exp2())
}

/** `input * 2 ** other`; integers give float32. */
export const ldexp = pointwise('ldexp(input: Tensor, other: Tensor)', {
  forward: ({ input, other }) => scaled(input, other),
  gradients: {
    input: (g, { other }) => scaled(g, other),
    other: (g, { output }) => g.mul(output).mul(Math.LN2)
  }
})

/** `input *= 2 ** other`. */
export const ldexp_ = inPlace(ldexp, everywhere)

const mantissa = define('mantissa(input: Tensor)')
const exponent = define('exponent(input: Tensor)', {
  emit: ({ input }) => input.builder.cast(applyKernel('exponent', [input]), INT32)
})

const frexpRule = rule<null>('FrexpBackward0', (g, [power]) => div(g, exp2(core.cast(power!, g.code))))

/** `[mantissa, exponent]` with `input = mantissa * 2 ** exponent` and the mantissa in [0.5, 1); exponents are int32. */
export const frexp = declare('frexp(input: Tensor)', (input): [Tensor, Tensor] => {
  if (!isFloating(input.code)) throw new TypeError('frexp() only supports floating-point dtypes')
  const plain = input.detach()
  const parts: [Tensor, Tensor] = [mantissa.unary(plain), exponent.unary(plain)]
  return record({ outputs: parts, rule: frexpRule, inputs: [input], parameters: null, save: [parts[1]] })
})

// ---- infinities ----

/** A test of floating values that no integer passes, or each. */
const isInfinity = (which: number) => ({
  emit: ({ input }: { readonly input: Expr }): Value =>
    isFloating(input.code) ? input.eq(which) : input.builder.literal(0, BOOL, input.priority)
})

/** True where an element is Infinity. */
export const isposinf = pointwise('isposinf(input: Tensor)', isInfinity(Infinity))
/** True where an element is -Infinity. */
export const isneginf = pointwise('isneginf(input: Tensor)', isInfinity(-Infinity))
/** True everywhere: there are no complex numbers. */
export const isreal = pointwise('isreal(input: Tensor)', {
  emit: ({ input }) => input.builder.literal(1, BOOL, input.priority)
})
