// Storages of a file of torch.save, and the tensors that show parts of them.

import { type Tensor, zeros } from '../../index'
import { swapBytes, tensorFromBytes } from '../elements'
import { isShape, shown } from '../ranges'
import { widenUnsigned } from '../unsigned'
import { type Elements, elements, refused } from './elements'

/** Where the bytes of storages come from. */
export interface StorageFile {
  /** What stands before a sentence about the file. */
  readonly name: string
  /** True where the bytes of each element are reversed. */
  readonly swapped: boolean
  /** The bytes of a storage, as many as it has. */
  readonly bytesOf: (key: string, byteLength: number) => Uint8Array
}

/** Where a tensor lies in its storage: sizes, strides and offset in elements. */
export interface Geometry {
  readonly size: readonly number[]
  readonly stride: readonly number[]
  readonly offset: number
}

/** A storage; its bytes are read when the first tensor shows them. */
export class FileStorage {
  #shown: { readonly dtype: string; readonly tensor: Tensor } | null = null

  constructor(
    readonly file: StorageFile,
    readonly key: string,
    /** PyTorch's name of its dtype; null for bytes that tensors may see as any dtype. */
    readonly dtype: string | null,
    readonly numel: number
  ) {}

  #fail(what: string): Error {
    return new RangeError(`${this.file.name} ${what}`)
  }

  /** A tensor that shows part of the storage, which all tensors of the file share that show parts of it. */
  tensor(geometry: Geometry, dtype = this.dtype ?? 'uint8'): Tensor {
    const { size, stride, offset } = geometry
    const form = this.#elementsOf(dtype)
    const length = this.dtype === null ? Math.floor(this.numel / form.itemSize) : this.numel
    const reach = reachOf(geometry)
    if (!isShape(size) || reach > length) {
      throw this.#fail(
        `is damaged: a tensor of sizes [${size.join(', ')}], strides [${stride.join(', ')}] and storage offset ` +
          `${offset} is out of bounds for storage '${shown(this.key)}' of ${length} elements`
      )
    }
    if (reach === 0) return zeros([...size], { dtype: form.dtype })
    // Neither a view nor a part of a graph, as PyTorch's own are none.
    return this.#all(dtype, form, length).asStrided(size, stride, offset).detach()
  }

  #elementsOf(dtype: string): Elements {
    const form = elements.get(dtype)
    if (form !== undefined) return form
    throw this.#fail(`holds a tensor of ${dtype}, which is no dtype here; in Python, ${refused.get(dtype)}`)
  }

  /** All elements of the storage in a row. */
  #all(dtype: string, { dtype: taken, itemSize, unsigned }: Elements, length: number): Tensor {
    if (this.#shown !== null) {
      if (this.#shown.dtype === dtype) return this.#shown.tensor
      throw this.#fail(
        `has tensors of ${this.#shown.dtype} and of ${dtype} in storage '${shown(this.key)}'; save copies`
      )
    }
    const { file } = this
    const bytes = file.bytesOf(this.key, this.dtype === null ? this.numel : length * itemSize)
    if (file.swapped) swapBytes(bytes, itemSize)
    const wide = unsigned ? widenUnsigned(bytes, itemSize, (what) => this.#fail(what)) : bytes
    const tensor = tensorFromBytes(wide, taken, [length], file.name)
    this.#shown = { dtype, tensor }
    return tensor
  }
}

/** Elements that a storage must have; 0 where there is nothing to show. */
function reachOf({ size, stride, offset }: Geometry): number {
  if (size.includes(0)) return 0
  return size.reduce((reach, count, i) => reach + (count - 1) * stride[i], offset + 1)
}
