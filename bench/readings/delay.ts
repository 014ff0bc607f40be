// How long the event loop waits while a compiled step of half a second or so runs on another thread.

import { compile } from 'dyngrad'
import { CAPTURING_STEPS } from '../jobs/job'
import { type MlpOptions, mlpJob } from '../jobs/mlp'
import { print } from './value'

const TICK = 1
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

/** By how many milliseconds each tick of a timer was late while `work` went on, and how long that was. */
async function latenesses(work: () => Promise<unknown>): Promise<{ late: number[]; duration: number }> {
  const late: number[] = []
  const start = performance.now()
  let last = start
  const tick = (): void => {
    const now = performance.now()
    late.push(Math.max(0, now - last - TICK))
    last = now
  }
  const timer = setInterval(tick, TICK)
  await work()
  clearInterval(timer)
  // A loop that was blocked to the end has not ticked.
  tick()
  return { late: late.sort((a, b) => a - b), duration: performance.now() - start }
}

function report(label: string, late: readonly number[], limit?: number): void {
  const high = late[Math.ceil(0.99 * late.length) - 1]
  print({ name: `${label}: 99th percentile`, value: high, unit: 'ms', limit })
  print({ name: `${label}: largest`, value: late.at(-1)!, unit: 'ms', limit })
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
