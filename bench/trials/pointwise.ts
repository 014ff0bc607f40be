// Elementwise operations from the cache to main memory, each into fresh memory.

import { type Tensor, noGrad, tensor } from 'dyngrad'
import { type Case, type Trial, probe, probes, repeat, wave, waves } from '../trial'

interface Operation {
  readonly name: string
  readonly run: (a: Tensor, b: Tensor) => Tensor
  readonly plain: (a: number, b: number) => number
  /** How many operands it reads. */
  readonly reads: number
}

const operations: Operation[] = [
  { name: 'add', run: (a, b) => a.add(b), plain: (a, b) => a + b, reads: 2 },
  { name: 'exp', run: (a) => a.exp(), plain: (a) => Math.exp(a), reads: 1 },
  { name: 'sigmoid', run: (a) => a.sigmoid(), plain: (a) => 1 / (1 + Math.exp(-a)), reads: 1 }
]

const sizes = [1e3, 1e5, 1e6]

function caseOf({ name, run, plain, reads }: Operation, count: number): Case {
  const a = tensor(waves(count))
  const b = a.mul(0.5)
  return {
    name: `${name} of ${count}`,
    unit: 'op',
    bytes: 4 * count * (reads + 1),
    run: repeat(() => run(a, b)),
    values: () => noGrad(() => probe(run(a, b))),
    expected: () => probes(count).map((i) => plain(wave(i), wave(i) / 2))
  }
}

export const pointwise: Trial = {
  title: 'Elementwise operations on float32 without graph',
  tolerance: 1e-6,
  cases: () => operations.flatMap((operation) => sizes.map((count) => caseOf(operation, count)))
}
