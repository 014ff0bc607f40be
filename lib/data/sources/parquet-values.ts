// What is in a page of Parquet, looked at before it is decoded: counts that hyparquet believes and that are not so make
// it loop or allocate without bound. Formats: https://parquet.apache.org/docs/file-format/data-pages/encodings/

import { Bytes } from './parquet-thrift'
import type { Page, PageColumn } from './parquet-pages'

/** Parquet's numbers of encodings. */
const [PLAIN, PLAIN_DICTIONARY, RLE, DELTA, DELTA_LENGTH, DELTA_BYTES, DICTIONARY, SPLIT, ALP] = [
  0, 2, 3, 5, 6, 7, 8, 9, 10
]

/** Bytes of a value in place, by type. */
const WIDTHS: Readonly<Record<string, number>> = { INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8, BYTE_ARRAY: 4 }

/** Digits of decimals take n² steps; 64 bytes are 153 digits, of which Parquet's writers give 76 at most. */
const DECIMAL_BYTES = 64

/** The fewest bytes that some values take which are written one after the other. */
export function leastBytes({ type, typeLength }: PageColumn, values: number): number {
  if (type === 'BOOLEAN') return Math.ceil(values / 8)
  return values * (type === 'FIXED_LEN_BYTE_ARRAY' ? typeLength : (WIDTHS[type] ?? 1))
}

const ones = (byte: number): number => {
  let count = 0
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++
  return count
}

/** Walks through runs of `count` values of some bits; gives how many are 1, where they have one bit. */
export function checkRuns(bytes: Bytes, width: number, count: number): number {
  if (width > 32) throw new Error(`its values have ${width} bits`)
  let seen = 0
  let set = 0
  while (seen < count) {
    const header = bytes.varint()
    const size = (header >>> 1) * (header & 1 ? 8 : 1)
    // The last eight values that stand side by side may be more than are left.
    if (size > count - seen + (header & 1 ? 7 : 0) && (width === 0 || !(header & 1)))
      throw new Error(`it has a run of ${size} values where ${count - seen} are left`)
    if (!(header & 1)) {
      const value = width === 0 ? 0 : bytes.byte()
      if (width > 8) bytes.skip(((width + 7) >> 3) - 1)
      if (value === 1) set += size
      seen += size
      continue
    }
    const length = (size / 8) * width
    if (size === 0 || length > bytes.left) throw new Error(`it has a run of ${size} values, which leaves the page`)
    if (width === 1) {
      for (let i = 0; i < length && seen + 8 * i < count; i++) {
        const used = Math.min(8, count - seen - 8 * i)
        set += ones(bytes.bytes[bytes.at + i] & (2 ** used - 1))
      }
    }
    // hyparquet takes a byte for values of no bits, too.
    bytes.at += Math.max(1, length)
    seen += size
  }
  return set
}

/** Bits of a little-endian number, of which the low 32. */
function bitsAt(bytes: Uint8Array, bit: number, width: number): number {
  let result = 0
  for (let i = 0; i < Math.min(32, width); i++) result |= ((bytes[(bit + i) >> 3] >> ((bit + i) & 7)) & 1) << i
  return result
}

/** Walks through `count` numbers that are written as differences, and tells `visit` of each as an int32. */
function checkDeltas(bytes: Bytes, count: number, visit?: (value: number) => void): void {
  const [block, miniblocks] = [bytes.varint(), bytes.varint()]
  const each = block / miniblocks
  if (!(block > 0 && miniblocks > 0 && each % 32 === 0))
    throw new Error(`it has ${miniblocks} blocks in ${block} values`)
  bytes.varint()
  const zigzag = (): number => {
    const value = bytes.varint(10)
    return (value >>> 1) ^ -(value & 1)
  }
  let value = zigzag()
  if (count > 0) visit?.(value)
  for (let seen = 1; seen < count;) {
    const least = zigzag()
    const widths = bytes.at
    bytes.skip(miniblocks)
    for (let i = 0; i < miniblocks && seen < count; i++, seen += each) {
      const [width, start] = [bytes.bytes[widths + i], bytes.at]
      if (width > 64) throw new Error(`its values have ${width} bits`)
      bytes.skip((each / 8) * width)
      if (visit === undefined) continue
      for (let j = 0; j < Math.min(each, count - seen); j++) {
        value = (value + least + bitsAt(bytes.bytes, 8 * start + j * width, width)) | 0
        visit(value)
      }
    }
  }
}

/** A vector of ALP names its exceptions, which each of them takes time. */
function checkAlp(bytes: Bytes, count: number): void {
  const start = bytes.at
  bytes.skip(7)
  const size = 2 ** bytes.bytes[start + 2]
  const view = new DataView(bytes.bytes.buffer, bytes.bytes.byteOffset, bytes.bytes.length)
  for (let i = 0; i < Math.ceil(count / size); i++) {
    bytes.skip(4)
    const at = bytes.at - 4
    const vector = start + 7 + view.getUint32(at, true)
    if (vector + 4 > view.byteLength || view.getUint16(vector + 2, true) > size)
      throw new Error('it has more exceptions than values')
  }
}

function checkPlain(bytes: Bytes, column: PageColumn, count: number): void {
  if (leastBytes(column, count) > bytes.left) throw new Error(`it has no room for ${count} values`)
  if (column.type !== 'BYTE_ARRAY') return
  const view = new DataView(bytes.bytes.buffer, bytes.bytes.byteOffset, bytes.bytes.length)
  for (let i = 0; i < count; i++) {
    bytes.skip(4)
    const length = view.getUint32(bytes.at - 4, true)
    if (column.isDecimal) checkDecimal(length)
    bytes.skip(length)
  }
}

/** The lengths of texts, and the texts. */
function checkTexts(bytes: Bytes, column: PageColumn, count: number): void {
  let total = 0
  checkDeltas(bytes, count, (length) => {
    if (length < 0) throw new Error(`it has a value of ${length} bytes`)
    if (column.isDecimal) checkDecimal(length)
    total += length
  })
  bytes.skip(total)
}

export function checkDecimal(length: number): void {
  if (length > DECIMAL_BYTES) throw new Error(`it has decimals of ${length} bytes`)
}

/**
 * Refuses a page whose values would take more time or memory than its bytes allow. `page` is unpacked; of version 2
 * without its levels. `take` is told of the memory that values take beyond those bytes.
 */
export function checkValues(content: Uint8Array, page: Page, column: PageColumn, take: (bytes: number) => void): void {
  const bytes = new Bytes(content)
  let count = page.values - page.nulls
  if (page.hasLevels) {
    const view = new DataView(content.buffer, content.byteOffset, content.length)
    bytes.skip(4)
    const end = 4 + view.getUint32(0, true)
    count = checkRuns(bytes, 1, page.values)
    bytes.at = 0
    bytes.skip(end)
  }
  const { encoding } = page
  if (page.kind === 'dictionary' || encoding === PLAIN || encoding === SPLIT) checkPlain(bytes, column, count)
  else if (encoding === DICTIONARY || encoding === PLAIN_DICTIONARY || encoding === RLE) {
    // Booleans stand behind the number of their bytes, indices behind that of their bits.
    const isBits = page.isSecond ? encoding === RLE : column.type === 'BOOLEAN'
    if (isBits) bytes.skip(4)
    const width = isBits ? 1 : bytes.byte()
    if (width > 0 || page.isSecond) checkRuns(bytes, width, count)
  } else if (encoding === DELTA) checkDeltas(bytes, count)
  else if (encoding === DELTA_LENGTH) checkTexts(bytes, column, count)
  else if (encoding === DELTA_BYTES) {
    checkDeltas(bytes, count, (prefix) => {
      if (prefix < 0) throw new Error(`it repeats ${prefix} bytes of a value`)
      if (column.isDecimal) checkDecimal(prefix)
      take(prefix)
    })
    checkTexts(bytes, column, count)
  } else if (encoding === ALP) checkAlp(bytes, count)
}
