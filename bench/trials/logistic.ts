// One training step of examples/logistic-regression.ts.

import { CHECKED_STEPS, logisticJob, plainLosses } from '../jobs/logistic'
import { stepCase } from '../jobs/job'
import type { Trial } from '../trial'

export const logistic: Trial = {
  title: 'Logistic regression, 200 x 2: Linear, Sigmoid, BCELoss, SGD with momentum, eager',
  tolerance: 1e-5,
  references: ['PyTorch', 'JavaScript'],
  cases: (way) => [{ ...stepCase('step', logisticJob, way, CHECKED_STEPS), expected: plainLosses }]
}
