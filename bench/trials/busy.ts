// What training on all cores loses when another process takes one of them.

import { keepCoreBusy } from '../jobs/busy'
import { mlpCase } from '../jobs/mlp'
import type { Case, Trial, Way } from '../trial'

const batches = [32, 256]

function casesOf(batch: number, way: Way): Case[] {
  const options = {
    sizes: [784, 512, 512, 10],
    batch,
    predicts: 'classes' as const,
    optimizer: 'SGD' as const,
    rate: 0.01
  }
  const undisturbed = mlpCase(`batch ${batch}, undisturbed`, options, way, 3)
  const disturbed: Case = {
    ...undisturbed,
    name: `batch ${batch}, one core busy`,
    run(times) {
      keepCoreBusy()
      undisturbed.run(times)
    }
  }
  return [undisturbed, disturbed]
}

export const busy: Trial = {
  title: 'MLP 784-512-512-10 with SGD alone, and while another process keeps one core busy',
  tolerance: 1e-4,
  ways: ['eager', 'compiled'],
  threads: [2],
  apart: true,
  cases: (way) => batches.flatMap((batch) => casesOf(batch, way))
}
