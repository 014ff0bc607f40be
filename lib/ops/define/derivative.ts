// Derivatives of the pointwise family: what a node saves, and its backward in two forms of one formula. With createGraph the
// formula runs as differentiable ops; without, it is run once over symbols and becomes one expression for a single native call.

import { type BackwardRule, Node, gradientEdge } from '../../autograd/node'
import { gradMode } from '../../autograd/mode'
import { DIMENSIONED, FLOAT32, NUMBER, dtypeNames, isFloating, scalarCode } from '../../dtype'
import { Builder, type Expr, Expression, run, runBinary, runUnary } from '../../expression'
import { type Shape, sameShape } from '../../shape'
import { type Tensor } from '../../tensor'
import { sumToShape } from '../core/broadcast'
import { cast } from '../core/copy'
import { KINDS, emptyAs, kindOfTensor } from './result'
import type { Formula, Values } from './row'

const OUTPUT = 3

/** What a node keeps where its inputs differ from its output: shapes and dtypes to return to, and scalar operands. */
interface Context {
  readonly shapes: readonly (Shape | null)[]
  readonly codes: readonly number[]
  readonly scalars: readonly (number | null)[]
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
  /** Which input is a number, -1 for none; an op takes at most one beside a tensor that its formula reads alone. */
  readonly scalar: number
}
const PASS = -1
const NONE = -2

const emptyContext = (arity: number, code: number): Context => ({
  shapes: new Array<null>(arity).fill(null),
  codes: new Array<number>(arity).fill(code),
  scalars: new Array<null>(arity).fill(null),
  allShapesSame: true
})

/** Edges that all lead to a node's first output. */
const firstOutputs: number[] = [0, 0, 0]

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

/** Values read lazily, so that a formula's reads show which ones it needs. */
function lazyValues(read: (position: number) => Tensor, output: number): Values {
  return {
    get self() {
      return read(0)
    },
    get other() {
      return read(1)
    },
    get third() {
      return read(2)
    },
    get output() {
      return read(output)
    }
  }
}

/** The derivative of one op. */
export class Derivative implements BackwardRule {
  readonly #fused = new Map<number, FusedBackward>()
  /** What was asked for last: a step asks for the same again, and a lookup costs 30 ns. */
  #lastKey = -1
  #last: FusedBackward | null = null
  /** Bit 3 * i + j: the formula of input i reads input j; bit 9 + i: it reads the output. */
  #uses = -1
  /** Contexts of nodes whose inputs are all like the output, by dtype. */
  readonly #plainContexts: readonly Context[]

  constructor(
    readonly name: string,
    readonly formulas: readonly (Formula | null)[],
    /** By where a number stands: none, second, first. */
    readonly nodeNames: readonly [string, string, string]
  ) {
    this.#plainContexts = dtypeNames.map((_, code) => emptyContext(this.arity, code))
  }

  get arity(): number {
    return this.formulas.length
  }

  // ---- recording ----

  /** True when the formula of an input that `node` differentiates reads the output. */
  usesOutput(node: Node): boolean {
    return this.formulas.some((_, i) => node.needs(i) && (this.#usesBits() & (1 << (9 + i))) !== 0)
  }

  /** True when the formula of input `i` reads input `j`. */
  uses(i: number, j: number): boolean {
    return (this.#usesBits() & (1 << (3 * i + j))) !== 0
  }

  #usesBits(): number {
    return this.#uses < 0 ? (this.#uses = this.#findUses()) : this.#uses
  }

  #findUses(): number {
    let bits = 0
    this.formulas.forEach((formula, i) => {
      if (formula === null) return
      const builder = new Builder()
      const symbol = (): Tensor => builder.input(FLOAT32, DIMENSIONED) as unknown as Tensor
      const read = (j: number): Tensor => {
        bits |= 1 << (j === OUTPUT ? 9 + i : 3 * i + j)
        return symbol()
      }
      formula(symbol(), lazyValues(read, OUTPUT))
    })
    return bits
  }

  /** The node of a call; an in-place op passes null for the output and saves it after the write. */
  makeNode(output: Tensor, inputs: readonly (Tensor | number)[], savedOutput: Tensor | null): Node {
    const { arity } = this
    const uses = this.#usesBits()
    const edges = nulls<Node>(arity)
    let outputs: number[] = firstOutputs
    let plain = true
    let read = 0 // bit j: input j is read by a formula that will run, bit OUTPUT: the output
    for (let i = 0; i < arity; i++) {
      const input = inputs[i]
      if (typeof input === 'number') continue
      if (this.formulas[i] !== null && isFloating(input.code)) {
        const edge = gradientEdge(input)
        edges[i] = edge
        if (edge !== null) read |= ((uses >> (3 * i)) & 7) | (((uses >> (9 + i)) & 1) << OUTPUT)
      }
      if (input.outputIndex !== 0) (outputs = outputs === firstOutputs ? [0, 0, 0] : outputs)[i] = input.outputIndex
      plain &&= input.code === output.code && sameShape(input.sizes, output.sizes)
    }
    let saved: (Tensor | null)[] | undefined
    let savesScalars = false
    for (let j = 0; read !== 0 && j <= arity; j++) {
      if ((read & (1 << (j === arity ? OUTPUT : j))) === 0) continue
      const input = j === arity ? savedOutput : inputs[j]
      if (typeof input === 'number') savesScalars = true
      else (saved ??= nulls(arity + 1))[j] = input
    }
    const context = plain && !savesScalars ? this.#plainContexts[output.code] : makeContext(inputs, output)
    const name = this.nodeNames[typeof inputs[0] === 'number' ? 2 : typeof inputs[1] === 'number' ? 1 : 0]
    return new Node(name, this, edges, outputs, saved, context, savesScalars)
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
    // A number stands where the op had one: methods take both.
    const value = (i: number): Tensor => saved[i] ?? (context.scalars[i] as unknown as Tensor)
    const values: Values = { self: value(0), other: value(1), third: value(2), output: saved[this.arity]! }
    return this.formulas.map((formula, i) => {
      if (formula === null || !node.needs(i)) return null
      const result = formula(g, values)
      return result.code === context.codes[i] ? result : cast(result, context.codes[i])
    })
  }

  #runFused(node: Node, g: Tensor, saved: readonly (Tensor | null)[], context: Context): (Tensor | null)[] {
    const { expression, reads, results, scalar } = this.#fusedFor(node, g, saved, context)
    const gradients = nulls<Tensor>(this.arity)
    const outputs = nulls<Tensor>(expression === null ? 0 : expression.codes.length) as Tensor[]
    if (expression !== null) {
      for (let w = 0; w < outputs.length; w++) outputs[w] = emptyAs(g, expression.codes[w])
      const first = reads[0] < 0 ? g : saved[reads[0]]!
      if (outputs.length === 1 && reads.length === 1) {
        runUnary(expression, first, outputs[0], scalar < 0 ? 0 : context.scalars[scalar]!)
      } else if (outputs.length === 1 && reads.length === 2 && scalar < 0) {
        runBinary(expression, first, reads[1] < 0 ? g : saved[reads[1]]!, outputs[0])
      } else {
        const inputs = nulls<Tensor>(reads.length) as Tensor[]
        for (let i = 0; i < reads.length; i++) inputs[i] = reads[i] < 0 ? g : saved[reads[i]]!
        run(expression, g.sizes, inputs, outputs, context.scalars as readonly number[])
      }
    }
    for (let i = 0; i < results.length; i++) {
      if (results[i] !== NONE) gradients[i] = results[i] === PASS ? g : outputs[results[i]]
    }
    return gradients
  }

  #fusedFor(node: Node, g: Tensor, saved: readonly (Tensor | null)[], context: Context): FusedBackward {
    let key = kindOfTensor(g)
    for (let i = 0; i < saved.length; i++) {
      const tensor = saved[i]
      key = key * (KINDS + 1) + (tensor === null ? 0 : 1 + kindOfTensor(tensor))
    }
    for (let i = 0; i < this.arity; i++) {
      const scalar = context.scalars[i]
      key = (key * 8 + context.codes[i]) * 8 + (node.needs(i) ? 1 : scalar === null ? 0 : 2 + scalarCode(scalar))
    }
    if (key === this.#lastKey) return this.#last!
    let fused = this.#fused.get(key)
    if (fused === undefined) {
      fused = this.#fuse(node, g, saved, context)
      this.#fused.set(key, fused)
    }
    this.#lastKey = key
    return (this.#last = fused)
  }

  #fuse(node: Node, g: Tensor, saved: readonly (Tensor | null)[], context: Context): FusedBackward {
    const builder = new Builder()
    const reads: number[] = []
    const read = (position: number, tensor: Tensor): Expr => {
      reads.push(position)
      const kind = kindOfTensor(tensor)
      return builder.input(kind & 7, kind >> 3)
    }
    const known = new Map<number, Expr>()
    const value = (i: number): Tensor => {
      let symbol = known.get(i)
      if (symbol === undefined) {
        const tensor = i < saved.length ? saved[i] : null
        const scalar = context.scalars[i] ?? null
        if (tensor !== null) symbol = read(i, tensor)
        else if (scalar !== null) symbol = builder.slot(i, scalarCode(scalar), NUMBER)
        else throw new Error(`internal: the derivative of ${this.name} reads value ${i}, which was not saved`)
        known.set(i, symbol)
      }
      return symbol as unknown as Tensor
    }
    const values = lazyValues(value, this.arity)
    const gSymbol = read(-1, g)
    const outputs: Expr[] = []
    const results = this.formulas.map((formula, i) => {
      if (formula === null || !node.needs(i)) return NONE
      const result = builder.cast(formula(gSymbol as unknown as Tensor, values) as unknown as Expr, context.codes[i])
      if (result === gSymbol) return PASS
      return outputs.push(result) - 1
    })
    const expression = outputs.length === 0 ? null : new Expression(builder, outputs)
    const scalar = context.scalars.findIndex((each) => each !== null)
    return { expression, reads, results, scalar }
  }
}

function makeContext(inputs: readonly (Tensor | number)[], output: Tensor): Context {
  const shapes: (Shape | null)[] = []
  const codes: number[] = []
  const scalars: (number | null)[] = []
  for (const input of inputs) {
    const isScalar = typeof input === 'number'
    shapes.push(isScalar || sameShape(input.sizes, output.sizes) ? null : input.sizes)
    codes.push(isScalar ? output.code : input.code)
    scalars.push(isScalar ? input : null)
  }
  return { shapes, codes, scalars, allShapesSame: shapes.every((shape) => shape === null) }
}
