// RMSprop, optionally centered and with momentum.

import { type Arguments, member } from '../declare'
import { zeros, zerosLike } from '../ops/creation'
import { sub } from '../ops/define/value'
import type { Tensor } from '../tensor'
import { type ParamGroup, type Params, checkNotNegative, defineParams } from './groups'
import { Optimizer } from './optimizer'
import { updateRule } from './update'

/** Options of `RMSprop`. */
export interface RMSpropOptions {
  /** Learning rate. Default 0.01. */
  lr: number
  /** Share of the last step's direction that is kept. Default 0. */
  momentum: number
  /** How much of the average of squares each step keeps. Default 0.99. */
  alpha: number
  /** Added to the denominator. Default 1e-8. */
  eps: number
  /** Divides by the deviation of gradients instead of their mean square. */
  centered: boolean
  /** Multiple of the parameter that is added to its gradient. Default 0. */
  weightDecay: number
  /** Moves along the gradient instead of against it. */
  maximize: boolean
}

/** What RMSprop keeps of a parameter. */
export interface RMSpropState {
  /** Steps so far, 0-d. */
  step: Tensor
  /** Running average of the squares of gradients. */
  squareAvg: Tensor
  /** Null without momentum. */
  momentumBuffer: Tensor | null
  /** Running average of the gradients; null unless centered. */
  gradAvg: Tensor | null
}

declare module '../signature/types' {
  interface KindTypes {
    RMSpropParams: Params<RMSpropOptions>
  }
}

defineParams('RMSpropParams')

const RATES = 'lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-8, weightDecay: float = 0, momentum: float = 0'
const UNUSED = 'capturable: false = false, foreach: bool? = null'
const signature = member(
  `RMSprop(params: RMSpropParams, ${RATES}, centered: bool = false, ${UNUSED}, maximize: bool = false, differentiable: false = false)`
)

const rule = updateRule<RMSpropOptions, RMSpropState>()({
  state: ['step', 'squareAvg', 'momentumBuffer', 'gradAvg'],
  neutral: ['momentum', 'weightDecay'],
  update: ({ param, grad, squareAvg, momentumBuffer, gradAvg }, options) => {
    const { lr, alpha, eps, momentum, weightDecay, centered, maximize } = options
    const gradient = maximize ? grad.neg() : grad
    const g = weightDecay === null ? gradient : gradient.add(param.mul(weightDecay))
    const squares = squareAvg.mul(alpha).add(g.mul(sub(1, alpha)).mul(g))
    const mean = gradAvg === null ? g.mul(sub(1, alpha)) : gradAvg.add(g.sub(gradAvg).mul(sub(1, alpha)))
    const spread = (centered ? squares.sub(mean.mul(mean)) : squares).sqrt().add(eps)
    const state = { squareAvg: squares, ...(centered ? { gradAvg: mean } : {}) }
    if (momentum === null) return { param: param.sub(g.mul(lr).div(spread)), ...state }
    const move = momentumBuffer === null ? g.div(spread) : momentumBuffer.mul(momentum).add(g.div(spread))
    return { param: param.sub(move.mul(lr)), momentumBuffer: move, ...state }
  }
})

/**
 * RMSprop (Hinton, Neural Networks for Machine Learning, lecture 6e, 2012; centered: Graves, 2013); see
 * `RMSpropOptions`.
 */
export class RMSprop extends Optimizer<RMSpropOptions, RMSpropState> {
  constructor(...args: Arguments<typeof signature>) {
    const [params, lr, alpha, eps, weightDecay, momentum, centered, , , maximize] = signature.read(args)
    super(params, { lr, momentum, alpha, eps, centered, weightDecay, maximize }, rule)
  }

  protected override check(options: RMSpropOptions): void {
    signature.check(options)
    const { lr, eps, momentum, weightDecay, alpha } = options
    checkNotNegative(lr, 'learning rate')
    checkNotNegative(eps, 'epsilon value')
    checkNotNegative(momentum, 'momentum value')
    checkNotNegative(weightDecay, 'weightDecay value')
    checkNotNegative(alpha, 'alpha value')
  }

  protected override newState(parameter: Tensor, { momentum, centered }: ParamGroup<RMSpropOptions>): RMSpropState {
    return {
      step: zeros([]),
      squareAvg: zerosLike(parameter),
      momentumBuffer: momentum > 0 ? zerosLike(parameter) : null,
      gradAvg: centered ? zerosLike(parameter) : null
    }
  }
}
