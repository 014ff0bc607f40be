// What is behind the methods of a module: functions, since a private method cannot be called through a Proxy.

import { INTERNALS } from '../identity'
import { moduleHooks } from '../recording'
import { typeName } from './describe'
import { modules } from './door'
import type { AnyModule } from './module'

export type NamedMember<Value> = [name: string, value: Value]

const joined = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** A field by its name; JSON makes fields named `__proto__`. */
export const fieldOf = (module: object, name: string): unknown =>
  name === '__proto__' && !Object.hasOwn(module, name) ? undefined : (module as Record<string, unknown>)[name]

/** Sets a field by its name, `__proto__` like any other. */
export function setField(object: object, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
  else (object as Record<string, unknown>)[name] = value
}

/** Throws where a field cannot be registered under a name. */
export function checkName(module: AnyModule, kind: string, name: string, replaces: boolean): void {
  // A field that is declared without a value exists too.
  const field = fieldOf(module, name)
  if (!replaces && field !== undefined && field !== null) throw new RangeError(`attribute '${name}' already exists`)
  const got = kind === 'module' ? `, got: ${name}` : ''
  if (name.includes('.')) throw new RangeError(`${kind} name can't contain "."${got}`)
  if (name === '') throw new RangeError(`${kind} name can't be empty string ""`)
}

/** What a module and, if `recurse`, those below it own, with dotted names. */
export function membersOf<Value extends object>(
  root: AnyModule,
  own: (module: AnyModule) => NamedMember<Value>[],
  prefix: string,
  recurse: boolean,
  removeDuplicate: boolean
): NamedMember<Value>[] {
  const modules: NamedMember<AnyModule>[] = recurse ? treeOf(root, prefix, removeDuplicate) : [[prefix, root]]
  const members = modules.flatMap(([path, module]) =>
    own(module).map(([name, value]): NamedMember<Value> => [joined(path, name), value])
  )
  return removeDuplicate ? firstOfEach(members) : members
}

/** A module and all below it with their dotted names. */
export function treeOf(root: AnyModule, prefix: string, removeDuplicate: boolean): NamedMember<AnyModule>[] {
  // A method that is called on something else.
  if (!modules.isModule(root)) throw new TypeError(`${typeName(root)} is not a Module subclass`)
  const found: NamedMember<AnyModule>[] = []
  const seen = new Set<AnyModule>()
  const visit = (module: AnyModule, path: string): void => {
    if (removeDuplicate && seen.has(module)) return
    seen.add(module)
    found.push([path, module])
    for (const [name, child] of module.ownModules()) visit(child, joined(path, name))
  }
  visit(root, prefix)
  return found
}

/** Adds a hook; returns a function that removes it. */
export function addHook<Hook>(module: AnyModule, hooks: Hook[], hook: Hook): () => void {
  const internals = module[INTERNALS]
  hooks.push(hook)
  moduleHooks.changes++
  return () => {
    const at = hooks.indexOf(hook)
    if (at >= 0) hooks.splice(at, 1)
    moduleHooks.changes++
    const all = internals.hooks
    if (all === null || all.before.length + all.after.length > 0) return
    internals.hooks = null
    all.release()
  }
}

/** Each value under its first name. */
export function firstOfEach<Value>(members: NamedMember<Value>[]): NamedMember<Value>[] {
  const seen = new Set<Value>()
  return members.filter(([, value]) => !seen.has(value) && seen.add(value))
}
