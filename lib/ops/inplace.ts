// In-place forms of the pointwise ops: one line each over its op.

import type { Tensor } from '../tensor'
import { checkBoundsInPlace, checkPower, roundedDivision } from './arguments'
import { inPlace, rowOf } from './define/functions'
import { writeRow } from './define/inplace'
import {
  abs,
  acosh,
  add,
  addcdiv,
  addcmul,
  asinh,
  atanh,
  ceil,
  clamp,
  cos,
  div,
  erf,
  exp,
  exp2,
  expm1,
  floor,
  floorDivide,
  fmod,
  lerp,
  log,
  log10,
  log1p,
  log2,
  mul,
  nanToNum,
  neg,
  reciprocal,
  relu,
  remainder,
  round,
  rsqrt,
  sigmoid,
  sign,
  sin,
  sqrt,
  sub,
  tan,
  tanh,
  trunc
} from './elementwise'
import { pow, specialPower, square } from './power'

/**
 * `input += alpha * other`; throws where that needs a larger shape or a higher kind of dtype, as all functions here.
 */
export const add_ = inPlace(add)

/** `input -= alpha * other`. */
export const sub_ = inPlace(sub)

/** `input *= other`. */
export const mul_ = inPlace(mul)

/** `input /= other`; integers need a rounding mode. */
export const div_ = inPlace(div, {
  body: (input, other, roundingMode): Tensor => writeRow(rowOf(roundedDivision(roundingMode)), [input, other])
})

/** `input **= exponent`. */
export const pow_ = inPlace(pow, {
  body: (input, exponent): Tensor => {
    const special = specialPower(input, exponent)
    if (special !== null) return writeRow(special, [input])
    checkPower(input, exponent)
    return writeRow(rowOf('pow'), [input, exponent])
  }
})

/** Remainder with the divisor's sign, in place. */
export const remainder_ = inPlace(remainder)
/** Remainder with the dividend's sign, in place. */
export const fmod_ = inPlace(fmod)
/** Division rounded toward minus infinity, in place. */
export const floorDivide_ = inPlace(floorDivide)
/** Changes the sign in place. */
export const neg_ = inPlace(neg)
/** Absolute value, in place. */
export const abs_ = inPlace(abs)
/** -1, 0 or 1, in place. */
export const sign_ = inPlace(sign)
/** `input *= input`. */
export const square_ = inPlace(square)
/** Square root, in place. */
export const sqrt_ = inPlace(sqrt)
/** `1 / sqrt(input)`, in place. */
export const rsqrt_ = inPlace(rsqrt)
/** `1 / input`, in place. */
export const reciprocal_ = inPlace(reciprocal)
/** Rounds down in place. */
export const floor_ = inPlace(floor)
/** Rounds up in place. */
export const ceil_ = inPlace(ceil)
/** Rounds toward zero in place. */
export const trunc_ = inPlace(trunc)
/** Rounds half to even in place. */
export const round_ = inPlace(round)
/** `e ** input`, in place. */
export const exp_ = inPlace(exp)
/** `2 ** input`, in place. */
export const exp2_ = inPlace(exp2)
/** `exp(input) - 1`, in place. */
export const expm1_ = inPlace(expm1)
/** Natural logarithm, in place. */
export const log_ = inPlace(log)
/** Logarithm to base 2, in place. */
export const log2_ = inPlace(log2)
/** Logarithm to base 10, in place. */
export const log10_ = inPlace(log10)
/** `log(1 + input)`, in place. */
export const log1p_ = inPlace(log1p)
/** Sine, in place. */
export const sin_ = inPlace(sin)
/** Cosine, in place. */
export const cos_ = inPlace(cos)
/** Tangent, in place. */
export const tan_ = inPlace(tan)
/** Hyperbolic tangent, in place. */
export const tanh_ = inPlace(tanh)
/** Inverse hyperbolic sine, in place. */
export const asinh_ = inPlace(asinh)
/** Inverse hyperbolic cosine, in place. */
export const acosh_ = inPlace(acosh)
/** Inverse hyperbolic tangent, in place. */
export const atanh_ = inPlace(atanh)
/** Logistic function, in place. */
export const sigmoid_ = inPlace(sigmoid)
/** `max(input, 0)`, in place. */
export const relu_ = inPlace(relu, { places: ['Tensor', 'nn.functional'] })
/** Error function, in place. */
export const erf_ = inPlace(erf)
/** NaN and infinities replaced by numbers, in place. */
export const nanToNum_ = inPlace(nanToNum, { places: ['torch', 'Tensor'] })
/** `input += value * tensor1 * tensor2`. */
export const addcmul_ = inPlace(addcmul)
/** `input += value * tensor1 / tensor2`. */
export const addcdiv_ = inPlace(addcdiv)
/** `input += weight * (end - input)`. */
export const lerp_ = inPlace(lerp)

/** Limits to [min, max] in place; either may be left out or null. */
export const clamp_ = inPlace(clamp, { check: checkBoundsInPlace })
