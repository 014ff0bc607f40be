// The pointwise family: one row gives forward, derivative, in-place form, broadcasting and promotion.

import { type Node, attach, isTracked } from '../../autograd/node'
import {
  BOOL,
  DIMENSIONED,
  NUMBER,
  codeOf,
  computeCode,
  isFloating,
  isOfStorage,
  kindOf,
  priorityOf,
  promoteKinds,
  promoteWith
} from '../../dtype'
import { Expression, noScalars, run, runBinary, runUnary } from '../../expression'
import { operandAdvice, wrongKind } from '../../kinds'
import { Builder, Expr } from '../../symbol'
import { type Live, withoutRecording } from '../../recording'
import { type Shape, broadcastShapes, sameShape } from '../../shape'
import { Tensor } from '../../tensor'
import { nulls } from './context'
import { Derivative } from './derivative'
import { type Emit, emitOf } from './emit'
import type { Form } from './form'
import { type Operand, castError, emptyAs, emptyFor, emptyResult, kindOfTensor } from './result'
import type { AnyRow } from './row'
import { type Scalar, kindOfScalar } from './tensor-value'
import { type Value, symbolOf } from './value'
import { Variants } from './variants'

/** What an operand counts for in promotion. */
export const operandKind = (operand: Operand | Live): number =>
  operand instanceof Tensor ? kindOfTensor(operand) : kindOfScalar(operand)

/** The formula of an argument that is tracked without a derivative: no backward comes to it. */
const unread = (g: Value): Value => g

/** One pointwise op: a row in one of its forms. */
export class PointwiseOp {
  readonly derivative: Derivative
  readonly arity: number
  readonly #emit: Emit
  /** Operands in front that do not count in promotion. */
  readonly #conditions: number
  readonly #nodeInPlace: string | undefined
  readonly #isDifferentiable: boolean
  /**
   * Expressions by the kinds of the operands, then of the options; for in-place forms, which write to the first, apart.
   */
  readonly #variants = new Variants<Expression>()
  readonly #inPlaceVariants = new Variants<Expression>()

  constructor(
    readonly name: string,
    row: AnyRow,
    readonly form: Form
  ) {
    const { args } = form
    const node = row.node ?? `${name[0].toUpperCase()}${name.slice(1)}Backward0`
    const { undifferentiable } = row
    const missing = args.map((arg) => (typeof undifferentiable === 'object' ? undifferentiable[arg] : undifferentiable))
    this.arity = args.length
    this.derivative = new Derivative(
      name,
      form,
      args.map((arg, i) => row.gradients?.[arg] ?? (missing[i] === undefined ? null : unread)),
      node,
      args.map((arg) => row.nodeOfNumber?.[arg] ?? null)
    )
    this.derivative.missing = missing.every((each) => each === undefined) ? null : missing
    this.#isDifferentiable = this.derivative.formulas.some((formula) => formula !== null)
    this.#emit = emitOf(name, row, form)
    this.#conditions = row.promotion === 'select' ? 1 : 0
    this.#nodeInPlace = row.nodeInPlace
  }

  /** Appends this op to an expression, given its arguments and then its numbers. */
  emit(values: readonly (Value | number)[]): Expr {
    const first = values.find((value) => value instanceof Expr) as Expr
    return this.#emit(values.map((value) => symbolOf(typeof value === 'number' ? first.constant(value) : value)))
  }

  /** Adds `other`, of the same shape, into a dense `self` without autograd or version: how gradients accumulate. */
  accumulate(self: Tensor, other: Tensor): void {
    const expression =
      this.#inPlaceVariants.at2(kindOfTensor(self), kindOfTensor(other)) ??
      this.#makeInPlace([kindOfTensor(self), kindOfTensor(other)], (from) => castError(from, self.code))
    runBinary(expression, self, other, self, 0)
  }

  // ---- forward ----

  unary(self: Tensor): Tensor {
    const kind = kindOfTensor(self)
    const expression = this.#variants.at1(kind) ?? this.#makeVariant([kind])
    const output = emptyAs(self, expression.codes[0])
    runUnary(expression, self, output, 0)
    if (isTracked(self)) this.#record(output, [self], null)
    return output
  }

  binary(self: Operand, other: Operand): Tensor {
    if (!(self instanceof Tensor)) return this.numberFirst(self, other)
    return other instanceof Tensor ? this.tensors(self, other) : this.numberSecond(self, other)
  }

  /** Of two tensors. */
  tensors(self: Tensor, other: Tensor): Tensor {
    const kindSelf = kindOfTensor(self)
    const kindOther = kindOfTensor(other)
    const expression = this.#variants.at2(kindSelf, kindOther) ?? this.#makeVariant([kindSelf, kindOther])
    const output =
      self.dense && other.dense && sameShape(self.sizes, other.sizes)
        ? emptyAs(self, expression.codes[0])
        : emptyBroadcast(self, other, expression.codes[0], this.name)
    runBinary(expression, self, other, output, 0)
    if (isTracked(self) || isTracked(other)) this.#record(output, [self, other], null)
    return output
  }

  numberSecond(self: Tensor, other: unknown): Tensor {
    const scalar = scalarValue(other, this.name)
    const kindSelf = kindOfTensor(self)
    const kindOther = kindOfScalar(other as number)
    const expression = this.#variants.at2(kindSelf, kindOther) ?? this.#makeVariant([kindSelf, kindOther])
    const output = emptyAs(self, expression.codes[0])
    runUnary(expression, self, output, scalar)
    if (isTracked(self)) this.#record(output, [self, null], [null, scalar])
    return output
  }

  numberFirst(self: unknown, other: unknown): Tensor {
    const scalar = scalarValue(self, this.name)
    if (!(other instanceof Tensor)) throw noTensor(this.name)
    const kindSelf = kindOfScalar(self as number)
    const kindOther = kindOfTensor(other)
    const expression = this.#variants.at2(kindSelf, kindOther) ?? this.#makeVariant([kindSelf, kindOther])
    const output = emptyAs(other, expression.codes[0])
    runUnary(expression, other, output, scalar)
    if (isTracked(other)) this.#record(output, [null, other], [scalar, null])
    return output
  }

  /** Any number of operands, at least one of which is a tensor, and the options that are numbers. */
  apply(operands: readonly (Operand | Live)[], options: readonly Scalar[] = noScalars): Tensor {
    const { tensors, scalars, kinds } = this.#sort(operands, options)
    if (tensors.length === 0) throw noTensor(this.name)
    const [first] = tensors
    const expression = this.#variants.at(kinds) ?? this.#makeVariant(kinds)
    let shape = first.sizes
    let areAlike = first.dense || tensors.length === 1
    for (let i = 1; i < tensors.length; i++) {
      const { sizes, dense } = tensors[i]
      if (sameShape(sizes, shape)) areAlike &&= dense
      else {
        areAlike = false
        shape = broadcastShapes(shape, sizes, this.name)
      }
    }
    const code = expression.codes[0]
    const output = areAlike ? emptyAs(first, code) : emptyFor(shape, tensors, code)
    runOver(expression, shape, tensors, output, scalars)
    for (let i = 0; i < tensors.length; i++) {
      if (!isTracked(tensors[i])) continue
      this.#record(output, operands.map(tensorOrNull), scalars)
      break
    }
    return output
  }

  /** Of a formula's values: of tensors, or of numbers alone. */
  ofValues(operands: readonly (Tensor | Scalar | boolean)[]): Tensor | Scalar | boolean {
    for (let i = 0; i < operands.length; i++) if (operands[i] instanceof Tensor) return this.#ofTensors(operands)
    return this.#ofNumbers(operands as readonly (Scalar | boolean)[])
  }

  #ofTensors(operands: readonly (Tensor | Scalar | boolean)[]): Tensor {
    const [self, other] = operands
    if (operands.length === 1) return this.unary(self as Tensor)
    return operands.length > 2 || isLive(self) || isLive(other) ? this.apply(operands) : this.binary(self, other)
  }

  /** As constants of an expression: exact. What follows from a live number is live. */
  #ofNumbers(numbers: readonly (Scalar | boolean)[]): Scalar | boolean {
    if (numbers.some(isLive)) {
      const now = (): number[] => numbers.map((each) => Number(typeof each === 'object' ? each.read() : each))
      return { read: () => Number(this.#ofNumbers(now())) }
    }
    const kinds = numbers.map(kindOfScalar)
    const expression = this.#variants.at(kinds) ?? this.#makeVariant(kinds)
    const [code] = expression.codes
    return withoutRecording(() => {
      const output = emptyResult([], code)
      run(expression, output.sizes, [], [output], numbers.map(Number))
      const value = Number(output.item())
      return code === BOOL ? value !== 0 : value
    })
  }

  /** The node of an in-place call, made before the write; its first operand stands for the old elements of `output`. */
  inPlaceNode(output: Tensor, operands: readonly Operand[], options: readonly Scalar[]): Node {
    const { scalars } = this.#sort(operands, options)
    return this.derivative.makeNode(output, operands.map(tensorOrNull), scalars, output, this.#nodeInPlace)
  }

  /** Writes the op's result into the first operand; the caller has checked that this is allowed. */
  writeInPlace(
    operands: readonly [self: Tensor, ...others: Operand[]],
    options: readonly Scalar[],
    onCast: (from: number) => Error
  ): void {
    const [self, other] = operands
    if (operands.length === 2 && options.length === 0 && !isLive(other)) return this.#writeBinary(self, other, onCast)
    const { tensors, scalars, kinds } = this.#sort(operands, options)
    const expression = this.#inPlaceVariants.at(kinds) ?? this.#makeInPlace(kinds, onCast)
    runOver(expression, self.sizes, tensors, self, scalars)
  }

  /** Without lists: 100 ns less for 4 elements. */
  #writeBinary(self: Tensor, other: Operand, onCast: (from: number) => Error): void {
    const isNumber = !(other instanceof Tensor)
    const scalar = isNumber ? scalarValue(other, this.name) : 0
    const [kindSelf, kindOther] = [kindOfTensor(self), isNumber ? kindOfScalar(other) : kindOfTensor(other)]
    const expression =
      this.#inPlaceVariants.at2(kindSelf, kindOther) ?? this.#makeInPlace([kindSelf, kindOther], onCast)
    if (isNumber) runUnary(expression, self, self, scalar)
    else runBinary(expression, self, other, self, 0)
  }

  /**
   * The tensors among operands, numbers and options with null in a tensor's place, and what all count for in promotion.
   */
  #sort(operands: readonly (Operand | Live)[], options: readonly Scalar[]): Sorted {
    const tensors: Tensor[] = []
    const scalars = nulls<Scalar>(operands.length + options.length)
    const kinds = new Array<number>(scalars.length)
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i]
      if (operand instanceof Tensor) {
        tensors.push(operand)
        scalars[i] = null
        kinds[i] = kindOfTensor(operand)
      } else {
        scalars[i] = isLive(operand) ? operand : scalarValue(operand, this.name)
        kinds[i] = kindOfScalar(operand)
      }
    }
    for (let i = 0, at = operands.length; i < options.length; i++, at++) {
      scalars[at] = options[i]
      kinds[at] = kindOfScalar(options[i])
    }
    return { tensors, scalars, kinds }
  }

  #makeInPlace(kinds: readonly number[], onCast: (from: number) => Error): Expression {
    const code = codeOf(kinds[0])
    const builder = new Builder()
    const result = this.#stored(this.#emit(symbols(builder, kinds)), kinds)
    if (!castsInPlace(result, code)) throw onCast(result.code)
    return this.#inPlaceVariants.set(kinds, new Expression(builder, [builder.cast(result, code)]))
  }

  #makeVariant(kinds: readonly number[]): Expression {
    const builder = new Builder()
    const result = this.#emit(symbols(builder, kinds))
    return this.#variants.set(kinds, new Expression(builder, [this.#stored(result, kinds)]))
  }

  /** A result in the dtype of storage that the operands promote to, where it was computed for that. */
  #stored(result: Expr, kinds: readonly number[]): Expr {
    const operands = kinds.slice(this.#conditions, this.arity)
    const code = codeOf(operands.reduce(promoteWith))
    return isOfStorage(code) && result.code === computeCode(code) ? result.builder.cast(result, code) : result
  }

  #record(output: Tensor, inputs: readonly (Tensor | null)[], scalars: readonly (Scalar | null)[] | null): void {
    if (this.#isDifferentiable && isFloating(output.code))
      attach(output, this.derivative.makeNode(output, inputs, scalars, output))
  }
}

// ---- helpers of the family ----

/** Runs an expression whose last operand may be a number, or whose only option. */
function runOver(
  expression: Expression,
  shape: Shape,
  tensors: readonly Tensor[],
  output: Tensor,
  scalars: readonly (Scalar | null)[]
): void {
  const last = scalars[scalars.length - 1]
  const number = last === null ? 0 : typeof last === 'number' ? last : null
  const isLast = tensors.length === scalars.length - (last === null ? 0 : 1)
  if (isLast && number !== null && tensors.length === 1) runUnary(expression, tensors[0], output, number)
  else if (isLast && number !== null && tensors.length === 2)
    runBinary(expression, tensors[0], tensors[1], output, number)
  else run(expression, shape, tensors, [output], scalars as readonly Scalar[])
}

interface Sorted {
  readonly tensors: readonly Tensor[]
  readonly scalars: readonly (Scalar | null)[]
  readonly kinds: readonly number[]
}

const tensorOrNull = (operand: Operand | Live): Tensor | null => (operand instanceof Tensor ? operand : null)

const noTensor = (op: string): TypeError => new TypeError(`${op}: one operand must be a Tensor, got two scalars`)

const isLive = (operand: unknown): operand is Live =>
  typeof operand === 'object' && operand !== null && !(operand instanceof Tensor) && 'read' in operand

const emptyBroadcast = (self: Tensor, other: Tensor, code: number, op: string): Tensor =>
  emptyFor(broadcastShapes(self.sizes, other.sizes, op), [self, other], code)

function symbols(builder: Builder, kinds: readonly number[]): Expr[] {
  return kinds.map((kind, i) => {
    const [code, priority] = [codeOf(kind), priorityOf(kind)]
    return priority === NUMBER ? builder.slot(i, code, NUMBER) : builder.operand(code, priority)
  })
}

const castsInPlace = (result: Expr, code: number): boolean =>
  promoteKinds(kindOf(code, DIMENSIONED), kindOf(result.code, NUMBER)) === code

/** A number as an operand; throws on what is neither that nor a Tensor. */
export function scalarValue(value: unknown, op: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint') {
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
      throw new RangeError(`${op}: ${value} is not exact as a scalar operand; pass tensor([${value}n])`)
    }
    return Number(value)
  }
  throw wrongKind(op, 'an operand', 'a Tensor or a number', value, operandAdvice)
}
