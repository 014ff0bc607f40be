// Runs a trial on several sides: first what they compute, then how long it takes, in turn.

import { check } from './check'
import type { Measurement } from './clock'
import type { Memory } from './memory'
import { type Settings, runCases } from './process'
import type { Side } from './sides'
import { type Summary, summarise } from './summary'
import type { Case, Threads, Trial } from './trial'

export interface Plan extends Settings {
  readonly rounds: number
}

/** A trial on its sides, ours first. */
export interface Contest {
  readonly name: string
  readonly trial: Trial
  readonly cases: readonly Case[]
  readonly sides: readonly Side[]
}

/** One case: its summary on every side, or null where a side does not know it. */
export interface Row {
  readonly each: Case
  readonly summaries: readonly (Summary | null)[]
}

/** What came of a contest. */
export interface Comparison extends Omit<Contest, 'cases'> {
  readonly threads: Threads
  readonly rows: readonly Row[]
  /** Why references are missing in some rows. */
  readonly remarks: readonly string[]
}

/** What the rounds gather of one case on one side. */
interface Gathered {
  readonly samples: number[]
  memory: Memory | null
}

function add(to: Gathered, { samples, memory }: Measurement): void {
  for (const sample of samples!) to.samples.push(sample)
  if (memory !== undefined && memory.peak > (to.memory?.peak ?? 0)) to.memory = memory
}

/** The summaries of every side by case, of samples gathered in rounds that take the sides in turn. */
function timeInTurn(contest: Contest, known: readonly ReadonlySet<string>[], plan: Plan): Map<string, Summary>[] {
  const { sides, name, trial, cases } = contest
  const names = cases.map((each) => each.name)
  const processes = trial.apart ? names.map((each) => [each]) : [names]
  const gathered = sides.map(
    () => new Map(names.map((each): [string, Gathered] => [each, { samples: [], memory: null }]))
  )
  for (let round = 0; round < plan.rounds; round++) {
    for (const some of processes) {
      sides.forEach((side, i) => {
        const wanted = some.filter((each) => known[i].has(each))
        if (wanted.length === 0) return
        for (const each of runCases(side, name, 'time', plan, wanted)) add(gathered[i].get(each.name)!, each)
      })
    }
  }
  return gathered.map((of) => {
    const timed = [...of].filter(([, { samples }]) => samples.length > 0)
    // A process of several cases cannot say whose the memory is.
    return new Map(
      timed.map(([each, { samples, memory }]) => {
        return [each, { ...summarise(samples), memory: trial.apart ? memory : null }]
      })
    )
  })
}

/** Checks a contest and times it. */
export function compare(contest: Contest, plan: Plan): Comparison {
  const { sides, name, trial, cases } = contest
  const checked = check(contest, plan)
  const summaries = timeInTurn(
    contest,
    checked.map((of) => of.cases),
    plan
  )
  const rows = cases.map((each) => ({ each, summaries: summaries.map((of) => of.get(each.name) ?? null) }))
  return { name, trial, sides, threads: plan.threads, rows, remarks: checked.flatMap((of) => of.remarks) }
}
