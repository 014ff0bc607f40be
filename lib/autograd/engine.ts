// The engine: takes nodes by falling sequence number (creation order is a topological order, so there is no recursion),
// adds up what arrives at each, and lets go of everything it alone has seen.

import { accumulate } from '../ops/accumulate'
import { add } from '../ops/elementwise'
import { cast, clone, contiguous, copyInto } from '../ops/core/copy'
import { filled } from '../ops/core/fill'
import { checkDistinct } from '../ops/define/result'
import { checkSynchronous } from '../kinds'
import { guard, recording } from '../recording'
import { sameShape, shapeText } from '../shape'
import { isRecyclable, lastSerial, recycle } from '../storage'
import { Tensor, readGrad } from '../tensor'
import { gradMode, noGrad } from './mode'
import { type AccumulateGrad, type Node, type Pending, gradientEdge } from './node'
import { NodeQueue } from './queue'

/** An output of a node, to which a gradient flows. */
export interface Edge {
  readonly node: Node
  readonly outputIndex: number
}

/** Where a gradient asked for by `autograd.grad` or `inputs` leaves the graph. */
interface Capture extends Edge {
  gradient: Tensor | null
}

/** One call of backward or grad. */
export class Run {
  readonly #queue = new NodeQueue()
  /** Nodes that lead to a captured input; null when all nodes run. */
  #reaching: Set<Node> | null = null
  readonly #captures: Capture[] = []
  /** True when the nodes where gradients are collected, and what is below them, belong to another run. */
  #stopsBefore = false

  constructor(
    readonly retainGraph: boolean,
    readonly createGraph: boolean
  ) {}

  /** Limits the run to what leads to `edges`, where it collects the gradients. */
  captureOnly(edges: readonly Edge[], roots: readonly (Node | null)[], stopsBefore = false): void {
    this.#stopsBefore = stopsBefore
    for (const { node, outputIndex } of edges) this.#captures.push({ node, outputIndex, gradient: null })
    this.#reaching = nodesReaching(
      this.#captures.map((capture) => capture.node),
      roots
    )
  }

  /** Adds a root gradient, which belongs to the caller. */
  seed(tensor: Tensor, gradient: Tensor): void {
    this.#deliver(gradientEdge(tensor)!, tensor.outputIndex, gradient, false)
  }

  /** Runs all nodes; returns the captured gradients. */
  execute(): (Tensor | null)[] {
    const before = gradMode.enabled
    gradMode.enabled = this.createGraph
    try {
      for (let node = this.#queue.pop(); node !== null; node = this.#queue.pop()) this.#visit(node)
    } finally {
      gradMode.enabled = before
      for (let node = this.#queue.pop(); node !== null; node = this.#queue.pop()) node.pending = node.pending!.outer
    }
    return this.#captures.map((capture) => capture.gradient)
  }

  #deliver(node: Node, outputIndex: number, gradient: Tensor, owned: boolean): void {
    if (this.#reaching !== null && !this.#reaching.has(node)) return
    let pending = node.pending
    if (pending === null || pending.run !== this) {
      const { outputs } = node
      pending =
        outputs === 1
          ? { run: this, gradients: [gradient], owned: [owned], outer: pending }
          : { run: this, gradients: nulls(outputs), owned: falses(outputs), outer: pending }
      node.pending = pending
      this.#queue.push(node)
      if (outputs === 1) return
    }
    const { gradients } = pending
    const present = gradients[outputIndex]
    if (present === null) {
      gradients[outputIndex] = gradient
      pending.owned[outputIndex] = owned
    } else this.#accumulate(pending, outputIndex, present, gradient, owned)
  }

  /** A sum belongs to the engine from the second addend on, and later ones are added in place. */
  #accumulate(pending: Pending, outputIndex: number, present: Tensor, gradient: Tensor, owned: boolean): void {
    if (!this.createGraph && pending.owned[outputIndex] && present.dense) {
      addInto(present, gradient)
      if (owned) release(gradient)
      return
    }
    pending.gradients[outputIndex] = add(present, gradient)
    if (pending.owned[outputIndex]) release(present)
    if (owned) release(gradient)
    pending.owned[outputIndex] = !this.createGraph
  }

  #visit(node: Node): void {
    const pending = node.pending!
    node.pending = pending.outer
    let captured = false
    if (!this.#stopsBefore || !this.#captures.some((capture) => capture.node === node)) this.#hear(node, pending)
    for (const capture of this.#captures) {
      if (capture.node !== node) continue
      captured = true
      capture.gradient = pending.gradients[capture.outputIndex]
      pending.owned.fill(false)
    }
    if (node.variable !== null) {
      if (captured || this.#captures.length > 0) return
      accumulateGrad(node.variable, pending, this.createGraph)
      runAfter(node as AccumulateGrad)
      return
    }
    if (captured && this.#stopsBefore) return
    if (this.#reaching !== null && !node.edges.some((edge) => edge !== null && this.#reaching!.has(edge))) return
    this.#run(node, pending)
  }

  #hear(node: Node, pending: Pending): void {
    // Only the sink of a leaf outlives the step, and hooks that it gets later must run.
    if (node.variable !== null) guard(node, 'hooks')
    if (node.hooks !== null) runHooks(node, pending)
    if (node.retained !== null) retainGradients(node, pending, this.createGraph)
  }

  #run(node: Node, pending: Pending): void {
    const { gradients, owned } = pending
    const isUserCode = node.rule.userCode === true
    if (isUserCode) owned.fill(false)
    const serial = lastSerial()
    const results = node.rule.backward(node, gradients)
    if (!this.retainGraph) node.free()
    for (let i = 0; i < results.length; i++) {
      const edge = node.edges[i]
      const result = results[i]
      if (edge === null || result === null || result === undefined) continue
      const isOwned = !this.createGraph && !isUserCode && this.#isOwned(results, i, serial, pending)
      this.#deliver(edge, node.edgeOutputs[i], result, isOwned)
    }
    for (let i = 0; i < gradients.length; i++) {
      const gradient = gradients[i]
      if (gradient === null || !owned[i] || !isRecyclable(gradient.storage)) continue
      if (!results.some((result) => result !== null && result.storage === gradient.storage)) recycle(gradient.storage)
    }
  }

  /** True when nothing but result `i` refers to its bytes: made by this rule, or passed on from an owned gradient. */
  #isOwned(results: readonly (Tensor | null)[], i: number, serial: number, { gradients, owned }: Pending): boolean {
    const { storage } = results[i]!
    for (let j = 0; j < results.length; j++) if (j !== i && results[j]?.storage === storage) return false
    if (storage.serial > serial) return true
    for (let j = 0; j < gradients.length; j++) {
      if (gradients[j] !== null && gradients[j]!.storage === storage) return owned[j]
    }
    return false
  }
}

const nulls = (count: number): (Tensor | null)[] => new Array<null>(count).fill(null)
const falses = (count: number): boolean[] => new Array<boolean>(count).fill(false)

/** The gradients that arrive at `edges` when `gradients` flow back from `outputs`; the graph is kept. */
export function gradientsAt(
  outputs: readonly Tensor[],
  gradients: readonly Tensor[],
  edges: readonly Edge[]
): (Tensor | null)[] {
  const run = new Run(true, false)
  run.captureOnly(edges, outputs.map(gradientEdge), true)
  outputs.forEach((output, i) => {
    run.seed(output, gradients[i])
  })
  return run.execute()
}

/** Adds into a gradient that the engine owns or accumulates into. Engine buffers have no version to keep. */
function addInto(target: Tensor, gradient: Tensor): void {
  if (!target.dense || target.sizes.length !== gradient.sizes.length) {
    checkDistinct(target)
    const sum = noGrad(() => add(target, gradient))
    copyInto(target, sum)
  } else accumulate(target, gradient)
}

function release(gradient: Tensor): void {
  if (isRecyclable(gradient.storage)) recycle(gradient.storage)
}

/** Hooks see the total gradient once; what they return replaces it. User code has seen it then. */
function runHooks(node: Node, pending: Pending): void {
  for (const { outputIndex, hook } of [...node.hooks!]) {
    const gradient = pending.gradients[outputIndex]
    if (gradient === null) continue
    pending.owned[outputIndex] = false
    const replaced = hook(gradient)
    if (replaced === undefined || replaced === null) continue
    if (!(replaced instanceof Tensor)) {
      checkSynchronous(
        replaced,
        () => 'registerHook: the hook returns a Promise, but backward does not wait for it; hooks are synchronous'
      )
      throw new TypeError(`expected a hook to return a Tensor or nothing, got ${typeof replaced}`)
    }
    if (!sameShape(replaced.sizes, gradient.sizes)) {
      throw new RangeError(
        `hook has changed the size of value: the gradient is ${shapeText(gradient.sizes)}, the hook returned ${shapeText(replaced.sizes)}`
      )
    }
    if (replaced.code !== gradient.code) {
      throw new TypeError(`hook has changed the type of value (was ${gradient.dtype} got ${replaced.dtype})`)
    }
    pending.gradients[outputIndex] = replaced
  }
}

/** Hooks of a leaf whose gradient is complete. */
function runAfter(node: AccumulateGrad): void {
  guard(node, 'after')
  if (node.after === null || !node.variable.leafRequiresGrad) return
  for (const hook of node.after) {
    const returned: unknown = hook(node.variable)
    if (returned === undefined || returned === null) continue
    checkSynchronous(
      returned,
      () =>
        'registerPostAccumulateGradHook: the hook returns a Promise, but backward does not wait for it; hooks are ' +
        'synchronous'
    )
    throw new TypeError(
      `registerPostAccumulateGradHook expected a hook to return nothing, got ${typeof returned}; set the grad instead`
    )
  }
}

function retainGradients(node: Node, pending: Pending, createGraph: boolean): void {
  for (const { outputIndex, tensor } of node.retained!) {
    const gradient = pending.gradients[outputIndex]
    if (gradient !== null) addToGrad(tensor, gradient, createGraph)
  }
}

/** Adds a gradient that others may refer to into the `grad` of any tensor. */
export function addToGrad(tensor: Tensor, gradient: Tensor, createGraph: boolean): void {
  guard(tensor, 'grad')
  // Tensor's own accessor would warn of non-leaves.
  const present = tensor.ensureMeta().grad
  if (present === null) tensor.grad = clone(gradient)
  else if (createGraph) tensor.grad = add(present, gradient)
  else noGrad(() => present.add_(gradient))
}

/** Adds a leaf's gradient into `grad`: in place where one is, else by taking what the engine owns, else a copy. */
function accumulateGrad(variable: Tensor, pending: Pending, createGraph: boolean): void {
  const [gradient] = pending.gradients
  // A leaf may have been frozen since the graph was recorded.
  guard(variable, 'leafRequiresGrad')
  if (gradient === null || !variable.leafRequiresGrad) return
  // Announces the read to a capture.
  const present = readGrad(variable)
  if (present !== null) {
    if (createGraph) variable.grad = add(present, gradient)
    else {
      addInto(present, gradient)
      present.cell.version++
      if (pending.owned[0]) release(gradient)
    }
    return
  }
  const { storage } = gradient
  const whole = gradient.dense && gradient.numelCached * gradient.elementSize() === storage.byteLength
  if (createGraph || !pending.owned[0] || !whole)
    variable.grad = gradient.dense ? clone(gradient) : contiguous(gradient)
  // A view of what the engine owned is no view for the user.
  else variable.grad = gradient.meta === null ? gradient : gradient.detach()
  variable.ensureMeta().ownsGrad = !createGraph && recording.recorder === null
}

/** All nodes from which an edge path leads to one of `targets`, found without recursion. */
function nodesReaching(targets: readonly Node[], roots: readonly (Node | null)[]): Set<Node> {
  const reaching = new Set<Node>(targets)
  const seen = new Set<Node>()
  const stack = roots.filter((root) => root !== null)
  const order: Node[] = []
  while (stack.length > 0) {
    const node = stack.pop()!
    if (seen.has(node)) continue
    seen.add(node)
    order.push(node)
    for (const edge of node.edges) if (edge !== null && !seen.has(edge)) stack.push(edge)
  }
  order.sort((a, b) => a.sequence - b.sequence)
  for (const node of order) {
    if (node.edges.some((edge) => edge !== null && reaching.has(edge))) reaching.add(node)
  }
  return reaching
}

/** The gradient to start from: the given one after checks, or 1 for an output of one element. */
export function rootGradient(output: Tensor, gradient: Tensor | null, position: number): Tensor {
  if (gradient === null) {
    if (output.numelCached === 1) return filled(output.sizes, 1, output.code)
    throw new Error(
      'grad can be implicitly created only for scalar outputs; ' +
        `the output has ${output.numelCached} elements: pass { gradient } or reduce it to one`
    )
  }
  if (!sameShape(gradient.sizes, output.sizes)) {
    throw new RangeError(
      `Mismatch in shape: gradOutput[${position}] has a shape of torch.Size(${shapeText(gradient.sizes)}) and ` +
        `output[${position}] has a shape of torch.Size(${shapeText(output.sizes)}).`
    )
  }
  return cast(gradient, output.code)
}
