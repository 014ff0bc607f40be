// From a CSV file to numbers for training: reading, choice of columns, missing values, splitting, standardising.
// Knows no tensors; throws a UserError with one sentence for whatever is wrong with the file.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { CsvError, parse } from 'csv-parse/sync'
import { fileError, UserError } from './cli'

export interface Table {
  /** Name of the file, for messages. */
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export interface Features {
  /** The numeric columns, in the file's order. */
  readonly used: readonly string[]
  /** The other columns, each with the reason why it is left out. */
  readonly skipped: readonly { readonly column: string; readonly reason: string }[]
  /** One row per labelled row of the file; NaN where a value is missing. */
  readonly values: readonly (readonly number[])[]
  /** 1 where the target is the positive value, else 0. */
  readonly labels: readonly number[]
  /** Rows left out because their target is missing. */
  readonly unlabelled: number
}

export interface Split {
  readonly train: readonly number[]
  readonly test: readonly number[]
}

const missingValues = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?'])
const numberFormat = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** True for an empty field and for the usual ways to write one: NA, N/A, NaN, null, none, ?. */
export const isMissing = (field: string): boolean => missingValues.has(field.toLowerCase())

/** The number that a field spells, or null. */
function toNumber(field: string): number | null {
  const value = Number(field)
  return numberFormat.test(field) && Number.isFinite(value) ? value : null
}

const list = (items: readonly string[], most = 12): string =>
  items.length > most ? `${items.slice(0, most).join(', ')} and ${items.length - most} more` : items.join(', ')

/** The file as text; a file that is not UTF-8 text is an error. */
function readText(path: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw fileError(path, error)
  }
  if (bytes.length === 0) throw new UserError(`${path}: the file is empty.`)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (!text.includes('\0')) return text
  } catch {
    // Said below.
  }
  throw new UserError(`${path}: this is not a text file in UTF-8, so it cannot be read as CSV.`)
}

/** The separator that occurs most often in the header. */
function delimiterOf(text: string): string {
  const [header = ''] = text.split(/\r?\n|\r/, 1)
  const count = (delimiter: string): number => header.split(delimiter).length
  return [',', ';', '\t'].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best))
}

function parseError(path: string, error: unknown): Error {
  if (!(error instanceof CsvError)) return error as Error
  const line = (error as CsvError & { lines?: number }).lines
  const record = (error as CsvError & { record?: unknown[] }).record
  if (error.code.startsWith('CSV_RECORD_INCONSISTENT')) {
    const [, expected] = /expect (\d+)/.exec(error.message) ?? []
    return new UserError(`${path}, line ${line}: ${record?.length} fields where the header has ${expected}.`)
  }
  return new UserError(`${path}, line ${line}: a quote is opened or closed in the wrong place.`)
}

/** Reads a CSV file whose first row is the header; separators may be commas, semicolons or tabs. */
export function readCsv(path: string): Table {
  const text = readText(path)
  let records: string[][]
  try {
    records = parse(text, { bom: true, delimiter: delimiterOf(text), skip_empty_lines: true, trim: true })
  } catch (error) {
    throw parseError(path, error)
  }
  const [columns, ...rows] = records
  if (columns === undefined) throw new UserError(`${path}: the file is empty.`)
  if (rows.length === 0) throw new UserError(`${path}: there is a header, but no row below it.`)
  const twice = columns.find((column, i) => column !== '' && columns.indexOf(column) !== i)
  if (twice !== undefined) throw new UserError(`${path}: the header names the column "${twice}" twice.`)
  return { name: basename(path), columns, rows }
}

/** The position of a column; an unknown one is an error that names those there are. */
function columnIndex({ name, columns }: Table, column: string): number {
  const index = columns.indexOf(column)
  if (index >= 0) return index
  const alike = columns.find((other) => other.toLowerCase() === column.toLowerCase())
  const hint = alike === undefined ? '' : ` Did you mean "${alike}"?`
  throw new UserError(`${name} has no column "${column}"; its columns are ${list(columns)}.${hint}`)
}

/** Why a column cannot be a feature, or null when it can. */
function reasonToSkip(column: string, fields: readonly string[]): string | null {
  if (column === '') return 'no name'
  const present = fields.filter((field) => !isMissing(field))
  if (present.length === 0) return 'no values'
  const numbers = present.map(toNumber)
  if (numbers.includes(null)) return 'not numbers'
  return numbers.every((value) => value === numbers[0]) ? 'always the same' : null
}

/** Picks the numeric columns as features and labels each row by whether its target is `positive`. */
export function selectFeatures(table: Table, target: string | undefined, positive: string | undefined): Features {
  if (target === undefined) {
    throw new UserError(`--target is missing; the columns of ${table.name} are ${list(table.columns)}.`)
  }
  const targetIndex = columnIndex(table, target)
  const rows = table.rows.filter((row) => !isMissing(row[targetIndex]!))
  if (rows.length === 0) throw new UserError(`${table.name}: the column "${target}" has no values.`)

  const values = [...new Set(rows.map((row) => row[targetIndex]!))]
  if (positive === undefined) {
    throw new UserError(`--positive is missing; the values of ${target} are ${list(values)}.`)
  }
  const wanted = toNumber(positive)
  // 1, 1.0 and 1e0 are the same class.
  const labels = rows.map((row) => {
    const field = row[targetIndex]!
    return field === positive || (wanted !== null && toNumber(field) === wanted) ? 1 : 0
  })
  if (!labels.includes(1)) {
    throw new UserError(`${table.name}: no row has ${target} = "${positive}"; its values are ${list(values)}.`)
  }
  if (!labels.includes(0)) {
    throw new UserError(`${table.name}: every row has ${target} = "${positive}", so there is nothing to tell apart.`)
  }

  const skipped: { column: string; reason: string }[] = []
  const usedIndices: number[] = []
  table.columns.forEach((column, i) => {
    if (i === targetIndex) return
    const fields = rows.map((row) => row[i]!)
    const reason = reasonToSkip(column, fields)
    if (reason === null) usedIndices.push(i)
    else skipped.push({ column: column === '' ? `column ${i + 1}` : column, reason })
  })
  if (usedIndices.length === 0) {
    throw new UserError(`${table.name}: there is no numeric column beside "${target}" to learn from.`)
  }
  return {
    used: usedIndices.map((i) => table.columns[i]!),
    skipped,
    values: rows.map((row) => usedIndices.map((i) => toNumber(row[i]!) ?? NaN)),
    labels,
    unlabelled: table.rows.length - rows.length
  }
}

/** Splits rows in the order of a random permutation: the first `testFraction` of it tests, the rest trains. */
export function splitRows(permutation: readonly number[], testFraction: number): Split {
  const count = permutation.length
  const testCount = Math.min(count - 1, Math.max(1, Math.round(count * testFraction)))
  return { test: permutation.slice(0, testCount), train: permutation.slice(testCount) }
}

/** Training needs rows of both classes. */
export function checkTrainingLabels(labels: readonly number[]): void {
  if (labels.includes(0) && labels.includes(1)) return
  throw new UserError(
    `The ${labels.length} training rows are all of one class: use more rows, another --seed or a smaller --test-fraction.`
  )
}

/** What standardising learns from the training rows; missing values do not count. */
export interface Scaler {
  readonly means: readonly number[]
  readonly deviations: readonly number[]
}

/** Mean and standard deviation of each column; a column without spread gets deviation 1. */
export function fitScaler(rows: readonly (readonly number[])[], width: number): Scaler {
  const means: number[] = []
  const deviations: number[] = []
  for (let column = 0; column < width; column++) {
    const present = rows.map((row) => row[column]!).filter((value) => !Number.isNaN(value))
    const mean = present.reduce((sum, value) => sum + value / present.length, 0)
    const variance = present.reduce((sum, value) => sum + (value - mean) ** 2 / present.length, 0)
    means.push(mean)
    deviations.push(variance > 0 ? Math.sqrt(variance) : 1)
  }
  return { means, deviations }
}

/** Rows as z-scores, a missing value as the training mean, which is 0. */
export function standardise(rows: readonly (readonly number[])[], { means, deviations }: Scaler): number[][] {
  return rows.map((row) =>
    row.map((value, column) => (Number.isNaN(value) ? 0 : (value - means[column]!) / deviations[column]!))
  )
}

/** How many values are missing in each column. */
export function countMissing(rows: readonly (readonly number[])[], width: number): number[] {
  return Array.from({ length: width }, (_, column) => rows.filter((row) => Number.isNaN(row[column]!)).length)
}

/** The accuracy of always answering with the class that is more frequent in training. */
export function majorityAccuracy(trainLabels: readonly number[], labels: readonly number[]): number {
  const positives = trainLabels.filter((label) => label === 1).length
  const majority = 2 * positives > trainLabels.length ? 1 : 0
  return labels.filter((label) => label === majority).length / labels.length
}
