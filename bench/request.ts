// What the command line asks for.

import { parseArgs } from 'node:util'
import type { Plan } from './compare'
import { type ReferenceName, isReference, referenceNames } from './sides'
import type { Threads } from './trial'

/** No threads leave them to the trials. */
export interface Request extends Omit<Plan, 'threads'> {
  readonly words: readonly string[]
  readonly threads: readonly Threads[] | null
  /** Which of a trial's references take part; null for all. */
  readonly references: readonly ReferenceName[] | null
  /** Files to write. */
  readonly json: string | null
  readonly svg: string | null
}

function atLeast(least: number, flag: string, text: string): number {
  const value = Number(text)
  if (!(value >= least)) throw new RangeError(`--${flag} takes a number of at least ${least}, got '${text}'`)
  return value
}

function referencesIn(text: string): ReferenceName[] {
  return text.split(',').map((name) => {
    if (isReference(name)) return name
    throw new RangeError(`--references takes some of ${referenceNames.join(',')}, got '${name}'`)
  })
}

export function readRequest(args?: string[]): Request {
  const { values: flags, positionals: words } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      threads: { type: 'string' },
      references: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '0.4' },
      json: { type: 'string' },
      svg: { type: 'string' }
    }
  })
  const threads = flags.threads?.split(',').map((count) => (count === 'default' ? count : atLeast(1, 'threads', count)))
  return {
    words,
    threads: threads ?? null,
    references: flags.references === undefined ? null : referencesIn(flags.references),
    rounds: atLeast(1, 'rounds', flags.rounds),
    seconds: atLeast(0, 'seconds', flags.seconds),
    json: flags.json ?? null,
    svg: flags.svg ?? null
  }
}
