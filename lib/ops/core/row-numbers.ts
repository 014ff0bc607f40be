// The numbers of rows, to compare with indices.

import { INT64 } from '../../dtype'
import { Expression, noScalars, run } from '../../expression'
import { Builder, linearIndex } from '../../symbol'
import type { Tensor } from '../../tensor'
import { emptyResult } from '../define/result'

let expression: Expression | null = null

function rowNumbersExpression(): Expression {
  const builder = new Builder()
  return new Expression(builder, [builder.cast(linearIndex(builder), INT64)])
}

/** 0, 1, ..., n - 1 as int64. */
export function rowNumbers(n: number): Tensor {
  expression ??= rowNumbersExpression()
  const result = emptyResult([n], INT64)
  run(expression, result.sizes, [], [result], noScalars)
  return result
}
