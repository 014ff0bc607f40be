// A training step of the classifier with the library's own optimizers.

import * as tf from '@tensorflow/tfjs'
import { CHECKED_STEPS, MOMENTUM, RATES, type Rule, SIZES, classifierStart } from '../classifier'
import { type Twin, matching, stepNames } from '../twin'

const CLASSES = SIZES.at(-1)!

const optimizers = {
  SGD: (rate: number) => tf.train.momentum(rate, MOMENTUM),
  Adam: (rate: number) => tf.train.adam(rate, 0.9, 0.999, 1e-8)
}

/** Trains once; each call returns the loss, which is the caller's to dispose of. */
function makeStep(batch: number, rule: Rule, rate: number) {
  const { x, classes, parameters } = classifierStart(batch, rule)
  const inputs = tf.tensor2d(x.values, x.shape)
  const targets = tf.oneHot(tf.tensor1d(classes, 'int32'), CLASSES).toFloat()
  const variables = parameters.map(({ values, shape }) => tf.variable(tf.tensor(values, shape)))
  const optimizer = optimizers[rule](rate)
  const loss = () => {
    let hidden = inputs
    for (let i = 0; i < variables.length; i += 2) {
      const sum = tf.add(tf.matMul(hidden, variables[i], false, true), variables[i + 1])
      hidden = i + 2 < variables.length ? tf.relu(sum) : sum
    }
    return tf.losses.softmaxCrossEntropy(targets, hidden)
  }
  return () => optimizer.minimize(loss, true, variables)
}

export const classifier: Twin = matching(stepNames, (batch, rule) => {
  const start = (rate: number) => makeStep(Number(batch), rule as Rule, rate)
  let timed: ReturnType<typeof makeStep> | null = null
  return {
    run(times) {
      timed ??= start(0)
      for (let i = 0; i < times; i++) timed().dispose()
    },
    values: () => {
      const step = start(RATES[rule as Rule])
      return Array.from({ length: CHECKED_STEPS }, () => step().dataSync()[0] as number)
    }
  }
})
