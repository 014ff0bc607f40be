// The elementwise operations that trials time, in plain numbers too.

import type { Tensor } from 'dyngrad'
import { wave } from '../trial'
import { waveTensor } from './operation'

/** One of the operations; those of one operand ignore the second. */
export interface Pointwise {
  readonly name: string
  readonly run: (a: Tensor, b: Tensor) => Tensor
  readonly plain: (a: number, b: number) => number
  /** How many operands it reads. */
  readonly reads: 1 | 2
  /** Added to the data, for the domain's sake. */
  readonly shift: number
}

const log = { reads: 1, shift: 1.5 } as const
const unary = { reads: 1, shift: 0 } as const
const binary = { reads: 2, shift: 0 } as const

export const pointwiseOperations: readonly Pointwise[] = [
  { name: 'add', run: (a, b) => a.add(b), plain: (a, b) => a + b, ...binary },
  { name: 'mul', run: (a, b) => a.mul(b), plain: (a, b) => a * b, ...binary },
  { name: 'exp', run: (a) => a.exp(), plain: Math.exp, ...unary },
  { name: 'log', run: (a) => a.log(), plain: Math.log, ...log },
  { name: 'tanh', run: (a) => a.tanh(), plain: Math.tanh, ...unary },
  { name: 'sigmoid', run: (a) => a.sigmoid(), plain: (a) => 1 / (1 + Math.exp(-a)), ...unary },
  { name: 'log1p', run: (a) => a.log1p(), plain: Math.log1p, ...log }
]

/** From the first-level cache to main memory. */
export const pointwiseSizes = [1e3, 1e5, 1e6, 1e7]

/** The operands as vectors: the data, and for binary operations half of it. */
export function vectors({ reads, shift }: Pick<Pointwise, 'reads' | 'shift'>, count: number): [a: Tensor, b: Tensor] {
  const a = waveTensor(count, shift)
  return [a, reads === 2 ? a.mul(0.5) : a]
}

/** The result's element whose operands are elements `i` and `j` of the vectors. */
export const plainElement = ({ plain, shift }: Pointwise, i: number, j = i): number => {
  return plain(shift + wave(i), (shift + wave(j)) / 2)
}
