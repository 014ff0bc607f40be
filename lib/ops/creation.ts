// Factories: tensors from numbers, nested arrays and typed arrays, and regular sequences.

import { declare, overload, way } from '../declare'
import { DIMENSIONED, type DType, FLOAT32, FLOAT64, INT64, elementOf, isFloating, scalarCode, defaults } from '../dtype'
import { Expression, run } from '../expression'
import { Builder, linearIndex } from '../symbol'
import type { Shape } from '../shape'
import { defineCheck, isKeywords } from '../signature'
import { Tensor, warnOnce } from '../tensor'
import { cast, emptyPreserved } from './core/copy'
import { type TensorData, inferCode, literal, tensorOf } from './core/data'
import { fillInto } from './core/fill'
import { checkSizes, codeOf, finish } from './core/leaf'
import { emptyOwned } from './define/result'
import { type Value, symbolOf } from './define/value'
import { diagonal } from './diagonal'
import { pow } from './power'

declare module '../signature/types' {
  interface KindTypes {
    data: TensorData
  }
}
// What is no data is told element by element.
defineCheck(
  'data',
  'data',
  (value) => !isKeywords(value),
  () => undefined
)

/**
 * A new tensor of a copy of `data`: a number, a typed array, or nested arrays of numbers, typed arrays or tensors.
 * Numbers make float32, booleans bool, BigInts int64 unless a dtype is named. A typed array keeps its dtype;
 * Uint8ClampedArray makes uint8, Int8Array, Int16Array and Uint16Array int32, Uint32Array and BigUint64Array int64,
 * Float16Array float32.
 */
export const tensor = declare(
  'tensor(data: data, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (data, dtype, requiresGrad) => {
    if (data instanceof Tensor) warnOnce(COPY_CONSTRUCT)
    return finish(tensorOf(data, dtype), requiresGrad)
  },
  ['torch']
)

const COPY_CONSTRUCT =
  'To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or ' +
  'sourceTensor.detach().clone().requiresGrad_(true), rather than tensor(sourceTensor).'

// ---- of one value ----

function filledOwned(shape: Shape, value: number, code: number): Tensor {
  const result = emptyOwned(shape, code)
  fillInto(result, value)
  return result
}

/** Uninitialised elements. */
export const empty = declare(
  'empty(size: int..., *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (size, dtype, requiresGrad) => finish(emptyOwned(checkSizes(size), codeOf(dtype)), requiresGrad),
  ['torch']
)

/** All 0. */
export const zeros = declare(
  'zeros(size: int..., *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (size, dtype, requiresGrad) => finish(filledOwned(checkSizes(size), 0, codeOf(dtype)), requiresGrad),
  ['torch']
)

/** All 1. */
export const ones = declare(
  'ones(size: int..., *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (size, dtype, requiresGrad) => finish(filledOwned(checkSizes(size), 1, codeOf(dtype)), requiresGrad),
  ['torch']
)

/** All `fillValue`; a boolean makes bool, a BigInt int64. */
export const full = declare(
  'full(size: int[], fillValue: scalar, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (size, fillValue, dtype, requiresGrad) => {
    const shape = checkSizes(size)
    const code = codeOf(dtype, inferCode([fillValue]))
    if (typeof fillValue === 'bigint' && !Number.isSafeInteger(Number(fillValue))) {
      return finish(literal([fillValue], [1], code).expand(shape).clone(), requiresGrad)
    }
    return finish(filledOwned(shape, elementOf(Number(fillValue), code), code), requiresGrad)
  },
  ['torch']
)

/** Uninitialised elements shaped as `input`, of its dtype; dense strides are kept. */
export const emptyLike = declare(
  'emptyLike(input: Tensor, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, dtype, requiresGrad) => finish(emptyPreserved(input, codeOf(dtype, input.code), emptyOwned), requiresGrad),
  ['torch']
)

function filledLike(input: Tensor, value: number, dtype: DType | null, requiresGrad: boolean): Tensor {
  const result = emptyPreserved(input, codeOf(dtype, input.code), emptyOwned)
  fillInto(result, elementOf(value, result.code))
  return finish(result, requiresGrad)
}

/** `fillValue` everywhere, shaped as `input`, of its dtype; dense strides are kept. */
export const fullLike = declare(
  'fullLike(input: Tensor, fillValue: scalar, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, fillValue, dtype, requiresGrad) => filledLike(input, Number(fillValue), dtype, requiresGrad),
  ['torch']
)

/** Zeros shaped as `input`, of its dtype; dense strides are kept. */
export const zerosLike = declare(
  'zerosLike(input: Tensor, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, dtype, requiresGrad) => filledLike(input, 0, dtype, requiresGrad),
  ['torch']
)

/** Ones shaped as `input`, of its dtype; dense strides are kept. */
export const onesLike = declare(
  'onesLike(input: Tensor, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (input, dtype, requiresGrad) => filledLike(input, 1, dtype, requiresGrad),
  ['torch']
)

// ---- sequences ----

type Sequence = (index: Value, scalars: readonly Value[]) => Value

/** A rank-1 result computed from each element's index, in float64 or int64, as one launch. */
export class SequenceOp {
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

function sequence(start: number, end: number, step: number, dtype: DType | null, requiresGrad: boolean): Tensor {
  const numbers = [start, end, step]
  if (!numbers.every(Number.isFinite)) throw new RangeError(`unsupported range: ${start} -> ${end}`)
  if (step === 0) throw new RangeError('step must be nonzero')
  if ((end - start) * step < 0) throw new RangeError('upper bound and lower bound inconsistent with step sign')
  const code = codeOf(dtype, numbers.every((value) => scalarCode(value) === INT64) ? INT64 : defaults.float)
  const scalars = [start, step].map((value) => (isFloating(code) ? value : elementOf(value, INT64)))
  return finish(progression.call(Math.ceil((end - start) / step), code, scalars), requiresGrad)
}

/** `start, start + step, ...` before `end`, from 0 in steps of 1; int64 when all arguments are integral. */
export const arange = overload(
  ['torch'],
  way(
    'arange(end: float, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
    (end, dtype, requiresGrad) => sequence(0, end, 1, dtype, requiresGrad)
  ),
  way(
    'arange(start: float, end: float, step: float = 1, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
    sequence
  )
)

// From both ends to the middle, so that the last value is exactly `end`.
const spaced = new SequenceOp((index, [start, end, step, last, half]) => {
  const low = start.add(step.mul(index))
  const high = end.sub(step.mul(last.sub(index)))
  return index.lt(half).select(low, high)
}, 5)

function spacedValues(start: number, end: number, steps: number, dtype: DType | null): Tensor {
  if (steps < 0) throw new RangeError('number of steps must be non-negative')
  const code = codeOf(dtype)
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
  return cast(values, code)
}

/** `steps` values from `start` to `end`, both included, evenly spaced. */
export const linspace = declare(
  'linspace(start: float, end: float, steps: int, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (start, end, steps, dtype, requiresGrad) => finish(spacedValues(start, end, steps, dtype), requiresGrad),
  ['torch']
)

/** `base` to the powers that `linspace` gives. */
export const logspace = declare(
  'logspace(start: float, end: float, steps: int, base: float = 10, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (start, end, steps, base, dtype, requiresGrad) => {
    const code = codeOf(dtype)
    const exponents = spacedValues(start, end, steps, 'float64')
    return finish(cast(pow(base, exponents), code), requiresGrad)
  },
  ['torch']
)

/** A tensor without dims of one number; float32 unless a dtype is named. */
export const scalarTensor = declare(
  'scalarTensor(s: scalar, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (s, dtype, requiresGrad) => {
    const code = codeOf(dtype)
    return finish(filledOwned([], elementOf(Number(s), code), code), requiresGrad)
  },
  ['torch']
)

/** The very tensor, cast where another dtype is named; of anything else a tensor, as `tensor` makes it. */
export const asTensor = declare(
  'asTensor(data: data, dtype: dtype? = null, device: device? = null)',
  (data, dtype): Tensor => (data instanceof Tensor ? cast(data, codeOf(dtype, data.code)) : tensorOf(data, dtype)),
  ['torch']
)

function identity(n: number, m: number, dtype: DType | null, requiresGrad: boolean): Tensor {
  const result = filledOwned(checkSizes([n, m]), 0, codeOf(dtype))
  fillInto(diagonal(result), 1)
  return finish(result, requiresGrad)
}

/** Ones on the diagonal of an n x m matrix of zeros, square unless told otherwise. */
export const eye = overload(
  ['torch'],
  way(
    'eye(n: int, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
    (n, dtype, requiresGrad) => identity(n, n, dtype, requiresGrad)
  ),
  way('eye(n: int, m: int, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)', identity)
)
