// Grad mode: whether operations are recorded.

import { checkFlag, kindText } from '../kinds'
import { setting, wrote } from '../recording'

/** The mode of this thread; ops read `enabled`, users call the functions below. */
export const gradMode = { enabled: true }

// A program holds for one mode at its beginning, and what a step does to the mode follows from that: no reader announces.

/** True when operations are recorded. */
export function isGradEnabled(): boolean {
  return gradMode.enabled
}

let settings = 0

/** Turns recording on or off until it is set again; prefer `noGrad` and `enableGrad`, which restore it. */
export function setGradEnabled(enabled: boolean): void {
  checkFlag(enabled, 'setGradEnabled', 'enabled')
  setting(gradMode, 'enabled')
  gradMode.enabled = enabled
  settings++
  wrote(gradMode, 'enabled')
}

function within<Result>(enabled: boolean, body: () => Result): Result {
  if (typeof body !== 'function') {
    throw new TypeError(`${enabled ? 'enableGrad' : 'noGrad'}: expected a function, got ${kindText(body)}`)
  }
  const before = gradMode.enabled
  const settingsBefore = settings
  gradMode.enabled = enabled
  let asynchronous = false
  try {
    const result = body()
    asynchronous = result instanceof Promise
    if (!asynchronous) return result
  } finally {
    gradMode.enabled = before
    // What the body announced is over.
    if (settings !== settingsBefore) wrote(gradMode, 'enabled')
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
