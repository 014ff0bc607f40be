// How pages of Parquet are unpacked, within the bytes that their headers promise.

import { brotliDecompressSync, gunzipSync, inflateRawSync } from 'node:zlib'
import type { Unpack } from './parquet-pages'

/** What unpacks each of Parquet's codecs: Node's own where it has one, since it keeps within bounds, else a peer's. */
export function codecsOf(peers: Readonly<Record<string, Unpack>>): Readonly<Record<string, Unpack>> {
  return {
    ...peers,
    UNCOMPRESSED: (bytes) => bytes,
    // Some writers leave the header away.
    GZIP: (bytes, length) => {
      const unpack = bytes[0] === 31 && bytes[1] === 139 ? gunzipSync : inflateRawSync
      return unpack(bytes, { maxOutputLength: Math.max(1, length) })
    },
    BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
    LZ4: (bytes, length) => {
      checkFrames(bytes)
      return peers.LZ4(bytes, length)
    },
    ZSTD: (bytes, length) => {
      checkWindow(bytes, length)
      return peers.ZSTD(bytes, length)
    }
  }
}

/** Hadoop puts LZ4 into frames, each behind its sizes; the peer goes back where one is below 0. */
function checkFrames(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < bytes.length - 8;) {
    const [size, length] = [view.getInt32(at), view.getInt32(at + 4)]
    if (length < 0 && size === 0) throw new Error(`a page has an LZ4 frame of ${length} bytes`)
    if (length < 0 || at + 8 + length > bytes.length) return
    at += 8 + length
  }
}

/** Memory that Zstandard may look back upon: its levels up to 19 take at most 8 MiB. */
const WINDOW = 2 ** 23

/** The peer makes room for as much as a frame says that it holds. Format: RFC 8878, section 3.1.1.1. */
function checkWindow(bytes: Uint8Array, length: number): void {
  const flags = bytes[4]
  const isWhole = (flags >> 5) & 1
  const sizeBytes = flags >> 6 === 0 ? isWhole : 1 << (flags >> 6)
  const start = 6 - isWhole + [0, 1, 2, 4][flags & 3]
  let size = flags >> 6 === 1 ? 256 : 0
  for (let i = 0; i < sizeBytes; i++) size += bytes[start + i] * 2 ** (8 * i)
  const window = 2 ** (10 + (bytes[5] >> 3)) * (1 + (bytes[5] & 7) / 8)
  const room = sizeBytes > 0 && size > 0 ? size : isWhole ? 0 : window
  if (room > Math.max(length, WINDOW)) throw new Error(`a page of ${length} bytes has a Zstandard frame of ${room}`)
}
