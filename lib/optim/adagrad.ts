// Adagrad: a rate for each element, which falls with the squares of its gradients so far.

import { type Arguments, member } from '../declare'
import { fullLike, zeros } from '../ops/creation'
import type { Tensor } from '../tensor'
import { type Params, checkNotNegative, defineParams } from './groups'
import { Optimizer, defaultsOf } from './optimizer'
import { updateRule } from './update'

/** Options of `Adagrad`. */
export interface AdagradOptions {
  /** Learning rate. Default 0.01. */
  lr: number
  /** The rate of step t is `lr / (1 + (t - 1) * lrDecay)`. Default 0. */
  lrDecay: number
  /** Multiple of the parameter that is added to its gradient. Default 0. */
  weightDecay: number
  /** What sums of squares begin with. Default 0. */
  initialAccumulatorValue: number
  /** Added to the denominator. Default 1e-10. */
  eps: number
  /** Moves along the gradient instead of against it. */
  maximize: boolean
}

/** What Adagrad keeps of a parameter. */
export interface AdagradState {
  /** Steps so far, 0-d. */
  step: Tensor
  /** Sum of the squares of gradients. */
  sum: Tensor
}

declare module '../signature/types' {
  interface KindTypes {
    AdagradParams: Params<AdagradOptions>
  }
}

defineParams('AdagradParams')

const RATES = 'lr: float = 0.01, lrDecay: float = 0, weightDecay: float = 0'
const SUMS = 'initialAccumulatorValue: float = 0, eps: float = 1e-10'
const UNUSED = 'differentiable: false = false, fused: bool? = null'
const signature = member(
  `Adagrad(params: AdagradParams, ${RATES}, ${SUMS}, foreach: bool? = null, *, maximize: bool = false, ${UNUSED})`
)

const rule = updateRule<AdagradOptions, AdagradState>()({
  state: ['step', 'sum'],
  neutral: ['lrDecay', 'weightDecay'],
  update: ({ param, grad, step, sum }, { lr, lrDecay, weightDecay, eps, maximize }) => {
    const gradient = maximize ? grad.neg() : grad
    const g = weightDecay === null ? gradient : gradient.add(param.mul(weightDecay))
    const rate = lrDecay === null ? lr : lr.div(step.sub(1).mul(lrDecay).add(1))
    const squares = sum.add(g.mul(g))
    return { param: param.sub(g.mul(rate).div(squares.sqrt().add(eps))), sum: squares }
  }
})

/** Adagrad (Duchi, Hazan and Singer, 2011); see `AdagradOptions`. */
export class Adagrad extends Optimizer<AdagradOptions, AdagradState> {
  constructor(...args: Arguments<typeof signature>) {
    const [params, lr, lrDecay, weightDecay, initialAccumulatorValue, eps, , maximize] = signature.read(args)
    super(params, { lr, lrDecay, weightDecay, initialAccumulatorValue, eps, maximize }, rule)
  }

  protected override check(options: AdagradOptions): void {
    signature.check(options)
    const { lr, lrDecay, weightDecay, initialAccumulatorValue, eps } = options
    checkNotNegative(lr, 'learning rate')
    checkNotNegative(lrDecay, 'lrDecay value')
    checkNotNegative(weightDecay, 'weightDecay value')
    checkNotNegative(initialAccumulatorValue, 'initialAccumulatorValue value')
    checkNotNegative(eps, 'epsilon value')
  }

  /** A group's own initial value is not read, as in PyTorch. */
  protected override newState(parameter: Tensor): AdagradState {
    return { step: zeros([]), sum: fullLike(parameter, defaultsOf(this).initialAccumulatorValue) }
  }
}
