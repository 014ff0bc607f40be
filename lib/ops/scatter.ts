// Values put or reduced into the elements that an index tensor chooses along a dim. Duplicates meet in the order of the
// index.

import { declare, overload, way } from '../declare'
import { elementOf } from '../dtype'
import { type Shape, shapeText, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { type Writing, gatherAt, writeAlong } from './core/along'
import { denseClone } from './core/copy'
import { filled } from './core/fill'
import {
  type Places,
  type ReduceCall,
  type Reduction,
  apartFrom,
  lineOf,
  lined,
  reduceForm,
  reduceRule,
  reducedCopy,
  saveIndex,
  saveIndexOfValues,
  spreadFirst,
  withoutChosen
} from './reduce-at'
import { rejection } from './define/checks'
import { type Saved, rule, undifferentiable } from './define/operation'
import { checkNoOverlap } from './define/result'
import { formOf, recordInPlace } from './define/write'
import { indexOf } from './indexing'

// ---- checks ----

const isLarger = (index: Shape, other: Shape, except = -1): boolean =>
  index.some((size, d) => d !== except && size > other[d])

/** Throws unless the index fits into `self` apart from the dim, and into `src`. */
function checkShapes(self: Shape, index: Shape, src: Shape | null, dim: number): void {
  if (index.includes(0)) return
  const line = (shape: Shape): Shape => (shape.length === 0 ? [1] : shape)
  if (line(index).length !== line(self).length) {
    throw new RangeError('Index tensor must have the same number of dimensions as self tensor')
  }
  if (src !== null && line(index).length !== line(src).length) {
    throw new RangeError('Index tensor must have the same number of dimensions as src tensor')
  }
  if (!isLarger(line(index), line(self), dim) && (src === null || !isLarger(line(index), line(src)))) return
  const ofSrc = src === null ? '' : ` and to be no larger size than src ${shapeText(src)}`
  throw new RangeError(
    `Expected index ${shapeText(index)} to be no larger than self ${shapeText(self)} apart from dimension ${dim}${ofSrc}`
  )
}

/** Where a call writes, checked. */
export function placesOf(self: Tensor, dim: number, index: Tensor, src: Tensor | null): Places {
  const indices = indexOf(index, 'scatter', 'int32/int64')
  const d = wrapDim(dim, self.sizes.length)
  if (src !== null && src.code !== self.code) {
    throw new TypeError(
      `scatter(): Expected self.dtype to be equal to src.dtype; they are ${self.dtype} and ${src.dtype}`
    )
  }
  checkShapes(self.sizes, index.sizes, src?.sizes ?? null, d)
  const size = lineOf(self).sizes[d]
  const failure = rejection(
    [indices],
    (value) => value < 0 || value >= size,
    (value) => `index ${value} is out of bounds for dimension ${d} with size ${size}`
  )
  return { dim: d, index: indices, failure }
}

/** Throws where what is written shows elements of what is read. */
function checkApart(self: Tensor, index: Tensor, src: Tensor | null): void {
  checkNoOverlap(self, index)
  if (src !== null) checkNoOverlap(self, src)
}

function write(writing: Writing, self: Tensor, { dim, index, failure }: Places, src: Tensor): void {
  if (index.numelCached === 0) return
  writeAlong(writing, lineOf(self), dim, lineOf(apartFrom(self, index)), apartFrom(self, src), failure)
}

// ---- scatter ----

interface Put extends Places {
  /** Of the values; null where there is one number. */
  readonly shape: Shape | null
  readonly number: number
  readonly writing: Writing
}

// Written out: a spread with more behind it takes V8 4 us.
const putAt = ({ dim, index, failure }: Places, shape: Shape | null, number: number, writing: Writing): Put => ({
  dim,
  index,
  failure,
  shape,
  number,
  writing
})

const gradientOfSrc = (g: Tensor, [index]: Saved, { dim, shape }: Put): Tensor =>
  spreadFirst(gatherAt(lined(g), dim, lineOf(index!)), shape!)

const writeSrc = (self: Tensor, [src]: readonly Tensor[], put: Put): void => write(put.writing, self, put, src)
const writeNumber = (self: Tensor, _: unknown, put: Put): void =>
  write(put.writing, self, put, filled([], put.number, self.code))

const noDerivative = 'derivative for aten::scatter is not implemented'
const forms = {
  src: formOf<Put>(
    rule('ScatterBackward0', (g, [index], { dim }) => withoutChosen(g, dim, index!), gradientOfSrc),
    writeSrc,
    saveIndex
  ),
  number: formOf<Put>(
    rule('ScatterBackward1', (g, [index], { dim }) => withoutChosen(g, dim, index!)),
    writeNumber,
    saveIndex
  ),
  reducedSrc: formOf<Put>(undifferentiable('NotImplemented', noDerivative) as never, writeSrc),
  reducedNumber: formOf<Put>(undifferentiable('NotImplemented', noDerivative) as never, writeNumber)
}

function writingOf(reduce: string | null): Writing {
  if (reduce === null) return 'put'
  if (reduce === 'add' || reduce === 'multiply') return reduce
  throw new RangeError(`reduce argument must be either add or multiply; got '${reduce}'`)
}

function putSrc(self: Tensor, dim: number, index: Tensor, src: Tensor, reduce: string | null): Tensor {
  const writing = writingOf(reduce)
  const places = placesOf(self, dim, index, src)
  checkApart(self, index, src)
  const form = reduce === null ? forms.src : forms.reducedSrc
  return recordInPlace(form, self, [src], putAt(places, src.sizes, 0, writing))
}

function putNumber(
  self: Tensor,
  dim: number,
  index: Tensor,
  value: number | bigint | boolean,
  reduce: string | null
): Tensor {
  const writing = writingOf(reduce)
  const places = placesOf(self, dim, index, null)
  checkApart(self, index, null)
  const form = reduce === null ? forms.number : forms.reducedNumber
  const number = elementOf(Number(value), self.code)
  return recordInPlace(form, self, [], putAt(places, null, number, writing))
}

/**
 * `output[index[i][j]][j] = src[i][j]` for dim 0, and so on, in a copy; the last of equal indices stays. `src` may be a
 * number; `reduce` 'add' or 'multiply' has no derivative.
 */
export const scatter = overload(
  ['torch', 'Tensor'],
  way(
    'scatter(input: Tensor, dim: int, index: Tensor, src: Tensor, *, reduce: str? = null)',
    (input, dim, index, src, reduce) => putSrc(denseClone(input), dim, index, src, reduce)
  ),
  way(
    'scatter(input: Tensor, dim: int, index: Tensor, value: scalar, *, reduce: str? = null)',
    (input, dim, index, value, reduce) => putNumber(denseClone(input), dim, index, value, reduce)
  )
)

/** `input[index[i][j]][j] = src[i][j]` for dim 0, and so on, in place. */
export const scatter_ = overload(
  ['Tensor'],
  way('scatter_(input: Tensor, dim: int, index: Tensor, src: Tensor, *, reduce: str? = null)', putSrc),
  way('scatter_(input: Tensor, dim: int, index: Tensor, value: scalar, *, reduce: str? = null)', putNumber)
)

// ---- sums ----

const addForm = formOf<Put>(
  rule('ScatterAddBackward0', (g) => g, gradientOfSrc),
  writeSrc,
  saveIndexOfValues
)

function addInto(self: Tensor, dim: number, index: Tensor, src: Tensor): Tensor {
  const places = placesOf(self, dim, index, src)
  checkApart(self, index, src)
  return recordInPlace(addForm, self, [src], putAt(places, src.sizes, 0, 'add'))
}

/** `output[index[i][j]][j] += src[i][j]` for dim 0, and so on, in a copy; duplicates add in the order of the index. */
export const scatterAdd = declare(
  'scatterAdd(input: Tensor, dim: int, index: Tensor, src: Tensor)',
  (input, dim, index, src) => addInto(denseClone(input), dim, index, src)
)

/** `input[index[i][j]][j] += src[i][j]` for dim 0, and so on, in place; duplicates add in the order of the index. */
export const scatterAdd_ = declare('scatterAdd_(input: Tensor, dim: int, index: Tensor, src: Tensor)', addInto)

// ---- reductions ----

const reductions = ['sum', 'prod', 'mean', 'amax', 'amin']
const scatterReduceRule = reduceRule('ScatterReduceBackward0')
const scatterReduceForm = reduceForm(scatterReduceRule)
const KERNEL = 'scatter_gather_tensor_cpu_reduce_mean'

function callOf(
  self: Tensor,
  dim: number,
  index: Tensor,
  src: Tensor,
  reduce: string,
  includeSelf: boolean
): ReduceCall {
  if (!reductions.includes(reduce)) {
    throw new RangeError(`reduce argument must be either sum, prod, mean, amax or amin, got ${reduce}`)
  }
  const places = placesOf(self, dim, index, src)
  const reduction = reduce as Reduction
  return { places, dim: places.dim, reduction, includesSelf: includeSelf, kernelName: KERNEL }
}

/**
 * The sum, product, mean, largest or smallest of the values that meet at an element, and of the element itself unless
 * `includeSelf` is false; in a copy.
 */
export const scatterReduce = declare(
  'scatterReduce(input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, includeSelf: bool = true)',
  (input, dim, index, src, reduce, includeSelf): Tensor => {
    const call = callOf(input, dim, index, src, reduce, includeSelf)
    return reducedCopy(scatterReduceRule, input, src, call)
  }
)

/** The same in place. */
export const scatterReduce_ = declare(
  'scatterReduce_(input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, includeSelf: bool = true)',
  (input, dim, index, src, reduce, includeSelf): Tensor => {
    const call = callOf(input, dim, index, src, reduce, includeSelf)
    checkApart(input, index, src)
    return recordInPlace(scatterReduceForm, input, [src], call)
  }
)
