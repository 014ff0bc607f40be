// Hand-written fusions: an expression over several tensors that runs as one native call, with scalars and a reduction.

import { Expression, run } from '../../expression'
import { Builder } from '../../symbol'
import type { Live } from '../../recording'
import { type Shape, reducedShape } from '../../shape'
import type { Tensor } from '../../tensor'
import { DIMENSIONED, FLOAT64, NUMBER, ZERO_DIM } from '../../dtype'
import { reduceKernel } from './reduce'
import { emptyResult } from './result'
import { type Value, symbolOf } from './value'
import { Variants } from './variants'

/** A formula over values: inputs, then scalars; one result per output. */
export type FusedForward = (inputs: readonly Value[], scalars: readonly Value[]) => Value | readonly Value[]

/** An expression by name, compiled once per combination of operand dtypes. */
export class Fused {
  /** By the operands' dtypes. */
  readonly #variants = new Variants<Expression>()
  readonly #reduce: readonly (number | null)[]

  constructor(
    readonly forward: FusedForward,
    /** Names of the reductions that end its outputs, null where elements are stored. */
    reduce: readonly (string | null)[] | null = null,
    /** How many of the last inputs are 0-d values beside the others, such as a step count. */
    private readonly uniforms = 0
  ) {
    this.#reduce = (reduce ?? []).map((name) => (name === null ? null : reduceKernel(name)))
  }

  #expression(inputs: readonly Tensor[], scalars: number): Expression {
    const codes = inputs.map(({ code }) => code)
    return this.#variants.at(codes) ?? this.#variants.set(codes, this.#make(codes, scalars))
  }

  #make(codes: readonly number[], scalars: number): Expression {
    const builder = new Builder()
    const firstUniform = codes.length - this.uniforms
    const symbols = codes.map((code, i) => builder.input(code, i < firstUniform ? DIMENSIONED : ZERO_DIM))
    // Scalars are exact until they meet an element.
    const numbers = Array.from({ length: scalars }, (_, i) => builder.slot(i, FLOAT64, NUMBER))
    const results = [this.forward(symbols, numbers)].flat() as readonly Value[]
    return new Expression(
      builder,
      results.map((result) => builder.cast(symbolOf(result), codes[0])),
      this.#reduce
    )
  }

  /** A fresh result over `shape`. No autograd. */
  call(shape: Shape, inputs: readonly Tensor[], scalars: readonly number[] = []): Tensor {
    const expression = this.#expression(inputs, scalars.length)
    const output = emptyResult(shape, expression.codes[0])
    run(expression, shape, inputs, [output], scalars)
    return output
  }

  /** Fresh results: over `shape`, or with `dims` of it reduced to size 1. No autograd. */
  reduce(shape: Shape, inputs: readonly Tensor[], dims: readonly number[], scalars: readonly number[] = []): Tensor[] {
    const expression = this.#expression(inputs, scalars.length)
    const kept = reducedShape(shape, dims, true)
    const outputs = expression.codes.map((code, w) => emptyResult(expression.reductions[w] < 0 ? shape : kept, code))
    const mask = dims.reduce((bits, dim) => bits | (1 << dim), 0)
    run(expression, shape, inputs, outputs, scalars, mask)
    return outputs
  }

  /** Writes the results over `outputs` in place. The caller counts versions. */
  write(outputs: readonly Tensor[], inputs: readonly Tensor[], scalars: readonly (number | Live)[]): void {
    run(this.#expression(inputs, scalars.length), outputs[0].sizes, inputs, outputs, scalars)
  }
}
