// Kinds of arguments: checks of what callers pass, and copies of their lists, so that a list that changes later changes
// no tensor.

import { STORAGE_OVERFLOW, numelOf } from './shape'

/** What kind of value it is, for messages. */
export function kindText(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? classText(value) : typeof value
}

/** The class of an object, as far as it says one: a proxy or a getter may throw. */
function classText(value: object): string {
  try {
    const { name } = value.constructor
    return name === '' || name === 'Object' || typeof name !== 'string' ? 'object' : name
  } catch {
    return 'object'
  }
}

/** A value for messages: a number as it is, else its kind. */
export const valueText = (value: unknown): string =>
  typeof value === 'number' ? String(value) : typeof value === 'bigint' ? `${value}n` : kindText(value)

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
export const countText = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** `1 was given`, `2 were given`. */
export const givenText = (count: number): string => `${count} ${count === 1 ? 'was' : 'were'} given`

/** Throws a TypeError unless an argument is an integer. */
export function checkInteger(value: unknown, op: string, name: string): asserts value is number {
  if (!Number.isInteger(value)) throw new TypeError(`${op}: ${name} must be an integer, got ${valueText(value)}`)
}

/** Throws a TypeError unless an argument is a number. */
export function checkNumber(value: unknown, op: string, name: string): asserts value is number {
  if (typeof value !== 'number') throw new TypeError(`${op}: ${name} must be a number, got ${valueText(value)}`)
}

/** Throws a TypeError unless an argument is a function. */
export function checkFunction(value: unknown, op: string, name: string): void {
  if (typeof value !== 'function') throw new TypeError(`${op}: ${name} must be a function, got ${kindText(value)}`)
}

/** A copy of a caller's list of integers; throws on anything else. */
export function integerList(list: unknown, op: string, name: string): number[] {
  if (!Array.isArray(list)) throw new TypeError(`${op}: ${name} must be an array, got ${valueText(list)}`)
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
