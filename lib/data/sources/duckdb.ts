// Results of DuckDB: SQL over CSV, Parquet and tables, whose vectors become columns as they are.

import { isCallable } from '../../kinds'
import { loadPeer } from '../../peer'
import { defineCheck, member, refusing } from '../../signature'
import { type Chunk, type Column, type NumberArray, emptyRecord } from '../columns/column'
import { Columns } from '../columns/columns'
import { columnOf } from '../columns/infer'
import '../columns/kinds'
import { abortable } from '../columns/turn'
import { isNumberArray } from './rows'

/** What is used of a connection of @duckdb/node-api. */
export interface DuckDBConnectionLike {
  // The library's own types are wider than what is used of them.
  stream(sql: string): Promise<unknown>
}

/** Options of `source.duckdb`. */
export interface DuckDBOptions {
  readonly signal?: AbortSignal | null
}

const CONNECTION = 'a connection of @duckdb/node-api or the name of a database'
const isConnection = (value: unknown): value is DuckDBConnectionLike =>
  typeof value === 'object' && isCallable(value, 'stream')
defineCheck('duckdb', CONNECTION, isConnection, refusing(isConnection, CONNECTION))

declare module '../../signature/types' {
  interface KindTypes {
    duckdb: DuckDBConnectionLike
  }
}

const signature = member('duckdb(database: str|duckdb, sql: str, *, signal: signal? = null)')

interface Vector {
  readonly items?: unknown
  readonly itemCount: number
  readonly validity: { readonly data: BigUint64Array | null; readonly itemValid: (row: number) => boolean }
  readonly getItem: (row: number) => unknown
}

interface Data {
  readonly rowCount: number
  readonly getColumnVector: (column: number) => Vector
}

interface Result {
  readonly deduplicatedColumnNames: () => string[]
  readonly columnTypeId: (column: number) => number
  readonly fetchChunk: () => Promise<Data | null>
}

interface Peer {
  readonly DuckDBInstance: { create: (path: string) => Promise<Instance> }
}

interface Instance {
  readonly connect: () => Promise<DuckDBConnectionLike & { readonly closeSync: () => void }>
  readonly closeSync: () => void
}

// Numbers of types in the library's `DuckDBTypeId`: integers of 8 to 64 bits with and without sign, floats, DATE.
const [LEAST_NUMBER, MOST_NUMBER, DATE] = [2, 11, 13]
const DAY = 86_400_000

function validOf(vector: Vector, length: number): Uint8Array | null {
  const { validity } = vector
  if (validity.data === null) return null
  const valid = new Uint8Array(length)
  for (let row = 0; row < length; row++) valid[row] = validity.itemValid(row) ? 1 : 0
  return valid
}

function columnFrom(
  vector: Vector,
  typeId: number,
  length: number,
  name: string,
  place: (row: number) => string
): Column {
  const { items } = vector
  if (isNumberArray(items) && typeId >= LEAST_NUMBER && typeId <= MOST_NUMBER) {
    // The memory is the chunk's, which the library frees.
    return { type: 'number', values: items.slice(0, length) as NumberArray, valid: validOf(vector, length) }
  }
  if (typeId === DATE && items instanceof Int32Array)
    return {
      type: 'date',
      values: Float64Array.from(items.subarray(0, length), (days) => days * DAY),
      valid: validOf(vector, length)
    }
  return columnOf(
    Array.from({ length }, (_, row) => plain(vector.getItem(row))),
    name,
    place
  )
}

/** The library's own values as JavaScript's: timestamps as dates, decimals as numbers, identifiers as texts. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { micros, millis, seconds, nanos, scale, hugeint } = value as Readonly<Record<string, unknown>>
  if (typeof micros === 'bigint') return new Date(Number(micros / 1000n))
  if (typeof nanos === 'bigint') return new Date(Number(nanos / 1_000_000n))
  if (typeof millis === 'bigint') return new Date(Number(millis))
  if (typeof seconds === 'bigint') return new Date(Number(seconds) * 1000)
  if (typeof scale === 'number') return Number(String(value))
  return typeof hugeint === 'bigint' ? String(value) : value
}

async function* readResult(connection: DuckDBConnectionLike, sql: string): AsyncGenerator<Chunk, void, undefined> {
  const result = (await connection.stream(sql)) as Result
  const names = result.deduplicatedColumnNames()
  let first = 0
  for (;;) {
    const data = await result.fetchChunk()
    const length = data?.rowCount ?? 0
    if (data === null || length === 0) return
    const start = first
    first += length
    const place = (row: number): string => `row ${start + row + 1}`
    const columns = emptyRecord<Column>()
    names.forEach((name, i) => {
      columns[name] = columnFrom(data.getColumnVector(i), result.columnTypeId(i), length, name, place)
    })
    yield { length, columns, place }
  }
}

async function* readDatabase(path: string, sql: string): AsyncGenerator<Chunk, void, undefined> {
  const { DuckDBInstance } = await loadPeer<Peer>('@duckdb/node-api', 'reading from DuckDB')
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  try {
    yield* readResult(connection, sql)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/**
 * The rows of a query as columns, by the peer @duckdb/node-api: `source.duckdb(':memory:', "select * from
 * 'a.parquet'")`. `database` is a connection, or the name of a database that is opened for each reading. Numbers
 * keep their types; it is the fastest way from a file of any size.
 */
export function duckdb(database: string | DuckDBConnectionLike, sql: string, options?: DuckDBOptions): Columns
export function duckdb(...args: unknown[]): Columns {
  const [database, sql, signal] = signature.read(args)
  return new Columns(() => {
    const chunks = typeof database === 'string' ? readDatabase(database, sql) : readResult(database, sql)
    return abortable(chunks, signal)
  })
}
