// Typed arrays as tensors, without a copy.

import { type DType, type Tensor, fromTransferable, tensor } from '../../index'
import type { NumberArray } from './column'

const dtypes: Readonly<Record<string, DType>> = {
  Float32Array: 'float32',
  Float64Array: 'float64',
  Int8Array: 'int8',
  Int16Array: 'int16',
  Int32Array: 'int32',
  Uint8Array: 'uint8',
  BigInt64Array: 'int64'
}

/**
 * The tensor of a typed array that nobody else has, which is empty afterwards. Elements of arrays that are of no dtype
 * take the next wider one.
 */
export function adopt(data: NumberArray, shape: readonly number[], type: DType | null = null): Tensor {
  const dtype = type ?? (dtypes[data.constructor.name] as DType | undefined)
  if (dtype === undefined) return tensor(data).reshape(...shape)
  return fromTransferable({
    dtype,
    shape: [...shape],
    requiresGrad: false,
    isParameter: false,
    data: data as Float32Array
  })
}
