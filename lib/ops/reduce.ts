// Reductions: each a kernel row, PyTorch's dim and keepdim rules, and its derivative.

import { BOOL, type DType, INT64, dtypeCode, isFloating } from '../dtype'
import { type Kernel, callKernel, kernel, linesOf } from '../kernel'
import { checkFlags, checkOptions } from '../kinds'
import { reducedShape, wrapDim, wrapDims } from '../shape'
import { Tensor } from '../tensor'
import { type Reduced, expandTo, restoreDims, spread, sumOver } from './core/broadcast'
import { cast, contiguous } from './core/copy'
import { rowNumbers } from './core/row-numbers'
import { record, rule } from './define/operation'
import { reduceDims, reduceKernel, reducedCount, sumCode } from './define/reduce'
import { checkTensor, emptyResult, torchTypeName } from './define/result'
import { div, eq, where } from './elementwise'
import { reshape } from './movement'
import { type AlongDim, type IndexedValues, indexedValues, keepDim, toIndices } from './indexed-values'

export type Dims = number | readonly number[] | null

/** Options of a reduction. */
export interface ReduceOptions {
  /** Keeps reduced dims with size 1. */
  readonly keepdim?: boolean
  /** Dtype to cast to first. */
  readonly dtype?: DType
}

/** A reduction's dims, by themselves or among its options. */
export type DimsOrOptions = Dims | (ReduceOptions & { readonly dim?: Dims })

const noOptions: ReduceOptions = {}

/** The dims and options of a call: `sum(x, 1, { keepdim })` and `sum(x, { dim: 1, keepdim })` are the same. */
function reduceArguments(
  op: string,
  dim: DimsOrOptions | undefined,
  options: ReduceOptions | undefined
): readonly [dim: Dims, options: ReduceOptions] {
  const isNamed = typeof dim === 'object' && dim !== null && !Array.isArray(dim)
  if (isNamed) {
    checkOptions(op, dim, ['dim', 'keepdim', 'dtype'])
    if (options !== undefined) throw new TypeError(`${op}() takes its options once, behind the dim or with it`)
  } else if (options === undefined) return [(dim as Dims | undefined) ?? null, noOptions]
  else checkOptions(op, options, ['keepdim', 'dtype'])
  const named = isNamed ? (dim as ReduceOptions & { readonly dim?: Dims }) : options!
  checkFlags(op, { keepdim: named.keepdim })
  return [(isNamed ? (dim as { readonly dim?: Dims }).dim : (dim as Dims | undefined)) ?? null, named]
}

/** One dim, or null for all. */
function oneDim(dims: Dims, op: string): number | null {
  if (dims === null || !Array.isArray(dims)) return dims as number | null
  throw new TypeError(`${op}: dim must be a number, got [${dims.join(', ')}]`)
}

/** A single dim among the options. */
export interface DimOptions extends ReduceOptions {
  readonly dim: number
}

// ---- sum and mean ----

/** Sum over all elements or over dims; integers and bool sum to int64. */
export function sum(self: Tensor, dims?: DimsOrOptions, options?: ReduceOptions): Tensor {
  checkTensor(self, 'sum', 'self')
  const [dim, { keepdim = false, dtype }] = reduceArguments('sum', dims, options)
  const code = dtype === undefined ? sumCode(self.code) : dtypeCode(dtype)
  return sumOver(self, wrapDims(dim, self.sizes.length), keepdim, code, dim === null)
}

const meanRules = ['MeanBackward0', 'MeanBackward1'].map((name) =>
  rule<Reduced>(name, (g, _, reduced) => spread(div(g, reducedCount(reduced.shape, reduced.dims)), reduced))
)
const meanRow = reduceKernel('mean')

/** Mean over all elements or over dims; floating dtypes only. */
export function mean(self: Tensor, dimOrOptions?: DimsOrOptions, options?: ReduceOptions): Tensor {
  checkTensor(self, 'mean', 'self')
  const [dim, { keepdim = false, dtype }] = reduceArguments('mean', dimOrOptions, options)
  const code = dtype === undefined ? self.code : dtypeCode(dtype)
  if (!isFloating(code)) {
    throw new TypeError(
      'mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. ' +
        `Got: ${torchTypeName(code)}`
    )
  }
  const dims = wrapDims(dim, self.sizes.length)
  const result = reduceDims(meanRow, self, dims, keepdim, code)
  return record(result, meanRules[dim === null ? 0 : 1], [self], { shape: self.sizes, dims, code: self.code })
}

// ---- product ----

const prodRule = rule<Reduced>('ProdBackward0', (g, [self], reduced) => {
  // Exact beside zeros: the product of the others, from both sides, without division.
  const flat = reshape(self!, -1)
  return reshape(productOfOthers(flat).mul(g), reduced.shape)
})

function productOfOthers(x: Tensor): Tensor {
  const n = x.sizes[0]
  const others = expandTo(reshape(x, [1, n]), [n, n])
  const one = where(identityMask(n), 1, others)
  return prodRows(one)
}

const identityMask = (n: number): Tensor => {
  const index = rowNumbers(n)
  return eq(reshape(index, [n, 1]), reshape(index, [1, n]))
}

const prodRow = reduceKernel('prod')
const prodRowsRule = rule<null>('ProdBackward1', (g, [self]) => {
  const [rows, n] = self!.sizes
  const others = where(reshape(identityMask(n), [1, n, n]), 1, expandTo(reshape(self!, [rows, 1, n]), [rows, n, n]))
  return prodLast(others).mul(reshape(g, [rows, 1]))
})

function prodRows(self: Tensor): Tensor {
  return record(reduceDims(prodRow, self, [1], false, sumCode(self.code)), prodRowsRule, [self], null, () => [self])
}

function prodLast(self: Tensor): Tensor {
  const [a, b, n] = self.sizes
  return reshape(prodRows(reshape(self, [a * b, n])), [a, b])
}

/** Product of all elements, or of a dim; integers and bool give int64. */
export function prod(self: Tensor, dimOrOptions?: DimsOrOptions, options?: ReduceOptions): Tensor {
  checkTensor(self, 'prod', 'self')
  const [dims, { keepdim = false, dtype }] = reduceArguments('prod', dimOrOptions, options)
  const input = dtype === undefined ? self : cast(self, dtypeCode(dtype))
  return prodOver(input, oneDim(dims, 'prod'), keepdim)
}

function prodOver(self: Tensor, dim: number | null, keepdim: boolean): Tensor {
  if (dim === null) {
    const result = reduceDims(prodRow, self, wrapDims(null, self.sizes.length), false, sumCode(self.code))
    return record(result, prodRule, [self], { shape: self.sizes, dims: [], code: self.code }, () => [self])
  }
  const d = wrapDim(dim, self.sizes.length)
  const last = self.sizes.length === 0 ? reshape(self, [1]) : self.transpose(d, -1)
  const rows = prodRows(reshape(contiguous(last), [-1, last.sizes[last.sizes.length - 1]]))
  const kept = reshape(rows, [...last.sizes.slice(0, -1), 1])
  const back = self.sizes.length === 0 ? reshape(kept, []) : kept.transpose(d, -1)
  return keepdim ? back : reshape(back, reducedShape(self.sizes, [d], false))
}

// ---- largest and smallest ----

/** Gradient shared by all elements equal to the extreme; with NaN as the extreme, PyTorch's amax gives NaN. */
const shareTies = (g: Tensor, [self, output]: readonly (Tensor | null)[], reduced: Reduced): Tensor => {
  const extreme = restoreDims(output!, reduced)
  const mask = cast(eq(self!, extreme), self!.code)
  const ties = sum(mask, reduced.dims, { keepdim: true })
  return mask.mul(restoreDims(g, reduced)).div(ties)
}

/** Where one of all elements is the result, those equal to it share; NaNs share when it is NaN. */
export const shareAll = (g: Tensor, [self, output]: readonly (Tensor | null)[], reduced: Reduced): Tensor => {
  const nan = self!.isnan().logicalAnd(output!.isnan())
  const mask = cast(eq(self!, output!).logicalOr(nan), self!.code)
  return mask.mul(restoreDims(g, reduced).div(sum(mask)))
}

const amaxRow = reduceKernel('amax')
const aminRow = reduceKernel('amin')
const amaxRule = rule<Reduced>('AmaxBackward0', shareTies)
const aminRule = rule<Reduced>('AminBackward0', shareTies)
const maxRule = rule<Reduced>('MaxBackward1', shareAll)
const minRule = rule<Reduced>('MinBackward1', shareAll)

function extreme(
  self: Tensor,
  dim: Dims,
  keepdim: boolean,
  row: number,
  nodeRule: typeof amaxRule,
  name: string
): Tensor {
  checkTensor(self, name, 'self')
  const dims = wrapDims(dim, self.sizes.length)
  for (const d of dims) {
    if (self.sizes[d] !== 0) continue
    throw new RangeError(
      dim === null
        ? `${name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`
        : `${name}(): Expected reduction dim ${d} to have non-zero size.`
    )
  }
  const result = reduceDims(row, self, dims, keepdim, self.code)
  return record(result, nodeRule, [self], { shape: self.sizes, dims, code: self.code }, () => [self, result])
}

/** Largest value over dims; equal values share the gradient. */
export function amax(self: Tensor, dimOrOptions?: DimsOrOptions, options?: ReduceOptions): Tensor {
  const [dim, { keepdim = false }] = reduceArguments('amax', dimOrOptions, options)
  return extreme(self, dim, keepdim, amaxRow, amaxRule, 'amax')
}

/** Smallest value over dims; equal values share the gradient. */
export function amin(self: Tensor, dimOrOptions?: DimsOrOptions, options?: ReduceOptions): Tensor {
  const [dim, { keepdim = false }] = reduceArguments('amin', dimOrOptions, options)
  return extreme(self, dim, keepdim, aminRow, aminRule, 'amin')
}

const maxDimRule = rule<AlongDim>('MaxBackward0', toIndices)
const minDimRule = rule<AlongDim>('MinBackward0', toIndices)

/** Values and their first indices along a dim. */
export type Extremes = IndexedValues

function extremesOf(self: Tensor, dim: number, keepdim: boolean, name: 'max' | 'min'): Extremes {
  const rank = self.sizes.length
  const d = wrapDim(dim, rank)
  const indices = argReduce(self, d, keepdim, name === 'max' ? argmaxRow : argminRow, name)
  const values = reduceDims(name === 'max' ? amaxRow : aminRow, self, rank === 0 ? [] : [d], keepdim, self.code)
  const nodeRule = name === 'max' ? maxDimRule : minDimRule
  record(values, nodeRule, [self], { dim: d, keepdim, shape: self.sizes }, () => [indices])
  return indexedValues(values, indices)
}

/** Largest of all elements; with a dim its values and first indices; with a tensor the elementwise maximum. */
export interface Extreme {
  (self: Tensor, other?: Tensor): Tensor
  (self: Tensor, dim: number | DimOptions, options?: ReduceOptions): Extremes
}

function extremeOp(name: 'max' | 'min', row: number, nodeRule: typeof maxRule): Extreme {
  return ((self: Tensor, dimOrOther?: DimsOrOptions | Tensor, options?: ReduceOptions) => {
    checkTensor(self, name, 'self')
    if (dimOrOther instanceof Tensor) return name === 'max' ? self.maximum(dimOrOther) : self.minimum(dimOrOther)
    const [dims, { keepdim = false }] = reduceArguments(name, dimOrOther, options)
    const dim = oneDim(dims, name)
    if (dim === null) return extreme(self, null, false, row, nodeRule, name)
    return extremesOf(self, dim, keepdim, name)
  }) as Extreme
}

/** Largest of all elements, values and first indices along a dim, or the elementwise maximum with a tensor. */
export const max = extremeOp('max', amaxRow, maxRule)
/** Smallest of all elements, values and first indices along a dim, or the elementwise minimum with a tensor. */
export const min = extremeOp('min', aminRow, minRule)

const argmaxRow = kernel('argmax')
const argminRow = kernel('argmin')

function argReduce(self: Tensor, dim: number, keepdim: boolean, row: Kernel, name: string): Tensor {
  const rank = self.sizes.length
  if (rank > 0 && self.sizes[dim] === 0) {
    throw new RangeError(`${name}(): Expected reduction dim ${dim} to have non-zero size.`)
  }
  const lines = linesOf(self, dim)
  const result = emptyResult(lines.sizes.slice(0, -1), INT64)
  callKernel(row, [result], [lines])
  return keepDim(result, self.sizes, dim, keepdim)
}

function argOp(name: 'argmax' | 'argmin', row: Kernel) {
  return (self: Tensor, dimOrOptions?: DimsOrOptions, options?: ReduceOptions): Tensor => {
    checkTensor(self, name, 'self')
    if (self.code === BOOL) throw new TypeError(`${name}(): does not support bool input`)
    const [dims, { keepdim = false }] = reduceArguments(name, dimOrOptions, options)
    const dim = oneDim(dims, name)
    if (dim !== null) return argReduce(self, wrapDim(dim, self.sizes.length), keepdim, row, name)
    if (self.numelCached === 0) {
      throw new RangeError(`${name}(): Expected reduction dim to be specified for input.numel() == 0.`)
    }
    const flat = reshape(contiguous(self.detach()), [-1])
    const result = argReduce(flat, 0, false, row, name)
    return keepdim
      ? reshape(
          result,
          self.sizes.map(() => 1)
        )
      : result
  }
}

/** Index of the first largest element, of all (counted row-major) or along a dim. */
export const argmax = argOp('argmax', argmaxRow)
/** Index of the first smallest element, of all (counted row-major) or along a dim. */
export const argmin = argOp('argmin', argminRow)

// ---- any and all ----

const anyRow = reduceKernel('any')
const allRow = reduceKernel('all')

function logical(row: number, name: string) {
  return (self: Tensor, dimOrOptions?: DimsOrOptions, options?: ReduceOptions): Tensor => {
    checkTensor(self, name, 'self')
    const [dim, { keepdim = false }] = reduceArguments(name, dimOrOptions, options)
    const result = reduceDims(row, self, wrapDims(dim, self.sizes.length), keepdim, BOOL)
    return self.dtype === 'uint8' ? cast(result, self.code) : result
  }
}

/** True where any element is nonzero. */
export const any = logical(anyRow, 'any')
/** True where all elements are nonzero. */
export const all = logical(allRow, 'all')
