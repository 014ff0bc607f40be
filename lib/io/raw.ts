// Files of elements alone, such as a typed array that was written as it is, or what NumPy's tofile writes.

import { type DType, Tensor } from '../index'
import { tensorAdvice, wrongKind } from '../kinds'
import { type Arguments, Signature, defineWords } from '../signature'
import { writeAtomically } from './atomic'
import { itemSizeOf, piecesOf, swapBytes, tensorFromBytes } from './elements'
import { type OpenFile, pathOf, withFile } from './file'
import { damaged, readRange } from './ranges'

/** Which byte of an element comes first: the lowest ('little') or the highest ('big'). */
export type ByteOrder = 'little' | 'big'

declare module '../signature/types' {
  interface KindTypes {
    byteOrder: ByteOrder
  }
}

defineWords('byteOrder', ['little', 'big'], (word) => `raw.load: byteOrder must be 'little' or 'big', got '${word}'`)

const signatures = {
  save: new Signature('raw.save(file: file, tensor: any)'),
  load: new Signature(
    "raw.load(file: file, dtype: dtype = 'float32', shape: int[]? = null, *, offset: int = 0, byteOrder: byteOrder = 'little')"
  )
}

/** Writes the elements of a tensor in row-major order and nothing else, lowest byte first. */
export function save(file: string | URL, tensor: Tensor): void
export function save(...args: unknown[]): void {
  const [file, tensor] = signatures.save.read(args)
  if (!(tensor instanceof Tensor)) throw wrongKind('raw.save', 'tensor', 'a Tensor', tensor, tensorAdvice)
  writeAtomically('raw.save', pathOf(file), piecesOf(tensor))
}

/**
 * The tensor of the elements of a file, float32 unless told otherwise, in row-major order. One size of `shape` may be
 * -1; without a shape it has one dim. `offset` is how many bytes come before the first element. A RangeError where the
 * file has more or fewer elements.
 */
export function load(...args: Arguments<typeof signatures.load>): Tensor {
  const [file, dtype, shape, offset, byteOrder] = signatures.load.read(args)
  return withFile('raw.load', pathOf(file), (opened) => {
    const sizes = sizesOf(opened, dtype, shape ?? [-1], offset)
    const bytes = readRange(opened, offset, opened.size - offset, 'its elements')
    if (byteOrder === 'big') swapBytes(bytes, itemSizeOf(dtype))
    return tensorFromBytes(bytes, dtype, sizes, `raw.load: ${opened.path}`)
  })
}

/** A shape with what -1 stands for, which takes up all bytes from `offset` on. */
function sizesOf(file: OpenFile, dtype: DType, shape: readonly number[], offset: number): number[] {
  if (offset < 0) throw new RangeError(`raw.load: offset must be at least 0, got ${offset}`)
  const given = shape.filter((size) => size !== -1)
  if (given.length < shape.length - 1) throw new RangeError('raw.load: only one dimension can be inferred')
  if (given.some((size) => size < 0)) throw new RangeError(`raw.load: invalid shape dimension in [${shape.join(', ')}]`)
  const count = (file.size - offset) / itemSizeOf(dtype)
  const known = given.reduce((a, b) => a * b, 1)
  const inferred = given.length === shape.length ? 1 : known === 0 ? 0 : count / known
  if (count >= 0 && Number.isInteger(inferred) && known * inferred === count)
    return shape.map((size) => (size < 0 ? inferred : size))
  throw damaged(
    file,
    `has ${file.size} bytes; behind offset ${offset} they are no ${dtype} tensor of shape [${shape.join(', ')}]`
  )
}
