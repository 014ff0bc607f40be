// Scenarios around a step, told as text, so that compiled and eager ones can be compared.

import { Tensor, compile, full, manualSeed } from '../../lib'

type Fn = (...args: never[]) => unknown

/** Compiles, or leaves as it is. */
export type Wrap = <F extends Fn>(fn: F) => F

export const SEED = 61
export const CALLS = [1, 2, 3, 4]

export function plain(value: unknown): unknown {
  if (value instanceof Tensor) return value.detach().tolist()
  return Array.isArray(value) ? value.map(plain) : value
}

/** What a scenario tells, as text; an error is told as well. */
export function told(scenario: (wrap: Wrap) => unknown, wrap: Wrap): string {
  manualSeed(SEED)
  try {
    return JSON.stringify(plain(scenario(wrap)), (_, each: unknown) => (each !== each ? 'NaN' : each))
  } catch (error) {
    return String(error)
  }
}

/** The error of a call as text, or what it gives. */
export function attempt(call: () => unknown): unknown {
  try {
    return plain(call())
  } catch (error) {
    return (error as Error).message
  }
}

export const leaf = (value: number, size = 2): Tensor => full([size], value, { requiresGrad: true })

/** Compiles. */
export const compiling: Wrap = (fn) => compile(fn as () => unknown) as unknown as typeof fn
