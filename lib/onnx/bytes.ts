// The elements of a tensor as the bytes that ONNX has for them: row-major, little endian.

import type { Tensor } from '../index'

/** The 16 bits of a float16 that a float32 holds exactly. */
function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const exponent = (bits >>> 23) & 0xff
  const fraction = bits & 0x7fffff
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200 | (fraction >>> 13))
  const power = exponent - 127 + 15
  if (power > 0) return sign | (power << 10) | (fraction >>> 13)
  // Below 2^-14 there is no leading 1.
  return power < -10 ? sign : sign | ((fraction | 0x800000) >>> (14 - power))
}

/** A copy of the bytes of all elements. */
export function elementBytes(x: Tensor): Uint8Array {
  const list = x.detach().toTypedArray()
  if (x.dtype !== 'float16' && x.dtype !== 'bfloat16') {
    return new Uint8Array(list.buffer, list.byteOffset, list.byteLength)
  }
  const words = new Uint32Array(list.buffer, list.byteOffset, list.length)
  const half =
    x.dtype === 'float16' ? Uint16Array.from(words, halfBits) : Uint16Array.from(words, (bits) => bits >>> 16)
  return new Uint8Array(half.buffer)
}
