// A step so small that an operation's overhead outweighs its kernel.

import { type MlpOptions, mlpCase } from '../jobs/mlp'
import type { Trial } from '../trial'

const options: MlpOptions = { sizes: [16, 64, 64, 1], batch: 32, predicts: 'numbers', optimizer: 'SGD', rate: 0.01 }

export const compileMlp: Trial = {
  title: 'MLP 16-64-64-1, batch 32: ReLU, MSELoss, SGD with momentum',
  tolerance: 1e-5,
  ways: ['eager', 'compiled', 'kernels'],
  cases: (way) => [mlpCase('step', options, way, 50)]
}
