// Values of a dim and where they stand in it: what ops that choose elements return, and their derivative.

import { type Shape, contiguousStrides } from '../../shape'
import type { Tensor } from '../../tensor'
import { aliasTensor } from '../../tensor/geometry'
import { type Rule, record, rule } from '../define/operation'
import { scatterAdd } from './along'

/** Values chosen along a dim and their indices; `const [values, indices] = x.sort()` takes both. */
export interface IndexedValues extends Iterable<Tensor> {
  readonly values: Tensor
  /** Where each value stands along the dim, int64. */
  readonly indices: Tensor
}

const indexedValues = (values: Tensor, indices: Tensor): IndexedValues => ({
  values,
  indices,
  // Of whatever the object then holds: a replay puts other tensors into the same form.
  *[Symbol.iterator]() {
    yield this.values
    yield this.indices
  }
})

interface AlongDim {
  readonly dim: number
  /** True where the result has the dim. */
  readonly keepdim: boolean
  readonly shape: Shape
}

/** The rule of an op that chooses elements: the gradient of the values goes to where they stood. */
export const choiceRule = (nodeName: string): Rule<AlongDim> =>
  rule(nodeName, (g, [indices], { dim, keepdim, shape }) => {
    if (shape.length === 0) return g
    return keepdim
      ? scatterAdd(g, shape, dim, indices!)
      : scatterAdd(g.unsqueeze(dim), shape, dim, indices!.unsqueeze(dim))
  })

/** Values chosen along a dim of `self` and their indices as the outputs of one node. */
export function recordChoice(
  nodeRule: Rule<AlongDim>,
  self: Tensor,
  [values, indices]: readonly Tensor[],
  dim: number,
  keepdim: boolean
): IndexedValues {
  const parameters = { dim, keepdim, shape: self.sizes }
  record({ outputs: [values, indices], rule: nodeRule, inputs: [self], parameters, save: [indices] })
  return indexedValues(values, indices)
}

/** A fresh result over all dims but one, with that dim put back at size 1 if it is kept. */
export function keepDim(result: Tensor, shape: Shape, dim: number, keepdim: boolean): Tensor {
  if (!keepdim) return result
  const kept = shape.map((size, d) => (d === dim ? 1 : size))
  return aliasTensor(result, kept, contiguousStrides(kept), 0)
}
