// Elementwise operations from the cache to main memory, each into fresh memory.

import { operationCase } from '../jobs/operation'
import { type Pointwise, plainElement, pointwiseOperations, pointwiseSizes, vectors } from '../jobs/pointwise'
import { type Case, type Trial, type Way, probes } from '../trial'

function caseOf(operation: Pointwise, count: number, way: Way): Case {
  const { name, run, reads } = operation
  return operationCase(
    {
      name: `${name} of ${count}`,
      bytes: 4 * count * (reads + 1),
      make: () => {
        const [a, b] = vectors(operation, count)
        return () => run(a, b)
      },
      checkedCalls: 3,
      expected: () => probes(count).map((i) => plainElement(operation, i))
    },
    way
  )
}

const common = { tolerance: 1e-6, threads: [1, 2] }

export const pointwise: Trial = {
  ...common,
  title: 'Elementwise operations on float32 without graph, into fresh memory',
  references: ['PyTorch', 'JavaScript', 'tfjs', 'jax-js'],
  cases: (way) => pointwiseOperations.flatMap((operation) => pointwiseSizes.map((size) => caseOf(operation, size, way)))
}

export const compilePointwise: Trial = {
  ...common,
  title: 'Elementwise operations on float32 without graph, compiled',
  ways: ['eager', 'compiled'],
  cases: (way) => pointwiseOperations.map((operation) => caseOf(operation, 1e7, way))
}
