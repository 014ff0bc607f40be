// The options that losses share, as functions and as modules.

import { valueText } from '../kinds'
import type { Reduction } from '../ops/loss'
import { defineCheck, defineWords } from '../signature'

declare module '../signature/types' {
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
