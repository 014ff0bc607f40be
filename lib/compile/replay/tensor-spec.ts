// Tensors of a recorded run without their memory: what a replay makes them from.

import type { Node } from '../../autograd/node'
import type { Shape } from '../../shape'
import { type Storage, allocateOwn, bufferOf, bytesOf } from '../../storage'
import { type PendingGradient, Tensor } from '../../tensor'

/** Everything of a tensor but its bytes. */
export class TensorSpec {
  readonly shape: Shape
  readonly strides: Shape
  readonly code: number
  readonly #numel: number
  readonly #dense: boolean
  readonly #requiresGrad: boolean
  /** Of a graph that was used up inside the step; a live one is replaced by the caller. */
  readonly #node: Node | null
  readonly #outputIndex: number

  constructor(tensor: Tensor) {
    this.shape = tensor.sizes
    this.strides = tensor.steps
    this.code = tensor.code
    this.#numel = tensor.numelCached
    this.#dense = tensor.dense
    this.#requiresGrad = tensor.leafRequiresGrad
    this.#node = tensor.node
    this.#outputIndex = tensor.outputIndex
  }

  /** The tensor over other bytes. */
  at(storage: Storage, byteOffset: number): Tensor {
    const tensor = new Tensor(
      storage,
      byteOffset,
      this.shape,
      this.strides,
      this.code,
      this.#numel,
      this.#dense,
      storage
    )
    tensor.leafRequiresGrad = this.#requiresGrad
    tensor.node = this.#node
    tensor.outputIndex = this.#outputIndex
    return tensor
  }
}

/** What a tensor of the recorded run is in a replay. */
export type Place =
  | { readonly kind: 'argument'; readonly number: number }
  | { readonly kind: 'made'; readonly number: number }
  | { readonly kind: 'same'; readonly tensor: Tensor }

/** What a replayed tensor is a view of, and whether the view was made under noGrad. */
export interface Base {
  readonly place: Place
  readonly isUntracked: boolean
}

/** A tensor in a slot. */
export interface SlotTensor {
  /** Set where autograd is to know the base. */
  readonly base: Base | null
  readonly spec: TensorSpec
  readonly slot: number
  /** Bytes from the slot's start to the first element. */
  readonly offset: number
}

/** A program as the owner of gradients. */
export interface GradientMemory {
  readonly kept: Storage
}

/** A gradient that stays in its program's memory until it is read or the next replay overwrites it. */
export class KeptGradient implements PendingGradient {
  // Private, since a tensor leads here, and the memory is a program with its buffers.
  readonly #memory: GradientMemory

  constructor(
    memory: GradientMemory,
    readonly spec: TensorSpec,
    /** Bytes from the kept memory's start to the gradient's storage, and of that. */
    readonly start: number,
    readonly bytes: number,
    /** Bytes from there to the first element. */
    readonly offset: number
  ) {
    this.#memory = memory
  }

  materialise(): Tensor {
    const { kept } = this.#memory
    const copy = allocateOwn(this.bytes)
    bytesOf(copy).set(new Uint8Array(bufferOf(kept), kept.byteOffset + this.start, this.bytes))
    return this.spec.at(copy, copy.byteOffset + this.offset)
  }
}
