// Numbers to text: medians, spreads, ratios, a table per trial.

import { cpus, loadavg } from 'node:os'
import type { Memory } from './measure'
import type { Side } from './process'
import { tableText } from './table'
import type { Case } from './trial'

/** The samples of one case on one side, in nanoseconds per unit. */
export interface Summary {
  readonly median: number
  readonly least: number
  /** A tenth of the samples is below, a tenth above. */
  readonly low: number
  readonly high: number
  /** Where the case had a process of its own. */
  readonly memory: Memory | null
}

export function summarise(samples: readonly number[]): Omit<Summary, 'memory'> {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return { median: at(0.5), least: sorted[0], low: at(0.1), high: at(0.9) }
}

const scales: [limit: number, divisor: number, unit: string][] = [
  [1e3, 1, 'ns'],
  [1e6, 1e3, 'µs'],
  [1e9, 1e6, 'ms'],
  [Infinity, 1e9, 's']
]

const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

/** A time with three digits and its unit. */
export function timeText(ns: number): string {
  const [, divisor, unit] = scales.find(([limit]) => ns < limit)!
  return `${digits(ns / divisor)} ${unit}`
}

/** The rate of a case that names its work, else nothing. */
function rateText({ flops, bytes }: Case, ns: number): string {
  if (flops !== undefined) return `${digits(flops / ns)} GFLOP/s`
  return bytes === undefined ? '' : `${digits(bytes / ns)} GB/s`
}

const spreadText = ({ median, low, high }: Summary): string =>
  `-${Math.round(100 * (1 - low / median))}/+${Math.round(100 * (high / median - 1))} %`

const ratioText = (over: number, under: number): string => `${digits(over / under)} x`

const memoryText = (bytes: number | undefined): string => (bytes === undefined ? '' : `${digits(bytes / 1e6)} MB`)

/** One case: its summary on every side. */
export interface Row {
  readonly each: Case
  readonly summaries: readonly Summary[]
}

const times = (summary: Summary): string[] => [timeText(summary.median), spreadText(summary), timeText(summary.least)]

/** A table with a row per case. Ratios above 1 say how many times faster we are. */
export function referenceTable(title: string, rows: readonly Row[], reference: Side | null): string {
  const own = ['', 'dyngrad', 'spread', 'least', 'rate']
  const head = reference === null ? own : [...own, reference.name, 'spread', 'least', 'ratio', 'of least']
  const lines = rows.map(({ each, summaries: [ours, theirs] }) => {
    const cells = [each.name, ...times(ours), rateText(each, ours.median)]
    if (reference === null) return cells
    return [...cells, ...times(theirs), ratioText(theirs.median, ours.median), ratioText(theirs.least, ours.least)]
  })
  return tableText(title, head, lines)
}

/** A table with a row per case and side. Ratios are to the base, so above 1 they say how many times faster the base is. */
export function sidesTable(title: string, rows: readonly Row[], sides: readonly Side[], base: string): string {
  const head = [
    '',
    '',
    'median',
    'spread',
    'least',
    `to ${base}`,
    'of least',
    `${base} to it`,
    'RSS at start',
    'peak RSS'
  ]
  const at = sides.findIndex((side) => side.name === base)
  const lines = rows.flatMap(({ each, summaries }) =>
    summaries.map((summary, i) => [
      i === 0 ? each.name : '',
      sides[i].name,
      ...times(summary),
      ratioText(summary.median, summaries[at].median),
      ratioText(summary.least, summaries[at].least),
      ratioText(summaries[at].median, summary.median),
      memoryText(summary.memory?.start),
      memoryText(summary.memory?.peak)
    ])
  )
  return tableText(title, head, lines, 2)
}

/** The machine and the versions; load says how far the numbers are to be trusted. */
export function machineText(isa: string, sides: readonly Side[]): string {
  const models = cpus()
  const load = loadavg()[0].toFixed(1)
  const versions = sides.map(({ library, version }) => `${library} ${version}`).join(', ')
  return (
    `${models[0].model.trim()}, ${models.length} CPUs, load ${load}; kernels for ${isa}\n` +
    `Node ${process.versions.node} (V8 ${process.versions.v8}), ${versions}\n` +
    'Medians per unit; spread: where the middle 80 % of the samples lie; ratio: the reference over dyngrad;\n' +
    'to compiled: that row over the compiled one.\n'
  )
}
