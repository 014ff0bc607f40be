// The logistic regression's step compiled, beside its limit: the step written by hand as one loop.

import { MOMENTUM, RATE, plainJob } from '../jobs/logistic'
import type { Trial } from '../trial'
import { logistic } from './logistic'

function loopData(): number[] {
  const { points, targets, weights } = plainJob()
  return [points.length, RATE, MOMENTUM, ...weights, ...points.flatMap(([a, b], i) => [a, b, targets[i]])]
}

export const compileLogistic: Trial = {
  ...logistic,
  title: 'Logistic regression, 200 x 2: Linear, Sigmoid, BCELoss, SGD with momentum',
  ways: ['eager', 'compiled'],
  loop: { source: 'logistic.cc', data: loopData }
}
