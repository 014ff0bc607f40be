// Adam and AdamW.

import { type Arguments, member } from '../declare'
import { isList, valueText } from '../kinds'
import { zeros, zerosLike } from '../ops/creation'
import { wrote } from '../recording'
import { defineKind } from '../signature'
import { type Tensor, readGrad } from '../tensor'
import { type AdamScalars, type AdamUpdate, adamStep } from './adam-step'
import { type ParamGroup, type Params, checkNotNegative, defineParams } from './groups'
import { Optimizer } from './optimizer'
import { checkedFlag, checkedNumber } from './update'

/** Options of `Adam` and `AdamW`. */
export interface AdamOptions {
  /** Learning rate. Default 0.001. */
  lr: number
  /** How much of the averages of gradients and of their squares each step keeps. Default [0.9, 0.999]. */
  betas: [number, number]
  /** Added to the denominator. Default 1e-8. */
  eps: number
  /**
   * Adam: multiple of the parameter added to its gradient, default 0. AdamW: share taken from the parameter, default
   * 0.01.
   */
  weightDecay: number
  /** Divides by the largest average of squares so far (Reddi et al., 2018). */
  amsgrad: boolean
  /** Moves along the gradient instead of against it. */
  maximize: boolean
  /** Decays the parameter itself instead of adding to the gradient: what makes AdamW. */
  decoupledWeightDecay: boolean
}

/** What Adam keeps of a parameter. */
export interface AdamState {
  /** Steps so far, 0-d, so that a captured step counts on. */
  step: Tensor
  /** Running average of the gradients. */
  expAvg: Tensor
  /** Running average of their squares. */
  expAvgSq: Tensor
  /** Null without amsgrad. */
  maxExpAvgSq: Tensor | null
}

declare module '../signature/types' {
  interface KindTypes {
    AdamParams: Params<AdamOptions>
    betas: readonly [number, number]
  }
}

defineParams('AdamParams')

const areBetas = (value: unknown): value is readonly [number, number] =>
  isList(value) && value.length === 2 && value.every((beta) => typeof beta === 'number')

defineKind('betas', {
  what: 'an array of two numbers',
  accepts: areBetas,
  read: (value, op, name) => {
    if (areBetas(value)) return [value[0], value[1]]
    const got = isList(value) ? `[${value.map(valueText).join(', ')}]` : valueText(value)
    throw new TypeError(`${op}: ${name} must be an array of two numbers, got ${got}`)
  },
  passes: () => false
})

const RATES = 'lr: float = 0.001, betas: betas = [0.9,0.999], eps: float = 1e-8'
const signatures = {
  adam: member(
    `Adam(params: AdamParams, ${RATES}, weightDecay: float = 0, amsgrad: bool = false, *, maximize: bool = false, decoupledWeightDecay: bool = false)`
  ),
  adamW: member(
    `AdamW(params: AdamParams, ${RATES}, weightDecay: float = 0.01, amsgrad: bool = false, *, maximize: bool = false)`
  )
}

type Group = ParamGroup<AdamOptions>

/** The numbers of a group, read anew at each replay. */
const scalarsOf = (group: Group): AdamScalars => [
  { read: () => checkedNumber(group.lr, 'lr') },
  { read: () => checkedNumber((group.betas as Partial<readonly number[]> | undefined)?.[0], 'betas[0]') },
  { read: () => checkedNumber((group.betas as Partial<readonly number[]> | undefined)?.[1], 'betas[1]') },
  { read: () => checkedNumber(group.eps, 'eps') },
  { read: () => checkedNumber(group.weightDecay, 'weightDecay') }
]

/** By group; one belongs to one optimizer. */
const scalars = new WeakMap<Group, AdamScalars>()

function scalarsFor(group: Group): AdamScalars {
  let known = scalars.get(group)
  if (known === undefined) scalars.set(group, (known = scalarsOf(group)))
  return known
}

/** Adam (Kingma and Ba, 2015); see `AdamOptions`. */
export class Adam extends Optimizer<AdamOptions, AdamState> {
  constructor(...args: Arguments<typeof signatures.adam>) {
    const [params, lr, [beta1, beta2], eps, weightDecay, amsgrad, maximize, decoupledWeightDecay] =
      signatures.adam.read(args)
    super(params, { lr, betas: [beta1, beta2], eps, weightDecay, amsgrad, maximize, decoupledWeightDecay })
  }

  protected override check(options: AdamOptions): void {
    signatures.adam.check(options)
    const { lr, betas, eps, weightDecay } = options
    checkNotNegative(lr, 'learning rate')
    checkNotNegative(eps, 'epsilon value')
    betas.forEach((beta, i) => {
      if (!(beta >= 0 && beta < 1)) throw new RangeError(`Invalid beta parameter at index ${i}: ${beta}`)
    })
    checkNotNegative(weightDecay, 'weightDecay value')
  }

  protected override newState(parameter: Tensor, { amsgrad }: Group): AdamState {
    return {
      step: zeros([]),
      expAvg: zerosLike(parameter),
      expAvgSq: zerosLike(parameter),
      maxExpAvgSq: amsgrad ? zerosLike(parameter) : null
    }
  }

  protected override neutral(): ['weightDecay'] {
    return ['weightDecay']
  }

  protected override update(group: Group): void {
    const updates: AdamUpdate[] = []
    const amsgrad = checkedFlag(group.amsgrad, 'amsgrad')
    for (const parameter of group.params) {
      const gradient = readGrad(parameter)
      if (gradient === null) continue
      const state = this.stateOf(parameter, group)
      // Options of the group may have changed since the state was made.
      if (amsgrad && state.maxExpAvgSq === null) {
        state.maxExpAvgSq = zerosLike(parameter)
        wrote(state, 'maxExpAvgSq')
      }
      updates.push({ parameter, gradient, state })
    }
    const maximize = checkedFlag(group.maximize, 'maximize')
    const decoupled = checkedFlag(group.decoupledWeightDecay, 'decoupledWeightDecay')
    adamStep(updates, { maximize, amsgrad, decoupled, decays: group.weightDecay !== 0 }, scalarsFor(group))
  }
}

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019), 0.01 unless told otherwise; see `AdamOptions`. */
export class AdamW extends Adam {
  constructor(...args: Arguments<typeof signatures.adamW>) {
    const [params, lr, betas, eps, weightDecay, amsgrad, maximize] = signatures.adamW.read(args)
    super(params, lr, betas, eps, weightDecay, amsgrad, { maximize, decoupledWeightDecay: true })
  }
}
