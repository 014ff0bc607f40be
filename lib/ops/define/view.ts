// The view family: results that show the elements of their input.

import { Node, attach, gradientEdge, isTracked } from '../../autograd/node'
import { gradMode } from '../../autograd/mode'
import { isFloating } from '../../dtype'
import type { Shape } from '../../shape'
import { type Tensor, aliasTensor } from '../../tensor'
import type { Rule } from './operation'

/** Strides and offset (in elements from the input's first) of a view. */
export interface Geometry {
  readonly shape: Shape
  readonly strides: Shape
  readonly offset: number
}

/** Makes a view of `self`; `parameters` are what the rule's formula needs to undo it. */
export function makeView<Parameters>(
  self: Tensor,
  { shape, strides, offset }: Geometry,
  viewRule: Rule<Parameters>,
  parameters: Parameters,
  multiOutput = false
): Tensor {
  const view = aliasTensor(self, shape, strides, offset)
  if (!isFloating(self.code)) return view
  view.ensureMeta().view = {
    base: self.base ?? self,
    version: self.cell.version,
    readonlyReason: multiOutput ? 'multi-output' : gradMode.enabled ? null : 'no-grad',
    outputNumber: 0
  }
  if (isTracked(self)) {
    attach(view, new Node(viewRule.nodeName, viewRule, [gradientEdge(self)], [self.outputIndex], undefined, parameters))
  } else if (!gradMode.enabled && self.requiresGrad) {
    // A view made under noGrad still says that it requires grad, but has no history.
    view.leafRequiresGrad = true
  }
  return view
}
