// Views of some elements: an index, a range. The derivative scatters the gradient into zeros.

import { declare } from '../declare'
import { shapeText, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { type Selection, scatterSelection } from './core/scatter'
import { sliceDim } from './core/slice'
import { rule } from './define/operation'
import { makeView } from './define/view'

const selectRule = rule<Selection>('SelectBackward0', (g, _, selection) => scatterSelection(g, selection))

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
