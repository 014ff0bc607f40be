// Clearing gradients between steps, for modules and optimizers alike.

import type { Tensor } from '../tensor'
import { noGrad } from './mode'

/** Sets the gradients of leaves to null, or fills them with zeros. */
export function clearGradients(leaves: Iterable<Tensor>, setToNone: boolean): void {
  for (const leaf of leaves) {
    if (setToNone) leaf.grad = null
    else zeroGradient(leaf)
  }
}

function zeroGradient(leaf: Tensor): void {
  const { grad } = leaf
  if (grad === null) return
  // A gradient made with createGraph lets go of its graph.
  const cleared = grad.requiresGrad ? grad.detach() : grad
  noGrad(() => cleared.zero_())
  leaf.grad = cleared
}
