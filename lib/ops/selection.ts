// Views of some elements: an index, a range, a diagonal. The derivative scatters the gradient into zeros.

import { declare } from '../declare'
import { checkInteger } from '../kinds'
import { shapeText, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { scatter, type Selection } from './core/scatter'
import { rule } from './define/operation'
import { checkTensor } from './define/result'
import { makeView } from './define/view'

const selectRule = rule<Selection>('SelectBackward0', (g, _, selection) => scatter(g, selection))

/** One index of a dim, which goes. */
export const select = declare('select(input: Tensor, dim: int, index: int)', (input, dim, index): Tensor => {
  const rank = input.sizes.length
  if (rank === 0) throw new RangeError('select() cannot be applied to a 0-dim tensor.')
  const d = wrapDim(dim, rank)
  const size = input.sizes[d]
  if (index < -size || index >= size) {
    throw new RangeError(
      `select(): index ${index} out of range for tensor of size ${shapeText(input.sizes)} at dimension ${d}`
    )
  }
  const at = index < 0 ? index + size : index
  const shape = input.sizes.filter((_, i) => i !== d)
  const strides = input.steps.filter((_, i) => i !== d)
  const selection: Selection = { inputShape: input.sizes, view: (x) => select(x, d, at) }
  return makeView(input, { shape, strides, offset: at * input.steps[d] }, selectRule, selection)
})

const sliceRule = rule<Selection>('SliceBackward0', (g, _, selection) => scatter(g, selection))

/** Elements `start` to `end` (exclusive) of a dim, every `step`th; bounds clamp, negative ones count from the end. */
export function sliceDim(self: Tensor, dim: number, start = 0, end = Infinity, step = 1): Tensor {
  checkTensor(self, 'sliceDim', 'self')
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

/** `length` elements of a dim from `start`. */
export const narrow = declare(
  'narrow(input: Tensor, dim: int, start: int, length: int)',
  (input, dim, start, length): Tensor => {
    if (input.sizes.length === 0) throw new RangeError('narrow() cannot be applied to a 0-dim tensor.')
    const d = wrapDim(dim, input.sizes.length)
    const size = input.sizes[d]
    if (length < 0) throw new RangeError('narrow(): length must be non-negative.')
    if (start < -size || start > size) {
      throw new RangeError(`start out of range (expected to be in range of [${-size}, ${size}], but got ${start})`)
    }
    const from = start < 0 ? start + size : start
    if (from + length > size)
      throw new RangeError(`start (${from}) + length (${length}) exceeds dimension size (${size}).`)
    return sliceDim(input, d, from, from + length)
  }
)

const diagonalRule = rule<Selection>('DiagonalBackward0', (g, _, selection) => scatter(g, selection))

/** The diagonal of the first two dims, as the last dim. */
export const diagonal = declare('diagonal(input: Tensor)', (input): Tensor => {
  if (input.sizes.length < 2) throw new RangeError(`diagonal: needs at least 2 dims, got ${input.sizes.length}`)
  const shape = [...input.sizes.slice(2), Math.min(input.sizes[0], input.sizes[1])]
  const strides = [...input.steps.slice(2), input.steps[0] + input.steps[1]]
  const selection: Selection = { inputShape: input.sizes, view: (x) => diagonal(x) }
  return makeView(input, { shape, strides, offset: 0 }, diagonalRule, selection)
})
