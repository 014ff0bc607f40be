// `npm run bench -- [words] [--threads 1,2,default] [--references a,b] [--rounds N] [--seconds S]`, and to write files
// `[--json file] [--svg file]`: times trials, ours and the references' in turn, each in a process of its own. Words
// choose the trials and cases: one of them begins a word of the name.

import { type Chosen, choose } from './choose'
import { type Comparison, compare } from './compare'
import { type Limits, limitsOf } from './limits'
import { readMachine } from './machine'
import { type Taken, readingText, readings, takeReading } from './readings'
import { comparisonText, limitsText, machineText } from './report'
import { type Request, readRequest } from './request'
import type { Threads } from './trial'
import { selects, trials } from './trials'
import { writeResults } from './write'

const LIMITS = 'limits'

/** The limits that the rates of the chosen cases are measured against, by number of threads, or in words why none. */
function measureLimits(chosen: readonly Chosen[], { words, threads }: Request): Map<Threads, Limits> | string {
  const rated = chosen.filter(({ cases }) => cases.some(({ flops, bytes }) => (flops ?? bytes) !== undefined))
  const asked = selects(words, LIMITS) ? (threads ?? [1, 2]) : []
  const limits = new Map<Threads, Limits>()
  for (const count of new Set([...asked, ...rated.flatMap((of) => of.threads)])) {
    const found = limitsOf(count)
    if (typeof found === 'string') return found
    limits.set(count, found)
  }
  return limits
}

/** Says what a failure says and goes on: the rest of a long run is worth having. */
function attempt(work: () => void): void {
  try {
    work()
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}

function run(request: Request): void {
  const { words, rounds, seconds } = request
  const chosen = choose(request)
  const wanted = Object.entries(readings).filter(([name]) => selects(words, name))
  if (chosen.length + wanted.length === 0 && !selects(words, LIMITS)) {
    const names = [LIMITS, ...Object.keys(trials), ...Object.keys(readings)].join(', ')
    throw new RangeError(`no trial or case has '${words.join("' or '")}' in its name; the trials are ${names}`)
  }

  const machine = readMachine(chosen.flatMap(({ sides }) => sides))
  console.log(machineText(machine))
  for (const sentence of new Set(chosen.flatMap(({ missing }) => missing))) console.log(`${sentence}.\n`)
  const found = measureLimits(chosen, request)
  if (typeof found === 'string') console.log(`Limits are left out: ${found}.\n`)
  const limits = typeof found === 'string' ? new Map<Threads, Limits>() : found
  if (limits.size > 0) console.log(limitsText(limits))

  const comparisons: Comparison[] = []
  const taken: Taken[] = []
  // Written time and again: a run that is stopped leaves its results up to there.
  const write = (): void => writeResults({ machine, rounds, seconds, limits, comparisons, taken }, request)
  const runContest = (contest: Chosen, threads: Threads): void => {
    const comparison = compare(contest, { rounds, seconds, threads })
    console.log(comparisonText(comparison, limits.get(threads) ?? []))
    comparisons.push(comparison)
    write()
  }
  const runReading = (name: string, threads: Threads): void => {
    const values = takeReading(name, threads)
    console.log(readingText(values))
    taken.push(values)
    write()
  }
  write()
  for (const contest of chosen) {
    for (const threads of contest.threads) attempt(() => runContest(contest, threads))
  }
  for (const [name, reading] of wanted) {
    for (const threads of request.threads ?? reading.threads ?? [1]) attempt(() => runReading(name, threads))
  }
}

attempt(() => run(readRequest()))
