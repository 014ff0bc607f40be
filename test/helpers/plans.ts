// What a plan does, one line for each launch.

import { pointwiseRows, reduceRows } from '../../lib/native'
import { type Expression } from '../../lib/expression'
import { Builder, type Expr } from '../../lib/symbol'
import { FULL, Plan, type PlanInput, type PlanOutput, ROWS } from '../../lib/ops/define/plan'

const spaces = ['full', 'rows', 'one']
const reach = (over: number): string => ['', ' over rows', ' over all'][over] ?? ` over group ${over - 3}`

/** Values of an expression as text, its inputs by their names. */
function valuesOf({ tail, inputCodes, codes, reductions }: Expression, names: readonly string[]): string[] {
  const texts = [...names]
  let at = 1
  for (let c = 0; c < tail[0]; c++, at += 2) texts.push(String(tail[at + 1]))
  const instructions = tail[at++]
  for (let i = 0; i < instructions; i++, at += 5) {
    const sources = [...tail.subarray(at + 2, at + 5)].filter((register) => register >= 0)
    texts.push(`${pointwiseRows[tail[at]].name}(${sources.map((register) => texts[register]).join(', ')})`)
  }
  if (names.length !== inputCodes.length) throw new Error('a name for each input')
  return codes.map((_, w) => {
    const value = texts[tail[at + w]]
    return reductions[w] < 0 ? value : `${reduceRows[reductions[w]].name}(${value})`
  })
}

/** The launches of a plan whose inputs have these names; `m3` is memory that it makes. */
export function launchesOf(plan: Plan, names: readonly string[]): string[] {
  const nameOf = (number: number): string => names[number] ?? `m${number}`
  return plan.launches.map(({ expression, how, space, over, reads, writes }) => {
    if (expression === null) return `${nameOf(writes[0])} = ${how}(${reads.map(nameOf).join(', ')})`
    const values = valuesOf(expression, reads.map(nameOf))
    return `${spaces[space]}${reach(over)}: ${values.map((value, w) => `${nameOf(writes[w])} = ${value}`).join('; ')}`
  })
}

export const full: PlanInput = { space: FULL, repeats: false }
/** Broadcasting repeats it. */
export const repeated: PlanInput = { space: FULL, repeats: true }
export const perRow: PlanInput = { space: ROWS, repeats: false }

/** An output, which may be one of each row or be summed over the dims that broadcasting repeats. */
export const output = (value: unknown, space: PlanOutput['space'] = FULL, group = -1): PlanOutput => ({
  value: value as Expr,
  space,
  group
})

/** The plan of a formula over float32 symbols. */
export function planOf(
  inputs: readonly PlanInput[],
  formula: (...symbols: Expr[]) => readonly PlanOutput[],
  isWhole = false
): Plan {
  const builder = new Builder()
  return new Plan(builder, inputs, formula(...inputs.map(() => builder.input(0, 0))), isWhole)
}
