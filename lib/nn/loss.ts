// Losses as modules.

import { crossEntropy, nllLoss } from './functional/class-loss'
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  huberLoss,
  klDiv,
  l1Loss,
  mseLoss,
  smoothL1Loss
} from './functional/loss'
import { OF_BATCHES, OF_CLASSES, PLAIN, WEIGHTED } from './functional/reduction'
import { lossOf } from './of-function'

/** Mean of `(input - target)^2`. */
export class MSELoss extends lossOf(`MSELoss(${PLAIN})`, mseLoss) {}

/** Mean of `|input - target|`. */
export class L1Loss extends lossOf(`L1Loss(${PLAIN})`, l1Loss) {}

/** Mean of `x^2 / (2 beta)` where `x = |input - target|` is below `beta`, else of `x - beta / 2`. */
export class SmoothL1Loss extends lossOf(`SmoothL1Loss(${PLAIN}, beta: float = 1)`, smoothL1Loss) {}

/** Mean of `x^2 / 2` where `x = |input - target|` is below `delta`, else of `delta * (x - delta / 2)`. */
export class HuberLoss extends lossOf("HuberLoss(reduction: reduction = 'mean', delta: float = 1)", huberLoss) {}

/** Divergence of log-probabilities from a target distribution, which is given as logarithms with `logTarget`. */
export class KLDivLoss extends lossOf(`KLDivLoss(${OF_BATCHES}, logTarget: bool = false)`, klDiv) {}

/**
 * Binary cross entropy of probabilities and targets of one shape; throws when one is outside [0, 1]. `weight` scales
 * each element.
 */
export class BCELoss extends lossOf(`BCELoss(${WEIGHTED})`, binaryCrossEntropy) {}

/**
 * Binary cross entropy of logits, in one with the sigmoid: exact where that saturates. `posWeight` scales positive
 * targets.
 */
export class BCEWithLogitsLoss extends lossOf(
  `BCEWithLogitsLoss(${WEIGHTED}, posWeight: Tensor? = null)`,
  binaryCrossEntropyWithLogits
) {}

/**
 * Negative log likelihood of class indices [N, ...] under log-probabilities [N, C, ...]; rows of class `ignoreIndex` do
 * not count.
 */
export class NLLLoss extends lossOf(`NLLLoss(${OF_CLASSES})`, nllLoss) {}

/**
 * Cross entropy of logits [N, C, ...] with class indices [N, ...], or class probabilities shaped as the logits. Rows of
 * class `ignoreIndex` do not count; `labelSmoothing` is the share of a target that is spread evenly over the classes.
 */
export class CrossEntropyLoss extends lossOf(
  `CrossEntropyLoss(${OF_CLASSES}, labelSmoothing: float = 0)`,
  crossEntropy
) {}
