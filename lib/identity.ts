// What objects of the library carry so that comparisons, clones, proxies and other copies of the library take them for
// what they are. Knows the objects by name only.

import { types } from 'node:util'

/** Where an object says which class of the library it is of; every copy of the library knows it. */
export const CLASS_MARK = Symbol.for('dyngrad.class')

/**
 * The enumerable property that the structured clone algorithm stumbles over: a clone would be a dead object. What it
 * cannot clone it quotes, and of a symbol that is the description.
 */
export const UNCLONEABLE = 'dyngrad'

/** The value of that property; what is longer than 120 characters V8 of Node 22 shows without its middle. */
export const uncloneable = (className: string, advice: string): symbol => Symbol(`${className}; ${advice}`)

/**
 * Where objects keep what is none of their fields: not enumerable, and reached through a Proxy, which #private is not.
 */
export const INTERNALS: unique symbol = Symbol('internals')

/** Lets an object that no constructor has made say so, where what it keeps is asked for: a prototype, for one. */
export function refuseUnmade(constructor: { readonly name: string; readonly prototype: object }): void {
  const get = (): never => {
    throw new TypeError(`${constructor.name}: the constructor of this object has not run; make it with new`)
  }
  Object.defineProperty(constructor.prototype, INTERNALS, { get })
}

interface OwnClass {
  readonly prototype: object
  readonly isOwn: (value: object) => boolean
}

const ownClasses = new Map<string, OwnClass>()

/** Marks the objects of a class; `isOwn` tells them from proxies of them. A bundler may have renamed the class. */
export function markClass(
  name: string,
  constructor: { readonly prototype: object },
  isOwn: (value: object) => boolean
): void {
  const { prototype } = constructor
  Object.defineProperty(constructor, 'name', { value: name, configurable: true })
  Object.defineProperty(prototype, CLASS_MARK, { value: name })
  ownClasses.set(name, { prototype, isOwn })
}

/** The class that an object says it is of; a revoked proxy says nothing. */
function markOf(value: object): unknown {
  try {
    return (value as Record<symbol, unknown>)[CLASS_MARK]
  } catch {
    return undefined
  }
}

/** What a value is that looks like an object of the library and is none of this copy; null for all else. */
export function strangerText(value: object): string | null {
  const name = markOf(value)
  const own = typeof name === 'string' ? ownClasses.get(name) : undefined
  if (own === undefined || own.isOwn(value)) return null
  const kind = name as string
  if (types.isProxy(value)) return `a Proxy of a ${kind} (hand over the ${kind} itself: Vue has toRaw() and markRaw())`
  return value === own.prototype || Object.prototype.isPrototypeOf.call(own.prototype, value)
    ? `an object with the prototype of a ${kind}, which no constructor has made`
    : `a ${kind} of another copy of dyngrad (let all packages share one: npm ls dyngrad)`
}

type Member = (this: object, ...args: unknown[]) => unknown

/** A member of a class with private fields that says what is wrong where `this` is none of its. */
export function explained(member: Member): Member {
  const guard: Member = function (...args) {
    try {
      return member.apply(this, args)
    } catch (error) {
      const stranger = typeof this === 'object' && this !== null ? strangerText(this) : null
      throw stranger === null ? error : new TypeError(`this is ${stranger}`)
    }
  }
  Object.defineProperty(guard, 'name', { value: member.name })
  return Object.defineProperty(guard, 'length', { value: member.length })
}

/**
 * Lets the members of a class with private fields say what is wrong where `this` is a Proxy, in place of "Cannot read
 * private member". Those of `internal` names stay as they are.
 */
export function explainProxies(prototype: object, internal: ReadonlySet<string>): void {
  for (const key of Reflect.ownKeys(prototype)) {
    if (key === 'constructor' || internal.has(key as string)) continue
    const { get, set, value, ...rest } = Object.getOwnPropertyDescriptor(prototype, key)!
    const descriptor =
      typeof value === 'function'
        ? { value: explained(value as Member), writable: true }
        : { get: get && explained(get), set: set && explained(set) }
    if (typeof value === 'function' || get !== undefined)
      Object.defineProperty(prototype, key, { ...rest, ...descriptor })
  }
}
