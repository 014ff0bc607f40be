// CSV by csv-parse: quotes, line ends and separators are its work; names, types and bad rows are here.

import type { Transform } from 'node:stream'
import { countText } from '../../kinds'
import { loadPeer } from '../../peer'
import { hint, member } from '../../signature'
import { type BadRow, type BadRowPolicy, BadRows } from '../columns/bad-rows'
import { type Chunk, type Column, type ColumnType, emptyRecord, gatherChunk } from '../columns/column'
import { Columns } from '../columns/columns'
import { checkBadRows } from '../columns/kinds'
import { type Input, bytesOf, nameOf } from './input'
import { TextColumnReader } from './text-column'

/** Options of `source.csv`. */
export interface CsvOptions {
  /** True where the first line has the names of the columns; else `names` has them, or they are column1, column2, …. */
  readonly header?: boolean
  /** The names of the columns. With a header, they stand for its own. */
  readonly names?: readonly string[] | null
  /** The type of some columns by name: 'number', 'bool', 'date' or 'text'. Others follow from the values. */
  readonly types?: Readonly<Record<string, ColumnType>>
  /** What stands between fields. */
  readonly separator?: string
  readonly quote?: string
  /** What a line that is left out begins with; null where there are none. */
  readonly comment?: string | null
  /** The texts that stand for a missing value. */
  readonly missing?: readonly string[]
  /** What becomes of a row with too many or too few fields, or with a field that is not of the given type. */
  readonly onBadRow?: BadRowPolicy
  /** Gets what was left out, where `onBadRow` is 'collect'. */
  readonly badRows?: BadRow[] | null
  readonly signal?: AbortSignal | null
}

const signature = member(
  `csv(input: input, *, header: bool = true, names: str[]? = null, types: columnTypes? = null, separator: str = ',', quote: str? = null, comment: str? = null, missing: str[]? = null, onBadRow: badRowPolicy = 'throw', badRows: badRows? = null, signal: signal? = null)`
)

interface Settings {
  readonly header: boolean
  readonly names: readonly string[] | null
  readonly types: Readonly<Record<string, ColumnType>>
  readonly isMissing: (text: string) => boolean
}

/** Rows are made into a chunk when there are so many of them, or so many bytes were read. */
const CHUNK_ROWS = 2048
const CHUNK_BYTES = 262_144

/** A row of more characters is none that somebody meant: a quote that never ends would take in the whole file. */
const LONGEST_ROW = 2 ** 20

/** More columns are none that somebody meant. */
const MOST_COLUMNS = 100_000

/** Records of a file on their way to chunks. */
class Table {
  #names: readonly string[] | null = null
  #readers: TextColumnReader[] = []
  #fields: string[][] = []
  #lines: number[] = []

  constructor(
    readonly file: string,
    readonly settings: Settings,
    readonly bad: BadRows
  ) {}

  get length(): number {
    return this.#lines.length
  }

  /** Takes the fields of a record that ends in a line. */
  add(fields: readonly string[], line: number): void {
    if (this.#names === null && this.#begin(fields)) return
    const count = this.#readers.length
    if (fields.length !== count) {
      const place = `${this.file}:${line}`
      this.bad.report(place, null, `there are ${fields.length} fields in a file of ${countText(count, 'column')}`)
      return
    }
    for (let i = 0; i < count; i++) this.#fields[i].push(fields[i])
    this.#lines.push(line)
  }

  /** Names the columns; true where the record was the header. */
  #begin(fields: readonly string[]): boolean {
    const { header, names, types, isMissing } = this.settings
    const found = names ?? (header ? fields : fields.map((_, i) => `column${i + 1}`))
    if (found.length > MOST_COLUMNS)
      throw new RangeError(`${this.file}: there are ${found.length} columns, more than ${MOST_COLUMNS}`)
    const seen = new Set<string>()
    const twice = found.find((name) => seen.size === seen.add(name).size)
    if (twice !== undefined)
      throw new RangeError(`${this.file}: two columns are named '${twice}'; pass { names: [...] }`)
    const unknown = Object.keys(types).find((name) => !found.includes(name))
    if (unknown !== undefined) {
      throw new RangeError(`${this.file}: types names column '${unknown}'${hint(unknown, found)}`)
    }
    this.#names = found
    this.#readers = found.map(
      (name) => new TextColumnReader(Object.hasOwn(types, name) ? types[name] : null, isMissing)
    )
    this.#fields = found.map(() => [])
    return header
  }

  /** The rows that came since the last call. */
  take(): Chunk {
    const [lines, columns] = [this.#lines, emptyRecord<Column>()]
    const place = (row: number): string => `${this.file}:${lines[row]}`
    const refused = new Set<number>()
    this.#readers.forEach((reader, i) => {
      const name = this.#names![i]
      columns[name] = reader.read(this.#fields[i], (row, what) => {
        if (!refused.has(row)) this.bad.report(place(row), name, what)
        refused.add(row)
      })
      this.#fields[i] = []
    })
    this.#lines = []
    const chunk = { length: lines.length, columns, place }
    return refused.size === 0
      ? chunk
      : gatherChunk(
          chunk,
          [...lines.keys()].filter((row) => !refused.has(row))
        )
  }
}

/** What is used of csv-parse. */
interface CsvParse {
  readonly parse: (options: object) => Parser
}

interface Parser extends Transform {
  readonly info: { readonly lines: number }
}

async function* readCsv(
  input: Input,
  parserOptions: object,
  settings: Settings,
  bad: BadRows,
  signal: AbortSignal | null
): AsyncGenerator<Chunk, void, undefined> {
  const { parse } = await loadPeer<CsvParse>('csv-parse', 'reading CSV')
  const file = nameOf(input)
  const table = new Table(file, settings, bad)
  const parser = parse({
    ...parserOptions,
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: LONGEST_ROW
  })
  // Records are taken where they are made: with an object of counts for each, as `on_record` gets, a file of 100 MB
  // took 9.7 s, else 5.7.
  const end = parser.push.bind(parser)
  let failure: unknown = null
  parser.push = (record: readonly string[] | null) => {
    if (record === null) return end(null)
    try {
      if (failure === null) table.add(record, parser.info.lines)
    } catch (error) {
      failure = error
    }
    return true
  }
  // Nothing comes out that is to be read; an error is told where it is caused.
  parser.on('error', () => undefined).resume()
  const step = (bytes: Uint8Array | null): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      const over = (error?: Error | null): void =>
        error === undefined || error === null ? resolve() : reject(sentence(error, file))
      if (bytes !== null) parser.write(bytes, over)
      else parser.end(over)
    }).then(() => {
      if (failure !== null) throw failure as Error
    })
  let unread = 0
  for await (const bytes of bytesOf(input, 'csv', signal)) {
    await step(bytes)
    checkWidth(parser, file)
    unread += bytes.length
    if (table.length < CHUNK_ROWS && unread < CHUNK_BYTES) continue
    unread = 0
    if (table.length > 0) yield table.take()
  }
  await step(null)
  if (table.length > 0) yield table.take()
}

/** Throws where the fields of a record that has not ended are more than any record has. */
function checkWidth(parser: object, file: string): void {
  const { state } = parser as { readonly state?: { readonly record?: readonly unknown[] } }
  const count = state?.record?.length ?? 0
  if (count > MOST_COLUMNS) throw new RangeError(`${file}: a row has more than ${MOST_COLUMNS} fields`)
}

const faults: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'something follows a closing quote',
  CSV_MAX_RECORD_SIZE: `a row is longer than ${LONGEST_ROW} characters; is there a quote that never ends?`,
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'something follows a closing quote',
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed at the end of the file',
  INVALID_OPENING_QUOTE: 'a quote stands within a field'
}

/** An error of csv-parse as one sentence. */
function sentence(error: Error, file: string): Error {
  const { code, lines } = error as NodeJS.ErrnoException & { readonly lines?: number }
  if (code === undefined || lines === undefined) return error
  return new RangeError(`${file}:${lines}: ${faults[code] ?? error.message}`, { cause: error })
}

/**
 * The rows of a CSV file as columns, read in a stream by the peer csv-parse. `input` is a file's name (one that ends in
 * .gz is unpacked) or a stream. A column is of numbers or booleans where the values in the first chunk of the file are
 * such, and of texts from the first chunk on where one is not; '007' and '0x10' are texts. A malformed row is a
 * RangeError with file and line, unless `onBadRow` says otherwise.
 */
export function csv(input: Input, options?: CsvOptions): Columns
export function csv(...args: unknown[]): Columns {
  const [input, header, names, types, separator, quote, comment, missing, onBadRow, badRows, signal] =
    signature.read(args)
  checkBadRows('csv', onBadRow, badRows)
  const marks = new Set(missing ?? [''])
  const settings: Settings = {
    header,
    names: names === null ? null : [...names],
    types: { ...types },
    isMissing: marks.size === 1 && marks.has('') ? (text) => text === '' : (text) => marks.has(text)
  }
  const mark = quote ?? '"'
  const parserOptions = {
    delimiter: separator,
    quote: mark,
    escape: mark,
    ...(comment === null ? {} : { comment, comment_no_infix: true })
  }
  return new Columns(() => readCsv(input, parserOptions, settings, new BadRows(onBadRow, badRows ?? []), signal))
}
