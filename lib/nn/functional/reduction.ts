// What losses share: reductions, and the parameters that stand behind the operands.

import { valueText } from '../../kinds'
import type { Over } from '../../ops/define/program'
import type { Value } from '../../ops/define/value'
import { defineCheck, defineWords } from '../../signature'

/** What becomes of elementwise losses: they stay, or their mean or sum is taken. */
export type Reduction = 'none' | 'mean' | 'sum'

declare module '../../signature/types' {
  interface KindTypes {
    deprecated: null
    reduction: Reduction
  }
}

const reductions: Reduction[] = ['mean', 'sum', 'none']

/** Throws unless `value` says what becomes of elementwise losses. */
export const checkReduction = defineWords(
  'reduction',
  reductions,
  (word) => `${word} is not a valid value for reduction`
)

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
/** Of one that weighs elements. */
export const WEIGHTED = `weight: Tensor? = null, ${PLAIN}` as const
/** Of one that weighs classes and ignores one. */
export const OF_CLASSES =
  `weight: Tensor? = null, sizeAverage: deprecated = null, ignoreIndex: int = -100, ${LAST}` as const

// ---- in row programs ----

/** A row is all elements, so that a mean or sum is taken in the same native call. */
export const overAll: Over = { dims: null }

/** What becomes of elementwise losses. */
export const taken = (losses: Value, reduction: string): Value =>
  reduction === 'mean' ? losses.mean() : reduction === 'sum' ? losses.sum() : losses

/** The gradient of each loss from that of what was taken of them. */
export const eachOf = (g: Value, { reduction, count }: { readonly reduction: string; readonly count: Value }): Value =>
  reduction === 'mean' ? g.div(count) : g

export const weighted = (x: Value, weight: Value | null): Value => (weight === null ? x : x.mul(weight))
