// Dtypes of safetensors files, and ours.

import type { DType, Tensor } from '../../index'
import type { Shape } from '../../shape'
import { tensorFromBytes } from '../elements'

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

/** Throws where no dtype of ours holds the elements. */
export function checkDtype(dtype: FileDtype, name: string): void {
  if (own.has(dtype) || Object.hasOwn(wider, dtype)) return
  throw new RangeError(`${name} is of dtype ${dtype}, for which dyngrad has no dtype; convert it where it was made`)
}

interface Wider {
  readonly dtype: DType
  /** The elements in the wider dtype. */
  readonly widen: (buffer: ArrayBuffer, name: string) => ArrayBufferView
}

/** Integers without a sign, which the next wider dtype with one holds exactly. */
const wider: Readonly<Record<string, Wider>> = {
  U16: { dtype: 'int32', widen: (buffer) => Int32Array.from(new Uint16Array(buffer)) },
  U32: { dtype: 'int64', widen: (buffer) => BigInt64Array.from(Array.from(new Uint32Array(buffer), BigInt)) },
  U64: { dtype: 'int64', widen: signed }
}

function signed(buffer: ArrayBuffer, name: string): ArrayBufferView {
  const values = new BigInt64Array(buffer)
  if (values.every((value) => value >= 0n)) return values
  throw new RangeError(`${name} is of dtype U64 and has values of 2^63 and more, which int64 does not hold`)
}

/** The tensor of the bytes of a file, which it takes over where they are all of their buffer. */
export function tensorOf(bytes: Uint8Array, dtype: FileDtype, shape: Shape, name: string): Tensor {
  checkDtype(dtype, name)
  const ours = own.get(dtype)
  if (ours !== undefined) return tensorFromBytes(bytes, ours, shape, name)
  const { buffer, byteOffset, byteLength } = wider[dtype].widen(new Uint8Array(bytes).buffer, name)
  return tensorFromBytes(new Uint8Array(buffer, byteOffset, byteLength), wider[dtype].dtype, shape, name)
}
