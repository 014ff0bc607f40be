// Copies, casts and fills: the ops that write every element of a tensor.

import { declare } from '../declare'
import { noGrad } from '../autograd/mode'
import { isTracked, Node } from '../autograd/node'
import { dtypeCode, elementOf, isFloating } from '../dtype'
import type { Tensor } from '../tensor'
import { sumToShape } from './core/broadcast'
import * as core from './core/copy'
import { filled, fillInto } from './core/fill'
import { rebaseHistory } from './core/history'
import { edgesOf, type Rule, rule } from './define/operation'
import { checkTensor } from './define/result'
import { checkInPlace, checkShapeKept } from './define/write'

/** A copy with a gradient back to `self`. Dense strides are kept. */
export const clone = declare('clone(input: Tensor)', (input): Tensor => {
  return core.clone(input)
})

/** Converts to a dtype; the very same tensor when it has it. */
export const to = declare(
  'to(input: Tensor, dtype: dtype)',
  (input, dtype): Tensor => {
    return core.cast(input, dtypeCode(dtype))
  },
  ['Tensor']
)

/** A row-major tensor of the same values; the very same tensor when it is one. */
export const contiguous = declare(
  'contiguous(input: Tensor)',
  (input): Tensor => {
    return core.contiguous(input)
  },
  ['Tensor']
)

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
    const back = rule<null>('CopyBackwards', zeroRuleFormula, (g) => core.cast(sumToShape(g, shape), source.code))
    node = new Node(back.nodeName, back, [self.gradFn, edges[0]], [self.outputIndex, outputs[0]], undefined, null)
  }
  core.copyInto(self, source)
  self.cell.version++
  if (node !== null) rebaseHistory(self, node)
  return self
}

const zeroRuleFormula = (g: Tensor): Tensor => noGrad(() => filled(g.sizes, 0, g.code))

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
