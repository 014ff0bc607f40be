// All trials by name, and how words choose among them.

import type { Trial } from '../trial'
import { logistic } from './logistic'
import { matmul } from './matmul'
import { overhead } from './overhead'
import { pointwise } from './pointwise'

export const trials: Record<string, Trial> = { overhead, logistic, pointwise, matmul }

/** True when a word occurs in the names of trial and case; no words choose all. */
export function selects(words: readonly string[], trial: string, name: string): boolean {
  return words.length === 0 || words.some((word) => `${trial} ${name}`.includes(word))
}
