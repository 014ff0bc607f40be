// Columns of fields that come as text.

import type { Column, ColumnType } from '../columns/column'
import { plainNumber, readBoolean, readDate } from '../columns/parse'

/** A row that holds what its column's type does not take. */
export type Refuse = (row: number, what: string) => void

/** Reads one column of a file of text, chunk by chunk. Its type is given, or that of the first values that it has. */
export class TextColumnReader {
  #type: ColumnType | null
  readonly #isGiven: boolean

  constructor(
    type: ColumnType | null,
    readonly isMissing: (text: string) => boolean
  ) {
    this.#type = type
    this.#isGiven = type !== null
  }

  /** The column of some fields. */
  read(texts: string[], refuse: Refuse): Column {
    const valid = this.#validOf(texts)
    if (this.#isGiven) return given(texts, valid, this.#type!, refuse)
    return this.#inferred(texts, valid)
  }

  #validOf(texts: readonly string[]): Uint8Array | null {
    let valid: Uint8Array | null = null
    for (let i = 0; i < texts.length; i++) {
      if (!this.isMissing(texts[i])) continue
      valid ??= new Uint8Array(texts.length).fill(1)
      valid[i] = 0
    }
    return valid
  }

  /** A column that was of numbers or booleans is text from the first chunk on that holds something else. */
  #inferred(texts: readonly string[], valid: Uint8Array | null): Column {
    const isEmpty = valid !== null && !valid.includes(1)
    if (this.#type !== 'text' && this.#type !== 'bool') {
      const values = numbers(texts, valid)
      if (values !== null) {
        if (!isEmpty) this.#type = 'number'
        return { type: 'number', values, valid }
      }
    }
    if (this.#type === null || this.#type === 'bool') {
      const values = booleans(texts, valid)
      if (values !== null) {
        if (!isEmpty) this.#type = 'bool'
        return { type: 'bool', values, valid }
      }
    }
    this.#type = 'text'
    return { type: 'text', values: texts, valid }
  }
}

/** Null where a text is no number as numbers are written: '007' and '0x10' are texts. */
function numbers(texts: readonly string[], valid: Uint8Array | null): Float64Array | null {
  const values = new Float64Array(texts.length)
  for (let i = 0; i < texts.length; i++) {
    const value = valid !== null && valid[i] === 0 ? NaN : plainNumber(texts[i])
    if (value === null) return null
    values[i] = value
  }
  return values
}

const booleanWords = /^(true|false)$/i

function booleans(texts: readonly string[], valid: Uint8Array | null): Uint8Array | null {
  const values = new Uint8Array(texts.length)
  for (let i = 0; i < texts.length; i++) {
    if (valid !== null && valid[i] === 0) continue
    if (!booleanWords.test(texts[i])) return null
    values[i] = texts[i].length === 4 ? 1 : 0
  }
  return values
}

const readers = {
  number: { read: (text: string) => finite(text), what: 'a number' },
  bool: { read: (text: string) => toNumber(readBoolean(text)), what: 'true or false' },
  date: { read: readDate, what: 'a date as in ISO 8601' }
}
const toNumber = (value: boolean | null): number | null => (value === null ? null : Number(value))

function finite(text: string): number | null {
  const value = text.trim() === '' ? NaN : Number(text)
  return Number.isFinite(value) ? value : null
}

function given(texts: readonly string[], valid: Uint8Array | null, type: ColumnType, refuse: Refuse): Column {
  if (type === 'text') return { type, values: texts, valid }
  const { read, what } = readers[type]
  const values = type === 'bool' ? new Uint8Array(texts.length) : new Float64Array(texts.length)
  for (let i = 0; i < texts.length; i++) {
    if (valid !== null && valid[i] === 0) continue
    const value = read(texts[i])
    if (value === null) refuse(i, `must be ${what}, got '${shortened(texts[i])}'`)
    else values[i] = value
  }
  return { type, values, valid } as Column
}

/** A longer text fills a message and tells no more. */
const LONGEST_QUOTED = 40

export const shortened = (text: string): string =>
  text.length <= LONGEST_QUOTED ? text : `${text.slice(0, LONGEST_QUOTED)}…`
