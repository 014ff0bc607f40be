// Tensors from numbers, nested arrays and typed arrays.

import { isBigInt64Array, isFloat32Array, isFloat64Array, isInt32Array, isUint8Array } from 'node:util/types'
import {
  BOOL,
  type DType,
  FLOAT32,
  FLOAT64,
  INT32,
  INT64,
  type TypedArray,
  UINT8,
  dtypeNames,
  elementOf,
  isFloating,
  typedArray
} from '../../dtype'
import { constant, forbidInCapture } from '../../recording'
import { MAX_RANK, type Shape } from '../../shape'
import { Tensor, typedArrayOf } from '../../tensor'
import { emptyOwned } from '../define/result'
import { copyInto } from './copy'
import { codeOf } from './leaf'

/** What `tensor()` accepts. */
export type TensorData = number | bigint | boolean | TypedArray | Tensor | readonly TensorData[]

function typedArrayCode(data: unknown): number | null {
  if (isFloat32Array(data)) return FLOAT32
  if (isFloat64Array(data)) return FLOAT64
  if (isInt32Array(data)) return INT32
  if (isBigInt64Array(data)) return INT64
  return isUint8Array(data) ? UINT8 : null
}

const intrinsics = Object.getPrototypeOf(Uint8Array.prototype) as object

/** What an accessor of all typed arrays says, whatever a subclass has in its place. */
const intrinsic = (name: 'buffer' | 'byteOffset' | 'length') => {
  const { get } = Object.getOwnPropertyDescriptor(intrinsics, name)!
  return <Value>(array: TypedArray): Value => get!.call(array) as Value
}
const [bufferOf, byteOffsetOf, lengthOf] = [intrinsic('buffer'), intrinsic('byteOffset'), intrinsic('length')]

/** The elements of a typed array without the properties that its subclass may have given itself. */
const plainArray = (array: TypedArray, code: number): TypedArray =>
  // A detached or shrunken buffer has no elements.
  lengthOf<number>(array) === 0
    ? typedArray(code, new ArrayBuffer(0), 0, 0)
    : typedArray(code, bufferOf(array), byteOffsetOf(array), lengthOf(array))

type Scalar = number | bigint | boolean

/** Flattens nested arrays; throws PyTorch's sentence when they are ragged. */
function flattenData(data: TensorData): { values: Scalar[]; shape: number[] } {
  const shape: number[] = []
  for (let level: TensorData = data; Array.isArray(level); level = (level as TensorData[])[0]) {
    // An array that contains itself never ends.
    if (shape.length === MAX_RANK) {
      throw new RangeError(`too many dimensions 'Array'; tensors have at most ${MAX_RANK}`)
    }
    shape.push(level.length)
    if (level.length === 0) break
  }
  const values: Scalar[] = []
  const visit = (level: unknown, dim: number): void => {
    if (dim === shape.length) {
      if (typeof level !== 'number' && typeof level !== 'bigint' && typeof level !== 'boolean') {
        throw new TypeError(
          `tensor: elements must be numbers, booleans or BigInts, got ${level === null ? 'null' : typeof level}`
        )
      }
      values.push(level)
      return
    }
    if (!Array.isArray(level) || level.length !== shape[dim]) {
      const got = Array.isArray(level) ? level.length : 'a scalar'
      throw new RangeError(`expected sequence of length ${shape[dim]} at dim ${dim} (got ${got})`)
    }
    for (let i = 0; i < shape[dim]; i++) visit(level[i], dim + 1)
  }
  visit(data, 0)
  return { values, shape }
}

/** All booleans make bool, BigInts int64, numbers float32. */
export function inferCode(values: readonly Scalar[]): number {
  if (values.length > 0 && values.every((value) => typeof value === 'boolean')) return BOOL
  if (values.some((value) => typeof value === 'bigint')) {
    return values.every((value) => typeof value !== 'number') ? INT64 : FLOAT32
  }
  return FLOAT32
}

function writeValues(target: Tensor, values: ArrayLike<Scalar>): void {
  const typed = typedArrayOf(target)
  const { code } = target
  for (let i = 0; i < typed.length; i++) {
    const value = values[i]
    if (code === INT64)
      typed[i] = typeof value === 'bigint' ? value : BigInt(elementOf(Number(value), code, dtypeNames))
    else typed[i] = isFloating(code) ? Number(value) : elementOf(Number(value), code, dtypeNames)
  }
}

/** A dense tensor of values that stand in code, such as a list of indices: a constant of a captured step. */
export function literal(values: readonly Scalar[], shape: Shape, code: number): Tensor {
  const result = emptyOwned(shape, code)
  writeValues(result, values)
  constant(result.storage)
  return result
}

/** A tensor of a copy of `data`, which has no history. */
export function tensorOf(data: TensorData, dtype: DType | null): Tensor {
  if (data instanceof Tensor) {
    const copy = emptyOwned(data.sizes, codeOf(dtype, data.code))
    copyInto(copy, data)
    return copy
  }
  forbidInCapture('tensor()', 'makes a constant while recording; make it before the step')
  const native = typedArrayCode(data)
  if (native !== null) {
    const source = plainArray(data as TypedArray, native)
    const result = emptyOwned([source.length], codeOf(dtype, native))
    if (result.code === native) typedArrayOf(result).set(source as never)
    else writeValues(result, source as ArrayLike<Scalar>)
    return result
  }
  const { values, shape } = flattenData(data)
  const result = emptyOwned(shape, codeOf(dtype, inferCode(values)))
  writeValues(result, values)
  return result
}
