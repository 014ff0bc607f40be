// What arguments of pointwise ops mean, and what PyTorch forbids. Shared by the out-of-place and in-place forms.

import { BOOL, INT64, UINT8, canCast, codeOf, elementOf, isFloating, promoteKinds, scalarCode } from '../dtype'
import type { Expr } from '../symbol'
import { Tensor } from '../tensor'
import { operandKind } from './define/pointwise'
import { type Operand, torchTypeName } from './define/result'

const promotedCode = (operands: readonly Operand[]): number => codeOf(operands.map(operandKind).reduce(promoteKinds))

/** Throws where a number does not fit into the dtype that the operands promote to. */
function checkNumbersFit(operands: readonly Operand[]): void {
  const code = promotedCode(operands)
  for (const operand of operands) if (typeof operand === 'number') elementOf(operand, code)
}

// ---- sums ----

const isIntegral = (operand: Operand): boolean => !isFloating(codeOf(operandKind(operand)))

/** Throws where `alpha` is of a higher kind than what it multiplies. */
export function checkAlpha(input: Operand, other: Operand, alpha: Operand): void {
  if (typeof alpha === 'boolean' && promotedCode([input, other]) !== BOOL) {
    throw new TypeError('Boolean alpha only supported for Boolean results.')
  }
  if (!isIntegral(alpha) && isIntegral(input) && isIntegral(other)) {
    throw new TypeError(
      `For integral input tensors, argument alpha must not be a floating point number. It is ${String(alpha)}.`
    )
  }
}

export const INVERT = 'If you are trying to invert a mask, use `logicalNot()` instead.'

/** Throws when an operand of a difference is bool. */
export function checkSubtraction(input: { readonly code: number }, other: { readonly code: number }): void {
  if (input.code !== BOOL && other.code !== BOOL) return
  if (input.code === BOOL && other.code === BOOL) {
    throw new TypeError(
      'Subtraction, the `-` operator, with two bool tensors is not supported. Use `logicalXor()` instead.'
    )
  }
  throw new TypeError(`Subtraction, the \`-\` operator, with a bool tensor is not supported. ${INVERT}`)
}

// ---- quotients ----

export const divisionByZero = (): Error => new RangeError('ZeroDivisionError: integer division or modulo by zero')

/** Name of the op that divides with a rounding mode. */
export function roundedDivision(roundingMode: string | null): 'div' | 'floorQuotient' | 'truncDivide' {
  if (roundingMode === null) return 'div'
  if (roundingMode === 'floor') return 'floorQuotient'
  if (roundingMode === 'trunc') return 'truncDivide'
  throw new RangeError(`div expected roundingMode to be one of null, 'trunc', or 'floor' but found '${roundingMode}'`)
}

export const integerAddcdiv = (): Error =>
  new TypeError(
    'Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of ' +
      'tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * trunc(tensor1 / tensor2)).'
  )

// ---- powers ----

export const NEGATIVE_POWER = 'Integers to negative integer powers are not allowed.'

/** Throws when integers are raised to an integer that is negative or does not fit. */
export function checkPower(input: Operand, exponent: Operand): void {
  if (!(input instanceof Tensor) || isFloating(input.code)) return
  if (typeof exponent !== 'number' || scalarCode(exponent) !== INT64) return
  if (exponent < 0) throw new RangeError(NEGATIVE_POWER)
  checkNumbersFit([input, exponent])
}

// ---- bounds ----

const cTypeNames = [
  ...['float', 'double', 'int', 'long int', 'unsigned char', 'bool'],
  ...['signed char', 'short int', 'c10::Half', 'c10::BFloat16']
]

export const noBounds = (): Error => new TypeError("clamp: At least one of 'min' or 'max' must not be null")

/** Throws where a bound is a number that does not fit. */
export function checkBounds(input: Tensor, min: Operand | null, max: Operand | null): void {
  if (typeof min === 'number' || typeof max === 'number') checkNumbersFit([input, min ?? input, max ?? input])
}

/** Throws where a bound that is a number does not fit, or would change the dtype of `input`, which is written. */
export function checkBoundsInPlace(input: Tensor, min: Operand | null, max: Operand | null): void {
  if (min === null && max === null) throw noBounds()
  if (typeof min !== 'number' && typeof max !== 'number') return
  const code = promotedCode([input, min ?? input, max ?? input])
  if (!canCast(code, input.code)) {
    const [from, to] = [torchTypeName(code), cTypeNames[input.code]]
    throw new TypeError(`result type ${from} can't be cast to the desired output type ${to}`)
  }
  checkBounds(input, min, max)
}

// ---- selection ----

/** Throws unless a condition is bool, or uint8, and numbers fit beside what they stand for. */
export function checkSelection(condition: Tensor, input: Operand, other: Operand): void {
  if (condition.code < UINT8) {
    throw new TypeError(
      `where expected condition to be a boolean tensor, but got a tensor with dtype ${torchTypeName(condition.code)}`
    )
  }
  if (typeof input === 'number' || typeof other === 'number') checkNumbersFit([input, other])
}

/** Throws unless what is mixed with `input` has its dtype, as far as it is a tensor. */
export function checkMixed(input: Expr, others: Readonly<Record<string, Expr>>): void {
  for (const [name, { storedCode, isNumber }] of Object.entries(others)) {
    if (isNumber || storedCode === input.storedCode) continue
    const [wanted, given] = [input.storedCode, storedCode].map((code) => cTypeNames[code])
    throw new TypeError(`expected dtype ${wanted} for \`${name}\` but got dtype ${given}`)
  }
}
