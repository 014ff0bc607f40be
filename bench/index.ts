// `npm run bench -- [words] [--threads N] [--rounds N] [--seconds S]`: times trials, ours and the reference's in turn, each in
// a process of its own. Words choose the trials and cases whose names contain one of them.

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Plan, check, timeInTurn } from './compare'
import { LOOP_NAME, cppLoop } from './cpp'
import { type Side, dyngrad, pyTorch } from './process'
import { readings, takeReading } from './readings'
import { type Row, machineText, referenceTable, sidesTable } from './report'
import type { Case, Trial } from './trial'
import { selects, trials } from './trials'

/** What the command line asks for; no number of threads leaves that to the trials. */
interface Request extends Omit<Plan, 'threads'> {
  readonly words: readonly string[]
  readonly threads: number | null
}

function readRequest(): Request {
  const { values: flags, positionals: words } = parseArgs({
    allowPositionals: true,
    options: {
      threads: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '0.4' }
    }
  })
  const positive = (name: keyof typeof flags, least: number): number => {
    const value = Number(flags[name])
    if (!(value >= least)) throw new RangeError(`--${name} takes a number of at least ${least}, got '${flags[name]}'`)
    return value
  }
  const threads = flags.threads === undefined ? null : positive('threads', 1)
  return { words, threads, rounds: positive('rounds', 1), seconds: positive('seconds', 0) }
}

/** Sides of a trial that compares our ways, and a word on the one that is missing or how it was compiled. */
function sidesOf({ ways, loop }: Trial, reference: Side | null): { sides: Side[]; remark: string } {
  const names = { eager: 'eager', compiled: 'compiled', kernels: 'kernels alone' }
  const sides = ways!.map((way) => dyngrad(names[way], way))
  if (reference !== null) sides.push(reference)
  if (loop === undefined) return { sides, remark: '' }
  const found = cppLoop(loop)
  if (typeof found === 'string') return { sides, remark: `  ${LOOP_NAME}: left out, ${found}\n` }
  return { sides: [...sides, found], remark: `  ${LOOP_NAME}: ${found.version}\n` }
}

function runTrial(name: string, cases: readonly Case[], ours: Side, reference: Side | null, plan: Plan): string {
  const trial = trials[name]
  const { sides, remark } =
    trial.ways === undefined
      ? { sides: reference === null ? [ours] : [ours, reference], remark: '' }
      : sidesOf(trial, reference)
  check(sides, name, trial, cases, plan)
  const summaries = timeInTurn(sides, name, trial, cases, plan)
  const rows = cases.map((each): Row => ({ each, summaries: summaries.map((of) => of.get(each.name)!) }))
  const title = `${name}: ${trial.title}; threads: ${plan.threads}`
  if (trial.ways === undefined) return referenceTable(title, rows, reference)
  return sidesTable(title, rows, sides, 'compiled') + remark
}

function run(ours: Side, reference: Side | null, { words, threads, ...settings }: Request): void {
  let found = false
  const each = (of: { threads?: readonly number[] }, report: (plan: Plan) => string): void => {
    found = true
    const counts = threads === null ? (of.threads ?? [1]) : [threads]
    for (const count of counts) console.log(report({ ...settings, threads: count }))
  }
  for (const [name, trial] of Object.entries(trials)) {
    const cases = trial.cases('eager').filter((one) => selects(words, `${name} ${one.name}`))
    if (cases.length > 0) each(trial, (plan) => runTrial(name, cases, ours, reference, plan))
  }
  for (const [name, reading] of Object.entries(readings)) {
    if (selects(words, name)) each(reading, (plan) => takeReading(name, plan.threads))
  }
  if (!found) {
    const names = [...Object.keys(trials), ...Object.keys(readings)].join(', ')
    throw new RangeError(`no trial or case has '${words.join("' or '")}' in its name; the trials are ${names}`)
  }
}

/** The instruction set that the kernels were chosen for. */
function isa(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the loader ships no types
  return (require('node-gyp-build') as (folder: string) => { isa: string })(join(__dirname, '..')).isa
}

function main(): void {
  const request = readRequest()
  const ours = dyngrad()
  const reference = pyTorch()
  console.log(machineText(isa(), reference === null ? [ours] : [ours, reference]))
  if (reference === null) {
    console.log('PyTorch is left out: no Python with torch (set DYNGRAD_PYTHON to one that has it).\n')
  }
  run(ours, reference, request)
}

try {
  main()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
