// What must be as it was when a step was recorded, so that its program may run in its place.

import { gradMode } from '../autograd/mode'
import { dtypeNames } from '../dtype'
import { type Shape, sameShape, shapeText } from '../shape'
import { type Storage, storageChanges } from '../storage'
import { Tensor } from '../tensor'
import type { Collection } from '../recording'
import { type Owner, haveSameEntries } from './recorder'
import type { Slots } from './slots'

/** A condition of a program. `holds` may note where it found things, for the replay that follows when all hold. */
export interface Guard {
  holds(args: readonly Tensor[]): boolean
  /** The condition as JavaScript over `args`, cheaper than a call; `bind` gives a value a name there. */
  source?(bind: (value: unknown) => string): string
  /** What the program needs, and what there is instead. */
  tell(args: readonly Tensor[]): string
}

type Bind = (value: unknown) => string

/** A flag in generated code, whatever a caller may have made of it. */
const flagText = (flag: boolean): string => ((flag as unknown) === true ? 'true' : 'false')

/**
 * One function for all conditions. As generated code it costs 2 ns for each; a loop over guards, whose owners are objects of all
 * shapes, 40. Where code must not be generated (node --disallow-code-generation-from-strings) it is that loop.
 */
export function conjunctionOf(guards: readonly Guard[]): (args: readonly Tensor[]) => boolean {
  const values: unknown[] = []
  const names = new Map<unknown, string>()
  const bind = (value: unknown): string => {
    let name = names.get(value)
    if (name === undefined) {
      name = `v${values.push(value) - 1}`
      names.set(value, name)
    }
    return name
  }
  const conditions = guards.map((guard) => guard.source?.(bind) ?? `${bind(guard)}.holds(args)`)
  const generated = `const [${values.map((_, i) => `v${i}`).join(', ')}] = values; return (args) => ${conditions.join(' && ')}`
  try {
    // Only names made here, `true` and `false`, and quoted keys enter the text.
    return (new Function('values', generated) as (values: unknown[]) => (args: readonly Tensor[]) => boolean)(values)
  } catch {
    return (args) => guards.every((guard) => guard.holds(args))
  }
}

/** The object that a property belongs to: itself, or an argument by number. */
export type OwnerPlace = Owner | number

export const ownerAt = (place: OwnerPlace, args: readonly Tensor[]): Owner =>
  typeof place === 'number' ? (args[place] as unknown as Owner) : place

/** Dtype, shape and strides of a tensor, and whether it needs a gradient: what a program is made for. */
export class Geometry {
  readonly shape: Shape
  readonly strides: Shape
  readonly code: number
  readonly requiresGrad: boolean
  readonly isLeaf: boolean

  constructor(tensor: Tensor) {
    this.shape = tensor.sizes
    this.strides = tensor.steps
    this.code = tensor.code
    this.requiresGrad = tensor.requiresGrad
    this.isLeaf = tensor.isLeaf
  }

  fits(tensor: Tensor): boolean {
    return (
      tensor.code === this.code &&
      (tensor.sizes === this.shape || sameShape(tensor.sizes, this.shape)) &&
      (tensor.steps === this.strides || sameShape(tensor.steps, this.strides)) &&
      tensor.requiresGrad === this.requiresGrad &&
      tensor.isLeaf === this.isLeaf
    )
  }

  toString(): string {
    const kind = this.requiresGrad ? (this.isLeaf ? ', a leaf that requires grad' : ', with a graph') : ''
    return `${dtypeNames[this.code]} ${shapeText(this.shape)} with strides ${shapeText(this.strides)}${kind}`
  }
}

/** Grad mode. */
export class GradModeGuard implements Guard {
  constructor(readonly enabled: boolean) {}

  holds(): boolean {
    return gradMode.enabled === this.enabled
  }

  source(bind: Bind): string {
    return `${bind(gradMode)}.enabled === ${flagText(this.enabled)}`
  }

  tell(): string {
    return `grad mode is ${this.enabled ? 'off' : 'on'}`
  }
}

/** An argument: its geometry, and where its bytes are in relation to those of others. */
export class ArgumentGuard implements Guard {
  readonly geometry: Geometry
  /** The tensor that fitted last. */
  #last: Tensor | null = null

  constructor(
    readonly number: number,
    tensor: Tensor,
    readonly slots: Slots,
    readonly slot: number,
    /** Bytes from the slot's start to the tensor's first element. */
    readonly offset: number,
    /** True for the argument that says where the slot is; others must lie as they did beside it. */
    readonly isAnchor: boolean
  ) {
    this.geometry = new Geometry(tensor)
  }

  holds(args: readonly Tensor[]): boolean {
    const tensor = args[this.number]
    if (tensor !== this.#last || !this.#isLike(tensor)) {
      if (!this.geometry.fits(tensor)) return false
      this.#last = tensor
    }
    const { slots, slot } = this
    if (slot < 0) return true
    const { storage } = tensor
    const start = tensor.byteOffset - this.offset
    if (!this.isAnchor) return slots.storages[slot] === storage && slots.offsets[slot] === start
    return slots.bind(slot, storage, start)
  }

  /** What may change in one tensor. */
  #isLike(tensor: Tensor): boolean {
    const { requiresGrad, shape, code } = this.geometry
    return (
      (tensor.leafRequiresGrad || tensor.node !== null || tensor.meta !== null ? tensor.requiresGrad : false) ===
        requiresGrad &&
      tensor.sizes === shape &&
      tensor.code === code
    )
  }

  tell(args: readonly Tensor[]): string {
    const tensor = args[this.number]
    return this.geometry.fits(tensor)
      ? `argument ${this.number} shares memory with other tensors in another way`
      : `argument ${this.number} is ${String(new Geometry(tensor))}, not ${String(this.geometry)}`
  }
}

/** Hooks of an argument that is a leaf: they ran while the step was recorded. */
export class HooksGuard implements Guard {
  readonly #hooks: unknown

  constructor(
    readonly number: number,
    tensor: Tensor
  ) {
    this.#hooks = hooksOf(tensor)
  }

  holds(args: readonly Tensor[]): boolean {
    return hooksOf(args[this.number]) === this.#hooks
  }

  tell(): string {
    return `argument ${this.number} has other hooks`
  }
}

const hooksOf = ({ meta }: Tensor): unknown => meta?.accumulator?.hooks ?? null

/** Memory of arguments: none of it may be that of another slot, unless both are only read. Stands after their own guards. */
export class SeparateGuard implements Guard {
  /** Storages that were found apart. */
  readonly #last: (Storage | null)[]

  constructor(
    readonly slots: Slots,
    /** Slots of arguments. */
    readonly watched: readonly number[]
  ) {
    this.#last = watched.map(() => null)
  }

  holds(): boolean {
    const { slots, watched } = this
    let isSame = true
    for (let i = 0; i < watched.length; i++) isSame &&= slots.storages[watched[i]] === this.#last[i]
    if (isSame) return true
    for (const slot of watched) if (slots.isTaken(slots.storages[slot], slot)) return false
    for (let i = 0; i < watched.length; i++) this.#last[i] = slots.storages[watched[i]]
    return true
  }

  tell(): string {
    return 'an argument shares memory with another tensor that the step uses'
  }
}

/** A property with a value that the program takes for granted: null, an option, one very object. */
export class ValueGuard implements Guard {
  readonly #isNoGrad: boolean

  constructor(
    readonly owner: OwnerPlace,
    readonly key: string,
    readonly value: unknown,
    /** What messages call the property. */
    readonly name: string | null = null
  ) {
    this.#isNoGrad = value === null && key === 'grad' && (typeof owner === 'number' || owner instanceof Tensor)
  }

  holds(args: readonly Tensor[]): boolean {
    const owner = ownerAt(this.owner, args)
    if (!this.#isNoGrad) return Object.is(owner[this.key], this.value)
    // A gradient need not be made only to see that it is there.
    const { meta } = owner as unknown as Tensor
    return meta === null || !meta.hasGrad
  }

  source(bind: Bind): string {
    const owner = typeof this.owner === 'number' ? `args[${this.owner}]` : bind(this.owner)
    if (this.#isNoGrad) return `(${owner}.meta === null || !${owner}.meta.hasGrad)`
    const [found, value] = [
      `${owner}[${typeof this.key === 'string' ? JSON.stringify(this.key) : bind(this.key)}]`,
      bind(this.value)
    ]
    return typeof this.value === 'number' ? `Object.is(${found}, ${value})` : `${found} === ${value}`
  }

  tell(args: readonly Tensor[]): string {
    const owner = ownerAt(this.owner, args)
    const [now, name] = [owner[this.key], this.name ?? `${nameOf(owner)}.${this.key}`]
    if (now === null || now === undefined) return `${name} is ${String(now)} now`
    if (this.value === null || this.value === undefined) return `${name} is not ${String(this.value)} any more`
    if (typeof now === 'object' && typeof this.value === 'object') return `${name} is another object`
    return `${name} is ${valueText(now)}, not ${valueText(this.value)}`
  }
}

/** True where an object has these keys in this order. */
function haveKeys(owner: Owner, keys: readonly string[]): boolean {
  const now = Object.keys(owner)
  if (now.length !== keys.length) return false
  for (let i = 0; i < now.length; i++) if (now[i] !== keys[i]) return false
  return true
}

/** Which keys an object has, in their order. */
export class KeysGuard implements Guard {
  constructor(
    readonly owner: Owner,
    readonly keys: readonly string[],
    readonly name: string
  ) {}

  holds(): boolean {
    return haveKeys(this.owner, this.keys)
  }

  source(bind: Bind): string {
    return `${bind(haveKeys)}(${bind(this.owner)}, ${bind(this.keys)})`
  }

  tell(): string {
    const now = Object.keys(this.owner)
    const added = now.find((key) => !this.keys.includes(key))
    const missing = this.keys.find((key) => !now.includes(key))
    if (added !== undefined) return `${this.name}.${added} was added`
    return missing === undefined
      ? `the fields of ${this.name} stand in another order`
      : `${this.name}.${missing} is gone`
  }
}

/** What is in a collection. */
export class EntriesGuard implements Guard {
  constructor(
    readonly collection: Collection,
    readonly entries: readonly unknown[],
    readonly name: string
  ) {}

  holds(): boolean {
    return haveSameEntries(this.collection, this.entries)
  }

  tell(): string {
    return `${this.name} holds other entries`
  }
}

/** A property whose tensor may be another, as long as it is like the recorded one and shares memory with no other. */
export class TensorGuard implements Guard {
  readonly geometry: Geometry
  /** The tensor that was found last. */
  tensor: Tensor
  #storage: Storage

  constructor(
    readonly owner: OwnerPlace,
    readonly key: string,
    tensor: Tensor,
    readonly slots: Slots,
    readonly slot: number,
    readonly name: string | null
  ) {
    this.geometry = new Geometry(tensor)
    this.tensor = tensor
    this.#storage = tensor.storage
  }

  holds(args: readonly Tensor[]): boolean {
    const tensor = ownerAt(this.owner, args)[this.key]
    if (tensor === this.tensor && this.tensor.storage === this.#storage) {
      return this.tensor.leafRequiresGrad === this.geometry.requiresGrad
    }
    if (!(tensor instanceof Tensor) || !this.geometry.fits(tensor)) return false
    if (this.slot >= 0) {
      const { byteOffset, byteLength } = tensor.storage
      const needed = this.slots.bytes[this.slot]
      if (tensor.byteOffset !== byteOffset || byteLength < needed || this.slots.isTaken(tensor.storage, this.slot))
        return false
      this.slots.bind(this.slot, tensor.storage, byteOffset)
    }
    this.tensor = tensor
    this.#storage = tensor.storage
    return true
  }

  tell(args: readonly Tensor[]): string {
    const owner = ownerAt(this.owner, args)
    return `${this.name ?? `${nameOf(owner)}.${this.key}`} is ${valueText(owner[this.key])}, not ${String(this.geometry)}`
  }
}

/** A parameter, or another tensor that must be the same and show the same bytes. */
export class FixedGuard implements Guard {
  readonly #storage: Storage
  readonly #requiresGrad: boolean

  constructor(readonly tensor: Tensor) {
    this.#storage = tensor.storage
    this.#requiresGrad = tensor.leafRequiresGrad
  }

  holds(): boolean {
    return this.tensor.storage === this.#storage && this.tensor.leafRequiresGrad === this.#requiresGrad
  }

  source(bind: Bind): string {
    const tensor = bind(this.tensor)
    return `${tensor}.storage === ${bind(this.#storage)} && ${tensor}.leafRequiresGrad === ${flagText(this.#requiresGrad)}`
  }

  tell(): string {
    return this.tensor.storage === this.#storage
      ? `requiresGrad of a tensor ${shapeText(this.tensor.sizes)} has changed`
      : `data of a tensor ${shapeText(this.tensor.sizes)} was assigned`
  }
}

/** Memory that the step met without a tensor to watch: none of it may have been exchanged. */
export class MemoryGuard implements Guard {
  #count = storageChanges.count
  readonly #changes: readonly number[]

  constructor(readonly storages: readonly Storage[]) {
    this.#changes = storages.map(({ changes }) => changes)
  }

  holds(): boolean {
    if (storageChanges.count === this.#count) return true
    if (this.storages.some(({ changes }, i) => changes !== this.#changes[i])) return false
    this.#count = storageChanges.count
    return true
  }

  tell(): string {
    return 'a tensor that the step uses was given other data, or its requiresGrad was set'
  }
}

/** What messages call the owner of a property. */
export function nameOf(owner: Owner): string {
  return owner instanceof Tensor
    ? `a tensor ${shapeText(owner.sizes)}`
    : ((owner.constructor as { name?: string } | undefined)?.name ?? 'object')
}

function valueText(value: unknown): string {
  if (value instanceof Tensor) return String(new Geometry(value))
  if (typeof value === 'object' && value !== null) return `${value.constructor.name} (another object)`
  return String(value)
}
