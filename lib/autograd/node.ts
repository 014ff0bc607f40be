// The dynamic graph: one Node per differentiable result, edges to where its inputs came from, and what backward needs.
// Knows neither ops nor the engine.

import { dtypeNames } from '../dtype'
import { shapeText } from '../shape'
import type { Hook, Tensor } from '../tensor'
import { gradMode } from './mode'

/** What a node does at backward; shared by all nodes of an op. */
export interface BackwardRule {
  /**
   * Gradients of the inputs from those of the outputs, null where none is needed (`node.needs(i)`).
   * Runs with grad mode on exactly when createGraph is.
   */
  backward(node: Node, gradients: readonly (Tensor | null)[]): readonly (Tensor | null)[]
  /** True for rules written by users: what they saw is theirs and never reused. */
  readonly userCode?: boolean
}

/** A hook on one output of a node. */
export interface NodeHook {
  readonly outputIndex: number
  readonly hook: Hook
}

/** A tensor that keeps the gradient of one output of a node. */
export interface Retained {
  readonly outputIndex: number
  readonly tensor: Tensor
}

/** Gradients that arrived for a node in one run of the engine. */
export interface Pending {
  /** Identity of the run; a run inside a hook has its own. */
  readonly run: object
  /** By output. */
  readonly gradients: (Tensor | null)[]
  /** True where nothing else refers to the gradient's bytes, so they may be added to, kept or recycled. */
  readonly owned: boolean[]
  /** What an outer run has waiting here. */
  readonly outer: Pending | null
}

let sequences = 0

/** Number of the node that was made last, so that a capture can tell which ones are its own. */
export const lastSequence = (): number => sequences

const noTensors: readonly Tensor[] = []

const FREED =
  'Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). ' +
  'Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retainGraph: true ' +
  'if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.'

const torchTypes = ['Float', 'Double', 'Int', 'Long', 'Byte', 'Bool', 'Char', 'Short', 'Half', 'BFloat16']

/** One operation of the graph. */
export class Node {
  /** PyTorch's name, such as MulBackward0. */
  readonly name: string
  /** @internal Creation order is a topological order: every input's node has a lower number. */
  readonly sequence = ++sequences
  /** @internal Gradients that wait here in the running backward. */
  pending: Pending | null = null
  /** @internal Hooks on its outputs. */
  hooks: NodeHook[] | null = null
  /** @internal Outputs that keep their gradient. */
  retained: Retained[] | null = null
  /** @internal Number of outputs. */
  outputs = 1
  /** The leaf whose gradient arrives here, null except in AccumulateGrad. */
  readonly variable: Tensor | null = null
  /** @internal What backward does here. */
  readonly rule: BackwardRule
  /** @internal The node behind each input, null where no gradient is needed. */
  readonly edges: readonly (Node | null)[]
  /** @internal Which output of that node the input is. */
  readonly edgeOutputs: readonly number[]
  /** @internal Scalars and geometry that the rule needs. */
  readonly parameters: unknown
  /** @internal True when a second backward needs retainGraph although no tensor is saved: a saved scalar. */
  readonly savesScalars: boolean
  // Not #private: V8 defines those one by one, which costs a node 10 ns.
  private freed = false
  private saved: readonly (Tensor | null)[]
  /** Versions that the saved tensors had. */
  private versions: readonly number[]

  /** @internal */
  constructor(
    name: string,
    rule: BackwardRule,
    edges: readonly (Node | null)[],
    edgeOutputs: readonly number[],
    saved: readonly (Tensor | null)[] = noTensors,
    parameters: unknown = null,
    savesScalars = false
  ) {
    this.name = name
    this.rule = rule
    this.edges = edges
    this.edgeOutputs = edgeOutputs
    this.saved = saved
    this.parameters = parameters
    this.savesScalars = savesScalars
    this.versions = saved.length === 0 ? noVersions : versionsOf(saved)
  }

  /** @internal True when the gradient of input `i` is asked for. */
  needs(i: number): boolean {
    return this.edges[i] !== null
  }

  /** @internal Tells that an in-place op has written its output, which a rule that reads it saved last. */
  settleOutput(output: Tensor): void {
    const last = this.saved.length - 1
    if (last >= 0 && this.saved[last] === output) this.versions = [...this.versions.slice(0, -1), output.cell.version]
  }

  /** @internal The saved tensors, after checking that none was freed or changed in place. */
  unpack(): readonly (Tensor | null)[] {
    if (this.freed) throw new Error(FREED)
    for (let i = 0; i < this.saved.length; i++) {
      const tensor = this.saved[i]
      if (tensor !== null && tensor.cell.version !== this.versions[i])
        throw new SavedTensorError(tensor, this.versions[i], this)
    }
    return this.saved
  }

  /** @internal What was saved, unchecked. */
  get savedTensors(): readonly (Tensor | null)[] {
    return this.saved
  }

  /** @internal True when a backward through here would throw. */
  get isFreed(): boolean {
    return this.freed
  }

  /** @internal Lets go of what was saved; a later backward through here throws. */
  free(): void {
    if (this.saved.length === 0 && !this.savesScalars) return
    this.saved = noTensors
    this.freed = true
  }

  /** The nodes behind the inputs, each with the number of its output: PyTorch's next_functions. */
  get nextFunctions(): readonly (readonly [Node | null, number])[] {
    return this.edges.map((edge, i) => [edge, this.edgeOutputs[i]])
  }

  /** Prints as PyTorch does: `<MulBackward0>`. */
  toString(): string {
    return `<${this.name}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

const noVersions: readonly number[] = []

const versionOf = (tensor: Tensor | null): number => (tensor === null ? 0 : tensor.cell.version)

// Literals, since V8 makes those in place: `map` costs 20 ns more.
function versionsOf(saved: readonly (Tensor | null)[]): readonly number[] {
  if (saved.length === 2) return [versionOf(saved[0]), versionOf(saved[1])]
  if (saved.length === 3) return [versionOf(saved[0]), versionOf(saved[1]), versionOf(saved[2])]
  return saved.map(versionOf)
}

/** A node whose rule hands on to an inner node, which holds what was saved. */
export class DelegatingNode extends Node {
  constructor(
    name: string,
    rule: BackwardRule,
    edges: readonly (Node | null)[],
    edgeOutputs: readonly number[],
    private readonly inner: Node
  ) {
    super(name, rule, edges, edgeOutputs)
  }

  override unpack(): readonly (Tensor | null)[] {
    return this.inner.unpack()
  }

  override free(): void {
    this.inner.free()
  }

  override get savedTensors(): readonly (Tensor | null)[] {
    return this.inner.savedTensors
  }

  override get isFreed(): boolean {
    return this.inner.isFreed
  }
}

/** What an error tells of a node. */
interface Saver {
  readonly name: string
  readonly sequence: number
}

/** What a backward throws whose saved tensor was changed in place. */
export class SavedTensorError extends Error {
  readonly saver: Saver

  constructor(
    readonly tensor: Tensor,
    /** The version of the tensor when it was saved. */
    readonly expected: number,
    { name, sequence }: Saver,
    readonly actual = tensor.cell.version
  ) {
    const maker = tensor.gradFn === null ? '' : `, which is output ${tensor.outputIndex} of ${tensor.gradFn.name},`
    super(
      'one of the variables needed for gradient computation has been modified by an inplace operation: ' +
        `[torch.${torchTypes[tensor.code]}Tensor ${shapeText(tensor.sizes)}]${maker} is at version ${actual}; ` +
        `expected version ${expected} instead. ${name} saved this ${dtypeNames[tensor.code]} tensor; ` +
        'change a clone() of it, or use the out-of-place form'
    )
    this.saver = { name, sequence }
  }
}

/** The sink of a leaf: backward adds into `variable.grad` here. */
export class AccumulateGrad extends Node {
  /** @internal Called with the leaf when its gradient is there. */
  after: readonly ((leaf: Tensor) => void)[] | null = null

  constructor(override readonly variable: Tensor) {
    super('AccumulateGrad', accumulateRule, noEdges, noVersions)
  }
}

const noEdges: readonly (Node | null)[] = []

const accumulateRule: BackwardRule = {
  backward: () => noEdges as readonly null[]
}

/** The node that receives the gradient of `tensor`: its maker, a leaf's accumulator, or null when none is needed. */
export function gradientEdge(tensor: Tensor): Node | null {
  const node = tensor.gradFn
  if (node !== null) return node
  return tensor.leafRequiresGrad ? accumulatorOf(tensor) : null
}

/** The sink of a leaf that requires a gradient. */
export const accumulatorOf = (leaf: Tensor): AccumulateGrad =>
  (leaf.ensureMeta().accumulator ??= new AccumulateGrad(leaf))

/** True when an operation on this tensor is to be recorded. */
export const isTracked = (tensor: Tensor): boolean =>
  gradMode.enabled && (tensor.leafRequiresGrad || tensor.node !== null || (tensor.meta !== null && tensor.requiresGrad))

/** Makes `output` a result of a node. */
export function attach(output: Tensor, node: Node, outputIndex = 0): void {
  output.node = node
  output.outputIndex = outputIndex
}

/**
 * Makes a tensor whose history has changed the result of a new node, where its gradient is kept from then on if it was
 * before.
 */
export function reattach(output: Tensor, node: Node): void {
  const { node: before, meta } = output
  attach(output, node)
  if (meta === null || !meta.retainsGrad) return
  if (before?.retained) before.retained = before.retained.filter(({ tensor }) => tensor !== output)
  retain(output, node)
}

/** Keeps the gradient of a node's result. */
export function retain(output: Tensor, node: Node): void {
  node.retained = [...(node.retained ?? []), { outputIndex: output.outputIndex, tensor: output }]
}
