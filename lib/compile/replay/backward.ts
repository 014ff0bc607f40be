// Outputs with a graph: their backward is recorded once, and replays when a gradient reaches a replayed output.

import { type Edge, gradientsAt } from '../../autograd/engine'
import { gradMode, noGrad } from '../../autograd/mode'
import { type BackwardRule, Node, SavedTensorError, attach, gradientEdge } from '../../autograd/node'
import { DIMENSIONED, UINT8, itemSizes } from '../../dtype'
import { CompileError } from '../../errors'
import { Expression, run } from '../../expression'
import { Builder } from '../../symbol'
import { type Shape, contiguousStrides, numelOf, sameShape } from '../../shape'
import { type Storage, allocate } from '../../storage'
import { Tensor, typedArrayOf } from '../../tensor'
import { Program } from './program'
import { type Recording, record } from '../record/recorder'

/** What gives a replay's outputs their graph. */
export interface Backward {
  /** What its backward replays, null where it only throws. */
  readonly program: Program | null
  /** Number of the outputs that get a graph, whose gradients are the program's first arguments. */
  readonly outputs: number
  /** Number of storages that the forward leaves for the backward. */
  readonly savedCount: number
  /** All bytes of those of the recorded run; only once, so that their memory is let go. */
  takeSaved(): readonly Tensor[]
  /** Makes `outputs` of a replay on `args`, which left `saved`, the results of nodes. */
  attachTo(outputs: readonly Tensor[], args: readonly Tensor[], saved: readonly Tensor[]): void
}

/** Of nodes that only give each output its own name. */
const passOn: BackwardRule = { backward: (_node, gradients) => gradients }

/** The backward from some of the outputs. An absent gradient is not a zero: 0 times an infinite slope is NaN. */
interface Part {
  /** Numbers of the outputs whose gradients the program takes first. */
  readonly from: readonly number[]
  readonly program: Program
  /** By edge: which of the program's outputs arrives there, -1 for none. */
  readonly results: readonly number[]
}

/** A graph below outputs as programs: what it was saved for, where its gradients go. */
class CapturedBackward implements Backward, BackwardRule {
  readonly savedCount: number
  #saved: readonly Tensor[]
  /** By the numbers of the outputs that have a gradient. */
  readonly #parts = new Map<string, Part>()
  readonly #edges: readonly Edge[]
  /** Outputs whose gradients arrive at the edges apart from each other, where no part is for just the present ones. */
  readonly #apart: readonly number[]
  /** By edge: the argument that it leads to, -1 for what is always the same. */
  readonly #leadTo: readonly number[]
  /** Arguments of the step that the backward reads, too. */
  readonly #arguments: readonly number[]
  /** Tensors from outside the step whose versions must stay as they were in the forward. */
  readonly #watched: readonly Tensor[]
  readonly outputs: number
  readonly #names: readonly string[]
  readonly #shapes: readonly { readonly shape: Shape; readonly code: number }[]

  constructor(
    recording: Recording,
    args: readonly Tensor[],
    /** Those outputs of the step that have a graph. */
    outputs: readonly Tensor[],
    firstNode: number
  ) {
    const nodes = nodesSince(firstNode, outputs)
    this.#edges = edgesOutside(nodes, firstNode)
    this.#leadTo = this.#edges.map(({ node, outputIndex }) =>
      args.findIndex((arg) => gradientEdge(arg) === node && arg.outputIndex === outputIndex)
    )
    this.outputs = outputs.length
    this.#names = outputs.map(({ gradFn }) => gradFn!.name)
    this.#shapes = outputs.map(({ sizes: shape, code }) => ({ shape, code }))
    this.#apart = outputs.length > MOST_FOR_ALL_SUBSETS ? [...outputs.keys()] : []
    const captures = subsetsOf(outputs.length).map((from) => {
      const gradients = from.map((i) => zeros(this.#shapes[i].shape, this.#shapes[i].code))
      const of = from.map((i) => outputs[i])
      return { from, gradients, ...noGrad(() => record(() => gradientsAt(of, gradients, this.#edges), [])) }
    })
    const touched = new Set(
      captures.flatMap(({ recording: { storages }, gradients }) =>
        [...storages].filter((storage) => !gradients.some((gradient) => gradient.storage === storage))
      )
    )
    for (const { recording: own } of captures)
      for (const storage of touched) if (own.isFresh(storage)) touched.delete(storage)
    this.#saved = [...touched].filter((storage) => recording.isFresh(storage)).map(bytesTensor)
    this.savedCount = this.#saved.length
    this.#arguments = args.flatMap((arg, i) => (touched.has(arg.storage) ? [i] : []))
    this.#watched = nodes
      .flatMap(({ savedTensors }) => savedTensors)
      .filter(
        (tensor) =>
          tensor !== null &&
          !recording.isFresh(tensor.storage) &&
          !args.some(({ storage }) => storage === tensor.storage)
      ) as Tensor[]
    for (const { from, gradients, result, recording: own } of captures) {
      const { program } = Program.of({
        recording: own,
        args: [...gradients, ...this.#saved, ...this.#arguments.map((i) => args[i])],
        outputs: result.filter((gradient) => gradient !== null)
      })
      own.lockFresh(() => false)
      let next = 0
      const results = result.map((gradient) => (gradient === null ? -1 : next++))
      this.#parts.set(from.join(), { from, program, results })
    }
  }

  /** That of all outputs. */
  get program(): Program {
    return this.#parts.get([...this.#shapes.keys()].join())!.program
  }

  takeSaved(): readonly Tensor[] {
    const saved = this.#saved
    this.#saved = []
    return saved
  }

  attachTo(outputs: readonly Tensor[], args: readonly Tensor[], saved: readonly Tensor[]): void {
    const read = this.#arguments.map((i) => args[i])
    const edges = this.#edges.map(({ node }, i) => (this.#leadTo[i] < 0 ? node : gradientEdge(args[this.#leadTo[i]])))
    const indices = this.#edges.map(({ outputIndex }, i) =>
      this.#leadTo[i] < 0 ? outputIndex : args[this.#leadTo[i]].outputIndex
    )
    const repeated = [edges, ...this.#apart.map(() => edges)].flat()
    const at = [indices, ...this.#apart.map(() => indices)].flat()
    const node = new Node(this.#names[0], this, repeated, at, [...saved, ...read, ...this.#watched])
    node.outputs = outputs.length
    if (outputs.length === 1) attach(outputs[0], node)
    else outputs.forEach((output, i) => attach(output, new Node(this.#names[i], passOn, [node], [i])))
  }

  backward(node: Node, gradients: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    if (gradMode.enabled) {
      throw new CompileError(
        'compile: createGraph through a compiled function is not captured; call the function itself, without compile()'
      )
    }
    const saved = node.unpack().slice(0, this.savedCount + this.#arguments.length) as Tensor[]
    const present = [...this.#shapes.keys()].filter((i) => gradients[i] !== null)
    const part = this.#parts.get(present.join())
    const none = this.#edges.map(() => null)
    if (part !== undefined) return [this.#run(part, gradients, saved), ...this.#apart.map(() => none)].flat()
    const apart = this.#apart.map((i) =>
      present.includes(i) ? this.#run(this.#parts.get(String(i))!, gradients, saved) : none
    )
    return [none, ...apart].flat()
  }

  /** The gradients by edge. */
  #run({ from, program, results }: Part, gradients: Gradients, saved: readonly Tensor[]): Gradients {
    const args = [...from.map((i) => dense(gradients[i]!)), ...saved]
    if (!program.fits(args)) {
      throw new Error(`compile: the captured backward does not fit any more: ${program.mismatch(args)?.tell(args)}`)
    }
    const made = program.run(args)
    return results.map((result) => (result < 0 ? null : made[result]))
  }
}

type Gradients = readonly (Tensor | null)[]

// Seven programs; 15 of four outputs would cost more to record than most steps save.
const MOST_FOR_ALL_SUBSETS = 3

/** All subsets of few outputs; of more, all and each by itself. */
function subsetsOf(outputs: number): number[][] {
  const all = [...Array(outputs).keys()]
  if (outputs > MOST_FOR_ALL_SUBSETS) return [all, ...all.map((i) => [i])]
  return Array.from({ length: 2 ** outputs - 1 }, (_, bits) => all.filter((i) => ((bits + 1) >> i) & 1))
}

/** A graph whose backward cannot run: it throws what it threw when it was tried, once somebody asks for it. */
class FailingBackward implements Backward {
  readonly program = null
  readonly outputs = 1
  readonly savedCount = 0
  readonly #name: string
  /** The argument whose versions the error names, -1 for another tensor. */
  readonly #argument: number

  constructor(
    output: Tensor,
    args: readonly Tensor[],
    readonly error: unknown
  ) {
    this.#name = output.gradFn!.name
    this.#argument =
      error instanceof SavedTensorError ? args.findIndex(({ storage }) => storage === error.tensor.storage) : -1
  }

  /** When the node was made that fails: eager mode comes to the last of several first. */
  get sequence(): number {
    return this.error instanceof SavedTensorError ? this.error.saver.sequence : 0
  }

  takeSaved(): readonly Tensor[] {
    return []
  }

  attachTo([output]: readonly Tensor[], args: readonly Tensor[]): void {
    attach(output, new Node(this.#name, { backward: this.#failure(args) }, [], []))
  }

  /** Throws the error with the versions that the tensor has and had in a replay on `args`. */
  #failure(args: readonly Tensor[]): () => never {
    const { error } = this
    if (!(error instanceof SavedTensorError)) {
      return () => {
        throw error
      }
    }
    const { tensor, saver, actual, expected } = error
    const { cell } = this.#argument < 0 ? tensor : args[this.#argument]
    const saved = cell.version - (actual - expected)
    return () => {
      throw new SavedTensorError(tensor, saved, saver, cell.version)
    }
  }
}

/** Records the backward below `outputs`, whose nodes are those made after `firstNode`. */
export function captureBackward(
  recording: Recording,
  args: readonly Tensor[],
  outputs: readonly Tensor[],
  firstNode: number
): Backward {
  try {
    return new CapturedBackward(recording, args, outputs, firstNode)
  } catch (error) {
    if (outputs.length === 1) return new FailingBackward(outputs[0], args, error)
    return new SeparateBackwards(outputs.map((output) => captureBackward(recording, args, [output], firstNode)))
  }
}

/** Outputs of which some have no backward: each has its own, so that the others keep theirs. */
class SeparateBackwards implements Backward {
  readonly program = null
  readonly outputs: number
  readonly savedCount: number

  constructor(readonly parts: readonly Backward[]) {
    this.outputs = parts.length
    this.savedCount = parts.reduce((sum, part) => sum + part.savedCount, 0)
  }

  takeSaved(): readonly Tensor[] {
    return this.parts.flatMap((part) => part.takeSaved())
  }

  attachTo(outputs: readonly Tensor[], args: readonly Tensor[], saved: readonly Tensor[]): void {
    let next = 0
    const attachments = this.parts.map((part, i) => {
      const own = saved.slice(next, (next += part.savedCount))
      return {
        sequence: part instanceof FailingBackward ? part.sequence : 0,
        run: () => part.attachTo([outputs[i]], args, own)
      }
    })
    // The node that is made last runs first.
    for (const { run } of attachments.sort((a, b) => a.sequence - b.sequence)) run()
  }
}

/** All nodes below `outputs` that the step made. */
function nodesSince(first: number, outputs: readonly Tensor[]): Node[] {
  const nodes = new Set<Node>()
  const stack = outputs.map(({ gradFn }) => gradFn)
  while (stack.length > 0) {
    const node = stack.pop()!
    if (node === null || node.variable !== null || node.sequence <= first || nodes.has(node)) continue
    nodes.add(node)
    stack.push(...node.edges)
  }
  return [...nodes]
}

/** True when a backward below `outputs` has run inside the step and let go of what it needed. */
export const isSpent = (first: number, outputs: readonly Tensor[]): boolean =>
  nodesSince(first, outputs).some(({ isFreed }) => isFreed)

const isSameEdge = (a: Edge, b: Edge): boolean => a.node === b.node && a.outputIndex === b.outputIndex

/** Where gradients leave the step: leaves and what was there before, each once. */
function edgesOutside(nodes: readonly Node[], first: number): Edge[] {
  const edges: Edge[] = []
  for (const { edges: below, edgeOutputs } of nodes) {
    below.forEach((node, i) => {
      if (node === null || (node.variable === null && node.sequence > first)) return
      const outputIndex = edgeOutputs[i]
      const found = { node, outputIndex }
      if (!edges.some((edge) => isSameEdge(edge, found))) edges.push(found)
    })
  }
  return edges
}

function bytesTensor(storage: Storage): Tensor {
  const { byteOffset, byteLength } = storage
  return new Tensor(storage, byteOffset, [byteLength], [1], UINT8, byteLength, true, storage)
}

// ---- gradients as the program takes them ----

const copies = new Map<number, Expression>()

/** The elements in row-major order. */
function dense(gradient: Tensor): Tensor {
  const { storage, byteOffset, code, sizes: shape, steps: strides, numelCached, cell } = gradient
  const rowMajor = contiguousStrides(shape)
  if (gradient.dense && sameShape(strides, rowMajor)) return gradient
  // Strides of empty dims and of dims of one element are any.
  if (gradient.dense) return new Tensor(storage, byteOffset, shape, rowMajor, code, numelCached, true, cell)
  let expression = copies.get(code)
  if (expression === undefined) {
    const builder = new Builder()
    expression = new Expression(builder, [builder.input(code, DIMENSIONED)])
    copies.set(code, expression)
  }
  const copy = uninitialised(shape, code)
  run(expression, shape, [gradient], [copy], [])
  return copy
}

function zeros(shape: Shape, code: number): Tensor {
  const result = uninitialised(shape, code)
  typedArrayOf(result).fill(0 as never)
  return result
}

function uninitialised(shape: Shape, code: number): Tensor {
  const storage = allocate(numelOf(shape) * itemSizes[code])
  return new Tensor(storage, storage.byteOffset, shape, contiguousStrides(shape), code, numelOf(shape), true, storage)
}
