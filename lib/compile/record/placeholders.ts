// Arguments of a recorded run. A tensor of plain data is stood in for by another one over the same bytes, so that the
// recording tells what came in as an argument from what the step knows by another way: only the first is exchanged in a
// replay. A tensor with a part in a graph is given itself, and only its storage is stood in for while the run is
// recorded.

import type { Node } from '../../autograd/node'
import { CompileError } from '../../errors'
import { ownBytes } from '../../lock'
import { Storage } from '../../storage'
import { Tensor } from '../../tensor'

/** True for a tensor without any part in a graph: nobody misses the very object. */
function isData({ leafRequiresGrad, node, meta }: Tensor): boolean {
  if (leafRequiresGrad || node !== null) return false
  if (meta === null) return true
  return !meta.hasGrad && meta.hooks === null && meta.view !== null && !meta.view.base.requiresGrad
}

export class Placeholders {
  /** What the step is given. */
  readonly tensors: readonly Tensor[]
  /** Storages that stand in for others. */
  readonly #originals = new Map<Storage, Storage>()
  readonly #nodes: readonly (Node | null)[]
  /** What the storages of tensors that are given themselves have been. */
  readonly #lent = new Map<Tensor, Storage>()

  constructor(readonly originals: readonly Tensor[]) {
    this.#nodes = originals.map(({ node }) => node)
    const storages = new Map<Storage, Storage>()
    const given = new Set(originals.flatMap((tensor) => (isData(tensor) ? [] : [tensor.storage])))
    const before = originals.map(({ storage }) => storage)
    this.tensors = originals.map((tensor, i) => {
      const storage = before[i]
      // Bytes that a running step reads stay its own, whatever is written through the placeholder.
      ownBytes(storage)
      // Two arguments over one storage share its placeholder.
      const other = storages.get(storage) ?? Storage.over(storage)
      other.lock = storage.lock
      storages.set(storage, other)
      this.#originals.set(other, storage)
      if (given.has(storage)) {
        this.#lent.set(tensor, storage)
        tensor.storage = other
        return tensor
      }
      const { byteOffset, sizes: shape, steps: strides, code, numelCached, dense, cell } = tensor
      return new Tensor(other, byteOffset, shape, strides, code, numelCached, dense, cell)
    })
  }

  /** Gives tensors that the step was given themselves their storages back. */
  restore(): void {
    for (const [tensor, storage] of this.#lent) tensor.storage = storage
  }

  /** Storages of arguments, each with the one that stands in for it. */
  get pairs(): Iterable<readonly [placeholder: Storage, original: Storage]> {
    return this.#originals
  }

  /** Throws where the step gave an argument a history: a replay writes its elements alone. */
  checkHistory(): void {
    this.tensors.forEach((tensor, i) => {
      if (tensor.node === this.#nodes[i]) return
      throw new CompileError(
        `compile: argument ${i} is written in place with a result that requires grad, which a replay does not repeat; return the result`
      )
    })
  }

  /** The tensors as the caller is to see them: arguments themselves, and views of their storages. */
  originalsOf(outputs: readonly Tensor[]): Tensor[] {
    return outputs.map((output) => {
      const number = this.tensors.indexOf(output)
      if (number >= 0) return this.originals[number]
      const storage = this.#originals.get(output.storage)
      if (storage !== undefined) output.storage = storage
      return output
    })
  }
}
