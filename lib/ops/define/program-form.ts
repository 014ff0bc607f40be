// What a row program in one of its forms computes: its results, where they have elements, and what they depend on.

import { DIMENSIONED, FLOAT32, NUMBER } from '../../dtype'
import { Builder, Expr } from '../../symbol'
import { Form } from './form'
import type { Choice } from './row'
import { FULL, type PlanInput, ROWS, Scheduler, type Space } from './schedule'
import { TensorValue } from './tensor-value'
import { type Value, symbolOf } from './value'

/** Results by name, the outputs first. */
export type Results = Readonly<Record<string, Value>>

/** A forward over arguments and options as a form reads them. */
export type ProgramForward = (values: never, options: never) => Value | Results

const isValue = (results: Value | Results): results is Value =>
  results instanceof Expr || results instanceof TensorValue

const named = (results: Value | Results): Results => (isValue(results) ? { output: results } : results)

export class ProgramForm {
  readonly form: Form
  /** Where arguments have elements. */
  readonly inputSpaces: readonly Space[]
  /** Where results have. */
  readonly spaces: readonly Space[]
  /** By result: a bit for each argument behind it. */
  readonly sources: readonly number[]
  readonly #forward: ProgramForward

  constructor(
    forward: ProgramForward,
    args: readonly string[],
    scalars: readonly string[],
    choices: Readonly<Record<string, Choice>>,
    /** Arguments with one element for each row. */
    perRow: readonly string[] = []
  ) {
    this.#forward = forward
    this.inputSpaces = args.map((name) => (perRow.includes(name) ? ROWS : FULL))
    const plain = new Form(args, scalars, choices)
    const builder = new Builder()
    const symbols = [
      ...args.map(() => builder.input(FLOAT32, DIMENSIONED)),
      ...scalars.map((_, i) => builder.slot(i, FLOAT32, NUMBER))
    ]
    const results = this.#call(plain, (position) => symbols[position])
    const values = Object.values(results).map(symbolOf)
    const inputs = this.inputSpaces.map((space): PlanInput => ({ space, repeats: false }))
    const scheduler = new Scheduler(builder, inputs, [], false)
    this.form = new Form(args, scalars, choices, Object.keys(results))
    this.spaces = values.map((value) => scheduler.spaceOf(value))
    this.sources = values.map((value) => sourcesOf(builder, value))
  }

  #call<Each extends Value>(form: Form, read: (position: number) => Each): Results {
    return named(this.#forward(new form.Values(read) as never, new form.Options(read) as never))
  }

  /** All results of the values at the positions of arguments and numbers. */
  results<Each extends Value>(read: (position: number) => Each): Results {
    return this.#call(this.form, read)
  }
}

/** A bit for each input that a value is computed from. */
function sourcesOf(builder: Builder, value: Expr): number {
  const seen = new Set<Expr>()
  let bits = 0
  const walk = (each: Expr): void => {
    if (seen.has(each)) return
    seen.add(each)
    if (each.isInput) bits |= 1 << each.number
    else if (each.isResult) builder.instructions[each.number].sources.forEach(walk)
    else if (each.isReduced) {
      const { source, index } = builder.reductions[each.number]
      walk(source)
      if (index !== null) walk(index)
    }
  }
  walk(value)
  return bits
}
