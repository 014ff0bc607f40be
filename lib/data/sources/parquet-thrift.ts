// Thrift's compact protocol, in which Parquet says what it holds, within bounds of time and memory. Format:
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

/** What a field holds: an integer of up to 32 bits, a boolean, `true` for a struct; NaN for what is no count. */
export type Value = number | boolean

/** Told of each value; `path` are the numbers of the fields that lead to it, see `pathOf`. */
type Visit = (path: number, value: Value, bytes: number) => void

/** A struct in a struct in a list …; Parquet's own go down to 8. */
const DEEPEST = 12

const FIELD = 64

/** The fields that lead to a value as a number: `fieldPath(5, 1)` is field 1 of the struct in field 5. */
export const fieldPath = (...fields: number[]): number => fields.reduce((path, field) => path * FIELD + field, 0)

/** Bytes that are read one after the other; an error where they end too early. */
export class Bytes {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0
  ) {}

  get left(): number {
    return this.bytes.length - this.at
  }

  skip(count: number): void {
    if (count > this.left) throw new Error('it ends too early')
    this.at += count
  }

  byte(): number {
    this.skip(1)
    return this.bytes[this.at - 1]
  }

  /** An integer of seven bits a byte, of at most `most` bytes; its low 32 bits. */
  varint(most = 5): number {
    let result = 0
    for (let i = 0; i < most; i++) {
      const byte = this.byte()
      if (i < 5) result |= (byte & 0x7f) << (7 * i)
      if (byte < 0x80) return result
    }
    throw new Error('it has a number of too many bytes')
  }

  zigzag(): number {
    const value = this.varint()
    return (value >>> 1) ^ -(value & 1)
  }
}

/** Walks through a struct from `bytes.at` to its end, and tells `visit` of what is in it. */
export function walkStruct(bytes: Bytes, visit: Visit): void {
  // The smallest structs of Parquet have three bytes; a reader gives each some hundred bytes of memory.
  let structs = 16 + bytes.left / 3

  function struct(path: number, depth: number): void {
    if (depth > DEEPEST || --structs < 0) throw new Error('it has too many structs')
    let field = 0
    for (;;) {
      const header = bytes.byte()
      if ((header & 15) === 0) return
      const next = header >> 4 === 0 ? bytes.zigzag() : field + (header >> 4)
      // Of a field that is there twice, readers take one or the other.
      if (next <= field) throw new Error('its fields are out of order')
      field = next
      element(header & 15, path * FIELD + Math.min(field, FIELD - 1), depth)
    }
  }

  function element(type: number, path: number, depth: number): void {
    switch (type) {
      case 1:
      case 2:
        return visit(path, type === 1, 0)
      case 3:
        return visit(path, (bytes.byte() << 24) >> 24, 0)
      case 4:
      case 5:
        return visit(path, bytes.zigzag(), 0)
      case 6:
        bytes.varint(10)
        return visit(path, NaN, 0)
      case 7:
        bytes.skip(8)
        return visit(path, NaN, 0)
      case 8: {
        const length = bytes.varint() >>> 0
        bytes.skip(length)
        return visit(path, NaN, length)
      }
      case 9:
        return list(path, depth)
      case 12:
        visit(path, true, 0)
        return struct(path, depth + 1)
      default:
        throw new Error(`it has a field of an unknown type, ${type}`)
    }
  }

  function list(path: number, depth: number): void {
    const header = bytes.byte()
    const size = header >> 4 === 15 ? bytes.varint() >>> 0 : header >> 4
    // Room for all is made before the first is read; each takes a byte at least.
    if (size > bytes.left || depth > DEEPEST) throw new Error(`it has a list of ${size}`)
    const type = header & 15
    for (let i = 0; i < size; i++) {
      if (type === 1 || type === 2) bytes.skip(1)
      else element(type, path, depth + 1)
    }
  }

  struct(0, 0)
}

const CONVERTED_TYPE = fieldPath(2, 6)
const DECIMAL = 5
const STATISTICS = fieldPath(4, 1, 3, 12)

/** Refuses a footer that takes much time or memory to read. */
export function checkFooter(footer: Uint8Array): void {
  let hasDecimals = false
  let squares = 0
  try {
    walkStruct(new Bytes(footer), (path, value, bytes) => {
      if (path === CONVERTED_TYPE && value === DECIMAL) hasDecimals = true
      if (Math.floor(path / FIELD) === STATISTICS) squares += bytes ** 2
    })
  } catch (error) {
    throw new Error(`its footer is damaged: ${(error as Error).message}`, { cause: error })
  }
  // A decimal of n bytes is read in n² steps.
  if (hasDecimals && squares > 1e9) throw new Error('its footer is damaged: it has decimals of too many digits')
}
