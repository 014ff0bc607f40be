// One value in every element.

import { DIMENSIONED, computeCode } from '../../dtype'
import { Expression, run } from '../../expression'
import { Builder } from '../../symbol'
import type { Shape } from '../../shape'
import type { Tensor } from '../../tensor'
import { emptyResult } from '../define/result'
import { Variants } from '../define/variants'

/** By the dtype of the target. */
const fillExpressions = new Variants<Expression>()

/** Writes a number into every element. No autograd, no version. */
export function fillInto(target: Tensor, value: number): void {
  run(fillExpressions.at1(target.code) ?? fillExpression(target.code), target.sizes, [], [target], [value])
}

function fillExpression(code: number): Expression {
  const builder = new Builder()
  return fillExpressions.set(
    [code],
    new Expression(builder, [builder.cast(builder.slot(0, computeCode(code), DIMENSIONED), code)])
  )
}

/** A dense tensor of one value, in memory of its own. No autograd. */
export function filled(shape: Shape, value: number, code: number): Tensor {
  const result = emptyResult(shape, code)
  fillInto(result, value)
  return result
}
