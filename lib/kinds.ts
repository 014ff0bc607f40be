// Kinds of arguments: checks of what callers pass, and copies of their lists, so that a list that changes later changes
// no tensor.

import { strangerText } from './identity'
import { STORAGE_OVERFLOW, numelOf } from './shape'

/** What kind of value it is, for messages: the class of an object or a function. */
export function kindText(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'function') return isClass(value) ? `class ${nameOf(value)}` : 'function'
  return typeof value === 'object' ? (classOf(value) ?? 'object') : typeof value
}

/** True for what is called with `new`. */
function isClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
}

const nameOf = (value: unknown): string => String(peek(value, 'name'))

/** A property of any value, undefined where reading it throws: a proxy or a getter may. */
function peek(value: unknown, key: string | symbol): unknown {
  try {
    return (value as Record<string | symbol, unknown>)[key]
  } catch {
    return undefined
  }
}

/** The class of an object, as far as it says one. */
function classOf(value: object): string | null {
  const stranger = strangerText(value)
  if (stranger !== null) return stranger
  const name = peek(peek(value, 'constructor'), 'name')
  return typeof name !== 'string' || name === '' || name === 'Object' ? null : name
}

/** Longer strings are none that somebody meant. */
const LONGEST_STRING = 40

/** A value for messages: a number or a string as it is, else its kind. */
export function valueText(value: unknown): string {
  if (typeof value === 'string' && value.length <= LONGEST_STRING) return `'${value}'`
  return typeof value === 'number' ? String(value) : typeof value === 'bigint' ? `${value}n` : kindText(value)
}

// ---- what to do with what is of another kind ----

/** The end of a sentence about a value of the wrong kind: the way from what it is to what is wanted. */
export type Advice = (value: unknown) => string

export const isCallable = (value: unknown, key: string | symbol): boolean => typeof peek(value, key) === 'function'

interface AsynchronousRefused {
  readonly 'the function must not be async, nor a generator': never
}

type Later<Result> = Extract<Result, PromiseLike<unknown> | Generator | AsyncGenerator>

/** A function that returns `Result`, which must have run to its end by then. */
export type Synchronous<Result, F> = F & (Later<Result> extends never ? unknown : AsynchronousRefused)

/** True for promises, of any realm, and for whatever else is awaited. */
export const isThenable = (value: unknown): boolean =>
  value !== null && (typeof value === 'object' || typeof value === 'function') && isCallable(value, 'then')

/** True for what a generator function returns, and an asynchronous one, whose body has not run yet. */
export const isGenerator = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ['next', 'return', 'throw'].every((key) => isCallable(value, key))

/** Throws what `message` says where a function that must run to its end here returned a promise. */
export function checkSynchronous(result: unknown, message: () => string): void {
  if (!isThenable(result)) return
  // The error tells; the promise that nobody awaits shall not end the process as well.
  Promise.resolve(result).catch(() => undefined)
  throw new TypeError(message())
}

/** Throws where a function that runs within something, such as a mode, goes on after it has returned. */
export function checkOver(name: string, within: string, result: unknown): void {
  checkSynchronous(
    result,
    () =>
      `${name}: the function returns a Promise, but the ${within} ends when it returns; ` +
      'await first and wrap the synchronous part'
  )
  if (!isGenerator(result)) return
  throw new TypeError(
    `${name}: the function is a generator, whose body runs when the ${within} has ended; call ${name} inside it`
  )
}

/** For values that are one step away from any kind: a promise, a class, a function. */
export const usualAdvice: Advice = (value) => {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return ''
  if (isCallable(value, 'then')) return '; await it'
  if (isClass(value)) return `; use new ${nameOf(value)}(...)`
  return typeof value === 'function' ? '; call it and pass its result' : ''
}

/** Where a Tensor is wanted. */
export const tensorAdvice: Advice = (value) => {
  if (typeof value === 'number' || typeof value === 'boolean') return `; use tensor(${value})`
  return typeof value === 'bigint' ? `; use tensor(${value}n)` : operandAdvice(value)
}

/** Where a Tensor or a number is wanted. */
export const operandAdvice: Advice = (value) => {
  if (isList(value) || ArrayBuffer.isView(value)) return '; use tensor([...])'
  return isCallable(value, 'forward') ? '; pass what its forward() gives' : usualAdvice(value)
}

/** Array.isArray, which throws for a revoked proxy. */
export function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

/** True for what for-of goes through; strings are no lists. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && isCallable(value, Symbol.iterator)
}

/** True for a proxy that answers nothing any more: whatever looks at it throws. */
export function isRevoked(value: object): boolean {
  try {
    Object.getPrototypeOf(value)
    return false
  } catch {
    return true
  }
}

/** Where a number is wanted. */
export const numberAdvice: Advice = (value) => (isCallable(value, 'item') ? '; use item()' : usualAdvice(value))

/** Where a list is wanted. */
export const listAdvice: Advice = (value) =>
  typeof value === 'number' ? `; pass an array: [${value}]` : usualAdvice(value)

const DEVICE = /^(cuda|gpu|hip|hpu|ipu|meta|mps|mtia|npu|tpu|vulkan|webgpu|xla|xpu)(:\d+)?$/

/** Where a device is wanted. */
export const deviceAdvice: Advice = (value) =>
  typeof value === 'string' && DEVICE.test(value) ? '; dyngrad computes on the CPU only' : usualAdvice(value)

export const noDevice = (op: string): TypeError =>
  new TypeError(`${op}(): dyngrad computes on the CPU only; leave the call out`)

const dtypes: Readonly<Record<string, string>> = {
  float: 'float32',
  f32: 'float32',
  double: 'float64',
  f64: 'float64',
  number: 'float64',
  int: 'int32',
  i32: 'int32',
  long: 'int64',
  i64: 'int64',
  bigint: 'int64',
  byte: 'uint8',
  u8: 'uint8',
  boolean: 'bool'
}

/** Where a dtype is wanted. */
export function dtypeAdvice(value: unknown): string {
  if (typeof value !== 'string') return usualAdvice(value)
  const name = value.replace(/^torch\./, '').toLowerCase()
  const dtype = Object.hasOwn(dtypes, name) ? dtypes[name] : Object.values(dtypes).find((each) => each === name)
  return dtype === undefined ? deviceAdvice(value) : `; use '${dtype}'`
}

/** The error for an argument of the wrong kind. */
export const wrongKind = (op: string, name: string, what: string, value: unknown, advise = usualAdvice): TypeError =>
  new TypeError(`${op}: ${name} must be ${what}, got ${valueText(value)}${advise(value)}`)

/** Throws a TypeError unless a flag is a boolean. */
export function checkFlag(value: unknown, op: string, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') {
    throw new TypeError(`${op}(): argument '${name}' must be bool, not ${kindText(value)}`)
  }
}

/** Throws when a call has more arguments than the function takes. */
export function checkArity(op: string, given: number, most: number): void {
  if (given > most) throw surplus(op, given, most)
}

// Errors are made apart: V8 inlines so many bytecodes into a call and no more, thrown or not (an add of 4: 85 ns, or
// 55).
const surplus = (op: string, given: number, most: number): TypeError =>
  new TypeError(`${op}() takes ${countText(most, 'positional argument')} but ${givenText(given)}`)

/** `1 argument`, `2 arguments`. */
export const countText = (count: number, what: string, several = `${what}s`): string =>
  `${count} ${count === 1 ? what : several}`

/** `1 was given`, `2 were given`. */
export const givenText = (count: number): string => `${count} ${count === 1 ? 'was' : 'were'} given`

/** Throws a TypeError unless an argument is an integer. */
export function checkInteger(value: unknown, op: string, name: string): asserts value is number {
  if (!Number.isInteger(value)) throw wrongKind(op, name, 'an integer', value, numberAdvice)
}

/** Throws a TypeError unless an argument is a number. */
export function checkNumber(value: unknown, op: string, name: string): asserts value is number {
  if (typeof value !== 'number') throw wrongKind(op, name, 'a number', value, numberAdvice)
}

/** Throws a TypeError unless an argument is a function. */
export function checkFunction(value: unknown, op: string, name: string): void {
  if (typeof value !== 'function') throw wrongKind(op, name, 'a function', value)
}

/** A copy of a caller's list of integers; throws on anything else. */
export function integerList(list: unknown, op: string, name: string): number[] {
  if (!isList(list)) throw wrongKind(op, name, 'an array', list, listAdvice)
  return integersInto([], list, op, name)
}

/**
 * The integers of a call, given as `(2, 3)` or as `([2, 3])`, in a list of their own; the rest list of the call serves
 * as that.
 */
export const integerArguments = (args: unknown[], op: string, name = 'size'): number[] =>
  args.length === 1 && typeof args[0] === 'object'
    ? integerList(args[0], op, name)
    : integersInto(args as number[], args, op, name)

/** More than a caller lists; a proxy may say that it has any number, or another one at each read. */
const MOST_INTEGERS = 2 ** 24

function integersInto(target: number[], list: readonly unknown[], op: string, name: string): number[] {
  const { length } = list
  if (length > MOST_INTEGERS)
    throw new RangeError(`${op}: ${name} holds ${length} integers, more than ${MOST_INTEGERS}`)
  for (let i = 0; i < length; i++) {
    const value = list[i]
    if (!Number.isSafeInteger(value)) throw notInteger([...target.slice(0, i), value], op, name)
    target[i] = (value as number) + 0 // -0 is 0
  }
  return target
}

/** What is wrong with the last of `values`. */
function notInteger(values: readonly unknown[], op: string, name: string): Error {
  const last = values[values.length - 1]
  return Number.isInteger(last)
    ? new RangeError(`Overflow when unpacking long long; ${op}: ${name} holds ${String(last)}`)
    : new TypeError(`${op}: ${name} must be integers, got [${values.map(valueText).join(', ')}]`)
}

/** A copy of a caller's shape; throws unless every size is a non-negative integer. */
export function shapeOf(sizes: unknown, op: string): number[] {
  const shape = integerList(sizes, op, 'size')
  numelOf(shape, STORAGE_OVERFLOW)
  return shape
}
