// Samples to a few numbers.

import type { Memory } from './memory'

/** The samples of one case on one side, in nanoseconds per unit. */
export interface Summary {
  readonly median: number
  readonly least: number
  /** A tenth of the samples is below, a tenth above. */
  readonly low: number
  readonly high: number
  /** Where the case had a process of its own. */
  readonly memory: Memory | null
}

export function summarise(samples: readonly number[]): Omit<Summary, 'memory'> {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return { median: at(0.5), least: sorted[0], low: at(0.1), high: at(0.9) }
}
