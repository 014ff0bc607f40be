// Zip archives, read by ranges: the directory at the end of the file, then single entries. See PKWARE's APPNOTE 6.3.10.

import { inflateRawSync } from 'node:zlib'
import { crc32 } from './crc32'
import type { OpenFile } from '../file'
import { type ByteSource, FileSource, damaged, mostMemory, readRange, shown, viewOf } from '../ranges'

const END = 0x06054b50
const END_BYTES = 22
const LONGEST_COMMENT = 65535
const LOCATOR64 = 0x07064b50
const LOCATOR64_BYTES = 20
const END64 = 0x06064b50
const END64_BYTES = 56
const ENTRY = 0x02014b50
const ENTRY_BYTES = 46
const LOCAL = 0x04034b50
const LOCAL_BYTES = 30

const STORED = 0
const DEFLATED = 8
const ENCRYPTED = 1
/** A field of 32 bits that says that its value stands in the zip64 extra. */
const IN_EXTRA = 0xffffffff
const ZIP64_EXTRA = 1

/** A file of the archive, as the directory lists it. */
export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly flags: number
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
  /** Where its local header begins. */
  readonly offset: number
}

/** 64 bits that count bytes; NaN, which no check lets pass, where a number does not hold them. */
function countAt(view: DataView, offset: number): number {
  const value = Number(view.getBigUint64(offset, true))
  return Number.isSafeInteger(value) ? value : NaN
}

interface Directory {
  readonly offset: number
  readonly size: number
  readonly count: number
}

/** Where the directory lies, as the end of the file says. */
function findDirectory(file: OpenFile): Directory {
  const length = Math.min(file.size, END_BYTES + LONGEST_COMMENT)
  const start = file.size - length
  const view = viewOf(readRange(file, start, length, 'the end of the archive'))
  for (let at = length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END || at + END_BYTES + view.getUint16(at + 20, true) !== length) continue
    const long = findDirectory64(file, start + at)
    if (long !== null) return long
    return {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true)
    }
  }
  throw damaged(file, 'is no zip archive, or its end is missing')
}

/** The same of an archive that may be longer than 4 GB. */
function findDirectory64(file: OpenFile, end: number): Directory | null {
  if (end < LOCATOR64_BYTES) return null
  const locator = viewOf(readRange(file, end - LOCATOR64_BYTES, LOCATOR64_BYTES, 'the zip64 locator'))
  if (locator.getUint32(0, true) !== LOCATOR64) return null
  const view = viewOf(readRange(file, countAt(locator, 8), END64_BYTES, 'the zip64 end of the archive'))
  if (view.getUint32(0, true) !== END64) throw damaged(file, 'is damaged: its zip64 locator leads nowhere')
  return { count: countAt(view, 32), size: countAt(view, 40), offset: countAt(view, 48) }
}

/** The values that the zip64 extra has in place of those that 32 bits do not hold, in this order. */
function widened(values: readonly number[], extra: DataView, fail: (what: string) => Error): number[] {
  if (!values.includes(IN_EXTRA)) return [...values]
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const [id, length] = [extra.getUint16(at, true), extra.getUint16(at + 2, true)]
    let next = at + 4
    at = next + length
    if (id !== ZIP64_EXTRA || at > extra.byteLength) continue
    return values.map((value) => {
      if (value !== IN_EXTRA) return value
      if (next + 8 > at) throw fail('is damaged: a zip64 extra is too short')
      next += 8
      return countAt(extra, next - 8)
    })
  }
  return [...values]
}

const utf8 = new TextDecoder()
const UTF8_NAME = 0x800

/** Names are in UTF-8 where their flag says so; what zip tools of DOS wrote reads as Latin-1 here. */
const nameOf = (bytes: Uint8Array, flags: number): string =>
  flags & UTF8_NAME ? utf8.decode(bytes) : Buffer.from(bytes).toString('latin1')

/** An archive that is open for reading. */
export class ZipReader {
  readonly entries: ReadonlyMap<string, ZipEntry>
  #stored = 0
  #inflated = 0

  constructor(
    readonly file: OpenFile,
    /** What deflated entries may come to in all. */
    readonly maxBytes = mostMemory(file.size)
  ) {
    this.entries = this.#readDirectory(findDirectory(file))
  }

  #readDirectory({ offset, size, count }: Directory): Map<string, ZipEntry> {
    const { file } = this
    const bytes = readRange(file, offset, size, 'the directory of the archive')
    const view = viewOf(bytes)
    const entries = new Map<string, ZipEntry>()
    const fail = (what: string): Error => damaged(file, what)
    let at = 0
    for (let i = 0; i < count; i++) {
      if (at + ENTRY_BYTES > size || view.getUint32(at, true) !== ENTRY) {
        throw damaged(file, `is damaged: entry ${i} of ${count} in its directory is none`)
      }
      const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => view.getUint16(at + field, true))
      const nameEnd = at + ENTRY_BYTES + nameBytes
      const extraEnd = nameEnd + extraBytes
      if (extraEnd + commentBytes > size) throw damaged(file, `is damaged: its directory is cut off in entry ${i}`)
      const flags = view.getUint16(at + 8, true)
      const name = nameOf(bytes.subarray(at + ENTRY_BYTES, nameEnd), flags)
      if (entries.has(name)) throw damaged(file, `holds '${shown(name)}' twice`)
      const extra = new DataView(bytes.buffer, bytes.byteOffset + nameEnd, extraBytes)
      const sizes = [24, 20, 42].map((field) => view.getUint32(at + field, true))
      const [length, compressedSize, local] = widened(sizes, extra, fail)
      if (![length, compressedSize, local].every(Number.isSafeInteger))
        throw damaged(file, `is damaged: '${shown(name)}' has no size`)
      const [method, crc] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)]
      entries.set(name, { name, method, flags, crc, compressedSize, size: length, offset: local })
      at = extraEnd + commentBytes
    }
    return entries
  }

  /** The bytes of an entry, in memory of their own; their CRC-32 is not looked at. */
  read(entry: ZipEntry): Uint8Array {
    return this.#open(entry).take(entry.size, `'${shown(entry.name)}'`)
  }

  /** What `use` makes of the bytes of an entry, which it takes to the end; their CRC-32 is compared. */
  reading<Result>(entry: ZipEntry, use: (source: ByteSource) => Result): Result {
    const source = new Checked(this.#open(entry))
    const result = use(source)
    if (source.crc !== entry.crc) {
      throw damaged(this.file, `is damaged: the CRC-32 of '${shown(entry.name)}' is ${source.crc}, not ${entry.crc}`)
    }
    return result
  }

  #open(entry: ZipEntry): ByteSource {
    const { method, flags, size } = entry
    const name = shown(entry.name)
    const { file } = this
    if (flags & ENCRYPTED) throw damaged(file, `holds '${name}' encrypted, which is not read`)
    if (method === DEFLATED) {
      const bytes = this.#inflate(entry)
      return new FileSource(file, 0, size, (start, length) => bytes.slice(start, start + length))
    }
    if (method !== STORED) {
      throw damaged(file, `holds '${name}' compressed by method ${method}; stored and deflated entries are read`)
    }
    if (entry.compressedSize !== size) throw damaged(file, `is damaged: '${name}' is stored, but has two sizes`)
    // Entries that lie over each other would make a small file large.
    this.#stored += size
    if (this.#stored > file.size) throw damaged(file, 'is damaged: its entries are longer than the file')
    const start = this.#startOf(entry)
    return new FileSource(file, start, start + size)
  }

  #inflate(entry: ZipEntry): Uint8Array {
    const { size } = entry
    const name = shown(entry.name)
    this.#inflated += size
    if (!(this.#inflated <= this.maxBytes)) {
      throw damaged(
        this.file,
        `'${name}' would inflate to ${size} bytes, more than is taken from a file of ${this.file.size}; ` +
          `pass { maxBytes: ${this.#inflated} } if you trust it`
      )
    }
    const data = readRange(this.file, this.#startOf(entry), entry.compressedSize, `'${name}'`)
    const inflated = inflate(data, size)
    if (typeof inflated === 'string') throw damaged(this.file, `is damaged: '${name}' does not inflate: ${inflated}`)
    return inflated
  }

  /** Where the bytes of an entry begin, behind its local header. */
  #startOf(entry: ZipEntry): number {
    const { offset } = entry
    const name = shown(entry.name)
    const header = viewOf(readRange(this.file, offset, LOCAL_BYTES, `'${name}'`))
    if (header.getUint32(0, true) !== LOCAL) {
      throw damaged(this.file, `is damaged: '${name}' does not begin at byte ${offset}`)
    }
    return offset + LOCAL_BYTES + header.getUint16(26, true) + header.getUint16(28, true)
  }
}

/** Bytes that inflate to exactly so many, or what is wrong with them. */
function inflate(data: Uint8Array, size: number): Uint8Array | string {
  const chunkSize = Math.min(Math.max(size, 1024), 2 ** 20)
  try {
    const bytes = inflateRawSync(data, { maxOutputLength: Math.max(size, 1), chunkSize })
    return bytes.length === size ? bytes : `${bytes.length} bytes come of it, not ${size}`
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ERR_BUFFER_TOO_LARGE' ? `more than ${size} bytes come of it` : message
  }
}

/** Counts the CRC-32 of what is taken. */
class Checked implements ByteSource {
  crc = 0

  constructor(readonly source: ByteSource) {}

  get remaining(): number {
    return this.source.remaining
  }

  take(length: number, what: string): Uint8Array {
    const bytes = this.source.take(length, what)
    this.crc = crc32(bytes, this.crc)
    return bytes
  }
}
