// Comparison of numbers in units in the last place, and of tensors bit by bit.

import type { DType, Tensor, TypedArray } from '../../lib'

/** How far two results may lie apart. */
export interface Tolerance {
  /** Relative distance in units of the dtype's precision. */
  readonly ulps: number
  /** Absolute distance in the same units, for results of a cancellation between numbers near 1. */
  readonly floor?: number
  /** Takes -0 and 0 as equal. */
  readonly signlessZero?: boolean
  /** Holds for float16 and bfloat16, too, which are else compared bit by bit. */
  readonly halves?: boolean
}

/** The very same bits, save that any NaN equals any NaN. */
export const EXACT: Tolerance = { ulps: 0 }

const precisions: Partial<Record<DType, number>> = { float32: 2 ** -23, float64: 2 ** -52 }
const precisionsOfHalves: Partial<Record<DType, number>> = { float16: 2 ** -10, bfloat16: 2 ** -7 }

/** The distance of 1 to the next number; 0 where no dtype has fractions. */
export const precisionOf = (dtype: DType): number => precisions[dtype] ?? precisionsOfHalves[dtype] ?? 0

function isClose(
  actual: number,
  expected: number,
  precision: number,
  { ulps, floor = 0, signlessZero }: Tolerance
): boolean {
  if (Object.is(actual, expected) || (actual !== actual && expected !== expected)) return true
  if (signlessZero === true && actual === expected) return true
  if (!Number.isFinite(actual) || !Number.isFinite(expected) || ulps + floor === 0) return false
  return Math.abs(actual - expected) <= precision * (ulps * Math.abs(expected) + floor)
}

/** The first difference between two lists of values, in words, or null. */
export function difference(
  actual: TypedArray,
  expected: TypedArray,
  dtype: DType,
  tolerance: Tolerance = EXACT
): string | null {
  if (actual.length !== expected.length) return `${actual.length} values instead of ${expected.length}`
  if (Buffer.compare(bytesOf(actual), bytesOf(expected)) === 0) return null
  const precision = (tolerance.halves === true ? precisionOf(dtype) : precisions[dtype]) ?? 0
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i], expected[i]]
    const same = typeof a === 'bigint' ? a === e : isClose(a, e as number, precision, tolerance)
    if (!same) return `value ${i} is ${text(a)}, not ${text(e)}`
  }
  return null
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

const text = (value: number | bigint): string => (Object.is(value, -0) ? '-0' : String(value))

/** The first difference between two tensors, dtypes and shapes included, or null. */
export function tensorDifference(actual: Tensor, expected: Tensor, tolerance: Tolerance = EXACT): string | null {
  if (actual.dtype !== expected.dtype) return `dtype ${actual.dtype} instead of ${expected.dtype}`
  const [shape, wanted] = [actual, expected].map((each) => `[${each.shape.join(', ')}]`)
  if (shape !== wanted) return `shape ${shape} instead of ${wanted}`
  return difference(actual.toTypedArray(), expected.toTypedArray(), actual.dtype, tolerance)
}
