// Columns and chunks: the one contract between sources of data and what reads them.

/** What the values of a column are. */
export type ColumnType = 'number' | 'bool' | 'date' | 'text'

/** Arrays that hold numbers. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

interface Valid {
  /** 1 where there is a value, 0 where it is missing; null where all are there. */
  readonly valid: Uint8Array | null
}

/** Numbers, in the type that the source has them in. */
export interface NumberColumn extends Valid {
  readonly type: 'number'
  readonly values: NumberArray
}

/** Booleans: 0 and 1. */
export interface BoolColumn extends Valid {
  readonly type: 'bool'
  readonly values: Uint8Array
}

/** Points in time: milliseconds since 1970 in UTC. */
export interface DateColumn extends Valid {
  readonly type: 'date'
  readonly values: Float64Array
}

/** Texts. */
export interface TextColumn extends Valid {
  readonly type: 'text'
  readonly values: readonly string[]
}

/** The values of one name in a chunk. */
export type Column = NumberColumn | BoolColumn | DateColumn | TextColumn

/** Some rows: columns of the same length by their names. */
export interface Chunk {
  /** The number of rows. */
  readonly length: number
  readonly columns: Readonly<Record<string, Column>>
  /** Where a row of the chunk comes from, for messages: `titanic.csv:12`. */
  readonly place?: (row: number) => string
}

/** One value of a row. */
export type Value = number | bigint | boolean | string | Date | null

/** One row by the names of its columns; null where a value is missing. */
export type Row = Record<string, Value>

/** An object that takes any name, `__proto__` too. */
export const emptyRecord = <Content>(): Record<string, Content> => Object.create(null) as Record<string, Content>

/** Where a row of a chunk comes from. */
export const placeOf = (chunk: Chunk, row: number): string => chunk.place?.(row) ?? `row ${row + 1}`

/** Reads a column row by row; a NaN counts as missing. */
export function reader(column: Column): (row: number) => Value {
  const { valid } = column
  const read = valueReader(column)
  return valid === null ? read : (row) => (valid[row] === 0 ? null : read(row))
}

function valueReader(column: Column): (row: number) => Value {
  if (column.type === 'text') return (row) => column.values[row]
  if (column.type === 'bool') return (row) => column.values[row] !== 0
  const { values } = column
  const number = (row: number): number | null => {
    const value = values[row] as number
    return value === value ? value : null
  }
  if (column.type === 'number') return number
  return (row) => {
    const value = number(row)
    return value === null ? null : new Date(value)
  }
}

/** The rows of a chunk as objects. */
export function rowsOf({ length, columns }: Chunk): Row[] {
  const readers = Object.entries(columns).map(([name, column]) => ({ name, read: reader(column) }))
  return Array.from({ length }, (_, row) => {
    const record = emptyRecord<Value>()
    for (const { name, read } of readers) record[name] = read(row)
    return record
  })
}

type Convert = (column: Column) => Column

function converted({ columns }: Chunk, convert: Convert): Record<string, Column> {
  const result = emptyRecord<Column>()
  for (const name of Object.keys(columns)) result[name] = convert(columns[name])
  return result
}

/** Rows `start` to `end` of a chunk; typed arrays are views. */
export function sliceChunk(chunk: Chunk, start: number, end: number): Chunk {
  if (start === 0 && end === chunk.length) return chunk
  const columns = converted(chunk, (column) => {
    const valid = column.valid?.subarray(start, end) ?? null
    return column.type === 'text'
      ? { ...column, values: column.values.slice(start, end), valid }
      : ({ ...column, values: column.values.subarray(start, end), valid } as Column)
  })
  return { length: end - start, columns, place: (row) => placeOf(chunk, row + start) }
}

/** The chosen rows of a chunk, in their order. */
export function gatherChunk(chunk: Chunk, rows: readonly number[]): Chunk {
  if (rows.length === chunk.length) return chunk
  const columns = converted(chunk, (column) => {
    const valid = column.valid === null ? null : Uint8Array.from(rows, (row) => column.valid![row])
    if (column.type === 'text') return { ...column, values: rows.map((row) => column.values[row]), valid }
    return { ...column, values: gathered(column.values, rows), valid } as Column
  })
  return { length: rows.length, columns, place: (row) => placeOf(chunk, rows[row]) }
}

function gathered(values: NumberArray, rows: readonly number[]): NumberArray {
  const Type = values.constructor as new (length: number) => NumberArray
  const result = new Type(rows.length)
  for (let i = 0; i < rows.length; i++) result[i] = values[rows[i]]
  return result
}
