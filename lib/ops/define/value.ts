// What formulas compute with: values without shape, element or dtype. A formula runs over symbols (`Expr`), which
// become one expression, or over tensors (`TensorValue`), whose ops are recorded one by one; both give the same bits.

import { Expr } from '../../symbol'
import type { Tensor } from '../../tensor'

/** Ops of one value. */
type Unary =
  | 'abs'
  | 'acos'
  | 'acosh'
  | 'asin'
  | 'asinh'
  | 'atan'
  | 'atanh'
  | 'bitwiseNot'
  | 'ceil'
  | 'cos'
  | 'cosh'
  | 'digamma'
  | 'erf'
  | 'erfc'
  | 'erfcx'
  | 'exp'
  | 'exp2'
  | 'expm1'
  | 'floor'
  | 'i0'
  | 'i0e'
  | 'i1'
  | 'i1e'
  | 'isfinite'
  | 'isinf'
  | 'isnan'
  | 'lgamma'
  | 'log'
  | 'log10'
  | 'log1p'
  | 'log2'
  | 'logicalNot'
  | 'neg'
  | 'reciprocal'
  | 'relu'
  | 'round'
  | 'rsqrt'
  | 'sigmoid'
  | 'sign'
  | 'sin'
  | 'sinh'
  | 'sqrt'
  | 'square'
  | 'tan'
  | 'tanh'
  | 'trunc'
  | 'zerosLike'

/** Ops of two values; a number may stand second. */
type Binary =
  | 'add'
  | 'atan2'
  | 'bitwiseAnd'
  | 'bitwiseOr'
  | 'bitwiseXor'
  | 'div'
  | 'eq'
  | 'floorDivide'
  | 'floorDivideLast'
  | 'fmax'
  | 'fmin'
  | 'fmod'
  | 'ge'
  | 'gt'
  | 'le'
  | 'logicalAnd'
  | 'logicalOr'
  | 'logicalXor'
  | 'lt'
  | 'maximum'
  | 'minimum'
  | 'mul'
  | 'ne'
  | 'polygamma'
  | 'pow'
  | 'remainder'
  | 'sub'
  | 'truncDivide'
  | 'zeta'

type Unaries = Readonly<Record<Unary, () => Value>>
type Binaries = Readonly<Record<Binary, (other: Value | number) => Value>>

/**
 * A value of a formula. It has neither shape nor elements nor dtype, so a formula that looks at one does not compile.
 */
export interface Value extends Unaries, Binaries {
  /** `input` where this holds, else `other`. */
  select(input: Value | number, other: Value | number): Value
  /** A number beside this value, for a number that stands first: `one.sub(x)`. */
  constant(value: number): Value
  /** Sum over the call's dims, kept with size 1; as all below, in row programs only. */
  sum(): Value
  /** Mean over the call's dims. */
  mean(): Value
  /** Largest value over the call's dims. */
  amax(): Value
  /** Smallest value over the call's dims. */
  amin(): Value
  /** Sum over all dims, kept with size 1. */
  total(): Value
  /** The element at an integer index along the call's dim, kept with size 1. */
  pick(index: Value): Value
  /** This value of each row at an integer index along the call's dim, among zeros: the adjoint of `pick`. */
  place(index: Value): Value
}

/** The row algebra over a call's dims, kept with size 1, as differentiable ops of tensors. */
export interface Rows {
  sum(x: Tensor): Tensor
  mean(x: Tensor): Tensor
  amax(x: Tensor): Tensor
  amin(x: Tensor): Tensor
  total(x: Tensor): Tensor
  place(x: Tensor, index: Tensor): Tensor
  pick(x: Tensor, index: Tensor): Tensor
}

/** What a row program takes over the call's dims. */
export type RowReduction = keyof Rows

declare module '../../symbol' {
  /** A symbol is a value. */
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface Expr extends Value {}
}

/** The symbol that a value is while a formula is traced. */
export function symbolOf(value: Value): Expr {
  if (value instanceof Expr) return value
  throw new Error('internal: a formula is traced over symbols')
}

// ---- functions over values, for numbers that stand first ----

/** `input - other`. */
export const sub = (input: number, other: Value): Value => other.constant(input).sub(other)

/** `input / other`. */
export const div = (input: number, other: Value): Value => other.constant(input).div(other)

/** `input` where the condition holds, else `other`. */
export const where = (condition: Value, input: Value | number, other: Value | number): Value =>
  condition.select(input, other)
