// Parquet by hyparquet, one row group after the other.

import { loadPeer } from '../../peer'
import { member } from '../../signature'
import { type Chunk, type Column, emptyRecord } from '../columns/column'
import { Columns } from '../columns/columns'
import { columnOf } from '../columns/infer'
import '../columns/kinds'
import { missingColumn } from '../columns/missing-column'
import { abortable } from '../columns/turn'
import { pathOf } from './input'
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
  readonly asyncBufferFromFile: (path: string) => Promise<object>
  readonly parquetMetadataAsync: (file: object) => Promise<Metadata>
  readonly parquetRead: (options: object) => Promise<void>
  readonly parquetSchema: (metadata: Metadata) => {
    readonly children: readonly { readonly element: { name: string } }[]
  }
}

interface Element {
  readonly name: string
  /** How values are stored: 'FLOAT', 'INT32'; what they mean beyond that is in the other two. */
  readonly type?: string
  readonly converted_type?: unknown
  readonly logical_type?: unknown
}

interface Metadata {
  readonly row_groups: readonly { readonly num_rows: bigint }[]
}

interface Piece {
  readonly columnName: string
  readonly columnData: ArrayLike<unknown>
}

async function* readParquet(
  path: string,
  wanted: readonly string[] | null,
  signal: AbortSignal | null
): AsyncGenerator<Chunk, void, undefined> {
  const hyparquet = await loadPeer<Hyparquet>('hyparquet', 'reading Parquet')
  const { compressors } = await loadPeer<{ readonly compressors: object }>('hyparquet-compressors', 'reading Parquet')
  const file = await hyparquet.asyncBufferFromFile(path)
  const { metadata, elements } = await attempt(path, async () => {
    const metadata = await hyparquet.parquetMetadataAsync(file)
    const elements = hyparquet.parquetSchema(metadata).children.map(({ element }) => element)
    return { metadata, elements }
  })
  const names = elements.map(({ name }) => name)
  const stored = new Map(elements.map((element) => [element.name, storedAs(element)]))
  const unknown = wanted?.find((name) => !names.includes(name))
  if (unknown !== undefined) throw missingColumn(unknown, names, path)
  const columns = wanted ?? names
  let rowStart = 0
  for (const group of metadata.row_groups) {
    signal?.throwIfAborted()
    const rowEnd = rowStart + Number(group.num_rows)
    const pieces = new Map<string, ArrayLike<unknown>[]>(columns.map((name) => [name, []]))
    const onChunk = ({ columnName, columnData }: Piece): void => {
      pieces.get(columnName)?.push(columnData)
    }
    const options = { file, metadata, rowStart, rowEnd, columns: [...columns], compressors, onChunk }
    await attempt(path, () => hyparquet.parquetRead(options))
    yield chunkOf(pieces, stored, path, rowStart, rowEnd - rowStart)
    rowStart = rowEnd
  }
}

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
  stored: ReadonlyMap<string, ArrayType | null>,
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
    columns[name] = columnFrom(values, name, stored.get(name) ?? null, place)
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
