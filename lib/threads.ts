// The number of threads that kernels use. Results never depend on it.

import { native } from './native'

/** Sets how many threads kernels of this process use, at least 1. */
export function setNumThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`setNumThreads: expected a positive integer, got ${String(count)}`)
  }
  native.setNumThreads(count)
}

/** How many threads kernels use; DYNGRAD_NUM_THREADS or the CPUs of the process until it is set. */
export const getNumThreads = (): number => native.getNumThreads()
