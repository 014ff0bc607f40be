// `npm run bench -- [words] [--threads N] [--rounds N] [--seconds S]`: times trials, ours and the reference's in turn, each in
// a process of its own. Words choose the trials and cases whose names contain one of them.

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Side, type Settings, dyngrad, pyTorch, runTrial } from './process'
import { type Row, machineText, summarise, tableText } from './report'
import { type Case, difference } from './trial'
import { selects, trials } from './trials'

interface Plan extends Settings {
  readonly rounds: number
}

function readPlan(): Plan {
  const { values: flags, positionals: words } = parseArgs({
    allowPositionals: true,
    options: {
      threads: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '0.4' }
    }
  })
  const positive = (name: keyof typeof flags, least: number): number => {
    const value = Number(flags[name])
    if (!(value >= least)) throw new RangeError(`--${name} takes a number of at least ${least}, got '${flags[name]}'`)
    return value
  }
  return { words, threads: positive('threads', 1), rounds: positive('rounds', 1), seconds: positive('seconds', 0) }
}

/** Throws unless a side computes what is expected in every case. */
function check(side: Side, name: string, cases: readonly Case[], settings: Settings): void {
  const measured = new Map(runTrial(side, name, 'check', settings).map((each) => [each.name, each]))
  for (const each of cases) {
    const values = measured.get(each.name)?.values
    if (values === undefined) throw new Error(`${side.name} has no case '${name}: ${each.name}'`)
    const found = difference(values, each.expected(), trials[name].tolerance)
    if (found !== null) throw new Error(`${side.name} is wrong in '${name}: ${each.name}': ${found}`)
  }
}

/** All samples of a trial by side and case, gathered in rounds that take the sides in turn. */
function timeInTurn(sides: readonly Side[], name: string, plan: Plan): Map<string, number[]>[] {
  const samples = sides.map(() => new Map<string, number[]>())
  for (let round = 0; round < plan.rounds; round++) {
    sides.forEach((side, i) => {
      for (const { name: of, samples: more } of runTrial(side, name, 'time', plan)) {
        samples[i].set(of, [...(samples[i].get(of) ?? []), ...more!])
      }
    })
  }
  return samples
}

function runTrials(ours: Side, reference: Side | null, plan: Plan): void {
  const sides = reference === null ? [ours] : [ours, reference]
  let found = false
  for (const [name, trial] of Object.entries(trials)) {
    const cases = trial.cases().filter((each) => selects(plan.words, name, each.name))
    if (cases.length === 0) continue
    found = true
    for (const side of sides) check(side, name, cases, plan)
    const [own, others] = timeInTurn(sides, name, plan)
    const rows = cases.map((each): Row => ({
      each,
      ours: summarise(own.get(each.name)!),
      reference: others === undefined ? null : summarise(others.get(each.name)!)
    }))
    console.log(tableText(`${name}: ${trial.title}`, rows, reference))
  }
  if (!found) {
    const names = Object.keys(trials).join(', ')
    throw new RangeError(`no trial or case has '${plan.words.join("' or '")}' in its name; the trials are ${names}`)
  }
}

/** The instruction set that the kernels were chosen for. */
function isa(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the loader ships no types
  return (require('node-gyp-build') as (folder: string) => { isa: string })(join(__dirname, '..')).isa
}

function main(): void {
  const plan = readPlan()
  const ours = dyngrad()
  const reference = pyTorch()
  console.log(machineText(isa(), plan.threads, reference === null ? [ours] : [ours, reference]))
  if (reference === null) {
    console.log("PyTorch's columns are left out: no Python with torch (set DYNGRAD_PYTHON to one that has it).\n")
  }
  runTrials(ours, reference, plan)
}

try {
  main()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
