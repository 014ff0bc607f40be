// What a launch computes, as lines of text: `v0 = ...` for values that are long or used more than once, then what is
// written.

import { FLOAT32, dtypeNames } from '../../dtype'
import type { Expr } from '../../symbol'
import { FAMILY, kernelRows, pointwiseRows, reduceRows } from '../../launch'
import { type Launch, type Opaque, type BufferOperand, type Pointwise, writesOf } from '../passes/ir'

const opaqueKind = ({ family, body }: Opaque): string =>
  family === FAMILY.matmul ? 'matmul' : kernelRows[body[0]].name

/** What kind of launch it is. */
export function kindOfLaunch(launch: Launch): string {
  if (launch.kind === 'opaque') return opaqueKind(launch)
  if (launch.isEpilogue === true) return 'epilogue'
  return launch.results.some(({ reduce }) => reduce !== null) ? 'reduce' : 'pointwise'
}

/** Longer calls get a name. */
const MOST_LETTERS = 100

/** What memory is called. */
export type NameOf = (operand: BufferOperand) => string

/** One line for each value that has a name, and for each result. */
export const linesOf = (launch: Launch, nameOf: NameOf): string[] =>
  launch.kind === 'pointwise'
    ? expressionLines(launch, nameOf)
    : [`${writesOf(launch).map(nameOf).join(', ')} = ${kindOfLaunch(launch)}(${launch.reads.map(nameOf).join(', ')})`]

function expressionLines({ builder, results, reads }: Pointwise, nameOf: NameOf): string[] {
  const uses = usesOf(builder.instructions.flatMap(({ sources }) => sources).concat(results.map(({ value }) => value)))
  const names = new Map<Expr, string>()
  const lines: string[] = []
  const show = (value: Expr): string => {
    if (value.isInput) return nameOf(reads[value.number])
    if (value.isConstant) return numberText(builder.constants[value.number])
    const known = names.get(value)
    if (known !== undefined) return known
    const { row, code, sources } = builder.instructions[value.number]
    const { name: rowName, signature } = pointwiseRows[row]
    // A cast's row is named after what it casts from.
    const call = `${signature === 'cast' ? dtypeNames[code] : rowName}(${sources.map(show).join(', ')})`
    if (uses.get(value) === 1 && call.length <= MOST_LETTERS) return call
    const name = `v${names.size}`
    names.set(value, name)
    lines.push(`${name} = ${call}`)
    return name
  }
  // Checks that no result needs are computed all the same.
  builder.results.filter((value) => !uses.has(value)).forEach(show)
  const written = results.map(({ operand, value, reduce }) => {
    const shown = show(value)
    return `${nameOf(operand)} = ${reduce === null ? shown : `${reduceRows[reduce].name}(${shown})`}`
  })
  return [...lines, ...written]
}

function usesOf(values: readonly Expr[]): Map<Expr, number> {
  const uses = new Map<Expr, number>()
  for (const value of values) uses.set(value, (uses.get(value) ?? 0) + 1)
  return uses
}

/** A constant in as few digits as give it back. */
function numberText({ value, code }: { readonly value: number; readonly code: number }): string {
  if (code !== FLOAT32) return String(value)
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === Math.fround(value)) return String(short)
  }
  return String(value)
}

/** Breaks a line behind commas, so that none is longer than `width`; what follows the first is indented. */
export function wrap(line: string, width: number): string[] {
  const lines: string[] = []
  let rest = line
  while (rest.length > width) {
    const comma = rest.lastIndexOf(', ', width - 1)
    const at = comma > INDENT.length ? comma + 1 : rest.indexOf(', ', width) + 1
    if (at === 0) break
    lines.push(rest.slice(0, at))
    rest = INDENT + rest.slice(at + 1)
  }
  return [...lines, rest]
}

const INDENT = '  '
