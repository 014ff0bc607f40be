// What a program is made of besides launches: live scalars, and what a replay leaves.

import type { TypedArray } from '../../dtype'
import type { VersionCell } from '../../storage'
import type { OwnerPlace, TensorGuard } from '../guards'
import type { LiveCell } from '../passes/lower'
import type { KeptGradient, Place } from './tensor-spec'

/** A live scalar, and where its value is put. */
export interface Cell {
  readonly live: LiveCell
  readonly array: TypedArray
}

/** A property that the step set: to a value, a tensor or a gradient that waits. */
export interface Effect {
  readonly owner: OwnerPlace
  readonly key: string
  /** Number of launches that were recorded before. */
  readonly position: number
  /** False where only an error may find it. */
  readonly isFinal: boolean
  readonly value: unknown
  readonly place: Place | null
  readonly pending: KeptGradient | null
}

/** A version counter that rises by `count`: an argument's, that of the tensor behind a guard, or one that stays. */
export interface Version {
  readonly cell: VersionCell
  readonly argument: number
  readonly guard: TensorGuard | null
  /** Number of the recorded launch that wrote. */
  readonly position: number
  readonly count: number
}
