// Pieces of a dim as views, outputs of one node.

import { declare, overload, way } from '../declare'
import { INT64 } from '../dtype'
import { forbidInCapture } from '../recording'
import { shapeText, wrapDim } from '../shape'
import { Tensor } from '../tensor'
import {
  type Cut,
  cutApart,
  sliceRule,
  splitRule,
  splitWithSizesRule,
  takeApart,
  unbindRule,
  unsafeSplitRule,
  unsafeSplitWithSizesRule
} from './core/pieces'
import { torchTypeName } from './define/result'
import { sliceDim } from './core/slice'

/** The slices of a dim, which goes. */
export const unbind = declare('unbind(input: Tensor, dim: int = 0)', (input, dim) => {
  const d = wrapDim(dim, input.sizes.length)
  if (input.sizes.length === 0) throw new RangeError('Dimension specified as 0 but tensor has no dimensions')
  checkCount(input.sizes[d], 'unbind')
  return takeApart(input, { whole: input.sizes, dim: d, lengths: null }, unbindRule)
})

declare module '../tensor' {
  interface Tensor {
    /** The slices of the first dim. */
    [Symbol.iterator](): Iterator<Tensor>
  }
}

// A tensor without dims has no iterator, since comparisons go through the rows of what has one down to the last dim.
// What is array-like to JavaScript for want of one asks for a length, which tells what to use instead.
Object.defineProperties(Tensor.prototype, {
  [Symbol.iterator]: {
    get(this: Tensor) {
      return this.sizes.length === 0 ? undefined : rows
    },
    configurable: true
  },
  length: {
    get() {
      throw new TypeError(
        'a Tensor has no length: use size(0) for the number of rows, numel() for that of elements, and toTypedArray() ' +
          'or tolist() for an array of them'
      )
    },
    configurable: true
  }
})

function rows(this: Tensor): Iterator<Tensor> {
  return unbind(this)[Symbol.iterator]()
}

/** Pieces of one size along a dim, the last may be smaller, or of the given sizes. */
export const split = declare(
  'split(tensor: Tensor, splitSizeOrSections: int|int[], dim: int = 0)',
  (tensor, sizes, dim) => splitBy(tensor, sizes, dim)
)

function splitBy(tensor: Tensor, sizes: number | readonly number[], dim: number): Tensor[] {
  return takeApart(tensor, cutBy(tensor, sizes, dim), typeof sizes === 'number' ? splitRule : splitWithSizesRule)
}

function cutBy(tensor: Tensor, sizes: number | readonly number[], dim: number): Cut {
  if (tensor.sizes.length === 0) throw new RangeError('split expects at least a 1-dimensional tensor')
  const d = wrapDim(dim, tensor.sizes.length)
  const size = tensor.sizes[d]
  const lengths = typeof sizes === 'number' ? equalSizes(size, sizes) : checkedSizes(size, sizes, d)
  return { whole: tensor.sizes, dim: d, lengths }
}

/** Pieces of the given sizes along a dim. */
export const splitWithSizes = declare(
  'splitWithSizes(input: Tensor, splitSizes: int[], dim: int = 0)',
  (input, splitSizes, dim) => splitBy(input, splitSizes, dim)
)

/**
 * `split()` whose pieces do not know that they show parts of one tensor: a write to one is not seen by the graph of
 * others.
 */
export const unsafeSplit = declare(
  'unsafeSplit(input: Tensor, splitSize: int, dim: int = 0)',
  (input, splitSize, dim) => cutApart(input, cutBy(input, splitSize, dim), unsafeSplitRule)
)

/** `splitWithSizes()` whose pieces do not know that they show parts of one tensor. */
export const unsafeSplitWithSizes = declare(
  'unsafeSplitWithSizes(input: Tensor, splitSizes: int[], dim: int = 0)',
  (input, splitSizes, dim) => cutApart(input, cutBy(input, splitSizes, dim), unsafeSplitWithSizesRule)
)

function equalSizes(total: number, size: number): number[] {
  if (size < 0) throw new RangeError(`split expects splitSize be non-negative, but got splitSize=${size}`)
  if (size === 0 && total !== 0) {
    throw new RangeError(`splitSize can only be 0 if dimension size is 0, but got dimension size of ${total}`)
  }
  const count = size === 0 ? 1 : Math.max(Math.ceil(total / size), 1)
  checkCount(count, 'split')
  return Array.from({ length: count }, (_, i) => Math.min(size, total - i * size))
}

function checkedSizes(total: number, sizes: readonly number[], dim: number): readonly number[] {
  if (sizes.some((size) => size < 0)) {
    throw new RangeError(
      `split expects splitSizes have only non-negative entries, but got splitSizes=${shapeText(sizes)}`
    )
  }
  if (sizes.reduce((sum, size) => sum + size, 0) === total) return sizes
  throw new RangeError(
    `split expects splitSizes to sum exactly to ${total} (input tensor's size at dimension ${dim}), but got ` +
      `splitSizes=${shapeText(sizes)}`
  )
}

/**
 * At most `chunks` pieces of equal size along a dim, the last may be smaller; exactly as many where the dim is empty.
 */
export const chunk = declare('chunk(input: Tensor, chunks: int, dim: int = 0)', (input, chunks, dim) =>
  splitBy(input, chunkSizes(input, chunks, dim), dim)
)

/** `chunk()` whose pieces do not know that they show parts of one tensor. */
export const unsafeChunk = declare('unsafeChunk(input: Tensor, chunks: int, dim: int = 0)', (input, chunks, dim) => {
  const sizes = chunkSizes(input, chunks, dim)
  return cutApart(
    input,
    cutBy(input, sizes, dim),
    typeof sizes === 'number' ? unsafeSplitRule : unsafeSplitWithSizesRule
  )
})

/** The size of all pieces, or of each where all are empty. */
function chunkSizes(input: Tensor, chunks: number, dim: number): number | readonly number[] {
  if (input.sizes.length === 0) throw new RangeError('chunk expects at least a 1-dimensional tensor')
  if (chunks <= 0) throw new RangeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`)
  const size = input.sizes[wrapDim(dim, input.sizes.length)]
  if (size > 0) return Math.ceil(size / chunks)
  checkCount(chunks, 'chunk')
  return new Array<number>(chunks).fill(0)
}

/**
 * So many pieces along a dim whose sizes differ by at most 1, the larger ones first, or those that begin at 0 and at
 * each of the indices: a list, or an int64 tensor of them or of the number of pieces. The pieces may be written in
 * place.
 */
export const tensorSplit = declare(
  'tensorSplit(input: Tensor, indicesOrSections: int|int[]|Tensor, dim: int = 0)',
  (input, indicesOrSections, dim) => {
    if (input.sizes.length === 0) {
      throw new RangeError('tensorSplit expected at least a 1-dimensional tensor, but got a tensor with 0 dims')
    }
    const given = indicesOrSections instanceof Tensor ? valuesOf(indicesOrSections) : indicesOrSections
    return splitAt(input, given, wrapDim(dim, input.sizes.length))
  }
)

function splitAt(input: Tensor, given: number | readonly number[], dim: number): Tensor[] {
  const size = input.sizes[dim]
  const starts = typeof given === 'number' ? sectionStarts(size, given) : indexStarts(size, given)
  const ends = [...starts.slice(1), size]
  const lengths = starts.map((start, i) => ends[i] - start)
  // Where indices fall, pieces overlap, or have no elements.
  if (lengths.some((length) => length < 0)) return starts.map((start, i) => sliceDim(input, dim, start, ends[i]))
  return takeApart(input, { whole: input.sizes, dim, lengths }, sliceRule, true)
}

/** `tensorSplit()` along a dim of its own, into equal pieces where a number is given. */
function splitEven(op: string, input: Tensor, given: number | readonly number[], dim: number, least: number): Tensor[] {
  const rank = input.sizes.length
  if (rank < least) {
    throw new RangeError(
      `torch.${op} requires a tensor with at least ${least} dimension, but got a tensor with ${rank} dimensions!`
    )
  }
  const size = input.sizes[dim]
  if (typeof given === 'number' && (given === 0 || size % given !== 0)) {
    throw new RangeError(
      `torch.${op} attempted to split along dimension ${dim}, but the size of the dimension ${size} is not divisible by the ` +
        `splitSize ${given}!`
    )
  }
  return splitAt(input, given, dim)
}

const byColumns = (input: Tensor, given: number | readonly number[]): Tensor[] =>
  splitEven('hsplit', input, given, input.sizes.length === 1 ? 0 : 1, 1)
const byRows = (input: Tensor, given: number | readonly number[]): Tensor[] => splitEven('vsplit', input, given, 0, 2)
const byDepth = (input: Tensor, given: number | readonly number[]): Tensor[] => splitEven('dsplit', input, given, 2, 3)

/** Equal pieces, or those that begin at indices, along dim 1, or along dim 0 of a vector. */
export const hsplit = overload(
  ['torch', 'Tensor'],
  way('hsplit(input: Tensor, sections: int)', byColumns),
  way('hsplit(input: Tensor, indices: int[])', byColumns)
)

/** Equal pieces, or those that begin at indices, along dim 0. */
export const vsplit = overload(
  ['torch', 'Tensor'],
  way('vsplit(input: Tensor, sections: int)', byRows),
  way('vsplit(input: Tensor, indices: int[])', byRows)
)

/** Equal pieces, or those that begin at indices, along dim 2. */
export const dsplit = overload(
  ['torch', 'Tensor'],
  way('dsplit(input: Tensor, sections: int)', byDepth),
  way('dsplit(input: Tensor, indices: int[])', byDepth)
)

/**
 * Most pieces that one call makes: a gigabyte of tensors. More would be asked of a dim that costs no memory, of a
 * tensor that is empty or expanded.
 */
const MOST_PIECES = 2 ** 22

function checkCount(count: number, op: string): void {
  if (count > MOST_PIECES) throw new RangeError(`${op}: ${count} pieces, more than ${MOST_PIECES}`)
}

function sectionStarts(size: number, sections: number): number[] {
  if (sections <= 0) throw new RangeError(`number of sections must be larger than 0, got ${sections}`)
  checkCount(sections, 'tensorSplit')
  const least = Math.floor(size / sections)
  return Array.from({ length: sections }, (_, i) => i * least + Math.min(i, size % sections))
}

/** 0 and the indices, counted from the front and within the dim. */
const indexStarts = (size: number, indices: readonly number[]): number[] => [
  0,
  ...indices.map((index) => Math.min(Math.max(index < 0 ? index + size : index, 0), size))
]

/** What a tensor of indices, or of their number, says. */
function valuesOf(tensor: Tensor): number | number[] {
  forbidInCapture('tensorSplit() by a tensor', 'gives shapes that depend on values; use a list of numbers')
  if (tensor.code !== INT64) {
    throw new TypeError(
      `tensorSplit expected indicesOrSections to have dtype of long, but got ${torchTypeName(tensor.code)}`
    )
  }
  if (tensor.sizes.length > 1) {
    throw new RangeError(
      'tensorSplit expected indicesOrSections to be a zero-dimensional or one-dimensional tensor, but got a tensor ' +
        `with ${tensor.sizes.length} dims`
    )
  }
  return tensor.sizes.length === 0 ? tensor.item<number>() : tensor.tolist<number[]>()
}
