// In-place forms of the pointwise ops: one line each over its op.

import type { Tensor } from '../tensor'
import { inPlace } from './define/inplace'
import type { Operand } from './define/result'

type UnaryInPlace = (self: Tensor) => Tensor
type BinaryInPlace = (self: Tensor, other: Operand) => Tensor

const unary = (name: string): UnaryInPlace => inPlace(name)
const binary = (name: string): BinaryInPlace => inPlace(name)

export const add_ = binary('add')
export const sub_ = binary('sub')
export const mul_ = binary('mul')
export const div_ = binary('div')
export const pow_ = binary('pow')
export const remainder_ = binary('remainder')
export const fmod_ = binary('fmod')
export const floorDivide_ = binary('floorDivide')
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

/** Limits to [min, max] in place; either may be left out. */
export function clamp_(self: Tensor, min?: Operand | null, max?: Operand | null): Tensor {
  if (min === undefined || min === null) {
    if (max === undefined || max === null) {
      throw new TypeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    }
    return clampMax_(self, max)
  }
  return max === undefined || max === null ? clampMin_(self, min) : clampBoth_(self, min, max)
}
