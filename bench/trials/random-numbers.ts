// Random numbers of PyTorch's stream: for a seed both sides have the same values.

import { type Tensor, empty, manualSeed, rand, randn } from 'dyngrad'
import { operationCase } from '../jobs/operation'
import type { Case, Trial } from '../trial'

const SEED = 7

const draws: Record<string, (count: number) => () => Tensor> = {
  rand: (count) => () => rand(count),
  randn: (count) => () => randn(count),
  uniform_: (count) => {
    const x = empty(count)
    return () => x.uniform_()
  },
  normal_: (count) => {
    const x = empty(count)
    return () => x.normal_()
  }
}

const sizes = [1e3, 1e6]

function caseOf(name: string, count: number): Case {
  return operationCase({
    name: `${name} of ${count}`,
    bytes: 4 * count,
    make: () => {
      manualSeed(SEED)
      return draws[name](count)
    }
  })
}

export const randomNumbers: Trial = {
  title: 'Random float32 numbers from the default generator',
  tolerance: 1e-6,
  threads: [1, 2],
  cases: () => Object.keys(draws).flatMap((name) => sizes.map((size) => caseOf(name, size)))
}
