// Where values stand among ordered ones.

import { overload, way } from '../declare'
import { BOOL, FLOAT64, INT64, isFloating } from '../dtype'
import { callKernel, flatOf, kernel } from '../kernel'
import { type Shape, shapeText } from '../shape'
import type { Tensor } from '../tensor'
import { cast, contiguous } from './core/copy'
import { filled } from './core/fill'
import { rejection } from './define/checks'
import { computed } from './define/convert'
import { emptyResult, notImplemented, torchTypeName } from './define/result'

const searchKernel = kernel('searchsorted')

/** Places of `values`, of the shape of all but the last dim of `sequence`, or of any shape where that is one line. */
export function search(sequence: Tensor, values: Tensor, sorter: Tensor | null, isRight: boolean): Tensor {
  const result = emptyResult(values.sizes, INT64)
  if (values.numelCached === 0) return result
  const size = sequence.sizes[sequence.sizes.length - 1]
  const failure = rejection(
    sorter === null ? [] : [sorter],
    (value) => value < 0 || value >= size,
    (value) => `searchsorted(): sorter index out of range; it is ${value} of ${size}`
  )
  const isLine = sequence.sizes.length === 1
  const line = computed(contiguous(values.detach()))
  const [from, to] = isLine ? [flatOf(line), flatOf(result)] : [line, result]
  callKernel(searchKernel, [to], [computed(sequence.detach()), sorter, from], [isRight ? 1 : 0], undefined, failure)
  return result
}

interface Options {
  readonly outInt32: boolean
  readonly right: boolean
  readonly side: string | null
}

function rightOf({ right, side }: Options): boolean {
  if (side !== null && side !== 'left' && side !== 'right') {
    throw new RangeError(`searchsorted(): side can only be 'left' or 'right' but got ${side}`)
  }
  if (side === 'left' && right) {
    throw new RangeError(
      "searchsorted(): side and right can't be set to opposites, got side of left while right was true"
    )
  }
  return right || side === 'right'
}

function checkSearch(sequence: Tensor, values: Tensor, sorter: Tensor | null): void {
  const [of, among] = [values.sizes, sequence.sizes]
  if (among.length === 0) {
    throw new RangeError('searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension')
  }
  if (!fits(of, among)) {
    throw new RangeError(
      'searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input ' +
        `value tensor must match, but we got boundaries tensor ${shapeText(among)} and input value tensor ${shapeText(of)}`
    )
  }
  if (sequence.code !== values.code) {
    throw new TypeError(
      'searchsorted(): boundary tensor and input value tensor should have same dtype, but got boundary tensor dtype ' +
        `${torchTypeName(sequence.code)} and input value tensor dtype ${torchTypeName(values.code)}`
    )
  }
  if (sequence.code === BOOL) throw notImplemented('searchsorted_out_cpu', BOOL)
  if (sorter === null) return
  if (shapeText(sorter.sizes) !== shapeText(among)) {
    throw new RangeError(
      'searchsorted(): boundary and sorter must have the same size, but got boundary tensor ' +
        `${shapeText(among)} and got sorter tensor ${shapeText(sorter.sizes)}`
    )
  }
  if (sorter.code !== INT64) {
    throw new TypeError(
      `searchsorted(): sorter must be a tensor of long dtype but got dtype ${torchTypeName(sorter.code)}`
    )
  }
}

const fits = (of: Shape, among: Shape): boolean =>
  among.length === 1 || (of.length === among.length && of.slice(0, -1).every((size, d) => size === among[d]))

function places(sequence: Tensor, values: Tensor, sorter: Tensor | null, options: Options): Tensor {
  const isRight = rightOf(options)
  checkSearch(sequence, values, sorter)
  return cast(search(sequence, values, sorter, isRight), INT64).to(options.outInt32 ? 'int32' : 'int64')
}

/** A line and a number to find in it, in the dtype of the line, or in float64 where that may not hold the number. */
function withNumber(line: Tensor, value: number | bigint | boolean): [line: Tensor, value: Tensor] {
  const number = Number(value)
  const isHeld =
    isFloating(line.code) || (line.code === INT64 && Number.isInteger(number) && Math.abs(number) < 2 ** 63)
  const code = isHeld ? line.code : FLOAT64
  return [cast(line, code), filled([], number, code)]
}

/**
 * The number of elements of an ascending line below each value, or with `right`, or side 'right', not above it: where
 * it would be inserted. int64, or int32; `sorter` orders a line that is not ascending. NaN stands behind all.
 */
export const searchsorted = overload(
  ['torch'],
  way(
    'searchsorted(sortedSequence: Tensor, input: Tensor, *, outInt32: bool = false, right: bool = false, side: str? = null, sorter: Tensor? = null)',
    (sortedSequence, input, outInt32, right, side, sorter) =>
      places(sortedSequence, input, sorter, { outInt32, right, side })
  ),
  way(
    'searchsorted(sortedSequence: Tensor, input: scalar, *, outInt32: bool = false, right: bool = false, side: str? = null, sorter: Tensor? = null)',
    (sortedSequence, input, outInt32, right, side, sorter) =>
      places(...withNumber(sortedSequence, input), sorter, { outInt32, right, side })
  )
)

function buckets(boundaries: Tensor, values: Tensor, outInt32: boolean, right: boolean): Tensor {
  if (boundaries.sizes.length !== 1) {
    throw new RangeError(`bucketize(): boundaries tensor must be 1 dimension, but got dim(${boundaries.sizes.length})`)
  }
  return places(boundaries, values, null, { outInt32, right, side: null })
}

/** The number of the bucket between ascending boundaries in which each element lies, as `searchsorted` has it. */
export const bucketize = overload(
  ['torch'],
  way(
    'bucketize(input: Tensor, boundaries: Tensor, *, outInt32: bool = false, right: bool = false)',
    (input, boundaries, outInt32, right) => buckets(boundaries, input, outInt32, right)
  ),
  way(
    'bucketize(input: scalar, boundaries: Tensor, *, outInt32: bool = false, right: bool = false)',
    (input, boundaries, outInt32, right) => buckets(...withNumber(boundaries, input), outInt32, right)
  )
)
