// Derivatives of rows: what a node saves, and its backward in two forms of one formula. With createGraph the formula
// runs as differentiable ops; without, it is run once over symbols and becomes one native call, or the few of a plan.

import { type BackwardRule, Node, gradientEdge } from '../../autograd/node'
import { gradMode } from '../../autograd/mode'
import {
  DIMENSIONED,
  FLOAT32,
  NUMBER,
  ZERO_DIM,
  codeOf,
  computeCode,
  dtypeNames,
  isFloating,
  kindOf,
  priorityOf
} from '../../dtype'
import { Expression, run, runBinary, runUnary } from '../../expression'
import { Builder, type Expr } from '../../symbol'
import { type Shape, contiguousStrides, sameShape } from '../../shape'
import type { Tensor } from '../../tensor'
import { aliasTensor } from '../../tensor/geometry'
import { expandTo, sumToShape } from '../core/broadcast'
import { converted } from './convert'
import { cast } from '../core/copy'
import { reshapeTo } from '../core/reshape'
import { inOrder, rowsOver } from '../core/rows'
import { type Context, type Tensors, makeContext, noGroups, nulls } from './context'
import type { Form } from './form'
import { type Call, Plan, keptShapeOf, walkable, withRowDims } from './plan'
import type { ProgramForm, Results } from './program-form'
import { liesInOrder } from './reduce'
import { emptyAs, kindOfTensor } from './result'
import type { AnyFormula } from './row'
import { FULL, type PlanInput, type PlanOutput } from './schedule'
import { type Scalar, TensorValue, kindOfScalar, tensorOf } from './tensor-value'
import { type Value, symbolOf } from './value'
import { Recent, Variants } from './variants'

/** A fused derivative: which values it reads and where each input's gradient comes from. */
interface FusedBackward {
  /** Null when every gradient is `g` itself, and where there is a plan. */
  readonly expression: Expression | null
  /** Where rows are reduced, or gradients summed to the shapes of inputs. */
  readonly plan: Plan | null
  /** Positions in the saved list, in the order of the inputs; of gradients `gradientAt`. */
  readonly reads: readonly number[]
  /** Per input: number of the output, PASS for `g` itself, NONE where not needed. */
  readonly results: readonly number[]
  /** Position of the one number that it reads, NONE where it reads none, SEVERAL where it reads more. */
  readonly scalar: number
}
const PASS = -1
const NONE = -2
const SEVERAL = -3

/** The gradient of output k among what a fused derivative reads. */
const gradientAt = (k: number): number => -1 - k

/** In the key of a fused derivative: what is not saved. */
const UNSAVED = kindOf(0, NUMBER + 1)

/** The derivative of one op. */
export class Derivative implements BackwardRule {
  readonly arity: number
  /** By input, what backward throws where there is no derivative by it; null where there is one by all. */
  missing: readonly (string | undefined)[] | null = null
  readonly #fused = new Variants<FusedBackward>()
  /** The key of the last look-up in it. */
  readonly #key: number[]
  readonly #planned: Recent<FusedBackward>
  /** By input, a bit for each position that its formula reads. */
  #uses: readonly number[] | null = null
  /** Contexts of nodes whose inputs are all like the output, by dtype. */
  readonly #plainContexts: readonly Context[]
  /** Edges that all lead to a node's first output. */
  readonly #firstOutputs: readonly number[]

  constructor(
    readonly name: string,
    readonly form: Form,
    readonly formulas: readonly (AnyFormula | null)[],
    readonly nodeName: string,
    /** By argument: the node's name where that is a number, null where it is the same. */
    readonly namesOfNumbers: readonly (string | null)[],
    /** What a row program computes. */
    readonly program: ProgramForm | null = null,
    /** How many of the results have gradients. */
    readonly outputs = 1
  ) {
    const arity = (this.arity = formulas.length)
    this.#key = new Array<number>(form.output + 3).fill(0)
    this.#planned = new Recent(2 + outputs + 3 * arity + form.output + form.results.length)
    this.#firstOutputs = new Array<number>(arity).fill(0)
    this.#plainContexts = dtypeNames.map((_, code) => ({
      shapes: nulls<Shape>(arity),
      codes: new Array<number>(arity).fill(code),
      scalars: nulls<Scalar>(form.output),
      allShapesSame: true,
      groups: noGroups,
      groupOf: new Array<number>(arity).fill(-1),
      call: null
    }))
  }

  // ---- recording ----

  /** True when the formula of input `i` reads the value at `position`. */
  uses(i: number, position: number): boolean {
    return ((this.#uses ??= this.#findUses())[i] & (1 << position)) !== 0
  }

  /** True when some formula reads result `r`. */
  isRead(r: number): boolean {
    return this.formulas.some((_, i) => this.uses(i, this.form.output + r))
  }

  #findUses(): readonly number[] {
    return this.formulas.map((formula) => {
      if (formula === null) return 0
      const builder = new Builder()
      let bits = 0
      const read = (position: number): Expr => {
        bits |= 1 << position
        return builder.input(FLOAT32, DIMENSIONED)
      }
      const { Values, Options } = this.form
      const g = this.#gradientsOf(() => builder.input(FLOAT32, DIMENSIONED))
      formula(g, new Values(read), new Options(read))
      return bits
    })
  }

  /** What formulas get as gradient: that of the one output, or those of several by name. */
  #gradientsOf(read: (output: number) => Value | null): Value {
    if (this.outputs === 1) return read(0)!
    const gradients = this.form.results.slice(0, this.outputs).map((name, k) => [name, read(k)] as const)
    return Object.fromEntries(gradients) as unknown as Value
  }

  /**
   * The node of a call. `scalars` are the numbers in place of `inputs` that are null, then the options; null where all
   * inputs are tensors and there is no option.
   */
  makeNode(
    output: Tensor,
    inputs: readonly (Tensor | null)[],
    scalars: readonly (Scalar | null)[] | null,
    savedOutput: Tensor | null,
    nodeName?: string
  ): Node {
    const { arity } = this
    const uses = this.#uses ?? (this.#uses = this.#findUses())
    const edges = nulls<Node>(arity)
    let outputs = this.#firstOutputs as number[]
    let plain = true
    let read = 0 // A bit for each position that a formula reads which will run.
    for (let i = 0; i < arity; i++) {
      const input = inputs[i]
      if (input === null) continue
      if (this.formulas[i] !== null && isFloating(input.code)) {
        const edge = gradientEdge(input)
        edges[i] = edge
        if (edge !== null) read |= uses[i]
      }
      if (input.outputIndex !== 0) {
        if (outputs === this.#firstOutputs) outputs = [...outputs]
        outputs[i] = input.outputIndex
      }
      plain &&= input.code === output.code && sameShape(input.sizes, output.sizes)
    }
    let saved: (Tensor | null)[] | undefined
    let savesScalars = false
    for (let j = 0; read !== 0 && j < arity; j++) {
      if ((read & (1 << j)) === 0) continue
      const input = inputs[j]
      // A number with a node of its own is none that PyTorch would save as a tensor.
      if (input === null) savesScalars ||= this.namesOfNumbers[j] === null
      else (saved ??= nulls<Tensor>(arity + 1))[j] = input
    }
    const position = this.form.output
    if ((read & (1 << position)) !== 0) (saved ??= nulls<Tensor>(arity + 1))[arity] = savedOutput
    plain &&= scalars === null || !this.#readsNumbers(read, inputs)
    const context = plain ? this.#plainContexts[output.code] : makeContext(output, inputs, scalars, null, null)
    const name = nodeName ?? (scalars === null ? this.nodeName : this.#nodeName(inputs))
    return new Node(name, this, edges, outputs, saved, context, savesScalars)
  }

  #readsNumbers(read: number, inputs: readonly (Tensor | null)[]): boolean {
    for (let j = 0; j < this.form.output; j++) if ((read & (1 << j)) !== 0 && (inputs[j] ?? null) === null) return true
    return false
  }

  /** The node of a call of a row program; of its results those are given that formulas read. */
  makeCallNode(
    output: Tensor,
    inputs: readonly Tensor[],
    scalars: readonly (Scalar | null)[],
    call: Call,
    results: Tensors
  ): Node {
    const { arity, program } = this
    const uses = (this.#uses ??= this.#findUses())
    const edges = nulls<Node>(arity)
    let outputs = this.#firstOutputs as number[]
    let read = 0
    let needs = 0
    for (let i = 0; i < arity; i++) {
      if (inputs[i].outputIndex !== 0) {
        if (outputs === this.#firstOutputs) outputs = [...outputs]
        outputs[i] = inputs[i].outputIndex
      }
      if (this.formulas[i] === null || !isFloating(inputs[i].code)) continue
      edges[i] = gradientEdge(inputs[i])
      if (edges[i] === null) continue
      read |= uses[i]
      needs |= 1 << i
    }
    const position = this.form.output
    // With createGraph, what follows from a differentiated argument is computed from the arguments again.
    if (this.#dependsOn(needs, read >> position)) read |= (1 << arity) - 1
    const saved = nulls<Tensor>(arity + results.length)
    for (let i = 0; i < arity; i++) if ((read & (1 << i)) !== 0) saved[i] = inputs[i]
    for (let r = 0; r < results.length; r++) if ((read & (1 << (position + r))) !== 0) saved[arity + r] = results[r]
    const context = makeContext(output, inputs, scalars, call, program)
    return new Node(this.nodeName, this, edges, outputs, saved, context)
  }

  /** True where one of some results, but for the outputs, follows from one of some arguments. */
  #dependsOn(args: number, results: number): boolean {
    const { sources } = this.program!
    for (let r = this.outputs; r < sources.length; r++) {
      if ((results & (1 << r)) !== 0 && (sources[r] & args) !== 0) return true
    }
    return false
  }

  #nodeName(inputs: readonly (Tensor | null)[]): string {
    for (let i = 0; i < inputs.length; i++) if (inputs[i] === null) return this.namesOfNumbers[i] ?? this.nodeName
    return this.nodeName
  }

  // ---- backward ----

  backward(node: Node, gradients: Tensors): Tensors {
    this.missing?.forEach((message, i) => {
      if (message !== undefined && node.needs(i)) throw new Error(message)
    })
    const saved = node.unpack()
    const context = node.parameters as Context
    if (context.call !== null) {
      return gradMode.enabled
        ? this.#differentiateCall(node, gradients, saved, context, context.call)
        : this.#runPlanned(node, gradients, saved, context)
    }
    const g = gradients[0]!
    if (!gradMode.enabled && !context.allShapesSame && liesInOrder(g) && areInOrder(saved)) {
      return this.#runPlanned(node, gradients, saved, context)
    }
    const results = gradMode.enabled
      ? this.#differentiate(node, g, saved, context)
      : this.#runFused(node, g, saved, context)
    if (context.allShapesSame) return results
    for (let i = 0; i < results.length; i++) {
      const shape = context.shapes[i]
      const result = results[i]
      if (result !== null && shape !== null) results[i] = sumToShape(result, shape)
    }
    return results
  }

  // ---- with createGraph ----

  #differentiate(node: Node, g: Tensor, saved: Tensors, context: Context): (Tensor | null)[] {
    const { Values, Options, output } = this.form
    const read = (position: number): TensorValue =>
      new TensorValue(saved[position === output ? this.arity : position] ?? context.scalars[position]!)
    const [values, options] = [new Values(read), new Options(read)]
    return this.formulas.map((formula, i) =>
      formula === null || !node.needs(i)
        ? null
        : cast(tensorOf(formula(new TensorValue(g), values, options)), context.codes[i])
    )
  }

  #differentiateCall(node: Node, gradients: Tensors, saved: Tensors, context: Context, call: Call): Tensors {
    const { Values, Options, output, results } = this.form
    const program = this.program!
    const rows = rowsOver(call.shape, call.dims)
    const argument = (position: number): TensorValue => {
      const tensor = position < this.arity ? saved[position] : null
      if (tensor === null) return new TensorValue(context.scalars[position]!, rows)
      const isFull = program.inputSpaces[position] === FULL
      return new TensorValue(isFull ? expandTo(tensor, call.shape) : reshapeTo(tensor, call.kept), rows)
    }
    const ofResult = (tensor: Tensor, r: number): TensorValue =>
      new TensorValue(
        program.spaces[r] === FULL ? tensor : reshapeTo(tensor, keptShapeOf(call, program.spaces[r])),
        rows
      )
    const needs = needsOf(node, this.arity)
    let again: Results | null = null
    const read = (position: number): Value => {
      const r = position - output
      if (r < 0) return argument(position)
      if (!this.#dependsOn(needs, 1 << r)) return ofResult(saved[this.arity + r]!, r)
      again ??= program.results(argument)
      return again[results[r]]
    }
    const g = this.#gradientsOf((k) => {
      const gradient = gradients[k] ?? null
      return gradient && ofResult(gradient, k)
    })
    const [values, options] = [new Values(read), new Options(read)]
    return this.formulas.map((formula, i) => {
      const value = formula === null || !node.needs(i) ? null : (formula(g, values, options) as Value | null)
      if (value === null) return null
      const whole = expandTo(cast(tensorOf(value), context.codes[i]), call.shape)
      const shape = context.shapes[i]
      return shape === null ? whole : sumToShape(inOrder(whole), shape)
    })
  }

  // ---- without: as one expression ----

  #runFused(node: Node, g: Tensor, saved: Tensors, context: Context): (Tensor | null)[] {
    const { expression, reads, results, scalar } = this.#fusedFor(node, g, saved, context)
    const gradients = nulls<Tensor>(this.arity)
    const outputs = nulls<Tensor>(expression === null ? 0 : expression.codes.length) as Tensor[]
    if (expression !== null) {
      for (let w = 0; w < outputs.length; w++) outputs[w] = emptyAs(g, expression.codes[w])
      const first = reads[0] < 0 ? g : saved[reads[0]]!
      const number = scalar >= 0 ? context.scalars[scalar] : scalar === NONE ? 0 : null
      if (outputs.length === 1 && reads.length === 1 && typeof number === 'number') {
        runUnary(expression, first, outputs[0], number)
      } else if (outputs.length === 1 && reads.length === 2 && typeof number === 'number') {
        runBinary(expression, first, reads[1] < 0 ? g : saved[reads[1]]!, outputs[0], number)
      } else {
        const inputs = nulls<Tensor>(reads.length) as Tensor[]
        for (let i = 0; i < reads.length; i++) inputs[i] = reads[i] < 0 ? g : saved[reads[i]]!
        run(expression, g.sizes, inputs, outputs, context.scalars as readonly Scalar[])
      }
    }
    for (let i = 0; i < results.length; i++) {
      if (results[i] !== NONE) gradients[i] = results[i] === PASS ? g : outputs[results[i]]
    }
    return gradients
  }

  #fusedFor(node: Node, g: Tensor, saved: Tensors, context: Context): FusedBackward {
    const key = this.#key
    const { arity } = this
    const last = saved.length === 0 ? null : saved[arity]
    let needs = 0
    key[1] = kindOfTensor(g)
    key[2] = last === null ? UNSAVED : kindOfTensor(last)
    for (let i = 0; i < key.length - 3; i++) {
      const scalar = context.scalars[i]
      const tensor = i < saved.length && i < arity ? saved[i] : null
      key[3 + i] =
        tensor !== null ? kindOfTensor(tensor) : scalar !== null ? kindOfScalar(scalar) : UNSAVED + context.codes[i]
      if (i < arity && node.needs(i)) needs |= 1 << i
    }
    key[0] = needs
    return this.#fused.at(key) ?? this.#fused.set(key, this.#trace(node, [g], saved, context, false))
  }

  // ---- without: as a plan ----

  #runPlanned(node: Node, gradients: Tensors, saved: Tensors, context: Context): (Tensor | null)[] {
    const { plan, reads, results } = this.#plannedFor(node, gradients, saved, context)
    const { call, shapes, groups, groupOf, codes } = context
    const outputs = nulls<Tensor>(this.arity)
    if (plan === null) return outputs
    const inputs: Tensor[] = []
    for (let i = 0; i < reads.length; i++) {
      const at = reads[i]
      const tensor = (at < 0 ? gradients[-1 - at] : saved[at])!
      const kept = call === null ? tensor : this.#keptView(tensor, at, call)
      inputs.push(plan.passes > 1 ? walkable(kept) : kept)
    }
    const { sizes } = inputs[0]
    const extent = call ?? { shape: sizes, mask: 0, kept: sizes }
    const made = plan.run(extent, inputs, context.scalars as readonly Scalar[], groups)
    for (let i = 0; i < results.length; i++) {
      if (results[i] === NONE) continue
      const gradient = converted(made[results[i]], codes[i])
      outputs[i] = groupOf[i] < 0 ? gradient : aliasTensor(gradient, shapes[i]!, contiguousStrides(shapes[i]!), 0)
    }
    return outputs
  }

  /** What a plan reads `at` a position, with the dims that were reduced at size 1. */
  #keptView(tensor: Tensor, at: number, call: Call): Tensor {
    const { inputSpaces, spaces } = this.program!
    const space = at < 0 ? spaces[-1 - at] : at < this.arity ? inputSpaces[at] : spaces[at - this.arity]
    return space === FULL || tensor.numelCached === 1 ? tensor : withRowDims(tensor, call)
  }

  #plannedFor(node: Node, gradients: Tensors, saved: Tensors, context: Context): FusedBackward {
    const planned = this.#planned
    const { arity } = this
    const { call, groupOf, codes, scalars } = context
    planned.start()
    planned.put(needsOf(node, arity))
    planned.put(call !== null && call.isWhole ? 1 : 0)
    for (let k = 0; k < this.outputs; k++) planned.put(kindOrNone(gradients[k] ?? null))
    for (let i = 0; i < arity; i++) {
      planned.put(groupOf[i] + 1)
      planned.put(codes[i])
    }
    for (let i = 0; i < arity + this.form.results.length; i++) planned.put(kindOrNone(saved[i] ?? null))
    for (let i = 0; i < this.form.output; i++) {
      const scalar = scalars[i]
      planned.put(scalar === null ? UNSAVED : kindOfScalar(scalar))
    }
    return planned.find() ?? planned.keep(this.#trace(node, gradients, saved, context, true))
  }

  // ---- both ----

  #trace(node: Node, gradients: Tensors, saved: Tensors, context: Context, isPlanned: boolean): FusedBackward {
    const builder = new Builder()
    const reads: number[] = []
    const specs: PlanInput[] = []
    const { Values, Options, output } = this.form
    const { arity, program } = this
    const { call, scalars, groupOf } = context
    const input = (at: number, kind: number, result: number): Expr => {
      reads.push(at)
      const space = program === null ? FULL : result < 0 ? program.inputSpaces[at] : program.spaces[result]
      specs.push({ space, repeats: at >= 0 && at < arity && groupOf[at] >= 0 })
      return builder.operand(codeOf(kind), priorityOf(kind))
    }
    const resultKind = ({ code, sizes }: Tensor): number =>
      kindOf(code, (call === null ? sizes : call.shape).length === 0 ? ZERO_DIM : DIMENSIONED)
    const known = new Map<number, Expr>()
    const value = (position: number): Expr => {
      const r = position - output
      const at = r < 0 ? position : arity + r
      const tensor = position < arity || r >= 0 ? (saved[at] ?? null) : null
      const scalar = scalars[position] ?? null
      if (tensor !== null) return input(at, r < 0 ? kindOfTensor(tensor) : resultKind(tensor), r)
      if (scalar !== null) return builder.slot(position, codeOf(kindOfScalar(scalar)), NUMBER)
      throw new Error(`internal: the derivative of ${this.name} reads value ${position}, which was not saved`)
    }
    const read = (position: number): Expr => {
      const symbol = known.get(position) ?? value(position)
      known.set(position, symbol)
      return symbol
    }
    const symbols = gradients.map((g, k) => (g === null ? null : input(gradientAt(k), resultKind(g), k)))
    const g = this.#gradientsOf((k) => symbols[k] ?? null)
    const [values, options] = [new Values(read), new Options(read)]
    const outputs: PlanOutput[] = []
    const results = this.formulas.map((formula, i) => {
      const gradient = formula === null || !node.needs(i) ? null : (formula(g, values, options) as Value | null)
      if (gradient === null) return NONE
      // Sums over what broadcasting repeats are rounded in the end, too.
      const isSummed = isPlanned && groupOf[i] >= 0
      const code = isSummed ? computeCode(context.codes[i]) : context.codes[i]
      const result = builder.cast(symbolOf(gradient), code)
      if (!isPlanned && result.isInput && result.number === 0 && symbols[0] !== null) return PASS
      return outputs.push({ value: result, space: FULL, group: isPlanned ? groupOf[i] : -1 }) - 1
    })
    const slots = [...new Set(builder.constants.map(({ slot }) => slot).filter((slot) => slot >= 0))]
    const scalar = slots.length > 1 ? SEVERAL : (slots[0] ?? NONE)
    const traced = { expression: null, plan: null, reads, results, scalar }
    if (outputs.length === 0) return traced
    return isPlanned
      ? { ...traced, plan: new Plan(builder, specs, outputs, call?.isWhole === true) }
      : {
          ...traced,
          expression: new Expression(
            builder,
            outputs.map((each) => each.value)
          )
        }
  }
}

const kindOrNone = (tensor: Tensor | null): number => (tensor === null ? UNSAVED : kindOfTensor(tensor))

function needsOf(node: Node, arity: number): number {
  let needs = 0
  for (let i = 0; i < arity; i++) if (node.needs(i)) needs |= 1 << i
  return needs
}

/** True where a sum of what is computed from these tensors has the tree of a sum in their logical order. */
function areInOrder(tensors: Tensors): boolean {
  for (let i = 0; i < tensors.length; i++) {
    const tensor = tensors[i]
    if (tensor !== null && !liesInOrder(tensor)) return false
  }
  return true
}
