// Reductions: each a kernel row, PyTorch's dim and keepdim rules, and its derivative.

import { BOOL, type DType, INT64, UINT8, dtypeCode, isFloating } from '../dtype'
import { type Kernel, callKernel, kernel, linesOf } from '../kernel'
import { keptShape, wrapDim, wrapDims } from '../shape'
import { declare, overload, way } from '../declare'
import type { Tensor } from '../tensor'
import { type Reduced, expandTo, spread, sumOver } from './core/broadcast'
import { cast, contiguous } from './core/copy'
import { rowNumbers } from './core/row-numbers'
import { computed } from './define/convert'
import { record, rule } from './define/operation'
import { reduceDims, reduceKernel, reducedCount, sumCode } from './define/reduce'
import { emptyResult, torchTypeName } from './define/result'
import { div, eq, mul, ne, where } from './elementwise'
import { reshape, transpose } from './movement'
import { shareAll, shareTies } from './core/ties'
import { type IndexedValues, choiceRule, keepDim, recordChoice } from './core/indexed-values'

type Dims = number | readonly number[] | null

// ---- sum and mean ----

/** Sum over all elements or over dims; integers and bool sum to int64. */
export const sum = declare(
  'sum(input: Tensor, dim: int|int[]|null = null, keepdim: bool = false, *, dtype: dtype? = null)',
  (input, dim, keepdim, dtype) => {
    const code = dtype === null ? sumCode(input.code) : dtypeCode(dtype)
    // A sum of booleans is true where one of them is; of bytes it wraps.
    if (code === BOOL) return logical(cast(input, BOOL), dim, keepdim, anyRow)
    const dims = wrapDims(dim, input.sizes.length)
    if (code === UINT8) return cast(sumOver(cast(input, UINT8), dims, keepdim, INT64, dim === null), UINT8)
    return sumOver(input, dims, keepdim, code, dim === null)
  }
)

const meanRules = ['MeanBackward0', 'MeanBackward1'].map((name) =>
  rule<Reduced>(name, (g, _, reduced) =>
    spread(div(g, Math.max(reducedCount(reduced.shape, reduced.dims), 1)), reduced)
  )
)
const meanRow = reduceKernel('mean')

function meanOver(self: Tensor, dim: Dims, keepdim: boolean, dtype: DType | null): Tensor {
  const code = dtype === null ? self.code : dtypeCode(dtype)
  if (!isFloating(code)) {
    throw new TypeError(
      'mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. ' +
        `Got: ${torchTypeName(code)}; ${dtype === null ? 'add .float()' : 'name a floating dtype'}`
    )
  }
  const dims = wrapDims(dim, self.sizes.length)
  const result = reduceDims(meanRow, self, dims, keepdim, code)
  return record({
    outputs: result,
    rule: meanRules[dim === null ? 0 : 1],
    inputs: [self],
    parameters: { shape: self.sizes, dims, code: self.code }
  })
}

/** Mean over all elements or over dims; floating dtypes only. */
export const mean = declare(
  'mean(input: Tensor, dim: int|int[]|null = null, keepdim: bool = false, *, dtype: dtype? = null)',
  meanOver
)

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
const prodRowsRule = rule<null>('ProdBackward1', (g, [self]) =>
  mul(othersInRows(self!), reshape(g, [self!.sizes[0], 1]))
)

/** For each element of a matrix the product of the others in its row. */
function othersInRows(x: Tensor): Tensor {
  const [rows, n] = x.sizes
  return prodLast(where(reshape(identityMask(n), [1, n, n]), 1, expandTo(reshape(x, [rows, 1, n]), [rows, n, n])))
}

function prodRows(self: Tensor): Tensor {
  return record({
    outputs: reduceDims(prodRow, self, [1], false, sumCode(self.code)),
    rule: prodRowsRule,
    inputs: [self],
    parameters: null,
    save: [self]
  })
}

function prodLast(self: Tensor): Tensor {
  const [a, b, n] = self.sizes
  return reshape(prodRows(reshape(self, [a * b, n])), [a, b])
}

/** Rows along the dim, each element's gradient the product of the others in its row. */
const prodDimRule = rule<Reduced>('ProdBackward1', (g, [self], { shape, dims: [d] }) => {
  if (self!.numelCached === 0) return mul(self!, 0)
  if (shape.length === 0) return reshape(g, shape)
  const last = transpose(self!, d, -1)
  const n = shape[d]
  const rows = self!.numelCached / n
  const kept = transpose(reshape(g, keptShape(shape, 1 << d)), d, -1)
  const gradients = mul(othersInRows(reshape(last, [rows, n])), reshape(kept, [rows, 1]))
  return transpose(reshape(gradients, last.sizes), d, -1)
})

/** Product of all elements, or of a dim; integers and bool give int64. */
export const prod = declare(
  'prod(input: Tensor, dim: int? = null, keepdim: bool = false, *, dtype: dtype? = null)',
  (input, dim, keepdim, dtype) => {
    if (dtype === null) return prodOver(input, dim, keepdim)
    const code = dtypeCode(dtype)
    if (code === BOOL) return logical(cast(input, BOOL), dim, keepdim, allRow)
    return cast(prodOver(cast(input, code), dim, keepdim), code)
  }
)

function prodOver(self: Tensor, dim: number | null, keepdim: boolean): Tensor {
  if (dim === null) {
    const result = reduceDims(prodRow, self, wrapDims(null, self.sizes.length), false, sumCode(self.code))
    return record({
      outputs: result,
      rule: prodRule,
      inputs: [self],
      parameters: { shape: self.sizes, dims: [], code: self.code },
      save: [self]
    })
  }
  const d = wrapDim(dim, self.sizes.length)
  return record({
    outputs: reduceDims(prodRow, self, self.sizes.length === 0 ? [] : [d], keepdim, sumCode(self.code)),
    rule: prodDimRule,
    inputs: [self],
    parameters: { shape: self.sizes, dims: [d], code: self.code },
    save: [self]
  })
}

// ---- largest and smallest ----

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
  return record({
    outputs: result,
    rule: nodeRule,
    inputs: [self],
    parameters: { shape: self.sizes, dims, code: self.code },
    save: [self, result]
  })
}

/** Largest value over dims; equal values share the gradient. */
export const amax = declare(
  'amax(input: Tensor, dim: int|int[]|null = null, keepdim: bool = false)',
  (input, dim, keepdim) => extreme(input, dim, keepdim, amaxRow, amaxRule, 'amax')
)

/** Smallest value over dims; equal values share the gradient. */
export const amin = declare(
  'amin(input: Tensor, dim: int|int[]|null = null, keepdim: bool = false)',
  (input, dim, keepdim) => extreme(input, dim, keepdim, aminRow, aminRule, 'amin')
)

const maxDimRule = choiceRule('MaxBackward0')
const minDimRule = choiceRule('MinBackward0')

/** Values and their first indices along a dim. */
export type Extremes = IndexedValues

function extremesOf(self: Tensor, dim: number, keepdim: boolean, name: 'max' | 'min'): Extremes {
  const rank = self.sizes.length
  const d = wrapDim(dim, rank)
  const indices = argReduce(self, d, keepdim, name === 'max' ? argmaxRow : argminRow, name)
  const values = reduceDims(name === 'max' ? amaxRow : aminRow, self, rank === 0 ? [] : [d], keepdim, self.code)
  const nodeRule = name === 'max' ? maxDimRule : minDimRule
  return recordChoice(nodeRule, self, [values, indices], d, keepdim)
}

/** Largest of all elements, values and first indices along a dim, or the elementwise maximum with a tensor. */
export const max = overload(
  ['torch', 'Tensor'],
  way('max(input: Tensor)', (input) => extreme(input, null, false, amaxRow, maxRule, 'max')),
  way('max(input: Tensor, other: Tensor)', (input, other) => input.maximum(other)),
  way('max(input: Tensor, dim: int, keepdim: bool = false)', (input, dim, keepdim) =>
    extremesOf(input, dim, keepdim, 'max')
  )
)

/** Smallest of all elements, values and first indices along a dim, or the elementwise minimum with a tensor. */
export const min = overload(
  ['torch', 'Tensor'],
  way('min(input: Tensor)', (input) => extreme(input, null, false, aminRow, minRule, 'min')),
  way('min(input: Tensor, other: Tensor)', (input, other) => input.minimum(other)),
  way('min(input: Tensor, dim: int, keepdim: bool = false)', (input, dim, keepdim) =>
    extremesOf(input, dim, keepdim, 'min')
  )
)

const argmaxRow = kernel('argmax')
const argminRow = kernel('argmin')

function argReduce(self: Tensor, dim: number, keepdim: boolean, row: Kernel, name: string): Tensor {
  const rank = self.sizes.length
  if (rank > 0 && self.sizes[dim] === 0) {
    throw new RangeError(`${name}(): Expected reduction dim ${dim} to have non-zero size.`)
  }
  const lines = linesOf(computed(self), dim)
  const result = emptyResult(lines.sizes.slice(0, -1), INT64)
  callKernel(row, [result], [lines])
  return keepDim(result, self.sizes, dim, keepdim)
}

function argOf(self: Tensor, dim: number | null, keepdim: boolean, row: Kernel, name: string): Tensor {
  if (self.code === BOOL) throw new TypeError(`${name}(): does not support bool input`)
  if (dim !== null) return argReduce(self, wrapDim(dim, self.sizes.length), keepdim, row, name)
  if (self.numelCached === 0) {
    throw new RangeError(`${name}(): Expected reduction dim to be specified for input.numel() == 0.`)
  }
  const flat = reshape(contiguous(self.detach()), [-1])
  const result = argReduce(flat, 0, false, row, name)
  return keepdim ? reshape(result, new Array<number>(self.sizes.length).fill(1)) : result
}

/** Index of the first largest element, of all (counted row-major) or along a dim. */
export const argmax = declare('argmax(input: Tensor, dim: int? = null, keepdim: bool = false)', (input, dim, keepdim) =>
  argOf(input, dim, keepdim, argmaxRow, 'argmax')
)
/** Index of the first smallest element, of all (counted row-major) or along a dim. */
export const argmin = declare('argmin(input: Tensor, dim: int? = null, keepdim: bool = false)', (input, dim, keepdim) =>
  argOf(input, dim, keepdim, argminRow, 'argmin')
)

// ---- any and all ----

const anyRow = reduceKernel('any')
const allRow = reduceKernel('all')

function logical(self: Tensor, dim: Dims, keepdim: boolean, row: number): Tensor {
  const result = reduceDims(row, self, wrapDims(dim, self.sizes.length), keepdim, BOOL)
  return self.dtype === 'uint8' ? cast(result, self.code) : result
}

/** `logical` as `any` and `all` have it: a list without dims reduces none. */
function truth(self: Tensor, dim: Dims, keepdim: boolean, row: number): Tensor {
  if (dim === null || typeof dim === 'number' || dim.length > 0) return logical(self, dim, keepdim, row)
  const each = ne(self.detach(), 0)
  return self.code === UINT8 ? cast(each, UINT8) : each
}

/** True where any element is nonzero. */
export const any = declare(
  'any(input: Tensor, dim: int|int[]|null = null, keepdim: bool = false)',
  (input, dim, keepdim) => truth(input, dim, keepdim, anyRow)
)
/** True where all elements are nonzero. */
export const all = declare(
  'all(input: Tensor, dim: int|int[]|null = null, keepdim: bool = false)',
  (input, dim, keepdim) => truth(input, dim, keepdim, allRow)
)
