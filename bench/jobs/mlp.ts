// Layers of Linear with ReLU between them, on random data.

import { type Tensor, manualSeed, nn, optim, randint, randn } from 'dyngrad'
import type { Case, Way } from '../trial'
import { type Job, stepCase, trainingStep } from './job'

export interface MlpOptions {
  /** Widths of the layers, the input's first. */
  readonly sizes: readonly number[]
  readonly batch: number
  /** Numbers with MSELoss, or classes with CrossEntropyLoss. */
  readonly predicts: 'numbers' | 'classes'
  readonly optimizer: 'SGD' | 'Adam'
  readonly rate: number
}

const optimizers = {
  SGD: (net: nn.Module, lr: number) => new optim.SGD(net.parameters(), { lr, momentum: 0.9 }),
  Adam: (net: nn.Module, lr: number) => new optim.Adam(net.parameters(), { lr })
}

/** The job from its start, the same every time. */
export function mlpJob({ sizes, batch, predicts, optimizer, rate }: MlpOptions): Job {
  manualSeed(0)
  const [inputs, outputs] = [sizes[0], sizes.at(-1)!]
  const x = randn(batch, inputs)
  const y = predicts === 'classes' ? randint(outputs, [batch]) : randn(batch, outputs)
  const layers = sizes.slice(1).flatMap((width, i) => [new nn.Linear(sizes[i], width), new nn.ReLU()])
  const net = new nn.Sequential(...layers.slice(0, -1))
  const lossFn = predicts === 'classes' ? new nn.CrossEntropyLoss() : new nn.MSELoss()
  const loss = (prediction: Tensor, target: Tensor): Tensor => lossFn.forward(prediction, target)
  return { x, y, net, step: trainingStep(net, loss, optimizers[optimizer](net, rate)) }
}

/**
 * Trains to compare losses; times with the rate 0, which does the same work. After some thousand steps the momentum of
 * dead units is denormal, and arithmetic on such numbers is many times slower: whoever trains faster would seem slower.
 */
export const mlpCase = (name: string, options: MlpOptions, way: Way, checked: number): Case =>
  stepCase(
    name,
    () => mlpJob(options),
    way,
    checked,
    () => mlpJob({ ...options, rate: 0 })
  )
