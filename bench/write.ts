// Results as files: JSON for programs, an SVG chart for readers.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { chartSvg } from './chart'
import type { Comparison, Row } from './compare'
import { type Limits, rateOf } from './limits'
import type { Machine } from './machine'
import type { Taken } from './readings'
import type { Request } from './request'
import type { Side } from './sides'
import type { Threads } from './trial'

export interface Results {
  readonly machine: Machine
  readonly rounds: number
  readonly seconds: number
  readonly limits: ReadonlyMap<Threads, Limits>
  readonly comparisons: readonly Comparison[]
  readonly taken: readonly Taken[]
}

/** A case with its summary on each side that knows it. */
function caseJson({ each, summaries }: Row, sides: readonly Side[], limits: Limits): object {
  const { name, unit, flops, bytes, dtype, traffic } = each
  const known = summaries.flatMap((summary, i) => {
    if (summary === null) return []
    const { name: side, library } = sides[i]
    const { memory, ...nanoseconds } = summary
    return [{ side, library, nanoseconds, rate: rateOf(each, summary.median, limits), memory }]
  })
  return { name, unit, flops, bytes, dtype, traffic, sides: known }
}

function trialJson({ name, trial, threads, sides, rows, remarks }: Comparison, limits: Limits): object {
  return { name, title: trial.title, threads, remarks, cases: rows.map((row) => caseJson(row, sides, limits)) }
}

/**
 * Everything that was measured. Times are nanoseconds per unit, and a rate belongs to the median; memory is in bytes.
 */
export function resultsJson({ machine, rounds, seconds, limits, comparisons, taken }: Results): object {
  return {
    command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
    date: new Date().toISOString(),
    machine,
    rounds,
    seconds,
    limits: [...limits].map(([threads, values]) => ({ threads, values })),
    trials: comparisons.map((each) => trialJson(each, limits.get(each.threads) ?? [])),
    readings: taken
  }
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Writes the files that the request asks for. */
export function writeResults(results: Results, { json, svg }: Pick<Request, 'json' | 'svg'>): void {
  if (json !== null) writeFile(json, `${JSON.stringify(resultsJson(results), null, 2)}\n`)
  if (svg !== null) writeFile(svg, chartSvg(results.comparisons))
}
