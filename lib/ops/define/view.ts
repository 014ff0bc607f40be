// The view family: results that show the elements of their input.

import { Node, attach, gradientEdge, isTracked } from '../../autograd/node'
import { gradMode } from '../../autograd/mode'
import { isFloating } from '../../dtype'
import type { Shape } from '../../shape'
import type { ReadonlyReason, Tensor } from '../../tensor'
import { aliasTensor } from '../../tensor/geometry'
import { type Rule, nodeOf } from './operation'

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
  parameters: Parameters
): Tensor {
  const view = aliasTensor(self, shape, strides, offset)
  if (!isFloating(self.code)) return view
  connect(view, self, null)
  if (isTracked(self)) {
    attach(view, new Node(viewRule.nodeName, viewRule, [gradientEdge(self)], [self.outputIndex], undefined, parameters))
  }
  return view
}

/**
 * Makes several views of `self`, the outputs of one node. Unless they are writable, in-place writes to them are
 * refused.
 */
export function makeViews<Parameters>(
  self: Tensor,
  geometries: readonly Geometry[],
  viewRule: Rule<Parameters>,
  parameters: Parameters,
  isWritable = false
): Tensor[] {
  const views = geometries.map(({ shape, strides, offset }) => aliasTensor(self, shape, strides, offset))
  if (!isFloating(self.code)) return views
  for (const view of views) connect(view, self, isWritable ? null : 'multi-output')
  if (isTracked(self)) {
    const node = nodeOf({ rule: viewRule, parameters }, [self])
    node.outputs = views.length
    views.forEach((view, i) => {
      attach(view, node, i)
    })
  }
  return views
}

/** Tells a floating view its base. */
function connect(view: Tensor, self: Tensor, reason: ReadonlyReason | null): void {
  const parent = self.meta === null ? null : self.meta.view
  const base = parent === null ? self : parent.base
  view.ensureMeta().view = {
    base,
    version: self.cell.version,
    readonlyReason: !gradMode.enabled ? 'no-grad' : (reason ?? (parent === null ? null : parent.readonlyReason))
  }
  // A view made under noGrad still says that it requires grad, but has no history.
  if (!gradMode.enabled && base.requiresGrad) view.leafRequiresGrad = true
}
