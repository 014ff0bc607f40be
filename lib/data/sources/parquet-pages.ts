// The pages of a column in a row group of Parquet, looked at before hyparquet reads them: it believes what they say of
// themselves, and would loop without end or take memory without bound. Format:
// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

import { Bytes, type Value, fieldPath, walkStruct } from './parquet-thrift'
import { checkDecimal, checkRuns, checkValues, leastBytes } from './parquet-values'

/** A column in a row group. */
export interface PageColumn {
  readonly name: string
  /** How values are stored: 'FLOAT', 'BYTE_ARRAY', … */
  readonly type: string
  /** Bytes of a value of type 'FIXED_LEN_BYTE_ARRAY'. */
  readonly typeLength: number
  /** Whether values may be missing: pages have levels, then. */
  readonly isOptional: boolean
  readonly isDecimal: boolean
}

export interface Page {
  readonly kind: 'data' | 'dictionary'
  /** Whether it is a data page of version 2, whose levels are not compressed. */
  readonly isSecond: boolean
  /** Whether what is unpacked begins with levels. */
  readonly hasLevels: boolean
  readonly encoding: number
  readonly values: number
  /** Values that are missing, where the header says so. */
  readonly nulls: number
}

/** Unpacks the bytes of a page. */
export type Unpack = (bytes: Uint8Array, length: number) => Uint8Array

/**
 * What a file may take in memory beyond its bytes. Columns with few values that change may take a thousandth of what
 * they are in memory (runs, and codecs: deflate packs 1032 bytes into one); small files may be of such alone.
 */
export class Budget {
  #values: number
  #bytes: number

  constructor(fileBytes: number) {
    this.#values = 2 ** 22 + 1000 * fileBytes
    this.#bytes = 2 ** 25 + 1000 * fileBytes
  }

  takeValues(count: number): void {
    if (!(count >= 0 && (this.#values -= count) >= 0))
      throw new Error(`it says that it has ${count} values, which its size does not allow`)
  }

  takeBytes(count: number): void {
    if ((this.#bytes -= count) < 0)
      throw new Error(`a page takes ${count} bytes of memory, too many for the file's size`)
  }
}

/** Kinds of pages by their numbers in the format. */
const [DATA, DICTIONARY, DATA_2] = [0, 2, 3]

/** Where the parts of a header are. */
const TYPE = fieldPath(1)
const SIZE = fieldPath(2)
const PACKED_SIZE = fieldPath(3)
const [DATA_VALUES, DATA_ENCODING] = [fieldPath(5, 1), fieldPath(5, 2)]
const DICTIONARY_VALUES = fieldPath(7, 1)
const [VALUES_2, NULLS_2, ROWS_2, ENCODING_2, DEFINITIONS_2, REPETITIONS_2, IS_PACKED_2] = [1, 2, 3, 4, 5, 6, 7].map(
  (field) => fieldPath(8, field)
)

/** A codec's page: what it is, and how many bytes it has unpacked. */
type Packed = readonly [page: Page, size: number]

/**
 * Looks at the pages of a column in `chunk`, as hyparquet will read them for `rows` rows, and gives what unpacks them:
 * it looks at what it unpacks.
 */
export function checkPages(
  chunk: Uint8Array,
  column: PageColumn,
  rows: number,
  unpack: Unpack,
  budget: Budget
): Unpack {
  const packed = new Map<number, Packed>()
  const bytes = new Bytes(chunk)
  const take = (count: number): void => budget.takeBytes(count)
  let seen = 0
  while (seen < rows && bytes.left > 1) {
    const fields = new Map<number, Value>()
    walkStruct(bytes, (path, value) => fields.set(path, value))
    const count = (path: number, what: string): number => {
      const value = fields.get(path) ?? 'no number of'
      if (typeof value !== 'number' || !(value >= 0))
        throw new Error(`a page says that it has ${String(value)} ${what}`)
      return value
    }
    const [size, length] = [count(SIZE, 'bytes'), count(PACKED_SIZE, 'compressed bytes')]
    if (length > bytes.left)
      throw new Error(`a page of ${length} bytes leaves its column, which has ${bytes.left} more`)
    budget.takeBytes(size)
    const start = bytes.at
    bytes.skip(length)
    const type = fields.get(TYPE)
    if (type === DICTIONARY) {
      const values = count(DICTIONARY_VALUES, 'values')
      if (leastBytes(column, values) > size) throw new Error(`a dictionary of ${values} values has ${size} bytes`)
      const page = { kind: 'dictionary', isSecond: false, hasLevels: false, encoding: 0, values, nulls: 0 } as const
      packed.set(start, [page, size])
      continue
    }
    if (type !== DATA && type !== DATA_2) throw new Error(`a page is of the unknown kind ${String(type)}`)
    const isSecond = type === DATA_2
    const values = count(isSecond ? VALUES_2 : DATA_VALUES, 'values')
    if (values > rows - seen) throw new Error(`a page has ${values} values where ${rows - seen} are left`)
    seen += values
    const encoding = count(isSecond ? ENCODING_2 : DATA_ENCODING, 'encodings')
    if (!isSecond) {
      const page = { kind: 'data', isSecond, hasLevels: column.isOptional, encoding, values, nulls: 0 } as const
      packed.set(start, [page, size])
      continue
    }
    const nulls = count(NULLS_2, 'missing values')
    if (nulls > (column.isOptional ? values : 0)) throw new Error(`a page of ${values} values lacks ${nulls} of them`)
    count(ROWS_2, 'rows')
    const repetitions = count(REPETITIONS_2, 'bytes of levels')
    const definitions = count(DEFINITIONS_2, 'bytes of levels')
    const levels = repetitions + definitions
    if (levels > Math.min(length, size)) throw new Error(`a page of ${length} bytes has ${levels} of levels`)
    const content = start + repetitions + (column.isOptional ? definitions : 0)
    if (column.isOptional) checkRuns(new Bytes(chunk.subarray(start, start + length), repetitions), 1, values)
    const page = { kind: 'data', isSecond, hasLevels: false, encoding, values, nulls } as const
    if (fields.get(IS_PACKED_2) !== false && size > levels) packed.set(content, [page, size - levels])
    else checkValues(chunk.subarray(content, start + length), page, column, take)
  }
  if (column.isDecimal) checkDecimal(column.typeLength)
  return (source, length) => {
    const known = packed.get(source.byteOffset)
    if (known === undefined || known[1] !== length) throw new Error('internal: it reads a page that was not looked at')
    // The peer's LZ4 does not take a page of no bytes, such as the dictionary of a column without values.
    const content = length === 0 ? source.subarray(0, 0) : unpack(source, length)
    if (content.length === length) checkValues(content, known[0], column, take)
    return content
  }
}
