// The row algebra over tensors: reductions over a call's dims whose operands are walked in their logical order, as
// plans walk them.

import { type Shape } from '../../shape'
import type { Tensor } from '../../tensor'
import { liesInOrder } from '../define/reduce'
import type { Rows } from '../define/value'
import { gatherAt, scatterAdd } from './along'
import { expandTo } from './broadcast'
import { contiguous } from './copy'

/** The same values where a reduction walks dims in their order: a sum's tree follows from it. */
export const inOrder = (x: Tensor): Tensor => (liesInOrder(x) ? x : contiguous(x))

/** Over `dims` of a call of this shape; what is picked and placed has one. */
export function rowsOver(shape: Shape, dims: readonly number[]): Rows {
  return {
    sum: (x) => inOrder(x).sum(dims, true),
    mean: (x) => inOrder(x).mean(dims, true),
    amax: (x) => inOrder(x).amax(dims, true),
    amin: (x) => inOrder(x).amin(dims, true),
    total: (x) => inOrder(x).sum(null, true),
    pick: (x, index) => gatherAt(x, dims[0], index),
    place: (x, index) => scatterAdd(expandTo(x, index.sizes), shape, dims[0], index)
  }
}
