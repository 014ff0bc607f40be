// Optimizer updates: each one expression that reads and writes parameter and state in a single pass.
// Scalars may be live, so that a captured step reads them anew at each replay.

import { FLOAT64 } from '../dtype'
import type { Expr } from '../expression'
import type { Live } from '../recording'
import type { Tensor } from '../tensor'
import { Fused, type FusedForward } from './define/fused'
import { pow, sub } from './elementwise'

type Scalar = number | Live

/** One expression per form of an update; forms are numbered by the bits of their options. */
class Forms<Form> {
  readonly #fused: Fused[] = []

  constructor(
    readonly formOf: (bits: number) => Form,
    readonly forward: (form: Form) => FusedForward,
    readonly uniforms = 0
  ) {}

  at(bits: number): Fused {
    return (this.#fused[bits] ??= new Fused(this.forward(this.formOf(bits)), null, this.uniforms))
  }
}

function write(fused: Fused, outputs: readonly Tensor[], inputs: readonly Tensor[], scalars: readonly Scalar[]): void {
  fused.write(outputs, inputs, scalars)
  for (const output of outputs) output.cell.version++
}

/** What the form of an SGD update depends on. */
export interface SGDForm {
  readonly maximize: boolean
  readonly decays: boolean
  readonly nesterov: boolean
}

const sgdBits = ({ maximize, decays, nesterov }: SGDForm): number =>
  (maximize ? 1 : 0) | (decays ? 2 : 0) | (nesterov ? 4 : 0)

const sgdForm = (bits: number): SGDForm => ({
  maximize: (bits & 1) !== 0,
  decays: (bits & 2) !== 0,
  nesterov: (bits & 4) !== 0
})

const direction = (
  parameter: Tensor,
  gradient: Tensor,
  form: { maximize: boolean; decays: boolean },
  decay: Tensor
): Tensor => {
  const d = form.maximize ? gradient.neg() : gradient
  return form.decays ? d.add(parameter.mul(decay)) : d
}

const sgd = new Forms(
  sgdForm,
  (form) =>
    ([p, g], [rate, decay]) =>
      p.sub(direction(p, g, form, decay).mul(rate))
)

const sgdFirst = new Forms(sgdForm, (form) => ([p, g], [rate, decay, momentum]) => {
  const d = direction(p, g, form, decay)
  return [p.sub((form.nesterov ? d.add(d.mul(momentum)) : d).mul(rate)), d]
})

const sgdMomentum = new Forms(sgdForm, (form) => ([p, g, b], [rate, decay, momentum, dampening]) => {
  const d = direction(p, g, form, decay)
  const next = b.mul(momentum).add(d.mul(sub(1, dampening)))
  return [p.sub((form.nesterov ? d.add(next.mul(momentum)) : next).mul(rate)), next]
})

/** `parameter -= lr * d`, where `d` is the gradient (negated to maximize) plus weight decay. */
export function sgdStep(
  parameter: Tensor,
  gradient: Tensor,
  form: SGDForm,
  scalars: readonly [lr: Scalar, weightDecay: Scalar]
): void {
  write(sgd.at(sgdBits(form)), [parameter], [parameter, gradient], scalars)
}

/** The first step with momentum: the buffer becomes `d` itself, without dampening. */
export function sgdFirstMomentumStep(
  parameter: Tensor,
  gradient: Tensor,
  buffer: Tensor,
  form: SGDForm,
  scalars: readonly [lr: Scalar, weightDecay: Scalar, momentum: Scalar]
): void {
  write(sgdFirst.at(sgdBits(form)), [parameter, buffer], [parameter, gradient], scalars)
}

/** `buffer = momentum * buffer + (1 - dampening) * d; parameter -= lr * buffer`, with Nesterov's look-ahead if asked. */
export function sgdMomentumStep(
  parameter: Tensor,
  gradient: Tensor,
  buffer: Tensor,
  form: SGDForm,
  scalars: readonly [lr: Scalar, weightDecay: Scalar, momentum: Scalar, dampening: Scalar]
): void {
  write(sgdMomentum.at(sgdBits(form)), [parameter, buffer], [parameter, gradient, buffer], scalars)
}

/** What the form of an Adam update depends on. */
export interface AdamForm {
  readonly maximize: boolean
  readonly decays: boolean
  readonly amsgrad: boolean
  /** AdamW: the decay acts on the parameter, not on the gradient. */
  readonly decoupled: boolean
}

/** State of one parameter under Adam. */
export interface AdamState {
  /** Steps so far, a 0-d float32 tensor, so that a captured step counts on. */
  readonly step: Tensor
  readonly expAvg: Tensor
  readonly expAvgSq: Tensor
  readonly maxExpAvgSq: Tensor | null
}

const adamBits = ({ maximize, decays, amsgrad, decoupled }: AdamForm): number =>
  (maximize ? 1 : 0) | (decays ? 2 : 0) | (amsgrad ? 4 : 0) | (decoupled ? 8 : 0)

const adamForm = (bits: number): AdamForm => ({
  maximize: (bits & 1) !== 0,
  decays: (bits & 2) !== 0,
  amsgrad: (bits & 4) !== 0,
  decoupled: (bits & 8) !== 0
})

const adamForward =
  (form: AdamForm): FusedForward =>
  (inputs, [rate, beta1, beta2, eps, decay]) => {
    const [p0, g, m0, v0] = inputs
    const steps = asFloat64(inputs[inputs.length - 1])
    const coupled = { maximize: form.maximize, decays: form.decays && !form.decoupled }
    const d = direction(p0, g, coupled, decay)
    const p = form.decays && form.decoupled ? p0.mul(sub(1, rate.mul(decay))) : p0
    const m = m0.add(d.sub(m0).mul(sub(1, beta1)))
    const v = v0.mul(beta2).add(d.mul(sub(1, beta2)).mul(d))
    const largest = form.amsgrad ? inputs[4].maximum(v) : v
    const correction1 = sub(1, pow(beta1, steps))
    const correction2 = sub(1, pow(beta2, steps)).sqrt()
    const denominator = largest.sqrt().div(correction2).add(eps)
    const next = p.sub(m.mul(rate.div(correction1)).div(denominator))
    return form.amsgrad ? [next, m, v, largest] : [next, m, v]
  }

const adam = new Forms(adamForm, adamForward, 1)

/**
 * One step of Adam (Kingma and Ba, 2015) or AdamW (Loshchilov and Hutter, 2019). `state.step` must already count this step;
 * the bias corrections follow from it in float64.
 */
export function adamStep(
  parameter: Tensor,
  gradient: Tensor,
  { step, expAvg, expAvgSq, maxExpAvgSq }: AdamState,
  form: AdamForm,
  scalars: readonly [lr: Scalar, beta1: Scalar, beta2: Scalar, eps: Scalar, weightDecay: Scalar]
): void {
  const state = form.amsgrad ? [expAvg, expAvgSq, maxExpAvgSq!] : [expAvg, expAvgSq]
  write(adam.at(adamBits(form)), [parameter, ...state], [parameter, gradient, ...state, step], scalars)
}

function asFloat64(value: Tensor): Tensor {
  const symbol = value as unknown as Expr
  return symbol.builder.cast(symbol, FLOAT64) as unknown as Tensor
}
