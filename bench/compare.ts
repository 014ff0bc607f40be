// Runs a trial on several sides: first what they compute, then how long it takes, in turn.

import type { Memory } from './measure'
import { type Settings, type Side, runCases } from './process'
import { type Summary, summarise } from './report'
import { type Case, type Trial, difference } from './trial'

export interface Plan extends Settings {
  readonly rounds: number
}

/** Throws unless every side computes what is expected in every case, and all sides of one library the same to the bit. */
export function check(sides: readonly Side[], name: string, trial: Trial, cases: readonly Case[], plan: Plan): void {
  const names = cases.map((each) => each.name)
  const [{ library }] = sides
  const measured = sides.map((side) => {
    return new Map(runCases(side, name, 'check', plan, names).map((each) => [each.name, each.values]))
  })
  for (const each of cases) {
    const first = measured[0].get(each.name)
    const expected = each.expected?.() ?? first!
    sides.forEach((side, i) => {
      const values = measured[i].get(each.name)
      if (values === undefined) throw new Error(`${side.name} has no case '${name}: ${each.name}'`)
      const found =
        difference(values, expected, trial.tolerance) ?? (isOf(library, side) ? difference(values, first!, 0) : null)
      if (found !== null) throw new Error(`${side.name} is wrong in '${name}: ${each.name}': ${found}`)
    })
  }
}

const isOf = (name: Side['library'], { library }: Side): boolean => library === name

const larger = (a: Memory, b: Memory = a): Memory => (a.peak > b.peak ? a : b)

/** The summaries of every side by case, of samples gathered in rounds that take the sides in turn. */
export function timeInTurn(
  sides: readonly Side[],
  name: string,
  { apart = false }: Trial,
  cases: readonly Case[],
  plan: Plan
): Map<string, Summary>[] {
  const names = cases.map((each) => each.name)
  const processes = apart ? names.map((each) => [each]) : [names]
  const samples = sides.map(() => new Map(names.map((each) => [each, [] as number[]])))
  const memories = sides.map(() => new Map<string, Memory>())
  for (let round = 0; round < plan.rounds; round++) {
    for (const some of processes) {
      sides.forEach((side, i) => {
        for (const { name: of, samples: more, memory } of runCases(side, name, 'time', plan, some)) {
          for (const sample of more!) samples[i].get(of)!.push(sample)
          if (apart && memory !== undefined) memories[i].set(of, larger(memory, memories[i].get(of)))
        }
      })
    }
  }
  return sides.map((_, i) => {
    return new Map(names.map((of) => [of, { ...summarise(samples[i].get(of)!), memory: memories[i].get(of) ?? null }]))
  })
}
