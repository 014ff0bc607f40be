// Copies, casts and fills: the ops that write every element of a tensor.

import { noGrad } from '../autograd/mode'
import { isTracked, Node } from '../autograd/node'
import { DIMENSIONED, type DType, dtypeCode, elementOf, isFloating } from '../dtype'
import { Builder, Expression, run, runUnary } from '../expression'
import type { Shape } from '../shape'
import { aliasTensor, type Tensor } from '../tensor'
import { adjoints } from './define/derivative'
import { checkInPlace, checkShapeKept, copies } from './define/inplace'
import { edgesOf, record, type Rule, rule } from './define/operation'
import { checkTensor, emptyFor, emptyResult } from './define/result'
import { rebaseHistory } from './define/view'

const copyExpressions = new Map<number, Expression>()

/** Writes `source`, broadcast and cast, into `target`. No autograd, no version. */
export function copyInto(target: Tensor, source: Tensor): void {
  const key = source.code * 8 + target.code
  let expression = copyExpressions.get(key)
  if (expression === undefined) {
    const builder = new Builder()
    expression = new Expression(builder, [builder.cast(builder.input(source.code, DIMENSIONED), target.code)])
    copyExpressions.set(key, expression)
  }
  runUnary(expression, source, target, 0)
}

function copied(self: Tensor, shape: Shape, code: number): Tensor {
  const copy = emptyResult(shape, code)
  copyInto(copy, self)
  return copy
}

/** Dims from the outermost in memory to the innermost. */
const memoryOrder = ({ steps: strides }: Tensor): number[] =>
  [...strides.keys()].sort((a, b) => strides[b] - strides[a] || a - b)

/** The same elements with their dims in the order of memory. No autograd. */
export function inMemoryOrder(self: Tensor): Tensor {
  const order = memoryOrder(self)
  return aliasTensor(
    self,
    order.map((d) => self.sizes[d]),
    order.map((d) => self.steps[d]),
    0
  )
}

/** Fresh elements whose dims lie in memory in the order of those of `self`, as PyTorch's preserve_format. */
export const emptyPreserved = (self: Tensor, code: number, make?: (shape: Shape, code: number) => Tensor): Tensor =>
  emptyFor(self.sizes, [self], code, make)

function preserved(self: Tensor, code: number): Tensor {
  const copy = emptyPreserved(self, code)
  copyInto(copy, self)
  return copy
}

export const cloneRule = rule<null>('CloneBackward0', (g) => g)

/** A copy with a gradient back to `self`. Dense strides are kept. */
export function clone(self: Tensor): Tensor {
  checkTensor(self, 'clone', 'self')
  return record(preserved(self, self.code), cloneRule, [self], null)
}
copies.clone = (self) => preserved(self, self.code)

const castRule = rule<number>('ToCopyBackward0', (g, _, code) => cast(g, code))

/** The same values in another dtype code; the very same tensor when nothing changes. */
export function cast(self: Tensor, code: number): Tensor {
  checkTensor(self, 'cast', 'self')
  if (self.code === code) return self
  return record(preserved(self, code), castRule, [self], self.code)
}
adjoints.cast = cast

/** Converts to a dtype; the very same tensor when it has it. */
export function to(self: Tensor, dtype: DType): Tensor {
  checkTensor(self, 'to', 'self')
  return cast(self, dtypeCode(dtype))
}

/** A row-major tensor of the same values; the very same tensor when it is one. */
export function contiguous(self: Tensor): Tensor {
  checkTensor(self, 'contiguous', 'self')
  return self.dense ? self : record(copied(self, self.sizes, self.code), cloneRule, [self], null)
}

/** Copies `source`, broadcast and cast, into `self` in place. */
export function copy_(self: Tensor, source: Tensor): Tensor {
  checkTensor(source, 'copy_', 'source')
  checkInPlace(self, [source])
  checkShapeKept(self, source.sizes, 'copy_')
  const tracked = isFloating(self.code) && (isTracked(self) || isTracked(source))
  let node: Node | null = null
  if (tracked) {
    const [edges, outputs] = edgesOf([source])
    const shape = source.sizes
    const back = rule<null>('CopyBackwards', zeroRuleFormula, (g) => cast(adjoints.sumToShape(g, shape), source.code))
    node = new Node(back.nodeName, back, [self.gradFn, edges[0]], [self.outputIndex, outputs[0]], undefined, null)
  }
  copyInto(self, source)
  self.cell.version++
  if (node !== null) rebaseHistory(self, node)
  return self
}

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

const zeroRuleFormula = (g: Tensor): Tensor => noGrad(() => filled(g.sizes, 0, g.code))

/** An owned-by-nobody dense tensor of one value. */
export function filled(shape: Shape, value: number, code: number): Tensor {
  const result = emptyResult(shape, code)
  fillInto(result, value)
  return result
}

/** The rule of a write that lets no gradient through. */
export const cutRule = (nodeName: string): Rule<null> => rule<null>(nodeName, zeroRuleFormula)

/** Runs `write`, which sets every element of `self` in place whatever it was. */
export function overwrite(self: Tensor, nodeRule: Rule<null>, write: () => void): Tensor {
  checkInPlace(self, [])
  const node = isTracked(self)
    ? new Node(nodeRule.nodeName, nodeRule, [self.gradFn], [self.outputIndex], undefined, null)
    : null
  write()
  self.cell.version++
  if (node !== null) rebaseHistory(self, node)
  return self
}

const fillRule = cutRule('FillBackward2')
const zeroRule = cutRule('ZeroBackward0')

/** Sets every element in place. */
export function fill_(self: Tensor, value: number | boolean): Tensor {
  checkTensor(self, 'fill_', 'self')
  const element = elementOf(Number(value), self.code)
  return overwrite(self, fillRule, () => {
    fillInto(self, element)
  })
}

/** Sets every element to 0 in place. */
export function zero_(self: Tensor): Tensor {
  checkTensor(self, 'zero_', 'self')
  return overwrite(self, zeroRule, () => {
    fillInto(self, 0)
  })
}
