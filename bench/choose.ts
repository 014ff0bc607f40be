// What the words of a request choose, and who takes part in it.

import type { Contest } from './compare'
import type { Request } from './request'
import { type Found, LOOP_NAME, type Side, cppLoop, dyngrad, reference } from './sides'
import type { Threads, Trial } from './trial'
import { selects, trials } from './trials'

/** A contest with the numbers of threads to run it with. */
export interface Chosen extends Contest {
  readonly threads: readonly Threads[]
  /** Why some references are not among the sides. */
  readonly missing: readonly string[]
}

const ourSides = ({ ways }: Trial): Side[] => ways?.map((way) => dyngrad(way)) ?? [dyngrad('eager', 'dyngrad')]

function referencesOf({ references = ['PyTorch'], loop }: Trial, { references: asked }: Request): [string, Found][] {
  const wanted = references.filter((name) => asked?.includes(name) ?? true)
  const named = wanted.map((name): [string, Found] => [name, reference(name)])
  return loop === undefined ? named : [...named, [LOOP_NAME, cppLoop(loop)]]
}

/** The trials and cases whose names contain one of the words, all where there are none. */
export function choose(request: Request): Chosen[] {
  const { words, threads } = request
  return Object.entries(trials).flatMap(([name, trial]): Chosen[] => {
    const cases = trial.cases('eager').filter((each) => selects(words, `${name} ${each.name}`))
    if (cases.length === 0) return []
    const found = referencesOf(trial, request)
    const theirs = found.flatMap(([, side]) => (typeof side === 'string' ? [] : [side]))
    const missing = found.flatMap(([of, side]) => (typeof side === 'string' ? [`${of} is left out: ${side}`] : []))
    return [
      { name, trial, cases, sides: [...ourSides(trial), ...theirs], missing, threads: threads ?? trial.threads ?? [1] }
    ]
  })
}
