// Values over tensors: what a formula computes with where its ops are recorded one by one, so that the result has a
// derivative.

import { NUMBER, defaults, kindOf, scalarCode } from '../../dtype'
import type { Live } from '../../recording'
import { Tensor } from '../../tensor'
import type { Rows, Value } from './value'

/** A number that an op takes beside tensors; a live one is read anew by each replay of a program. */
export type Scalar = number | Live

/** What a number counts for in promotion; of a live one only its first value is known. */
export const kindOfScalar = (scalar: Scalar | bigint | boolean): number =>
  kindOf(typeof scalar === 'object' ? defaults.float : scalarCode(scalar), NUMBER)

/** A tensor, or a number in its place. Rows give it the methods of the pointwise ops. */
export class TensorValue {
  constructor(
    readonly operand: Tensor | Scalar | boolean,
    /** Reductions over the call's dims, in row programs. */
    readonly rows: Rows | null = null
  ) {}

  constant(value: number): Value {
    return new TensorValue(value, this.rows)
  }

  sum(): Value {
    return this.#reduced(({ sum }, x) => sum(x))
  }

  mean(): Value {
    return this.#reduced(({ mean }, x) => mean(x))
  }

  amax(): Value {
    return this.#reduced(({ amax }, x) => amax(x))
  }

  amin(): Value {
    return this.#reduced(({ amin }, x) => amin(x))
  }

  total(): Value {
    return this.#reduced(({ total }, x) => total(x))
  }

  pick(index: Value): Value {
    return this.#reduced(({ pick }, x) => pick(x, tensorOf(index)))
  }

  place(index: Value): Value {
    return this.#reduced(({ place }, x) => place(x, tensorOf(index)))
  }

  #reduced(reduce: (rows: Rows, x: Tensor) => Tensor): Value {
    if (this.rows === null) throw new Error('internal: a reduction in a formula that has no rows')
    return new TensorValue(reduce(this.rows, tensorOf(this)), this.rows)
  }
}

/** What an op takes for a value. */
export function operandOf(value: Value | number): TensorValue['operand'] {
  if (typeof value === 'number') return value
  if (value instanceof TensorValue) return value.operand
  throw new Error('internal: a formula that is recorded runs over tensors')
}

/** The tensor that a formula gave. */
export function tensorOf(value: Value): Tensor {
  const operand = operandOf(value)
  if (operand instanceof Tensor) return operand
  throw new Error('internal: a formula gives a number where a tensor is asked for')
}

declare module './tensor-value' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface TensorValue extends Value {}
}
