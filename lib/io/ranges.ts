// Ranges of a file, checked against its length before anything is allocated, and what is said where it is damaged.

import { newBytes } from './elements'
import type { OpenFile } from './file'

/** The error that says what is wrong with a file; the sentence goes on after its name. */
export const damaged = (file: OpenFile, what: string): RangeError => new RangeError(`${file.op}: ${file.path} ${what}`)

/** Bytes from `offset` on, in memory of their own; `what` names them where the file does not have them. */
export function readRange(file: OpenFile, offset: number, length: number, what: string): Uint8Array {
  const end = offset + length
  if (!(Number.isSafeInteger(end) && offset >= 0 && length >= 0 && end <= file.size)) {
    throw damaged(file, `is truncated or damaged: ${what} would end at byte ${end} of ${file.size}`)
  }
  const bytes = newBytes(length)
  file.read(bytes, offset)
  return bytes
}

/** No array of NumPy and PyTorch has more dims. */
export const MOST_DIMS = 64

/** True for sizes whose product a number holds, also where one of them is 0. */
export const isShape = (shape: readonly number[]): boolean =>
  shape.length <= MOST_DIMS && Number.isSafeInteger(shape.reduce((a, b) => a * (b || 1), 1))

const FEW_BYTES = 50e6

/**
 * What is taken from a file that says that it holds more than its own bytes, as those do that would fill the memory.
 */
export const mostMemory = (fileSize: number): number => 10 * fileSize + FEW_BYTES

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Bytes that are taken one range after the other. */
export interface ByteSource {
  readonly remaining: number
  /** The next bytes, in memory of their own; `what` names them where there are fewer. */
  take(length: number, what: string): Uint8Array
}

/** The bytes of a file from `position` to `end`; `read` gives those of a range, by default as the file has them. */
export class FileSource implements ByteSource {
  constructor(
    readonly file: OpenFile,
    private position = 0,
    readonly end = file.size,
    readonly read = (start: number, length: number, what: string): Uint8Array => readRange(file, start, length, what)
  ) {}

  get remaining(): number {
    return this.end - this.position
  }

  take(length: number, what: string): Uint8Array {
    if (!(length <= this.remaining)) {
      throw damaged(this.file, `is truncated or damaged: ${what} has ${this.remaining} bytes of ${length}`)
    }
    this.position += length
    return this.read(this.position - length, length, what)
  }
}

const LONGEST_QUOTE = 100

/** A text of a file as a message shows it: in one line, and not all of a long one. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
