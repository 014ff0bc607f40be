// CRC-32, as zip archives have it: Node's own, which came with 20.15, else from a table.

import * as zlib from 'node:zlib'

const POLYNOMIAL = 0xedb88320

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
  return value
})

/** The CRC-32 of bytes that follow those whose CRC-32 is `value`. */
export function tableCrc32(bytes: Uint8Array, value = 0): number {
  let crc = ~value
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255]
  return ~crc >>> 0
}

type Crc32 = (bytes: Uint8Array, value?: number) => number

const fast: Crc32 = (zlib as { readonly crc32?: Crc32 }).crc32 ?? tableCrc32

/** The CRC-32 of bytes that follow those whose CRC-32 is `value`; of no bytes Node's would be 0. */
export const crc32: Crc32 = (bytes, value = 0) => (bytes.length === 0 ? value : fast(bytes, value))
