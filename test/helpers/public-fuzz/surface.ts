// What there is to call: everything that the package exports, found by reflection.
import * as dyngrad from '../../../lib'
import { type Signature, declarations } from '../../../lib/declare'
import { members } from '../../../lib/signature'
import { internalMembers } from './internals'

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- arguments of any kind are the point
export type AnyFunction = (...args: any[]) => unknown
export type AnyClass = abstract new (...args: never[]) => object

/** Something to call; the name is what a report says. */
export interface Target {
  readonly name: string
  readonly how: 'call' | 'construct' | 'method' | 'get' | 'set'
  /** Of methods and accessors: the class of the receiver. */
  readonly owner?: AnyClass
  /** Of constructors: the class. */
  readonly makes?: AnyClass
  readonly run: (self: unknown, args: readonly unknown[]) => unknown
  /** Number of arguments that are declared without a default. */
  readonly arity: number
  /** The parameters of each way to call it, where it has a signature. */
  readonly signatures: readonly Parameters[]
}

type Parameters = Signature['parameters']

/**
 * The signatures of a function, or of a constructor or method by its name: `new nn.Linear`, `Tensor.sum`,
 * `nn.NLLLoss.forward`.
 */
function signaturesOf(name: string, fn: unknown): readonly Parameters[] {
  const { declaration } = fn as { declaration?: { signatures: readonly Signature[] } }
  if (declaration !== undefined) return declaration.signatures.map(({ parameters }) => parameters)
  const [owner, method] = name.replace(/^new /, '').split('.').slice(-2)
  const op = owner === 'Tensor' ? declarations.get(method) : undefined
  if (op !== undefined) return op.signatures.map(({ parameters }) => parameters.slice(1))
  const forward = owner.endsWith('Loss') ? 'Loss.forward' : 'Layer.forward'
  const member =
    method === 'forward' ? members.get(forward) : (members.get(`${owner}.${method}`) ?? members.get(method ?? owner))
  return member === undefined ? [] : [member.parameters]
}

const isClass = (value: AnyFunction): boolean => /^class\b/.test(Function.prototype.toString.call(value))

const textOf = (key: string | symbol): string => (typeof key === 'symbol' ? `[${key.description}]` : key)

function callable(name: string, fn: AnyFunction, owner?: AnyClass): Target {
  return {
    name,
    how: owner === undefined ? 'call' : 'method',
    owner,
    run: (self, args) => Reflect.apply(fn, self, args),
    arity: fn.length,
    signatures: signaturesOf(name, fn)
  }
}

/** What refuses every call, so that a fuzz would only wait for the first that is accepted. */
const refusals = new Set(['Tensor.length', 'Tensor.cuda', 'nn.Module.cuda'])

/** The methods and accessors of an object, which stand for those of all instances when it is a prototype. */
export function membersOf(name: string, object: object, owner?: AnyClass): Target[] {
  return Reflect.ownKeys(object).flatMap((key): Target[] => {
    const full = `${name}.${textOf(key)}`
    const { value, get, set } = Object.getOwnPropertyDescriptor(object, key)!
    // A method of users may have the name of an internal field, such as `parameters`.
    const isListed = typeof value === 'function' && signaturesOf(full, value).length > 0
    if (
      key === 'constructor' ||
      key === 'prototype' ||
      refusals.has(full) ||
      (internalMembers.has(textOf(key)) && !isListed)
    )
      return []
    if (typeof value === 'function')
      return isClass(value as AnyFunction) ? [] : [callable(full, value as AnyFunction, owner)]
    return [
      ...(get === undefined ? [] : [{ ...callable(full, get, owner), how: 'get' as const }]),
      ...(set === undefined ? [] : [{ ...callable(full, set, owner), how: 'set' as const }])
    ]
  })
}

function classTargets(name: string, type: AnyClass): Target[] {
  const construct: Target = {
    name: `new ${name}`,
    how: 'construct',
    makes: type,
    run: (_, args) => Reflect.construct(type, args) as object,
    arity: type.length,
    signatures: signaturesOf(`new ${name}`, type)
  }
  // A tensor is made by the library only.
  const own = (type as unknown) === dyngrad.Tensor ? [] : [construct]
  return [...own, ...membersOf(name, type.prototype as object, type), ...membersOf(`${name}:`, type)]
}

/** Everything in a namespace and those below it. */
export function surfaceOf(namespace: object, prefix = ''): Target[] {
  return Object.entries(namespace).flatMap(([key, value]: [string, unknown]): Target[] => {
    const name = prefix + key
    if (typeof value === 'function') {
      return isClass(value as AnyFunction)
        ? classTargets(name, value as unknown as AnyClass)
        : [callable(name, value as AnyFunction)]
    }
    return typeof value === 'object' && value !== null ? surfaceOf(value, `${name}.`) : []
  })
}

/** Fields of modules, of optimizers and of plain objects are the user's to set. */
function settable(object: object): Target[] {
  const isOpen = object instanceof dyngrad.nn.Module || object instanceof dyngrad.optim.Optimizer
  if (!isOpen && Object.getPrototypeOf(object) !== Object.prototype) return []
  return Object.keys(object).map((key) => ({
    name: `${label(object)}.${key} =`,
    how: 'set',
    run: (self, [value]) => Reflect.set(self as object, key, value),
    arity: 1,
    signatures: []
  }))
}

/** True for the prototypes of the language, such as those of iterators. */
const isBuiltIn = ({ constructor }: object): boolean =>
  typeof constructor !== 'function' || Function.prototype.toString.call(constructor).endsWith('{ [native code] }')

/** What an object is called in a report. */
export const label = (object: object): string =>
  typeof object === 'function' ? `function ${(object as AnyFunction).name}` : object.constructor?.name || 'an object'

/**
 * What can be done with an object: its members and those that it inherits, its fields, and itself when it is a
 * function.
 */
export function membersOfObject(object: object): Target[] {
  const targets = settable(object)
  if (typeof object === 'function') targets.push(callable(label(object), object as AnyFunction))
  for (let level: object | null = object; level !== null; level = Object.getPrototypeOf(level) as object | null) {
    if (level !== object && isBuiltIn(level)) break
    targets.push(...membersOf(label(object), level))
  }
  return targets
}
