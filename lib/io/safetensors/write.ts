// What a safetensors file is made of.

import type { Tensor } from '../../index'
import { byteLengthOf, piecesOf } from '../elements'
import { type FileDtype, compareDtypes, fileDtype } from './dtypes'
import { METADATA, MOST_HEADER, PREFIX } from './header'

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>

/** Texts by name that a file has beside its tensors. */
export type Metadata = Readonly<Record<string, string>>

interface Placed {
  readonly name: string
  readonly tensor: Tensor
  readonly dtype: FileDtype
}

/** A file in the making: its header, and its tensors in the order of their bytes. */
export interface Layout {
  readonly header: Uint8Array
  readonly tensors: readonly Tensor[]
  /** Bytes of the file. */
  readonly byteLength: number
}

/** Sorted as the Python library does, so that both write the same bytes: wide dtypes first, then by name. */
function placed(tensors: Tensors): Placed[] {
  const all = Object.entries(tensors).map(([name, tensor]) => ({ name, tensor, dtype: fileDtype(tensor.dtype) }))
  const utf8 = new Map(all.map(({ name }) => [name, Buffer.from(name)]))
  return all.sort((a, b) => compareDtypes(a.dtype, b.dtype) || Buffer.compare(utf8.get(a.name)!, utf8.get(b.name)!))
}

/** Lays out a file. `op` is the function that writes it, for messages. */
export function layOut(op: string, tensors: Tensors, metadata: Metadata | null): Layout {
  const fields: string[] = []
  if (metadata !== null) fields.push(`"${METADATA}":${JSON.stringify(metadata)}`)
  let end = 0
  const all = placed(tensors)
  for (const { name, tensor, dtype } of all) {
    if (name === METADATA) throw new RangeError(`${op}: '__metadata__' is no name of a tensor; pass { metadata }`)
    const start = end
    end += byteLengthOf(tensor.dtype, tensor.shape)
    const shape = tensor.shape.join(',')
    fields.push(`${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${start},${end}]}`)
  }
  const header = encoded(op, `{${fields.join(',')}}`)
  return { header, tensors: all.map(({ tensor }) => tensor), byteLength: header.byteLength + end }
}

const ALIGNMENT = 8

/** The length and the text, filled with blanks so that the tensors begin at a multiple of 8. */
function encoded(op: string, json: string): Uint8Array {
  const text = Buffer.from(json)
  const length = Math.ceil(text.byteLength / ALIGNMENT) * ALIGNMENT
  if (length > MOST_HEADER)
    throw new RangeError(`${op}: names, shapes and metadata take ${length} bytes, at most ${MOST_HEADER} may be`)
  const header = Buffer.alloc(PREFIX + length, ' ')
  header.writeBigUInt64LE(BigInt(length))
  header.set(text, PREFIX)
  return header
}

/** The bytes of a file, copied from the tensors piece by piece. */
export const piecesOfFile = (layout: Layout): Generator<Uint8Array> => gathered(piecesIn(layout))

function* piecesIn({ header, tensors }: Layout): Generator<Uint8Array> {
  yield header
  for (const tensor of tensors) yield* piecesOf(tensor)
}

/** Small pieces are written together: a call of the system costs more than to copy them. */
const GATHERED = 256 * 1024

function* gathered(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let bytes = 0
  for (const piece of pieces) {
    if (waiting.length > 0 && bytes + piece.byteLength > GATHERED) {
      yield joined(waiting)
      waiting = []
      bytes = 0
    }
    waiting.push(piece)
    bytes += piece.byteLength
  }
  yield joined(waiting)
}

const joined = (pieces: readonly Uint8Array[]): Uint8Array => (pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))
