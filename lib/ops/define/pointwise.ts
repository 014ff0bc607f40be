// The pointwise family: one row gives forward, derivative, in-place form, broadcasting and promotion.

import { attach, isTracked } from '../../autograd/node'
import { DIMENSIONED, NUMBER, isFloating, kindOf, promoteKinds, scalarCode } from '../../dtype'
import { Builder, Expr, Expression, UnsupportedDtype, run, runBinary, runUnary } from '../../expression'
import { checkArity } from '../../kinds'
import { type Shape, broadcastShapes, sameShape } from '../../shape'
import { Tensor } from '../../tensor'
import { Derivative } from './derivative'
import { KINDS, type Operand, castError, emptyAs, emptyFor, kindOfTensor, torchTypeName } from './result'
import { type Emit, type PointwiseRow, emitOf } from './row'

const argumentNames = ['self', 'other', 'third'] as const

/** What an operand counts for in promotion. */
export const operandKind = (operand: Operand): number =>
  operand instanceof Tensor ? kindOfTensor(operand) : kindOf(scalarCode(operand), NUMBER)

/** One pointwise op. */
export class PointwiseOp {
  readonly derivative: Derivative
  readonly #emit: Emit
  /** Expressions by the kinds of the operands, and by dtype written to for in-place forms. */
  readonly #variants: Expression[] = []
  readonly #inPlaceVariants = new Map<number, Expression>()

  constructor(
    readonly name: string,
    readonly arity: number,
    row: PointwiseRow
  ) {
    const node = row.node ?? `${name[0].toUpperCase()}${name.slice(1)}Backward0`
    const formulas = argumentNames.slice(0, arity).map((argument) => row[argument] ?? null)
    this.derivative = new Derivative(name, formulas, [node, row.nodeScalarSecond ?? node, row.nodeScalarFirst ?? node])
    const unsupported =
      row.unsupported ?? ((code) => new TypeError(`"${name}" not implemented for '${torchTypeName(code)}'`))
    const emit = emitOf(name, row)
    this.#emit = (inputs) => {
      try {
        return emit(inputs)
      } catch (error) {
        throw error instanceof UnsupportedDtype ? unsupported(error.code) : error
      }
    }
  }

  /** Appends this op to an expression; numbers become literals. */
  emit(inputs: readonly (Expr | number | boolean)[]): Expr {
    const builder = (inputs.find((input) => input instanceof Expr) as Expr).builder
    return this.#emit(
      inputs.map((input) => (input instanceof Expr ? input : builder.literal(Number(input), scalarCode(input), NUMBER)))
    )
  }

  /** Adds `other`, of the same shape, into a dense `self` without autograd or version: how gradients accumulate. */
  accumulate(self: Tensor, other: Tensor): void {
    const key = self.code * KINDS * KINDS + kindOfTensor(self) * KINDS + kindOfTensor(other)
    const expression =
      this.#inPlaceVariants.get(key) ??
      this.#makeInPlace(key, self.code, [self, other], (from) => castError(from, self.code))
    runBinary(expression, self, other, self)
  }

  // ---- forward ----

  unary(self: Tensor): Tensor {
    const kind = kindOfTensor(self)
    const expression = this.#variants[kind] ?? this.#makeVariant(kind, [kind])
    const output = emptyAs(self, expression.codes[0])
    runUnary(expression, self, output, 0)
    if (isTracked(self)) this.#record(output, [self])
    return output
  }

  binary(self: Operand, other: Operand): Tensor {
    if (!(self instanceof Tensor)) return this.#scalarFirst(self, other)
    return other instanceof Tensor ? this.tensors(self, other) : this.#scalarSecond(self, other)
  }

  /** Of two tensors. */
  tensors(self: Tensor, other: Tensor): Tensor {
    const kindSelf = kindOfTensor(self)
    const kindOther = kindOfTensor(other)
    const key = kindSelf * KINDS + kindOther
    const expression = this.#variants[key] ?? this.#makeVariant(key, [kindSelf, kindOther])
    const output =
      self.dense && other.dense && sameShape(self.sizes, other.sizes)
        ? emptyAs(self, expression.codes[0])
        : emptyBroadcast(self, other, expression.codes[0], this.name)
    runBinary(expression, self, other, output)
    if (isTracked(self) || isTracked(other)) this.#record(output, [self, other])
    return output
  }

  #scalarSecond(self: Tensor, other: unknown): Tensor {
    const scalar = scalarValue(other, this.name)
    const kindSelf = kindOfTensor(self)
    const kindOther = kindOf(scalarCode(other as number), NUMBER)
    const key = kindSelf * KINDS + kindOther
    const expression = this.#variants[key] ?? this.#makeVariant(key, [kindSelf, kindOther])
    const output = emptyAs(self, expression.codes[0])
    runUnary(expression, self, output, scalar)
    if (isTracked(self)) this.#record(output, [self, scalar])
    return output
  }

  #scalarFirst(self: unknown, other: unknown): Tensor {
    const scalar = scalarValue(self, this.name)
    if (!(other instanceof Tensor)) throw new TypeError(`${this.name}: one operand must be a Tensor, got two scalars`)
    const kindSelf = kindOf(scalarCode(self as number), NUMBER)
    const kindOther = kindOfTensor(other)
    const key = kindSelf * KINDS + kindOther
    const expression = this.#variants[key] ?? this.#makeVariant(key, [kindSelf, kindOther])
    const output = emptyAs(other, expression.codes[0])
    runUnary(expression, other, output, scalar)
    if (isTracked(other)) this.#record(output, [scalar, other])
    return output
  }

  /** Any number of operands; at least one is a tensor. */
  apply(operands: readonly Operand[]): Tensor {
    const tensors = operands.filter((operand) => operand instanceof Tensor)
    const scalars = operands.map((operand) => (operand instanceof Tensor ? null : scalarValue(operand, this.name)))
    const kinds = operands.map(operandKind)
    const key = kinds.reduce((sum, kind) => sum * KINDS + kind, 0)
    const expression = this.#variants[key] ?? this.#makeVariant(key, kinds)
    const shape = tensors.reduce<Shape>((sum, tensor) => broadcastShapes(sum, tensor.sizes, this.name), [])
    const output = emptyFor(shape, tensors, expression.codes[0])
    run(expression, shape, tensors, [output], scalars as number[])
    if (tensors.some(isTracked))
      this.#record(
        output,
        operands.map((operand, i) => scalars[i] ?? (operand as Tensor))
      )
    return output
  }

  /** Writes the op's result into `self`; the caller has checked that this is allowed. */
  writeInPlace(self: Tensor, operands: readonly Operand[], onCast: (from: number) => Error): void {
    let key = self.code
    for (const operand of operands) key = key * KINDS + operandKind(operand)
    const expression = this.#inPlaceVariants.get(key) ?? this.#makeInPlace(key, self.code, operands, onCast)
    const [, other] = operands
    if (this.arity === 1) runUnary(expression, self, self, 0)
    else if (this.arity === 2) {
      if (other instanceof Tensor) runBinary(expression, self, other, self)
      else runUnary(expression, self, self, scalarValue(other, this.name))
    } else {
      const tensors = operands.filter((operand) => operand instanceof Tensor)
      const scalars = operands.map((operand) => (operand instanceof Tensor ? 0 : scalarValue(operand, this.name)))
      run(expression, self.sizes, tensors, [self], scalars)
    }
  }

  #makeInPlace(key: number, code: number, operands: readonly Operand[], onCast: (from: number) => Error): Expression {
    const builder = new Builder()
    const result = this.#emit(symbols(builder, operands.map(operandKind)))
    if (!castsInPlace(result, code)) throw onCast(result.code)
    const expression = new Expression(builder, [builder.cast(result, code)])
    this.#inPlaceVariants.set(key, expression)
    return expression
  }

  #makeVariant(key: number, kinds: readonly number[]): Expression {
    const builder = new Builder()
    const expression = new Expression(builder, [this.#emit(symbols(builder, kinds))])
    this.#variants[key] = expression
    return expression
  }

  #record(output: Tensor, inputs: readonly (Tensor | number)[]): void {
    if (isFloating(output.code)) attach(output, this.derivative.makeNode(output, inputs, output))
  }
}

// ---- helpers of the family ----

const emptyBroadcast = (self: Tensor, other: Tensor, code: number, op: string): Tensor =>
  emptyFor(broadcastShapes(self.sizes, other.sizes, op), [self, other], code)

function symbols(builder: Builder, kinds: readonly number[]): Expr[] {
  return kinds.map((kind, i) =>
    kind >> 3 === NUMBER ? builder.slot(i, kind & 7, NUMBER) : builder.input(kind & 7, kind >> 3)
  )
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
  throw new TypeError(`${op}: an operand must be a Tensor or a number, got ${value === null ? 'null' : typeof value}`)
}

/** All pointwise ops by name, for the methods of Tensor and of symbols. */
export const pointwiseOps = new Map<string, PointwiseOp>()

function register(name: string, arity: number, row: PointwiseRow): PointwiseOp {
  const op = new PointwiseOp(name, arity, row)
  pointwiseOps.set(name, op)
  return op
}

export type Unary = (self: Tensor) => Tensor
export type Binary = (self: Operand, other: Operand) => Tensor
export type Ternary = (self: Operand, other: Operand, third: Operand) => Tensor

/** Defines an op of one tensor. */
export function unary(name: string, row: PointwiseRow = {}): Unary {
  const op = register(name, 1, row)
  return function (self) {
    checkArity(name, arguments.length, 1)
    return self instanceof Tensor ? op.unary(self) : unarySymbol(op, self)
  }
}

function unarySymbol(op: PointwiseOp, self: unknown): Tensor {
  if (self instanceof Expr) return op.emit([self]) as unknown as Tensor
  throw new TypeError(`${op.name}: self must be a Tensor, got ${self === null ? 'null' : typeof self}`)
}

const hasSymbol = (operands: readonly unknown[]): boolean => operands.some((operand) => operand instanceof Expr)

/** Defines an op of two operands, tensors or one number. */
export function binary(name: string, row: PointwiseRow = {}): Binary {
  const op = register(name, 2, row)
  return function (self, other) {
    checkArity(name, arguments.length, 2)
    return self instanceof Tensor && other instanceof Tensor ? op.tensors(self, other) : ofOthers(op, self, other)
  }
}

/** Of a tensor and a number, or of symbols. */
function ofOthers(op: PointwiseOp, self: Operand, other: Operand): Tensor {
  if (self instanceof Tensor || other instanceof Tensor || !hasSymbol([self, other])) return op.binary(self, other)
  return op.emit([self, other] as unknown as Expr[]) as unknown as Tensor
}

/** Defines an op of three operands. */
export function ternary(name: string, row: PointwiseRow): Ternary {
  const op = register(name, 3, row)
  return (...operands) => {
    checkArity(name, operands.length, 3)
    if (hasSymbol(operands)) return op.emit(operands as unknown as Expr[]) as unknown as Tensor
    return op.apply(operands)
  }
}
