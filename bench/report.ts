// Numbers to text: medians, spreads, ratios, a table per trial.

import { cpus, loadavg } from 'node:os'
import type { Side } from './process'
import type { Case } from './trial'

/** The samples of one case on one side, in nanoseconds per unit. */
export interface Summary {
  readonly median: number
  readonly least: number
  /** A tenth of the samples is below, a tenth above. */
  readonly low: number
  readonly high: number
}

export function summarise(samples: readonly number[]): Summary {
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

/** One line of a table: the case, our summary, and the reference's where there is one. */
export interface Row {
  readonly each: Case
  readonly ours: Summary
  readonly reference: Summary | null
}

function cells({ each, ours, reference }: Row): string[] {
  const own = [each.name, timeText(ours.median), spreadText(ours), timeText(ours.least), rateText(each, ours.median)]
  if (reference === null) return own
  const times = (a: number, b: number): string => `${digits(b / a)} x`
  return [
    ...own,
    timeText(reference.median),
    spreadText(reference),
    timeText(reference.least),
    times(ours.median, reference.median),
    times(ours.least, reference.least)
  ]
}

/** A table with one row per case. Ratios above 1 say how many times faster we are. */
export function tableText(title: string, rows: readonly Row[], reference: Side | null): string {
  const own = ['', 'dyngrad', 'spread', 'least', 'rate']
  const head = reference === null ? own : [...own, reference.name, 'spread', 'least', 'ratio', 'of least']
  const lines = [head, ...rows.map(cells)]
  const filled = head.map((_, column) => lines.some((line) => line[column] !== '' && line !== head) || column === 0)
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  const text = lines.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .filter((_, column) => filled[column])
      .join('  ')
      .trimEnd()
  )
  return `${title}\n${text.map((line) => `  ${line}`).join('\n')}\n`
}

/** The machine and the versions; load says how far the numbers are to be trusted. */
export function machineText(isa: string, threads: number, sides: readonly Side[]): string {
  const models = cpus()
  const load = loadavg()[0].toFixed(1)
  const versions = sides.map(({ name, version }) => `${name} ${version}`).join(', ')
  return (
    `${models[0].model.trim()}, ${models.length} CPUs, load ${load}; kernels for ${isa}\n` +
    `Node ${process.versions.node} (V8 ${process.versions.v8}), ${versions}; threads: ${threads}\n` +
    'Medians per unit; spread: where the middle 80 % of the samples lie; ratio: the reference over dyngrad.\n'
  )
}
