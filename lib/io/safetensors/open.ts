// One file or the shards that an index names, open: tensors are read when they are asked for.

import type { Tensor } from '../../index'
import { member } from '../../signature'
import { type Entry, short } from './header'
import { Reader } from './read'
import { isIndex, readIndex } from './shards'
import type { Metadata } from './write'

const signatures = { getTensor: member('SafetensorsFile.getTensor(name: str)') }

interface Found {
  readonly reader: Reader
  readonly entry: Entry
}

/** A file that `open()` has opened, as Python's `safe_open`; close it, or declare it with `using`. */
export class SafetensorsFile {
  readonly #readers: readonly Reader[]
  readonly #found: ReadonlyMap<string, Found>

  /** @internal */
  constructor(readers: readonly Reader[], found: ReadonlyMap<string, Found>) {
    this.#readers = readers
    this.#found = found
  }

  /** The names of the tensors. */
  keys(): string[] {
    return [...this.#found.keys()]
  }

  /** The texts beside the tensors. */
  metadata(): Metadata {
    return Object.assign({}, ...this.#readers.map(({ header }) => header.metadata)) as Metadata
  }

  /** Reads one tensor. */
  getTensor(name: string): Tensor
  getTensor(...args: unknown[]): Tensor {
    const [name] = signatures.getTensor.read(args)
    const { reader, entry } = this.#find(name)
    return reader.tensor(entry)
  }

  #find(name: string): Found {
    const found = this.#found.get(name)
    if (found === undefined) throw new RangeError(`File does not contain tensor ${name}`)
    return found
  }

  /** @internal Reads all tensors, in the order of their bytes. */
  tensors(): Record<string, Tensor> {
    const all: [string, Tensor][] = []
    for (const reader of this.#readers) {
      const entries = reader.header.entries.filter(({ name }) => this.#found.get(name)?.reader === reader)
      all.push(...reader.tensors(entries))
    }
    return Object.fromEntries(all)
  }

  /** Closes the file; what was read of it stays. */
  close(): void {
    for (const reader of this.#readers) reader.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** Opens a file, or all shards of an index. `op` is the function that does so, for messages. */
export function openFiles(op: string, path: string): SafetensorsFile {
  const found = new Map<string, Found>()
  const readers: Reader[] = []
  const add = (reader: Reader, entry: Entry): unknown => found.set(entry.name, { reader, entry })
  try {
    if (!isIndex(path)) {
      const reader = new Reader(op, path)
      readers.push(reader)
      for (const entry of reader.header.entries) add(reader, entry)
    } else {
      for (const [shard, names] of readIndex(op, path)) {
        const reader = new Reader(op, shard)
        readers.push(reader)
        for (const name of names) add(reader, entryOf(op, reader, name, path))
      }
    }
  } catch (error) {
    for (const reader of readers) reader.close()
    throw error
  }
  return new SafetensorsFile(readers, found)
}

function entryOf(op: string, reader: Reader, name: string, index: string): Entry {
  const entry = reader.find(name)
  if (entry !== undefined) return entry
  throw new RangeError(`${op}: ${reader.path} has no tensor '${short(name)}', which ${index} says it has`)
}
