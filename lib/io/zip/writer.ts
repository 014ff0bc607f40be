// Zip archives as pieces of bytes, one entry after the other; zip64 only where 32 bits do not hold a size or a place.

import { deflateRawSync } from 'node:zlib'
import { crc32 } from './crc32'
import { newBytes } from '../elements'
import { viewOf } from '../ranges'

/** A file of an archive that is written; its bytes are asked for when its turn comes. */
export interface ZipSource {
  readonly name: string
  readonly bytes: () => Uint8Array
}

interface Written {
  readonly name: Uint8Array
  readonly crc: number
  readonly size: number
  readonly compressedSize: number
  readonly offset: number
}

const UTF8_NAME = 0x800
const STORED = 0
const DEFLATED = 8
const VERSION = 20
const VERSION64 = 45
/** 1 January 1980, the first day that archives know, so that the same tensors make the same file. */
const DATE = 0x21
const ALL_16 = 0xffff
const ALL_32 = 0xffffffff

/** Fields of 1, 2, 4 or 8 bytes, in little-endian order. */
function fields(...values: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Uint8Array {
  const bytes = newBytes(values.reduce((sum, [width]) => sum + width, 0))
  const view = viewOf(bytes)
  let at = 0
  for (const [width, value] of values) {
    if (width === 2) view.setUint16(at, value, true)
    else if (width === 4) view.setUint32(at, value, true)
    else view.setBigUint64(at, BigInt(value), true)
    at += width
  }
  return bytes
}

/** Values that 32 bits do not hold, in an extra field; it is empty where all do. */
function extraOf(values: readonly number[], most: number): Uint8Array {
  const long = values.filter((value) => value >= most)
  if (long.length === 0) return newBytes(0)
  return fields([2, 1], [2, 8 * long.length], ...long.map((value) => [8, value] as const))
}

const encoder = new TextEncoder()

/**
 * The archive of some files, deflated or as they are. `most` is from where on zip64 takes over, for tests of archives
 * that are not of 4 GB.
 */
export function* zipPieces(sources: Iterable<ZipSource>, compressed: boolean, most = ALL_32): Generator<Uint8Array> {
  const method = compressed ? DEFLATED : STORED
  const short = (value: number): number => (value >= most ? ALL_32 : value)
  const written: Written[] = []
  let position = 0
  for (const source of sources) {
    const name = encoder.encode(source.name)
    const bytes = source.bytes()
    const data = compressed ? deflateRawSync(bytes) : bytes
    const [crc, size, compressedSize] = [crc32(bytes), bytes.byteLength, data.byteLength]
    // A local header has both sizes in its extra, or none.
    const extra = Math.max(size, compressedSize) >= most ? extraOf([size, compressedSize], 0) : newBytes(0)
    const [smallSize, smallCompressed] = extra.length > 0 ? [ALL_32, ALL_32] : [size, compressedSize]
    const header = fields(
      [4, 0x04034b50],
      [2, extra.length > 0 ? VERSION64 : VERSION],
      [2, UTF8_NAME],
      [2, method],
      [2, 0],
      [2, DATE],
      [4, crc],
      [4, smallCompressed],
      [4, smallSize],
      [2, name.length],
      [2, extra.length]
    )
    yield* [header, name, extra, data]
    written.push({ name, crc, size, compressedSize, offset: position })
    position += header.length + name.length + extra.length + data.length
  }
  const start = position
  for (const { name, crc, size, compressedSize, offset } of written) {
    const extra = extraOf([size, compressedSize, offset], most)
    const version = extra.length > 0 ? VERSION64 : VERSION
    const header = fields(
      [4, 0x02014b50],
      [2, version],
      [2, version],
      [2, UTF8_NAME],
      [2, method],
      [2, 0],
      [2, DATE],
      [4, crc],
      [4, short(compressedSize)],
      [4, short(size)],
      [2, name.length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, short(offset)]
    )
    yield* [header, name, extra]
    position += header.length + name.length + extra.length
  }
  yield endOf(written.length, start, position, most)
}

/** The end of an archive: where its directory lies. */
function endOf(count: number, start: number, end: number, most: number): Uint8Array {
  const size = end - start
  const isLong = Math.max(size, start) >= most || count >= ALL_16
  const short = isLong
    ? ([
        [2, ALL_16],
        [2, ALL_16],
        [4, ALL_32],
        [4, ALL_32]
      ] as const)
    : ([
        [2, count],
        [2, count],
        [4, size],
        [4, start]
      ] as const)
  const last = fields([4, 0x06054b50], [2, 0], [2, 0], ...short, [2, 0])
  if (!isLong) return last
  const long = fields(
    [4, 0x06064b50],
    [8, 44],
    [2, VERSION64],
    [2, VERSION64],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, start]
  )
  const locator = fields([4, 0x07064b50], [4, 0], [8, end], [4, 1])
  return Buffer.concat([long, locator, last])
}
