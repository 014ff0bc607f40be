// What the layers and losses compute, as functions.

import { declare } from '../declare'
import { defineLiteral } from '../signature'
import * as checked from './checked'
import { OF_CLASSES, PLAIN, WEIGHTED } from './reduction'

export { elu, gelu, hardtanh, leakyRelu, silu, softplus } from '../ops/activation'
export { sigmoid, tanh } from '../ops/elementwise'
export { elu_, hardtanh_, leakyRelu_, relu_ } from '../ops/inplace'
export { cosineSimilarity, layerNorm, rmsNorm } from '../ops/normalization'
export { linear } from '../ops/linalg'
export type { Reduction } from '../ops/loss'

// ---- layers ----

/** `max(input, 0)` of each element. */
export const relu = declare('relu(input: Tensor, inplace: bool = false)', checked.relu, ['nn.functional'])

declare module '../signature/types' {
  interface KindTypes {
    '3': 3
  }
}

defineLiteral(3)

/** `exp(x) / sum(exp(x))` along a dim. */
export const softmax = declare(
  'softmax(input: Tensor, dim: int? = null, _stacklevel: 3 = 3, dtype: dtype? = null)',
  (input, dim, _, dtype) => checked.softmax(input, dim, dtype),
  ['nn.functional']
)

/** `log(softmax(x))` along a dim, exact where softmax underflows. */
export const logSoftmax = declare(
  'logSoftmax(input: Tensor, dim: int? = null, _stacklevel: 3 = 3, dtype: dtype? = null)',
  (input, dim, _, dtype) => checked.logSoftmax(input, dim, dtype),
  ['nn.functional']
)

// ---- losses ----

/** `(input - target)^2`; shapes broadcast with a warning. `reduction` says what becomes of the elementwise losses. */
export const mseLoss = declare(
  `mseLoss(input: Tensor, target: Tensor, ${PLAIN}, weight: null = null)`,
  (input, target, _, __, reduction) => checked.mse(input, target, reduction),
  ['nn.functional']
)

/** `-(y log p + (1 - y) log(1 - p))` for probabilities `input` and targets of the same shape and dtype; `weight` scales each element. */
export const binaryCrossEntropy = declare(
  `binaryCrossEntropy(input: Tensor, target: Tensor, ${WEIGHTED})`,
  (input, target, weight, _, __, reduction) => checked.bce(input, target, weight, reduction),
  ['nn.functional']
)

/** Binary cross entropy of `sigmoid(input)`, finite for any logit; `posWeight` scales positive targets. */
export const binaryCrossEntropyWithLogits = declare(
  `binaryCrossEntropyWithLogits(input: Tensor, target: Tensor, ${WEIGHTED}, posWeight: Tensor? = null)`,
  (input, target, weight, _, __, reduction, posWeight) =>
    checked.bceWithLogits(input, target, weight, reduction, posWeight),
  ['nn.functional']
)

/**
 * `-weight[target] * input[target]` for log-probabilities [C], [N, C] or [N, C, d1, ...] and class indices; rows of class `ignoreIndex`
 * do not count.
 */
export const nllLoss = declare(
  `nllLoss(input: Tensor, target: Tensor, ${OF_CLASSES})`,
  (input, target, weight, _, ignoreIndex, __, reduction) =>
    checked.nll(input, target, { weight, ignoreIndex, reduction }),
  ['nn.functional']
)

/**
 * Cross entropy of logits [C], [N, C] or [N, C, d1, ...] with class indices, or with probabilities of the same shape. `weight` scales each
 * class, rows of class `ignoreIndex` do not count, and `labelSmoothing` is the share of a target that is spread evenly over the classes.
 */
export const crossEntropy = declare(
  `crossEntropy(input: Tensor, target: Tensor, ${OF_CLASSES}, labelSmoothing: float = 0)`,
  (input, target, weight, _, ignoreIndex, __, reduction, labelSmoothing) =>
    checked.softmaxNll(input, target, { weight, ignoreIndex, reduction, labelSmoothing }),
  ['nn.functional']
)
