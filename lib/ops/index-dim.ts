// Slices of a dim, chosen by number: added to, copied over, filled or reduced into. Duplicates meet in the order of the
// index.

import { declare, overload, way } from '../declare'
import { BOOL, INT32, INT64, elementOf } from '../dtype'
import { type Shape, shapeText, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { aliasTensor } from '../tensor/geometry'
import { type Writing, gatherAt, writeAlong } from './core/along'
import { clone, denseClone } from './core/copy'
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
import { reshapeTo } from './core/reshape'
import { rejection } from './define/checks'
import { type Saved, rule } from './define/operation'
import { checkNoOverlap, notImplemented, torchTypeName } from './define/result'
import { formOf, recordInPlace } from './define/write'
import { mul } from './elementwise'

// ---- where ----

/** The index as it stands along `dim`, repeated over all other dims of `shape`. */
function alongDim(index: Tensor, dim: number, shape: Shape): Tensor {
  const step = index.sizes.length === 0 ? 0 : index.steps[0]
  return aliasTensor(
    index,
    shape,
    shape.map((_, d) => (d === dim ? step : 0)),
    0
  )
}

/** Slices that a vector of numbers chooses; `shape` is that of what comes to them. */
function slicesOf(
  self: Tensor,
  dim: number,
  index: Tensor,
  shape: Shape,
  text: (value: number | bigint, size: number) => string,
  countsFromEnd = false
): Places {
  const indices = index.to('int64')
  const size = lineOf(self).sizes[dim]
  const failure = rejection(
    [indices],
    (value) => value < (countsFromEnd ? -size : 0) || value >= size,
    (value) => text(value, size)
  )
  return { dim, index: alongDim(indices, dim, shape.length === 0 ? [1] : shape), failure }
}

const sizesBut = (shape: Shape, dim: number): Shape => shape.filter((_, d) => d !== dim)

const lastSize = (shape: Shape, dim: number): number => (shape.length === 0 ? 1 : shape[dim])

interface Put extends Places {
  /** Of what is put; null where that is one number. */
  readonly shape: Shape | null
  readonly factor: number
}

// Written out, as in scatter.ts.
const putAt = ({ dim, index, failure }: Places, shape: Shape, factor: number): Put => ({
  dim,
  index,
  failure,
  shape,
  factor
})

const taken = (g: Tensor, [index]: Saved, { dim, shape }: Put): Tensor =>
  spreadFirst(gatherAt(lined(g), dim, index!), shape!)

function write(writing: Writing, self: Tensor, { dim, index, failure }: Places, values: Tensor): void {
  if (index.numelCached === 0) return
  writeAlong(writing, lineOf(self), dim, apartFrom(self, index), apartFrom(self, values), failure)
}

// ---- sums and reductions ----

/** Throws where a source does not fit; PyTorch's sentences for indexAdd and indexReduce. */
function checkSource(op: string, self: Tensor, dim: number, index: Tensor, source: Tensor): number {
  if (index.sizes.length > 1) {
    throw new RangeError(
      `${op}(): Index is supposed to be a vector, but got dim: ${index.sizes.length} with type: ` +
        `${torchTypeName(index.code)} and size: ${shapeText(index.sizes)}`
    )
  }
  if (index.code !== INT64 && index.code !== INT32) {
    throw new TypeError(`${op}(): Expected dtype int32/int64 for index but got: ${torchTypeName(index.code)}`)
  }
  if (self.code !== source.code) {
    throw new TypeError(
      `${op}(): self (${torchTypeName(self.code)}) and source (${torchTypeName(source.code)}) must have the same scalar type`
    )
  }
  const d = wrapDim(dim, self.sizes.length)
  if (source.sizes.length === 0 && index.numelCached !== 1) {
    throw new RangeError(`${op}(): When source is scalar, index should have one element (got ${index.numelCached})`)
  }
  const size = lastSize(source.sizes, d)
  if (size !== undefined && index.numelCached !== size) {
    throw new RangeError(
      `${op}(): Number of indices (${index.numelCached}) should be equal to source.size(dim): (${size}), for dim: ${d}`
    )
  }
  if (
    source.sizes.length !== self.sizes.length ||
    shapeText(sizesBut(source.sizes, d)) !== shapeText(sizesBut(self.sizes, d))
  ) {
    throw new RangeError(
      'source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = ' +
        `${shapeText(self.sizes)} source.shape = ${shapeText(source.sizes)}`
    )
  }
  return d
}

const outOfRange = (dim: number) => (value: number | bigint, size: number) =>
  `index ${value} is out of bounds for dimension ${dim} with size ${size}`

const scaled = (source: Tensor, factor: number): Tensor => (factor === 1 ? source : mul(source, factor))

const addForm = formOf<Put>(
  rule(
    'IndexAddBackward0',
    (g) => g,
    (g, saved, put) => scaled(taken(g, saved, put), put.factor)
  ),
  (self, [source], put) => {
    write('add', self, put, scaled(source.detach(), put.factor))
  },
  saveIndexOfValues
)

function addSlices(self: Tensor, dim: number, index: Tensor, source: Tensor, alpha: number | bigint | boolean): Tensor {
  const d = checkSource('indexAdd_', self, dim, index, source)
  checkNoOverlap(self, index)
  checkNoOverlap(self, source)
  const factor = elementOf(Number(alpha), self.code === BOOL ? INT64 : self.code)
  const places = slicesOf(self, d, index, source.sizes, outOfRange(d))
  return recordInPlace(addForm, self, [source], putAt(places, source.sizes, factor))
}

/** Adds `alpha` times the slices of `source` to those of a copy that `index` numbers; duplicates add in its order. */
export const indexAdd = declare(
  'indexAdd(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: scalar = 1)',
  (input, dim, index, source, alpha) => addSlices(denseClone(input), dim, index, source, alpha)
)

/** The same in place. */
export const indexAdd_ = declare(
  'indexAdd_(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: scalar = 1)',
  addSlices
)

const reductions = ['prod', 'mean', 'amax', 'amin']
const indexReduceRule = reduceRule('IndexReduceBackward0')
const indexReduceForm = reduceForm(indexReduceRule)
const KERNEL = 'index_func_'

function reduceCallOf(
  self: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: string,
  includeSelf: boolean
): ReduceCall {
  if (!reductions.includes(reduce)) {
    throw new RangeError(`indexReduce(): Expected reduce to be one of prod, mean, amax or amin but got ${reduce}.`)
  }
  const d = checkSource('indexReduce_', self, dim, index, source)
  if (self.code === BOOL) throw notImplemented(KERNEL, BOOL)
  const places = slicesOf(self, d, index, source.sizes, outOfRange(d))
  return { places, dim: d, reduction: reduce as Reduction, includesSelf: includeSelf, kernelName: KERNEL }
}

/**
 * The product, mean, largest or smallest of the slices of `source` that meet at one, and of the slice that is there
 * unless `includeSelf` is false; in a copy.
 */
export const indexReduce = declare(
  'indexReduce(input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, includeSelf: bool = true)',
  (input, dim, index, source, reduce, includeSelf): Tensor => {
    const call = reduceCallOf(input, dim, index, source, reduce, includeSelf)
    return reducedCopy(indexReduceRule, input, source, call)
  }
)

/** The same in place. */
export const indexReduce_ = declare(
  'indexReduce_(input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, includeSelf: bool = true)',
  (input, dim, index, source, reduce, includeSelf): Tensor => {
    const call = reduceCallOf(input, dim, index, source, reduce, includeSelf)
    checkNoOverlap(input, index)
    checkNoOverlap(input, source)
    return recordInPlace(indexReduceForm, input, [source], call)
  }
)

// ---- copies ----

const copyForm = formOf<Put>(
  rule('IndexCopyBackward0', (g, [index], { dim }) => reshapeTo(withoutChosen(lined(g), dim, index!), g.sizes), taken),
  (self, [source], put) => {
    write('put', self, put, source)
  },
  saveIndex
)

function checkCopied(self: Tensor, dim: number, index: Tensor, source: Tensor): number {
  const d = wrapDim(dim, self.sizes.length)
  const [rank, other] = [self.sizes.length, source.sizes.length]
  if (index.sizes.length > 1) {
    throw new RangeError(`indexCopy_(): Index should have dimension 1 or 0 (got ${index.sizes.length})`)
  }
  const count = index.numelCached
  if (other === 0 && count !== 1) {
    throw new RangeError(`indexCopy_(): When source is scalar, index should have one element (got ${count})`)
  }
  if (other !== rank && other !== 0 && rank !== 0) {
    throw new RangeError(
      'indexCopy_(): When source and destination are not scalars, their dimensionality must match. Source ' +
        `dimensionality (${other}), destination dimensionality (${rank})`
    )
  }
  if (index.code !== INT64) {
    throw new TypeError(`indexCopy_(): Expected a long tensor for index, but got ${torchTypeName(index.code)}`)
  }
  if (self.code !== source.code) {
    throw new TypeError(
      'indexCopy_(): self and source expected to have the same dtype, but got (self) ' +
        `${torchTypeName(self.code)} and (source) ${torchTypeName(source.code)}`
    )
  }
  const [kept, given] = [sizesBut(self.sizes, d), sizesBut(source.sizes, d)].map(shapeText)
  if (kept !== given) {
    throw new RangeError(
      `indexCopy_(): Source/destination tensor must have same slice shapes. Destination slice shape: ` +
        `${sizesBut(self.sizes, d).join(' ')} at dimension ${d} and source slice shape: ` +
        `${sizesBut(source.sizes, d).join(' ')} at dimension 0.`
    )
  }
  if (other > 0 && count !== source.sizes[d]) {
    throw new RangeError(
      `indexCopy_(): Number of indices (${count}) should be equal to source.size(dim) (${source.sizes[d]})`
    )
  }
  return d
}

function copySlices(self: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  const d = checkCopied(self, dim, index, source)
  checkNoOverlap(self, index)
  checkNoOverlap(self, source)
  const text = (value: number | bigint, size: number): string => `indexCopy_(): ${outOfRange(d)(value, size)}`
  const places = slicesOf(self, d, index, source.sizes, text)
  return recordInPlace(copyForm, self, [source], putAt(places, source.sizes, 1))
}

/** Puts the slices of `source` in place of those of a copy that `index` numbers; the last of equal numbers stays. */
export const indexCopy = declare(
  'indexCopy(input: Tensor, dim: int, index: Tensor, source: Tensor)',
  (input, dim, index, source) => copySlices(denseClone(input), dim, index, source)
)

/** The same in place. */
export const indexCopy_ = declare('indexCopy_(input: Tensor, dim: int, index: Tensor, source: Tensor)', copySlices)

// ---- fills ----

interface Fill extends Places {
  readonly number: number
}

const fillAt = ({ dim, index, failure }: Places, number: number): Fill => ({ dim, index, failure, number })

const unfilled = (g: Tensor, _: unknown, { dim, index }: Fill): Tensor =>
  reshapeTo(withoutChosen(lined(g), dim, index), g.sizes)

const fillForm = formOf<Fill>(rule('IndexFillBackward0', unfilled), (self, _, fill) => {
  write('put', self, fill, filled([], fill.number, self.code))
})
// What is filled twice counts once.
const fillTensorForm = formOf<Fill>(
  rule('IndexFillBackward1', unfilled, (g, _, { dim, index }) => {
    const isFilled = filled(lineOf(g).sizes, 0, BOOL)
    writeAlong('put', isFilled, dim, index, filled([], 1, BOOL))
    return lined(g).where(isFilled, 0).sum()
  }),
  (self, [value], fill) => {
    write('put', self, fill, value.detach().to(self.dtype))
  }
)

/** An index without negative numbers, which count from the end. */
function fromStart(index: Tensor, size: number): Tensor {
  return index.add(size).where(index.lt(0), index)
}

function fillPlaces(self: Tensor, dim: number, index: Tensor): Places {
  if (index.code !== INT64) throw new TypeError(`indexFill_(): Expected dtype int64 for index; it is ${index.dtype}`)
  const d = wrapDim(dim, self.sizes.length)
  if (index.sizes.length > 1) {
    throw new RangeError(`Index has to be a vector/scalar; its shape is ${shapeText(index.sizes)}`)
  }
  checkNoOverlap(self, index)
  const line = lineOf(self).sizes
  const shape = line.map((size, i) => (i === d ? index.numelCached : size))
  const { failure } = slicesOf(self, d, index, shape, outOfRange(d), true)
  return { dim: d, index: alongDim(fromStart(index, line[d]), d, shape), failure }
}

function fillSlices(self: Tensor, dim: number, index: Tensor, value: number | bigint | boolean): Tensor {
  const places = fillPlaces(self, dim, index)
  return recordInPlace(fillForm, self, [], fillAt(places, elementOf(Number(value), self.code)))
}

function fillWith(self: Tensor, dim: number, index: Tensor, value: Tensor): Tensor {
  if (value.sizes.length > 0) {
    throw new RangeError(
      'indexFill_ only supports a 0-dimensional value tensor, but got tensor with ' +
        `${value.sizes.length} dimension(s).`
    )
  }
  return recordInPlace(fillTensorForm, self, [value], fillAt(fillPlaces(self, dim, index), 0))
}

/** Sets the slices of a copy that `index` numbers, which may be negative, to a number or a tensor without dims. */
export const indexFill = overload(
  ['torch', 'Tensor'],
  way('indexFill(input: Tensor, dim: int, index: Tensor, value: Tensor)', (input, dim, index, value) =>
    fillWith(clone(input), dim, index, value)
  ),
  way('indexFill(input: Tensor, dim: int, index: Tensor, value: scalar)', (input, dim, index, value) =>
    fillSlices(clone(input), dim, index, value)
  )
)

/** The same in place. */
export const indexFill_ = overload(
  ['Tensor'],
  way('indexFill_(input: Tensor, dim: int, index: Tensor, value: Tensor)', fillWith),
  way('indexFill_(input: Tensor, dim: int, index: Tensor, value: scalar)', fillSlices)
)
