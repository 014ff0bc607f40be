// Times cases of one trial in a process of their own: `measure.ts <way> <trial> check|time <seconds a case> <cases...>`.
// Prints one line of JSON per case; torch/measure.py and the programs in cpp/ print the same.

import { readFileSync } from 'node:fs'
import type { Case, Way } from './trial'
import { trials } from './trials'

/** Resident set in bytes: before the first case, and the peak after this one. */
export interface Memory {
  readonly start: number
  readonly peak: number
}

/** What a process says about a case. Samples are nanoseconds per unit. */
export interface Measurement {
  readonly name: string
  readonly values?: readonly number[]
  readonly samples?: readonly number[]
  readonly memory?: Memory
}

// Short samples: on a shared machine most of them run undisturbed, and the median is the machine's own.
const SAMPLE_NS = 300_000
// V8 compiles a training step in full after some thousand turns only.
const WARM_UP_SECONDS = 1

type Elapsed = (times: number) => number

const clocked = (run: (times: number) => void): Elapsed => {
  return (times) => {
    const start = process.hrtime.bigint()
    run(times)
    return Number(process.hrtime.bigint() - start)
  }
}

/** Runs for `seconds` and finds how many turns fill a sample, at least 1. */
function warmUp(elapsed: Elapsed, seconds: number): number {
  const end = performance.now() + seconds * 1000
  let times = 1
  for (;;) {
    const ns = elapsed(times)
    if (performance.now() > end) return times
    if (ns < SAMPLE_NS / 2) times *= 2
    else if (ns > SAMPLE_NS * 2) times = Math.max(1, times >> 1)
  }
}

/** Nanoseconds per unit, one number per sample. */
function time({ run, elapsed = clocked(run), units = 1 }: Case, seconds: number): number[] {
  const times = warmUp(elapsed, WARM_UP_SECONDS)
  const end = performance.now() + seconds * 1000
  const samples: number[] = []
  do samples.push(elapsed(times) / times / units)
  while (performance.now() < end)
  return samples
}

/** Peak resident set of this process. Linux counts the parent's into ru_maxrss when a process starts, so not that. */
function peakRss(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))!
  return Number(kilobytes) * 1024
}

function main([way, name, mode, seconds, ...names]: string[]): void {
  const cases = trials[name].cases(way as Way).filter((each) => names.includes(each.name))
  const start = process.memoryUsage.rss()
  const timed = (each: Case): Omit<Measurement, 'name'> => ({
    samples: time(each, Number(seconds)),
    memory: { start, peak: peakRss() }
  })
  for (const each of cases) {
    const measurement = { name: each.name, ...(mode === 'check' ? { values: each.values() } : timed(each)) }
    process.stdout.write(`${JSON.stringify(measurement)}\n`)
  }
}

if (require.main === module) main(process.argv.slice(2))
