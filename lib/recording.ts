// Who listens while a step is captured. Objects announce here what they read and branched on; launch.ts announces the
// launches. Knows neither tensors nor kernels.

import { CompileError } from './errors'
import type { Tensor } from './tensor'

/** A launch parameter that is read anew at each replay, such as a learning rate under a scheduler. */
export interface Live {
  read(): number
}

/** Throws the error of a kernel's check that failed. */
export interface Failure {
  /** `at` gives a tensor as the failing run sees it: itself in eager mode, its twin in a replay. */
  fail(status: number, at: (tensor: Tensor) => Tensor): never
  /** Tensors whose values `fail` reads for its message; a program keeps them until the launch has run. */
  readonly reads?: readonly Tensor[]
}

/** What may be gone through. */
export type Collection =
  readonly unknown[] | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | Readonly<Record<string, unknown>>

/** What a capture is told. `Operand` is Storage; the type parameter keeps this file at the bottom of the ladder. */
export interface Recorder<Operand = unknown> {
  /**
   * A kernel ran. `live` lists the word positions whose values are read anew at a replay; words and live are only lent.
   */
  launch(
    words: Float64Array,
    operands: readonly Operand[],
    live: readonly [position: number, value: Live][] | null,
    failure: Failure
  ): void
  /** A kernel is about to run; the operands from `firstWrite` on will be written. */
  entering(operands: readonly Operand[], firstWrite: number): void
  /** The library read `owner[key]` and branches on it. */
  guard(owner: object, key: string): void
  /** The step may read `owner[key]`; what the step itself sets there is state. Messages call it `name`. */
  field(owner: object, key: string, name: string): void
  /** The step may ask which keys `owner` has. */
  keys(owner: object, name: string): void
  /** The step may go through a collection. */
  entries(collection: Collection, name: string): void
  /** True when it is told of an object for the first time. */
  meets(owner: object): boolean
  /** The library is about to set `owner[key]`, whatever it holds. */
  setting(owner: object, key: string): void
  /** The library has set `owner[key]`. */
  wrote(owner: object, key: string): void
  /** A tensor was made. */
  created(tensor: Tensor): void
  /** True for a tensor that was made since the recording began. */
  isCreated(tensor: Tensor): boolean
  /** JavaScript wrote the bytes of this fresh storage: they are a constant of the program. */
  constant(operand: Operand): void
  /** This fresh storage is a copy where the eager step has a view: a launch that writes to it throws `message`. */
  sealed(operand: Operand, message: string): void
  /** Something outlives the step, unless the returned function is called in it. */
  lasting(what: string): () => void
  /** What was recorded does not repeat what ran. */
  broken(reason: string): void
}

/** The one listener of this thread, null outside a capture. */
export const recording: { recorder: Recorder | null } = { recorder: null }

/** What must be done before a capture begins. */
export const beforeRecording: (() => void)[] = []

/**
 * How often modules got or lost forward hooks. A module's user cannot see from outside what its forward runs, so a
 * program holds for one count.
 */
class ForwardHooks {
  changes = 0
}
export const moduleHooks = new ForwardHooks()

/** Announces that the caller branches on `owner[key]`: null-ness, identity or a plain value. */
export function guard(owner: object, key: string): void {
  if (recording.recorder !== null) recording.recorder.guard(owner, key)
}

/** Announces that the caller goes through `list`. */
export function guardList(list: readonly unknown[]): void {
  if (recording.recorder === null) return
  recording.recorder.guard(list, 'length')
  for (const i of list.keys()) recording.recorder.guard(list, String(i))
}

/** Announces that the caller is about to set `owner[key]`, unless it has read it through `guard`. */
export function setting(owner: object, key: string): void {
  if (recording.recorder !== null) recording.recorder.setting(owner, key)
}

/** Announces that the caller has set `owner[key]`. */
export function wrote(owner: object, key: string): void {
  if (recording.recorder !== null) recording.recorder.wrote(owner, key)
}

/** Announces that the caller has written the bytes of `storage`, which is fresh, from values that stand in code. */
export function constant(storage: unknown): void {
  if (recording.recorder !== null) recording.recorder.constant(storage)
}

/** Announces that `storage`, which is fresh, is a copy where the eager step has a view. */
export function sealed(storage: unknown, message: string): void {
  if (recording.recorder !== null) recording.recorder.sealed(storage, message)
}

/** Runs `body` without announcing what it does. */
export function withoutRecording<Result>(body: () => Result): Result {
  const { recorder } = recording
  recording.recorder = null
  try {
    return body()
  } finally {
    recording.recorder = recorder
  }
}

const READS = 'reads a value while recording; return the tensor and read it after the call'
/** Why an op cannot be captured whose result has as many elements as values say. */
export const SIZED_BY_VALUES = 'gives a result whose size depends on values; call it outside the step'

/** Throws while a step is captured: the value would be a constant of the program. */
export function forbidInCapture(what: string, reason = READS): void {
  if (recording.recorder === null) return
  // The step may catch the error and go on with what a replay cannot know.
  recording.recorder.broken(`${what} was refused inside the step and the error caught there`)
  throw new CompileError(`compile: ${what} ${reason}`)
}

/**
 * Throws while a step is captured and `tensor` is older than it: a replay does not repeat what is done to it outside
 * its elements.
 */
export function forbidOutside(tensor: Tensor, what: string): void {
  if (recording.recorder === null || recording.recorder.isCreated(tensor)) return
  forbidInCapture(`${what} of a tensor from outside the step`, 'is not repeated by a replay; do it before the step')
}
