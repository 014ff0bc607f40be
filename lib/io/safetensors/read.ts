// A safetensors file that is open: its header is read at once, a tensor when it is asked for.

import type { Tensor } from '../../index'
import { newBytes } from '../elements'
import { OpenFile } from '../file'
import { checkForm, tensorOf } from './dtypes'
import { type Entry, type Fail, type Header, PREFIX, headerLength, parseHeader, short } from './header'

/** The error for a file that is none of the format. */
export const failing =
  (op: string, what: string): Fail =>
  (reason) =>
    new RangeError(`${op}: ${what} is no valid safetensors file: ${reason}`)

/** Tensors up to this size are read together with their neighbours and copied: a call of the system costs more. */
const SMALL = 64 * 1024
/** As much is read at once for small ones. */
const WINDOW = 1024 * 1024

/** One file, read by range. */
export class Reader {
  readonly header: Header
  readonly #file: OpenFile
  readonly #dataStart: number
  readonly #byName: ReadonlyMap<string, Entry>

  constructor(
    readonly op: string,
    path: string
  ) {
    this.#file = new OpenFile(op, path)
    try {
      const fail = failing(op, path)
      const { size } = this.#file
      if (size < PREFIX) throw fail(`it has ${size} bytes, fewer than the ${PREFIX} of the length of its header`)
      const prefix = newBytes(PREFIX)
      this.#file.read(prefix, 0)
      const text = newBytes(headerLength(prefix, size, fail))
      this.#file.read(text, PREFIX)
      this.#dataStart = PREFIX + text.byteLength
      this.header = parseHeader(text, size - this.#dataStart, fail)
      this.#byName = new Map(this.header.entries.map((entry) => [entry.name, entry]))
    } catch (error) {
      this.#file.close()
      throw error
    }
  }

  get path(): string {
    return this.#file.path
  }

  /** The entry of a name, undefined where there is none. */
  find(name: string): Entry | undefined {
    return this.#byName.get(name)
  }

  tensor(entry: Entry): Tensor {
    checkForm(entry.dtype, entry.shape, this.#nameOf(entry))
    const bytes = newBytes(entry.end - entry.start)
    this.#file.read(bytes, this.#dataStart + entry.start)
    return this.#make(bytes, entry)
  }

  /** All tensors of `entries`, which are in the order of their bytes. */
  *tensors(entries: readonly Entry[]): Generator<[name: string, tensor: Tensor]> {
    for (const entry of entries) checkForm(entry.dtype, entry.shape, this.#nameOf(entry))
    for (let i = 0; i < entries.length;) {
      const run = runFrom(entries, i)
      i += run.length
      if (run.length === 1) yield [run[0].name, this.tensor(run[0])]
      else yield* this.#together(run)
    }
  }

  *#together(run: readonly Entry[]): Generator<[name: string, tensor: Tensor]> {
    const { start } = run[0]
    const bytes = newBytes(run[run.length - 1].end - start)
    this.#file.read(bytes, this.#dataStart + start)
    for (const entry of run)
      yield [entry.name, this.#make(bytes.subarray(entry.start - start, entry.end - start), entry)]
  }

  #make(bytes: Uint8Array, entry: Entry): Tensor {
    return tensorOf(bytes, entry.dtype, entry.shape, this.#nameOf(entry))
  }

  #nameOf(entry: Entry): string {
    return `${this.op}: ${this.path}: tensor '${short(entry.name)}'`
  }

  close(): void {
    this.#file.close()
  }
}

/** Small entries whose bytes follow each other from the `i`th on, or that one alone. */
function runFrom(entries: readonly Entry[], i: number): readonly Entry[] {
  const { start } = entries[i]
  let next = i
  while (
    next < entries.length &&
    entries[next].end - entries[next].start <= SMALL &&
    entries[next].end - start <= WINDOW &&
    (next === i || entries[next].start === entries[next - 1].end)
  )
    next++
  return entries.slice(i, Math.max(next, i + 1))
}

/** The tensors of a file's bytes. */
export function tensorsIn(op: string, bytes: Uint8Array): [name: string, tensor: Tensor][] {
  const fail = failing(op, 'the argument')
  if (bytes.byteLength < PREFIX)
    throw fail(`it has ${bytes.byteLength} bytes, fewer than the ${PREFIX} of the length of its header`)
  const start = PREFIX + headerLength(bytes, bytes.byteLength, fail)
  const { entries } = parseHeader(bytes.subarray(PREFIX, start), bytes.byteLength - start, fail)
  return entries.map((entry) => {
    const part = bytes.subarray(start + entry.start, start + entry.end)
    return [entry.name, tensorOf(part, entry.dtype, entry.shape, `${op}: tensor '${short(entry.name)}'`)]
  })
}
