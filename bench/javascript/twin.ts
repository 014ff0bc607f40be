// What a library of this folder says it can do: the trials by name, and in each the cases whose names it can read.

import type { Work } from '../clock'

/** A case as a library does it. */
export interface TwinCase extends Work {
  readonly values: () => ArrayLike<number> | Promise<ArrayLike<number>>
}

/** The case of a name, or null where the library does not know it. */
export type Twin = (name: string) => TwinCase | null

export interface Library {
  /** Runs before everything else. */
  readonly prepare?: () => Promise<unknown>
  readonly twins: Readonly<Record<string, Twin>>
}

/** A twin of the cases whose names match; the groups of the pattern say which. */
export function matching(pattern: RegExp, make: (...groups: string[]) => TwinCase | null): Twin {
  return (name) => {
    const match = pattern.exec(name)
    return match === null ? null : make(...match.slice(1))
  }
}

/** The twin of several that knows a case. */
export const firstOf = (...twins: readonly Twin[]): Twin => {
  return (name) => twins.reduce<TwinCase | null>((found, twin) => found ?? twin(name), null)
}

/** Names of products, of the trials matmul and matmul64. */
export const productNames = /^(\d+)x(\d+)x(\d+) A(t?)B(t?)$/
/** Names of elementwise operations. */
export const pointwiseNames = /^(\w+) of (\d+)$/
/** Names of reductions; transposed operands are not for libraries without views. */
export const reductionNames = /^(\w+) of (\d+)x(\d+) over (?:all|dim (\d))$/
/** Names of steps of the classifier. */
export const stepNames = /^batch (\d+), (SGD|Adam)$/
