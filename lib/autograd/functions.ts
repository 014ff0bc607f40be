// The public autograd functions and the autograd methods of Tensor.

import { type Arguments, type Op, declare, member } from '../declare'
import { isList, tensorAdvice, wrongKind } from '../kinds'
import { defineKind } from '../signature'
import { type Hook, Tensor, autogradHooks, warnOnce } from '../tensor'
import { Run, addToGrad, rootGradient } from './engine'
import { gradientEdge, retain } from './node'

/** One tensor or several. */
export type TensorOrTensors = Tensor | readonly Tensor[]

declare module '../signature/types' {
  interface KindTypes {
    'Tensor?[]': readonly (Tensor | null)[]
  }
}

/** A copy of a list of gradients. */
function gradientsOf(list: unknown, op: string, name: string): readonly (Tensor | null)[] {
  if (!isList(list)) throw wrongKind(op, name, 'an array', list)
  const { length } = list
  const gradients: (Tensor | null)[] = []
  for (let i = 0; i < length; i++) {
    const gradient: unknown = list[i]
    if (gradient !== null && !(gradient instanceof Tensor)) {
      throw wrongKind(op, `element ${i} of ${name}`, 'a Tensor or null', gradient, tensorAdvice)
    }
    gradients.push(gradient)
  }
  return gradients
}

defineKind('Tensor?[]', {
  what: 'an array of Tensors and nulls',
  accepts: isList,
  read: gradientsOf,
  passes: () => false
})

const listOf = (tensors: TensorOrTensors): readonly Tensor[] => (tensors instanceof Tensor ? [tensors] : tensors)

/** The tensors that gradients are wanted of. */
function wantedOf(inputs: TensorOrTensors): readonly Tensor[] {
  const list = listOf(inputs)
  for (const { requiresGrad } of list) {
    if (!requiresGrad) throw new Error('One of the differentiated Tensors does not require grad')
  }
  return list
}

/** A gradient for each of `count` outputs; null stands for 1. */
function gradientList(given: Tensor | null | readonly (Tensor | null)[], count: number): readonly (Tensor | null)[] {
  const list = given === null ? new Array<null>(count).fill(null) : given instanceof Tensor ? [given] : given
  if (list.length !== count) throw new RangeError(`got ${count} tensors and ${list.length} gradients`)
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
      throw new Error(`element ${i} of tensors does not require grad and does not have a gradFn`)
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

/** Adds the gradients of outputs into the `grad` of the leaves that they depend on, or of `inputs` only. */
function accumulate(
  outputs: readonly Tensor[],
  gradients: readonly (Tensor | null)[],
  retainGraph: boolean,
  createGraph: boolean,
  inputs: TensorOrTensors | null
): void {
  if (createGraph) warnOnce(CYCLE)
  const run = new Run(retainGraph, createGraph)
  const wanted = inputs === null ? null : wantedOf(inputs)
  if (wanted !== null && wanted.length === 0) throw new RangeError('`inputs` argument to `backward()` cannot be empty.')
  const captured = startRun(outputs, gradients, run, wanted)
  wanted?.forEach((input, i) => {
    const gradient = captured[i]
    if (gradient !== null) addToGrad(input, gradient, createGraph)
  })
}

const CYCLE =
  'Using backward() with createGraph: true will create a reference cycle between the parameter and its gradient which can cause a ' +
  'memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, make ' +
  'sure to reset the .grad fields of your parameters to null after use to break the cycle and avoid the leak.'

const FLAGS = 'retainGraph: bool? = null, createGraph: bool = false'
const INPUTS = 'inputs: Tensor|Tensor[]|null = null'

/**
 * Adds the gradients of `tensors` into the `grad` of the leaves that they depend on, or of `inputs` only. `gradTensors`
 * is the gradient of each, where null stands for 1. `retainGraph` keeps what the graph saved for another backward, and
 * is `createGraph` unless given, which records the backward itself, for derivatives of derivatives.
 */
export const backward = declare(
  `backward(tensors: Tensor|Tensor[], gradTensors: Tensor|Tensor?[]|null = null, ${FLAGS}, gradVariables: null = null, ${INPUTS})`,
  (tensors, gradTensors, retainGraph, createGraph, _, inputs): void => {
    const outputs = listOf(tensors)
    accumulate(outputs, gradientList(gradTensors, outputs.length), retainGraph ?? createGraph, createGraph, inputs)
  },
  ['autograd']
)

const GRADIENTS = `gradOutputs: Tensor|Tensor?[]|null = null, ${FLAGS}, onlyInputs: true = true`
const UNUSED = 'allowUnused: bool? = null, isGradsBatched: false = false, materializeGrads: false = false'
const GRAD = `grad(outputs: Tensor|Tensor[], inputs: Tensor|Tensor[], ${GRADIENTS}, ${UNUSED})` as const

/** `grad` where inputs may be unused. */
type GradOrNull = (
  outputs: TensorOrTensors,
  inputs: TensorOrTensors,
  keywords: {
    readonly gradOutputs?: Tensor | null | readonly (Tensor | null)[]
    readonly retainGraph?: boolean | null
    readonly createGraph?: boolean
    readonly allowUnused: true
  }
) => (Tensor | null)[]

/**
 * Gradients of `outputs` with respect to `inputs`, in an array, leaving every `grad` as it is. `gradOutputs` is the
 * gradient of each output, where null stands for 1. With `allowUnused` an input that the outputs do not depend on gives
 * null. The other flags are those of `backward`.
 */
export const grad = declare(
  GRAD,
  (outputs, inputs, gradOutputs, retainGraph, createGraph, _, allowUnused) => {
    const wanted = wantedOf(inputs)
    const roots = listOf(outputs)
    const run = new Run(retainGraph ?? createGraph, createGraph)
    const gradients = startRun(roots, gradientList(gradOutputs, roots.length), run, wanted)
    gradients.forEach((gradient, i) => {
      if (gradient !== null || allowUnused === true) return
      throw new Error(
        `The differentiated Tensor at index ${i} appears to not have been used in the graph. Set allowUnused: true if this is the ` +
          'desired behavior.'
      )
    })
    return gradients
  },
  ['autograd']
) as GradOrNull & Op<typeof GRAD, Tensor[]>

const ofTensor = member(`Tensor.backward(gradient: Tensor? = null, ${FLAGS}, ${INPUTS})`)
const noGradient = [null] as const

declare module '../tensor' {
  interface Tensor {
    /**
     * Adds the gradient of this tensor into the `grad` of the leaves that it depends on, or of `inputs` only.
     * `gradient` is that of this tensor, and may be left out where it has one element; the flags are those of
     * `autograd.backward`.
     */
    backward(...args: Arguments<typeof ofTensor>): void
  }
}

Tensor.prototype.backward = function (this: Tensor): void {
  if (arguments.length === 0) {
    accumulate([this], noGradient, false, false, null)
    return
  }
  const [gradient, retainGraph, createGraph, inputs] = ofTensor.read(arguments)
  accumulate([this], [gradient], retainGraph ?? createGraph, createGraph, inputs)
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
