// Products of two float32 matrices.

import { tensor } from 'dyngrad'
import { type Case, type Trial, probe, probes, repeat, wave, waves } from '../trial'

const shapes: [m: number, k: number, n: number][] = [
  [200, 2, 1],
  [64, 64, 64],
  [256, 256, 256],
  [1024, 1024, 1024],
  [32, 784, 512],
  [256, 784, 512]
]

function caseOf([m, k, n]: [number, number, number]): Case {
  const a = tensor(waves(m * k)).view(m, k)
  const b = tensor(waves(k * n)).view(k, n)
  const entry = (row: number, column: number): number => {
    let sum = 0
    for (let i = 0; i < k; i++) sum += wave(row * k + i) * wave(i * n + column)
    return sum
  }
  return {
    name: `${m}x${k} by ${k}x${n}`,
    unit: 'op',
    flops: 2 * m * k * n,
    run: repeat(() => a.matmul(b)),
    values: () => probe(a.matmul(b)),
    expected: () => probes(m * n).map((at) => entry(Math.floor(at / n), at % n))
  }
}

export const matmul: Trial = {
  title: 'Matrix products on float32 without graph',
  tolerance: 1e-4,
  cases: () => shapes.map(caseOf)
}
