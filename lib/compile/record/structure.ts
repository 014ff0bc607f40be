// Arguments and results of a compiled function: tensors within arrays and plain objects, taken apart and put together
// again.

import { CompileError } from '../../errors'
import { isGenerator, isThenable } from '../../kinds'
import { Tensor } from '../../tensor'

/** Where the tensors of a value were, and everything else as it was. */
export type Structure =
  | { readonly kind: 'tensor'; readonly number: number }
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'array'; readonly items: readonly Structure[] }
  | { readonly kind: 'object'; readonly keys: readonly (string | symbol)[]; readonly items: readonly Structure[] }

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Deeper than anyone nests, and far from the end of the stack. */
const DEEPEST = 1000

type Role = 'argument' | 'result'

/** Collects the tensors of `value` in `tensors`, each once. */
export function takeApart(value: unknown, tensors: Tensor[], role: Role, depth = 0): Structure {
  if (value instanceof Tensor) {
    const known = tensors.indexOf(value)
    return { kind: 'tensor', number: known >= 0 ? known : tensors.push(value) - 1 }
  }
  if (depth > DEEPEST) throw new TypeError(`compile: a value holds itself, or is nested more than ${DEEPEST} deep`)
  if (Array.isArray(value)) return { kind: 'array', items: itemsOf(value, tensors, role, depth + 1) }
  refuseUnfinished(value, role)
  if (typeof value !== 'object' || value === null || !isPlain(value)) return { kind: 'constant', value }
  const keys = Reflect.ownKeys(value)
  const items = keys.map((key) => takeApart((value as Record<string | symbol, unknown>)[key], tensors, role, depth + 1))
  return { kind: 'object', keys, items }
}

/** Refuses what has no values yet. */
export function refuseUnfinished(value: unknown, role: Role): void {
  if (isThenable(value)) {
    // Nobody else will hear of its end.
    Promise.resolve(value).catch(() => undefined)
    throw role === 'argument'
      ? new TypeError('compile: an argument is a Promise; await it before the call')
      : new CompileError(
          'compile: the function returns a Promise, which cannot be captured; await before the call and compile the ' +
            'synchronous part'
        )
  }
  if (isGenerator(value)) {
    throw role === 'argument'
      ? new TypeError('compile: an argument is a generator; pass an array of its values')
      : new CompileError(
          'compile: the function returns a generator, whose body has not run yet; return an array of its values'
        )
  }
}

/** A hole would be passed over by some and be undefined to others, and there may be billions of them. */
function itemsOf(list: readonly unknown[], tensors: Tensor[], role: Role, depth: number): Structure[] {
  const items: Structure[] = []
  for (let i = 0; i < list.length; i++) {
    if (!(i in list)) throw new TypeError(`compile: an array of length ${list.length} has no element ${i}`)
    items.push(takeApart(list[i], tensors, role, depth))
  }
  return items
}

/** The value with other tensors. */
export function putTogether(structure: Structure, tensors: readonly Tensor[]): unknown {
  switch (structure.kind) {
    case 'tensor':
      return tensors[structure.number]
    case 'constant':
      return structure.value
    case 'array':
      return structure.items.map((item) => putTogether(item, tensors))
    case 'object':
      return Object.fromEntries(structure.keys.map((key, i) => [key, putTogether(structure.items[i], tensors)]))
  }
}

/** True when two values have tensors at the same places and otherwise the same constants. */
export function sameStructure(a: Structure, b: Structure): boolean {
  if (a.kind === 'tensor') return b.kind === 'tensor' && a.number === b.number
  if (a.kind === 'constant') return b.kind === 'constant' && Object.is(a.value, b.value)
  if (a.kind === 'array') return b.kind === 'array' && sameItems(a.items, b.items)
  return (
    b.kind === 'object' &&
    a.keys.length === b.keys.length &&
    a.keys.every((key, i) => key === b.keys[i]) &&
    sameItems(a.items, b.items)
  )
}

const sameItems = (a: readonly Structure[], b: readonly Structure[]): boolean =>
  a.length === b.length && a.every((item, i) => sameStructure(item, b[i]))

/** Throws on results that a replay could not make anew. */
export function checkResult(structure: Structure): void {
  if (structure.kind === 'array' || structure.kind === 'object') structure.items.forEach(checkResult)
  if (structure.kind !== 'constant' || typeof structure.value !== 'object' || structure.value === null) return
  const name = (structure.value.constructor as { name?: string } | undefined)?.name ?? 'object'
  throw new CompileError(
    `compile: the function returns an object of class ${name}, which a replay cannot make; return tensors, or arrays and plain objects of them`
  )
}
