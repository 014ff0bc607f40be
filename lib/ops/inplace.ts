// In-place forms of the pointwise ops: one line each over its op.

import type { Tensor } from '../tensor'
import { checkBoundsInPlace, checkPower, roundedDivision } from './arguments'
import { inPlace, rowOf } from './define/functions'
import { writeRow } from './define/inplace'
import {
  abs,
  acos,
  acosh,
  add,
  addcdiv,
  addcmul,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  bitwiseAnd,
  bitwiseNot,
  bitwiseOr,
  bitwiseXor,
  ceil,
  clamp,
  cos,
  cosh,
  div,
  eq,
  erf,
  exp,
  exp2,
  expm1,
  floor,
  floorDivide,
  fmod,
  ge,
  gt,
  le,
  lerp,
  log,
  log10,
  log1p,
  log2,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  mul,
  nanToNum,
  ne,
  neg,
  reciprocal,
  relu,
  remainder,
  round,
  roundingTo,
  rsqrt,
  sigmoid,
  sign,
  sin,
  sinh,
  sqrt,
  sub,
  tan,
  tanh,
  trunc
} from './elementwise'
import { pow, specialPower, square } from './power'

/** Most functions of one tensor are functions in place, too. */
const everywhere = { places: ['torch', 'Tensor'] } as const

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
export const neg_ = inPlace(neg, everywhere)
/** Absolute value, in place. */
export const abs_ = inPlace(abs, everywhere)
/** -1, 0 or 1, in place. */
export const sign_ = inPlace(sign)
/** `input *= input`. */
export const square_ = inPlace(square, everywhere)
/** Square root, in place. */
export const sqrt_ = inPlace(sqrt, everywhere)
/** `1 / sqrt(input)`, in place. */
export const rsqrt_ = inPlace(rsqrt, everywhere)
/** `1 / input`, in place. */
export const reciprocal_ = inPlace(reciprocal, everywhere)
/** Rounds down in place. */
export const floor_ = inPlace(floor, everywhere)
/** Rounds up in place. */
export const ceil_ = inPlace(ceil, everywhere)
/** Rounds toward zero in place. */
export const trunc_ = inPlace(trunc, everywhere)
/** Rounds half to even in place, at a number of decimals. */
export const round_ = inPlace(round, {
  ...everywhere,
  body: (input, decimals): Tensor => {
    if (decimals === 0) return writeRow(rowOf('round'), [input])
    const [op, scale] = roundingTo(decimals)
    return writeRow(op, [input, scale])
  }
})
/** `e ** input`, in place. */
export const exp_ = inPlace(exp, everywhere)
/** `2 ** input`, in place. */
export const exp2_ = inPlace(exp2, everywhere)
/** `exp(input) - 1`, in place. */
export const expm1_ = inPlace(expm1, everywhere)
/** Natural logarithm, in place. */
export const log_ = inPlace(log, everywhere)
/** Logarithm to base 2, in place. */
export const log2_ = inPlace(log2, everywhere)
/** Logarithm to base 10, in place. */
export const log10_ = inPlace(log10, everywhere)
/** `log(1 + input)`, in place. */
export const log1p_ = inPlace(log1p, everywhere)
/** Sine, in place. */
export const sin_ = inPlace(sin, everywhere)
/** Cosine, in place. */
export const cos_ = inPlace(cos, everywhere)
/** Tangent, in place. */
export const tan_ = inPlace(tan, everywhere)
/** Hyperbolic tangent, in place. */
export const tanh_ = inPlace(tanh, everywhere)
/** Hyperbolic sine, in place. */
export const sinh_ = inPlace(sinh, everywhere)
/** Hyperbolic cosine, in place. */
export const cosh_ = inPlace(cosh, everywhere)
/** Inverse sine in radians, in place; NaN outside [-1, 1]. */
export const asin_ = inPlace(asin, everywhere)
/** Inverse cosine in radians, in place; NaN outside [-1, 1]. */
export const acos_ = inPlace(acos, everywhere)
/** Inverse tangent in radians, in place. */
export const atan_ = inPlace(atan, everywhere)
/** Angle of the point (other, input), in place. */
export const atan2_ = inPlace(atan2)
/** Inverse hyperbolic sine, in place. */
export const asinh_ = inPlace(asinh, everywhere)
/** Inverse hyperbolic cosine, in place. */
export const acosh_ = inPlace(acosh, everywhere)
/** Inverse hyperbolic tangent, in place. */
export const atanh_ = inPlace(atanh, everywhere)
/** Logistic function, in place. */
export const sigmoid_ = inPlace(sigmoid, everywhere)
/** `max(input, 0)`, in place. */
export const relu_ = inPlace(relu, { places: ['torch', 'Tensor', 'nn.functional'] })
/** Error function, in place. */
export const erf_ = inPlace(erf, everywhere)
/** NaN and infinities replaced by numbers, in place. */
export const nanToNum_ = inPlace(nanToNum, everywhere)
/** `input += value * tensor1 * tensor2`. */
export const addcmul_ = inPlace(addcmul)
/** `input += value * tensor1 / tensor2`. */
export const addcdiv_ = inPlace(addcdiv)
/** `input += weight * (end - input)`. */
export const lerp_ = inPlace(lerp)

/** Limits to [min, max] in place; either may be left out or null. */
export const clamp_ = inPlace(clamp, { ...everywhere, check: checkBoundsInPlace })

// ---- comparisons and logic: 1 where they hold, else 0, in the dtype of the tensor; the gradient of a float is 0 ----

/** `input == other`, in place. */
export const eq_ = inPlace(eq)
/** `input != other`, in place. */
export const ne_ = inPlace(ne)
/** `input < other`, in place. */
export const lt_ = inPlace(lt)
/** `input <= other`, in place. */
export const le_ = inPlace(le)
/** `input > other`, in place. */
export const gt_ = inPlace(gt)
/** `input >= other`, in place. */
export const ge_ = inPlace(ge)
/** 1 where both are nonzero, else 0, in place. */
export const logicalAnd_ = inPlace(logicalAnd)
/** 1 where one or both are nonzero, else 0, in place. */
export const logicalOr_ = inPlace(logicalOr)
/** 1 where exactly one is nonzero, else 0, in place. */
export const logicalXor_ = inPlace(logicalXor)
/** 1 where `input` is 0, else 0, in place. */
export const logicalNot_ = inPlace(logicalNot)
/** Bits set in both, in place; integers and bool only. */
export const bitwiseAnd_ = inPlace(bitwiseAnd)
/** Bits set in one or both, in place; integers and bool only. */
export const bitwiseOr_ = inPlace(bitwiseOr)
/** Bits set in exactly one, in place; integers and bool only. */
export const bitwiseXor_ = inPlace(bitwiseXor)
/** All bits flipped in place, for bool the opposite; integers and bool only. */
export const bitwiseNot_ = inPlace(bitwiseNot)
