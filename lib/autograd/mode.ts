// Grad mode: whether operations are recorded.

import { type Synchronous, checkArity, checkOver } from '../kinds'
import { setting, wrote } from '../recording'
import { type Arguments, type OrKeyword, member } from '../signature'
import { Tensor } from '../tensor'

const signatures = {
  setGradEnabled: member('setGradEnabled(mode: bool)'),
  noGrad: member('noGrad(body: function)'),
  enableGrad: member('enableGrad(body: function)')
}

/** The mode of this thread; ops read `enabled`, users call the functions below. */
export const gradMode = { enabled: true }

// A program holds for one mode at its beginning, and what a step does to the mode follows from that: no reader
// announces.

/** True when operations are recorded. */
export function isGradEnabled(): boolean {
  checkArity('isGradEnabled', arguments.length, 0)
  return gradMode.enabled
}

let settings = 0

/** Turns recording on or off until it is set again; prefer `noGrad` and `enableGrad`, which restore it. */
export function setGradEnabled(...args: Arguments<typeof signatures.setGradEnabled>): void {
  const [mode] = signatures.setGradEnabled.read(args)
  setting(gradMode, 'enabled')
  gradMode.enabled = mode
  settings++
  wrote(gradMode, 'enabled')
}

function within<Result>(enabled: boolean, body: () => Result): Result {
  const before = gradMode.enabled
  const settingsBefore = settings
  gradMode.enabled = enabled
  let result: Result
  try {
    result = body()
  } finally {
    gradMode.enabled = before
    // What the body announced is over.
    if (settings !== settingsBefore) wrote(gradMode, 'enabled')
  }
  if (result !== undefined && !(result instanceof Tensor)) checkOver(enabled ? 'enableGrad' : 'noGrad', 'mode', result)
  return result
}

/** Runs `body` without recording operations and returns its result. */
export function noGrad<Result>(body: OrKeyword<'body', Synchronous<Result, () => Result>>): Result {
  if (arguments.length === 1 && typeof body === 'function') return within(false, body)
  return within(false, signatures.noGrad.read(arguments)[0] as () => Result)
}

/** Runs `body` with recording on, also inside `noGrad`, and returns its result. */
export function enableGrad<Result>(body: OrKeyword<'body', Synchronous<Result, () => Result>>): Result {
  if (arguments.length === 1 && typeof body === 'function') return within(true, body)
  return within(true, signatures.enableGrad.read(arguments)[0] as () => Result)
}
