// Tensors from numbers, nested arrays and typed arrays.

import {
  BOOL,
  DIMENSIONED,
  type DType,
  FLOAT16,
  FLOAT32,
  FLOAT64,
  INT16,
  INT32,
  INT64,
  INT8,
  type TypedArray,
  UINT8,
  dtypeNames,
  elementOf,
  isFloating,
  isHalf,
  narrowToHalf,
  kindOf,
  promoteKinds,
  defaults
} from '../../dtype'
import { type Advice, isIterable, isList, kindText, usualAdvice } from '../../kinds'
import { constant, forbidInCapture } from '../../recording'
import { MAX_RANK, type Shape, sameShape, shapeText } from '../../shape'
import { Tensor, typedArrayOf } from '../../tensor'
import { emptyOwned } from '../define/result'
import { copyInto } from './copy'
import { codeOf } from './leaf'

/** Typed arrays without a dtype of their own: their elements take the next wider one. */
type OtherArray = Int8Array | Int16Array | Uint8ClampedArray | Uint16Array | Uint32Array | BigUint64Array

/** What `tensor()` accepts. */
export type TensorData = number | bigint | boolean | TypedArray | OtherArray | Tensor | readonly TensorData[]

/** Dtypes of typed arrays by their names; of those that have none of their own, one that holds all their elements. */
const arrayCodes: Readonly<Record<string, number>> = {
  Float32Array: FLOAT32,
  Float64Array: FLOAT64,
  Int32Array: INT32,
  BigInt64Array: INT64,
  Uint8Array: UINT8,
  Uint8ClampedArray: UINT8,
  Int8Array: INT8,
  Int16Array: INT16,
  Uint16Array: INT32,
  Uint32Array: INT64,
  BigUint64Array: INT64,
  Float16Array: FLOAT16
}

const intrinsics = Object.getPrototypeOf(Uint8Array.prototype) as object

/** What an accessor of all typed arrays says, whatever a subclass has in its place. */
const intrinsic = (name: 'buffer' | 'byteOffset' | 'length' | typeof Symbol.toStringTag) => {
  const { get } = Object.getOwnPropertyDescriptor(intrinsics, name)!
  return <Value>(array: unknown): Value => get!.call(array) as Value
}
const [bufferOf, byteOffsetOf, lengthOf] = [intrinsic('buffer'), intrinsic('byteOffset'), intrinsic('length')]

/** The name of a typed array of any realm, undefined for all else. */
const arrayName = intrinsic(Symbol.toStringTag) as (value: unknown) => string | undefined

type AnyArray = ArrayLike<number | bigint>
type ArrayType = new (buffer: ArrayBuffer, byteOffset: number, length: number) => AnyArray

/** The elements of a typed array without the properties that its subclass may have given itself. */
function plainArray(array: object, name: string): AnyArray {
  const Type = (globalThis as unknown as Record<string, ArrayType>)[name]
  // A detached or shrunken buffer has no elements.
  return lengthOf<number>(array) === 0
    ? new Type(new ArrayBuffer(0), 0, 0)
    : new Type(bufferOf(array), byteOffsetOf(array), lengthOf(array))
}

type Scalar = number | bigint | boolean

/** Values of nested data in their order. */
interface Flattened {
  readonly values: Scalar[]
  readonly shape: readonly number[]
  /** The dtype that they promote to: those of tensors and typed arrays, and that of the numbers. */
  readonly code: number
}

/** The elements of a tensor or a typed array, or null for all else. */
function leafOf(data: unknown): { values: ArrayLike<Scalar>; shape: Shape; code: number } | null {
  if (data instanceof Tensor) return { values: data.toTypedArray(), shape: data.sizes, code: data.code }
  const name = arrayName(data)
  if (name === undefined) return null
  const values = plainArray(data as object, name)
  return { values, shape: [values.length], code: arrayCodes[name] }
}

const noElement = (value: unknown): TypeError =>
  new TypeError(`tensor: elements must be numbers, booleans or BigInts, got ${kindText(value)}${dataAdvice(value)}`)

const dataAdvice: Advice = (value) =>
  isIterable(value) && !(value instanceof Tensor) ? '; use tensor([...data])' : usualAdvice(value)

/** Flattens nested arrays; throws PyTorch's sentence when they are ragged. */
function flattenData(data: TensorData): Flattened {
  const shape: number[] = []
  let level: unknown = data
  for (; isList(level); level = (level as unknown[])[0]) {
    // An array that contains itself never ends.
    if (shape.length === MAX_RANK) {
      throw new RangeError(`too many dimensions 'Array'; tensors have at most ${MAX_RANK}`)
    }
    shape.push(level.length)
    if (level.length === 0) break
  }
  const outer = shape.length
  const first = leafOf(level)
  if (first !== null) shape.push(...first.shape)
  const values: Scalar[] = []
  const codes: number[] = []
  const numbers: Scalar[] = []
  const visit = (each: unknown, dim: number): void => {
    const leaf = dim < outer || first === null ? null : leafOf(each)
    if (leaf !== null) {
      const rest = shape.slice(dim)
      if (!sameShape(leaf.shape, rest)) {
        const [expected, got] = [shapeText(rest), shapeText(leaf.shape)]
        throw new RangeError(`expected elements of shape ${expected} at dim ${dim} (got ${got})`)
      }
      codes.push(leaf.code)
      for (let i = 0; i < leaf.values.length; i++) {
        const value = leaf.values[i]
        values.push(leaf.code === BOOL ? value !== 0 : value)
      }
      return
    }
    if (dim === shape.length) {
      // Numbers may stand beside tensors without dims.
      if (each instanceof Tensor && each.sizes.length === 0) {
        codes.push(each.code)
        values.push(each.toTypedArray()[0])
        return
      }
      if (typeof each !== 'number' && typeof each !== 'bigint' && typeof each !== 'boolean') throw noElement(each)
      numbers.push(each)
      values.push(each)
      return
    }
    if (!Array.isArray(each) || each.length !== shape[dim]) {
      const got = Array.isArray(each) ? each.length : 'a scalar'
      throw new RangeError(`expected sequence of length ${shape[dim]} at dim ${dim} (got ${got})`)
    }
    for (let i = 0; i < shape[dim]; i++) visit(each[i], dim + 1)
  }
  visit(data, 0)
  if (numbers.length > 0 || codes.length === 0) codes.push(inferCode(numbers))
  return { values, shape, code: codes.reduce(promotedCode) }
}

/** All booleans make bool, BigInts int64, numbers the default dtype. */
export function inferCode(values: readonly Scalar[]): number {
  if (values.length > 0 && values.every((value) => typeof value === 'boolean')) return BOOL
  if (values.some((value) => typeof value === 'bigint')) {
    return values.every((value) => typeof value !== 'number') ? INT64 : defaults.float
  }
  return defaults.float
}

/** A BigInt that int64 holds. */
function fitting(value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value
  throw new RangeError(`Overflow when unpacking long long; int64 does not hold ${value}`)
}

function writeValues(target: Tensor, values: ArrayLike<Scalar>): void {
  const typed = typedArrayOf(target)
  const { code } = target
  for (let i = 0; i < typed.length; i++) {
    const value = values[i]
    if (code === INT64)
      typed[i] = typeof value === 'bigint' ? fitting(value) : BigInt(elementOf(Number(value), code, dtypeNames))
    else if (isHalf(code)) typed[i] = narrowToHalf(Number(value), code)
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
  const name = arrayName(data)
  if (name !== undefined) {
    const source = plainArray(data as object, name)
    const result = emptyOwned([source.length], codeOf(dtype, arrayCodes[name]))
    const target = typedArrayOf(result)
    if (arrayName(target) === name && result.code === arrayCodes[name]) target.set(source as never)
    else writeValues(result, source)
    return result
  }
  const { values, shape, code } = flattenData(data)
  const result = emptyOwned(shape, codeOf(dtype, code))
  writeValues(result, values)
  return result
}

const promotedCode = (a: number, b: number): number => promoteKinds(kindOf(a, DIMENSIONED), kindOf(b, DIMENSIONED))
