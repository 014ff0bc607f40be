// Public functions and methods of values from rows.

import {
  type Items,
  type Op,
  type Place,
  Signature,
  type Values,
  callOf,
  publish,
  readAndHandOn,
  usualPlaces
} from '../../declare'
import { Expr } from '../../symbol'
import { Tensor } from '../../tensor'
import { Family } from './family'
import { writeRow } from './inplace'
import type { PointwiseOp } from './pointwise'
import type { Operand } from './result'
import type { PointwiseRow } from './row'
import { TensorValue, operandOf } from './tensor-value'
import type { Value } from './value'

/** All rows by the names of their ops. */
export const families = new Map<string, Family>()

/** Defines a row without a public function: its op, and the method of values. */
export function define<const Text extends string, const Neutral extends string = never>(
  text: Text,
  row: PointwiseRow<Text, Neutral> = {}
): PointwiseOp {
  const family = new Family(new Signature(text), row)
  const { base } = family
  families.set(base.name, family)
  const method = row.method ?? base.name
  install(Expr.prototype, method, function (this: Expr, ...others) {
    return base.emit([this, ...others])
  })
  install(TensorValue.prototype, method, function (this: TensorValue, ...others) {
    const operands = [this.operand]
    for (let i = 0; i < others.length; i++) operands.push(operandOf(others[i]))
    return new TensorValue(base.ofValues(operands), this.rows)
  })
  return base
}

type Method<This> = (this: This, ...others: (Value | number)[]) => Value

function install<This extends Value>(target: This, name: string, value: Method<This>): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })
}

/** The op of a row by name, where only what must be given is. */
export function rowOf(name: string): PointwiseOp {
  const family = families.get(name)
  if (family === undefined) throw new Error(`internal: there is no row '${name}'`)
  return family.base
}

type Body = (...values: unknown[]) => Tensor
type Call = (...args: unknown[]) => Tensor

/** What a row does with a value for each parameter. */
function listBody(family: Family): (values: readonly unknown[]) => Tensor {
  const { base, row, signature } = family
  if (base.arity === signature.parameters.length) {
    return (values) => {
      row.check?.(...values)
      return base.apply(values as readonly Operand[])
    }
  }
  return (values) => {
    row.check?.(...values)
    const { op, operands, scalars, isInPlace } = family.settle(values)
    return isInPlace ? writeRow(op, operands as readonly Operand[], scalars) : op.apply(operands, scalars)
  }
}

/** A call that reads its arguments one by one, unless there are as many as parameters, and all as they must be. */
function reading(signature: Signature, body: (values: readonly unknown[]) => Tensor): Call {
  const count = signature.parameters.length
  const ofList = (...values: unknown[]): Tensor => body(values)
  return (...args) => {
    const isWhole = args.length === count && signature.passes(count, args[0], args[1], args[2], args[3])
    return isWhole ? body(args) : (readAndHandOn(signature, ofList, args) as Tensor)
  }
}

/**
 * A call that hands tensors on, and a number beside one, before it looks closer. V8 makes no list of arguments that are
 * only spread.
 */
function hasty(op: PointwiseOp, takesFirst: boolean, takesSecond: boolean, others: Call): Call {
  const { args, scalars } = op.form
  if (scalars.length > 0 || args.length > 2) return others
  if (args.length === 1) {
    return function (input) {
      return arguments.length === 1 && input instanceof Tensor ? op.unary(input) : others(...arguments)
    }
  }
  return function (input, other) {
    if (arguments.length === 2) {
      if (input instanceof Tensor) {
        if (other instanceof Tensor) return op.tensors(input, other)
        if (takesSecond && typeof other === 'number') return op.numberSecond(input, other)
      } else if (takesFirst && typeof input === 'number' && other instanceof Tensor) {
        return op.numberFirst(input, other)
      }
    }
    return others(...arguments)
  }
}

/**
 * A public function from a row and its signature. `body` is what a call does with settled values, unless it has tensors
 * alone and as many as it must: that is always the row itself.
 */
export function pointwise<const Text extends string, const Neutral extends string = never>(
  text: Text,
  row: PointwiseRow<Text, Neutral> = {},
  body?: (...values: Values<Items<Text>>) => Tensor
): Op<Text, Tensor> {
  const op = define(text, row)
  const family = families.get(op.name)!
  const { signature } = family
  const ofValues = body as Body | undefined
  const ofList = ofValues ? (values: readonly unknown[]): Tensor => ofValues(...values) : listBody(family)
  const takesNumber = (i: number): boolean => body === undefined && signature.parameters[i]?.kindText === 'operand'
  const call = hasty(op, takesNumber(0), takesNumber(1), reading(signature, ofList))
  const count = signature.parameters.length
  const isUnary = body === undefined && count === 1
  const settled = isUnary
    ? (input: Tensor): Tensor => op.unary(input)
    : (...values: unknown[]): Tensor => ofList(values.length > count ? values.slice(0, count) : values)
  const places = row.places ?? usualPlaces(op.name)
  return publish(call, op.name, [signature], places, settled as Body) as unknown as Op<Text, Tensor>
}

/** A row's signature in place: the first parameter is written, and therefore a tensor. */
type InPlaceText<Text extends string> = Text extends `${infer Before}, inplace: bool = false)`
  ? Written<`${Before})`>
  : Written<Text>

type Written<Text extends string> = Text extends `${infer Name}(${infer First}: ${string}, ${infer Others}`
  ? `${Name}_(${First}: Tensor, ${Others}`
  : Text extends `${infer Name}(${infer First}: ${string})`
    ? `${Name}_(${First}: Tensor)`
    : never

interface InPlaceForm<Text extends string> {
  readonly places?: readonly Place[]
  /** What a call does with settled values, if not what the row says. */
  readonly body?: (...values: Values<Items<Text>>) => Tensor
  /** What it refuses, if not what the row does. */
  readonly check?: (...values: Values<Items<Text>>) => void
}

/** The in-place form of a public function from a row. */
export function inPlace<const Text extends string>(
  op: Op<Text, Tensor>,
  { places, body, check }: InPlaceForm<InPlaceText<Text>> = {}
): Op<InPlaceText<Text>, Tensor> {
  const { name, signatures } = op.declaration
  const text = signatures[0].text.replace(', inplace: bool = false', '').replace(/^(\w+)\((\w+): \w+/, '$1_($2: Tensor')
  const signature = new Signature(text)
  const family = families.get(name)!
  const settled = (body ?? writeOf(family, check as Body | undefined)) as Body
  const others = callOf(signature, settled)
  const call = body === undefined ? hastyWrite(family.base, others as Call, check !== undefined) : others
  const where = places ?? usualPlaces(signature.name)
  return publish(call, signature.name, [signature], where, settled) as unknown as Op<InPlaceText<Text>, Tensor>
}

/** A call that writes a tensor from itself, or from another one, before it looks closer. */
function hastyWrite(op: PointwiseOp, others: Call, hasCheck: boolean): Call {
  const { args, scalars } = op.form
  // `clamp_()` is refused, though its base has one operand.
  if (scalars.length > 0 || args.length > 2 || hasCheck) return others
  const count = args.length
  return function (input, other) {
    if (arguments.length !== count || !(input instanceof Tensor)) return others(...arguments)
    if (count === 1) return writeRow(op, [input])
    return other instanceof Tensor ? writeRow(op, [input, other]) : others(...arguments)
  }
}

function writeOf(family: Family, check = family.row.check): Body {
  return (...values) => {
    check?.(...values)
    const { op, operands, scalars } = family.settle(values)
    return writeRow(op, operands as readonly Operand[], scalars)
  }
}
