// The kinds of arguments that a CheckpointManager takes.

import { wrongKind } from '../kinds'
import { defineCheck, defineWords } from '../signature'

declare module '../signature/types' {
  interface KindTypes {
    step: number
    checkpointMode: 'min' | 'max'
  }
}

/** True for the number of a step. */
export const isStep = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 1e15
defineCheck('step', 'an integer from 0 on', isStep, (value, op, name) => {
  if (isStep(value)) return
  if (typeof value !== 'number') throw wrongKind(op, name, 'an integer from 0 on', value)
  throw new RangeError(`${op}: ${name} must be an integer from 0 on, got ${value}`)
})

defineWords('checkpointMode', ['min', 'max'], (word) => `CheckpointManager: mode must be 'min' or 'max', got '${word}'`)
