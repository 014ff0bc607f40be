// The start of the classifier of trials/compile-classifier.ts in plain numbers, for libraries with optimizers of their
// own.

import { mlpJob } from '../jobs/mlp'

export const SIZES = [784, 512, 512, 10]
export const CHECKED_STEPS = 10
export const MOMENTUM = 0.9
export const RATES = { SGD: 0.01, Adam: 0.001 }

export type Rule = keyof typeof RATES

/** A matrix or vector in plain numbers. */
export interface Plain {
  readonly values: Float32Array
  readonly shape: readonly number[]
}

export interface Start {
  readonly x: Plain
  readonly classes: Int32Array
  /** Weights [outputs, inputs] and biases, layer by layer. */
  readonly parameters: readonly Plain[]
}

export function classifierStart(batch: number, optimizer: Rule): Start {
  const { x, y, net } = mlpJob({ sizes: SIZES, batch, predicts: 'classes', optimizer, rate: RATES[optimizer] })
  const plain = (tensor: typeof x): Plain => ({ values: tensor.toTypedArray() as Float32Array, shape: tensor.shape })
  return {
    x: plain(x),
    classes: Int32Array.from(y.tolist<number[]>()),
    parameters: [...net.parameters()].map(plain)
  }
}
