// The job of examples/logistic-regression.ts.

import { type Tensor, cat, manualSeed, nn, normal, ones, optim, zeros } from 'dyngrad'
import { type Job, trainingStep } from './job'

export const RATE = 0.01
export const MOMENTUM = 0.9
/** Losses that trials compare. */
export const CHECKED_STEPS = 50

class LR extends nn.Module {
  features = new nn.Linear(2, 1)
  sigmoid = new nn.Sigmoid()

  override forward(x: Tensor): Tensor {
    return this.sigmoid.forward(this.features.forward(x))
  }
}

function makeData(): [x: Tensor, y: Tensor] {
  const x0 = normal(ones(100, 2).mul(1.7), 1).add(1)
  const x1 = normal(ones(100, 2).mul(-1.7), 1).add(1)
  return [cat([x0, x1], 0), cat([zeros(100), ones(100)], 0)]
}

/** The job from its start, the same every time. */
export function logisticJob(): Job {
  manualSeed(10)
  const [x, y] = makeData()
  const net = new LR()
  const lossFn = new nn.BCELoss()
  const optimizer = new optim.SGD(net.parameters(), { lr: RATE, momentum: MOMENTUM })
  return {
    x,
    y,
    step: trainingStep(net, (prediction, target) => lossFn.forward(prediction.squeeze(), target), optimizer),
    net
  }
}

/** The job in plain numbers: points, their classes, and the weights at the start with the bias last. */
export function plainJob(): { points: [number, number][]; targets: number[]; weights: number[] } {
  const { x, y, net } = logisticJob()
  const { weight, bias } = (net as LR).features
  return {
    points: x.tolist() as [number, number][],
    targets: y.tolist() as number[],
    weights: [...weight.at(0).tolist<number[]>(), bias!.item()]
  }
}

/** The losses of the first steps by loops over plain numbers. */
export function plainLosses(): number[] {
  const { points, targets, weights: w } = plainJob()
  const velocity = [0, 0, 0]
  return Array.from({ length: CHECKED_STEPS }, () => {
    const gradient = [0, 0, 0]
    let loss = 0
    points.forEach(([a, b], i) => {
      const p = 1 / (1 + Math.exp(-(a * w[0] + b * w[1] + w[2])))
      const error = (p - targets[i]) / points.length
      loss -= Math.log(targets[i] === 1 ? p : 1 - p) / points.length
      ;[a, b, 1].forEach((value, k) => (gradient[k] += error * value))
    })
    gradient.forEach((g, k) => (w[k] -= RATE * (velocity[k] = MOMENTUM * velocity[k] + g)))
    return loss
  })
}
