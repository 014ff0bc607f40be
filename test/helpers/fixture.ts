// Decodes what scripts/fixtures/encode.py writes.

import { type DType, type Tensor, type TypedArray, tensor } from '../../lib'

/** A number of a fixture: "nan", "inf", "-inf", "-0" and integers beyond 2^53 are strings. */
export type EncodedNumber = number | string

export interface EncodedTensor {
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly data: readonly EncodedNumber[]
  readonly requiresGrad?: boolean
}

export type Encoded = EncodedNumber | boolean | null | { readonly tensor: EncodedTensor } | readonly Encoded[]

const specials = new Map([
  ['nan', NaN],
  ['inf', Infinity],
  ['-inf', -Infinity],
  ['-0', -0]
])

/** A floating number of a fixture. */
export function decodeNumber(value: EncodedNumber): number {
  return typeof value === 'number' ? value : (specials.get(value) ?? Number(value))
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Float32Array,
  bfloat16: Float32Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array
} as const

/** The values of an encoded tensor, in the typed array that its dtype has. */
export function decodeValues({ dtype, data }: EncodedTensor): TypedArray {
  if (dtype === 'int64') return BigInt64Array.from(data, (value) => BigInt(value))
  const numbers = data.map(decodeNumber)
  return arrays[dtype].from(numbers)
}

export function decodeTensor(encoded: EncodedTensor): Tensor {
  const { shape, dtype, requiresGrad = false } = encoded
  return tensor(decodeValues(encoded), { dtype }).reshape(shape).requiresGrad_(requiresGrad)
}

const isTensor = (value: Encoded): value is { readonly tensor: EncodedTensor } =>
  typeof value === 'object' && value !== null && 'tensor' in value

/** An argument of a call; `found` collects its tensors in order of appearance. */
export function decode(value: Encoded, found: Tensor[] = []): unknown {
  if (isTensor(value)) {
    const decoded = decodeTensor(value.tensor)
    found.push(decoded)
    return decoded
  }
  if (Array.isArray(value)) return (value as readonly Encoded[]).map((each) => decode(each, found))
  return typeof value === 'string' && specials.has(value) ? specials.get(value) : value
}
