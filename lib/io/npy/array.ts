// The bytes of a .npy file to a tensor and back.

import { type Tensor } from '../../index'
import { piecesOf, swapBytes, tensorFromBytes } from '../elements'
import { type ByteSource, isShape, shown, viewOf } from '../ranges'
import { widenUnsigned } from '../unsigned'
import {
  LONGEST_HEADER,
  MAGIC,
  type NpyElements,
  type NpyHeader,
  descrOf,
  elementsOf,
  headerBytes,
  parseHeader,
  prefixBytes
} from './header'

type Fail = (what: string) => Error

/** The array that `source` has from here to its end; `name` stands before what is wrong with it. */
export function readNpy(source: ByteSource, name: string): Tensor {
  const fail = (what: string): Error => new RangeError(`${name} ${what}`)
  const { descr, fortranOrder, shape } = readHeader(source, fail)
  const elements = elementsOf(descr)
  if (typeof elements === 'string') throw fail(elements)
  const { dtype, itemSize, swapped, unsigned } = elements
  if (!isShape(shape)) throw fail(`is damaged: no array has the shape [${shown(shape.join(', '))}]`)
  const expected = itemSize * countOf(shape)
  if (expected !== source.remaining) throw fail(lengthText(elements, shape, source.remaining, expected))
  const bytes = source.take(expected, 'its array')
  if (swapped) swapBytes(bytes, itemSize)
  const elementBytes = unsigned ? widenUnsigned(bytes, itemSize, fail) : bytes
  // What Fortran writes are the elements of the array with its dims turned round.
  const turned = fortranOrder && shape.length > 1
  const tensor = tensorFromBytes(elementBytes, dtype, turned ? [...shape].reverse() : shape, name)
  return turned ? reversed(tensor) : tensor
}

/** A tensor with its dims turned round, over the same elements. */
const reversed = (tensor: Tensor): Tensor =>
  tensor
    .detach()
    .permute([...tensor.shape.keys()].reverse())
    .detach()

const countOf = (shape: readonly number[]): number => (shape.includes(0) ? 0 : shape.reduce((a, b) => a * b, 1))

function lengthText({ dtype }: NpyElements, shape: readonly number[], has: number, expected: number): string {
  const array = `an array of ${dtype} of shape [${shape.join(', ')}]`
  return has < expected
    ? `is truncated or damaged: ${array} would have ${expected} bytes, but ${has} are left`
    : `has ${has - expected} bytes behind ${array}; several arrays belong into a .npz`
}

function readHeader(source: ByteSource, fail: Fail): NpyHeader {
  if (source.remaining < prefixBytes(1)) throw fail('is no .npy file: it is too short')
  const prefix = source.take(prefixBytes(1), 'its header')
  if (!MAGIC.every((byte, i) => prefix[i] === byte)) throw fail('is no .npy file: it begins otherwise')
  const version = prefix[MAGIC.length]
  if (version < 1 || version > 3) throw fail(`is of version ${version} of .npy; versions 1 to 3 are read`)
  const low = viewOf(prefix).getUint16(8, true)
  const length = version === 1 ? low : low + 2 ** 16 * viewOf(source.take(2, 'its header')).getUint16(0, true)
  if (length > LONGEST_HEADER) throw fail(`has a header of ${length} bytes; arrays of numbers have a short one`)
  const literal = Buffer.from(source.take(length, 'its header')).toString(version === 3 ? 'utf8' : 'latin1')
  const header = parseHeader(literal)
  if (header === null) throw fail('is damaged: its header is no description of an array')
  return header
}

/** The bytes of a .npy file. */
export function npyPieces(op: string, tensor: Tensor): Iterable<Uint8Array> {
  const { dtype, shape } = tensor
  const descr = descrOf(dtype)
  if (descr === null) {
    throw new TypeError(`${op}: NumPy has no ${dtype}; save tensor.to('float32'), which holds the same values`)
  }
  const fortranOrder = !tensor.isContiguous() && reversed(tensor).isContiguous()
  const header = headerBytes({ descr, fortranOrder, shape })
  return chained([header], piecesOf(fortranOrder ? reversed(tensor) : tensor))
}

function* chained(...lists: readonly Iterable<Uint8Array>[]): Generator<Uint8Array> {
  for (const list of lists) yield* list
}
