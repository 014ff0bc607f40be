// Who listens while a step is captured. Objects announce here what they read and branched on; launch.ts announces the launches.
// Knows neither tensors nor kernels.

import { CompileError } from './errors'

/** A launch parameter that is read anew at each replay, such as a learning rate under a scheduler. */
export interface Live {
  read(): number
}

/** What a capture is told. `Operand` is Storage; the type parameter keeps this file at the bottom of the ladder. */
export interface Recorder<Operand = unknown> {
  /** A kernel ran. `live` lists the word positions whose values are read anew at a replay; words and live are only lent. */
  launch(
    words: Float64Array,
    operands: readonly Operand[],
    live: readonly [position: number, value: Live][] | null
  ): void
  /** The library read `owner[key]` and branches on it. */
  guard(owner: object, key: string): void
}

/** The one listener of this thread, null outside a capture. */
export const recording: { recorder: Recorder | null } = { recorder: null }

/** Announces that the caller branches on `owner[key]`: null-ness, identity or a plain value. */
export function guard(owner: object, key: string): void {
  if (recording.recorder !== null) recording.recorder.guard(owner, key)
}

const READS = 'reads a value while recording; return the tensor and read it after the call'

/** Throws while a step is captured: the value would be a constant of the program. */
export function forbidInCapture(what: string, reason = READS): void {
  if (recording.recorder !== null) throw new CompileError(`compile: ${what} ${reason}`)
}
