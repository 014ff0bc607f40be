// Optimizer updates, which read and write parameter and state in a single pass: SGD as expressions, Adam as a kernel.
// Scalars may be live, so that a captured step reads them anew at each replay.

import { FLOAT32, FLOAT64, NUMBER, dtypeNames } from '../dtype'
import { Expression, run } from '../expression'
import { Builder } from '../symbol'
import { MAX_OPERANDS, kernelRow } from '../launch'
import { type KernelArgument, type KernelOperand, callKernel, flatOf, kernel } from '../kernel'
import type { Live } from '../recording'
import { type Shape, sameShape, shapeText } from '../shape'
import { Tensor } from '../tensor'
import { copyInto } from './core/copy'
import { Fused, type FusedForward } from './define/fused'
import { emptyResult } from './define/result'
import { type Value, sub, symbolOf } from './define/value'

type Scalar = number | Live

/** One expression per form of an update; forms are numbered by the bits of their options. */
class Forms<Form> {
  readonly #fused: Fused[] = []

  constructor(
    readonly formOf: (bits: number) => Form,
    readonly forward: (form: Form) => FusedForward
  ) {}

  at(bits: number): Fused {
    return (this.#fused[bits] ??= new Fused(this.forward(this.formOf(bits))))
  }
}

type Product = (...operands: [a: Value, b: Value, c: Value]) => Value

/** Of symbols, in the dtype of `a`: one pass over a block where two ops take two. */
function product(name: string): Product {
  const row = kernelRow('pointwise', name)
  return (...operands) => {
    const symbols = operands.map(symbolOf)
    const [{ builder, code }] = symbols
    const sources = symbols.map((symbol) => builder.cast(symbol, code))
    return builder.instruction(row, code, sources)
  }
}

/** `a + b * c` */
const addProduct = product('addProduct')
/** `a - b * c` */
const subProduct = product('subProduct')

function write(fused: Fused, outputs: readonly Tensor[], inputs: readonly Tensor[], scalars: readonly Scalar[]): void {
  fused.write(outputs, inputs, scalars)
  for (const output of outputs) output.cell.version++
}

/** What the form of an SGD update depends on. */
export interface SGDForm {
  readonly maximize: boolean
  readonly decays: boolean
  readonly nesterov: boolean
  readonly dampens: boolean
}

const sgdBits = ({ maximize, decays, nesterov, dampens }: SGDForm): number =>
  (maximize ? 1 : 0) | (decays ? 2 : 0) | (nesterov ? 4 : 0) | (dampens ? 8 : 0)

const sgdForm = (bits: number): SGDForm => ({
  maximize: (bits & 1) !== 0,
  decays: (bits & 2) !== 0,
  nesterov: (bits & 4) !== 0,
  dampens: (bits & 8) !== 0
})

const direction = (
  parameter: Value,
  gradient: Value,
  form: { maximize: boolean; decays: boolean },
  decay: Value
): Value => {
  const d = form.maximize ? gradient.neg() : gradient
  return form.decays ? addProduct(d, parameter, decay) : d
}

const sgd = new Forms(
  sgdForm,
  (form) =>
    ([p, g], [rate, decay]) =>
      subProduct(p, direction(p, g, form, decay), rate)
)

const sgdFirst = new Forms(sgdForm, (form) => ([p, g], [rate, decay, momentum]) => {
  const d = direction(p, g, form, decay)
  return [subProduct(p, form.nesterov ? addProduct(d, d, momentum) : d, rate), d]
})

const sgdMomentum = new Forms(sgdForm, (form) => ([p, g, b], [rate, decay, momentum, dampening]) => {
  const d = direction(p, g, form, decay)
  const next = addProduct(form.dampens ? d.mul(sub(1, dampening)) : d, b, momentum)
  return [subProduct(p, form.nesterov ? addProduct(d, next, momentum) : next, rate), next]
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

/** Options of a step, in the order of the kernel. */
export type AdamScalars = readonly [lr: Scalar, beta1: Scalar, beta2: Scalar, eps: Scalar, weightDecay: Scalar]

const OPTIONS = 5
const noDims: Shape = []
let optionsExpression: Expression | null = null

/** The options as a float64 tensor of this step: a launch writes it, so a replay reads live ones anew. */
function optionsTensor(scalars: AdamScalars): Tensor {
  if (optionsExpression === null) {
    const builder = new Builder()
    const slots = Array.from({ length: OPTIONS }, (_, i) => builder.slot(i, FLOAT64, NUMBER))
    optionsExpression = new Expression(builder, slots)
  }
  const options = emptyResult([OPTIONS], FLOAT64)
  const { storage } = options
  const views: Tensor[] = []
  // An aliasTensor() for each, which checks what is sure here, is a tenth of a step of few elements.
  for (let i = 0; i < OPTIONS; i++) {
    views.push(new Tensor(storage, storage.byteOffset + 8 * i, noDims, noDims, FLOAT64, 1, true, storage))
  }
  run(optionsExpression, [], [], views, scalars)
  return options
}

/** One parameter in a step of Adam. */
export interface AdamUpdate {
  readonly parameter: Tensor
  readonly gradient: Tensor
  readonly state: AdamState
}

const adamKernel = kernel('adam')

/** What an update writes. */
function writtenOf({ parameter, state }: AdamUpdate, { amsgrad }: AdamForm): Tensor[] {
  const { step, expAvg, expAvgSq, maxExpAvgSq } = state
  return amsgrad ? [step, parameter, expAvg, expAvgSq, maxExpAvgSq!] : [step, parameter, expAvg, expAvgSq]
}

function checkState(tensor: Tensor, code: number, shape: Shape): void {
  if (tensor.code === code && sameShape(tensor.sizes, shape)) return
  throw new TypeError(
    `Adam: expected a ${dtypeNames[code]} tensor of shape ${shapeText(shape)} for a parameter's step, ` +
      `got ${tensor.dtype} ${shapeText(tensor.sizes)}`
  )
}

function checkUpdate({ parameter, gradient, state }: AdamUpdate, form: AdamForm): void {
  const { code, sizes } = parameter
  checkState(state.step, FLOAT32, noDims)
  checkState(gradient, code, sizes)
  checkState(state.expAvg, code, sizes)
  checkState(state.expAvgSq, code, sizes)
  if (form.amsgrad) checkState(state.maxExpAvgSq!, code, sizes)
}

/** True where memory is walked as the kernel walks it. */
const isDense = ({ parameter, gradient, state }: AdamUpdate, form: AdamForm): boolean =>
  parameter.dense &&
  gradient.dense &&
  state.expAvg.dense &&
  state.expAvgSq.dense &&
  (!form.amsgrad || state.maxExpAvgSq!.dense)

function launchAdam(options: Tensor, updates: readonly AdamUpdate[], form: AdamForm): void {
  // By rule of the kernel, of one parameter after the other. V8 maps slowly: lists in loops.
  const gradients: KernelOperand[] = []
  const steps: Tensor[] = []
  const outputs: KernelOperand[][] = form.amsgrad ? [[], [], [], []] : [[], [], []]
  for (let t = 0; t < updates.length; t++) {
    const { parameter, gradient, state } = updates[t]
    gradients.push(flatOf(gradient))
    steps.push(state.step)
    outputs[0].push(flatOf(parameter))
    outputs[1].push(flatOf(state.expAvg))
    outputs[2].push(flatOf(state.expAvgSq))
    if (form.amsgrad) outputs[3].push(flatOf(state.maxExpAvgSq!))
  }
  const written: KernelArgument[] = [steps, ...outputs]
  if (!form.amsgrad) written.push(null)
  callKernel(adamKernel, written, [options, gradients], [adamBits(form)])
  for (let t = 0; t < updates.length; t++) countWrites(updates[t], form)
}

function countWrites({ parameter, state }: AdamUpdate, form: AdamForm): void {
  parameter.cell.version++
  state.step.cell.version++
  state.expAvg.cell.version++
  state.expAvgSq.cell.version++
  if (form.amsgrad) state.maxExpAvgSq!.cell.version++
}

function copyOf(tensor: Tensor): Tensor {
  const copy = emptyResult(tensor.sizes, tensor.code)
  copyInto(copy, tensor)
  return copy
}

const denseCopy = (tensor: Tensor): Tensor => (tensor.dense ? tensor : copyOf(tensor))

/** True where a gradient shows other elements of its parameter's memory. */
const isShifted = ({ parameter, gradient }: AdamUpdate): boolean =>
  gradient.storage === parameter.storage && gradient.byteOffset !== parameter.byteOffset

/** True where two updates share memory, so that the second continues what the first leaves. */
function meet(a: AdamUpdate, b: AdamUpdate): boolean {
  const { storage } = a.parameter
  const other = b.parameter.storage
  return storage === other || storage === b.gradient.storage || other === a.gradient.storage
}

const meetsAny = (batch: readonly AdamUpdate[], update: AdamUpdate): boolean => {
  for (let t = 0; t < batch.length; t++) if (meet(batch[t], update)) return true
  return false
}

/** The kernel walks memory, so what is not dense is copied there and back. */
function launchCopied(options: Tensor, update: AdamUpdate, form: AdamForm): void {
  const { parameter, gradient, state } = update
  const copies: AdamUpdate = {
    parameter: denseCopy(parameter),
    gradient: isShifted(update) ? copyOf(gradient) : denseCopy(gradient),
    state: {
      step: state.step,
      expAvg: denseCopy(state.expAvg),
      expAvgSq: denseCopy(state.expAvgSq),
      maxExpAvgSq: state.maxExpAvgSq && denseCopy(state.maxExpAvgSq)
    }
  }
  launchAdam(options, [copies], form)
  const results = writtenOf(copies, form)
  writtenOf(update, form).forEach((tensor, i) => {
    if (tensor === results[i]) return
    copyInto(tensor, results[i])
    tensor.cell.version++
  })
}

/**
 * One step of Adam (Kingma and Ba, 2015) or AdamW (Loshchilov and Hutter, 2019), as many parameters in a launch as it has
 * operands. The kernel counts the steps and works out the bias corrections in float64.
 */
export function adamStep(updates: readonly AdamUpdate[], form: AdamForm, scalars: AdamScalars): void {
  if (updates.length === 0) return
  for (const update of updates) checkUpdate(update, form)
  const options = optionsTensor(scalars)
  const most = Math.floor((MAX_OPERANDS - 1) / (form.amsgrad ? 6 : 5))
  let batch: AdamUpdate[] = []
  const flush = (): void => {
    if (batch.length > 0) launchAdam(options, batch, form)
    batch = []
  }
  for (const update of updates) {
    const isDirect = isDense(update, form) && !isShifted(update)
    const { code } = update.parameter
    const ends = batch.length > 0 && (!isDirect || batch[0].parameter.code !== code || meetsAny(batch, update))
    if (ends || batch.length === most) flush()
    if (isDirect) batch.push(update)
    else launchCopied(options, update, form)
  }
  flush()
}
