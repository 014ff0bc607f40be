// Hand-written fusions: an expression over several tensors that runs as one native call, with scalars and a reduction.

import { type Expr, Builder, Expression, run } from '../../expression'
import type { Live } from '../../recording'
import { type Shape, reducedShape } from '../../shape'
import type { Tensor } from '../../tensor'
import { DIMENSIONED, FLOAT64, NUMBER, ZERO_DIM } from '../../dtype'
import { reduceKernel } from './reduce'
import { emptyResult } from './result'

/** Tensor code over symbols: inputs, then scalars; one result per output. */
export type FusedForward = (inputs: readonly Tensor[], scalars: readonly Tensor[]) => Tensor | readonly Tensor[]

/** An expression by name, compiled once per combination of operand dtypes. */
export class Fused {
  /** By the operands' dtypes, three bits each. */
  readonly #variants = new Map<number, Expression>()
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
    let key = 1
    for (let i = 0; i < inputs.length; i++) key = key * 8 + inputs[i].code
    let expression = this.#variants.get(key)
    if (expression === undefined) {
      const builder = new Builder()
      const firstUniform = inputs.length - this.uniforms
      const symbols = inputs.map((input, i) => builder.input(input.code, i < firstUniform ? DIMENSIONED : ZERO_DIM))
      // Scalars are exact until they meet an element.
      const numbers = Array.from({ length: scalars }, (_, i) => builder.slot(i, FLOAT64, NUMBER))
      const results = this.forward(symbols as unknown as Tensor[], numbers as unknown as Tensor[])
      const outputs = [results].flat() as unknown as Expr[]
      const { code } = inputs[0]
      expression = new Expression(
        builder,
        outputs.map((output) => builder.cast(output, code)),
        this.#reduce
      )
      this.#variants.set(key, expression)
    }
    return expression
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
