// Small readers of results and errors for tests.

import { type Tensor, tensor } from '../../lib'

/** The error that a call throws, as text: class and message. */
export function thrown(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return String(error)
  }
  throw new Error('nothing was thrown')
}

/** The values of a floating tensor in a plain array. */
export const values = (x: Tensor): number[] => [...(x.toTypedArray() as Float32Array)]

/** Numbers rounded to float32. */
export const floats = (...numbers: number[]): number[] => [...Float32Array.from(numbers)]

/** An int64 tensor. */
export const longs = (numbers: (number | number[])[]): Tensor => tensor(numbers, { dtype: 'int64' })

/** The largest difference, relative where the expected number is above 1. */
export const farthest = (actual: readonly number[], expected: readonly number[]): number =>
  Math.max(...expected.map((value, i) => Math.abs(value - actual[i]) / Math.max(1, Math.abs(value))))

/** Holds while every number is within 1e-6 of PyTorch's. */
export function expectClose(actual: Tensor, expected: readonly number[]): void {
  expect(actual.numel()).toBe(expected.length)
  expect(farthest(values(actual), expected)).toBeLessThan(1e-6)
}
