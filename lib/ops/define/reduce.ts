// The reduce family: kernels that end an expression by reducing some dims of its iteration space.

import { kernelRow } from '../../launch'
import { INT64, isFloating } from '../../dtype'
import { Builder, Expression, noScalars, run } from '../../expression'
import { type Shape, contiguousStrides, reducedShape } from '../../shape'
import { type Tensor, aliasTensor } from '../../tensor'
import { KINDS, emptyResult, kindOfTensor } from './result'

const noDims: Shape = []

const expressions = new Map<number, Expression>()

/** The expression that casts to `code` and reduces with kernel row `row`. */
function reduction(row: number, self: Tensor, code: number): Expression {
  const kind = kindOfTensor(self)
  const key = (row * 8 + code) * KINDS + kind
  let expression = expressions.get(key)
  if (expression === undefined) {
    const builder = new Builder()
    expression = new Expression(builder, [builder.cast(builder.input(kind & 7, kind >> 3), code)], row)
    expressions.set(key, expression)
  }
  return expression
}

/** Reduces `self` to a shape that broadcasts to its own, in one launch. No autograd. */
export function reduceToShape(row: number, self: Tensor, shape: Shape): Tensor {
  const extra = self.shape.length - shape.length
  let mask = 0
  for (let d = 0; d < self.shape.length; d++) {
    if (d < extra || (shape[d - extra] === 1 && self.shape[d] !== 1)) mask |= 1 << d
  }
  const result = emptyResult(shape, self.code)
  run(reduction(row, self, self.code), self.shape, [self], [result], noScalars, mask)
  return result
}

/** Casts `self` to dtype `code` and reduces `dims` with kernel row `row` in one launch. No autograd. */
export function reduceDims(row: number, self: Tensor, dims: readonly number[], keepdim: boolean, code: number): Tensor {
  const expression = reduction(row, self, code)
  const rank = self.shape.length
  if (dims.length === rank && !keepdim) {
    const whole = emptyResult(noDims, code)
    run(expression, self.shape, [self], [whole], noScalars, 2 ** rank - 1)
    return whole
  }
  let mask = 0
  for (const dim of dims) mask |= 1 << dim
  const kept = emptyResult(reducedShape(self.shape, dims, true), code)
  run(expression, self.shape, [self], [kept], noScalars, mask)
  if (keepdim) return kept
  const shape = reducedShape(self.shape, dims, false)
  return aliasTensor(kept, shape, contiguousStrides(shape), 0)
}

/** The number of elements that reducing `dims` takes into one. */
export const reducedCount = (shape: Shape, dims: readonly number[]): number =>
  dims.reduce((count, dim) => count * shape[dim], 1)

export const reduceKernel = (name: string): number => kernelRow('reduce', name)

/** Dtype that sums and products accumulate in: int64 for every integer and bool. */
export const sumCode = (code: number): number => (isFloating(code) ? code : INT64)
