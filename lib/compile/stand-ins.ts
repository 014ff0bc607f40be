// Arguments of a recorded run. A tensor of plain data is stood in for by another one over the same bytes, so that the recording tells
// what came in as an argument from what the step knows by another way: only the first is exchanged in a replay.

import type { Node } from '../autograd/node'
import { CompileError } from '../errors'
import { Storage } from '../storage'
import { Tensor } from '../tensor'

/** True for a tensor without any part in a graph: nobody misses the very object. */
function isData({ leafRequiresGrad, node, meta }: Tensor): boolean {
  if (leafRequiresGrad || node !== null) return false
  if (meta === null) return true
  return !meta.hasGrad && meta.hooks === null && meta.view !== null && !meta.view.base.requiresGrad
}

export class StandIns {
  /** What the step is given. */
  readonly tensors: readonly Tensor[]
  /** Storages that stand in for others. */
  readonly #originals = new Map<Storage, Storage>()
  readonly #nodes: readonly (Node | null)[]

  constructor(readonly originals: readonly Tensor[]) {
    this.#nodes = originals.map(({ node }) => node)
    const storages = new Map<Storage, Storage>()
    // Two arguments over one storage share its stand-in, or none has one.
    const kept = new Set(originals.flatMap((tensor) => (isData(tensor) ? [] : [tensor.storage])))
    this.tensors = originals.map((tensor) => {
      const { storage } = tensor
      if (kept.has(storage)) return tensor
      const other = storages.get(storage) ?? Storage.over(storage)
      other.lock = storage.lock
      storages.set(storage, other)
      this.#originals.set(other, storage)
      const { byteOffset, sizes: shape, steps: strides, code, numelCached, dense, cell } = tensor
      return new Tensor(other, byteOffset, shape, strides, code, numelCached, dense, cell)
    })
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
      return storage === undefined ? output : Object.assign(output, { storage })
    })
  }
}
