// Copies of what views show, by the names that PyTorch gives them.

import { declare } from '../declare'
import type { Tensor } from '../tensor'
import { copied, copiedAll } from './core/copied'
import { expandTo } from './core/broadcast'
import { sliceDim } from './core/slice'
import { diagonal } from './diagonal'
import { permute, squeeze, t, transpose, unsqueeze, view } from './movement'
import { narrow, select } from './selection'
import { split, splitWithSizes, unbind } from './split'
import { asStrided } from './strided'
import { unfold } from './windows'

/** A copy of `length` elements of a dim from `start`. */
export const narrowCopy = declare(
  'narrowCopy(input: Tensor, dim: int, start: int, length: int)',
  (input, dim, start, length): Tensor => copied(narrow(input, dim, start, length), 'NarrowCopyBackward0')
)

/** A copy of what `asStrided` shows. */
export const asStridedCopy = declare(
  'asStridedCopy(input: Tensor, size: int[], stride: int[], storageOffset: int? = null)',
  (input, size, stride, storageOffset): Tensor => copied(asStrided(input, size, stride, storageOffset)),
  ['torch']
)

/** A copy of a diagonal. */
export const diagonalCopy = declare(
  'diagonalCopy(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1)',
  (input, offset, dim1, dim2): Tensor => copied(diagonal(input, offset, dim1, dim2)),
  ['torch']
)

/** A copy with dims of size 1 repeated. */
export const expandCopy = declare(
  'expandCopy(input: Tensor, size: int[])',
  (input, size): Tensor => copied(expandTo(input, size)),
  ['torch']
)

/** A copy with dims in another order. */
export const permuteCopy = declare(
  'permuteCopy(input: Tensor, dims: int[])',
  (input, dims): Tensor => copied(permute(input, dims)),
  ['torch']
)

/** A copy of one index of a dim, which goes. */
export const selectCopy = declare(
  'selectCopy(input: Tensor, dim: int, index: int)',
  (input, dim, index): Tensor => copied(select(input, dim, index)),
  ['torch']
)

/** A copy of elements `start` to `end` (exclusive) of a dim, every `step`th. */
export const sliceCopy = declare(
  'sliceCopy(input: Tensor, dim: int = 0, start: int? = null, end: int? = null, step: int = 1)',
  (input, dim, start, end, step): Tensor => copied(sliceDim(input, dim, start ?? 0, end ?? Infinity, step)),
  ['torch']
)

/** A copy without dims of size 1. */
export const squeezeCopy = declare(
  'squeezeCopy(input: Tensor, dim: int|int[]|null = null)',
  (input, dim): Tensor => copied(squeeze(input, dim)),
  ['torch']
)

/** A copy of the transpose of a matrix. */
export const tCopy = declare('tCopy(input: Tensor)', (input): Tensor => copied(t(input)), ['torch'])

/** A copy with two dims exchanged. */
export const transposeCopy = declare(
  'transposeCopy(input: Tensor, dim0: int, dim1: int)',
  (input, dim0, dim1): Tensor => copied(transpose(input, dim0, dim1)),
  ['torch']
)

/** Copies of the slices of a dim, which goes. */
export const unbindCopy = declare(
  'unbindCopy(input: Tensor, dim: int = 0)',
  (input, dim): Tensor[] => copiedAll(unbind(input, dim)),
  ['torch']
)

/** A copy of all windows of a dim. */
export const unfoldCopy = declare(
  'unfoldCopy(input: Tensor, dimension: int, size: int, step: int)',
  (input, dimension, size, step): Tensor => copied(unfold(input, dimension, size, step)),
  ['torch']
)

/** A copy with a new dim of size 1. */
export const unsqueezeCopy = declare(
  'unsqueezeCopy(input: Tensor, dim: int)',
  (input, dim): Tensor => copied(unsqueeze(input, dim)),
  ['torch']
)

/** A copy in another shape. */
export const viewCopy = declare(
  'viewCopy(input: Tensor, size: int[])',
  (input, size): Tensor => copied(view(input, size)),
  ['torch']
)

/** Copies of pieces of one size along a dim. */
export const splitCopy = declare(
  'splitCopy(input: Tensor, splitSize: int, dim: int = 0)',
  (input, splitSize, dim): Tensor[] => copiedAll(split(input, splitSize, dim)),
  ['torch']
)

/** Copies of pieces of the given sizes along a dim. */
export const splitWithSizesCopy = declare(
  'splitWithSizesCopy(input: Tensor, splitSizes: int[], dim: int = 0)',
  (input, splitSizes, dim): Tensor[] => copiedAll(splitWithSizes(input, splitSizes, dim)),
  ['torch']
)
