// Losses as modules; the mathematics and the checks are in functional.

import { guard } from '../recording'
import type { Tensor } from '../tensor'
import {
  type CrossEntropyOptions,
  type LogitsLossOptions,
  type LossOptions,
  type NllLossOptions,
  type Reduction,
  type WeightedLossOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  mseLoss,
  nllLoss
} from './functional'
import { Module } from './module'

abstract class Loss extends Module {
  reduction: Reduction

  constructor({ reduction = 'mean' }: LossOptions = {}) {
    super()
    this.reduction = reduction
  }

  abstract override forward(input: Tensor, target: Tensor): Tensor

  /** Announces the options that the loss branches on. */
  protected announce(...options: (keyof this & string)[]): void {
    guard(this, 'reduction')
    for (const option of options) guard(this, option)
  }
}

abstract class WeightedLoss extends Loss {
  /** A buffer, so that `to()` and the state dict have it. */
  weight: Tensor | null

  constructor(options: WeightedLossOptions = {}) {
    super(options)
    this.weight = this.registerBuffer('weight', options.weight ?? null)
  }
}

/** Mean of `(input - target)^2`. */
export class MSELoss extends Loss {
  override forward(input: Tensor, target: Tensor): Tensor {
    this.announce()
    return mseLoss(input, target, this)
  }
}

/** Binary cross entropy of probabilities and targets of one shape; throws when one is outside [0, 1]. */
export class BCELoss extends WeightedLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    this.announce('weight')
    return binaryCrossEntropy(input, target, this)
  }
}

/** Binary cross entropy of logits, in one with the sigmoid: exact where that saturates. */
export class BCEWithLogitsLoss extends WeightedLoss {
  /** Factor of positive targets, a buffer. */
  posWeight: Tensor | null

  constructor(options: LogitsLossOptions = {}) {
    super(options)
    this.posWeight = this.registerBuffer('posWeight', options.posWeight ?? null)
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    this.announce('weight', 'posWeight')
    return binaryCrossEntropyWithLogits(input, target, this)
  }
}

/** Negative log likelihood of class indices [N, ...] under log-probabilities [N, C, ...]. */
export class NLLLoss extends WeightedLoss {
  /** Class whose rows do not count. */
  ignoreIndex: number

  constructor(options: NllLossOptions = {}) {
    super(options)
    this.ignoreIndex = options.ignoreIndex ?? -100
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    this.announce('weight', 'ignoreIndex')
    return nllLoss(input, target, this)
  }
}

/** Cross entropy of logits [N, C, ...] with class indices [N, ...], or class probabilities shaped as the logits. */
export class CrossEntropyLoss extends NLLLoss {
  /** Share of the target spread evenly over the classes. */
  labelSmoothing: number

  constructor(options: CrossEntropyOptions = {}) {
    super(options)
    this.labelSmoothing = options.labelSmoothing ?? 0
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    this.announce('weight', 'ignoreIndex', 'labelSmoothing')
    return crossEntropy(input, target, this)
  }
}
