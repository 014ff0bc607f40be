// Parquet by hyparquet, one row group after the other.

import { type FileHandle, open } from 'node:fs/promises'
import { loadPeer } from '../../peer'
import { member } from '../../signature'
import { type Chunk, type Column, emptyRecord } from '../columns/column'
import { Columns } from '../columns/columns'
import { columnOf } from '../columns/infer'
import '../columns/kinds'
import { missingColumn } from '../columns/missing-column'
import { abortable } from '../columns/turn'
import { pathOf } from './input'
import { codecsOf } from './parquet-codecs'
import { Budget, type PageColumn, type Unpack, checkPages } from './parquet-pages'
import { checkFooter } from './parquet-thrift'
import { isNumberArray } from './rows'

/** Options of `source.parquet`. */
export interface ParquetOptions {
  /** The columns to read; by default all. */
  readonly columns?: readonly string[] | null
  readonly signal?: AbortSignal | null
}

const signature = member('parquet(file: file, *, columns: str[]? = null, signal: signal? = null)')

/** What is used of hyparquet. */
interface Hyparquet {
  readonly parquetMetadata: (footer: ArrayBuffer) => Metadata
  readonly parquetRead: (options: object) => Promise<void>
}

interface Element {
  readonly name: string
  /** How values are stored: 'FLOAT', 'INT32'; what they mean beyond that is in the types further down. */
  readonly type?: string
  readonly type_length?: number
  readonly repetition_type?: string
  readonly num_children?: number
  readonly converted_type?: unknown
  readonly logical_type?: { readonly type?: string }
}

interface ColumnChunk {
  readonly file_path?: string
  readonly meta_data?: {
    readonly type: string
    readonly codec: string
    readonly path_in_schema: readonly string[]
    readonly total_compressed_size: bigint
    readonly data_page_offset: bigint
    readonly dictionary_page_offset?: bigint
  }
}

interface RowGroup {
  readonly num_rows: bigint
  readonly columns: readonly ColumnChunk[]
}

interface Metadata {
  readonly schema: readonly Element[]
  readonly row_groups: readonly RowGroup[]
}

interface Piece {
  readonly columnName: string
  readonly columnData: ArrayLike<unknown>
}

/** hyparquet looks for each column among all; with more at a time, that is what takes the time. */
const AT_ONCE = 256

async function* readParquet(
  path: string,
  wanted: readonly string[] | null,
  signal: AbortSignal | null
): AsyncGenerator<Chunk, void, undefined> {
  const hyparquet = await loadPeer<Hyparquet>('hyparquet', 'reading Parquet')
  const peer = await loadPeer<{ compressors: Record<string, Unpack> }>('hyparquet-compressors', 'reading Parquet')
  const file = await ParquetFile.open(path, hyparquet, codecsOf(peer.compressors))
  try {
    const { metadata, elements } = await attempt(path, () => file.readFooter())
    const names = elements.map(({ name }) => name)
    const byName = new Map(elements.map((element) => [element.name, element]))
    const unknown = wanted?.find((name) => !byName.has(name))
    if (unknown !== undefined) throw missingColumn(unknown, names, path)
    const columns = wanted ?? names
    for (const name of columns) {
      if (isNested(byName.get(name)!))
        throw new TypeError(
          `${path}: column '${name}' holds lists or objects; leave it out by { columns }, or use source.duckdb`
        )
    }
    let first = 0
    for (const group of metadata.row_groups) {
      signal?.throwIfAborted()
      const rows = Number(group.num_rows)
      const pieces = new Map<string, ArrayLike<unknown>[]>(columns.map((name) => [name, []]))
      await attempt(path, async () => {
        file.budget.takeValues(rows * Math.max(1, columns.length))
        for (let i = 0; i < columns.length; i += AT_ONCE) {
          const some = columns.slice(i, i + AT_ONCE).map((name) => byName.get(name)!)
          await file.readColumns(group, rows, some, ({ columnName, columnData }) =>
            pieces.get(columnName)?.push(columnData)
          )
        }
      })
      yield chunkOf(pieces, byName, path, first, rows)
      first += rows
    }
  } finally {
    await file.close()
  }
}

/** Chunks of columns are shown to hyparquet so far apart, which therefore asks for each of them as it was checked. */
const APART = 2 ** 40

/** An open file, whose bytes are looked at before hyparquet gets them. */
class ParquetFile {
  readonly budget: Budget
  /** Bytes of columns that may still be read: chunks do not overlap. */
  #left: number

  private constructor(
    readonly handle: FileHandle,
    readonly size: number,
    readonly hyparquet: Hyparquet,
    readonly codecs: Readonly<Record<string, Unpack>>
  ) {
    this.budget = new Budget(size)
    this.#left = size
  }

  static async open(
    path: string,
    hyparquet: Hyparquet,
    codecs: Readonly<Record<string, Unpack>>
  ): Promise<ParquetFile> {
    const handle = await open(path)
    return new ParquetFile(handle, (await handle.stat()).size, hyparquet, codecs)
  }

  close(): Promise<void> {
    return this.handle.close()
  }

  async #read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length)
    for (let done = 0; done < length;) {
      const { bytesRead } = await this.handle.read(bytes, done, length - done, start + done)
      if (bytesRead === 0) throw new Error('it ends too early')
      done += bytesRead
    }
    return bytes
  }

  /** What the file says of itself, and its columns. */
  async readFooter(): Promise<{ metadata: Metadata; elements: readonly Element[] }> {
    if (this.size < 12) throw new Error(`it has ${this.size} bytes`)
    const end = Buffer.from(await this.#read(this.size - 8, 8))
    if (end.toString('latin1', 4) !== 'PAR1') throw new Error('it does not end in PAR1')
    const length = end.readUInt32LE(0)
    if (length > this.size - 12) throw new Error(`its footer of ${length} bytes is longer than the file`)
    const footer = await this.#read(this.size - 8 - length, length + 8)
    checkFooter(footer.subarray(0, length))
    const metadata = this.hyparquet.parquetMetadata(footer.buffer)
    return { metadata, elements: topLevel(metadata.schema) }
  }

  /** Reads some columns of a row group, each in pieces. */
  async readColumns(
    group: RowGroup,
    rows: number,
    elements: readonly Element[],
    onChunk: (piece: Piece) => void
  ): Promise<void> {
    const byName = new Map(elements.map((element) => [element.name, element]))
    const columns: object[] = []
    const chunks: ArrayBuffer[] = []
    const compressors: Record<string, Unpack> = {}
    for (const { meta_data, file_path } of group.columns) {
      if (file_path !== undefined) throw new Error('its columns are in other files')
      const element = byName.get(meta_data!.path_in_schema[0])
      if (element === undefined) continue
      const codec = `${meta_data!.codec} ${chunks.length}`
      const { bytes, unpack } = await this.#checked(meta_data!, element, rows)
      compressors[codec] = unpack
      const data_page_offset = BigInt(APART) * BigInt(chunks.length)
      columns.push({ meta_data: { ...meta_data, codec, data_page_offset, dictionary_page_offset: undefined } })
      chunks.push(bytes.buffer)
    }
    const metadata = {
      schema: [{ name: 'schema', num_children: elements.length }, ...elements],
      row_groups: [{ ...group, columns }]
    }
    const slice = (start: number): Promise<ArrayBuffer> => Promise.resolve(chunks[Math.floor(start / APART)])
    const file = { byteLength: APART * chunks.length, slice }
    const names = elements.map(({ name }) => name)
    await this.hyparquet.parquetRead({ file, metadata, rowEnd: rows, columns: names, compressors, onChunk })
  }

  /** The bytes of a column in a row group, and what unpacks its pages. */
  async #checked(
    chunk: NonNullable<ColumnChunk['meta_data']>,
    element: Element,
    rows: number
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; unpack: Unpack }> {
    const { name } = element
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset)
    const length = Number(chunk.total_compressed_size)
    if (!(start >= 0 && length >= 0 && start + length <= this.size))
      throw new Error(`column '${name}' has ${length} bytes at ${start} of ${this.size}`)
    if ((this.#left -= length) < 0) throw new Error(`column '${name}' shares its bytes with another`)
    const codec = Object.hasOwn(this.codecs, chunk.codec) ? this.codecs[chunk.codec] : undefined
    if (codec === undefined) throw new Error(`column '${name}' is compressed by an unknown codec`)
    const bytes = await this.#read(start, length)
    const column: PageColumn = {
      name,
      type: chunk.type,
      typeLength: element.type_length ?? 0,
      isOptional: element.repetition_type !== 'REQUIRED',
      isDecimal: element.converted_type === 'DECIMAL'
    }
    const unpack = of(name, () => checkPages(bytes, column, rows, codec, this.budget))
    return { bytes, unpack: (packed, size) => of(name, () => unpack(packed, size)) }
  }
}

/** Lets errors say which column they are about. */
function of<Result>(name: string, check: () => Result): Result {
  try {
    return check()
  } catch (error) {
    throw new Error(`column '${name}': ${(error as Error).message}`, { cause: error })
  }
}

/** Elements of the schema may be in others, so many deep. */
const DEEPEST = 64

/** The columns of a schema, which lists each element before those in it. */
function topLevel(schema: readonly Element[]): Element[] {
  const columns: Element[] = []
  /** How many elements are still to come, of each that the next is in. */
  const open = [schema[0].num_children ?? 0]
  for (const element of schema.slice(1)) {
    while (open.length > 0 && open.at(-1)! <= 0) open.pop()
    if (open.length === 0) break
    open[open.length - 1]--
    if (open.length === 1) columns.push(element)
    if (element.name === undefined) throw new Error('a column has no name')
    if (element.num_children) open.push(element.num_children)
    if (open.length > DEEPEST) throw new Error('its columns are too deep')
  }
  return columns
}

/** Whether values are lists, objects or geometries, none of which a column holds. */
const isNested = ({ num_children, repetition_type, logical_type }: Element): boolean =>
  Boolean(num_children) || repetition_type === 'REPEATED' || /^GEO/.test(logical_type?.type ?? '')

/**
 * What the library says of a file that it cannot read, in one sentence that names the file. What it does not look for
 * ends in errors of the engine, which tell of nothing but damage.
 */
async function attempt<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    const { name, message } = error as Error
    const what = name === 'Error' && !message.includes('undefined') ? message : 'it is damaged'
    throw new RangeError(`${path}: it cannot be read as Parquet: ${what}`, { cause: error })
  }
}

type ArrayType = Float32ArrayConstructor | Int32ArrayConstructor

/** The array for numbers that come in a list, since some are missing or they are encoded by a dictionary. */
function storedAs({ type, converted_type, logical_type }: Element): ArrayType | null {
  if ((converted_type ?? logical_type ?? null) !== null) return null
  return type === 'FLOAT' ? Float32Array : type === 'INT32' ? Int32Array : null
}

function columnFrom(
  values: ArrayLike<unknown>,
  name: string,
  Type: ArrayType | null,
  place: (row: number) => string
): Column {
  if (isNumberArray(values)) return { type: 'number', values, valid: null }
  const column = columnOf(values, name, place)
  if (Type === null || column.type !== 'number') return column
  return { ...column, values: Type.from(column.values as Float64Array) }
}

function chunkOf(
  pieces: ReadonlyMap<string, ArrayLike<unknown>[]>,
  elements: ReadonlyMap<string, Element>,
  path: string,
  first: number,
  length: number
): Chunk {
  const columns = emptyRecord<Column>()
  const place = (row: number): string => `${path}: row ${first + row + 1}`
  for (const [name, parts] of pieces) {
    const values = parts.length === 1 ? parts[0] : parts.flatMap((part) => Array.from(part))
    if (values.length !== length)
      throw new RangeError(`${path}: column '${name}' has ${values.length} values in a group of ${length} rows`)
    columns[name] = columnFrom(values, name, storedAs(elements.get(name)!), place)
  }
  return { length, columns, place }
}

/** The rows of a Parquet file as columns, one row group at a time, by the peers hyparquet and hyparquet-compressors. */
export function parquet(file: string | URL, options?: ParquetOptions): Columns
export function parquet(...args: unknown[]): Columns {
  const [file, names, signal] = signature.read(args)
  const wanted = names === null ? null : [...names]
  return new Columns(() => abortable(readParquet(pathOf(file)!, wanted, signal), signal))
}
