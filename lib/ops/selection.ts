// Views of some elements: an index, a range, a diagonal. The derivative scatters the gradient into zeros.

import { checkInteger, integerList } from '../kinds'
import { shapeText, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { scatter, type Selection } from './core/scatter'
import { rule } from './define/operation'
import { checkTensor } from './define/result'
import { makeView } from './define/view'

const selectRule = rule<Selection>('SelectBackward0', (g, _, selection) => scatter(g, selection))
const unbindRule = rule<Selection>('UnbindBackward0', (g, _, selection) => scatter(g, selection))
const sliceRule = rule<Selection>('SliceBackward0', (g, _, selection) => scatter(g, selection))
const splitRule = rule<Selection>('SplitBackward0', (g, _, selection) => scatter(g, selection))

function selectWith(self: Tensor, dim: number, index: number, viewRule: typeof selectRule): Tensor {
  const rank = self.sizes.length
  if (rank === 0) throw new RangeError('select() cannot be applied to a 0-dim tensor.')
  const d = wrapDim(dim, rank)
  const size = self.sizes[d]
  checkInteger(index, 'select', 'index')
  if (index < -size || index >= size) {
    throw new RangeError(
      `select(): index ${index} out of range for tensor of size ${shapeText(self.sizes)} at dimension ${d}`
    )
  }
  const at = index < 0 ? index + size : index
  const shape = self.sizes.filter((_, i) => i !== d)
  const strides = self.steps.filter((_, i) => i !== d)
  const selection: Selection = { inputShape: self.sizes, view: (x) => selectWith(x, d, at, viewRule) }
  return makeView(self, { shape, strides, offset: at * self.steps[d] }, viewRule, selection, viewRule === unbindRule)
}

/** One index of a dim, which goes. */
export function select(self: Tensor, dim: number, index: number): Tensor {
  checkTensor(self, 'select', 'self')
  return selectWith(self, dim, index, selectRule)
}

function sliceWith(
  self: Tensor,
  dim: number,
  start: number,
  end: number,
  step: number,
  viewRule: typeof sliceRule
): Tensor {
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
  const selection: Selection = { inputShape: self.sizes, view: (x) => sliceWith(x, d, from, until, step, viewRule) }
  const offset = shape[d] === 0 ? 0 : from * self.steps[d]
  return makeView(self, { shape, strides, offset }, viewRule, selection, viewRule === splitRule)
}

/** Elements `start` to `end` (exclusive) of a dim, every `step`th; bounds clamp, negative ones count from the end. */
export function sliceDim(self: Tensor, dim: number, start = 0, end = Infinity, step = 1): Tensor {
  checkTensor(self, 'sliceDim', 'self')
  return sliceWith(self, dim, start, end, step, sliceRule)
}

/** `length` elements of a dim from `start`. */
export function narrow(self: Tensor, dim: number, start: number, length: number): Tensor {
  checkTensor(self, 'narrow', 'self')
  if (self.sizes.length === 0) throw new RangeError('narrow() cannot be applied to a 0-dim tensor.')
  const d = wrapDim(dim, self.sizes.length)
  const size = self.sizes[d]
  checkInteger(start, 'narrow', 'start')
  checkInteger(length, 'narrow', 'length')
  if (length < 0) throw new RangeError('narrow(): length must be non-negative.')
  if (start < -size || start > size) {
    throw new RangeError(`start out of range (expected to be in range of [${-size}, ${size}], but got ${start})`)
  }
  const from = start < 0 ? start + size : start
  if (from + length > size)
    throw new RangeError(`start (${from}) + length (${length}) exceeds dimension size (${size}).`)
  return sliceWith(self, d, from, from + length, 1, sliceRule)
}

/** Tells each view of one call its position, for messages. */
function numbered(views: Tensor[]): Tensor[] {
  views.forEach((view, i) => {
    const info = view.meta?.view
    if (info) info.outputNumber = i
  })
  return views
}

/** The slices of a dim, which goes. */
export function unbind(self: Tensor, dim = 0): Tensor[] {
  checkTensor(self, 'unbind', 'self')
  const d = wrapDim(dim, self.sizes.length)
  if (self.sizes.length === 0) throw new RangeError('Dimension specified as 0 but tensor has no dimensions')
  return numbered(Array.from({ length: self.sizes[d] }, (_, i) => selectWith(self, d, i, unbindRule)))
}

/** Pieces of `size` along a dim (the last may be smaller), or of the given sizes. */
export function split(self: Tensor, size: number | readonly number[], dim = 0): Tensor[] {
  checkTensor(self, 'split', 'self')
  if (self.sizes.length === 0) throw new RangeError('split expects at least a 1-dimensional tensor')
  const d = wrapDim(dim, self.sizes.length)
  const sizes = Array.isArray(size) ? checkSizes(self.sizes[d], size, d) : equalSizes(self.sizes[d], size as number)
  let start = 0
  return numbered(sizes.map((n) => sliceWith(self, d, start, (start += n), 1, splitRule)))
}

function equalSizes(total: number, size: number): number[] {
  checkInteger(size, 'split', 'size')
  if (size < 0) throw new RangeError(`split expects split_size be non-negative, but got split_size=${size}`)
  if (size === 0 && total !== 0) {
    throw new RangeError(`split_size can only be 0 if dimension size is 0, but got dimension size of ${total}`)
  }
  const count = size === 0 ? 1 : Math.max(Math.ceil(total / size), 1)
  return Array.from({ length: count }, (_, i) => Math.min(size, total - i * size))
}

function checkSizes(total: number, given: readonly number[], dim: number): readonly number[] {
  const sizes = integerList(given, 'split', 'sizes')
  if (sizes.some((size) => size < 0)) {
    throw new RangeError(
      `split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=${shapeText(sizes)}`
    )
  }
  if (sizes.reduce((sum, size) => sum + size, 0) === total) return sizes
  throw new RangeError(
    `split_with_sizes expects split_sizes to sum exactly to ${total} (input tensor's size at dimension ${dim}), but got ` +
      `split_sizes=${shapeText(sizes)}`
  )
}

/** At most `chunks` pieces of equal size along a dim; the last may be smaller. */
export function chunk(self: Tensor, chunks: number, dim = 0): Tensor[] {
  checkTensor(self, 'chunk', 'self')
  if (self.sizes.length === 0) throw new RangeError('chunk expects at least a 1-dimensional tensor')
  checkInteger(chunks, 'chunk', 'chunks')
  if (chunks <= 0) throw new RangeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`)
  return split(self, Math.max(Math.ceil(self.sizes[wrapDim(dim, self.sizes.length)] / chunks), 1), dim)
}

const diagonalRule = rule<Selection>('DiagonalBackward0', (g, _, selection) => scatter(g, selection))

/** The diagonal of the first two dims, as the last dim. */
export function diagonal(self: Tensor): Tensor {
  checkTensor(self, 'diagonal', 'self')
  if (self.sizes.length < 2) throw new RangeError(`diagonal: needs at least 2 dims, got ${self.sizes.length}`)
  const shape = [...self.sizes.slice(2), Math.min(self.sizes[0], self.sizes[1])]
  const strides = [...self.steps.slice(2), self.steps[0] + self.steps[1]]
  const selection: Selection = { inputShape: self.sizes, view: (x) => diagonal(x) }
  return makeView(self, { shape, strides, offset: 0 }, diagonalRule, selection)
}
