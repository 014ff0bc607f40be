// Gradient accumulation: one in-place native add, outside autograd.

import type { Tensor } from '../tensor'
import { rowOf } from './define/functions'
import './elementwise'

const add = rowOf('add')

/** Adds `gradient` into a dense `target` of the same shape in one launch; counts no version. */
export function accumulate(target: Tensor, gradient: Tensor): void {
  add.accumulate(target, gradient)
}
