// How late a timer of 1 ms rings: how long the event loop waits.

import { print } from './value'

const TICK = 1

/** By how many milliseconds each tick of a timer was late while `work` went on, and how long that was. */
export async function latenesses(work: () => Promise<unknown>): Promise<{ late: number[]; duration: number }> {
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

/** Says how late ticks were. */
export function report(label: string, late: readonly number[], limit?: number): void {
  const high = late[Math.ceil(0.99 * late.length) - 1]
  print({ name: `${label}: 99th percentile`, value: high, unit: 'ms', limit })
  print({ name: `${label}: largest`, value: late.at(-1)!, unit: 'ms', limit })
}
