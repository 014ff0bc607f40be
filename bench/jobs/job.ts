// A training step with its data, and the case that times it in each of our ways.

import { type Tensor, compile, type nn, type optim } from 'dyngrad'
import { type Case, type Way, sink } from '../trial'

type Step = (x: Tensor, y: Tensor) => Tensor

export interface Job {
  readonly x: Tensor
  readonly y: Tensor
  readonly net: nn.Module
  /** Trains once and returns the loss. */
  readonly step: Step
}

type Loss = (prediction: Tensor, target: Tensor) => Tensor

/** One turn of the training loop. */
export function trainingStep(net: nn.Module, loss: Loss, optimizer: optim.SGD | optim.Adam): Step {
  return (x, y) => {
    const value = loss(net.forward(x), y)
    optimizer.zeroGrad()
    value.backward()
    optimizer.step()
    return value
  }
}

// The first step finds no gradients and no momentum, the second does: each has its program, which all later steps
// replay.
export const CAPTURING_STEPS = 3

// A kernel's time is the median of so many runs.
const KERNEL_REPEATS = 100

/** The value of `make`, made when it is first asked for: a process holds the jobs of its own cases only. */
function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined
  return () => (made ??= make())
}

const sum = (numbers: Float64Array): number => numbers.reduce((total, number) => total + number, 0)

/**
 * The kernels of the program that a step has come to replay, each timed by itself: nanoseconds of all, so many times.
 */
function kernelClock({ x, y, step }: Job): (times: number) => number {
  const compiled = compile(step)
  for (let i = 0; i < CAPTURING_STEPS; i++) compiled(x, y)
  const program = compiled.programs[0]
  return (times) => times * sum(program.kernelTimes(KERNEL_REPEATS))
}

/** The losses of the first steps. A compiled step must have replayed most of them. */
function losses({ x, y, step }: Job, way: Way, count: number): number[] {
  if (way === 'eager') return Array.from({ length: count }, () => step(x, y).item())
  const compiled = compile(step)
  const values = Array.from({ length: count }, () => compiled(x, y).item())
  const programs = compiled.programs.length
  if (programs === 0 || programs > CAPTURING_STEPS) throw new Error(`${count} steps made ${programs} programs`)
  return values
}

/**
 * A case that trains from a fresh start; `checked` is how many losses are compared. `timedJob` is the job to time where
 * training on and on would change what a step costs.
 */
export function stepCase(name: string, makeJob: () => Job, way: Way, checked: number, timedJob = makeJob): Case {
  const start = once(() => {
    const { x, y, step } = timedJob()
    return { x, y, step: way === 'eager' ? step : compile(step) }
  })
  const clock = once(() => kernelClock(timedJob()))
  return {
    name,
    unit: 'step',
    run(times) {
      const { x, y, step } = start()
      for (let i = 0; i < times; i++) sink.value = step(x, y)
    },
    elapsed: way === 'kernels' ? (times) => clock()(times) : undefined,
    values: () => losses(makeJob(), way, checked)
  }
}
