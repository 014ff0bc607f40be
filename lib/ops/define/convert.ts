// Conversions of whole tensors to another dtype, beneath the ops.

import { DIMENSIONED, computeCode, isOfStorage } from '../../dtype'
import { Expression, runUnary } from '../../expression'
import { Builder } from '../../symbol'
import type { Tensor } from '../../tensor'
import { emptyAs, emptyResult } from './result'
import { Variants } from './variants'

/** By dtypes of source and result. */
const expressions = new Variants<Expression>()

/** The expression that converts elements. */
function conversion(from: number, to: number): Expression {
  const known = expressions.at2(from, to)
  if (known !== undefined) return known
  const builder = new Builder()
  return expressions.set([from, to], new Expression(builder, [builder.cast(builder.input(from, DIMENSIONED), to)]))
}

/** Writes `source`, broadcast and cast, into `target`. No autograd, no version. */
export function convertInto(target: Tensor, source: Tensor): void {
  runUnary(conversion(source.code, target.code), source, target, 0)
}

/** The tensor in dtype `code`: itself, or fresh. No autograd. */
export function converted(tensor: Tensor, code: number): Tensor {
  if (tensor.code === code) return tensor
  const result = emptyAs(tensor, code)
  convertInto(result, tensor)
  return result
}

/** The tensor in the dtype that computes for its own. No autograd. */
export const computed = (tensor: Tensor): Tensor => converted(tensor, computeCode(tensor.code))

/**
 * Lets `write` fill `target`, or, where kernels do not compute in its dtype, a tensor in the one that does, which is
 * then converted. What is only updated has its elements before.
 */
export function writeComputed(target: Tensor, isUpdated: boolean, write: (to: Tensor) => void): void {
  if (!isOfStorage(target.code)) return write(target)
  const code = computeCode(target.code)
  const to = isUpdated ? converted(target, code) : emptyResult(target.sizes, code)
  write(to)
  convertInto(target, to)
}
