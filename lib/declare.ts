// Public functions from one declaration: the signature's text gives the calls and their types, the body takes settled
// values.

import { explained } from './identity'
import {
  type Advice,
  integerArguments,
  isList,
  kindText,
  operandAdvice,
  tensorAdvice,
  usualAdvice,
  wrongKind
} from './kinds'
import {
  type Calls,
  type Items,
  type Kind,
  Signature,
  type Values,
  type WithoutFirst,
  defineKind,
  refusing
} from './signature'
import { Tensor } from './tensor'
import { tracing } from './tracing'

export { type Arguments, type Calls, type Items, Signature, type Values, member } from './signature'

// ---- kinds of arguments about tensors ----

declare module './signature/types' {
  interface KindTypes {
    Tensor: Tensor
    'Tensor[]': readonly Tensor[]
    operand: Tensor | number | bigint | boolean
  }
}

const isTensor = (value: unknown): boolean => value instanceof Tensor
const isOperand = (value: unknown): boolean =>
  value instanceof Tensor || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
/** True for what stands for a tensor while calls are traced: it is read as one, and never passes unread. */
const isTraced = (value: unknown): boolean => tracing.tracer !== null && tracing.tracer.traces(value)

const notTensor = (value: unknown, op: string, name: string): TypeError =>
  wrongKind(op, name, 'a Tensor', value, tensorAdvice)

/** A list of a caller's tensors that changes no more. */
function tensorList(tensors: unknown, op: string, name: string): readonly Tensor[] {
  if (!isList(tensors)) throw wrongKind(op, name, 'an array of Tensors', tensors, tensorsAdvice)
  const list: Tensor[] = []
  for (let i = 0; i < tensors.length; i++) {
    const tensor: unknown = tensors[i]
    if (!(tensor instanceof Tensor || isTraced(tensor))) throw notTensor(tensor, op, `element ${i} of ${name}`)
    list.push(tensor as Tensor)
  }
  return list
}

const tensorsAdvice: Advice = (value) => (value instanceof Tensor ? '; pass [tensor, ...]' : usualAdvice(value))

/** Registers a kind of tensors and what else `passes`. */
function defineTensor(name: string, what: string, passes: (value: unknown) => boolean, advise: Advice): void {
  const accepts = (value: unknown): boolean => passes(value) || isTraced(value)
  const check = refusing(accepts, what, advise)
  const read: Kind['read'] = (value, op, argument) => {
    check(value, op, argument)
    return value
  }
  defineKind(name, { what, accepts, read, passes })
}

defineTensor('Tensor', 'a Tensor', isTensor, tensorAdvice)
defineKind('Tensor[]', { what: 'an array of Tensors', accepts: isList, read: tensorList, passes: () => false })
defineTensor('operand', 'a Tensor or a number', isOperand, operandAdvice)

// ---- declarations ----

/** Where PyTorch has a function: in `torch`, as a method of Tensor, or in a namespace. */
export type Place = 'torch' | 'Tensor' | 'nn.functional' | 'nn.init' | 'linalg' | 'special' | 'autograd'

/** What is known of a public function. */
export interface Declaration {
  readonly name: string
  /** One for each way to call it. */
  readonly signatures: readonly Signature[]
  readonly places: readonly Place[]
  readonly call: (...args: never) => unknown
}

/** One way to call a function. */
export interface Way<Text extends string, Result> {
  (...args: Calls<Items<Text>>): Result
  /** @internal */
  readonly signature: Signature
}

/** A public function. */
export interface Op<Text extends string, Result> {
  (...args: Calls<Items<Text>>): Result
  /** @internal */
  readonly declaration: Declaration
  /** @internal What a call does with a value of the right kind for each parameter. */
  readonly settled: (...values: Values<Items<Text>>) => Result
}

/** Functions of one name, told apart by their arguments. */
export type Overloads<Ways extends readonly unknown[]> = Both<Ways> & { readonly overloads: Ways }

type Both<Ops extends readonly unknown[]> = Ops extends readonly [infer First, ...infer Others]
  ? First & Both<Others>
  : unknown

type BothMethods<Ways> = Ways extends readonly [Way<infer Text, infer Result>, ...infer Others]
  ? ((...args: Calls<WithoutFirst<Items<Text>>>) => Result) & BothMethods<Others>
  : unknown

/**
 * The method of a public function, whose first parameter is `this`; one whose result depends on its arguments says it.
 */
export type Method<F> = F extends { readonly overloads: infer Ops }
  ? BothMethods<Ops>
  : F extends { readonly method: infer Said }
    ? Said
    : F extends Op<infer Text, infer Result>
      ? (...args: Calls<WithoutFirst<Items<Text>>>) => Result
      : never

type Body = (...values: unknown[]) => unknown

const declared = new Map<string, Declaration>()

/** All public functions by name, `Tensor.copy_` and `nn.init.uniform_` for those that are not in `torch`. */
export const declarations: ReadonlyMap<string, Declaration> = declared

/** Hands on a value for each parameter: to whoever traces calls, else to the body. */
export const handOn = (signature: Signature, body: Body, values: readonly unknown[]): unknown =>
  tracing.tracer === null ? body(...values) : tracing.tracer.call(signature, values, body)

/** The same of arguments that are read one by one. */
export const readAndHandOn = (signature: Signature, body: Body, args: ArrayLike<unknown>): unknown =>
  handOn(signature, body, signature.read(args) as readonly unknown[])

/** Values that a call without keywords hands on without a list. */
const MOST_PASSED = 9

/** A function that checks its arguments by a signature and hands their values on. */
function checked(signature: Signature, body: Body): Body {
  const { parameters } = signature
  const [r, s, t, u, v, w, x, y, z] = Array.from({ length: MOST_PASSED }, (_, i) => parameters[i]?.initial)
  const isLong = parameters.length > MOST_PASSED
  return function (a, b, c, d) {
    if (isLong || !signature.passes(arguments.length, a, b, c, d)) return readAndHandOn(signature, body, arguments)
    switch (arguments.length) {
      case 0:
        return body(r, s, t, u, v, w, x, y, z)
      case 1:
        return body(a, s, t, u, v, w, x, y, z)
      case 2:
        return body(a, b, t, u, v, w, x, y, z)
      case 3:
        return body(a, b, c, u, v, w, x, y, z)
      default:
        return body(a, b, c, d, v, w, x, y, z)
    }
  }
}

/** The same for `reshape(x, 2, 3)` and `zeros(2, 3)`, which take integers in any number behind at most one argument. */
function checkedVariadic(signature: Signature, body: Body): Body {
  const { name: op, parameters } = signature
  const at = parameters.findIndex(({ isVariadic }) => isVariadic)
  const { name } = parameters[at]
  const [w, x, y] = [1, 2, 3].map((i) => parameters[at + i]?.initial)
  const isPlain = (list: readonly unknown[]): boolean =>
    typeof list[list.length - 1] === 'number' || (list.length === 1 && isList(list[0]))
  if (at === 0) {
    return function (...list) {
      if (isPlain(list)) return body(integerArguments(list, op, name), w, x, y)
      return readAndHandOn(signature, body, list)
    }
  }
  const { passes } = parameters[0].kind
  return function (first, ...list) {
    if (passes(first) && isPlain(list)) return body(first, integerArguments(list, op, name), w, x, y)
    return readAndHandOn(signature, body, arguments)
  }
}

/** Gives a function its name and its declaration, lists it, and makes it a method where it is one. */
export function publish(
  call: Body,
  name: string,
  signatures: readonly Signature[],
  places: readonly Place[],
  settled?: Body
): Body {
  Object.defineProperty(call, 'name', { value: name })
  Object.defineProperty(call, 'length', { value: Math.max(...signatures.map(({ positions }) => positions)) })
  const declaration: Declaration = { name, signatures, places, call }
  Object.defineProperty(call, 'declaration', { value: declaration })
  Object.defineProperty(call, 'settled', { value: settled })
  declared.set(places.length === 0 || places.includes('torch') ? name : `${places[0]}.${name}`, declaration)
  if (places.includes('Tensor')) {
    installMethod(name, function (...args) {
      return call(this, ...args)
    })
  }
  return call
}

/** Gives Tensor a method, as its class would have it. */
export function installMethod(name: string | symbol, value: (this: Tensor, ...args: unknown[]) => unknown): void {
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true, enumerable: false })
}

/** Gives Tensor a property that is only read. */
export function installProperty<Value>(name: string, of: (x: Tensor) => Value): void {
  const get = explained(function () {
    return of(this as Tensor)
  })
  Object.defineProperty(Tensor.prototype, name, { get, configurable: true })
}

/** Where PyTorch has most functions. */
export const usualPlaces = (name: string): readonly Place[] => (name.endsWith('_') ? ['Tensor'] : ['torch', 'Tensor'])

/**
 * A public function: the text of its signature, what it does with settled values, and where PyTorch has it: as a
 * function and a method unless said otherwise, in place as a method.
 */
export function declare<const Text extends string, Result>(
  text: Text,
  body: (...values: Values<Items<Text>>) => Result,
  places?: readonly Place[]
): Op<Text, Result> {
  const signature = new Signature(text)
  const call = callOf(signature, body as Body)
  const where = places ?? usualPlaces(signature.name)
  return publish(call, signature.name, [signature], where, body as Body) as unknown as Op<Text, Result>
}

type Renamed<Text extends string, Name extends string> = Text extends `${string}(${infer Parameters}`
  ? `${Name}(${Parameters}`
  : never

/** A public function under another name, where PyTorch has it: where it has the function unless said otherwise. */
export function alias<const Name extends string, const Text extends string, Result>(
  name: Name,
  op: Op<Text, Result>,
  places = op.declaration.places
): Op<Renamed<Text, Name>, Result> {
  const { declaration, settled } = op
  const [{ text }] = declaration.signatures
  const signature = new Signature(`${name}${text.slice(text.indexOf('('))}`)
  const call = callOf(signature, settled as Body)
  return publish(call, name, [signature], places, settled as Body) as unknown as Op<Renamed<Text, Name>, Result>
}

/** The call of a function: it checks its arguments by a signature and hands their values on. */
export function callOf(signature: Signature, body: Body): Body {
  const variadic = signature.parameters.find((each) => each.isVariadic)
  if (variadic === undefined) return checked(signature, body)
  if (variadic.kindText === 'int...') return checkedVariadic(signature, body)
  return (...args) => readAndHandOn(signature, body, args)
}

/** One way to call a function that has several. */
export function way<const Text extends string, Result>(
  text: Text,
  body: (...values: Values<Items<Text>>) => Result
): Way<Text, Result> {
  const signature = new Signature(text)
  return Object.assign(callOf(signature, body as Body), { signature }) as unknown as Way<Text, Result>
}

function noSignature(signatures: readonly Signature[], args: ArrayLike<unknown>): TypeError {
  const got = Array.from(args, (each) => (each instanceof Tensor ? 'Tensor' : kindText(each)))
  const texts = signatures.map(({ text }) => `\n * ${text}`)
  return new TypeError(
    `${signatures[0].name}() received an invalid combination of arguments - got (${got.join(', ')}), ` +
      `but expected one of:${texts.join('')}`
  )
}

/**
 * A public function to be called in several ways: the first that the arguments fit; an error is that of the one that
 * they fit best.
 */
export function overload<Ways extends readonly { readonly signature: Signature }[]>(
  places: readonly Place[],
  ...ways: Ways
): Overloads<Ways> {
  const signatures = ways.map(({ signature }) => signature)
  const bodies = ways as unknown as readonly Body[]
  // Of `view(2, 3)` the last argument tells which way it is.
  const sizes = bodies.find((_, i) => signatures[i].parameters.some((each) => each.isVariadic))
  const settle = (args: ArrayLike<unknown>): unknown => {
    const scores = signatures.map((signature) => signature.match(args))
    const fits = scores.findIndex((score) => score >= 0)
    if (fits >= 0) return bodies[fits](...Array.from(args))
    const least = Math.min(...scores)
    const [best, ...others] = bodies.filter((_, i) => scores[i] === least)
    if (others.length > 0 && args.length > 0) throw noSignature(signatures, args)
    return best(...Array.from(args))
  }
  const call: Body = function (a, b, c, d) {
    const count = arguments.length
    if (sizes !== undefined && (typeof arguments[count - 1] === 'number' || (count === 2 && isList(b)))) {
      return count === 2 ? sizes(a, b) : count === 3 ? sizes(a, b, c) : sizes(...Array.from(arguments))
    }
    for (let i = 0; i < bodies.length; i++) {
      if (!signatures[i].passes(count, a, b, c, d)) continue
      const body = bodies[i]
      if (count === 0) return body()
      return count === 1 ? body(a) : count === 2 ? body(a, b) : count === 3 ? body(a, b, c) : body(a, b, c, d)
    }
    return settle(arguments)
  }
  return publish(call, signatures[0].name, signatures, places) as unknown as Overloads<Ways>
}
