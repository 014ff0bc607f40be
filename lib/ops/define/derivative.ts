// Derivatives of the pointwise family: what a node saves, and its backward in two forms of one formula. With createGraph the
// formula runs as differentiable ops; without, it is run once over symbols and becomes one expression for a single native call.

import { type BackwardRule, Node, gradientEdge } from '../../autograd/node'
import { gradMode } from '../../autograd/mode'
import { DIMENSIONED, FLOAT32, NUMBER, codeOf, dtypeNames, isFloating, kindOf, priorityOf } from '../../dtype'
import { Builder, type Expr, Expression, run, runBinary, runUnary } from '../../expression'
import { type Shape, sameShape } from '../../shape'
import { type Tensor } from '../../tensor'
import { cast } from '../core/copy'
import { sumToShape } from '../core/broadcast'
import type { Form } from './form'
import { emptyAs, kindOfTensor } from './result'
import type { AnyFormula } from './row'
import { type Scalar, TensorValue, kindOfScalar, tensorOf } from './tensor-value'
import { symbolOf } from './value'
import { Variants } from './variants'

/** What a node keeps where its inputs differ from its output: shapes and dtypes to return to, and numbers. */
interface Context {
  readonly shapes: readonly (Shape | null)[]
  readonly codes: readonly number[]
  /** Numbers in place of arguments, then the options; null where an argument is a tensor. */
  readonly scalars: readonly (Scalar | null)[]
  /** True when no gradient needs to be summed to its input's shape. */
  readonly allShapesSame: boolean
}

/** A fused derivative: which values it reads and where each input's gradient comes from. */
interface FusedBackward {
  /** Null when every gradient is `g` itself. */
  readonly expression: Expression | null
  /** Positions in the saved list, in the order of the expression's inputs after `g`; -1 is `g`. */
  readonly reads: readonly number[]
  /** Per input: output number of the expression, PASS for `g` itself, NONE where not needed. */
  readonly results: readonly number[]
  /** Position of the one number that it reads, NONE where it reads none, SEVERAL where it reads more. */
  readonly scalar: number
}
const PASS = -1
const NONE = -2
const SEVERAL = -3

/** In the key of a fused derivative: what is not saved. */
const UNSAVED = kindOf(0, NUMBER + 1)

/**
 * A list of nulls. V8 makes short lists of variables in place; `fill` is a call, and a list of constants is copied at the first write
 * to it (60 ns more for a product that saves both operands).
 */
function nulls<Item>(count: number, none: Item | null = null): (Item | null)[] {
  if (count === 1) return [none]
  if (count === 2) return [none, none]
  if (count === 3) return [none, none, none]
  return new Array<Item | null>(count).fill(none)
}

/** The derivative of one op. */
export class Derivative implements BackwardRule {
  readonly arity: number
  readonly #fused = new Variants<FusedBackward>()
  /** The key of the last look-up in it. */
  readonly #key: number[]
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
    readonly namesOfNumbers: readonly (string | null)[]
  ) {
    const arity = (this.arity = formulas.length)
    this.#key = new Array<number>(form.output + 3).fill(0)
    this.#firstOutputs = new Array<number>(arity).fill(0)
    this.#plainContexts = dtypeNames.map((_, code) => ({
      shapes: nulls<Shape>(arity),
      codes: new Array<number>(arity).fill(code),
      scalars: nulls<Scalar>(form.output),
      allShapesSame: true
    }))
  }

  // ---- recording ----

  /** True when the formula of input `i` reads the value at `position`. */
  uses(i: number, position: number): boolean {
    return ((this.#uses ??= this.#findUses())[i] & (1 << position)) !== 0
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
      formula(builder.input(FLOAT32, DIMENSIONED), new Values(read), new Options(read))
      return bits
    })
  }

  /**
   * The node of a call. `scalars` are the numbers in place of `inputs` that are null, then the options; null where all inputs are
   * tensors and there is no option.
   */
  makeNode(
    output: Tensor,
    inputs: readonly (Tensor | null)[],
    scalars: readonly (Scalar | null)[] | null,
    savedOutput: Tensor | null
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
    const context = plain ? this.#plainContexts[output.code] : makeContext(output, inputs, scalars)
    const name = scalars === null ? this.nodeName : this.#nodeName(inputs)
    return new Node(name, this, edges, outputs, saved, context, savesScalars)
  }

  #readsNumbers(read: number, inputs: readonly (Tensor | null)[]): boolean {
    for (let j = 0; j < this.form.output; j++) if ((read & (1 << j)) !== 0 && (inputs[j] ?? null) === null) return true
    return false
  }

  #nodeName(inputs: readonly (Tensor | null)[]): string {
    for (let i = 0; i < inputs.length; i++) if (inputs[i] === null) return this.namesOfNumbers[i] ?? this.nodeName
    return this.nodeName
  }

  // ---- backward ----

  backward(node: Node, [gradient]: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    const g = gradient!
    const saved = node.unpack()
    const context = node.parameters as Context
    const gradients = gradMode.enabled
      ? this.#differentiate(node, g, saved, context)
      : this.#runFused(node, g, saved, context)
    if (context.allShapesSame) return gradients
    for (let i = 0; i < gradients.length; i++) {
      const shape = context.shapes[i]
      const result = gradients[i]
      if (result !== null && shape !== null) gradients[i] = sumToShape(result, shape)
    }
    return gradients
  }

  #differentiate(node: Node, g: Tensor, saved: readonly (Tensor | null)[], context: Context): (Tensor | null)[] {
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

  #runFused(node: Node, g: Tensor, saved: readonly (Tensor | null)[], context: Context): (Tensor | null)[] {
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

  #fusedFor(node: Node, g: Tensor, saved: readonly (Tensor | null)[], context: Context): FusedBackward {
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
    return this.#fused.at(key) ?? this.#fused.set(key, this.#fuse(node, g, saved, context))
  }

  #fuse(node: Node, g: Tensor, saved: readonly (Tensor | null)[], context: Context): FusedBackward {
    const builder = new Builder()
    const reads: number[] = []
    const input = (at: number, tensor: Tensor): Expr => {
      reads.push(at)
      const kind = kindOfTensor(tensor)
      return builder.input(codeOf(kind), priorityOf(kind))
    }
    const { Values, Options, output } = this.form
    const known = new Map<number, Expr>()
    const value = (position: number): Expr => {
      const at = position === output ? this.arity : position
      const tensor = position < this.arity || position === output ? (saved[at] ?? null) : null
      const scalar = context.scalars[position] ?? null
      if (tensor !== null) return input(at, tensor)
      if (scalar !== null) return builder.slot(position, codeOf(kindOfScalar(scalar)), NUMBER)
      throw new Error(`internal: the derivative of ${this.name} reads value ${position}, which was not saved`)
    }
    const read = (position: number): Expr => {
      const symbol = known.get(position) ?? value(position)
      known.set(position, symbol)
      return symbol
    }
    const [values, options] = [new Values(read), new Options(read)]
    const gSymbol = input(-1, g)
    const outputs: Expr[] = []
    const results = this.formulas.map((formula, i) => {
      if (formula === null || !node.needs(i)) return NONE
      const result = builder.cast(symbolOf(formula(gSymbol, values, options)), context.codes[i])
      if (result === gSymbol) return PASS
      return outputs.push(result) - 1
    })
    const expression = outputs.length === 0 ? null : new Expression(builder, outputs)
    const slots = [...new Set(builder.constants.map(({ slot }) => slot).filter((slot) => slot >= 0))]
    return { expression, reads, results, scalar: slots.length > 1 ? SEVERAL : (slots[0] ?? NONE) }
  }
}

function makeContext(
  output: Tensor,
  inputs: readonly (Tensor | null)[],
  scalars: readonly (Scalar | null)[] | null
): Context {
  const shapes = inputs.map((input) => (input === null || sameShape(input.sizes, output.sizes) ? null : input.sizes))
  return {
    shapes,
    codes: inputs.map((input) => (input === null ? output.code : input.code)),
    scalars: scalars ?? inputs.map(() => null),
    allShapesSame: shapes.every((shape) => shape === null)
  }
}
