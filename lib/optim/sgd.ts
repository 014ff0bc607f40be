// Stochastic gradient descent with momentum. The arithmetic of one step is in ops/optimizer.

import { type Arguments, member } from '../declare'
import { emptyLike } from '../ops/creation'
import { type SGDForm, sgdFirstMomentumStep, sgdMomentumStep, sgdStep } from '../ops/optimizer'
import { type Live, guard, wrote } from '../recording'
import { type Tensor, readGrad } from '../tensor'
import { Optimizer, type ParamGroup, type Params, checkNotNegative, defineParams, oncePerGroup } from './optimizer'

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

type Group = ParamGroup<SGDOptions>

/** A group as its updates read it: what they branch on as properties, the numbers as live scalars. */
class Plan implements SGDForm {
  readonly plain: readonly [lr: Live, weightDecay: Live]
  readonly first: readonly [lr: Live, weightDecay: Live, momentum: Live]
  readonly later: readonly [lr: Live, weightDecay: Live, momentum: Live, dampening: Live]

  constructor(readonly group: Group) {
    const lr = { read: () => group.lr }
    const weightDecay = { read: () => group.weightDecay }
    this.plain = [lr, weightDecay]
    this.first = [lr, weightDecay, { read: () => group.momentum }]
    this.later = [...this.first, { read: () => group.dampening }]
  }

  get maximize(): boolean {
    return this.group.maximize
  }

  get nesterov(): boolean {
    return this.group.nesterov
  }

  get decays(): boolean {
    return this.group.weightDecay !== 0
  }

  get dampens(): boolean {
    return this.group.dampening !== 0
  }

  get hasMomentum(): boolean {
    return this.group.momentum !== 0
  }
}

const planOf = oncePerGroup((group: Group) => new Plan(group))

/** Stochastic gradient descent, optionally with momentum (Sutskever et al., 2013, for Nesterov's); see `SGDOptions`. */
export class SGD extends Optimizer<SGDOptions, SGDState> {
  constructor(...args: Arguments<typeof signature>) {
    const [params, lr, momentum, dampening, weightDecay, nesterov, maximize] = signature.read(args)
    super(params, { lr, momentum, dampening, weightDecay, nesterov, maximize })
  }

  protected override check(options: SGDOptions): void {
    signature.check(options)
    const { lr, momentum, dampening, weightDecay, nesterov } = options
    checkNotNegative(lr, 'learning rate')
    checkNotNegative(momentum, 'momentum value')
    checkNotNegative(weightDecay, 'weight_decay value')
    if (nesterov && (momentum <= 0 || dampening !== 0)) {
      throw new RangeError('Nesterov momentum requires a momentum and zero dampening')
    }
  }

  protected override newState(): SGDState {
    return { momentumBuffer: null }
  }

  protected override update(group: Group): void {
    const plan = planOf(group)
    guard(plan, 'maximize')
    guard(plan, 'nesterov')
    guard(plan, 'decays')
    guard(plan, 'dampens')
    guard(plan, 'hasMomentum')
    const { hasMomentum } = plan
    for (const parameter of group.params) {
      const gradient = readGrad(parameter)
      if (gradient === null) continue
      if (hasMomentum) this.#momentumStep(parameter, gradient, plan)
      else sgdStep(parameter, gradient, plan, plan.plain)
    }
  }

  #momentumStep(parameter: Tensor, gradient: Tensor, plan: Plan): void {
    const state = this.stateOf(parameter, plan.group)
    guard(state, 'momentumBuffer')
    const { momentumBuffer } = state
    if (momentumBuffer !== null) {
      sgdMomentumStep(parameter, gradient, momentumBuffer, plan, plan.later)
      return
    }
    const first = emptyLike(parameter)
    sgdFirstMomentumStep(parameter, gradient, first, plan, plan.first)
    state.momentumBuffer = first
    wrote(state, 'momentumBuffer')
  }
}
