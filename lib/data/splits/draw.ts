// The random numbers of splits: permutations from a generator or a seed.

import { Generator, randperm } from '../../index'

/** Options of splits that shuffle. */
export interface RandomOptions {
  /** Draws the order; the default stream where neither this nor `seed` is given. */
  readonly generator?: Generator | null
  /** The same order at each call. */
  readonly seed?: number | bigint | null
}

/** The keywords of `RandomOptions` in a signature. */
export const RANDOM = 'generator: generator? = null, seed: scalar? = null'

/** Permutations of the numbers below a count, one after the other from one stream. */
export type Permute = (count: number) => number[]

export function permuter(op: string, generator: Generator | null, seed: number | bigint | boolean | null): Permute {
  if (generator !== null && seed !== null) throw new TypeError(`${op}: pass generator or seed, not both`)
  const source = seed === null ? generator : new Generator().manualSeed(seed as number)
  return (count) => Array.from(randperm(count, { generator: source }).toTypedArray(), Number)
}

/** Values in another order. */
export function shuffled<Value>(values: readonly Value[], permute: Permute): Value[] {
  return permute(values.length).map((at) => values[at])
}
