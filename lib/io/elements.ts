// Elements as bytes, in the machine's order (little-endian), and tensors of them.

import { type DType, type Tensor, fromTransferable } from '../index'
import { dtypeCode, itemSizes, typedArray } from '../dtype'
import { type Shape, numelOf } from '../shape'

/** Bytes of one element. */
export const itemSizeOf = (dtype: DType): number => itemSizes[dtypeCode(dtype)]

/** Bytes of a dense tensor. */
export const byteLengthOf = (dtype: DType, shape: Shape): number => numelOf(shape) * itemSizeOf(dtype)

/** Memory of its own, not filled: what is written there whole can become a tensor without a copy. */
export const newBytes = (byteLength: number): Uint8Array =>
  new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer as ArrayBuffer)

/**
 * The tensor of row-major elements. Takes over bytes that are all of their buffer, which are empty afterwards; else
 * copies them, so that a small tensor does not keep a large buffer. `name` stands before what is wrong with them.
 */
export function tensorFromBytes(bytes: Uint8Array, dtype: DType, shape: Shape, name: string): Tensor {
  const { byteLength } = bytes
  if (byteLength !== byteLengthOf(dtype, shape))
    throw new RangeError(`${name}: ${byteLength} bytes are no ${dtype} tensor of shape [${shape.join(', ')}]`)
  if (dtype === 'bool') checkBools(bytes, name)
  const itemSize = itemSizeOf(dtype)
  const { buffer, byteOffset } = bytes.byteOffset % itemSize === 0 ? bytes : new Uint8Array(bytes)
  const data = typedArray(dtypeCode(dtype), buffer as ArrayBuffer, byteOffset, byteLength / itemSize)
  return fromTransferable({ dtype, shape: [...shape], data, requiresGrad: false, isParameter: false })
}

function checkBools(bytes: Uint8Array, name: string): void {
  const wrong = bytes.find((byte) => byte > 1)
  if (wrong !== undefined) throw new RangeError(`${name}: a byte of bool is ${wrong}; bools are 0 and 1`)
}

/** Larger tensors go to a file in pieces of this size, so that no second copy of them is in memory. */
const PIECE_BYTES = 4 * 1024 * 1024

/** Copies of the row-major bytes of a tensor, one piece after the other. */
export function* piecesOf(tensor: Tensor): Generator<Uint8Array> {
  const flat = tensor.detach().reshape(-1)
  const step = PIECE_BYTES / itemSizeOf(tensor.dtype)
  for (let start = 0; start < flat.numel(); start += step)
    yield bytesOf(flat.narrow(0, start, Math.min(step, flat.numel() - start)))
}

/** A copy of the row-major bytes of a tensor. */
export function bytesOf(tensor: Tensor): Uint8Array {
  const { data } = tensor.detach().toTransferable({ copy: true })
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** Reverses the bytes of each element in place: to and from big-endian. */
export function swapBytes(bytes: Uint8Array, itemSize: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (itemSize === 2) buffer.swap16()
  else if (itemSize === 4) buffer.swap32()
  else if (itemSize === 8) buffer.swap64()
}
