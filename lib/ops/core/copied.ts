// Copies of what views show, with the views' derivatives.

import { Node, attach } from '../../autograd/node'
import type { Tensor } from '../../tensor'
import { convertInto } from '../define/convert'
import { emptyResult } from '../define/result'

/** A row-major copy of a fresh view: the result of one node, which does what that of the view does. */
export function copied(view: Tensor, nodeName = `${view.gradFn?.name}_copy`): Tensor {
  return copiedAll([view], nodeName)[0]
}

/** Copies of the views of one call. */
export function copiedAll(views: readonly Tensor[], nodeName = `${views[0]?.gradFn?.name}_copy`): Tensor[] {
  const made = views[0]?.gradFn ?? null
  const node = made && new Node(nodeName, made.rule, made.edges, made.edgeOutputs, undefined, made.parameters)
  if (node !== null) node.outputs = views.length
  return views.map((view, i) => {
    const copy = emptyResult(view.sizes, view.code)
    convertInto(copy, view)
    if (node !== null) attach(copy, node, i)
    return copy
  })
}
