// The number of threads that kernels use. Results never depend on it.

import { checkArity } from './kinds'
import { native } from './native'
import { type Arguments, member } from './signature'

const signature = member('setNumThreads(count: count)')

/** Sets how many threads kernels of this process use, at least 1. */
export function setNumThreads(...args: Arguments<typeof signature>): void {
  const [count] = signature.read(args)
  native.setNumThreads(count)
}

/** How many threads kernels use; DYNGRAD_NUM_THREADS or the CPUs of the process until it is set. */
export function getNumThreads(): number {
  checkArity('getNumThreads', arguments.length, 0)
  return native.getNumThreads()
}
