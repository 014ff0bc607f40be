// All trials by name, and how words choose among them.

import type { Trial } from '../trial'
import { adam } from './adam'
import { busy } from './busy'
import { compileClassifier } from './compile-classifier'
import { compileLogistic } from './compile-logistic'
import { compileMlp } from './compile-mlp'
import { compileRows } from './compile-rows'
import { copies } from './copies'
import { dataLoaders } from './data-loaders'
import { ioFiles } from './io-files'
import { logistic } from './logistic'
import { matmul, matmul64 } from './matmul'
import { overhead } from './overhead'
import { compilePointwise, pointwise } from './pointwise'
import { pointwiseInPlace } from './pointwise-inplace'
import { pointwiseStrided } from './pointwise-strided'
import { randomNumbers } from './random-numbers'
import { reductions } from './reductions'
import { sizes } from './sizes'

export const trials: Record<string, Trial> = {
  overhead,
  logistic,
  pointwise,
  'pointwise-inplace': pointwiseInPlace,
  'pointwise-strided': pointwiseStrided,
  'compile-pointwise': compilePointwise,
  reductions,
  sizes,
  copies,
  'data-loaders': dataLoaders,
  'random-numbers': randomNumbers,
  matmul,
  matmul64,
  adam,
  'io-files': ioFiles,
  'compile-rows': compileRows,
  'compile-logistic': compileLogistic,
  'compile-mlp': compileMlp,
  'compile-classifier': compileClassifier,
  busy
}

const spaced = (text: string): string => ` ${text.replace(/[^a-z0-9]+/gi, ' ')}`

/** True when one of the words begins a word of the name of a trial and case; no words choose all. */
export function selects(words: readonly string[], name: string): boolean {
  return words.length === 0 || words.some((word) => spaced(name).includes(spaced(word)))
}
