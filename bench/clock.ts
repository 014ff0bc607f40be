// Times work in this process, and says it in the lines of JSON that compare.ts reads.

import type { Memory } from './memory'

/** What a process says about a case. Samples are nanoseconds per unit. */
export interface Measurement {
  readonly name: string
  readonly values?: readonly number[]
  readonly samples?: readonly number[]
  readonly memory?: Memory
}

/** Work that can be timed. */
export interface Work {
  /** Does the work so many times; a promise says when that is done. */
  readonly run: (times: number) => void | Promise<void>
  /** Nanoseconds of so many turns, where the work has a clock of its own. */
  readonly elapsed?: (times: number) => number | Promise<number>
  /** How many of what is reported one turn does. Default 1. */
  readonly units?: number
}

// Short samples: on a shared machine most of them run undisturbed, and the median is the machine's own.
const SAMPLE_NS = 300_000
// V8 compiles a training step in full after some thousand turns only.
const WARM_UP_SECONDS = 1

type Elapsed = (times: number) => number | Promise<number>

const clocked = (run: Work['run']): Elapsed => {
  return async (times) => {
    const start = process.hrtime.bigint()
    const pending = run(times)
    if (pending !== undefined) await pending
    return Number(process.hrtime.bigint() - start)
  }
}

/** Runs for `seconds` and finds how many turns fill a sample, at least 1. */
async function warmUp(elapsed: Elapsed, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000
  let times = 1
  for (;;) {
    const ns = await elapsed(times)
    if (performance.now() > end) return times
    if (ns < SAMPLE_NS / 2) times *= 2
    else if (ns > SAMPLE_NS * 2) times = Math.max(1, times >> 1)
  }
}

/** Nanoseconds per unit, one number per sample. */
export async function time({ run, elapsed = clocked(run), units = 1 }: Work, seconds: number): Promise<number[]> {
  const times = await warmUp(elapsed, WARM_UP_SECONDS)
  const end = performance.now() + seconds * 1000
  const samples: number[] = []
  do samples.push((await elapsed(times)) / times / units)
  while (performance.now() < end)
  return samples
}

/** Says a measurement to the benchmark. */
export const say = (measurement: Measurement): boolean => process.stdout.write(`${JSON.stringify(measurement)}\n`)
