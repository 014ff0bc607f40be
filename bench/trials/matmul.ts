// Matrix products in the three forms that training needs: A·B of the forward pass, and G·Bᵀ and Aᵀ·G of the backward
// pass.

import type { Tensor } from 'dyngrad'
import { operationCase, waveTensor } from '../jobs/operation'
import { type Case, type Trial, probes, wave } from '../trial'

type Sizes = [m: number, k: number, n: number]

/** Which operand is a transposed view. */
type Form = 'AB' | 'ABt' | 'AtB'

const squares = (...sizes: number[]): Sizes[] => sizes.map((size) => [size, size, size])

const layers: Sizes[] = [
  [32, 784, 512],
  [256, 784, 512],
  [100000, 2, 1]
]

interface Elements {
  readonly dtype: 'float32' | 'float64'
  readonly type: Float32ArrayConstructor | Float64ArrayConstructor
}

const float32: Elements = { dtype: 'float32', type: Float32Array }
const float64: Elements = { dtype: 'float64', type: Float64Array }

/** Rows times columns; a transposed operand is a view of the matrix that a layer keeps. */
function matrix(rows: number, columns: number, transposed: boolean, { type }: Elements): Tensor {
  const values = waveTensor(rows * columns, 0, type)
  return transposed ? values.view(columns, rows).t() : values.view(rows, columns)
}

function caseOf([m, k, n]: Sizes, form: Form, elements: Elements): Case {
  const first = (row: number, i: number): number => wave(form === 'AtB' ? i * m + row : row * k + i)
  const second = (i: number, column: number): number => wave(form === 'ABt' ? column * k + i : i * n + column)
  const entry = (row: number, column: number): number => {
    let sum = 0
    for (let i = 0; i < k; i++) sum += first(row, i) * second(i, column)
    return sum
  }
  return operationCase({
    name: `${m}x${k}x${n} ${form}`,
    flops: 2 * m * k * n,
    dtype: elements.dtype,
    make: () => {
      const a = matrix(m, k, form === 'AtB', elements)
      const b = matrix(k, n, form === 'ABt', elements)
      return () => a.matmul(b)
    },
    expected: () => probes(m * n).map((at) => entry(Math.floor(at / n), at % n))
  })
}

const casesOf = (elements: Elements, sizes: readonly Sizes[]): Case[] =>
  sizes.flatMap(([m, k, n]) => [
    caseOf([m, k, n], 'AB', elements),
    caseOf([m, n, k], 'ABt', elements),
    caseOf([k, m, n], 'AtB', elements)
  ])

const common = {
  references: ['PyTorch', 'OpenBLAS', 'oneDNN', 'JavaScript', 'tfjs', 'jax-js'],
  threads: [1, 2]
} satisfies Partial<Trial>

export const matmul: Trial = {
  ...common,
  title: 'Products m x k x n of float32 matrices without graph',
  tolerance: 1e-4,
  cases: () => casesOf(float32, [...squares(64, 128, 256, 512, 1024, 2048), ...layers])
}

export const matmul64: Trial = {
  ...common,
  title: 'Products m x k x n of float64 matrices without graph',
  tolerance: 1e-10,
  cases: () => casesOf(float64, [...squares(64, 256, 1024), layers[1]])
}
