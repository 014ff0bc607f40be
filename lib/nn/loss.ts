// Losses as modules.

import { crossEntropy, nllLoss } from './functional/class-loss'
import { binaryCrossEntropy, binaryCrossEntropyWithLogits, mseLoss } from './functional/loss'
import { OF_CLASSES, PLAIN, WEIGHTED } from './functional/reduction'
import { lossOf } from './of-function'

/** Mean of `(input - target)^2`. */
export class MSELoss extends lossOf(`MSELoss(${PLAIN})`, mseLoss) {}

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
