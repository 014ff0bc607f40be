// In-place forms of the pointwise ops: one line each over its op.

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

export function add_(self: Tensor, other: Operand, options?: AlphaOptions): Tensor {
  return adding(self, options === undefined ? other : scaled(self, other, options))
}

export function sub_(self: Tensor, other: Operand, options?: AlphaOptions): Tensor {
  checkSubtraction(self, other)
  return subtracting(self, options === undefined ? other : scaled(self, other, options))
}

export const mul_ = binary('mul')

export function div_(self: Tensor, other: Operand, options?: DivOptions): Tensor {
  return dividing[options === undefined ? 'div' : roundedDivision(options)](self, other)
}

export function pow_(self: Tensor, other: Operand): Tensor {
  const special = specialPower(self, other)
  if (special !== null) return unary(special)(self)
  checkPower(self, other)
  return raising(self, other)
}

export const remainder_ = binary('remainder')
export const fmod_ = binary('fmod')
export const floorDivide_ = dividing.floorDivide
export const neg_ = unary('neg')
export const abs_ = unary('abs')
export const sign_ = unary('sign')
export const square_ = unary('square')
export const sqrt_ = unary('sqrt')
export const rsqrt_ = unary('rsqrt')
export const reciprocal_ = unary('reciprocal')
export const floor_ = unary('floor')
export const ceil_ = unary('ceil')
export const trunc_ = unary('trunc')
export const round_ = unary('round')
export const exp_ = unary('exp')
export const exp2_ = unary('exp2')
export const expm1_ = unary('expm1')
export const log_ = unary('log')
export const log2_ = unary('log2')
export const log10_ = unary('log10')
export const log1p_ = unary('log1p')
export const sin_ = unary('sin')
export const cos_ = unary('cos')
export const tan_ = unary('tan')
export const tanh_ = unary('tanh')
export const sigmoid_ = unary('sigmoid')
export const relu_ = unary('relu')
export const erf_ = unary('erf')

const clampMin_ = binary('clampMin')
const clampMax_ = binary('clampMax')
const clampBoth_: (self: Tensor, min: Operand, max: Operand) => Tensor = inPlace('clampBoth')

/** Limits to [min, max] in place; either may be left out or null. */
export function clamp_(self: Tensor, min?: Bound | ClampOptions, max?: Bound): Tensor {
  const [low, high] = clampBounds(self, min, max)
  if (low === null) return clampMax_(self, high!)
  return high === null ? clampMin_(self, low) : clampBoth_(self, low, high)
}
