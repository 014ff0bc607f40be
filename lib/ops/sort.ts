// Elements in order along a dim: sort, topk, and the elements of one rank. Each a kernel that gives values and indices.

import { BOOL, INT32, INT64, UINT8 } from '../dtype'
import { type Kernel, callKernel, kernel, linesOf } from '../kernel'
import { checkInteger } from '../kinds'
import { wrapDim, wrapDims } from '../shape'
import type { Tensor } from '../tensor'
import type { Reduced } from './core/broadcast'
import { filled } from './core/fill'
import { keywords } from './define/keywords'
import { record, rule } from './define/operation'
import { checkTensor, emptyAs, emptyResult, torchTypeName } from './define/result'
import { type AlongDim, type IndexedValues, indexedValues, keepDim, toIndices } from './indexed-values'
import { reshape } from './movement'
import { shareAll } from './reduce'

const sizeOf = (self: Tensor, dim: number): number => (self.sizes.length === 0 ? 1 : self.sizes[dim])

// ---- sort ----

/** Options of `sort` and `argsort`. */
export interface SortOptions {
  /** The last by default. */
  readonly dim?: number
  /** From the greatest to the least. */
  readonly descending?: boolean
  /** The order of equal elements is always kept. */
  readonly stable?: boolean
}

const sortKernel = kernel('sort')
const sortRule = rule<AlongDim>('SortBackward0', toIndices)
const sortKinds = { dim: 'integer', descending: 'flag', stable: 'flag' } as const

/** `sort(x, 1, true)` and `sort(x, { dim: 1, descending: true })` are the same. */
export type SortArguments = [
  dim?: number | SortOptions,
  descending?: boolean | SortOptions,
  stable?: boolean | SortOptions,
  options?: SortOptions
]

interface Sorted {
  readonly values: Tensor
  readonly indices: Tensor
  readonly dim: number
}

function sorted(op: string, self: Tensor, args: SortArguments): Sorted {
  checkTensor(self, op, 'self')
  const { dim = -1, descending = false } = keywords<SortOptions>(op, sortKinds, args)
  const d = wrapDim(dim, self.sizes.length)
  const values = emptyAs(self, self.code)
  const indices = emptyAs(self, INT64)
  callKernel(sortKernel, [linesOf(values, d), linesOf(indices, d)], [linesOf(self, d)], [Number(descending)])
  return { values, indices, dim: d }
}

/**
 * Elements in order along a dim, the last by default, and where they stood. Equal elements, 0 and -0 among them, keep their
 * order; NaN counts as the greatest.
 */
export function sort(self: Tensor, ...args: SortArguments): IndexedValues {
  const { values, indices, dim } = sorted('sort', self, args)
  record({
    outputs: values,
    rule: sortRule,
    inputs: [self],
    parameters: { dim, keepdim: true, shape: self.sizes },
    save: [indices]
  })
  return indexedValues(values, indices)
}

/** The indices that sort a dim, as `sort` gives them. */
export function argsort(self: Tensor, ...args: SortArguments): Tensor {
  return sorted('argsort', self, args).indices
}

// ---- topk ----

/** Options of `topk`. */
export interface TopkOptions {
  /** The last by default. */
  readonly dim?: number
  /** False for the smallest. */
  readonly largest?: boolean
  /** The result is in order either way. */
  readonly sorted?: boolean
}

const topkKernel = kernel('topk')
const topkRule = rule<AlongDim>('TopkBackward0', toIndices)
const topkKinds = { dim: 'integer', largest: 'flag', sorted: 'flag' } as const

/** `topk(x, 3, 0)` and `topk(x, 3, { dim: 0 })` are the same. */
export type TopkArguments = [
  dim?: number | TopkOptions,
  largest?: boolean | TopkOptions,
  sorted?: boolean | TopkOptions,
  options?: TopkOptions
]

/**
 * The `k` largest or smallest elements of a dim, the last by default, in order, and where they stood; the first of equal ones
 * come first. NaN counts as the largest.
 */
export function topk(self: Tensor, k: number, ...args: TopkArguments): IndexedValues {
  checkTensor(self, 'topk', 'self')
  checkInteger(k, 'topk', 'k')
  const { dim = -1, largest = true } = keywords<TopkOptions>('topk', topkKinds, args, 2)
  const d = wrapDim(dim, self.sizes.length)
  const size = sizeOf(self, d)
  if (self.code === BOOL) throw new TypeError('topk does not support bool dtypes on CPU')
  if (k < 0 || k > size)
    throw new RangeError(`selected index k out of range; topk: k is ${k}, dim ${d} has size ${size}`)
  const shape = self.sizes.map((each, i) => (i === d ? k : each))
  const [values, indices] = [emptyResult(shape, self.code), emptyResult(shape, INT64)]
  callKernel(topkKernel, [linesOf(values, d), linesOf(indices, d)], [linesOf(self, d)], [Number(largest)])
  record({
    outputs: values,
    rule: topkRule,
    inputs: [self],
    parameters: { dim: d, keepdim: true, shape: self.sizes },
    save: [indices]
  })
  return indexedValues(values, indices)
}

// ---- one element of each line ----

/** Options of `kthvalue`, `median` and `mode`. */
export interface RankOptions {
  readonly dim?: number
  /** Keeps the dim with size 1. */
  readonly keepdim?: boolean
}

const rankKinds = { dim: 'integer', keepdim: 'flag' } as const

/** `mode(x, 1, true)` and `mode(x, { dim: 1, keepdim: true })` are the same. */
export type RankArguments = [dim?: number | RankOptions, keepdim?: boolean | RankOptions, options?: RankOptions]

type RankRule = ReturnType<typeof rule<AlongDim>>

/** Calls a kernel that chooses one element of each line along `d`. */
function chosen(
  self: Tensor,
  d: number,
  keepdim: boolean,
  row: Kernel,
  nodeRule: RankRule,
  integers?: number[]
): IndexedValues {
  const lines = linesOf(self, d)
  const shape = lines.sizes.slice(0, -1)
  const results = [emptyResult(shape, self.code), emptyResult(shape, INT64)]
  callKernel(row, results, [lines], integers)
  const [values, indices] = results.map((result) => keepDim(result, self.sizes, d, keepdim))
  record({
    outputs: values,
    rule: nodeRule,
    inputs: [self],
    parameters: { dim: d, keepdim, shape: self.sizes },
    save: [indices]
  })
  return indexedValues(values, indices)
}

/** The dim of a call; it may not be empty. */
function lineDim(self: Tensor, dim: number, op: string): number {
  const d = wrapDim(dim, self.sizes.length)
  if (sizeOf(self, d) === 0) throw new RangeError(`${op}(): Expected reduction dim ${d} to have non-zero size.`)
  return d
}

function refuseBool(self: Tensor, name: string): void {
  if (self.code === BOOL) throw new TypeError(`"${name}" not implemented for '${torchTypeName(self.code)}'`)
}

const kthvalueKernel = kernel('kthvalue')
const kthvalueRule = rule<AlongDim>('KthvalueBackward0', toIndices)

/**
 * The `k`-th smallest element of a dim, the last by default, counted from 1, and where a stable sort would take it from. NaN
 * counts as the greatest.
 */
export function kthvalue(self: Tensor, k: number, ...args: RankArguments): IndexedValues {
  checkTensor(self, 'kthvalue', 'self')
  checkInteger(k, 'kthvalue', 'k')
  const { dim = -1, keepdim = false } = keywords<RankOptions>('kthvalue', rankKinds, args, 2)
  const d = lineDim(self, dim, 'kthvalue')
  const size = sizeOf(self, d)
  refuseBool(self, 'kthvalue_cpu')
  if (k < 1 || k > size) {
    throw new RangeError(
      `kthvalue(): selected number k out of range for dimension ${d}; k is ${k}, the dim has size ${size}`
    )
  }
  return chosen(self, d, keepdim, kthvalueKernel, kthvalueRule, [k])
}

const medianKernel = kernel('median')
const medianRule = rule<AlongDim>('MedianBackward1', toIndices)
const medianOfAllRule = rule<Reduced>('MedianBackward0', shareAll)

// What PyTorch gives: NaN, cast to integers as its CPU kernels cast it.
const medianOfNone = (code: number): number =>
  code === INT64 ? -(2 ** 63) : code === INT32 ? -(2 ** 31) : code === UINT8 ? 0 : NaN

function medianOfAll(self: Tensor): Tensor {
  refuseBool(self, 'median_cpu')
  const isEmpty = self.numelCached === 0
  const result = isEmpty ? filled([], medianOfNone(self.code), self.code) : emptyResult([], self.code)
  if (!isEmpty) {
    const flat = reshape(self.detach(), [-1])
    callKernel(medianKernel, [result, emptyResult([], INT64)], [flat])
  }
  const reduced = { shape: self.sizes, dims: wrapDims(null, self.sizes.length), code: self.code }
  return record({ outputs: result, rule: medianOfAllRule, inputs: [self], parameters: reduced, save: [self, result] })
}

/** Median of all elements, or with a dim its medians and their indices. */
export interface Median {
  (self: Tensor): Tensor
  (self: Tensor, dim: number, keepdim?: boolean | RankOptions, options?: RankOptions): IndexedValues
  (self: Tensor, options: RankOptions & { readonly dim: number }): IndexedValues
}

/**
 * Median of all elements, whose gradient equal elements share; or with a dim its medians and where a stable sort would take them
 * from. The lower of two in the middle; NaN where there is one, then the first of them.
 */
export const median = ((self: Tensor, ...args: RankArguments) => {
  checkTensor(self, 'median', 'self')
  const { dim, keepdim = false } = keywords<RankOptions>('median', rankKinds, args)
  if (dim === undefined) {
    if (args.some((each) => each !== undefined)) throw new TypeError('median() takes keepdim with a dim only')
    return medianOfAll(self)
  }
  const d = lineDim(self, dim, 'median')
  refuseBool(self, 'median_out')
  return chosen(self, d, keepdim, medianKernel, medianRule)
}) as Median

const modeKernel = kernel('mode')
const modeRule = rule<AlongDim>('ModeBackward0', toIndices)

/**
 * The most frequent element of a dim, the last by default, and the last of its indices; the least of several that are equally
 * frequent. NaN equals nothing and comes after all others.
 */
export function mode(self: Tensor, ...args: RankArguments): IndexedValues {
  checkTensor(self, 'mode', 'self')
  const { dim = -1, keepdim = false } = keywords<RankOptions>('mode', rankKinds, args)
  return chosen(self, lineDim(self, dim, 'mode'), keepdim, modeKernel, modeRule)
}
