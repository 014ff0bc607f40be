// Chains of eager operations, with and without their derivative.

import * as tf from '@tensorflow/tfjs'
import { LENGTH, type Step, chainNames } from '../chain'
import { type Twin, matching } from '../twin'

/* eslint-disable @typescript-eslint/no-explicit-any -- the library's types are not there */
const steps: Record<string, Step<any>> = {
  add: (x, _, constant) => tf.add(x, constant),
  'add of a leaf': (x, leaf) => tf.add(x, leaf),
  'mul of a leaf': (x, leaf) => tf.mul(x, leaf),
  tanh: (x) => tf.tanh(x)
}

export const chain: Twin = matching(chainNames, (name, backward) => {
  const step = steps[name]
  if (step === undefined) return null
  const leaf = tf.ones([1])
  const constant = tf.ones([1])
  const forward = (of: any): any => {
    let x = of
    for (let i = 0; i < LENGTH; i++) x = step(x, of, constant)
    return x
  }
  const both = tf.valueAndGrad(forward)
  const once = (): any[] => {
    if (backward === undefined) return [forward(leaf)]
    const { value, grad } = both(leaf)
    return [value, grad]
  }
  return {
    units: LENGTH,
    run(times) {
      for (let i = 0; i < times; i++) tf.tidy(() => void once())
    },
    values: () => once().map((tensor) => tensor.dataSync()[0] as number)
  }
})
