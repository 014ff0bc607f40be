// One operation at a time, as a program that jit has compiled. An operation consumes its operands, and `ref` keeps
// them.

import { jit, nn, numpy as np } from '@jax-js/jax'
import { REDUCTION_SHIFT, probe, shiftOf, waves } from '../data'
import { type Twin, type TwinCase, matching, pointwiseNames, productNames, reductionNames } from '../twin'

/* eslint-disable @typescript-eslint/no-explicit-any -- the library's types are not there */
type NdArray = any

function work(once: () => NdArray): TwinCase {
  return {
    async run(times) {
      for (let i = 0; i < times; i++) (await once().blockUntilReady()).dispose()
    },
    values: async () => probe(await once().data())
  }
}

const pointwise: Record<string, (a: NdArray, b: NdArray) => NdArray> = {
  add: (a, b) => a.add(b),
  mul: (a, b) => a.mul(b),
  exp: (a) => np.exp(a),
  log: (a) => np.log(a),
  tanh: (a) => np.tanh(a),
  sigmoid: (a) => nn.sigmoid(a),
  log1p: (a) => np.log1p(a)
}

const isBinary = (name: string): boolean => name === 'add' || name === 'mul'

/** The second operand is the first times `factor`. */
export const elementwise = (factor: number): Twin =>
  matching(pointwiseNames, (name, count) => {
    const operation = pointwise[name]
    if (operation === undefined) return null
    const values = waves(Number(count), shiftOf(name))
    const a = np.array(values)
    const b = np.array(values.map((value) => value * factor))
    const compiled = jit(operation)
    return work(isBinary(name) ? () => compiled(a.ref, b.ref) : () => compiled(a.ref))
  })

const reductions: Record<string, (x: NdArray, dim: number | null) => NdArray> = {
  sum: (x, dim) => np.sum(x, dim),
  mean: (x, dim) => np.mean(x, dim),
  max: (x, dim) => np.max(x, dim),
  softmax: (x, dim) => nn.softmax(x, dim),
  logSoftmax: (x, dim) => nn.logSoftmax(x, dim)
}

export const reduction: Twin = matching(reductionNames, (name, rows, columns, dim) => {
  const operation = reductions[name]
  if (operation === undefined) return null
  const x = np.array(waves(Number(rows) * Number(columns), REDUCTION_SHIFT), { shape: [Number(rows), Number(columns)] })
  const compiled = jit((of: NdArray) => operation(of, dim === undefined ? null : Number(dim)))
  return work(() => compiled(x.ref))
})

const types = { float32: Float32Array, float64: Float64Array }

export const product = (dtype: keyof typeof types): Twin =>
  matching(productNames, (...groups) => {
    const [m, k, n] = groups.map(Number)
    const [aTransposed, bTransposed] = groups.slice(3).map((t) => t !== '')
    const a = np.array(waves(m * k, 0, types[dtype]), { shape: aTransposed ? [k, m] : [m, k], dtype })
    const b = np.array(waves(k * n, 0, types[dtype]), { shape: bTransposed ? [n, k] : [k, n], dtype })
    const view = (x: NdArray, transposed: boolean): NdArray => (transposed ? np.transpose(x) : x)
    const compiled = jit((x: NdArray, y: NdArray) => np.matmul(view(x, aTransposed), view(y, bTransposed)))
    return work(() => compiled(a.ref, b.ref))
  })
