// Stochastic gradient descent with momentum.

import { type Arguments, member } from '../declare'
import { sub } from '../ops/define/value'
import type { Tensor } from '../tensor'
import { type ParamGroup, type Params, checkNotNegative, defineParams } from './groups'
import { Optimizer } from './optimizer'
import { updateRule } from './update'

/** Options of `SGD`. */
export interface SGDOptions {
  /** Learning rate. Default 0.001. */
  lr: number
  /** Share of the last step's direction that is kept. Default 0. */
  momentum: number
  /** Share of the gradient that does not enter the momentum. Default 0. */
  dampening: number
  /** Multiple of the parameter that is added to its gradient. Default 0. */
  weightDecay: number
  /** Looks ahead along the momentum. */
  nesterov: boolean
  /** Moves along the gradient instead of against it. */
  maximize: boolean
}

/** What SGD with momentum keeps of a parameter. */
export interface SGDState {
  /** Null before the first step with momentum. */
  momentumBuffer: Tensor | null
}

declare module '../signature/types' {
  interface KindTypes {
    SGDParams: Params<SGDOptions>
  }
}

defineParams('SGDParams')

const MOMENTUM = 'momentum: float = 0, dampening: float = 0'
const DECAY = 'weightDecay: float = 0, nesterov: bool = false, *, maximize: bool = false'
const signature = member(`SGD(params: SGDParams, lr: float = 0.001, ${MOMENTUM}, ${DECAY})`)

/** The first step with momentum keeps the direction itself, without dampening. */
const rule = updateRule<SGDOptions, SGDState>()({
  state: ['momentumBuffer'],
  neutral: ['momentum', 'dampening', 'weightDecay'],
  update: ({ param, grad, momentumBuffer }, { lr, momentum, dampening, weightDecay, nesterov, maximize }) => {
    const gradient = maximize ? grad.neg() : grad
    const d = weightDecay === null ? gradient : gradient.add(param.mul(weightDecay))
    if (momentum === null) return { param: param.sub(d.mul(lr)) }
    const dampened = dampening === null ? d : d.mul(sub(1, dampening))
    const next = momentumBuffer === null ? d : dampened.add(momentumBuffer.mul(momentum))
    const move = nesterov ? d.add(next.mul(momentum)) : next
    return { param: param.sub(move.mul(lr)), momentumBuffer: next }
  }
})

/** Stochastic gradient descent, optionally with momentum (Sutskever et al., 2013, for Nesterov's); see `SGDOptions`. */
export class SGD extends Optimizer<SGDOptions, SGDState> {
  constructor(...args: Arguments<typeof signature>) {
    const [params, lr, momentum, dampening, weightDecay, nesterov, maximize] = signature.read(args)
    super(params, { lr, momentum, dampening, weightDecay, nesterov, maximize }, rule)
  }

  protected override check(options: SGDOptions): void {
    signature.check(options)
    const { lr, momentum, dampening, weightDecay, nesterov } = options
    checkNotNegative(lr, 'learning rate')
    checkNotNegative(momentum, 'momentum value')
    checkNotNegative(weightDecay, 'weightDecay value')
    if (nesterov && (momentum <= 0 || dampening !== 0)) {
      throw new RangeError('Nesterov momentum requires a momentum and zero dampening')
    }
  }

  protected override newState(): SGDState {
    return { momentumBuffer: null }
  }

  protected override keepsState({ momentum }: ParamGroup<SGDOptions>): boolean {
    return momentum !== 0
  }
}
