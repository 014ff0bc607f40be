// Random integers, in tensors of every dtype.

import { overload, way } from '../declare'
import {
  BFLOAT16,
  BOOL,
  type DType,
  FLOAT16,
  FLOAT32,
  FLOAT64,
  INT16,
  INT32,
  INT64,
  INT8,
  UINT8,
  dtypeCode,
  largestOf,
  scalarCode
} from '../dtype'
import { kernel } from '../kernel'
import type { Shape } from '../shape'
import { type Tensor, warnOnce } from '../tensor'
import { type Words, draw, drawing, fill } from './draw'
import type { Generator } from './core/generator'
import { checkSizes, finish } from './core/leaf'
import { emptyLike } from './creation'
import { emptyOwned } from './define/result'
import { add_ } from './inplace'
import { noGrad } from '../autograd/mode'

const row = kernel('randint')

// PyTorch takes two words from a range of 2^28 on, where the skew of the remainder would reach 5 %.
const WIDE_RANGE = 2 ** 28
const wordsOf = (low: number, high: number): Words => (high - low >= WIDE_RANGE ? [2] : [1])

interface Range {
  /** PyTorch's name of the dtype. */
  readonly type: string
  readonly least: number
  readonly greatest: number
}

const ofFloats = (type: string, code: number): Range => ({ type, least: -largestOf(code), greatest: largestOf(code) })

const ranges = new Map<number, Range>([
  [FLOAT16, ofFloats('c10::Half', FLOAT16)],
  [BFLOAT16, ofFloats('c10::BFloat16', BFLOAT16)],
  [FLOAT32, ofFloats('float', FLOAT32)],
  [FLOAT64, ofFloats('double', FLOAT64)],
  [INT64, { type: 'long', least: -(2 ** 63), greatest: 2 ** 63 }],
  [INT32, { type: 'int', least: -(2 ** 31), greatest: 2 ** 31 - 1 }],
  [INT16, { type: 'short', least: -(2 ** 15), greatest: 2 ** 15 - 1 }],
  [INT8, { type: 'signed char', least: -128, greatest: 127 }],
  [UINT8, { type: 'unsigned char', least: 0, greatest: 255 }],
  [BOOL, { type: 'bool', least: 0, greatest: 1 }]
])

/** Bits of the mantissa with the hidden one: up to 2 to their power a float has all integers. */
const digits = new Map([
  [FLOAT16, 11],
  [BFLOAT16, 8],
  [FLOAT32, 24],
  [FLOAT64, 53]
])

/** Checks that a dtype holds the integers from `low` to `last`; warns where it does not hold all of them. */
function checkBounds(low: number, last: number, code: number): void {
  const { type, least, greatest } = ranges.get(code)!
  const bits = digits.get(code)
  for (const [name, bound] of [
    ['from', low],
    ['to - 1', last]
  ] as const) {
    if (bound < least || bound > greatest) {
      throw new RangeError(`${name} is out of bounds for ${type}; it is ${bound}`)
    }
    if (bits !== undefined && Math.abs(bound) > 2 ** bits) {
      warnOnce(
        `${name} is out of bounds [-(2^${bits}), 2^${bits}]. Due to precision limitations ${type} can support discrete ` +
          'uniform distribution only within this range.'
      )
    }
  }
}

/** Checks the bounds of integers in [low, high). */
function checkRange(op: string, low: number, high: number, code: number): void {
  for (const [name, bound] of [
    ['low', low],
    ['high', high]
  ] as const) {
    if (scalarCode(bound) !== INT64) {
      throw new RangeError(`Overflow when unpacking long long; ${op}: ${name} is ${bound}`)
    }
  }
  if (low >= high) {
    throw new RangeError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`)
  }
  checkBounds(low, high - 1, code)
}

function integersBetween(
  low: number,
  high: number,
  size: Shape,
  generator: Generator | null,
  dtype: DType | null,
  requiresGrad: boolean
): Tensor {
  const code = dtype === null ? INT64 : dtypeCode(dtype)
  checkRange('randint', low, high, code)
  const result = emptyOwned(checkSizes(size), code)
  fill(row, result, { generator, reals: [low, high], words: wordsOf(low, high) })
  return finish(result, requiresGrad)
}

/** Integers of [low, high), from 0 unless told otherwise, int64 unless a dtype is named. */
export const randint = overload(
  ['torch'],
  way(
    'randint(high: int, size: int[], *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
    (high, size, generator, dtype, requiresGrad) => integersBetween(0, high, size, generator, dtype, requiresGrad)
  ),
  way(
    'randint(low: int, high: int, size: int[], *, generator: Generator? = null, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
    integersBetween
  )
)

// ---- in place ----

const drawBetween = drawing('RandomBackward0', row)
const drawBelow = drawing('RandomBackward1', row)
const drawAny = drawing('RandomBackward2', row)

/** Draws up to the greatest integer of a dtype; floats have all up to 2^digits. */
function drawUpwards(draw: typeof drawAny, self: Tensor, from: number, generator: Generator | null): Tensor {
  const { code } = self
  const bits = digits.get(code)
  if (code === FLOAT64) {
    // 2^53 + 1 is no float64: the same integers, less 1.
    draw(self, { generator, reals: [from - 1, 2 ** 53], words: [2] })
    return noGrad(() => add_(self, 1))
  }
  const { greatest } = ranges.get(code)!
  const high = bits !== undefined ? 2 ** bits + 1 : code === INT64 ? greatest : greatest + 1
  // Where no bound is given at all, one word makes an int32.
  const words: Words = draw === drawAny && code === INT32 ? [1] : wordsOf(from, high)
  return draw(self, { generator, reals: [from, high], words })
}

/**
 * Integers in place: of [from, to), of [0, to), from `from` to the greatest of the dtype, or from 0. Of a floating
 * dtype the greatest is the last below which it holds every integer.
 */
export const random_ = overload(
  ['Tensor'],
  way('random_(input: Tensor, *, generator: Generator? = null)', (input, generator) =>
    drawUpwards(drawAny, input, 0, generator)
  ),
  way('random_(input: Tensor, to: int, *, generator: Generator? = null)', (input, to, generator) => {
    checkRange('random_', 0, to, input.code)
    return drawBelow(input, { generator, reals: [0, to], words: wordsOf(0, to) })
  }),
  way('random_(input: Tensor, from: int, to: int?, *, generator: Generator? = null)', (input, from, to, generator) => {
    if (to === null) {
      checkBounds(from, from, input.code)
      return drawUpwards(drawBetween, input, from, generator)
    }
    checkRange('random_', from, to, input.code)
    return drawBetween(input, { generator, reals: [from, to], words: wordsOf(from, to) })
  })
)

const LIKE = 'dtype: dtype? = null, requiresGrad: bool = false, device: device? = null'

function like(input: Tensor, low: number, high: number, dtype: DType | null, requiresGrad: boolean): Tensor {
  const result = emptyLike(input, { dtype })
  checkRange('randintLike', low, high, result.code)
  draw(result, row, { generator: null, reals: [low, high], words: wordsOf(low, high) })
  return finish(result, requiresGrad)
}

/** Integers of [low, high), from 0 unless told otherwise, shaped as `input` and of its dtype unless one is named. */
export const randintLike = overload(
  ['torch'],
  way(`randintLike(input: Tensor, high: int, *, ${LIKE})`, (input, high, dtype, requiresGrad) =>
    like(input, 0, high, dtype, requiresGrad)
  ),
  way(`randintLike(input: Tensor, low: int, high: int, *, ${LIKE})`, like)
)
