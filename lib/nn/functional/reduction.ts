// What losses share: reductions, and the parameters that stand behind the operands.

import { valueText } from '../../kinds'
import type { Over } from '../../ops/define/program'
import type { Value } from '../../ops/define/value'
import { mean, sum } from '../../ops/reduce'
import { defineCheck, defineWords } from '../../signature'
import type { Tensor } from '../../tensor'

/** What becomes of elementwise losses: they stay, or their mean or sum is taken. */
export type Reduction = 'none' | 'mean' | 'sum'

declare module '../../signature/types' {
  interface KindTypes {
    deprecated: null
    reduction: Reduction
    batchReduction: Reduction | 'batchmean'
  }
}

const reductions: Reduction[] = ['mean', 'sum', 'none']
const refusal = (word: string): string => `${word} is not a valid value for reduction`

defineWords('reduction', reductions, refusal)
defineWords('batchReduction', [...reductions, 'batchmean'], refusal)

// PyTorch keeps the places of size_average and reduce.
defineCheck(
  'deprecated',
  'null',
  (value) => value === null,
  (value, op, name) => {
    if (value === null) return
    throw new TypeError(
      `${op}: ${name} is deprecated, please use reduction instead; it may only be null, got ${valueText(value)}`
    )
  }
)

const LAST = "reduce: deprecated = null, reduction: reduction = 'mean'"

/** Parameters of a loss, behind its operands. */
export const PLAIN = `sizeAverage: deprecated = null, ${LAST}` as const
/** Of one that may be divided by the number of rows alone. */
export const OF_BATCHES =
  "sizeAverage: deprecated = null, reduce: deprecated = null, reduction: batchReduction = 'mean'"
/** Of one that weighs elements. */
export const WEIGHTED = `weight: Tensor? = null, ${PLAIN}` as const
/** Of one that weighs classes and ignores one. */
export const OF_CLASSES =
  `weight: Tensor? = null, sizeAverage: deprecated = null, ignoreIndex: int = -100, ${LAST}` as const

/** What becomes of elementwise losses, by ops. */
export const reduced = (losses: Tensor, reduction: Reduction): Tensor =>
  reduction === 'mean' ? mean(losses) : reduction === 'sum' ? sum(losses) : losses

// ---- in row programs ----

/** A row is all elements, so that a mean or sum is taken in the same native call. */
export const overAll: Over = { dims: null }

/** What becomes of elementwise losses. */
export const taken = (losses: Value, reduction: string): Value =>
  reduction === 'mean' ? losses.mean() : reduction === 'sum' ? losses.sum() : losses

/** The gradient of each loss from that of what was taken of them, whose row has `leastCount` 1. */
export const eachOf = (g: Value, { reduction, count }: { readonly reduction: string; readonly count: Value }): Value =>
  reduction === 'mean' ? g.div(count) : g

export const weighted = (x: Value, weight: Value | null): Value => (weight === null ? x : x.mul(weight))

/** A program for each reduction of a loss that is several ops in PyTorch: the last of them gives the node its name. */
export const byLastNode = <Program>(
  node: string,
  make: (node: string) => Program
): Readonly<Record<Reduction, Program>> => ({
  none: make(node),
  mean: make('MeanBackward0'),
  sum: make('SumBackward0')
})
