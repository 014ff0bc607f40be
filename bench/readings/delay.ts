// How long the event loop waits while a compiled step of half a second or so runs on another thread.

import { compile } from 'dyngrad'
import { CAPTURING_STEPS } from '../jobs/job'
import { type MlpOptions, mlpJob } from '../jobs/mlp'
import { latenesses, report } from './lateness'
import { print } from './value'

const IDLE = 2000
const STEPS = 4
const LIMIT = 5

const options: MlpOptions = {
  sizes: [784, 2048, 2048, 10],
  batch: 1536,
  predicts: 'classes',
  optimizer: 'SGD',
  rate: 0.01
}

/** The losses that the same steps have when nothing is compiled. */
function eagerLosses(): number[] {
  const { x, y, step } = mlpJob(options)
  return Array.from({ length: CAPTURING_STEPS + STEPS }, () => step(x, y).item())
}

async function main(): Promise<void> {
  const idle = await latenesses(() => new Promise((resolve) => setTimeout(resolve, IDLE)))
  const { x, y, step } = mlpJob(options)
  const compiled = compile(step)
  const losses = Array.from({ length: CAPTURING_STEPS }, () => compiled(x, y).item())
  const busy = await latenesses(async () => {
    for (let i = 0; i < STEPS; i++) losses.push((await compiled.async(x, y)).item())
  })
  const expected = eagerLosses()
  if (losses.some((loss, i) => loss !== expected[i])) throw new Error(`losses ${losses} instead of ${expected}`)
  print({ name: 'one step', value: busy.duration / STEPS, unit: 'ms' })
  print({ name: 'ticks', value: busy.late.length, unit: '' })
  report('nothing else runs', idle.late)
  report('steps run', busy.late, LIMIT)
}

void main()
