// A training step of the classifier: gradients and the optimizer's rule in one program that jit has compiled.

import { blockUntilReady, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax'
import { CHECKED_STEPS, MOMENTUM, RATES, type Rule, SIZES, classifierStart } from '../classifier'
import { type Twin, matching, stepNames } from '../twin'

/* eslint-disable @typescript-eslint/no-explicit-any -- the library's types are not there */
type NdArray = any

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8]

/** A parameter and its state after a step. `step` counts from 1. */
type Update = (parameter: NdArray, gradient: NdArray, state: NdArray[], step: NdArray, rate: number) => NdArray[]

const average = (old: NdArray, value: NdArray, beta: number): NdArray => old.mul(beta).add(value.mul(1 - beta))

const updates: Record<Rule, { readonly states: number; readonly update: Update }> = {
  SGD: {
    states: 1,
    update(parameter, gradient, [velocity], step, rate) {
      step.dispose()
      const next = velocity.mul(MOMENTUM).add(gradient)
      return [parameter.sub(next.ref.mul(rate)), next]
    }
  },
  Adam: {
    states: 2,
    update(parameter, gradient, [mean, square], step, rate) {
      const means = average(mean, gradient.ref, BETA1)
      const squares = average(square, gradient.ref.mul(gradient), BETA2)
      const corrected = (value: NdArray, beta: number): NdArray => value.div(np.power(beta, step.ref).neg().add(1))
      const slope = np.sqrt(corrected(squares.ref, BETA2)).add(EPSILON)
      const next = parameter.sub(corrected(means.ref, BETA1).div(slope).mul(rate))
      step.dispose()
      return [next, means, squares]
    }
  }
}

const consumed = (arrays: readonly NdArray[]): NdArray[] => arrays.map((array) => array.ref)

/** Mean cross entropy of the classes that `targets` marks by ones. */
function loss(parameters: NdArray[], x: NdArray, targets: NdArray): NdArray {
  let hidden = x
  for (let i = 0; i < parameters.length; i += 2) {
    const sum = np.matmul(hidden, np.transpose(parameters[i])).add(parameters[i + 1])
    hidden = i + 2 < parameters.length ? nn.relu(sum) : sum
  }
  return np.sum(nn.logSoftmax(hidden, -1).mul(targets), -1).mean().neg()
}

/** Trains once and gives the loss. */
function makeStep(batch: number, rule: Rule, rate: number): () => Promise<NdArray> {
  const start = classifierStart(batch, rule)
  const { states, update } = updates[rule]
  const x = np.array(start.x.values, { shape: start.x.shape })
  const targets = nn.oneHot(np.array(start.classes), SIZES.at(-1)!)
  let step = 0
  let parameters = start.parameters.map(({ values, shape }) => np.array(values, { shape }))
  let kept = parameters.map(({ shape }) => Array.from({ length: states }, () => np.zeros(shape)))
  const compiled = jit((of: NdArray[], state: NdArray[][], turn: NdArray, inputs: NdArray, marked: NdArray) => {
    const [value, gradients] = valueAndGrad(loss)(consumed(of), inputs, marked)
    const next = of.map((parameter, i) => update(parameter, gradients[i], state[i], turn.ref, rate))
    turn.dispose()
    return [value, next.map(([parameter]) => parameter), next.map(([, ...rest]) => rest)]
  })
  return async () => {
    step++
    const [value, nextParameters, nextKept] = compiled(parameters, kept, np.array(step), x.ref, targets.ref)
    await blockUntilReady([value, nextParameters, nextKept])
    ;[parameters, kept] = [nextParameters, nextKept]
    return value
  }
}

export const classifier: Twin = matching(stepNames, (batch, rule) => {
  const start = (rate: number): (() => Promise<NdArray>) => makeStep(Number(batch), rule as Rule, rate)
  let timed: (() => Promise<NdArray>) | null = null
  return {
    async run(times) {
      timed ??= start(0)
      for (let i = 0; i < times; i++) (await timed()).dispose()
    },
    values: async () => {
      const step = start(RATES[rule as Rule])
      const losses: number[] = []
      for (let i = 0; i < CHECKED_STEPS; i++) losses.push((await (await step()).data())[0] as number)
      return losses
    }
  }
})
