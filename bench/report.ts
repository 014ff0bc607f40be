// Numbers to text: medians, spreads, rates, ratios, a table per comparison.

import type { Comparison, Row } from './compare'
import { type Limits, type Rate, rateOf } from './limits'
import type { Machine } from './machine'
import type { Summary } from './summary'
import { tableText } from './table'
import type { Case, Threads } from './trial'

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

const spreadText = ({ median, low, high }: Summary): string =>
  `-${Math.round(100 * (1 - low / median))}/+${Math.round(100 * (high / median - 1))} %`

const ratioText = (over: number, under: number): string => `${digits(over / under)} x`

const memoryText = (bytes: number | undefined): string => (bytes === undefined ? '' : `${digits(bytes / 1e6)} MB`)

const shareText = ({ share }: Rate): string => (share === null ? '' : `${Math.round(100 * share)} %`)

/** Rate and share of the limit, empty for cases without. */
function rateTexts(each: Case, summary: Summary, limits: Limits): string[] {
  const rate = rateOf(each, summary.median, limits)
  return rate === null ? ['', ''] : [`${digits(rate.value)} ${rate.unit}`, shareText(rate)]
}

const titleOf = ({ name, trial, threads }: Comparison): string => `${name}: ${trial.title}; threads: ${threads}`

/** A row per case. Ratios above 1 say how many times faster we are. */
function referenceTable(comparison: Comparison, limits: Limits): string {
  const { sides, rows } = comparison
  const others = sides.slice(1)
  const head = ['', sides[0].name, 'spread', 'rate', 'of limit', ...others.flatMap((side) => [side.name, 'ratio'])]
  const lines = rows.map(({ each, summaries: [first, ...theirs] }) => {
    const ours = first!
    const pairs = theirs.flatMap((summary) =>
      summary === null ? ['', ''] : [timeText(summary.median), ratioText(summary.median, ours.median)]
    )
    return [each.name, timeText(ours.median), spreadText(ours), ...rateTexts(each, ours, limits), ...pairs]
  })
  return tableText(titleOf(comparison), head, lines)
}

/** A row per case and side. Ratios are to the base, so above 1 they say how many times faster the base is. */
function sidesTable(comparison: Comparison, base: string, limits: Limits): string {
  const { sides, rows } = comparison
  const times = ['median', 'spread', 'least', 'rate', 'of limit']
  const head = ['', '', ...times, `to ${base}`, 'of least', `${base} to it`, 'RSS at start', 'peak RSS']
  const at = sides.findIndex((side) => side.name === base)
  const cells = (each: Case, summary: Summary, of: Summary): string[] => [
    timeText(summary.median),
    spreadText(summary),
    timeText(summary.least),
    ...rateTexts(each, summary, limits),
    ratioText(summary.median, of.median),
    ratioText(summary.least, of.least),
    ratioText(of.median, summary.median),
    memoryText(summary.memory?.start),
    memoryText(summary.memory?.peak)
  ]
  const linesOf = ({ each, summaries }: Row): string[][] =>
    summaries.flatMap((summary, i) => {
      if (summary === null) return []
      return [[i === 0 ? each.name : '', sides[i].name, ...cells(each, summary, summaries[at]!)]]
    })
  return tableText(titleOf(comparison), head, rows.flatMap(linesOf), 2)
}

/** A table of our ways and the references where a trial compares ways, else of us beside the references. */
export function comparisonText(comparison: Comparison, limits: Limits): string {
  const { trial, remarks } = comparison
  const text =
    trial.ways === undefined ? referenceTable(comparison, limits) : sidesTable(comparison, 'compiled', limits)
  return text + remarks.map((remark) => `  ${remark}.\n`).join('')
}

/** The limits of the machine, a column per number of threads. */
export function limitsText(limits: ReadonlyMap<Threads, Limits>): string {
  const [first] = limits.values()
  const lines = first.map(({ name, unit }, i) => {
    return [name, ...[...limits.values()].map((of) => `${digits(of[i].value)} ${unit}`)]
  })
  const head = ['', ...[...limits.keys()].map((threads) => `threads: ${threads}`)]
  return tableText('limits: what this machine can do at best', head, lines)
}

/** The machine and the versions; load says how far the numbers are to be trusted. */
export function machineText({ cpu, cpus, load, isa, versions }: Machine): string {
  const names = Object.entries(versions).map(([library, version]) => `${library} ${version}`)
  return (
    `${cpu}, ${cpus} CPUs, load ${load.toFixed(1)}; kernels for ${isa}\n` +
    `${names.join(', ')}\n` +
    'Medians per unit; spread: where the middle 80 % of the samples lie; ratio: the reference over dyngrad;\n' +
    'to compiled: that row over the compiled one; of limit: the rate over what the machine can do at best.\n'
  )
}
