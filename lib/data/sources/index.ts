// Where columns come from: `source.csv(file)` and its like, and `columns()` for what is in memory or a stream.

import { kindText } from '../../kinds'
import { isKeywords, member } from '../../signature'
import type { Chunk } from '../columns/column'
import { Columns } from '../columns/columns'
import { abortable } from '../columns/turn'
import { type ArrowBatch, type ArrowTable, chunksOfArrow, isArrowBatch, isArrowTable } from './arrow'
import { csv } from './csv'
import { duckdb } from './duckdb'
import { jsonl } from './jsonl'
import { parquet } from './parquet'
import { type Rows, chunkOfArrays, chunksOfRows, isAnyIterable } from './rows'

export { type ArrowBatch, type ArrowTable } from './arrow'
export { type CsvOptions } from './csv'
export { type DuckDBConnectionLike, type DuckDBOptions } from './duckdb'
export { loadIdx } from './idx'
export { ImageFolder, type ImageFolderOptions, type ImageSample } from './image-folder'
export { type Input } from './input'
export { type JsonlOptions } from './jsonl'
export { type ParquetOptions } from './parquet'
export { type Rows } from './rows'

/** Options of `columns`. */
export interface ColumnsOptions {
  /** The columns to read; by default those that the first 1024 objects have. */
  readonly columns?: readonly string[] | null
  readonly signal?: AbortSignal | null
}

/** Arrays of values by the names of columns. */
export type Arrays = Readonly<Record<string, readonly unknown[] | ArrayBufferView>>

/** What `columns` takes. */
export type ColumnsData = Columns | Rows | (() => Rows) | ArrowTable | ArrowBatch | Arrays

const signatures = {
  columns: member('columns(data: any, *, columns: str[]? = null, signal: signal? = null)'),
  arrow: member('arrow(data: any, *, signal: signal? = null)')
}

/**
 * Data as `Columns`: an array, an iterable or a stream (of Node or the web) of objects, such as the rows of
 * `node:sqlite`'s `statement.iterate()`; a function that gives one anew for each reading; an Arrow table; arrays by
 * name, `{ x: new Float32Array(…), label: ['a', 'b'] }`; or what `source` gives. A stream is read as fast as its
 * rows are asked for. Columns of fields that are missing here and there have null.
 */
export function columns(data: ColumnsData, options?: ColumnsOptions): Columns
export function columns(...args: unknown[]): Columns {
  const [data, names, signal] = signatures.columns.read(args)
  const whole = opened(data, names === null ? null : [...names], signal)
  return names === null || typeof data === 'function' || isAnyIterable(data) ? whole : whole.select(names)
}

function opened(data: unknown, names: readonly string[] | null, signal: AbortSignal | null): Columns {
  if (data instanceof Columns) return data
  if (isArrowTable(data) || isArrowBatch(data)) return arrowColumns(data, signal)
  if (typeof data === 'function') return new Columns(() => chunksOfRows(called(data as () => unknown), names, signal))
  if (isAnyIterable(data)) return new Columns(() => chunksOfRows(once(data as Rows), names, signal))
  if (!isKeywords(data)) {
    throw new TypeError(
      `columns: data must be objects, a stream of them, an Arrow table or arrays by name, got ${kindText(data)}`
    )
  }
  const chunk = chunkOfArrays(data)
  return new Columns(() => abortable([chunk], signal))
}

function called(open: () => unknown): Rows {
  const rows = open()
  if (isAnyIterable(rows)) return rows as Rows
  throw new TypeError(`columns: the function must give an iterable of objects, got ${kindText(rows)}`)
}

const read = new WeakSet<object>()

/** The rows themselves; throws where they give themselves away only once, and have. */
function once(rows: Rows): Rows {
  const isOnce = Symbol.asyncIterator in rows || rows[Symbol.iterator]() === (rows as unknown)
  if (!isOnce) return rows
  if (read.has(rows)) {
    throw new Error('columns: this stream has been read already; pass a function that opens it: columns(() => stream)')
  }
  read.add(rows)
  return rows
}

const arrowColumns = (data: unknown, signal: AbortSignal | null): Columns =>
  new Columns((): AsyncIterable<Chunk> => abortable(chunksOfArrow(data), signal))

/**
 * The rows of an Arrow table, of a record batch, or of an iterable of batches, such as
 * `await RecordBatchReader.from(stream)`. Numbers without nulls are views of the table's memory.
 */
function arrow(
  data: ArrowTable | ArrowBatch | Iterable<ArrowBatch> | AsyncIterable<ArrowBatch>,
  options?: { readonly signal?: AbortSignal | null }
): Columns
function arrow(...args: unknown[]): Columns {
  const [data, signal] = signatures.arrow.read(args)
  return arrowColumns(data, signal)
}

/** Sources of columns by format. */
export const source = { arrow, csv, duckdb, jsonl, parquet } as const
