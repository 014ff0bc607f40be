// Elements in order along a dim: sort, topk, and the elements of one rank. Each a kernel that gives values and indices.

import { declare, overload, way } from '../declare'
import { BOOL, INT32, INT64, isFloating } from '../dtype'
import { type Kernel, callKernel, kernel, linesOf } from '../kernel'
import { keptShape, wrapDim, wrapDims } from '../shape'
import type { Tensor } from '../tensor'
import type { Reduced } from './core/broadcast'
import { filled } from './core/fill'
import { computed, converted, writeComputed } from './define/convert'
import { record, rule } from './define/operation'
import { emptyAs, emptyResult, notImplemented } from './define/result'
import { type IndexedValues, choiceRule, keepDim, recordChoice } from './core/indexed-values'
import { gather } from './indexing'
import { reshape } from './movement'
import { shareAll } from './core/ties'

const sizeOf = (self: Tensor, dim: number): number => (self.sizes.length === 0 ? 1 : self.sizes[dim])

// ---- sort ----

const sortKernel = kernel('sort')
const [sortRule, stableSortRule] = ['SortBackward0', 'SortBackward1'].map((name) => choiceRule(name))

function sorted(self: Tensor, dim: number, descending: boolean): readonly [values: Tensor, indices: Tensor] {
  const input = computed(self)
  const values = emptyAs(self, input.code)
  const indices = emptyAs(self, INT64)
  callKernel(sortKernel, [linesOf(values, dim), linesOf(indices, dim)], [linesOf(input, dim)], [Number(descending)])
  return [converted(values, self.code), indices]
}

/**
 * Elements in order along a dim, the last by default, and where they stood. Equal elements, 0 and -0 among them, keep
 * their order; NaN counts as the greatest.
 */
export const sort = declare(
  'sort(input: Tensor, dim: int = -1, descending: bool = false, *, stable: bool? = null)',
  (input, dim, descending, stable) => {
    const d = wrapDim(dim, input.sizes.length)
    const [values, indices] = sorted(input, d, descending)
    return recordChoice(stable === null ? sortRule : stableSortRule, input, [values, indices], d, true)
  }
)

/** The indices that sort a dim, as `sort` gives them. */
export const argsort = declare(
  'argsort(input: Tensor, dim: int = -1, descending: bool = false, *, stable: bool = false)',
  (input, dim, descending) => sorted(input, wrapDim(dim, input.sizes.length), descending)[1]
)

/** Elements in order along the first dim. */
export const msort = declare('msort(input: Tensor)', (input): Tensor => {
  const [values] = sort(input, 0)
  return values
})

// ---- topk ----

const topkKernel = kernel('topk')
const topkRule = choiceRule('TopkBackward0')
/**
 * The `k` largest or smallest elements of a dim, the last by default, in order, and where they stood; the first of
 * equal ones come first. NaN counts as the largest.
 */
export const topk = declare(
  'topk(input: Tensor, k: int, dim: int = -1, largest: bool = true, sorted: bool = true)',
  (input, k, dim, largest): IndexedValues => {
    const d = wrapDim(dim, input.sizes.length)
    const size = sizeOf(input, d)
    if (input.code === BOOL) throw new TypeError('topk does not support bool dtypes on CPU')
    if (k < 0 || k > size)
      throw new RangeError(`selected index k out of range; topk: k is ${k}, dim ${d} has size ${size}`)
    const shape = input.sizes.map((each, i) => (i === d ? k : each))
    const from = computed(input)
    const [values, indices] = [emptyResult(shape, from.code), emptyResult(shape, INT64)]
    callKernel(topkKernel, [linesOf(values, d), linesOf(indices, d)], [linesOf(from, d)], [Number(largest)])
    return recordChoice(topkRule, input, [converted(values, input.code), indices], d, true)
  }
)

// ---- one element of each line ----

type RankRule = ReturnType<typeof choiceRule>

/** Calls a kernel that chooses one element of each line along `d`. */
function chosen(
  self: Tensor,
  d: number,
  keepdim: boolean,
  row: Kernel,
  nodeRule: RankRule,
  integers?: number[]
): IndexedValues {
  const lines = linesOf(computed(self), d)
  const shape = lines.sizes.slice(0, -1)
  const made = [emptyResult(shape, lines.code), emptyResult(shape, INT64)]
  callKernel(row, made, [lines], integers)
  const results = [converted(made[0], self.code), made[1]]
  const [values, indices] = results.map((result) => keepDim(result, self.sizes, d, keepdim))
  return recordChoice(nodeRule, self, [values, indices], d, keepdim)
}

/** The dim of a call; it may not be empty. */
function lineDim(self: Tensor, dim: number, op: string): number {
  const d = wrapDim(dim, self.sizes.length)
  if (sizeOf(self, d) === 0) throw new RangeError(`${op}(): Expected reduction dim ${d} to have non-zero size.`)
  return d
}

function refuseBool(self: Tensor, name: string): void {
  if (self.code === BOOL) throw notImplemented(name, self.code)
}

const kthvalueKernel = kernel('kthvalue')
const kthvalueRule = choiceRule('KthvalueBackward0')

/**
 * The `k`-th smallest element of a dim, the last by default, counted from 1, and where a stable sort would take it
 * from. NaN counts as the greatest.
 */
export const kthvalue = declare(
  'kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = false)',
  (input, k, dim, keepdim): IndexedValues => {
    const d = lineDim(input, dim, 'kthvalue')
    const size = sizeOf(input, d)
    refuseBool(input, 'kthvalue_cpu')
    if (k < 1 || k > size) {
      throw new RangeError(
        `kthvalue(): selected number k out of range for dimension ${d}; k is ${k}, the dim has size ${size}`
      )
    }
    return chosen(input, d, keepdim, kthvalueKernel, kthvalueRule, [k])
  }
)

const medianKernel = kernel('median')
const medianRule = choiceRule('MedianBackward1')
const medianOfAllRule = rule<Reduced>('MedianBackward0', shareAll)

// What PyTorch gives: NaN, cast to integers as its CPU kernels cast it.
const medianOfNone = (code: number): number =>
  code === INT64 ? -(2 ** 63) : code === INT32 ? -(2 ** 31) : isFloating(code) ? NaN : 0

function medianOfAll(self: Tensor, nodeRule = medianOfAllRule): Tensor {
  refuseBool(self, 'median_cpu')
  const isEmpty = self.numelCached === 0
  const result = isEmpty ? filled([], medianOfNone(self.code), self.code) : emptyResult([], self.code)
  if (!isEmpty) {
    const flat = reshape(self.detach(), [-1])
    writeComputed(result, false, (to) => callKernel(medianKernel, [to, emptyResult([], INT64)], [computed(flat)]))
  }
  const reduced = { shape: self.sizes, dims: wrapDims(null, self.sizes.length), code: self.code }
  return record({ outputs: result, rule: nodeRule, inputs: [self], parameters: reduced, save: [self, result] })
}

/**
 * Median of all elements, whose gradient equal elements share; or with a dim its medians and where a stable sort would
 * take them from. The lower of two in the middle; NaN where there is one, then the first of them.
 */
export const median = overload(
  ['torch', 'Tensor'],
  way('median(input: Tensor)', (input) => medianOfAll(input)),
  way('median(input: Tensor, dim: int, keepdim: bool = false)', (input, dim, keepdim) => {
    const d = lineDim(input, dim, 'median')
    refuseBool(input, 'median_out')
    return chosen(input, d, keepdim, medianKernel, medianRule)
  })
)

const nanmedianRule = choiceRule('NanmedianBackward1')
const nanmedianOfAllRule = rule<Reduced>('NanmedianBackward0', shareAll)

/** The lower middle of each line's elements that are no NaN; where there is none, the first. With size 1 along `d`. */
function middleOfNumbers(self: Tensor, d: number): readonly [values: Tensor, indices: Tensor] {
  const line = self.sizes.length === 0 ? reshape(self, [1]) : self
  const [values, indices] = sorted(line, d, false)
  const last = line.isnan().logicalNot().sum(d, true).sub(1)
  const middle = last.clampMin(0).floorDivide(2)
  return [gather(values, d, middle), gather(indices, d, middle)]
}

function nanmedianOfAll(self: Tensor): Tensor {
  if (!isFloating(self.code) || self.numelCached === 0) return medianOfAll(self, nanmedianOfAllRule)
  const result = reshape(middleOfNumbers(reshape(self.detach(), [-1]), 0)[0], []).detach()
  const parameters = { shape: self.sizes, dims: wrapDims(null, self.sizes.length), code: self.code }
  return record({ outputs: result, rule: nanmedianOfAllRule, inputs: [self], parameters, save: [self, result] })
}

/**
 * Median of all elements that are no NaN, whose gradient equal elements share; or with a dim its medians and where a
 * stable sort would take them from. The lower of two in the middle; NaN where there is nothing else.
 */
export const nanmedian = overload(
  ['torch', 'Tensor'],
  way('nanmedian(input: Tensor)', (input) => nanmedianOfAll(input)),
  way('nanmedian(input: Tensor, dim: int, keepdim: bool = false)', (input, dim, keepdim): IndexedValues => {
    const d = lineDim(input, dim, 'median')
    refuseBool(input, 'median_out')
    const shape = keepdim ? keptShape(input.sizes, 1 << d) : input.sizes.filter((_, at) => at !== d)
    const [values, indices] = middleOfNumbers(input.detach(), d).map((each) => reshape(each, shape).detach())
    return recordChoice(nanmedianRule, input, [values, indices], d, keepdim)
  })
)

const modeKernel = kernel('mode')
const modeRule = choiceRule('ModeBackward0')

/**
 * The most frequent element of a dim, the last by default, and the last of its indices; the least of several that are
 * equally frequent. NaN equals nothing and comes after all others.
 */
export const mode = declare(
  'mode(input: Tensor, dim: int = -1, keepdim: bool = false)',
  (input, dim, keepdim): IndexedValues => {
    return chosen(input, lineDim(input, dim, 'mode'), keepdim, modeKernel, modeRule)
  }
)
