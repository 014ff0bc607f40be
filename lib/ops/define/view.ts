// The view family: results that show the elements of their input, and the history that in-place writes through them need.

import { type BackwardRule, DelegatingNode, Node, attach, gradientEdge, isTracked } from '../../autograd/node'
import { gradMode } from '../../autograd/mode'
import { isFloating } from '../../dtype'
import type { Shape } from '../../shape'
import { type Tensor, type ViewInfo, aliasTensor, autogradHooks } from '../../tensor'
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

/** How a view lies in its base, whose elements need not be in row-major order. */
export interface StridedParameters extends Geometry {
  readonly baseShape: Shape
  readonly baseStrides: Shape
}

export function stridedParameters(view: Tensor, base: Tensor): StridedParameters {
  const offset = (view.byteOffset - base.byteOffset) / view.elementSize()
  return { shape: view.sizes, strides: view.steps, offset, baseShape: base.sizes, baseStrides: base.steps }
}

/** Set by movement.ts: the rule of asStrided, which stands for any view whose history was rewritten. */
export const stridedView: { rule: Rule<StridedParameters> | null } = { rule: null }

// After an in-place write to the base or another view, a view's gradient flows through the base's new history.
autogradHooks.viewNode = (view: Tensor): Node | null => {
  const info = view.meta!.view!
  if (info.version === view.cell.version || info.readonlyReason === 'no-grad') return view.node
  const baseEdge = gradientEdge(info.base)
  if (baseEdge !== null) {
    const viewRule = stridedView.rule!
    const parameters = stridedParameters(view, info.base)
    view.node = new Node(viewRule.nodeName, viewRule, [baseEdge], [info.base.outputIndex], undefined, parameters)
    view.outputIndex = 0
    view.leafRequiresGrad = false
  }
  info.version = view.cell.version
  return view.node
}

/** Throws PyTorch's sentence when autograd forbids writing to `self` in place from `inputs`. */
export function checkInPlaceAllowed(self: Tensor, inputs: readonly Tensor[]): void {
  const info: ViewInfo | null = self.meta?.view ?? null
  if (info === null) {
    if (self.leafRequiresGrad) {
      throw new Error(
        'a leaf Variable that requires grad is being used in an in-place operation. Wrap the update in noGrad() to change it.'
      )
    }
    return
  }
  if (!self.requiresGrad && !info.base.requiresGrad && !inputs.some(isTracked)) return
  if (info.readonlyReason === 'no-grad') {
    throw new Error(
      'A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is ' +
        'ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either ' +
        "both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
    )
  }
  if (info.base.leafRequiresGrad || self.leafRequiresGrad) {
    throw new Error(
      'a view of a leaf Variable that requires grad is being used in an in-place operation. Wrap the update in noGrad() to change it.'
    )
  }
  if (info.readonlyReason === 'multi-output') {
    const maker = self.gradFn === null ? 'a function' : self.gradFn.name.replace(/Backward\d*$/, '')
    throw new Error(
      `Output ${info.outputNumber} of ${maker} is a view and is being modified inplace. This view is the output of a function that ` +
        'returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the ' +
        'inplace operation by an out-of-place one.'
    )
  }
}

/** Set by movement.ts: what CopySlices needs of ops that lie above this file. */
export const slices = {
  /** The gradient of the base with the written part replaced, and the part's gradient before the write. */
  split: (_g: Tensor, _part: StridedParameters, _rewrite: (part: Tensor) => Tensor | null): Tensor => {
    throw new Error('internal: ops are not loaded')
  }
}

class CopySlices implements BackwardRule {
  constructor(
    readonly inner: Node,
    readonly part: StridedParameters
  ) {}

  backward(_node: Node, [g]: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    let innerGradients: readonly (Tensor | null)[] = []
    const baseGradient = slices.split(g!, this.part, (part) => {
      innerGradients = this.inner.rule.backward(this.inner, [part])
      return innerGradients[0]
    })
    return [baseGradient, ...innerGradients.slice(1)]
  }
}

/** Makes `node` the history of `self` after it was written in place; through a view, of its base. */
export function rebaseHistory(self: Tensor, node: Node): void {
  const info = self.meta?.view ?? null
  if (info === null) {
    attach(self, node)
    self.leafRequiresGrad = false
    return
  }
  const { base } = info
  const edges = [gradientEdge(base), ...node.edges.slice(1)]
  const outputs = [base.outputIndex, ...node.edgeOutputs.slice(1)]
  const copySlices = new CopySlices(node, stridedParameters(self, base))
  attach(base, new DelegatingNode('CopySlices', copySlices, edges, outputs, node))
}
