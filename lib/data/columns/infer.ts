// Columns of values of any kind, such as the fields of objects.

import { types } from 'node:util'
import { valueText } from '../../kinds'
import type { Column, ColumnType } from './column'

/** What kind of value it is; null for missing ones, of which NaN is one. */
function typeOf(value: unknown): ColumnType | 'bigint' | null | undefined {
  switch (typeof value) {
    case 'number':
      return value === value ? 'number' : null
    case 'bigint':
      return 'bigint'
    case 'boolean':
      return 'bool'
    case 'string':
      return 'text'
    case 'undefined':
      return null
    default:
      return value === null ? null : types.isDate(value) ? 'date' : undefined
  }
}

/** What is said of a value that no column holds. */
export const noValue = (place: string, name: string, value: unknown): TypeError =>
  new TypeError(`${place}: column '${name}' must hold numbers, booleans, texts, dates or null, got ${valueText(value)}`)

const INT64 = 2n ** 63n

/**
 * The column of some values: of numbers (of BigInts int64 where they fit), booleans or dates where all are such,
 * else of texts. null, undefined and NaN are missing.
 */
export function columnOf(values: ArrayLike<unknown>, name: string, place: (row: number) => string): Column {
  const numbers = numberColumn(values)
  if (numbers !== null) return numbers
  const { length } = values
  const found = new Set<ColumnType | 'bigint'>()
  let last: ColumnType | 'bigint' | null = null
  let missing = 0
  for (let i = 0; i < length; i++) {
    const type = typeOf(values[i])
    if (type === undefined) throw noValue(place(i), name, values[i])
    if (type === null) missing++
    else if (type !== last) found.add((last = type))
  }
  const valid = missing === 0 ? null : new Uint8Array(length)
  if (valid !== null) for (let i = 0; i < length; i++) valid[i] = typeOf(values[i]) === null ? 0 : 1
  return { ...typed(values, found), valid } as Column
}

/** Null where some are no numbers; the most frequent kind goes without a look at each value's type by name. */
function numberColumn(list: ArrayLike<unknown>): Column | null {
  const { length } = list
  const values = new Float64Array(length)
  let valid: Uint8Array | null = null
  for (let i = 0; i < length; i++) {
    const value = list[i]
    if (typeof value === 'number' && value === value) {
      values[i] = value
      continue
    }
    if (typeof value !== 'number' && value !== null && value !== undefined) return null
    values[i] = NaN
    valid ??= new Uint8Array(length).fill(1)
    valid[i] = 0
  }
  return { type: 'number', values, valid }
}

function typed(values: ArrayLike<unknown>, found: ReadonlySet<string>): Pick<Column, 'type' | 'values'> {
  const has = (...names: string[]): boolean => [...found].every((each) => names.includes(each))
  const from = (read: (value: unknown) => number): Float64Array => {
    const result = new Float64Array(values.length)
    for (let i = 0; i < values.length; i++) result[i] = read(values[i])
    return result
  }
  if (has('bool')) return { type: 'bool', values: Uint8Array.from(values, (value) => (value === true ? 1 : 0)) }
  if (has('bigint')) {
    const read = (value: unknown): bigint => (typeof value === 'bigint' ? value : 0n)
    const fits = Array.prototype.every.call(values, (value) => read(value) >= -INT64 && read(value) < INT64)
    return { type: 'number', values: fits ? BigInt64Array.from(values, read) : from(Number) }
  }
  if (has('number', 'bigint', 'bool')) return { type: 'number', values: from(Number) }
  if (has('date')) return { type: 'date', values: from((value) => (value as Date | null)?.valueOf() ?? NaN) }
  return { type: 'text', values: Array.from(values, (value) => (typeOf(value) === null ? '' : textOf(value))) }
}

const textOf = (value: unknown): string => (types.isDate(value) ? value.toISOString() : String(value))
