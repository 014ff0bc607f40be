// Tensors by their geometry: over all of a storage, or over elements of another one.

import { itemSizes } from '../dtype'
import { type Shape, MAX_RANK, contiguousStrides, numelOf, reachOf, shapeText } from '../shape'
import type { Storage } from '../storage'
import { Tensor } from '../tensor'

/** A tensor over all of a storage, row-major. */
export function denseTensor(storage: Storage, shape: Shape, code: number, numel = numelOf(shape)): Tensor {
  return new Tensor(storage, storage.byteOffset, shape, contiguousStrides(shape), code, numel, true, storage)
}

/**
 * A tensor over the same elements with another geometry; `offset` in elements from the first one. No autograd. Throws
 * where that leaves the storage.
 */
export function aliasTensor(of: Tensor, shape: Shape, strides: Shape, offset: number): Tensor {
  const { storage, code } = of
  const itemSize = itemSizes[code]
  // What numelOf(), reachOf() and isContiguous() say, in one pass: a view of few dims takes 65 ns instead of 90.
  let isPlain = shape.length <= MAX_RANK
  let count = 1
  let reach = 1
  let dense = true
  let fits = true
  for (let d = shape.length - 1; d >= 0; d--) {
    const size = shape[d]
    const stride = strides[d]
    isPlain &&= size >>> 0 === size
    fits &&= stride >= 0
    if (size !== 1 && stride !== count) dense = false
    count *= size
    reach += (size - 1) * stride
  }
  // Sizes that are unusual, or wrong; nothing lies at an offset where there is no element, be it behind the end of the
  // storage.
  if (!isPlain || count === 0 || count > Number.MAX_SAFE_INTEGER) {
    if (numelOf(shape) === 0) [reach, dense, offset] = [0, true, 0]
  }
  const byteOffset = of.byteOffset + offset * itemSize
  fits &&= byteOffset >= storage.byteOffset && byteOffset + reach * itemSize <= storage.byteOffset + storage.byteLength
  if (!fits) throw outOfStorage(of, shape, strides, offset)
  return new Tensor(storage, byteOffset, shape, strides, code, count, dense, of.cell)
}

function outOfStorage(of: Tensor, shape: Shape, strides: Shape, offset: number): RangeError {
  const start = of.storageOffset() + offset
  const itemSize = of.elementSize()
  const needed = (start + reachOf(shape, strides)) * itemSize
  return new RangeError(
    `setStorage: sizes ${shapeText(shape)}, strides ${shapeText(strides)}, storage offset ${start}, and itemsize ${itemSize} ` +
      `requiring a storage size of ${needed} are out of bounds for storage of size ${of.storage.byteLength}`
  )
}
