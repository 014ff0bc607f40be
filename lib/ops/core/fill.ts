// One value in every element.

import { DIMENSIONED } from '../../dtype'
import { Builder, Expression, run } from '../../expression'
import type { Shape } from '../../shape'
import type { Tensor } from '../../tensor'
import { emptyResult } from '../define/result'

const fillExpressions = new Map<number, Expression>()

/** Writes a number into every element. No autograd, no version. */
export function fillInto(target: Tensor, value: number): void {
  let expression = fillExpressions.get(target.code)
  if (expression === undefined) {
    const builder = new Builder()
    expression = new Expression(builder, [builder.slot(0, target.code, DIMENSIONED)])
    fillExpressions.set(target.code, expression)
  }
  run(expression, target.sizes, [], [target], [value])
}

/** A dense tensor of one value, in memory of its own. No autograd. */
export function filled(shape: Shape, value: number, code: number): Tensor {
  const result = emptyResult(shape, code)
  fillInto(result, value)
  return result
}
