// In-place forms of the pointwise ops: one line each over its op.

import { checkArity } from '../kinds'
import type { Tensor } from '../tensor'
import { inPlace } from './define/inplace'
import type { Operand } from './define/result'
import {
  type AlphaOptions,
  type Bound,
  type ClampOptions,
  type DivOptions,
  checkPower,
  checkSubtraction,
  clampBounds,
  roundedDivision,
  scaled,
  specialPower
} from './arguments'

type UnaryInPlace = (self: Tensor) => Tensor
type BinaryInPlace = (self: Tensor, other: Operand) => Tensor

const unary = (name: string): UnaryInPlace => inPlace(name)
const binary = (name: string): BinaryInPlace => inPlace(name)

const adding = binary('add')
const subtracting = binary('sub')
const dividing = { div: binary('div'), floorDivide: binary('floorDivide'), truncDivide: binary('truncDivide') }
const raising = binary('pow')

/** `self += alpha * other`; throws where that needs a larger shape or a higher kind of dtype, as all functions here. */
export function add_(self: Tensor, other: Operand, options?: AlphaOptions): Tensor {
  checkArity('add_', arguments.length, 3)
  return adding(self, options === undefined ? other : scaled('add_', self, other, options))
}

/** `self -= alpha * other`. */
export function sub_(self: Tensor, other: Operand, options?: AlphaOptions): Tensor {
  checkArity('sub_', arguments.length, 3)
  checkSubtraction(self, other)
  return subtracting(self, options === undefined ? other : scaled('sub_', self, other, options))
}

/** `self *= other`. */
export const mul_ = binary('mul')

/** `self /= other`; integers need a rounding mode. */
export function div_(self: Tensor, other: Operand, options?: DivOptions): Tensor {
  checkArity('div_', arguments.length, 3)
  return dividing[options === undefined ? 'div' : roundedDivision('div_', options)](self, other)
}

/** `self **= other`. */
export function pow_(self: Tensor, other: Operand): Tensor {
  checkArity('pow_', arguments.length, 2)
  const special = specialPower(self, other)
  if (special !== null) return unary(special)(self)
  checkPower(self, other)
  return raising(self, other)
}

/** Remainder with the divisor's sign, in place. */
export const remainder_ = binary('remainder')
/** Remainder with the dividend's sign, in place. */
export const fmod_ = binary('fmod')
/** Division rounded toward minus infinity, in place. */
export const floorDivide_ = dividing.floorDivide
/** Changes the sign in place. */
export const neg_ = unary('neg')
/** Absolute value, in place. */
export const abs_ = unary('abs')
/** -1, 0 or 1, in place. */
export const sign_ = unary('sign')
/** `self *= self`. */
export const square_ = unary('square')
/** Square root, in place. */
export const sqrt_ = unary('sqrt')
/** `1 / sqrt(self)`, in place. */
export const rsqrt_ = unary('rsqrt')
/** `1 / self`, in place. */
export const reciprocal_ = unary('reciprocal')
/** Rounds down in place. */
export const floor_ = unary('floor')
/** Rounds up in place. */
export const ceil_ = unary('ceil')
/** Rounds toward zero in place. */
export const trunc_ = unary('trunc')
/** Rounds half to even in place. */
export const round_ = unary('round')
/** `e ** self`, in place. */
export const exp_ = unary('exp')
/** `2 ** self`, in place. */
export const exp2_ = unary('exp2')
/** `exp(self) - 1`, in place. */
export const expm1_ = unary('expm1')
/** Natural logarithm, in place. */
export const log_ = unary('log')
/** Logarithm to base 2, in place. */
export const log2_ = unary('log2')
/** Logarithm to base 10, in place. */
export const log10_ = unary('log10')
/** `log(1 + self)`, in place. */
export const log1p_ = unary('log1p')
/** Sine, in place. */
export const sin_ = unary('sin')
/** Cosine, in place. */
export const cos_ = unary('cos')
/** Tangent, in place. */
export const tan_ = unary('tan')
/** Hyperbolic tangent, in place. */
export const tanh_ = unary('tanh')
/** Logistic function, in place. */
export const sigmoid_ = unary('sigmoid')
/** `max(self, 0)`, in place. */
export const relu_ = unary('relu')
/** Error function, in place. */
export const erf_ = unary('erf')

const clampMin_ = binary('clampMin')
const clampMax_ = binary('clampMax')
const clampBoth_: (self: Tensor, min: Operand, max: Operand) => Tensor = inPlace('clampBoth')

/** Limits to [min, max] in place; either may be left out or null. */
export function clamp_(self: Tensor, min?: Bound | ClampOptions, max?: Bound): Tensor {
  checkArity('clamp_', arguments.length, 3)
  const [low, high] = clampBounds('clamp_', self, min, max)
  if (low === null) return clampMax_(self, high!)
  return high === null ? clampMin_(self, low) : clampBoth_(self, low, high)
}
