// Conditions on the arguments of a step, and on the mode that it runs in.

import { gradMode } from '../../autograd/mode'
import { defaults, dtypeNames } from '../../dtype'
import type { Storage } from '../../storage'
import type { Tensor } from '../../tensor'
import type { Slots } from '../replay/slots'
import { type Bind, type Guard, flagText } from './guard'
import { TensorType } from './tensor-type'

/** Grad mode. */
export class DefaultDtypeGuard implements Guard {
  readonly #code = defaults.float

  holds(): boolean {
    return defaults.float === this.#code
  }

  source(bind: Bind): string {
    return `${bind(defaults)}.float === ${this.#code}`
  }

  tell(): string {
    return `the default dtype is ${dtypeNames[defaults.float]}, it was ${dtypeNames[this.#code]}`
  }
}

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

/** An argument: its type, and where its bytes are in relation to those of others. */
export class ArgumentGuard implements Guard {
  readonly type: TensorType
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
    this.type = new TensorType(tensor)
  }

  holds(args: readonly Tensor[]): boolean {
    const tensor = args[this.number]
    if (tensor !== this.#last || !this.#isLike(tensor)) {
      if (!this.type.fits(tensor)) return false
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
    const { requiresGrad, shape, code } = this.type
    return (
      (tensor.leafRequiresGrad || tensor.node !== null || tensor.meta !== null ? tensor.requiresGrad : false) ===
        requiresGrad &&
      tensor.sizes === shape &&
      tensor.code === code
    )
  }

  tell(args: readonly Tensor[]): string {
    const tensor = args[this.number]
    return this.type.fits(tensor)
      ? `argument ${this.number} shares memory with other tensors in another way`
      : `argument ${this.number} is ${String(new TensorType(tensor))}, not ${String(this.type)}`
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

/**
 * Memory of arguments: none of it may be that of another slot, unless both are only read. Stands after their own
 * guards.
 */
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
