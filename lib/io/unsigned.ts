// Unsigned integers of formats that have them, in the next wider dtype of tensors.

import type { DType } from '../index'
import { newBytes } from './elements'

/** The dtype that takes up unsigned integers of some bytes. */
export const signedFor: Readonly<Record<number, DType>> = { 2: 'int32', 4: 'int64', 8: 'int64' }

/** Unsigned integers of `itemSize` bytes, widened; those of 8 bytes stay, and throw where one is larger. */
export function widenUnsigned(bytes: Uint8Array, itemSize: number, fail: (what: string) => Error): Uint8Array {
  const [{ buffer }, count] = [bytes, bytes.byteLength / itemSize]
  if (itemSize === 2) return bytesOfArray(Int32Array.from(new Uint16Array(buffer, bytes.byteOffset, count)))
  if (itemSize === 4) {
    const words = new Uint32Array(buffer, bytes.byteOffset, count)
    const wide = new Uint32Array(newBytes(8 * count).buffer).fill(0)
    for (let i = 0; i < count; i++) wide[2 * i] = words[i]
    return bytesOfArray(wide)
  }
  const large = new BigInt64Array(buffer, bytes.byteOffset, count).find((value) => value < 0n)
  if (large !== undefined) {
    throw fail(`holds the unsigned integer ${BigInt.asUintN(64, large)}, which int64 does not hold`)
  }
  return bytes
}

const bytesOfArray = ({ buffer }: Int32Array | Uint32Array): Uint8Array => new Uint8Array(buffer)
