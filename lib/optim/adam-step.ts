// One step of Adam: a kernel of its own, since its seven streams and thirteen instructions take four times as long as
// an expression. Scalars may be live, so that a captured step reads them anew at each replay.

import { FLOAT32, FLOAT64, NUMBER, computeCode, dtypeNames, isOfStorage } from '../dtype'
import { Expression, run } from '../expression'
import { Builder } from '../symbol'
import { MAX_OPERANDS } from '../launch'
import { type KernelArgument, type KernelOperand, callKernel, flatOf, kernel } from '../kernel'
import type { Live } from '../recording'
import { type Shape, sameShape, shapeText } from '../shape'
import { Tensor } from '../tensor'
import { copyInto } from '../ops/core/copy'
import { emptyResult } from '../ops/define/result'

type Scalar = number | Live

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

/** True where memory is walked as the kernel walks it, in a dtype that it has. */
const isDense = ({ parameter, gradient, state }: AdamUpdate, form: AdamForm): boolean =>
  !isOfStorage(parameter.code) &&
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
  const copy = emptyResult(tensor.sizes, computeCode(tensor.code))
  copyInto(copy, tensor)
  return copy
}

const denseCopy = (tensor: Tensor): Tensor => (tensor.dense && !isOfStorage(tensor.code) ? tensor : copyOf(tensor))

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

/** The kernel walks memory, so what is not dense, or of a dtype that it has not, is copied there and back. */
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
 * One step of Adam (Kingma and Ba, 2015) or AdamW (Loshchilov and Hutter, 2019), as many parameters in a launch as it
 * has operands. The kernel counts the steps and works out the bias corrections in float64.
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
