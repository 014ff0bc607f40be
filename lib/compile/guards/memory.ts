// Conditions on memory from outside of a step.

import { shapeText } from '../../shape'
import { type Storage, storageChanges } from '../../storage'
import type { Tensor } from '../../tensor'
import { type Bind, type Guard, flagText } from './guard'

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
