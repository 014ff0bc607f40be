// Copies of all elements several times: whole tensors side by side, or each element behind itself.

import { declare, overload, way } from '../declare'
import { INT32, INT64 } from '../dtype'
import { SIZED_BY_VALUES, forbidInCapture } from '../recording'
import { MAX_RANK, type Shape, shapeText, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { aliasTensor } from '../tensor/geometry'
import { addAlong } from './core/along'
import { sumOver } from './core/broadcast'
import { cast, clone, contiguous, copyInto } from './core/copy'
import { filled } from './core/fill'
import { reshapeTo } from './core/reshape'
import { sumCode } from './define/reduce'
import { record, rule } from './define/operation'
import { emptyResult, notImplemented } from './define/result'
import { indexSelect } from './indexing'
import { expand, unsqueeze, view } from './movement'
import { cumsum } from './scan'

// ---- side by side ----

interface Repeats {
  /** Of the input. */
  readonly shape: Shape
  /** One for each dim of the result. */
  readonly repeats: readonly number[]
}

/** Dims of the result apart: the repeats of one and its size in the input, as far as they are more than 1. */
function apart({ shape, repeats }: Repeats): { readonly size: number; readonly isRepeat: boolean }[] {
  const missing = repeats.length - shape.length
  return repeats.flatMap((count, d) => [
    ...(count === 1 ? [] : [{ size: count, isRepeat: true }]),
    ...(d < missing || shape[d - missing] === 1 ? [] : [{ size: shape[d - missing], isRepeat: false }])
  ])
}

const repeatRule = rule<Repeats>('RepeatBackward0', (g, _, call) => {
  const dims = apart(call)
  const split = reshapeTo(
    g,
    dims.map(({ size }) => size)
  )
  const repeated = [...dims.keys()].filter((d) => dims[d].isRepeat)
  return reshapeTo(repeated.length === 0 ? split : sumOver(split, repeated, false, sumCode(g.code)), call.shape)
})

function sideBySide(input: Tensor, repeats: readonly number[]): Tensor {
  const call: Repeats = { shape: input.sizes, repeats }
  const missing = repeats.length - input.sizes.length
  if (missing < 0) {
    throw new RangeError(
      'Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor; they are ' +
        `${repeats.length} and ${input.sizes.length}`
    )
  }
  const outputs = emptyResult(
    repeats.map((count, d) => (d < missing ? count : count * input.sizes[d - missing])),
    input.code
  )
  const dims = apart(call)
  if (dims.length > MAX_RANK)
    throw new RangeError(`repeat: ${dims.length} dims of repeats and sizes, more than ${MAX_RANK}`)
  if (outputs.numelCached > 0) {
    const from = aliasTensor(
      input,
      dims.map(({ size }) => size),
      stepsOf(input.sizes, input.steps, repeats),
      0
    )
    copyInto(outputs.view(from.sizes), from)
  }
  return record({ outputs, rule: repeatRule, inputs: [input], parameters: call })
}

/** Steps in the input along the dims apart. */
function stepsOf(shape: Shape, steps: Shape, repeats: readonly number[]): number[] {
  const missing = repeats.length - shape.length
  return repeats.flatMap((count, d) => [
    ...(count === 1 ? [] : [0]),
    ...(d < missing || shape[d - missing] === 1 ? [] : [steps[d - missing]])
  ])
}

/** Copies of the tensor side by side, so many along each dim; more numbers than dims add dims in front. */
export const repeat = declare(
  'repeat(input: Tensor, repeats: int...)',
  (input, repeats): Tensor => sideBySide(input, repeats),
  ['Tensor']
)

/** Copies of the tensor side by side, so many along each of the last dims. */
export const tile = declare('tile(input: Tensor, dims: int...)', (input, dims): Tensor => {
  const missing = Math.max(input.sizes.length - dims.length, 0)
  return sideBySide(input, [...new Array<number>(missing).fill(1), ...dims])
})

// ---- each behind itself ----

/** Each index of `repeats` as often as it says. Reads their sum, so it cannot be captured. */
function indicesOf(repeats: Tensor, outputSize: number | null): Tensor {
  forbidInCapture('repeatInterleave() by a tensor', SIZED_BY_VALUES)
  if (repeats.sizes.length !== 1) {
    throw new RangeError(`repeatInterleave only accept 1D vector as repeat; its shape is ${shapeText(repeats.sizes)}`)
  }
  const { code } = repeats
  if (code !== INT32 && code !== INT64) throw notImplemented('repeat_interleave_cpu', code, 'long')
  const counts = contiguous(repeats.detach())
  if (counts.numelCached > 0 && counts.amin().item() < 0) throw new RangeError('repeats can not be negative')
  const ends = cumsum(counts, 0)
  const total = counts.numelCached === 0 ? 0 : ends.select(0, -1).item()
  if (outputSize !== null && outputSize !== total) {
    throw new RangeError(`allocated size does not match required size: outputSize is ${outputSize}, not ${total}`)
  }
  // The number of counts that have ended before a place is the index there.
  const marks = filled([total + 1], 0, INT64)
  addAlong(marks, 0, ends, filled(ends.sizes, 1, INT64))
  return cast(cumsum(marks, 0).narrow(0, 0, total), code)
}

// What PyTorch says of the dim that it would merge.
const OUT_OF_RANGE = 'Dimension out of range (expected to be in range of [-1, 0], but got 1)'

function byNumber(input: Tensor, repeats: number, dim: number | null, outputSize: number | null): Tensor {
  const self = dim === null ? contiguous(input).view(-1) : input
  const d = dim === null ? 0 : wrapDim(dim, self.sizes.length)
  if (self.sizes.length === 0) throw new RangeError(OUT_OF_RANGE)
  if (repeats < 0) throw new RangeError('Repeats must be non-negative')
  const size = self.sizes[d] * repeats
  if (outputSize !== null && outputSize !== size) {
    throw new RangeError(`repeatInterleave: Invalid outputSize, expected ${size} but got ${outputSize}`)
  }
  const before = self.sizes.slice(0, d + 1)
  const after = self.sizes.slice(d + 1)
  const each = expand(unsqueeze(self, d + 1), [...before, repeats, ...after])
  return view(each.dense ? clone(each) : contiguous(each), [...before.slice(0, -1), size, ...after])
}

function byTensor(input: Tensor, repeats: Tensor, dim: number | null, outputSize: number | null): Tensor {
  const self = dim === null ? contiguous(input).view(-1) : input
  const d = dim === null ? 0 : wrapDim(dim, self.sizes.length)
  const size = self.sizes[d] ?? 1
  if (repeats.sizes.length > 1) throw new RangeError('repeats must be 0-dim or 1-dim tensor')
  const counts = repeats.numelCached === 1 ? expand(reshapeTo(repeats, [1]), [size]) : repeats
  if (counts.sizes[0] !== size) {
    throw new RangeError(
      `repeats must have the same size as input along dim, but got repeats.size(0) = ${counts.sizes[0]} and ` +
        `input.size(${d}) = ${size}`
    )
  }
  return indexSelect(self, d, indicesOf(counts, outputSize))
}

/**
 * Each element along a dim as often as `repeats` says, one number for all or a tensor of one for each; without a dim of
 * the flattened tensor. Of `repeats` alone its indices. `outputSize` is checked.
 */
export const repeatInterleave = overload(
  ['torch', 'Tensor'],
  way(
    'repeatInterleave(input: Tensor, repeats: int, dim: int? = null, *, outputSize: int? = null)',
    (input, repeats, dim, outputSize): Tensor => byNumber(input, repeats, dim, outputSize)
  ),
  way(
    'repeatInterleave(input: Tensor, repeats: Tensor, dim: int? = null, *, outputSize: int? = null)',
    (input, repeats, dim, outputSize): Tensor => byTensor(input, repeats, dim, outputSize)
  ),
  way('repeatInterleave(repeats: Tensor, *, outputSize: int? = null)', (repeats, outputSize): Tensor =>
    indicesOf(repeats, outputSize)
  )
)
