// What an in-place write makes of the graph: through a view it changes the history of the base, from which views then
// derive theirs.

import { type BackwardRule, DelegatingNode, Node, gradientEdge, reattach } from '../../autograd/node'
import { type Tensor, autogradHooks } from '../../tensor'
import { type StridedParameters, asStridedRule, replacePart, stridedParameters, takePart } from './strided'

// After an in-place write to the base or another view, a view's gradient flows through the base's new history.
autogradHooks.viewNode = (view: Tensor): Node | null => {
  const info = view.meta!.view!
  if (info.version === view.cell.version || info.readonlyReason === 'no-grad') return view.node
  const baseEdge = gradientEdge(info.base)
  if (baseEdge !== null) {
    const parameters = stridedParameters(view, info.base)
    const outputs = [info.base.outputIndex]
    reattach(view, new Node(asStridedRule.nodeName, asStridedRule, [baseEdge], outputs, undefined, parameters))
    view.leafRequiresGrad = false
  }
  info.version = view.cell.version
  return view.node
}

/** Of a base that was written through a view: the inner rule gets the written part's gradient. */
class CopySlices implements BackwardRule {
  constructor(
    readonly inner: Node,
    readonly part: StridedParameters
  ) {}

  backward(_node: Node, [g]: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    const { inner, part } = this
    const [before, ...others] = inner.rule.backward(inner, [takePart(g!, part)])
    return [before === null ? null : replacePart(g!, before, part), ...others]
  }
}

/** Makes `node` the history of `self` after it was written in place; through a view, of its base. */
export function rebaseHistory(self: Tensor, node: Node): void {
  const info = self.meta?.view ?? null
  if (info === null) {
    reattach(self, node)
    self.leafRequiresGrad = false
    return
  }
  const { base } = info
  const edges = [gradientEdge(base), ...node.edges.slice(1)]
  const outputs = [base.outputIndex, ...node.edgeOutputs.slice(1)]
  const copySlices = new CopySlices(node, stridedParameters(self, base))
  reattach(base, new DelegatingNode('CopySlices', copySlices, edges, outputs, node))
}
