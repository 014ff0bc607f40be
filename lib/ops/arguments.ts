// Options of pointwise ops: what they mean, and what PyTorch forbids. Shared by the out-of-place and in-place forms.

import { BOOL, INT64, canCast, elementOf, isFloating, promoteKinds, scalarCode } from '../dtype'
import { Expr } from '../expression'
import { checkOptions, kindText } from '../kinds'
import { Tensor } from '../tensor'
import { type Operand, torchTypeName } from './define/result'
import { operandKind, scalarValue } from './define/pointwise'

// ---- alpha ----

/** Options of `add` and `sub`. */
export interface AlphaOptions {
  /** Multiplies `other` first. */
  readonly alpha?: number
}

/** A tensor, or a symbol that stands for one. */
const isArray = (operand: unknown): operand is Tensor => operand instanceof Tensor || operand instanceof Expr

const isIntegral = (operand: Operand): boolean => !isFloating(isArray(operand) ? operand.code : scalarCode(operand))

/** `other * alpha`; integers take an integral alpha only. */
export function scaled(op: string, self: Operand, other: Operand, options: AlphaOptions): Operand {
  checkOptions(op, options, ['alpha'])
  const { alpha = 1 } = options
  if (typeof alpha !== 'number') throw new TypeError(`${op}: alpha must be a number, got ${kindText(alpha)}`)
  if (alpha === 1) return other
  if (!isIntegral(alpha) && isIntegral(self) && isIntegral(other)) {
    throw new TypeError(
      `For integral input tensors, argument alpha must not be a floating point number. It is ${alpha}.`
    )
  }
  return isArray(other) ? other.mul(alpha) : scalarValue(other, op) * alpha
}

// ---- subtraction ----

export const INVERT =
  'If you are trying to invert a mask, use the `~` or `logical_not()` operator instead. In dyngrad: logicalNot().'

const isBool = (operand: Operand): boolean =>
  operand instanceof Tensor ? operand.code === BOOL : typeof operand === 'boolean'

/** Throws when an operand of a difference is bool. */
export function checkSubtraction(self: Operand, other: Operand): void {
  if (!isBool(self) && !isBool(other)) return
  if (isBool(self) && isBool(other)) {
    throw new TypeError(
      'Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead. ' +
        'In dyngrad: logicalXor().'
    )
  }
  throw new TypeError(`Subtraction, the \`-\` operator, with a bool tensor is not supported. ${INVERT}`)
}

// ---- division ----

/** Options of `div`. */
export interface DivOptions {
  /** Rounds the quotient down or toward zero; integers stay integers then. */
  readonly roundingMode?: 'floor' | 'trunc' | null
}

/** Name of the op that divides with a rounding mode. */
export function roundedDivision(op: string, options: DivOptions): 'div' | 'floorDivide' | 'truncDivide' {
  checkOptions(op, options, ['roundingMode'])
  const { roundingMode = null } = options
  if (roundingMode === null) return 'div'
  if (roundingMode === 'floor') return 'floorDivide'
  if (roundingMode === 'trunc') return 'truncDivide'
  throw new RangeError(
    `div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${String(roundingMode)}'`
  )
}

// ---- powers ----

const specialPowers = new Map<unknown, string>([
  [1, 'pow1'],
  [2, 'square'],
  [3, 'pow3'],
  [0.5, 'powHalf'],
  [-0.5, 'powMinusHalf'],
  [-1, 'powMinus1'],
  [-2, 'powMinus2']
])

export const NEGATIVE_POWER = 'Integers to negative integer powers are not allowed.'

/** Throws when integers are raised to an integer that is negative or does not fit. */
export function checkPower(self: Operand, exponent: Operand): void {
  if (!(self instanceof Tensor) || isFloating(self.code)) return
  if (typeof exponent !== 'number' || scalarCode(exponent) !== INT64) return
  if (exponent < 0) throw new RangeError(NEGATIVE_POWER)
  checkNumbersFit([self, exponent])
}

/** The unary op for a power that needs no logarithm, or null. */
export function specialPower(self: Operand, exponent: Operand): string | null {
  const code = typeof self === 'object' && self !== null ? self.code : undefined
  if (code === BOOL && exponent === true) return 'pow1'
  return code !== undefined && isFloating(code) ? (specialPowers.get(exponent) ?? null) : null
}

// ---- clamp ----

const cTypeNames = ['float', 'double', 'int', 'long int', 'unsigned char', 'bool']

/** Bounds of `clamp` by name. */
export interface ClampOptions {
  readonly min?: Operand | null
  readonly max?: Operand | null
}

export type Bound = Operand | null | undefined

const promotedCode = (operands: readonly Operand[]): number => operands.map(operandKind).reduce(promoteKinds) & 7

/** Throws where a number does not fit into the dtype that the operands promote to. */
export function checkNumbersFit(operands: readonly Operand[]): void {
  const code = promotedCode(operands)
  for (const operand of operands) if (typeof operand === 'number') elementOf(operand, code)
}

/** The bounds of a call, given one after the other or by name. */
export function clampBounds(
  op: string,
  self: Tensor,
  min: Bound | ClampOptions,
  max: Bound
): readonly [min: Operand | null, max: Operand | null] {
  const named =
    typeof min === 'object' && min !== null && !(min instanceof Tensor) && !((min as object) instanceof Expr)
  if (named) {
    checkOptions(op, min, ['min', 'max'])
    if (max !== undefined) throw new TypeError(`${op}() got multiple values for argument 'max'`)
  }
  const bounds = named ? min : { min: min as Bound, max }
  const [low, high] = [bounds.min ?? null, bounds.max ?? null]
  if (self instanceof Tensor && (typeof low === 'number' || typeof high === 'number')) {
    const operands = [self, low ?? self, high ?? self]
    const code = promotedCode(operands)
    if (op === 'clamp_' && !canCast(code, self.code)) {
      const [from, to] = [torchTypeName(code), cTypeNames[self.code]]
      throw new TypeError(`result type ${from} can't be cast to the desired output type ${to}`)
    }
    checkNumbersFit(operands)
  }
  if (low === null && high === null) throw new TypeError("torch.clamp: At least one of 'min' or 'max' must not be None")
  return [low, high]
}
