// How many elements, or which weights, fall between edges.

import { declare, overload, way } from '../declare'
import { BOOL, isFloating, isHalf } from '../dtype'
import { isList } from '../kinds'
import { forbidInCapture } from '../recording'
import { sameShape, shapeText } from '../shape'
import { defineCheck, refusing } from '../signature'
import type { Tensor } from '../tensor'
import { filled } from './core/fill'
import { clamp, div, floor, mul, sub, where } from './elementwise'
import { linspace } from './creation'
import { diff } from './diff'
import { record, undifferentiable } from './define/operation'
import { notImplemented, torchTypeName } from './define/result'
import { indexAdd } from './index-dim'
import { reshape } from './movement'
import { aminmax } from './aminmax'
import { searchsorted } from './searchsorted'
import { sum } from './reduce'

declare module '../signature/types' {
  interface KindTypes {
    limits: readonly number[]
  }
}

const isLimits = (value: unknown): boolean => isList(value) && value.every((each) => typeof each === 'number')
defineCheck('limits', 'an array of numbers', isLimits, refusing(isLimits, 'an array of numbers'))

function checkBins(bins: number): void {
  if (bins > 0) return
  throw new RangeError(`histogram(): bins must be > 0, but got ${bins} for dimension 0`)
}

/** The least and the largest element; of none 0 and 1. */
function extremesOf(input: Tensor, op: string): [number, number] {
  if (input.numelCached === 0) return [0, 1]
  forbidInCapture(`${op}() without a range`)
  const { min, max } = aminmax(input.detach())
  return [Number(min.item()), Number(max.item())]
}

/** Sums of the weights of each bin; what has a place outside of the edges is left out. */
function summed(bins: number, place: Tensor, isInside: Tensor, weight: Tensor | null, code: number): Tensor {
  const weights = where(isInside, weight === null ? filled([], 1, code) : reshape(weight.detach(), -1), 0)
  const at = clamp(where(isInside, place, 0), 0, bins - 1).long()
  return indexAdd(filled([bins], 0, code), 0, at, weights.expand(place.sizes))
}

// ---- even bins ----

/**
 * How many elements fall into each of `bins` even parts from `min` to `max`, or between the extremes where both are the
 * same; in the dtype of the input.
 */
export const histc = declare(
  'histc(input: Tensor, bins: int = 100, min: scalar = 0, max: scalar = 0)',
  (input, bins, min, max): Tensor => {
    const { code } = input
    if (!isFloating(code)) throw notImplemented(code === BOOL ? 'linspace_cpu' : 'histogram_cpu', code)
    checkBins(bins)
    let [low, high] = [Number(min), Number(max)]
    if (low === high && input.numelCached > 0) [low, high] = extremesOf(input, 'histc')
    if (low === high) [low, high] = [low - 1, high + 1]
    if (![low, high].every(Number.isFinite)) throw new RangeError(`histc: range of [${low}, ${high}] is not finite`)
    if (!(low < high)) throw new RangeError('histc: max must be larger than min')
    const x = reshape(input.detach(), -1)
    const place = floor(div(mul(sub(x, low), bins), high - low))
    return summed(bins, place, x.ge(low).logicalAnd(x.le(high)), null, code)
  }
)

// ---- edges ----

/** The weight of the elements between edges; `const [hist, binEdges] = x.histogram(4)` takes both. */
export interface Histogram extends Iterable<Tensor> {
  readonly hist: Tensor
  readonly binEdges: Tensor
}

const histogramOf = (hist: Tensor, binEdges: Tensor): Histogram => ({
  hist,
  binEdges,
  // Of whatever the object then holds: a replay puts other tensors into the same form.
  *[Symbol.iterator]() {
    yield this.hist
    yield this.binEdges
  }
})

const histogramRule = undifferentiable('NotImplemented', 'derivative for aten::histogram is not implemented')

function checkInput({ code, sizes }: Tensor, weight: Tensor | null): void {
  if (weight !== null && !sameShape(weight.sizes, sizes)) {
    throw new RangeError(
      'histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding its ' +
        `innermost dimension, but got input with shape ${shapeText([...sizes, 1])} and weight with shape ` +
        shapeText(weight.sizes)
    )
  }
  if (weight !== null && weight.code !== code) {
    const [own, other] = [code, weight.code].map((each) => torchTypeName(each).toLowerCase())
    throw new TypeError(
      'histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype, but got ' +
        `input(${own}), and weight(${other})`
    )
  }
}

function counted(input: Tensor, edges: Tensor, weight: Tensor | null, density: boolean): Histogram {
  const { code } = input
  if (!isFloating(code) || isHalf(code)) throw notImplemented('histogramdd', code, 'float')
  const bins = edges.sizes[0] - 1
  checkBins(bins)
  const x = reshape(input.detach(), -1)
  const [first, last] = [edges.select(0, 0), edges.select(0, -1)]
  const place = searchsorted(edges, x, { right: true }).sub(1)
  const hist = summed(bins, place, x.ge(first).logicalAnd(x.le(last)), weight, code)
  const outputs = [density ? div(div(hist, sum(hist)), diff(edges)) : hist, edges]
  record({ outputs, rule: histogramRule, inputs: [input, weight], parameters: null })
  return histogramOf(outputs[0], outputs[1])
}

function edgesOf(input: Tensor, bins: number, range: readonly number[] | null): Tensor {
  if (range !== null && range.length !== 2) {
    throw new RangeError(
      `histogramdd: for a 1-dimensional histogram range should have 2 elements, but got ${range.length}`
    )
  }
  let [low, high] = range ?? extremesOf(input, 'histogram')
  if (![low, high].every(Number.isFinite)) {
    throw new RangeError(`histogramdd: dimension 0's range [${low}, ${high}] is not finite`)
  }
  if (low > high) {
    throw new RangeError(`histogramdd: min should not exceed max, but got min ${low} max ${high} for dimension 0`)
  }
  if (low === high) [low, high] = [low - 0.5, high + 0.5]
  return linspace(low, high, bins + 1, { dtype: input.dtype })
}

/** How many elements, or which weights, fall between edges, which are given or so many even ones; the last counts. */
export const histogram = overload(
  ['torch', 'Tensor'],
  way(
    'histogram(input: Tensor, bins: Tensor, *, weight: Tensor? = null, density: bool = false)',
    (input, bins, weight, density): Histogram => {
      checkInput(input, weight)
      const { sizes, code } = bins
      if (sizes.length !== 1) {
        throw new RangeError(
          `histogramdd: bins tensor should have one dimension, but got ${sizes.length} dimensions in the bins tensor ` +
            'for dimension 0'
        )
      }
      if (sizes[0] === 0) {
        throw new RangeError(
          'histogramdd: bins tensor should have at least 1 element, but got 0 elements in the bins tensor for ' +
            'dimension 0'
        )
      }
      if (code !== input.code) {
        const [own, other] = [input.code, code].map((each) => torchTypeName(each).toLowerCase())
        throw new TypeError(
          `histogramdd: input tensor and bins tensors should have the same dtype, but got input with dtype ${own} and ` +
            `bins for dimension 0 with dtype ${other}`
        )
      }
      return counted(input, bins.detach(), weight, density)
    }
  ),
  way(
    'histogram(input: Tensor, bins: int = 100, *, range: limits? = null, weight: Tensor? = null, density: bool = false)',
    (input, bins, range, weight, density): Histogram => {
      checkInput(input, weight)
      checkBins(bins)
      if (!isFloating(input.code) || isHalf(input.code)) throw notImplemented('histogramdd', input.code, 'float')
      return counted(input, edgesOf(input, bins, range), weight, density)
    }
  )
)
