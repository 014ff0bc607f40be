// One operation at a time.

import * as tf from '@tensorflow/tfjs'
import { REDUCTION_SHIFT, probe, shiftOf, waves } from '../data'
import { type Twin, type TwinCase, matching, pointwiseNames, productNames, reductionNames } from '../twin'

/* eslint-disable @typescript-eslint/no-explicit-any -- the library's types are not there */
type Tensor = any

const work = (once: () => Tensor): TwinCase => ({
  run(times) {
    for (let i = 0; i < times; i++) once().dispose()
  },
  values: () => probe(once().dataSync())
})

const pointwise: Record<string, (a: Tensor, b: Tensor) => Tensor> = {
  add: tf.add,
  mul: tf.mul,
  exp: tf.exp,
  log: tf.log,
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  log1p: tf.log1p
}

/** The second operand is the first times `factor`. */
export const elementwise = (factor: number): Twin =>
  matching(pointwiseNames, (name, count) => {
    const operation = pointwise[name]
    if (operation === undefined) return null
    const a = tf.tensor1d(waves(Number(count), shiftOf(name)))
    const b = tf.mul(a, factor)
    return work(() => operation(a, b))
  })

const reductions: Record<string, (x: Tensor, dim?: number) => Tensor> = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  softmax: tf.softmax,
  logSoftmax: tf.logSoftmax
}

export const reduction: Twin = matching(reductionNames, (name, rows, columns, dim) => {
  const operation = reductions[name]
  const axis = dim === undefined ? undefined : Number(dim)
  // Its softmax takes the last dim only.
  if (operation === undefined || (name.toLowerCase().includes('softmax') && axis === 0)) return null
  const x = tf.tensor2d(waves(Number(rows) * Number(columns), REDUCTION_SHIFT), [Number(rows), Number(columns)])
  return work(() => operation(x, axis))
})

export const product: Twin = matching(productNames, (...groups) => {
  const [m, k, n] = groups.map(Number)
  const [aTransposed, bTransposed] = groups.slice(3).map((t) => t !== '')
  const a = tf.tensor2d(waves(m * k), aTransposed ? [k, m] : [m, k])
  const b = tf.tensor2d(waves(k * n), bTransposed ? [n, k] : [k, n])
  return work(() => tf.matMul(a, b, aTransposed, bTransposed))
})
