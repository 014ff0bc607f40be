// Elementwise operations into the memory that they read. Repeated they stay where numbers are ordinary.

import type { Tensor } from 'dyngrad'
import { operationCase } from '../jobs/operation'
import { vectors } from '../jobs/pointwise'
import { type Case, type Trial, probes, wave } from '../trial'

interface InPlace {
  readonly name: string
  readonly run: (a: Tensor, b: Tensor) => Tensor
  readonly plain: (a: number, b: number) => number
  readonly reads: 1 | 2
  readonly shift: number
  /** How many operations `run` does. */
  readonly units?: number
  /** Makes the second operand of the half of the data. */
  readonly second?: (half: Tensor) => Tensor
}

const operations: InPlace[] = [
  { name: 'add_', run: (a, b) => a.add_(b), plain: (a, b) => a + b, reads: 2, shift: 0 },
  // Factors of -1 and 1: others would make all products 0 or infinite in the end.
  {
    name: 'mul_',
    run: (a, b) => a.mul_(b),
    plain: (a, b) => a * Math.sign(b),
    reads: 2,
    shift: 0,
    second: (b) => b.sign()
  },
  { name: 'exp_ and log_', run: (a) => a.exp_().log_(), plain: (a) => a, reads: 1, shift: 0, units: 2 },
  { name: 'tanh_', run: (a) => a.tanh_(), plain: Math.tanh, reads: 1, shift: 0 },
  { name: 'sigmoid_', run: (a) => a.sigmoid_(), plain: (a) => 1 / (1 + Math.exp(-a)), reads: 1, shift: 0 },
  { name: 'log1p_', run: (a) => a.log1p_(), plain: Math.log1p, reads: 1, shift: 1.5 }
]

const sizes = [1e3, 1e5, 1e6, 1e7]

function caseOf(operation: InPlace, count: number): Case {
  const { name, run, plain, reads, shift, units, second = (half: Tensor) => half } = operation
  return operationCase({
    name: `${name} of ${count}`,
    bytes: 4 * count * (reads + 1),
    traffic: 'update',
    units,
    make: () => {
      const [a, half] = vectors(operation, count)
      const b = second(half)
      return () => run(a, b)
    },
    expected: () => probes(count).map((i) => plain(shift + wave(i), (shift + wave(i)) / 2))
  })
}

export const pointwiseInPlace: Trial = {
  title: 'Elementwise operations on float32 without graph, in place',
  tolerance: 1e-6,
  threads: [1, 2],
  cases: () => operations.flatMap((operation) => sizes.map((size) => caseOf(operation, size)))
}
