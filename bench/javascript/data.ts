// The data of trial.ts as typed arrays.

import { probes, wave } from '../trial'

export type Numbers = Float32Array | Float64Array

/** `shift + wave(i)` for all i below `count`. */
export function waves(count: number, shift = 0, ArrayType: new (length: number) => Numbers = Float32Array): Numbers {
  const values = new ArrayType(count)
  for (let i = 0; i < count; i++) values[i] = shift + wave(i)
  return values
}

/** What must be added to the data of an elementwise operation, for the domain's sake. */
export const shiftOf = (operation: string): number => (operation.startsWith('log') ? 1.5 : 0)

/** The same of the reductions, whose sums would be near 0 without. */
export const REDUCTION_SHIFT = 1.5

/** The values at the probed positions. */
export const probe = (values: ArrayLike<number>): number[] => probes(values.length).map((at) => values[at])
