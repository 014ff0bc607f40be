// A range of a dim, as a view.

import { checkInteger } from '../../kinds'
import { wrapDim } from '../../shape'
import type { Tensor } from '../../tensor'
import { rule } from '../define/operation'
import { makeView } from '../define/view'
import { type Selection, scatterSelection } from './scatter'

const sliceRule = rule<Selection>('SliceBackward0', (g, _, selection) => scatterSelection(g, selection))

/** Elements `start` to `end` (exclusive) of a dim, every `step`th; bounds clamp, negative ones count from the end. */
export function sliceDim(self: Tensor, dim: number, start = 0, end = Infinity, step = 1): Tensor {
  const d = wrapDim(dim, self.sizes.length)
  if (self.sizes.length === 0) throw new RangeError('slice() cannot be applied to a 0-dim tensor.')
  // An end is open where it is infinite.
  if (start !== -Infinity) checkInteger(start, 'slice', 'start')
  if (end !== Infinity) checkInteger(end, 'slice', 'end')
  checkInteger(step, 'slice', 'step')
  if (step <= 0) throw new RangeError('step must be greater than zero')
  const size = self.sizes[d]
  const clampBound = (bound: number): number => Math.min(Math.max(bound < 0 ? bound + size : bound, 0), size)
  const from = clampBound(start)
  const until = Math.max(clampBound(end), from)
  const shape = [...self.sizes]
  const strides = [...self.steps]
  shape[d] = Math.ceil((until - from) / step)
  if (Number.isSafeInteger(strides[d] * step)) strides[d] *= step
  const selection: Selection = { inputShape: self.sizes, view: (x) => sliceDim(x, d, from, until, step) }
  const offset = shape[d] === 0 ? 0 : from * self.steps[d]
  return makeView(self, { shape, strides, offset }, sliceRule, selection)
}
