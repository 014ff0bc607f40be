// The reduce family: kernels that end an expression by reducing some dims of its iteration space.

import { INT64, isFloating } from '../../dtype'
import { Builder, Expression, noScalars, run } from '../../expression'
import { kernelRow } from '../../native'
import { type Shape, contiguousStrides, reducedShape } from '../../shape'
import { type Tensor, aliasTensor } from '../../tensor'
import { kindOfTensor } from './pointwise'
import { emptyResult } from './result'

const noDims: Shape = []

const expressions = new Map<number, Expression>()

/** Casts `self` to dtype `code` and reduces `dims` with kernel row `row` in one launch. No autograd. */
export function reduceDims(row: number, self: Tensor, dims: readonly number[], keepdim: boolean, code: number): Tensor {
  const kind = kindOfTensor(self)
  const key = (row * 8 + code) * 24 + kind
  let expression = expressions.get(key)
  if (expression === undefined) {
    const builder = new Builder()
    expression = new Expression(builder, [builder.cast(builder.input(kind & 7, kind >> 3), code)], row)
    expressions.set(key, expression)
  }
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
