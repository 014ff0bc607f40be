// Whether all sides of a contest compute the same, and what each of them can do.

import type { Contest, Plan } from './compare'
import { runCases } from './process'
import type { Side } from './sides'
import { difference } from './trial'

/** What a side can do, and what is to be said about the rest. */
export interface Known {
  readonly cases: ReadonlySet<string>
  readonly remarks: readonly string[]
}

type Values = ReadonlyMap<string, readonly number[]>

const valuesOf = (side: Side, { name, cases }: Contest, plan: Plan): Values => {
  const names = cases.map((each) => each.name)
  return new Map(runCases(side, name, 'check', plan, names).map((each) => [each.name, each.values!]))
}

/** Throws unless our ways know all cases, compute what is expected, and all the same to the bit. */
function checkOurs(side: Side, values: Values, first: Values, expected: Values, { name, trial, cases }: Contest): void {
  for (const { name: of } of cases) {
    const found = values.get(of)
    if (found === undefined) throw new Error(`${side.name} has no case '${name}: ${of}'`)
    const wrong = difference(found, expected.get(of)!, trial.tolerance) ?? difference(found, first.get(of)!, 0)
    if (wrong !== null) throw new Error(`${side.name} is wrong in '${name}: ${of}': ${wrong}`)
  }
}

/** The cases that a reference does as expected; it may know few of them, and fail where it does not. */
function checkReference(side: Side, expected: Values, contest: Contest, plan: Plan): Known {
  const { name, trial } = contest
  const cases = new Set<string>()
  const remarks: string[] = []
  try {
    for (const [of, values] of valuesOf(side, contest, plan)) {
      const wrong = difference(values, expected.get(of)!, trial.tolerance)
      if (wrong === null) cases.add(of)
      else remarks.push(`${side.name} is left out of '${name}: ${of}': ${wrong}`)
    }
  } catch (error) {
    const { message } = error as Error
    const [line] = /^.*Error: .*$/m.exec(message) ?? message.split('\n')
    remarks.push(`${side.name} is left out of '${name}': ${line}`)
  }
  return { cases, remarks }
}

/** What each side of a contest can do. Throws where we ourselves compute anything else than expected. */
export function check(contest: Contest, plan: Plan): Known[] {
  const { sides, cases } = contest
  const [{ library: own }] = sides
  const isOwn = ({ library }: Side): boolean => library === own
  const first = valuesOf(sides[0], contest, plan)
  const expected: Values = new Map(cases.map((each) => [each.name, each.expected?.() ?? first.get(each.name)!]))
  return sides.map((side, i) => {
    if (!isOwn(side)) return checkReference(side, expected, contest, plan)
    checkOurs(side, i === 0 ? first : valuesOf(side, contest, plan), first, expected, contest)
    return { cases: new Set(expected.keys()), remarks: [] }
  })
}
