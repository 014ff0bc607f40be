// Gradient accumulation: one in-place native add, outside autograd.

import type { Tensor } from '../tensor'
import { pointwiseOps } from './define/pointwise'
import './elementwise'

const add = pointwiseOps.get('add')!

/** Adds `gradient` into a dense `target` of the same shape in one launch; counts no version. */
export function accumulate(target: Tensor, gradient: Tensor): void {
  add.accumulate(target, gradient)
}
