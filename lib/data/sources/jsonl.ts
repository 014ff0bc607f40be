// JSON lines: an object on each line.

import { StringDecoder } from 'node:string_decoder'
import { valueText } from '../../kinds'
import { isKeywords, member } from '../../signature'
import { type BadRow, type BadRowPolicy, BadRows } from '../columns/bad-rows'
import { Columns } from '../columns/columns'
import { checkBadRows } from '../columns/kinds'
import { type Input, bytesOf, nameOf } from './input'
import { chunksOfRows } from './rows'

/** Options of `source.jsonl`. */
export interface JsonlOptions {
  /** The columns to read; by default those that the first 1024 lines have. */
  readonly columns?: readonly string[] | null
  /** What becomes of a line that holds no object. */
  readonly onBadRow?: BadRowPolicy
  /** Gets what was left out, where `onBadRow` is 'collect'. */
  readonly badRows?: BadRow[] | null
  readonly signal?: AbortSignal | null
}

const signature = member(
  "jsonl(input: input, *, columns: str[]? = null, onBadRow: badRowPolicy = 'throw', badRows: badRows? = null, signal: signal? = null)"
)

/** A longer line is none that somebody meant: the file is something else. */
const LONGEST_LINE = 2 ** 22

/** The lines of a file with their numbers. */
async function* linesOf(input: Input, signal: AbortSignal | null): AsyncGenerator<[number, string], void, undefined> {
  const decoder = new StringDecoder('utf8')
  const file = nameOf(input)
  let [rest, number] = ['', 0]
  for await (const bytes of bytesOf(input, 'jsonl', signal)) {
    const lines = (rest + decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))).split('\n')
    rest = lines.pop()!
    for (const line of lines) yield [++number, line]
    if (rest.length > LONGEST_LINE)
      throw new RangeError(`${file}:${number + 1}: the line is longer than ${LONGEST_LINE} characters`)
  }
  yield [number + 1, rest + decoder.end()]
}

async function* objectsOf(
  input: Input,
  bad: BadRows,
  signal: AbortSignal | null,
  lines: number[]
): AsyncGenerator<object, void, undefined> {
  for await (const [number, line] of linesOf(input, signal)) {
    const text = number === 1 && line.startsWith('\uFEFF') ? line.slice(1) : line
    if (text.trim() === '') continue
    const row = parsed(text, (what) => bad.report(`${nameOf(input)}:${number}`, null, what))
    if (row === null) continue
    lines.push(number)
    yield row
  }
}

function parsed(text: string, refuse: (what: string) => void): object | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    refuse(`the line is no JSON: ${(error as Error).message}`)
    return null
  }
  if (isKeywords(value)) return value
  refuse(`the line must be a JSON object, got ${valueText(value)}`)
  return null
}

/**
 * The objects of a file of JSON lines as columns. `input` is a file's name (one that ends in .gz is unpacked) or a
 * stream. Fields are numbers, booleans, texts or null; a line that holds no object is a RangeError with file and line,
 * unless `onBadRow` says otherwise.
 */
export function jsonl(input: Input, options?: JsonlOptions): Columns
export function jsonl(...args: unknown[]): Columns {
  const [input, names, onBadRow, badRows, signal] = signature.read(args)
  checkBadRows('jsonl', onBadRow, badRows)
  return new Columns(async function* () {
    // The lines of the rows since the last chunk.
    const lines: number[] = []
    let first = 0
    const objects = objectsOf(input, new BadRows(onBadRow, badRows ?? []), signal, lines)
    const place = (row: number): string => `${nameOf(input)}:${lines[row - first]}`
    for await (const chunk of chunksOfRows(objects, names, signal, place)) {
      const own = lines.splice(0, chunk.length)
      first += chunk.length
      yield { ...chunk, place: (row) => `${nameOf(input)}:${own[row]}` }
    }
  })
}
