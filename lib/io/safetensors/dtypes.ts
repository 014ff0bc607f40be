// Dtypes of safetensors files, and ours.

import type { DType, Tensor } from '../../index'
import { MAX_RANK, type Shape } from '../../shape'
import { tensorFromBytes } from '../elements'
import { signedFor, widenUnsigned } from '../unsigned'

/** Bits of an element by the format's name of its dtype, in the format's order: files have the last ones first. */
const bitsOf = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64
}

/** A name of a dtype in a file. */
export type FileDtype = keyof typeof bitsOf

const order = Object.keys(bitsOf) as FileDtype[]

export const isFileDtype = (name: string): name is FileDtype => Object.hasOwn(bitsOf, name)

/** Bytes of so many elements; no whole number where they end within a byte. */
export const bytesFor = (dtype: FileDtype, count: number): number => (count * bitsOf[dtype]) / 8

const names: Readonly<Record<DType, FileDtype>> = {
  bool: 'BOOL',
  uint8: 'U8',
  int8: 'I8',
  int16: 'I16',
  int32: 'I32',
  int64: 'I64',
  float16: 'F16',
  bfloat16: 'BF16',
  float32: 'F32',
  float64: 'F64'
}
const own = new Map(Object.entries(names).map(([dtype, name]) => [name, dtype as DType]))

/** The format's name of a dtype of ours. */
export const fileDtype = (dtype: DType): FileDtype => names[dtype]

/** Below 0 where tensors of `a` come before those of `b` in a file. */
export const compareDtypes = (a: FileDtype, b: FileDtype): number => order.indexOf(b) - order.indexOf(a)

/** Bytes of an element of what becomes the next wider dtype that we have. */
const unsigned: Readonly<Partial<Record<FileDtype, number>>> = { U16: 2, U32: 4, U64: 8 }

/** Throws where no tensor of ours has such elements in so many dims. */
export function checkForm(dtype: FileDtype, shape: Shape, name: string): void {
  if (shape.length > MAX_RANK) throw new RangeError(`${name} has ${shape.length} dims, at most ${MAX_RANK} may be`)
  if (own.has(dtype) || unsigned[dtype] !== undefined) return
  throw new RangeError(`${name} is of dtype ${dtype}, for which dyngrad has no dtype; convert it where it was made`)
}

/** The tensor of the bytes of a file, which it takes over where they are all of their buffer. */
export function tensorOf(bytes: Uint8Array, dtype: FileDtype, shape: Shape, name: string): Tensor {
  checkForm(dtype, shape, name)
  const itemSize = unsigned[dtype]
  if (itemSize === undefined) return tensorFromBytes(bytes, own.get(dtype)!, shape, name)
  const wide = widenUnsigned(new Uint8Array(bytes), itemSize, (what) => new RangeError(`${name} ${what}`))
  return tensorFromBytes(wide, signedFor[itemSize], shape, name)
}
