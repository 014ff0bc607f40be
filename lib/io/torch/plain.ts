// What a pickle holds as JavaScript's own values.

import { Dict, Global, Tuple } from '../pickle/values'
import { FileStorage } from './storage'

/** Deeper than anything that people save; what walks over values recurses. */
const DEEPEST = 500

/** Tuples and lists as arrays, dicts as objects or Maps, dtypes by name; what stands in several places stays one. */
export function plainOf(value: unknown, fail: (what: string) => Error): unknown {
  const known = new Map<unknown, unknown>()
  return visit(value, 0)

  function visit(each: unknown, depth: number): unknown {
    if (typeof each !== 'object' || each === null) return each
    if (known.has(each)) return known.get(each)
    if (depth > DEEPEST) throw fail(`is nested more than ${DEEPEST} deep`)
    if (Array.isArray(each)) return filled(each as unknown[], each, depth)
    if (each instanceof Tuple) return filled(each.items, each, depth)
    if (each instanceof Dict) return dict(each, depth)
    if (each instanceof Set) {
      const set = new Set<unknown>()
      known.set(each, set)
      for (const item of each) set.add(visit(item, depth + 1))
      return set
    }
    if (each instanceof FileStorage) throw fail('holds a storage; in Python, save a tensor of it')
    if (!(each instanceof Global)) return each
    if (typeof each.value === 'string') return each.value
    throw fail(`holds ${each.path} itself, which is no value here`)
  }

  function filled(items: unknown[], origin: object, depth: number): unknown[] {
    known.set(origin, items)
    for (let i = 0; i < items.length; i++) items[i] = visit(items[i], depth + 1)
    return items
  }

  function dict(origin: Dict, depth: number): unknown {
    const items = [...origin.entries]
    const names = items.map(([key]) => key)
    // An int and a string may have one name.
    if (!names.every(isName) || new Set(names.map(String)).size < names.length) {
      const map = new Map<unknown, unknown>()
      known.set(origin, map)
      for (const [key, item] of items) map.set(visit(key, depth + 1), visit(item, depth + 1))
      return map
    }
    const record: Record<string, unknown> = {}
    known.set(origin, record)
    for (const [key, item] of items) setOwn(record, String(key), visit(item, depth + 1))
    return record
  }
}

const isName = (key: unknown): boolean => typeof key === 'string' || Number.isSafeInteger(key)

/** Sets a field, also one that is called `__proto__`. */
function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') record[key] = value
  else Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
}
