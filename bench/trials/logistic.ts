// One training step of examples/logistic-regression.ts.

import { type Tensor, cat, manualSeed, nn, normal, ones, optim, zeros } from 'dyngrad'
import { type Case, type Trial, sink } from '../trial'

const RATE = 0.01
const MOMENTUM = 0.9
const CHECKED_STEPS = 50

function makeData(): [x: Tensor, y: Tensor] {
  const x0 = normal(ones(100, 2).mul(1.7), 1).add(1)
  const x1 = normal(ones(100, 2).mul(-1.7), 1).add(1)
  return [cat([x0, x1], 0), cat([zeros(100), ones(100)], 0)]
}

class LR extends nn.Module {
  features = new nn.Linear(2, 1)
  sigmoid = new nn.Sigmoid()

  override forward(x: Tensor): Tensor {
    return this.sigmoid.forward(this.features.forward(x))
  }
}

interface Job {
  readonly x: Tensor
  readonly y: Tensor
  readonly net: LR
  readonly step: () => Tensor
}

function makeJob(): Job {
  manualSeed(10)
  const [x, y] = makeData()
  const net = new LR()
  const lossFn = new nn.BCELoss()
  const optimizer = new optim.SGD(net.parameters(), { lr: RATE, momentum: MOMENTUM })
  const step = (): Tensor => {
    const loss = lossFn.forward(net.forward(x).squeeze(), y)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    return loss
  }
  return { x, y, net, step }
}

/** The losses of the first steps from the same start, by loops over plain numbers. */
function plainLosses({ x, y, net }: Job): number[] {
  const points = x.tolist() as [number, number][]
  const targets = y.tolist() as number[]
  const w = [...net.features.weight.at(0).tolist<number[]>(), net.features.bias!.item()]
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

function step(): Case {
  const job = makeJob()
  return {
    name: 'step',
    unit: 'step',
    run(times) {
      for (let i = 0; i < times; i++) sink.value = job.step()
    },
    values: () => {
      const { step } = makeJob()
      return Array.from({ length: CHECKED_STEPS }, () => step().item())
    },
    expected: () => plainLosses(makeJob())
  }
}

export const logistic: Trial = {
  title: 'Logistic regression, 200 x 2: Linear, Sigmoid, BCELoss, SGD with momentum, eager',
  tolerance: 1e-5,
  cases: () => [step()]
}
