// Grad mode: whether operations are recorded.

import { guard } from '../recording'

/** The mode of this thread; ops read `enabled`, users call the functions below. */
export const gradMode = { enabled: true }

/** True when operations are recorded. */
export function isGradEnabled(): boolean {
  guard(gradMode, 'enabled')
  return gradMode.enabled
}

/** Turns recording on or off until it is set again; prefer `noGrad` and `enableGrad`, which restore it. */
export function setGradEnabled(enabled: boolean): void {
  gradMode.enabled = enabled
}

function within<Result>(enabled: boolean, body: () => Result): Result {
  const before = gradMode.enabled
  gradMode.enabled = enabled
  let asynchronous = false
  try {
    const result = body()
    asynchronous = result instanceof Promise
    if (!asynchronous) return result
  } finally {
    gradMode.enabled = before
  }
  throw new TypeError(
    `${enabled ? 'enableGrad' : 'noGrad'}: the function returns a Promise, but the mode ends when it returns; ` +
      'await first and wrap the synchronous part'
  )
}

/** Runs `body` without recording operations and returns its result. */
export function noGrad<Result>(body: () => Result): Result {
  return within(false, body)
}

/** Runs `body` with recording on, also inside `noGrad`, and returns its result. */
export function enableGrad<Result>(body: () => Result): Result {
  return within(true, body)
}
