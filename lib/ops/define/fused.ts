// Hand-written fusions: an expression over several tensors that runs as one native call, with scalars.

import { DIMENSIONED, FLOAT64, NUMBER } from '../../dtype'
import { Expression, run } from '../../expression'
import type { Live } from '../../recording'
import type { Shape } from '../../shape'
import { Builder } from '../../symbol'
import type { Tensor } from '../../tensor'
import { emptyResult } from './result'
import { type Value, symbolOf } from './value'
import { Recent } from './variants'

/** A formula over values: inputs, then scalars; one result per output. */
export type FusedForward = (inputs: readonly Value[], scalars: readonly Value[]) => Value | readonly Value[]

/** An expression, compiled once per combination of operand dtypes. */
export class Fused {
  /** By the operands' dtypes. */
  #variants: Recent<Expression> | null = null

  constructor(readonly forward: FusedForward) {}

  #expression(inputs: readonly Tensor[], scalars: number): Expression {
    const variants = (this.#variants ??= new Recent(inputs.length))
    variants.start()
    for (let i = 0; i < inputs.length; i++) variants.put(inputs[i].code)
    return variants.find() ?? variants.keep(this.#make(variants.key, scalars))
  }

  #make(codes: readonly number[], scalars: number): Expression {
    const builder = new Builder()
    const symbols = codes.map((code) => builder.operand(code, DIMENSIONED))
    // Scalars are exact until they meet an element.
    const numbers = Array.from({ length: scalars }, (_, i) => builder.slot(i, FLOAT64, NUMBER))
    const results = [this.forward(symbols, numbers)].flat() as readonly Value[]
    return new Expression(
      builder,
      results.map((result) => builder.cast(symbolOf(result), codes[0]))
    )
  }

  /** A fresh result over `shape`. No autograd. */
  call(shape: Shape, inputs: readonly Tensor[], scalars: readonly number[] = []): Tensor {
    const expression = this.#expression(inputs, scalars.length)
    const output = emptyResult(shape, expression.codes[0])
    run(expression, shape, inputs, [output], scalars)
    return output
  }

  /** Writes the results over `outputs` in place. The caller counts versions. */
  write(outputs: readonly Tensor[], inputs: readonly Tensor[], scalars: readonly (number | Live)[]): void {
    run(this.#expression(inputs, scalars.length), outputs[0].sizes, inputs, outputs, scalars)
  }
}
