// Conditions on properties: fields of modules, options, state, and what is in collections.

import type { Collection } from '../../recording'
import { shapeText } from '../../shape'
import type { Storage } from '../../storage'
import { Tensor } from '../../tensor'
import { type Owner, haveSameEntries } from '../record/recorder'
import type { Slots } from '../replay/slots'
import { type Bind, type Guard, type OwnerPlace, ownerAt } from './guard'
import { TensorType } from './tensor-type'

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
const haveKeys = (owner: Owner, keys: readonly string[]): boolean => haveSameEntries(Object.keys(owner), keys)

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
  readonly type: TensorType
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
    this.type = new TensorType(tensor)
    this.tensor = tensor
    this.#storage = tensor.storage
  }

  holds(args: readonly Tensor[]): boolean {
    const tensor = ownerAt(this.owner, args)[this.key]
    if (tensor === this.tensor && this.tensor.storage === this.#storage) {
      return this.tensor.leafRequiresGrad === this.type.requiresGrad
    }
    if (!(tensor instanceof Tensor) || !this.type.fits(tensor)) return false
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
    return `${this.name ?? `${nameOf(owner)}.${this.key}`} is ${valueText(owner[this.key])}, not ${String(this.type)}`
  }
}

/** What messages call the owner of a property. */
export function nameOf(owner: Owner): string {
  return owner instanceof Tensor
    ? `a tensor ${shapeText(owner.sizes)}`
    : ((owner.constructor as { name?: string } | undefined)?.name ?? 'object')
}

function valueText(value: unknown): string {
  if (value instanceof Tensor) return String(new TensorType(value))
  if (typeof value === 'object' && value !== null) return `${value.constructor.name} (another object)`
  return String(value)
}
