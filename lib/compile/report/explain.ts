// Programs in words: what each is for, a line per launch, and what the names in it mean.

import type { Backward } from '../replay/backward'
import type { Entry } from '../replay/cache'
import { costOf } from './cost'
import type { Launch } from '../passes/ir'
import { Names, type Role, type Texts } from './names'
import type { Program } from '../replay/program'
import { type NameOf, kindOfLaunch, linesOf, wrap } from './text'

/** Columns of a terminal that the text keeps to, names permitting. */
const WIDTH = 120
/** Where expressions start, unless a shape is longer. */
const MARGIN = 6

export function explanationOf(entries: readonly Entry[]): string {
  if (entries.length === 0) return 'no programs yet: the first call makes one'
  return entries.flatMap((entry, i) => partsOf(entry, i)).join('\n\n')
}

/** A program, and the one that a backward through its results runs. */
function partsOf(entry: Entry, i: number): string[] {
  const { program, backward, reason } = entry
  const forward = programText(`program ${i}: ${reason}`, program, textsOf(entry))
  return backward === null || backward.program === null
    ? [forward]
    : [forward, programText(`backward of program ${i}`, backward.program, backwardTexts(backward))]
}

/** What the arguments and results of a step are. */
export const textsOf = ({ outputs }: Entry): Texts => ({
  argument: (number) => `argument ${number}`,
  result: (number) => (number < outputs ? `result ${number}` : 'kept for the backward')
})

const backwardTexts = ({ outputs, savedCount }: Backward): Texts => ({
  argument: (number) =>
    number < outputs
      ? 'gradient of a result'
      : number < outputs + savedCount
        ? 'kept by the forward'
        : 'argument of the forward',
  result: () => 'gradient'
})

function programText(title: string, program: Program, texts: Texts): string {
  const names = new Names(program, texts)
  const table = launchTable(program.graph.launches, (operand) => names.of(operand))
  return [title, totalsText(program), '', ...table, '', ...legend(names)].join('\n')
}

function totalsText({ graph: { launches }, layout, recorded }: Program): string {
  const costs = launches.map(costOf)
  const sum = (key: 'bytes' | 'flop'): string => String(costs.reduce((total, cost) => total + cost[key], 0))
  const arenaBytes = layout.arena.bytes
  return `${launches.length} of ${recorded} launches, arena ${arenaBytes} B, moves ${sum('bytes')} B, ${sum('flop')} FLOP`
}

const HEAD = ['#', 'kind', 'shape', 'bytes', 'FLOP'] as const

/** One row per launch, its expressions indented below. */
export function launchTable(launches: readonly Launch[], nameOf: NameOf): string[] {
  const rows = launches.map((launch, i) => {
    const { shape, bytes, flop } = costOf(launch)
    return [String(i), kindOfLaunch(launch), shape, String(bytes), String(flop)]
  })
  const widths = HEAD.map((head, c) => Math.max(head.length, ...rows.map((row) => row[c].length)))
  const rowText = (row: readonly string[]): string =>
    row.map((cell, c) => (c === 1 || c === 2 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  ')
  return [
    rowText(HEAD),
    ...launches.flatMap((launch, i) => [
      rowText(rows[i]),
      ...linesOf(launch, nameOf)
        .flatMap((line) => wrap(line, WIDTH - MARGIN))
        .map((line) => ' '.repeat(MARGIN) + line)
    ])
  ]
}

const roles: readonly Role[] = ['argument', 'outside', 'scalar', 'result', 'state', 'gradient']

function legend({ named, program }: Names): string[] {
  const sorted = roles.flatMap((role) => named.filter((each) => each.role === role))
  const width = Math.max(2, ...sorted.map(({ name }) => name.length))
  const lines = sorted.map(({ name, text }) => `${name.padEnd(width)}  ${text}`)
  return program.layout.arena.bytes === 0
    ? lines
    : [...lines, `${'@n'.padEnd(width)}  intermediate at byte n of the arena`]
}
