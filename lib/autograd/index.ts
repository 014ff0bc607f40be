// The public autograd functions and the autograd methods of Tensor.

import { checkFlags, checkOptions, kindText } from '../kinds'
import { type Hook, Tensor, autogradHooks } from '../tensor'
import { Run, addToGrad, rootGradient } from './engine'
import { gradientEdge, retain } from './node'

/** One tensor or several. */
export type TensorOrTensors = Tensor | readonly Tensor[]

/** Options of `autograd.backward`. */
export interface BackwardOptions {
  /** Gradient of each output; null stands for 1 where an output has one element. */
  readonly gradTensors?: Tensor | null | readonly (Tensor | null)[]
  /** Keeps what the graph saved for another backward; defaults to `createGraph`. */
  readonly retainGraph?: boolean
  /** Records the backward itself, for derivatives of derivatives. */
  readonly createGraph?: boolean
  /** Accumulates into these tensors only. */
  readonly inputs?: TensorOrTensors
}

/** Options of `autograd.grad`. */
export interface GradOptions {
  /** Gradient of each output; null stands for 1 where an output has one element. */
  readonly gradOutputs?: Tensor | null | readonly (Tensor | null)[]
  /** Keeps what the graph saved for another backward; defaults to `createGraph`. */
  readonly retainGraph?: boolean
  /** Records the backward itself, for derivatives of derivatives. */
  readonly createGraph?: boolean
  /** Gives null for inputs that the outputs do not depend on instead of throwing. */
  readonly allowUnused?: boolean
}

/** Options of `tensor.backward`. */
export interface TensorBackwardOptions extends Omit<BackwardOptions, 'gradTensors'> {
  /** Gradient of this tensor; may be left out where it has one element. */
  readonly gradient?: Tensor | null
}

/** One tensor or several in a list of its own; `refusal` is what is said of an element that is none. */
function listOf(tensors: TensorOrTensors, refusal: (place: number) => string): readonly Tensor[] {
  if (tensors instanceof Tensor) return [tensors]
  if (!Array.isArray(tensors)) {
    throw new TypeError(`autograd: expected a Tensor or an array of Tensors, got ${kindText(tensors)}`)
  }
  const list: Tensor[] = []
  for (let i = 0; i < tensors.length; i++) {
    const tensor: unknown = tensors[i]
    if (!(tensor instanceof Tensor)) throw new TypeError(refusal(i))
    list.push(tensor)
  }
  return list
}

const outputList = (outputs: TensorOrTensors): readonly Tensor[] =>
  listOf(outputs, (place) => `element ${place} of tensors is not a Tensor`)

/** The tensors that gradients are wanted of. */
function inputList(inputs: TensorOrTensors): readonly Tensor[] {
  const list = listOf(inputs, () => 'autograd: inputs must be Tensors')
  for (const { requiresGrad } of list) {
    if (!requiresGrad) throw new Error('One of the differentiated Tensors does not require grad')
  }
  return list
}

function gradientList(
  given: Tensor | null | readonly (Tensor | null)[] | undefined,
  count: number
): readonly (Tensor | null)[] {
  const list =
    given === undefined || given === null
      ? new Array<null>(count).fill(null)
      : given instanceof Tensor
        ? [given]
        : given
  if (list.length !== count) {
    throw new RangeError(`got ${count} tensors and ${list.length} gradients`)
  }
  return list
}

function startRun(
  outputs: readonly Tensor[],
  gradients: readonly (Tensor | null)[],
  run: Run,
  captured: readonly Tensor[] | null
): (Tensor | null)[] {
  outputs.forEach((output, i) => {
    if (!output.requiresGrad) {
      throw new Error(`element ${i} of tensors does not require grad and does not have a grad_fn`)
    }
  })
  const roots = outputs.map((output, i) => rootGradient(output, gradients[i], i))
  if (captured !== null) {
    const edges = captured.map((input) => ({ node: gradientEdge(input)!, outputIndex: input.outputIndex }))
    run.captureOnly(edges, outputs.map(gradientEdge))
  }
  outputs.forEach((output, i) => {
    run.seed(output, roots[i])
  })
  return run.execute()
}

const noOptions: TensorBackwardOptions = {}

function checkBackwardOptions(options: BackwardOptions): void {
  checkOptions('backward', options, ['gradient', 'gradTensors', 'retainGraph', 'createGraph', 'inputs'])
  checkFlags('backward', { retainGraph: options.retainGraph, createGraph: options.createGraph })
}

/** Adds the gradients of `tensors` into the `grad` of the leaves that they depend on. */
export function backward(tensors: TensorOrTensors, options?: BackwardOptions): void
/** @internal */
export function backward(tensors: Tensor, options: TensorBackwardOptions, gradients: readonly (Tensor | null)[]): void
export function backward(
  tensors: TensorOrTensors,
  options: BackwardOptions = noOptions,
  given?: readonly (Tensor | null)[]
): void {
  if (options !== noOptions) checkBackwardOptions(options)
  const outputs = outputList(tensors)
  const { createGraph = false, retainGraph = createGraph, inputs } = options
  const run = new Run(retainGraph, createGraph)
  const wanted = inputs === undefined ? null : inputList(inputs)
  if (wanted !== null && wanted.length === 0) throw new RangeError('`inputs` argument to `backward()` cannot be empty.')
  const gradients = startRun(outputs, given ?? gradientList(options.gradTensors, outputs.length), run, wanted)
  wanted?.forEach((input, i) => {
    const gradient = gradients[i]
    if (gradient !== null) addToGrad(input, gradient, createGraph)
  })
}

/**
 * Gradients of `outputs` with respect to `inputs`, in an array, leaving every `grad` as it is. With `allowUnused` an input
 * that the outputs do not depend on gives null.
 */
export function grad(
  outputs: TensorOrTensors,
  inputs: TensorOrTensors,
  options: GradOptions & { readonly allowUnused: true }
): (Tensor | null)[]
export function grad(outputs: TensorOrTensors, inputs: TensorOrTensors, options?: GradOptions): Tensor[]
export function grad(outputs: TensorOrTensors, inputs: TensorOrTensors, options: GradOptions = {}): (Tensor | null)[] {
  checkOptions('grad', options, ['gradOutputs', 'retainGraph', 'createGraph', 'allowUnused'])
  const { createGraph = false, retainGraph = createGraph, allowUnused = false } = options
  checkFlags('grad', { retainGraph, createGraph, allowUnused })
  const wanted = inputList(inputs)
  const roots = outputList(outputs)
  const gradients = startRun(
    roots,
    gradientList(options.gradOutputs, roots.length),
    new Run(retainGraph, createGraph),
    wanted
  )
  gradients.forEach((gradient, i) => {
    if (gradient !== null || allowUnused) return
    throw new Error(
      `The differentiated Tensor at index ${i} appears to not have been used in the graph. Set allow_unused=True if this is the ` +
        'desired behavior. In dyngrad: { allowUnused: true }.'
    )
  })
  return gradients
}

declare module '../tensor' {
  interface Tensor {
    /** Adds the gradient of this tensor into the `grad` of the leaves that it depends on. */
    backward(options?: TensorBackwardOptions): void
  }
}

Tensor.prototype.backward = function (this: Tensor, options: TensorBackwardOptions = noOptions): void {
  backward(this, options, [options.gradient ?? null])
}

autogradHooks.registerHook = (tensor: Tensor, hook: Hook): (() => void) => {
  const node = gradientEdge(tensor)!
  const entry = { outputIndex: tensor.outputIndex, hook }
  node.hooks = [...(node.hooks ?? []), entry]
  return () => {
    const others = (node.hooks ?? []).filter((other) => other !== entry)
    node.hooks = others.length === 0 ? null : others
  }
}

autogradHooks.retainGrad = (tensor: Tensor): void => {
  const node = tensor.gradFn
  const meta = tensor.ensureMeta()
  if (node === null || meta.retainsGrad) return
  meta.retainsGrad = true
  retain(tensor, node)
}

export { enableGrad, isGradEnabled, noGrad, setGradEnabled } from './mode'
export { type BackwardRule, AccumulateGrad, Node } from './node'
