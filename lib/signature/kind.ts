// Kinds of arguments: which values each takes, and what is said of others.

import { dtypeNames } from '../dtype'
import {
  type Advice,
  deviceAdvice,
  dtypeAdvice,
  checkFlag,
  checkFunction,
  checkInteger,
  checkNumber,
  integerList,
  isList,
  numberAdvice,
  usualAdvice,
  valueText,
  wrongKind
} from '../kinds'

/** A kind of argument. */
export interface Kind {
  /** What its values are, for messages about one of several kinds: 'a number'. */
  readonly what: string
  /** True for values of this kind. */
  readonly accepts: (value: unknown) => boolean
  /** The value as the function takes it: checked, and a copy where a caller could change it. */
  readonly read: (value: unknown, op: string, name: string) => unknown
  /** True for values that `read` gives back as they are. */
  readonly passes: (value: unknown) => boolean
  /** True where plain objects are values. */
  readonly takesRecords?: boolean
  /** What to do with values of other kinds, where it is one of several. */
  readonly advise?: Advice
}

const kinds = new Map<string, Kind>()

/** Registers a kind by the name that it has in signatures. */
export function defineKind(name: string, kind: Kind): void {
  kinds.set(name, kind)
}

type Check = (value: unknown, op: string, name: string) => void

/** A kind whose values go in as they are. */
function checking(what: string, accepts: (value: unknown) => boolean, check: Check): Kind {
  const read: Kind['read'] = (value, op, argument) => {
    check(value, op, argument)
    return value
  }
  return { what, accepts, read, passes: accepts }
}

/** Registers a kind whose values go in as they are. */
export function defineCheck(
  name: string,
  what: string,
  accepts: (value: unknown) => boolean,
  check: Check,
  takesRecords = false
): void {
  defineKind(name, { ...checking(what, accepts, check), takesRecords })
}

/** A check of what is no `what`. */
export const refusing =
  (accepts: (value: unknown) => boolean, what: string, advise?: Advice) =>
  (value: unknown, op: string, name: string): void => {
    if (!accepts(value)) throw wrongKind(op, name, what, value, advise)
  }

const isScalar = (value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
const isString = (value: unknown): boolean => typeof value === 'string'
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

defineCheck(
  'any',
  'anything',
  () => true,
  () => undefined,
  true
)
defineCheck('bool', 'a boolean', (value) => typeof value === 'boolean', checkFlag)
defineKind('float', {
  ...checking('a number', (value) => typeof value === 'number', checkNumber),
  advise: numberAdvice
})
defineCheck('function', 'a function', (value) => typeof value === 'function', checkFunction)
defineKind('int', { ...checking('an integer', Number.isInteger, checkInteger), advise: numberAdvice })
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 1
defineCheck('count', 'a positive integer', isCount, (value, op, name) => {
  if (isCount(value)) return
  if (typeof value !== 'number') throw wrongKind(op, name, 'a positive integer', value, numberAdvice)
  throw new RangeError(`${op}: ${name} must be a positive integer, got ${value}`)
})
defineKind('int[]', { what: 'an array of integers', accepts: isList, read: integerList, passes: () => false })
const isDtype = (value: unknown): boolean => (dtypeNames as readonly unknown[]).includes(value)
defineKind('dtype', {
  ...checking(`a dtype (${dtypeNames.join(', ')})`, isDtype, (value) => {
    if (isDtype(value)) return
    const names = dtypeNames.join(', ')
    throw new TypeError(`dtype must be one of ${names}, got ${valueText(value)}${dtypeAdvice(value)}`)
  }),
  advise: dtypeAdvice
})

const isDevice = (value: unknown): boolean => value === 'cpu' || value === 'cpu:0'
defineKind('device', {
  ...checking("'cpu'", isDevice, refusing(isDevice, "'cpu'", deviceAdvice)),
  advise: deviceAdvice
})
defineCheck('object', 'an object', isObject, refusing(isObject, 'an object'), true)
defineKind('scalar', {
  ...checking('a number', isScalar, refusing(isScalar, 'a number', numberAdvice)),
  advise: numberAdvice
})
defineCheck('str', 'a string', isString, refusing(isString, 'a string'))

/** The place of a parameter of PyTorch's that is not supported: it may be what it is when it is not given. */
export function defineLiteral(literal: null | boolean | number): void {
  const accepts = (value: unknown): boolean => value === literal
  defineCheck(String(literal), String(literal), accepts, (value, op, name) => {
    if (value === literal) return
    throw new TypeError(`${op}: ${name} is not supported; it may only be ${literal}, got ${valueText(value)}`)
  })
}
;[null, false, true].forEach(defineLiteral)

/** A kind of a few words; `refusal` is what is said of others. Returns its check. */
export function defineWords(
  kind: string,
  words: readonly string[],
  refusal: (word: string) => string
): (value: unknown, op: string, name: string) => void {
  const what = words.map((word) => `'${word}'`).join(' or ')
  const accepts = (value: unknown): boolean => words.includes(value as string)
  const check = (value: unknown, op: string, name: string): void => {
    if (accepts(value)) return
    if (typeof value === 'string') throw new RangeError(refusal(value))
    throw wrongKind(op, name, what, value)
  }
  defineCheck(kind, what, accepts, check)
  return check
}

type Test = (value: unknown) => boolean

/** A test of several, without a loop: most kinds are one or two. */
function either([first, ...others]: readonly Test[]): Test {
  if (others.length === 0) return first
  const rest = either(others)
  return (value) => first(value) || rest(value)
}

function union(parts: readonly Kind[]): Kind {
  const values = parts.filter(({ what }) => what !== 'null')
  const what = values.map((part) => part.what).join(' or ')
  const advise: Advice = (value) =>
    values.map((part) => part.advise?.(value) ?? '').find((text) => text !== '') ?? usualAdvice(value)
  return {
    what,
    accepts: either(parts.map((part) => part.accepts)),
    read: (value, op, name) => {
      const fitting = parts.find((part) => part.accepts(value)) ?? (values.length === 1 ? values[0] : undefined)
      if (fitting !== undefined) return fitting.read(value, op, name)
      throw wrongKind(op, name, what, value, advise)
    },
    passes: either(parts.map((part) => part.passes)),
    advise,
    takesRecords: parts.some((part) => part.takesRecords === true)
  }
}

/** The kind of a text: a name, `'Tensor?'` for one that may be null, or `'int|int[]'` for one of several. */
export function kindOf(text: string): Kind {
  const known = kinds.get(text)
  if (known !== undefined) return known
  const parts = text.split('|').flatMap((part) => (part.endsWith('?') ? [part.slice(0, -1), 'null'] : [part]))
  if (parts.length === 1) throw new Error(`internal: there is no kind of argument '${text}'`)
  const kind = union(parts.map(kindOf))
  kinds.set(text, kind)
  return kind
}
