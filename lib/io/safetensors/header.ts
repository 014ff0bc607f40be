// The header of a safetensors file: 8 bytes of length, then JSON that says where each tensor is.

import { Scanner } from '../scanner'
import { type FileDtype, bytesFor, isFileDtype } from './dtypes'

/** Bytes before the header. */
export const PREFIX = 8
/** The member of a header that is no tensor. */
export const METADATA = '__metadata__'
/** The most that a header may take, as in the Python library. */
export const MOST_HEADER = 100_000_000

/** Where the bytes of a tensor are, from the first behind the header on. */
export interface Entry {
  readonly name: string
  readonly dtype: FileDtype
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

/** What a header says. */
export interface Header {
  readonly metadata: Readonly<Record<string, string>>
  /** In the order of their bytes, which follow each other without a gap. */
  readonly entries: readonly Entry[]
}

export type Fail = (what: string) => Error

/** The length of the header of a file of `size` bytes, whose first bytes are `prefix`. */
export function headerLength(prefix: Uint8Array, size: number, fail: Fail): number {
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true)
  if (length > BigInt(MOST_HEADER)) throw fail(`its header would have ${length} bytes, at most ${MOST_HEADER} may be`)
  const most = size - PREFIX
  if (length > BigInt(most))
    throw fail(`its header would have ${length} bytes, but the file has ${most} behind the length`)
  return Number(length)
}

/** Reads a header whose tensors have so many bytes behind it. */
export function parseHeader(bytes: Uint8Array, dataLength: number, fail: Fail): Header {
  const scanner = new Scanner(decoded(bytes, fail), fail)
  let metadata: Record<string, string> | null = null
  const entries = new Map<string, Entry>()
  scanner.members((name) => {
    const isMetadata = name === METADATA
    if (isMetadata ? metadata !== null : entries.has(name)) throw fail(`'${short(name)}' comes twice`)
    if (isMetadata) metadata = readMetadata(scanner)
    else entries.set(name, readEntry(scanner, name))
  })
  scanner.end()
  return { metadata: metadata ?? {}, entries: inOrder([...entries.values()], dataLength, fail) }
}

function decoded(bytes: Uint8Array, fail: Fail): string {
  if (bytes[0] !== 0x7b) throw fail("its header does not begin with '{'")
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw fail('its header is not UTF-8')
  }
}

const LONGEST_NAME = 100

/** A name for messages. */
export const short = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}...` : name)

function readMetadata(scanner: Scanner): Record<string, string> {
  const found = new Map<string, string>()
  scanner.members((key) => {
    if (found.has(key)) throw scanner.fail(`'${short(key)}' comes twice in its metadata`)
    found.set(key, scanner.string())
  })
  return Object.fromEntries(found)
}

function readEntry(scanner: Scanner, name: string): Entry {
  const fields: { dtype?: string; shape?: number[]; data_offsets?: number[] } = {}
  const fail: Fail = (what) => scanner.fail(`tensor '${short(name)}' ${what}`)
  scanner.members((field) => {
    if (field !== 'dtype' && field !== 'shape' && field !== 'data_offsets') throw fail(`has a field '${short(field)}'`)
    if (fields[field] !== undefined) throw fail(`has two fields '${field}'`)
    if (field === 'dtype') fields.dtype = scanner.string()
    else fields[field] = counts(scanner)
  })
  const { dtype, shape, data_offsets: offsets } = fields
  if (dtype === undefined || shape === undefined || offsets?.length !== 2)
    throw fail('lacks a dtype, a shape or two data_offsets')
  if (!isFileDtype(dtype)) throw fail(`is of unknown dtype '${short(dtype)}'`)
  const [start, end] = offsets
  const needed = bytesFor(dtype, product(shape, fail))
  if (end - start !== needed)
    throw fail(`has ${end - start} bytes, but shape [${shapeStart(shape)}] of ${dtype} takes ${needed}`)
  return { name, dtype, shape, start, end }
}

function counts(scanner: Scanner): number[] {
  const list: number[] = []
  scanner.items(() => list.push(scanner.count()))
  return list
}

function product(shape: readonly number[], fail: Fail): number {
  const count = shape.reduce((total, size) => total * (size || 1), 1)
  if (count > Number.MAX_SAFE_INTEGER / 8) throw fail(`of shape [${shapeStart(shape)}] has too many elements`)
  return shape.includes(0) ? 0 : count
}

/** A shape for messages, which a hostile file may have made very long. */
const shapeStart = (shape: readonly number[]): string =>
  shape.length > 16 ? `${shape.slice(0, 16).join(', ')}, ...` : shape.join(', ')

/** Entries in the order of their bytes; throws where those overlap, leave a hole or end before or behind the file. */
function inOrder(entries: Entry[], dataLength: number, fail: Fail): Entry[] {
  entries.sort((a, b) => a.start - b.start || a.end - b.end)
  let end = 0
  for (const { name, start, end: next } of entries) {
    if (start !== end)
      throw fail(`tensor '${short(name)}' begins at byte ${start}, but the one before it ends at ${end}`)
    end = next
  }
  if (end !== dataLength) throw fail(`its tensors take ${end} bytes, but it has ${dataLength}`)
  return entries
}
