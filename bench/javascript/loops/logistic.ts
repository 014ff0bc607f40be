// The step of the logistic regression as one loop over the points.

import { CHECKED_STEPS, MOMENTUM, RATE, plainJob } from '../../jobs/logistic'
import { sink } from '../../trial'
import type { Twin } from '../twin'

/** The job from its start; each call trains once and returns the loss. */
function makeStep(): () => number {
  const { points, targets, weights } = plainJob()
  const count = points.length
  const x0 = Float32Array.from(points, ([first]) => first)
  const x1 = Float32Array.from(points, ([, second]) => second)
  const y = Float32Array.from(targets)
  let [w0, w1, b] = weights
  let [v0, v1, vb] = [0, 0, 0]
  return () => {
    let [loss, g0, g1, gb] = [0, 0, 0, 0]
    for (let i = 0; i < count; i++) {
      const p = 1 / (1 + Math.exp(-(x0[i] * w0 + x1[i] * w1 + b)))
      const error = p - y[i]
      loss -= Math.log(y[i] === 1 ? p : 1 - p)
      g0 += error * x0[i]
      g1 += error * x1[i]
      gb += error
    }
    w0 -= RATE * (v0 = MOMENTUM * v0 + g0 / count)
    w1 -= RATE * (v1 = MOMENTUM * v1 + g1 / count)
    b -= RATE * (vb = MOMENTUM * vb + gb / count)
    return loss / count
  }
}

export const logistic: Twin = () => {
  const timed = makeStep()
  return {
    run(times) {
      for (let i = 0; i < times; i++) sink.value = timed()
    },
    values: () => {
      const step = makeStep()
      return Array.from({ length: CHECKED_STEPS }, step)
    }
  }
}
