// What the machine can do at best, by cpp/limits.cc, and how near to it a case comes.

import { availableParallelism } from 'node:os'
import { compileCpp } from './cpp'
import { readLines } from './process'
import type { Case, Threads, Traffic } from './trial'

/** One limit of the machine, of all threads together. */
export interface Limit {
  readonly name: string
  readonly value: number
  readonly unit: 'GFLOP/s' | 'GB/s' | 'MB'
}

export type Limits = readonly Limit[]

/** A rate, and its share of the limit where there is one that it could reach. */
export interface Rate {
  readonly value: number
  readonly unit: 'GFLOP/s' | 'GB/s'
  readonly share: number | null
}

// The loops that do what the bytes of a case do. The best of them counts: who stores past the caches moves a third
// less.
const loops: Record<Traffic, readonly string[]> = {
  read: ['read'],
  update: ['update in place'],
  copy: ['copy', 'copy, streaming stores', 'triad', 'triad, streaming stores']
}

// Whatever moves twice the last cache finds none of it there when it comes by again.
const CACHES = 2

const measured = new Map<number, Limits>()

/** The limits of so many threads, or in words why they are not known; measured once. */
export function limitsOf(threads: Threads): Limits | string {
  const count = threads === 'default' ? availableParallelism() : threads
  const known = measured.get(count)
  if (known !== undefined) return known
  const program = compileCpp('limits.cc')
  if (typeof program === 'string') return program
  const limits = readLines<Limit>('the program of limits', [program.path, String(count)], count)
  measured.set(count, limits)
  return limits
}

/** The best of some limits, or null where none is known. */
function best(limits: Limits, names: readonly string[]): number | null {
  const values = limits.filter((limit) => names.includes(limit.name)).map((limit) => limit.value)
  return values.length === 0 ? null : Math.max(...values)
}

/** How fast a case is that takes `ns` a unit; null where it names no work. */
export function rateOf(each: Case, ns: number, limits: Limits): Rate | null {
  const { flops, bytes, dtype = 'float32', traffic = 'copy' } = each
  const rate = (amount: number, unit: Rate['unit'], limit: number | null): Rate => {
    const value = amount / ns
    return { value, unit, share: limit === null ? null : value / limit }
  }
  if (flops !== undefined) return rate(flops, 'GFLOP/s', best(limits, [`FMA ${dtype}`]))
  if (bytes === undefined) return null
  const cache = best(limits, ['last cache'])
  const exceeds = cache !== null && bytes > CACHES * cache * 1e6
  return rate(bytes, 'GB/s', exceeds ? best(limits, loops[traffic]) : null)
}
