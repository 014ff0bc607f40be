// All trials by name, and how words choose among them.

import type { Trial } from '../trial'
import { compileClassifier } from './compile-classifier'
import { compileLogistic } from './compile-logistic'
import { compileMlp } from './compile-mlp'
import { logistic } from './logistic'
import { matmul } from './matmul'
import { overhead } from './overhead'
import { pointwise } from './pointwise'

export const trials: Record<string, Trial> = {
  overhead,
  logistic,
  pointwise,
  matmul,
  'compile-logistic': compileLogistic,
  'compile-mlp': compileMlp,
  'compile-classifier': compileClassifier
}

/** True when a word occurs in the name of a trial and case; no words choose all. */
export function selects(words: readonly string[], name: string): boolean {
  return words.length === 0 || words.some((word) => name.includes(word))
}
