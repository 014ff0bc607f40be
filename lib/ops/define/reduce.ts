// The reduce family: kernels that end an expression by reducing some dims of its iteration space.

import { kernelRow } from '../../launch'
import { INT64, codeOf, computeCode, isFloating, isOfStorage, priorityOf } from '../../dtype'
import { Expression, noScalars, run } from '../../expression'
import { Builder } from '../../symbol'
import { type Shape, contiguousStrides, reducedShape } from '../../shape'
import type { Tensor } from '../../tensor'
import { aliasTensor } from '../../tensor/geometry'
import { converted } from './convert'
import { emptyResult, kindOfTensor } from './result'
import { Variants } from './variants'

const noDims: Shape = []

/** By kernel row, dtype of the result and kind of the operand. */
const expressions = new Variants<Expression>()

/** The expression that casts to `code` and reduces with kernel row `row`. */
function reduction(row: number, self: Tensor, code: number): Expression {
  const key = [row, code, kindOfTensor(self)]
  return expressions.at(key) ?? expressions.set(key, makeReduction(key))
}

function makeReduction([row, code, kind]: readonly number[]): Expression {
  const builder = new Builder()
  return new Expression(builder, [builder.cast(builder.input(codeOf(kind), priorityOf(kind)), code)], row)
}

/**
 * True where dim `a` is walked outside of dim `b`: what repeats is outermost, so that each element is met once in a
 * row.
 */
const isOutside = ({ steps: strides }: Tensor, a: number, b: number): boolean =>
  strides[b] !== 0 && (strides[a] === 0 || strides[a] > strides[b])

/** The dims as they lie in memory, outermost first; null where that is their own order. */
function memoryOrder(self: Tensor): number[] | null {
  if (self.dense) return null
  let order: number[] | null = null
  for (let d = 1; d < self.sizes.length; d++) {
    if (!isOutside(self, order === null ? d : order[d], order === null ? d - 1 : order[d - 1])) continue
    order ??= self.sizes.map((_, dim) => dim)
    for (let at = d; at > 0 && isOutside(self, order[at], order[at - 1]); at--) {
      ;[order[at], order[at - 1]] = [order[at - 1], order[at]]
    }
  }
  return order
}

/** True where a reduction walks the dims of `self` in their own order. */
export const liesInOrder = (self: Tensor): boolean => memoryOrder(self) === null

const permuted = (self: Tensor, order: readonly number[]): Tensor =>
  aliasTensor(
    self,
    order.map((d) => self.sizes[d]),
    order.map((d) => self.steps[d]),
    0
  )

/**
 * Reduces `self` into `result`, which has its rank and size 1 in the dims of `mask`. Dims are walked as they lie in
 * memory: the transpose of a matrix is summed like the matrix, over the other dim.
 */
function runReduction(row: number, self: Tensor, result: Tensor, mask: number): void {
  const expression = reduction(row, self, result.code)
  const order = memoryOrder(self)
  if (order === null) return run(expression, self.sizes, [self], [result], noScalars, mask)
  const [input, output] = [permuted(self, order), permuted(result, order)]
  const permutedMask = order.reduce((bits, dim, d) => bits | (((mask >> dim) & 1) << d), 0)
  run(expression, input.sizes, [input], [output], noScalars, permutedMask)
}

/** Reduces `self` to a shape that broadcasts to its own, in one launch. No autograd. */
export function reduceToShape(row: number, self: Tensor, shape: Shape): Tensor {
  if (isOfStorage(self.code)) {
    return converted(reduceToShape(row, converted(self, computeCode(self.code)), shape), self.code)
  }
  const extra = self.sizes.length - shape.length
  let mask = 0
  for (let d = 0; d < self.sizes.length; d++) {
    if (d < extra || (shape[d - extra] === 1 && self.sizes[d] !== 1)) mask |= 1 << d
  }
  const keptShape = self.sizes.map((size, d) => ((mask >> d) & 1 ? 1 : size))
  const kept = emptyResult(keptShape, self.code)
  runReduction(row, self, kept, mask)
  return extra === 0 ? kept : aliasTensor(kept, shape, contiguousStrides(shape), 0)
}

/** Casts `self` to dtype `code` and reduces `dims` with kernel row `row` in one launch. No autograd. */
export function reduceDims(row: number, self: Tensor, dims: readonly number[], keepdim: boolean, code: number): Tensor {
  if (isOfStorage(code)) return converted(reduceDims(row, self, dims, keepdim, computeCode(code)), code)
  const rank = self.sizes.length
  if (dims.length === rank && !keepdim && self.dense) {
    const whole = emptyResult(noDims, code)
    run(reduction(row, self, code), self.sizes, [self], [whole], noScalars, 2 ** rank - 1)
    return whole
  }
  let mask = 0
  for (const dim of dims) mask |= 1 << dim
  const kept = emptyResult(reducedShape(self.sizes, dims, true), code)
  runReduction(row, self, kept, mask)
  if (keepdim) return kept
  const shape = reducedShape(self.sizes, dims, false)
  return aliasTensor(kept, shape, contiguousStrides(shape), 0)
}

/** The number of elements that reducing `dims` takes into one. */
export const reducedCount = (shape: Shape, dims: readonly number[]): number =>
  dims.reduce((count, dim) => count * shape[dim], 1)

export const reduceKernel = (name: string): number => kernelRow('reduce', name)

/** Dtype that sums and products accumulate in: int64 for every integer and bool. */
export const sumCode = (code: number): number => (isFloating(code) ? code : INT64)
