// What a node keeps beside the tensors that it saves.

import { sameShape, type Shape, repeatsOf } from '../../shape'
import type { Tensor } from '../../tensor'
import type { Call } from './plan'
import type { ProgramForm } from './program-form'
import { FULL } from './schedule'
import type { Scalar } from './tensor-value'

export type Tensors = readonly (Tensor | null)[]

/** What a node keeps where its inputs differ from its output: shapes and dtypes to return to, and numbers. */
export interface Context {
  /** Null where an input has the shape of the call. */
  readonly shapes: readonly (Shape | null)[]
  readonly codes: readonly number[]
  /** Numbers in place of arguments, then the options; null where an argument is a tensor. */
  readonly scalars: readonly (Scalar | null)[]
  /** True when no gradient needs to be summed to its input's shape. */
  readonly allShapesSame: boolean
  /** Sets of dims over which gradients are summed, and by input the number of its set, -1 for none. */
  readonly groups: readonly number[]
  readonly groupOf: readonly number[]
  /** The call of a row program. */
  readonly call: Call | null
}

export const noGroups: readonly number[] = []

/**
 * A list of nulls. V8 makes short lists of variables in place; `fill` is a call, and a list of constants is copied at
 * the first write to it (60 ns more for a product that saves both operands).
 */
export function nulls<Item>(count: number, none: Item | null = null): (Item | null)[] {
  if (count === 0) return []
  if (count === 1) return [none]
  if (count === 2) return [none, none]
  if (count === 3) return [none, none, none]
  return new Array<Item | null>(count).fill(none)
}

export function makeContext(
  output: Tensor,
  inputs: Tensors,
  scalars: readonly (Scalar | null)[] | null,
  call: Call | null,
  program: ProgramForm | null
): Context {
  const shape = call === null ? output.sizes : call.shape
  const shapes: (Shape | null)[] = []
  const codes: number[] = []
  const groupOf: number[] = []
  let groups: number[] | null = null
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]
    codes.push(input === null ? output.code : input.code)
    if (input === null || sameShape(input.sizes, shape) || (program !== null && program.inputSpaces[i] !== FULL)) {
      shapes.push(null)
      groupOf.push(-1)
      continue
    }
    groups ??= []
    const mask = repeatsOf(input.sizes, shape)
    const known = groups.indexOf(mask)
    shapes.push(input.sizes)
    groupOf.push(known < 0 ? groups.push(mask) - 1 : known)
  }
  return {
    shapes,
    codes,
    scalars: scalars ?? nulls<Scalar>(inputs.length),
    allShapesSame: groups === null,
    groups: groups ?? noGroups,
    groupOf,
    call
  }
}
