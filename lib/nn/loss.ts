// Losses as modules; the mathematics and the checks are in functional.

import { type Arguments, member } from '../declare'
import { Tensor } from '../tensor'
import { crossEntropy, nllLoss } from './functional/class-loss'
import { binaryCrossEntropy, binaryCrossEntropyWithLogits, mseLoss } from './functional/loss'
import { OF_CLASSES, PLAIN, type Reduction, WEIGHTED, checkReduction } from './functional/reduction'
import { Module } from './module'

const signatures = {
  mse: member(`MSELoss(${PLAIN})`),
  bce: member(`BCELoss(${WEIGHTED})`),
  bceWithLogits: member(`BCEWithLogitsLoss(${WEIGHTED}, posWeight: Tensor? = null)`),
  nll: member(`NLLLoss(${OF_CLASSES})`),
  crossEntropy: member(`CrossEntropyLoss(${OF_CLASSES}, labelSmoothing: float = 0)`)
}

const operands = member('Loss.forward(input: Tensor, target: Tensor)')

const areTensors = (input: unknown, target: unknown): boolean => input instanceof Tensor && target instanceof Tensor

abstract class Loss extends Module {
  /** What becomes of the elementwise losses: 'mean', 'sum' or 'none'. */
  reduction: Reduction

  constructor(reduction: Reduction) {
    super()
    this.reduction = reduction
  }

  abstract override forward(...args: Arguments<typeof operands>): Tensor
}

abstract class WeightedLoss extends Loss {
  /** Factor of each element, or of each class; a buffer, so that `to()` and the state dict have it. */
  weight: Tensor | null

  constructor(reduction: Reduction, weight: Tensor | null) {
    super(reduction)
    this.weight = this.registerBuffer('weight', weight)
  }
}

/** Mean of `(input - target)^2`. */
export class MSELoss extends Loss {
  constructor(...args: Arguments<typeof signatures.mse>) {
    const [, , reduction] = signatures.mse.read(args)
    super(reduction)
  }

  override forward(...args: Arguments<typeof operands>): Tensor
  override forward(input: Tensor, target: Tensor): Tensor {
    if (arguments.length !== 2 || !areTensors(input, target)) {
      const values = operands.read(arguments)
      input = values[0]
      target = values[1]
    }
    checkReduction(this.reduction, 'forward', 'reduction')
    return mseLoss.settled(input, target, null, null, this.reduction, null)
  }
}

/** Binary cross entropy of probabilities and targets of one shape; throws when one is outside [0, 1]. `weight` scales each element. */
export class BCELoss extends WeightedLoss {
  constructor(...args: Arguments<typeof signatures.bce>) {
    const [weight, , , reduction] = signatures.bce.read(args)
    super(reduction, weight)
  }

  override forward(...args: Arguments<typeof operands>): Tensor
  override forward(input: Tensor, target: Tensor): Tensor {
    if (arguments.length !== 2 || !areTensors(input, target)) {
      const values = operands.read(arguments)
      input = values[0]
      target = values[1]
    }
    checkReduction(this.reduction, 'forward', 'reduction')
    return binaryCrossEntropy.settled(input, target, this.weight, null, null, this.reduction)
  }
}

/** Binary cross entropy of logits, in one with the sigmoid: exact where that saturates. `posWeight` scales positive targets. */
export class BCEWithLogitsLoss extends WeightedLoss {
  /** Factor of positive targets, a buffer. */
  posWeight: Tensor | null

  constructor(...args: Arguments<typeof signatures.bceWithLogits>) {
    const [weight, , , reduction, posWeight] = signatures.bceWithLogits.read(args)
    super(reduction, weight)
    this.posWeight = this.registerBuffer('posWeight', posWeight)
  }

  override forward(...args: Arguments<typeof operands>): Tensor
  override forward(input: Tensor, target: Tensor): Tensor {
    if (arguments.length !== 2 || !areTensors(input, target)) {
      const values = operands.read(arguments)
      input = values[0]
      target = values[1]
    }
    checkReduction(this.reduction, 'forward', 'reduction')
    return binaryCrossEntropyWithLogits.settled(input, target, this.weight, null, null, this.reduction, this.posWeight)
  }
}

/** Losses of class indices. */
abstract class ClassLoss extends WeightedLoss {
  /** Class whose rows do not count. */
  ignoreIndex: number

  constructor(reduction: Reduction, weight: Tensor | null, ignoreIndex: number) {
    super(reduction, weight)
    this.ignoreIndex = ignoreIndex
  }
}

/** Negative log likelihood of class indices [N, ...] under log-probabilities [N, C, ...]; rows of class `ignoreIndex` do not count. */
export class NLLLoss extends ClassLoss {
  constructor(...args: Arguments<typeof signatures.nll>) {
    const [weight, , ignoreIndex, , reduction] = signatures.nll.read(args)
    super(reduction, weight, ignoreIndex)
  }

  override forward(...args: Arguments<typeof operands>): Tensor
  override forward(input: Tensor, target: Tensor): Tensor {
    if (arguments.length !== 2 || !areTensors(input, target)) {
      const values = operands.read(arguments)
      input = values[0]
      target = values[1]
    }
    checkReduction(this.reduction, 'forward', 'reduction')
    return nllLoss.settled(input, target, this.weight, null, this.ignoreIndex, null, this.reduction)
  }
}

/**
 * Cross entropy of logits [N, C, ...] with class indices [N, ...], or class probabilities shaped as the logits. Rows of class `ignoreIndex`
 * do not count; `labelSmoothing` is the share of a target that is spread evenly over the classes.
 */
export class CrossEntropyLoss extends ClassLoss {
  /** Share of the target spread evenly over the classes. */
  labelSmoothing: number

  constructor(...args: Arguments<typeof signatures.crossEntropy>) {
    const [weight, , ignoreIndex, , reduction, labelSmoothing] = signatures.crossEntropy.read(args)
    super(reduction, weight, ignoreIndex)
    this.labelSmoothing = labelSmoothing
  }

  override forward(...args: Arguments<typeof operands>): Tensor
  override forward(input: Tensor, target: Tensor): Tensor {
    if (arguments.length !== 2 || !areTensors(input, target)) {
      const values = operands.read(arguments)
      input = values[0]
      target = values[1]
    }
    checkReduction(this.reduction, 'forward', 'reduction')
    const { weight, ignoreIndex, reduction, labelSmoothing } = this
    return crossEntropy.settled(input, target, weight, null, ignoreIndex, null, reduction, labelSmoothing)
  }
}
