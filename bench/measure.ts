// Times the cases of one trial in a process of their own: `measure.ts <trial> check|time <seconds a case> <words...>`.
// Prints one line of JSON per case; torch/measure.py speaks the same protocol.

import type { Case, Trial } from './trial'
import { selects, trials } from './trials'

/** What a process says about a case. Samples are nanoseconds per unit. */
export interface Measurement {
  readonly name: string
  readonly values?: readonly number[]
  readonly samples?: readonly number[]
}

// Short samples: on a shared machine most of them run undisturbed, and the median is the machine's own.
const SAMPLE_NS = 300_000
// V8 compiles a training step in full after some thousand turns only.
const WARM_UP_SECONDS = 1

function elapsed(run: (times: number) => void, times: number): number {
  const start = process.hrtime.bigint()
  run(times)
  return Number(process.hrtime.bigint() - start)
}

/** Runs for `seconds` and finds how many turns fill a sample, at least 1. */
function warmUp(run: (times: number) => void, seconds: number): number {
  const end = performance.now() + seconds * 1000
  let times = 1
  for (;;) {
    const ns = elapsed(run, times)
    if (performance.now() > end) return times
    if (ns < SAMPLE_NS / 2) times *= 2
    else if (ns > SAMPLE_NS * 2) times = Math.max(1, times >> 1)
  }
}

/** Nanoseconds per unit, one number per sample. */
function time({ run, units = 1 }: Case, seconds: number): number[] {
  const times = warmUp(run, WARM_UP_SECONDS)
  const end = performance.now() + seconds * 1000
  const samples: number[] = []
  do samples.push(elapsed(run, times) / times / units)
  while (performance.now() < end)
  return samples
}

function main([name, mode, seconds, ...words]: string[]): void {
  const trial: Trial = trials[name]
  for (const each of trial.cases().filter((each) => selects(words, name, each.name))) {
    const result: Measurement =
      mode === 'check'
        ? { name: each.name, values: each.values() }
        : { name: each.name, samples: time(each, Number(seconds)) }
    process.stdout.write(`${JSON.stringify(result)}\n`)
  }
}

if (require.main === module) main(process.argv.slice(2))
