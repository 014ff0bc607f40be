// Factories: tensors from numbers, nested arrays and typed arrays, and regular sequences.

import { isBigInt64Array, isFloat32Array, isFloat64Array, isInt32Array, isUint8Array } from 'node:util/types'
import {
  BOOL,
  DIMENSIONED,
  type DType,
  FLOAT32,
  FLOAT64,
  INT32,
  INT64,
  type TypedArray,
  UINT8,
  dtypeCode,
  dtypeNames,
  elementOf,
  isFloating,
  scalarCode,
  typedArray
} from '../dtype'
import { Builder, Expression, linearIndex, run } from '../expression'
import { constant, forbidInCapture } from '../recording'
import { checkArity, checkNumber, integerArguments, shapeOf } from '../kinds'
import { MAX_RANK, type Shape } from '../shape'
import { Tensor, typedArrayOf } from '../tensor'
import { checkTensor, emptyOwned } from './define/result'
import { copyInto, emptyPreserved } from './core/copy'
import { fillInto } from './core/fill'
import { type Value, symbolOf } from './define/value'
import { diagonal } from './selection'

/** Options of every factory. */
export interface CreationOptions {
  /** Element type of the result. */
  readonly dtype?: DType
  /** Records what is done with the result; floating dtypes only. Default false. */
  readonly requiresGrad?: boolean
}

/** What `tensor()` accepts. */
export type TensorData = number | bigint | boolean | TypedArray | Tensor | readonly TensorData[]

/** Applies `requiresGrad` to a fresh leaf. */
export function finish(result: Tensor, options: CreationOptions): Tensor {
  return options.requiresGrad === undefined ? result : result.requiresGrad_(options.requiresGrad)
}

const codeOf = (options: CreationOptions, fallback = FLOAT32): number =>
  options.dtype === undefined ? fallback : dtypeCode(options.dtype)

// ---- from data ----

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
function inferCode(values: readonly Scalar[]): number {
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

/**
 * A new tensor of a copy of `data`: a number, nested arrays, or a typed array, whose dtype it keeps. Numbers make
 * float32, booleans bool, BigInts int64 unless a dtype is named.
 */
export function tensor(data: TensorData, options: CreationOptions = {}): Tensor {
  if (data instanceof Tensor) {
    const copy = emptyOwned(data.sizes, codeOf(options, data.code))
    copyInto(copy, data)
    return finish(copy, options)
  }
  forbidInCapture('tensor()', 'makes a constant while recording; make it before the step')
  const native = typedArrayCode(data)
  if (native !== null) {
    const source = plainArray(data as TypedArray, native)
    const result = emptyOwned([source.length], codeOf(options, native))
    if (result.code === native) typedArrayOf(result).set(source as never)
    else writeValues(result, source as ArrayLike<Scalar>)
    return finish(result, options)
  }
  const { values, shape } = flattenData(data)
  const result = emptyOwned(shape, codeOf(options, inferCode(values)))
  writeValues(result, values)
  return finish(result, options)
}

// ---- of one value ----

/** Sizes as numbers or as one array, then options. */
export type ShapeArguments =
  [...sizes: number[]] | [...sizes: number[], options: CreationOptions] | [shape: Shape, options?: CreationOptions]

/** Separates sizes and options. */
export function parseShape(args: unknown[], op: string): { shape: Shape; options: CreationOptions } {
  const last = args[args.length - 1]
  const hasOptions = typeof last === 'object' && last !== null && !Array.isArray(last)
  const hasNone = last === undefined && args.length > 1
  const shape = shapeOf(integerArguments(hasOptions || hasNone ? args.slice(0, -1) : args, op), op)
  return { shape, options: hasOptions ? last : {} }
}

function filledOwned(shape: Shape, value: number, code: number): Tensor {
  const result = emptyOwned(shape, code)
  fillInto(result, value)
  return result
}

/** Uninitialised elements. */
export function empty(...args: ShapeArguments): Tensor {
  const { shape, options } = parseShape(args, 'empty')
  return finish(emptyOwned(shape, codeOf(options)), options)
}

/** All 0. */
export function zeros(...args: ShapeArguments): Tensor {
  const { shape, options } = parseShape(args, 'zeros')
  return finish(filledOwned(shape, 0, codeOf(options)), options)
}

/** All 1. */
export function ones(...args: ShapeArguments): Tensor {
  const { shape, options } = parseShape(args, 'ones')
  return finish(filledOwned(shape, 1, codeOf(options)), options)
}

/** All `value`; a boolean makes bool, a BigInt int64. */
export function full(size: Shape, value: Scalar, options: CreationOptions = {}): Tensor {
  const shape = shapeOf(size, 'full')
  const code = codeOf(options, inferCode([value]))
  if (typeof value === 'bigint' && !Number.isSafeInteger(Number(value))) {
    return finish(literal([value], [1], code).expand(shape).clone(), options)
  }
  return finish(filledOwned(shape, elementOf(Number(value), code), code), options)
}

/** Uninitialised elements shaped as `self`, of its dtype; dense strides are kept. */
export function emptyLike(self: Tensor, options: CreationOptions = {}): Tensor {
  checkTensor(self, 'emptyLike', 'self')
  return finish(emptyPreserved(self, codeOf(options, self.code), emptyOwned), options)
}

/** `value` everywhere, shaped as `self`, of its dtype; dense strides are kept. */
export function fullLike(self: Tensor, value: Scalar, options: CreationOptions = {}): Tensor {
  checkTensor(self, 'fullLike', 'self')
  const result = emptyPreserved(self, codeOf(options, self.code), emptyOwned)
  fillInto(result, elementOf(Number(value), result.code))
  return finish(result, options)
}

/** Zeros shaped as `self`, of its dtype; dense strides are kept. */
export const zerosLike = (self: Tensor, options: CreationOptions = {}): Tensor => fullLike(self, 0, options)
/** Ones shaped as `self`, of its dtype; dense strides are kept. */
export const onesLike = (self: Tensor, options: CreationOptions = {}): Tensor => fullLike(self, 1, options)

// ---- sequences ----

type Sequence = (index: Value, scalars: readonly Value[]) => Value

/** A rank-1 result computed from each element's index, in float64 or int64, as one launch. */
class SequenceOp {
  readonly #expressions: (Expression | undefined)[] = []

  constructor(
    readonly make: Sequence,
    readonly scalars: number
  ) {}

  call(count: number, code: number, scalars: readonly number[]): Tensor {
    let expression = this.#expressions[code]
    if (expression === undefined) {
      const builder = new Builder()
      const internal = isFloating(code) ? FLOAT64 : INT64
      const index = builder.cast(linearIndex(builder), internal)
      const slots = Array.from({ length: this.scalars }, (_, i) => builder.slot(i, internal, DIMENSIONED))
      expression = new Expression(builder, [builder.cast(symbolOf(this.make(index, slots)), code)])
      this.#expressions[code] = expression
    }
    const result = emptyOwned([count], code)
    run(expression, result.sizes, [], [result], scalars)
    return result
  }
}

const progression = new SequenceOp((index, [start, step]) => start.add(index.mul(step)), 2)

/** `start, start + step, ...` before `end`; int64 when all arguments are integral. */
export function arange(end: number, options?: CreationOptions): Tensor
export function arange(start: number, end: number, options?: CreationOptions): Tensor
export function arange(start: number, end: number, step: number, options?: CreationOptions): Tensor
export function arange(...args: (number | CreationOptions | undefined)[]): Tensor {
  const last = args.at(-1)
  const options = typeof last === 'object' ? last : {}
  const numbers = (typeof last === 'object' ? args.slice(0, -1) : args).filter((each) => each !== undefined) as number[]
  checkArity('arange', numbers.length, 3)
  const names = numbers.length < 2 ? ['end'] : ['start', 'end', 'step']
  for (let i = 0; i < Math.max(numbers.length, 1); i++) checkNumber(numbers[i], 'arange', names[i])
  const [start, end, step] = numbers.length === 1 ? [0, numbers[0], 1] : [numbers[0], numbers[1], numbers[2] ?? 1]
  if (!numbers.every(Number.isFinite)) throw new RangeError(`unsupported range: ${start} -> ${end}`)
  if (step === 0) throw new RangeError('step must be nonzero')
  if ((end - start) * step < 0) throw new RangeError('upper bound and lower bound inconsistent with step sign')
  const code = codeOf(options, numbers.every((value) => scalarCode(value) === INT64) ? INT64 : FLOAT32)
  const scalars = [start, step].map((value) => (isFloating(code) ? value : elementOf(value, INT64)))
  return finish(progression.call(Math.ceil((end - start) / step), code, scalars), options)
}

// From both ends to the middle, so that the last value is exactly `end`.
const spaced = new SequenceOp((index, [start, end, step, last, half]) => {
  const low = start.add(step.mul(index))
  const high = end.sub(step.mul(last.sub(index)))
  return index.lt(half).select(low, high)
}, 5)

/** `steps` values from `start` to `end`, both included, evenly spaced. */
export function linspace(start: number, end: number, steps: number, options: CreationOptions = {}): Tensor {
  checkNumber(start, 'linspace', 'start')
  checkNumber(end, 'linspace', 'end')
  if (!Number.isInteger(steps) || steps < 0) throw new RangeError('number of steps must be non-negative')
  const code = codeOf(options)
  const exact = steps > 1 ? (end - start) / (steps - 1) : 0
  // PyTorch rounds the step of a float32 sequence, but not its product.
  const step = code === FLOAT32 ? Math.fround(exact) : exact
  const values = spaced.call(steps, isFloating(code) ? code : FLOAT64, [
    start,
    steps === 1 ? start : end,
    step,
    steps - 1,
    Math.floor(steps / 2)
  ])
  return finish(isFloating(code) ? values : values.to(options.dtype!), options)
}

/** Ones on the diagonal of an n x m matrix of zeros. */
export function eye(n: number, m: number | CreationOptions = n, options: CreationOptions = {}): Tensor {
  const hasOptions = typeof m === 'object' && m !== null && !Array.isArray(m)
  const columns = hasOptions ? n : m
  const chosen = hasOptions ? m : options
  const result = filledOwned(shapeOf([n, columns], 'eye'), 0, codeOf(chosen))
  fillInto(diagonal(result), 1)
  return finish(result, chosen)
}
