// `memory.ts <way> <job> <steps>`: trains so many steps without a turn of the event loop and prints the resident set,
// in a line of JSON; torch/memory.py is its twin.

import { readFileSync } from 'node:fs'
import { compile } from 'dyngrad'
import type { Way } from '../trial'
import type { Job } from './job'
import { logisticJob } from './logistic'
import { mlpJob } from './mlp'

/** Bytes of the resident set: once the library is loaded, after the first step, and the peak after all. */
export interface Resident {
  readonly start: number
  readonly first: number
  readonly peak: number
}

const jobs: Record<string, () => Job> = {
  logistic: logisticJob,
  mlp: () => mlpJob({ sizes: [784, 512, 512, 10], batch: 256, predicts: 'classes', optimizer: 'SGD', rate: 0.01 })
}

/** Linux counts the parent's peak into ru_maxrss when a process starts, so not that. */
function peakRss(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))!
  return Number(kilobytes) * 1024
}

function main([way, name, steps]: string[]): void {
  const start = process.memoryUsage.rss()
  const { x, y, step } = jobs[name]()
  const train = (way as Way) === 'compiled' ? compile(step) : step
  let loss = train(x, y)
  const first = process.memoryUsage.rss()
  for (let i = 1; i < Number(steps); i++) loss = train(x, y)
  const peak = peakRss()
  if (!Number.isFinite(loss.item())) throw new Error(`the loss is ${loss.item()} after ${steps} steps`)
  console.log(JSON.stringify({ start, first, peak } satisfies Resident))
}

main(process.argv.slice(2))
