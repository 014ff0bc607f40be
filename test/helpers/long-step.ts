// A compiled step that takes hundreds of milliseconds and updates what it uses.

import { type Tensor, compile, full, ones } from '../../lib'

export interface LongStep {
  readonly weight: Tensor
  readonly x: Tensor
  readonly step: ReturnType<typeof compile<[Tensor], Tensor>>
}

/** `chain` products of matrices of `size` x `size`; already recorded. */
export function longStep(size: number, chain: number): LongStep {
  const weight = full([size, size], 1 / size)
  const x = ones(size, size)
  const step = compile((input: Tensor) => {
    let y = input
    for (let i = 0; i < chain; i++) y = y.matmul(weight)
    return weight.add_(y.mul(1e-9))
  })
  step(x)
  return { weight, x, step }
}
