// Steps that matrix products and the optimizer dominate.

import { mlpCase } from '../jobs/mlp'
import type { Case, Trial, Way } from '../trial'

const sizes = [784, 512, 512, 10]
const batches = [32, 256, 1024]
const rates = { SGD: 0.01, Adam: 0.001 }

function casesOf(batch: number, way: Way): Case[] {
  return (['SGD', 'Adam'] as const).map((optimizer) => {
    const options = { sizes, batch, predicts: 'classes' as const, optimizer, rate: rates[optimizer] }
    return mlpCase(`batch ${batch}, ${optimizer}`, options, way, 10)
  })
}

export const compileClassifier: Trial = {
  title: 'MLP 784-512-512-10: ReLU, CrossEntropyLoss, SGD with momentum or Adam',
  tolerance: 1e-4,
  ways: ['eager', 'compiled'],
  references: ['PyTorch', 'tfjs', 'jax-js'],
  threads: [1, 2, 'default'],
  apart: true,
  cases: (way) => batches.flatMap((batch) => casesOf(batch, way))
}
