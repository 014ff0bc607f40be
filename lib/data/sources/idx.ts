// IDX: the format of MNIST's files, a tensor of any number of dims.

import { type DType, type Tensor, fromTransferable } from '../../index'
import { member } from '../../signature'
import '../columns/kinds'
import { openFile, pathOf } from './input'

interface Elements {
  readonly dtype: DType
  readonly itemSize: number
  readonly of: (bytes: ArrayBuffer) => Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array
}

const elements: Readonly<Record<number, Elements>> = {
  0x08: { dtype: 'uint8', itemSize: 1, of: (bytes) => new Uint8Array(bytes) },
  0x09: { dtype: 'int8', itemSize: 1, of: (bytes) => new Int8Array(bytes) },
  0x0b: { dtype: 'int16', itemSize: 2, of: (bytes) => new Int16Array(bytes) },
  0x0c: { dtype: 'int32', itemSize: 4, of: (bytes) => new Int32Array(bytes) },
  0x0d: { dtype: 'float32', itemSize: 4, of: (bytes) => new Float32Array(bytes) },
  0x0e: { dtype: 'float64', itemSize: 8, of: (bytes) => new Float64Array(bytes) }
}

/** Tensors have no more dims, and so no file has. */
const MOST_DIMS = 16

interface Header {
  readonly type: Elements
  readonly shape: readonly number[]
  readonly headerBytes: number
  readonly dataBytes: number
}

/** The header at the start of a file, null where there are not yet enough bytes. */
function readHeader(start: Buffer, path: string): Header | null {
  if (start.length < 4) return null
  const [zeros, code, dims] = [start.readUInt16BE(0), start[2], start[3]]
  const type = elements[code] as Elements | undefined
  if (zeros !== 0 || type === undefined || dims > MOST_DIMS) {
    throw new RangeError(`${path}: this is no IDX file: it begins with 0x${start.toString('hex', 0, 4)}`)
  }
  const headerBytes = 4 + 4 * dims
  if (start.length < headerBytes) return null
  const shape = Array.from({ length: dims }, (_, i) => start.readUInt32BE(4 + 4 * i))
  const dataBytes = shape.reduce((bytes, size) => bytes * size, type.itemSize)
  if (!Number.isSafeInteger(dataBytes))
    throw new RangeError(`${path}: its size [${shape.join(', ')}] is beyond any file`)
  return { type, shape, headerBytes, dataBytes }
}

/**
 * The tensor of an IDX file, such as MNIST's `train-images-idx3-ubyte`, unpacked where its name ends in .gz: bytes are
 * uint8, other numbers int8, int16, int32, float32 or float64 as the file says. A file that is shorter or longer than
 * its header says is a RangeError.
 */
export function loadIdx(file: string | URL): Promise<Tensor>
export async function loadIdx(...args: unknown[]): Promise<Tensor> {
  const [file] = signature.read(args)
  const path = pathOf(file)!
  let header: Header | null = null
  let pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of openFile(path)) {
    pieces.push(piece)
    length += piece.length
    if (header === null) {
      const start = Buffer.concat(pieces)
      pieces = [start]
      header = readHeader(start, path)
    }
    if (header !== null && length > header.headerBytes + header.dataBytes) break
  }
  if (header === null) throw new RangeError(`${path}: the file ends within its header`)
  const { type, shape, headerBytes, dataBytes } = header
  if (length !== headerBytes + dataBytes) {
    const than = length < headerBytes + dataBytes ? 'fewer' : 'more'
    throw new RangeError(`${path}: there are ${than} bytes than the ${dataBytes} of its size [${shape.join(', ')}]`)
  }
  return tensorOf(pieces, headerBytes, type, shape, dataBytes)
}

const signature = member('loadIdx(file: file)')

/** Memory is taken here first: the file has been as long as it says. */
function tensorOf(
  pieces: readonly Uint8Array[],
  skip: number,
  { dtype, itemSize, of }: Elements,
  shape: readonly number[],
  dataBytes: number
): Tensor {
  const bytes = Buffer.from(new ArrayBuffer(dataBytes))
  let at = -skip
  for (const piece of pieces) {
    if (at + piece.length > 0) bytes.set(at < 0 ? piece.subarray(-at) : piece, Math.max(at, 0))
    at += piece.length
  }
  if (itemSize === 2) bytes.swap16()
  if (itemSize === 4) bytes.swap32()
  if (itemSize === 8) bytes.swap64()
  const data = of(bytes.buffer as ArrayBuffer) as Uint8Array
  return fromTransferable({ dtype, shape: [...shape], requiresGrad: false, isParameter: false, data })
}
