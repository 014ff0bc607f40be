// Objects as columns: arrays, iterables and streams of them, rows of databases, and arrays by name.

import { isCallable, isIterable, isList, kindText, valueText } from '../../kinds'
import { type Chunk, type Column, type NumberArray, emptyRecord } from '../columns/column'
import { columnOf } from '../columns/infer'
import { abortable } from '../columns/turn'

/** Objects that are rows, or what gives them one by one. */
export type Rows = Iterable<object> | AsyncIterable<object>

/** So many rows make a chunk. */
const CHUNK = 1024

export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && isCallable(value, Symbol.asyncIterator)

/** True for what for-await goes through. */
export const isAnyIterable = (value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> =>
  isIterable(value) || isAsyncIterable(value)

/** Chunks of objects. Column names are `names`, or those that the first 1024 rows have. */
export async function* chunksOfRows(
  rows: Rows,
  names: readonly string[] | null,
  signal: AbortSignal | null,
  placeOfRow: (row: number) => string = (row) => `row ${row + 1}`
): AsyncGenerator<Chunk, void, undefined> {
  let known = names
  let first = 0
  const chunk = (list: readonly object[]): Chunk => {
    const start = first
    const place = (row: number): string => placeOfRow(start + row)
    first += list.length
    known ??= [...new Set(list.flatMap((row) => Object.keys(row)))]
    if (names === null) checkNames(list, known, place)
    const columns = emptyRecord<Column>()
    for (const name of known) columns[name] = columnOf(fieldsOf(list, name), name, place)
    return { length: list.length, columns, place }
  }
  let held: object[] = []
  /** Takes a row; gives a chunk where they are enough. */
  const take = (row: object): Chunk | null => {
    if (typeof row !== 'object' || (row as unknown) === null || isList(row))
      throw new TypeError(`${placeOfRow(first + held.length)}: a row must be an object, got ${valueText(row)}`)
    if (held.push(row) < CHUNK) return null
    const full = held
    held = []
    return chunk(full)
  }
  // Waiting for each row of what is there already takes twice as long (0.23 M rows/s to batches against 0.56).
  if (Symbol.asyncIterator in rows) {
    for await (const row of abortable(rows, signal)) {
      const full = take(row)
      if (full !== null) yield full
    }
  } else {
    signal?.throwIfAborted()
    for (const row of rows) {
      const full = take(row)
      if (full === null) continue
      yield full
      signal?.throwIfAborted()
    }
  }
  if (held.length > 0) yield chunk(held)
}

function fieldsOf(rows: readonly object[], name: string): unknown[] {
  const result = new Array<unknown>(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as Readonly<Record<string, unknown>>
    // What an object has from its class, such as `constructor`, is no field.
    result[i] = name in Object.prototype && !Object.hasOwn(row, name) ? null : row[name]
  }
  return result
}

/** Throws where a row has a field that the first ones have not: it would be left out. */
function checkNames(rows: readonly object[], known: readonly string[], place: (row: number) => string): void {
  const all = new Set(known)
  for (let i = 0; i < rows.length; i++) {
    for (const name in rows[i]) {
      if (all.has(name) || !Object.hasOwn(rows[i], name)) continue
      throw new RangeError(
        `${place(i)}: there is a column '${name}', which the first ${CHUNK} rows do not have; pass { columns: [...] }`
      )
    }
  }
}

/** Columns given by their names: `{ x: new Float32Array(…), name: ['a', 'b'] }`. */
export function chunkOfArrays(arrays: Readonly<Record<string, unknown>>): Chunk {
  const columns = emptyRecord<Column>()
  let length: number | null = null
  for (const name of Object.keys(arrays)) {
    const values = arrays[name]
    if (!isList(values) && (!ArrayBuffer.isView(values) || values instanceof DataView))
      throw new TypeError(`columns: column '${name}' must be an array or a typed array, got ${kindText(values)}`)
    const list = values as ArrayLike<unknown>
    length ??= list.length
    if (list.length !== length)
      throw new RangeError(`columns: column '${name}' has ${list.length} values, others have ${length}`)
    columns[name] = isNumberArray(values)
      ? { type: 'number', values, valid: null }
      : columnOf(list, name, (row) => `row ${row + 1}`)
  }
  return { length: length ?? 0, columns }
}

const numberArrays = /^(Float(32|64)|(Int|Uint)(8|16|32)|Big(Int|Uint)64)Array$/

/** True for typed arrays that a column of numbers may be. */
export const isNumberArray = (value: unknown): value is NumberArray =>
  ArrayBuffer.isView(value) && numberArrays.test(Object.prototype.toString.call(value).slice(8, -1))
