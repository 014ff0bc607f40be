// The same values in other memory or of another dtype.

import { DIMENSIONED } from '../../dtype'
import { Expression, runUnary } from '../../expression'
import { Builder } from '../../symbol'
import type { Shape } from '../../shape'
import type { Tensor } from '../../tensor'
import { record, rule } from '../define/operation'
import { emptyFor, emptyResult, emptyStrided } from '../define/result'
import { Variants } from '../define/variants'

/** By the dtypes of source and target. */
const copyExpressions = new Variants<Expression>()

/** Writes `source`, broadcast and cast, into `target`. No autograd, no version. */
export function copyInto(target: Tensor, source: Tensor): void {
  runUnary(copyExpressions.at2(source.code, target.code) ?? copyExpression(source.code, target.code), source, target, 0)
}

function copyExpression(from: number, to: number): Expression {
  const builder = new Builder()
  const expression = new Expression(builder, [builder.cast(builder.input(from, DIMENSIONED), to)])
  return copyExpressions.set([from, to], expression)
}

/** Fresh elements whose dims lie in memory in the order of those of `self`, as PyTorch's preserve_format. */
export const emptyPreserved = (self: Tensor, code: number, make?: (shape: Shape, code: number) => Tensor): Tensor =>
  emptyFor(self.sizes, [self], code, make)

/** A copy outside the graph; dense strides are kept. */
export function preserved(self: Tensor, code = self.code): Tensor {
  const copy = emptyPreserved(self, code)
  copyInto(copy, self)
  return copy
}

const cloneRule = rule<null>('CloneBackward0', (g) => g)

/** A copy; dense strides are kept. */
export const clone = (self: Tensor): Tensor =>
  record({ outputs: preserved(self), rule: cloneRule, inputs: [self], parameters: null })

/** A copy with the given strides, which may leave gaps. */
export function cloneStrided(self: Tensor, strides: Shape): Tensor {
  const copy = emptyStrided(self.sizes, strides, self.code)
  copyInto(copy, self)
  return record({ outputs: copy, rule: cloneRule, inputs: [self], parameters: null })
}

/** A row-major tensor of the same values; the very same tensor when it is one. */
export function contiguous(self: Tensor): Tensor {
  if (self.dense) return self
  const copy = emptyResult(self.sizes, self.code)
  copyInto(copy, self)
  return record({ outputs: copy, rule: cloneRule, inputs: [self], parameters: null })
}

const castRule = rule<number>('ToCopyBackward0', (g, _, code) => cast(g, code))

/** The same values in another dtype; the very same tensor when it has it. */
export const cast = (self: Tensor, code: number): Tensor =>
  self.code === code
    ? self
    : record({ outputs: preserved(self, code), rule: castRule, inputs: [self], parameters: self.code })
