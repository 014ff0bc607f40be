// The pointwise family: one row gives forward, derivative, in-place form, broadcasting, promotion and fused backward.
// Derivatives are ordinary tensor code. With createGraph they run as differentiable ops; without, they are run once over
// symbols and become one expression that a single native call evaluates.

import { isTracked, type BackwardRule, Node, attach, gradientEdge } from '../../autograd/node'
import { gradMode } from '../../autograd/mode'
import { BOOL, DIMENSIONED, FLOAT32, NUMBER, ZERO_DIM, dtypeNames, isFloating, kindOf, promoteKinds, scalarCode } from '../../dtype'
import { Builder, Expr, Expression, UnsupportedDtype, noScalars, run, runBinary, runUnary } from '../../expression'
import { kernelRow } from '../../native'
import { type Shape, broadcastShapes, sameShape } from '../../shape'
import { Tensor } from '../../tensor'
import { type Operand, castError, emptyAs, emptyResult } from './result'

/** Values that a derivative may use: the inputs in order and the output; tensors, or symbols while it is traced. */
export interface Values {
  readonly self: Tensor
  readonly other: Tensor
  readonly third: Tensor
  readonly output: Tensor
}

/** Gradient of one input from the gradient `g` of the output. */
export type Formula = (g: Tensor, values: Values) => Tensor

/** How operand dtypes meet: promoted; promoted to a float; or PyTorch's `where`, whose condition stays bool. */
export type Promotion = 'promote' | 'float' | 'select'

export interface PointwiseRow {
  /** The forward over symbols, when it is not the kernel row of the op's name. */
  readonly forward?: (self: Tensor, other: Tensor, third: Tensor) => Tensor
  readonly promotion?: Promotion
  /** PyTorch's node name where it is not `<Name>Backward0`; then with a number second, and with a number first. */
  readonly node?: string
  readonly nodeScalarSecond?: string
  readonly nodeScalarFirst?: string
  /** Error of a kernel that checks values. */
  readonly failure?: () => Error
  /** Error for a dtype without kernel. */
  readonly unsupported?: (code: number) => Error
  readonly self?: Formula
  readonly other?: Formula
  readonly third?: Formula
}

const argumentNames = ['self', 'other', 'third'] as const
const OUTPUT = 3

/** What a node keeps where its inputs differ from its output: shapes and dtypes to return to, and scalar operands. */
interface Context {
  readonly shapes: readonly (Shape | null)[]
  readonly codes: readonly number[]
  readonly scalars: readonly (number | null)[]
}

/** A fused derivative: which values it reads and where each input's gradient comes from. */
interface FusedBackward {
  /** Null when every gradient is `g` itself. */
  readonly expression: Expression | null
  /** Positions in the saved list, in the order of the expression's inputs after `g`; -1 is `g`. */
  readonly reads: readonly number[]
  /** Per input: output number of the expression, PASS for `g` itself, NONE where not needed. */
  readonly results: readonly number[]
}
const PASS = -1
const NONE = -2

const emptyContext = (arity: number, code: number): Context => ({
  shapes: new Array<null>(arity).fill(null),
  codes: new Array<number>(arity).fill(code),
  scalars: new Array<null>(arity).fill(null)
})

export const kindOfTensor = (tensor: Tensor): number =>
  kindOf(tensor.code, tensor.shape.length === 0 ? ZERO_DIM : DIMENSIONED)

const KINDS = 24
/** Edges that all lead to a node's first output. */
const firstOutputs: number[] = [0, 0, 0]

const operandKind = (operand: Operand): number =>
  operand instanceof Tensor ? kindOfTensor(operand) : kindOf(scalarCode(operand), NUMBER)

/** One pointwise op. */
export class PointwiseOp implements BackwardRule {
  readonly formulas: readonly (Formula | null)[]
  /** By where a number stands: none, second, first. */
  readonly #nodeNames: readonly [string, string, string]
  readonly #emit: (inputs: readonly Expr[]) => Expr
  /** Expressions by the kinds of the operands, and by dtype written to for in-place forms. */
  readonly #variants: Expression[] = []
  readonly #inPlaceVariants = new Map<number, Expression>()
  readonly #fused = new Map<number, FusedBackward>()
  /** Bit 3 * i + j: the formula of input i reads input j; bit 9 + i: it reads the output. */
  #uses = -1
  /** Contexts of nodes whose inputs are all like the output, by dtype. */
  readonly #plainContexts: Context[]

  constructor(
    readonly name: string,
    readonly arity: number,
    row: PointwiseRow
  ) {
    const node = row.node ?? `${name[0].toUpperCase()}${name.slice(1)}Backward0`
    this.#nodeNames = [node, row.nodeScalarSecond ?? node, row.nodeScalarFirst ?? node]
    this.formulas = argumentNames.slice(0, arity).map((argument) => row[argument] ?? null)
    const unsupported = row.unsupported ?? ((code) => new TypeError(`"${name}" not implemented for '${dtypeNames[code]}'`))
    const emit = row.forward ? emitForward(row.forward) : emitKernel(name, row.promotion ?? 'promote', row.failure)
    this.#emit = (inputs) => {
      try {
        return emit(inputs)
      } catch (error) {
        throw error instanceof UnsupportedDtype ? unsupported(error.code) : error
      }
    }
    this.#plainContexts = dtypeNames.map((_, code) => emptyContext(arity, code))
  }

  /** Appends this op to an expression; numbers become literals. */
  emit(inputs: readonly (Expr | number | boolean)[]): Expr {
    const builder = (inputs.find((input) => input instanceof Expr) as Expr).builder
    return this.#emit(
      inputs.map((input) =>
        input instanceof Expr ? input : builder.literal(Number(input), scalarCode(input), NUMBER)
      )
    )
  }

  /** Adds `other`, of the same shape, into a dense `self` without autograd or version: how gradients accumulate. */
  accumulate(self: Tensor, other: Tensor): void {
    const key = self.code * KINDS * KINDS + kindOfTensor(self) * KINDS + kindOfTensor(other)
    const expression =
      this.#inPlaceVariants.get(key) ?? this.#makeInPlace(key, self.code, [self, other], (from) => castError(from, self.code))
    runBinary(expression, self, other, self)
  }

  // ---- forward ----

  unary(self: Tensor): Tensor {
    const kind = kindOfTensor(self)
    const expression = this.#variants[kind] ?? this.#makeVariant(kind, [kind])
    const output = emptyAs(self, expression.codes[0])
    runUnary(expression, self, output, 0)
    if (isTracked(self)) this.#record(output, [self])
    return output
  }

  binary(self: Operand, other: Operand): Tensor {
    if (!(self instanceof Tensor)) return this.#scalarFirst(self, other)
    if (!(other instanceof Tensor)) return this.#scalarSecond(self, other)
    const kindSelf = kindOfTensor(self)
    const kindOther = kindOfTensor(other)
    const key = kindSelf * KINDS + kindOther
    const expression = this.#variants[key] ?? this.#makeVariant(key, [kindSelf, kindOther])
    const output = sameShape(self.shape, other.shape)
      ? emptyAs(self, expression.codes[0])
      : emptyResult(broadcastShapes(self.shape, other.shape, this.name), expression.codes[0])
    runBinary(expression, self, other, output)
    if (isTracked(self) || isTracked(other)) this.#record(output, [self, other])
    return output
  }

  #scalarSecond(self: Tensor, other: unknown): Tensor {
    const scalar = scalarValue(other, this.name)
    const kindSelf = kindOfTensor(self)
    const kindOther = kindOf(scalarCode(other as number), NUMBER)
    const key = kindSelf * KINDS + kindOther
    const expression = this.#variants[key] ?? this.#makeVariant(key, [kindSelf, kindOther])
    const output = emptyAs(self, expression.codes[0])
    runUnary(expression, self, output, scalar)
    if (isTracked(self)) this.#record(output, [self, scalar])
    return output
  }

  #scalarFirst(self: unknown, other: unknown): Tensor {
    const scalar = scalarValue(self, this.name)
    if (!(other instanceof Tensor)) throw new TypeError(`${this.name}: one operand must be a Tensor, got two scalars`)
    const kindSelf = kindOf(scalarCode(self as number), NUMBER)
    const kindOther = kindOfTensor(other)
    const key = kindSelf * KINDS + kindOther
    const expression = this.#variants[key] ?? this.#makeVariant(key, [kindSelf, kindOther])
    const output = emptyAs(other, expression.codes[0])
    runUnary(expression, other, output, scalar)
    if (isTracked(other)) this.#record(output, [scalar, other])
    return output
  }

  /** Any number of operands; at least one is a tensor. */
  apply(operands: readonly Operand[]): Tensor {
    const tensors = operands.filter((operand) => operand instanceof Tensor)
    if (tensors.length === 0) throw new TypeError(`${this.name}: one operand must be a Tensor, got only scalars`)
    const scalars = operands.map((operand) => (operand instanceof Tensor ? null : scalarValue(operand, this.name)))
    const kinds = operands.map(operandKind)
    const key = kinds.reduce((sum, kind) => sum * KINDS + kind, 0)
    const expression = this.#variants[key] ?? this.#makeVariant(key, kinds)
    const shape = tensors.reduce<Shape>((sum, tensor) => broadcastShapes(sum, tensor.shape, this.name), [])
    const output = emptyResult(shape, expression.codes[0])
    run(expression, shape, tensors, [output], scalars as number[])
    if (tensors.some(isTracked)) this.#record(output, operands.map((operand, i) => scalars[i] ?? (operand as Tensor)))
    return output
  }

  /** Writes the op's result into `self`; the caller has checked that this is allowed. */
  writeInPlace(self: Tensor, operands: readonly Operand[], onCast: (from: number) => Error): void {
    let key = self.code
    for (const operand of operands) key = key * KINDS + operandKind(operand)
    const expression = this.#inPlaceVariants.get(key) ?? this.#makeInPlace(key, self.code, operands, onCast)
    const [, other] = operands
    if (operands.length === 2 && other instanceof Tensor) runBinary(expression, self, other, self)
    else if (operands.length <= 2) runUnary(expression, self, self, scalarValue(other ?? 0, this.name))
    else {
      const tensors = operands.filter((operand) => operand instanceof Tensor)
      const scalars = operands.map((operand) => (operand instanceof Tensor ? 0 : scalarValue(operand, this.name)))
      run(expression, self.shape, tensors, [self], scalars)
    }
  }

  #makeInPlace(key: number, code: number, operands: readonly Operand[], onCast: (from: number) => Error): Expression {
    const builder = new Builder()
    const result = this.#emit(symbols(builder, operands.map(operandKind)))
    if (!castsInPlace(result, code)) throw onCast(result.code)
    const expression = new Expression(builder, [builder.cast(result, code)])
    this.#inPlaceVariants.set(key, expression)
    return expression
  }

  #makeVariant(key: number, kinds: readonly number[]): Expression {
    const builder = new Builder()
    const expression = new Expression(builder, [this.#emit(symbols(builder, kinds))])
    this.#variants[key] = expression
    return expression
  }

  // ---- recording ----

  /** True when the formula of an input that `node` differentiates reads the output. */
  usesOutput(node: Node): boolean {
    return this.formulas.some((_, i) => node.needs(i) && this.uses(i, OUTPUT))
  }

  /** True when the formula of input `i` reads input `j` (OUTPUT: the output). */
  uses(i: number, j: number): boolean {
    return (this.#usesBits() & (1 << (j === OUTPUT ? 9 + i : 3 * i + j))) !== 0
  }

  #usesBits(): number {
    return this.#uses < 0 ? (this.#uses = this.#findUses()) : this.#uses
  }

  #findUses(): number {
    let bits = 0
    this.formulas.forEach((formula, i) => {
      if (formula === null) return
      const builder = new Builder()
      const read = (j: number): Tensor => {
        bits |= 1 << (j === OUTPUT ? 9 + i : 3 * i + j)
        return builder.input(FLOAT32, DIMENSIONED) as unknown as Tensor
      }
      const values: Values = {
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
          return read(OUTPUT)
        }
      }
      formula(builder.input(FLOAT32, DIMENSIONED) as unknown as Tensor, values)
    })
    return bits
  }

  #record(output: Tensor, inputs: readonly (Tensor | number)[]): void {
    if (isFloating(output.code)) attach(output, this.makeNode(output, inputs, output))
  }

  /** The node of a call; an in-place op passes null for the output and saves it after the write. */
  makeNode(output: Tensor, inputs: readonly (Tensor | number)[], savedOutput: Tensor | null): Node {
    const { arity } = this
    const uses = this.#usesBits()
    const edges = new Array<Node | null>(arity)
    let outputs: number[] = firstOutputs
    let plain = true
    let read = 0 // bit j: input j is read by a formula that will run, bit OUTPUT: the output
    for (let i = 0; i < arity; i++) {
      const input = inputs[i]
      const edge =
        typeof input === 'number' || this.formulas[i] === null || !isFloating(input.code) ? null : gradientEdge(input)
      edges[i] = edge
      if (edge !== null) read |= ((uses >> (3 * i)) & 7) | (((uses >> (9 + i)) & 1) << OUTPUT)
      if (typeof input === 'number') continue
      if (input.outputIndex !== 0) (outputs = outputs === firstOutputs ? [0, 0, 0] : outputs)[i] = input.outputIndex
      plain &&= input.code === output.code && sameShape(input.shape, output.shape)
    }
    let saved: (Tensor | null)[] | undefined
    let savesScalars = false
    for (let j = 0; read !== 0 && j <= arity; j++) {
      const input = j === arity ? savedOutput : inputs[j]
      if ((read & (1 << (j === arity ? OUTPUT : j))) === 0) continue
      if (typeof input === 'number') savesScalars = true
      else (saved ??= new Array<Tensor | null>(arity + 1).fill(null))[j] = input
    }
    const context = plain && !savesScalars ? this.#plainContexts[output.code] : makeContext(inputs, output)
    const name = this.#nodeNames[typeof inputs[0] === 'number' ? 2 : typeof inputs[1] === 'number' ? 1 : 0]
    return new Node(name, this, edges, outputs, saved, context, savesScalars)
  }

  // ---- backward ----

  backward(node: Node, [gradient]: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    const g = gradient!
    const saved = node.unpack()
    const context = node.parameters as Context
    const gradients = gradMode.enabled ? this.#differentiate(node, g, saved, context) : this.#runFused(node, g, saved, context)
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
      return castTensor(formula(g, values), context.codes[i])
    })
  }

  #runFused(node: Node, g: Tensor, saved: readonly (Tensor | null)[], context: Context): (Tensor | null)[] {
    const fused = this.#fusedFor(node, g, saved, context)
    const { expression } = fused
    if (expression === null) return fused.results.map((result) => (result === PASS ? g : null))
    const outputs = expression.codes.map((code) => emptyAs(g, code))
    const scalars = context.scalars as readonly number[]
    if (fused.reads.length === 1 && outputs.length === 1 && expression.slotWords.length === 0) {
      runUnary(expression, fused.reads[0] < 0 ? g : saved[fused.reads[0]]!, outputs[0], 0)
    } else if (fused.reads.length === 2 && outputs.length === 1 && expression.slotWords.length === 0) {
      const [first, second] = fused.reads
      runBinary(expression, first < 0 ? g : saved[first]!, second < 0 ? g : saved[second]!, outputs[0])
    } else {
      run(expression, g.shape, fused.reads.map((read) => (read < 0 ? g : saved[read]!)), outputs, scalars)
    }
    return fused.results.map((result) => (result === PASS ? g : result === NONE ? null : outputs[result]))
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
    let fused = this.#fused.get(key)
    if (fused === undefined) {
      fused = this.#fuse(node, g, saved, context)
      this.#fused.set(key, fused)
    }
    return fused
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
    const { arity } = this
    const values: Values = {
      get self() {
        return value(0)
      },
      get other() {
        return value(1)
      },
      get third() {
        return value(2)
      },
      get output() {
        return value(arity)
      }
    }
    const gSymbol = read(-1, g)
    const outputs: Expr[] = []
    const results = this.formulas.map((formula, i) => {
      if (formula === null || !node.needs(i)) return NONE
      const result = builder.cast(formula(gSymbol as unknown as Tensor, values) as unknown as Expr, context.codes[i])
      if (result === gSymbol) return PASS
      return outputs.push(result) - 1
    })
    const expression = outputs.length === 0 ? null : new Expression(builder, outputs)
    return { expression, reads, results }
  }
}

// ---- helpers of the family ----

function symbols(builder: Builder, kinds: readonly number[]): Expr[] {
  return kinds.map((kind, i) =>
    kind >> 3 === NUMBER ? builder.slot(i, kind & 7, NUMBER) : builder.input(kind & 7, kind >> 3)
  )
}

function emitForward(forward: NonNullable<PointwiseRow['forward']>): (inputs: readonly Expr[]) => Expr {
  return (inputs) => forward(...(inputs as unknown as [Tensor, Tensor, Tensor])) as unknown as Expr
}

function emitKernel(name: string, promotion: Promotion, failure?: () => Error): (inputs: readonly Expr[]) => Expr {
  const row = kernelRow('pointwise', name)
  return (inputs) => {
    const { builder } = inputs[0]
    const promoted = promotion === 'select' ? inputs.slice(1) : inputs
    let code = promoted.reduce((kind, input, i) => (i === 0 ? input.kind : promoteWith(kind, input.kind)), 0) & 7
    if (promotion === 'float' && !isFloating(code)) code = FLOAT32
    const sources = inputs.map((input, i) =>
      promotion === 'select' && i === 0 ? builder.cast(input, BOOL) : builder.cast(input, code)
    )
    return builder.instruction(row, code, sources, failure ?? null)
  }
}

const promoteWith = (a: number, b: number): number => kindOf(promoteKinds(a, b), Math.min(a >> 3, b >> 3))

const castsInPlace = (result: Expr, code: number): boolean =>
  promoteKinds(kindOf(code, DIMENSIONED), kindOf(result.code, NUMBER)) === code

function scalarValue(value: unknown, op: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint') {
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
      throw new RangeError(`${op}: ${value} is not exact as a scalar operand; pass tensor([${value}n])`)
    }
    return Number(value)
  }
  throw new TypeError(`${op}: an operand must be a Tensor or a number, got ${value === null ? 'null' : typeof value}`)
}

function makeContext(inputs: readonly (Tensor | number)[], output: Tensor): Context {
  const shapes: (Shape | null)[] = []
  const codes: number[] = []
  const scalars: (number | null)[] = []
  for (const input of inputs) {
    const isScalar = typeof input === 'number'
    shapes.push(isScalar || sameShape(input.shape, output.shape) ? null : input.shape)
    codes.push(isScalar ? output.code : input.code)
    scalars.push(isScalar ? input : null)
  }
  return { shapes, codes, scalars }
}

/** Filled in by ops/, whose rows this family cannot import: the adjoint of broadcasting, and the differentiable cast. */
export const adjoints = {
  sumToShape: (_g: Tensor, _shape: Shape): Tensor => {
    throw new Error('internal: ops are not loaded')
  },
  cast: (_x: Tensor, _code: number): Tensor => {
    throw new Error('internal: ops are not loaded')
  }
}

const sumToShape = (g: Tensor, shape: Shape): Tensor => adjoints.sumToShape(g, shape)
const castTensor = (x: Tensor, code: number): Tensor => (x.code === code ? x : adjoints.cast(x, code))

/** All pointwise ops by name, for the methods of Tensor and of symbols. */
export const pointwiseOps = new Map<string, PointwiseOp>()

function register(name: string, arity: number, row: PointwiseRow): PointwiseOp {
  const op = new PointwiseOp(name, arity, row)
  pointwiseOps.set(name, op)
  return op
}

export type Unary = (self: Tensor) => Tensor
export type Binary = (self: Operand, other: Operand) => Tensor
export type Ternary = (self: Operand, other: Operand, third: Operand) => Tensor

/** Defines an op of one tensor. */
export function unary(name: string, row: PointwiseRow = {}): Unary {
  const op = register(name, 1, row)
  return (self) => {
    if (self instanceof Tensor) return op.unary(self)
    if ((self as unknown) instanceof Expr) return op.emit([self as unknown as Expr]) as unknown as Tensor
    throw new TypeError(`${name}: self must be a Tensor, got ${self === null ? 'null' : typeof self}`)
  }
}

const hasSymbol = (operands: readonly unknown[]): boolean => operands.some((operand) => operand instanceof Expr)

/** Defines an op of two operands, tensors or one number. */
export function binary(name: string, row: PointwiseRow = {}): Binary {
  const op = register(name, 2, row)
  return (self, other) => {
    if (self instanceof Tensor || other instanceof Tensor || !hasSymbol([self, other])) return op.binary(self, other)
    return op.emit([self, other] as unknown as Expr[]) as unknown as Tensor
  }
}

/** Defines an op of three operands. */
export function ternary(name: string, row: PointwiseRow): Ternary {
  const op = register(name, 3, row)
  return (...operands) => {
    if (hasSymbol(operands)) return op.emit(operands as unknown as Expr[]) as unknown as Tensor
    return op.apply(operands)
  }
}

export { noScalars }
