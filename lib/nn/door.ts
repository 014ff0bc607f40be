// The door of modules: every call of a forward passes it. Hooks run there, and a capture hears what the module has in
// its fields.

import { UNCLONEABLE } from '../identity'
import { checkSynchronous, isList, kindText } from '../kinds'
import { type Recorder, recording } from '../recording'
import { isKeywords } from '../signature'
import { Tensor } from '../tensor'
import type { AnyModule } from './module'

type Forward = (this: unknown, ...inputs: unknown[]) => unknown

/** Sees a module's inputs; returns replacements as an array, or the only one, or nothing. */
export type ForwardPreHook = (module: AnyModule, inputs: readonly unknown[]) => unknown

/** Sees a module's inputs and output; returns a replacement of the output or nothing. */
export type ForwardHook<Output = Tensor> = (
  module: AnyModule,
  inputs: readonly unknown[],
  output: Output
) => Output | null | void

/** A hook of a module whose output is not known here. */
type AnyForwardHook = (module: AnyModule, inputs: readonly unknown[], output: never) => unknown

/** The forward hooks of one module, in the order of registration. */
export interface Hooks {
  readonly before: ForwardPreHook[]
  readonly after: AnyForwardHook[]
  /** True while the forward runs: `super.forward()`, or what a spy hands on to, is part of it. */
  isInside: boolean
  /** Lets assignments to the module's forward be what they are. */
  release(): void
}

/** What the door knows of modules; set by Module, whose hooks are private. */
export const modules: { isModule(value: unknown): value is AnyModule; hooksOf(value: unknown): Hooks | null } = {
  isModule: (_value: unknown): _value is AnyModule => false,
  hooksOf: () => null
}

/** Forwards that pass the door, and what they call behind it. */
const doors = new WeakMap<Forward, Forward>()

/** A forward as its class or user wrote it. */
export const bodyOf = (forward: unknown): unknown => doors.get(forward as Forward) ?? forward

function named(door: Forward, body: Forward): Forward {
  Object.defineProperty(door, 'name', { value: body.name, configurable: true })
  Object.defineProperty(door, 'length', { value: body.length, configurable: true })
  doors.set(door, body)
  return door
}

/** The forward of a class, called through the door. */
function classDoor(body: Forward): Forward {
  return named(function (this: unknown, ...inputs) {
    // Without hooks and capture a call pays 5 ns.
    const output =
      recording.recorder === null && modules.hooksOf(this) === null
        ? body.apply(this, inputs)
        : enter(this as AnyModule, body, this, inputs)
    if (!(output instanceof Tensor)) checkForward(this, output)
    return output
  }, body)
}

/**
 * A forward that is a module's own field, called through the door. What stands in the function, such as a spy's notes,
 * shows through.
 */
function ownDoor(module: AnyModule, body: Forward): Forward {
  const door = named(function (this: unknown, ...inputs) {
    const output = enter(module, body, this, inputs)
    if (!(output instanceof Tensor)) checkForward(module, output)
    return output
  }, body)
  Object.setPrototypeOf(door, body)
  return door
}

function checkForward(module: unknown, output: unknown): void {
  checkSynchronous(
    output,
    () =>
      `${kindText(module)}: forward returns a Promise, but a forward is synchronous; await what it needs before the call`
  )
}

function checkHook(where: string, result: unknown): void {
  checkSynchronous(
    result,
    () => `${where}: the hook returns a Promise, but the forward does not wait for it; hooks are synchronous`
  )
}

function enter(module: AnyModule, body: Forward, self: unknown, inputs: readonly unknown[]): unknown {
  const { recorder } = recording
  if (recorder !== null && modules.isModule(module)) announceTo(recorder, module, false)
  const hooks = modules.hooksOf(module)
  if (hooks === null || hooks.isInside) return body.apply(self, inputs as unknown[])
  for (const hook of [...hooks.before]) {
    const replaced = hook(module, inputs)
    checkHook('registerForwardPreHook', replaced)
    if (replaced !== undefined && replaced !== null) inputs = isList(replaced) ? replaced : [replaced]
  }
  let output: unknown
  hooks.isInside = true
  try {
    output = body.apply(self, inputs as unknown[])
  } finally {
    hooks.isInside = false
  }
  for (const hook of [...hooks.after]) {
    const replaced = hook(module, inputs, output as never)
    checkHook('registerForwardHook', replaced)
    output = replaced ?? output
  }
  return output
}

// ---- where forwards are ----

const prototypeOf = (object: object): object => Object.getPrototypeOf(object) as object

/** Puts the door before the forward of each class that `module` is of. */
function passClasses(module: AnyModule, root: object): void {
  for (let each = prototypeOf(module); each !== root; each = prototypeOf(each)) {
    const own = Object.getOwnPropertyDescriptor(each, 'forward')
    if (own === undefined || typeof own.value !== 'function' || doors.has(own.value as Forward)) continue
    if (own.configurable) Object.defineProperty(each, 'forward', { ...own, value: classDoor(own.value as Forward) })
  }
}

/** Puts the door before a forward that is a field of the module's own: one of its class, assigned later, or a spy. */
function passOwn(module: AnyModule): void {
  const own = Object.getOwnPropertyDescriptor(module, 'forward')
  if (own === undefined || typeof own.value !== 'function' || doors.has(own.value as Forward)) return
  if (own.configurable)
    Object.defineProperty(module, 'forward', { ...own, value: ownDoor(module, own.value as Forward) })
}

/** Modules that live. What is assigned to their fields is not seen, so that a capture looks at them when it begins. */
let living: WeakRef<AnyModule>[] = []
let mostLiving = 64

/** Lets the calls of a new module pass the door; `root` is Module's own prototype. */
export function enrol(module: AnyModule, root: object): void {
  passClasses(module, root)
  if (living.length >= mostLiving) {
    living = living.filter((each) => each.deref() !== undefined)
    mostLiving = Math.max(64, 2 * living.length)
  }
  living.push(new WeakRef(module))
}

/** Looks at the forwards of all modules: of classes that were changed, and of their own. */
export function passAll(root: object): void {
  for (const each of living) {
    const module = each.deref()
    if (module === undefined) continue
    passClasses(module, root)
    passOwn(module)
  }
}

/** Hooks of a module, and assignments to its forward that pass the door as long as there are some. */
export function newHooks(module: AnyModule): Hooks {
  passOwn(module)
  const own = Object.getOwnPropertyDescriptor(module, 'forward')
  let field = own?.value as Forward | undefined
  const get = (): Forward => field ?? ((Object.getPrototypeOf(module) as AnyModule).forward as Forward)
  const set = (value: unknown): void => {
    field =
      typeof value !== 'function' || doors.has(value as Forward)
        ? (value as Forward)
        : ownDoor(module, value as Forward)
  }
  Object.defineProperty(module, 'forward', { get, set, configurable: true, enumerable: own?.enumerable ?? false })
  const release = (): void => {
    // Somebody may have put a spy there meanwhile.
    if (Object.getOwnPropertyDescriptor(module, 'forward')?.get !== get) return
    if (field === undefined) Reflect.deleteProperty(module, 'forward')
    else {
      const enumerable = own?.enumerable ?? true
      const value = doors.get(field) ?? field
      Object.defineProperty(module, 'forward', { value, writable: true, configurable: true, enumerable })
    }
  }
  return { before: [], after: [], isInside: false, release }
}

// ---- what a capture hears ----

/**
 * Classes whose forward reads fields by name and no others: what is added to a module of them is not looked for at each
 * replay.
 */
const closed = new WeakSet<object>()

/** Says that the forward of a class reads no field but those that its constructor sets. Subclasses may. */
export function closeClass(constructor: object): void {
  closed.add(constructor)
}

/** Tells a capture of all fields of a module, which the caller walks through. */
export function announce(module: AnyModule): void {
  if (recording.recorder !== null) announceTo(recording.recorder, module, true)
}

function announceTo(recorder: Recorder, module: AnyModule, isWalked: boolean): void {
  const name = module.constructor.name
  passOwn(module)
  if (isWalked || !closed.has(module.constructor)) recorder.keys(module, name)
  if (recorder.meets(module)) announceFields(recorder, module, name)
}

function announceFields(recorder: Recorder, owner: object, name: string): void {
  for (const key of Object.keys(owner)) {
    // What a getter gives is not kept there, and the mode is announced where it is read.
    if (key === UNCLONEABLE || !('value' in Object.getOwnPropertyDescriptor(owner, key)!)) continue
    const field = Array.isArray(owner) ? `${name}[${key}]` : `${name}.${key}`
    recorder.field(owner, key, field)
    announceValue(recorder, (owner as Record<string, unknown>)[key], field)
  }
}

/** More keys, such as those of a vocabulary, are one condition. */
const FEW_KEYS = 16

/** Submodules, and what stands in lists, plain objects, Maps and Sets. */
function announceValue(recorder: Recorder, value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null) return
  if (modules.isModule(value)) announceTo(recorder, value, false)
  else if (value instanceof Map || value instanceof Set) {
    if (!recorder.meets(value)) return
    recorder.entries(value, name)
    for (const [key, each] of value.entries()) {
      announceValue(recorder, key, name)
      announceValue(recorder, each, name)
    }
  } else if (Array.isArray(value)) {
    if (!recorder.meets(value)) return
    // A long list of numbers or names is one condition.
    if (!value.some((each) => typeof each === 'object')) return recorder.entries(value, name)
    recorder.field(value, 'length', `${name}.length`)
    announceFields(recorder, value, name)
  } else if (isKeywords(value) && recorder.meets(value)) {
    const values = Object.values(value)
    if (values.length > FEW_KEYS && !values.some((each) => typeof each === 'object'))
      return recorder.entries(value, name)
    recorder.keys(value, name)
    announceFields(recorder, value, name)
  }
}
