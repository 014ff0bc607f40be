// Copies values from one expression under construction into another, with all that they are computed from.

import type { Builder, Expr } from './symbol'

export class Transplant {
  readonly #known = new Map<Expr, Expr>()

  constructor(
    readonly into: Builder,
    /** What stands for a value there; null where it is computed there, too. */
    readonly leaf: (value: Expr) => Expr | null
  ) {}

  of(value: Expr): Expr {
    let known = this.#known.get(value)
    if (known === undefined) {
      known = this.leaf(value) ?? this.#copied(value)
      this.#known.set(value, known)
    }
    return known
  }

  #copied(value: Expr): Expr {
    const { builder, priority } = value
    if (value.isConstant) {
      const { slot, value: number, code } = builder.constants[value.number]
      return slot < 0 ? this.into.literal(number, code, priority) : this.into.slot(slot, code, priority)
    }
    if (!value.isResult) throw new Error('internal: what no instruction computes has no leaf')
    const { row, code, sources, failure } = builder.instructions[value.number]
    return this.into.instruction(
      row,
      code,
      sources.map((source) => this.of(source)),
      failure
    )
  }
}
