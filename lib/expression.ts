// Pointwise expressions: built once by running ordinary tensor code over symbols, then run as one native call.
// Eager pointwise ops are expressions of one instruction. Knows kernel rows, not ops.

import { Evaluator, FEW } from './evaluate'
import { Descriptor, FAMILY, bodyWord, launch, launchList, offsetWord, scratch } from './launch'
import { native, reduceRows } from './native'
import { withProducts } from './products'
import { type Failure, type Live, recording } from './recording'
import { type Shape, isPacked, sameShape } from './shape'
import type { Storage } from './storage'
import { type Builder, type Expr, UnsupportedDtype, indexRow } from './symbol'
import type { Tensor } from './tensor'

const MAX_RANK = native.maxRank

/** A reduction that ends an expression: kernel row and a bit for each reduced dim of the iteration space. */
export interface Reduction {
  readonly row: number
  readonly mask: number
}

/** A finished expression. `tail` is the part of the descriptor after the strides. */
export class Expression implements Failure {
  readonly tail: Float64Array
  /** Positions in the tail of the scalars that each run passes. */
  readonly slotWords: readonly [position: number, slot: number][]
  readonly failures: readonly ((() => Error) | null)[]
  readonly codes: readonly number[]
  readonly inputCodes: readonly number[]
  /** By output: row of the reduction that ends it, or -1 where it is stored elementwise. */
  readonly reductions: readonly number[]
  readonly reduces: boolean
  /** True when elements may be taken in any order: none is summed, and none asks for its place. */
  readonly takesAnyOrder: boolean
  #dense: Descriptor | null = null
  #evaluator: Evaluator | null | undefined = undefined
  /** Where the tail starts in `dense`. */
  denseTail = 0

  constructor(
    builder: Builder,
    outputs: readonly Expr[],
    /** Row of the reduction that ends all outputs or each of them; null where elements are stored. */
    reduce: number | null | readonly (number | null)[] = null
  ) {
    const inputs = builder.inputs.length
    const constants = builder.constants.length
    if (builder.reductions.length > 0) throw new Error('internal: a reduction inside of an expression')
    const instructions = withProducts(builder, outputs)
    const numbers = new Map(instructions.map(({ result }, i) => [result, inputs + constants + i]))
    const register = (source: Expr): number =>
      source.isResult ? numbers.get(source)! : source.number + (source.isInput ? 0 : inputs)
    const words: number[] = [constants]
    const slotWords: [number, number][] = []
    for (const { slot, value, code } of builder.constants) {
      words.push(code, value)
      if (slot >= 0) slotWords.push([words.length - 1, slot])
    }
    words.push(instructions.length)
    for (const { row, code, sources } of instructions) {
      words.push(row, code, ...[0, 1, 2].map((i) => (i < sources.length ? register(sources[i]) : -1)))
    }
    this.reductions = outputs.map((_, w) => (typeof reduce === 'object' ? reduce?.[w] : reduce) ?? -1)
    this.reduces = this.reductions.some((row) => row >= 0)
    this.takesAnyOrder = !this.reduces && instructions.every(({ row }) => row !== indexRow)
    words.push(...outputs.map(register), ...this.reductions, 0)
    this.tail = Float64Array.from(words)
    this.slotWords = slotWords
    this.failures = instructions.map(({ failure }) => failure)
    this.codes = outputs.map((output) => output.code)
    this.inputCodes = builder.inputs.map((input) => input.code)
    this.reductions.forEach((row, w) => {
      if (row >= 0 && (reduceRows[row].dtypes & (1 << this.codes[w])) === 0)
        throw new UnsupportedDtype(reduceRows[row].name, this.codes[w])
    })
  }

  /**
   * Descriptor for operands that are dense or one repeated value: rank 1, only count, offsets and strides change per
   * run.
   */
  get dense(): Descriptor {
    this.#dense ??= this.#makeDense()
    return this.#dense
  }

  /** What takes runs over a few elements; null where native code has to. */
  get evaluator(): Evaluator | null {
    if (this.#evaluator === undefined) this.#evaluator = Evaluator.of(this)
    return this.#evaluator
  }

  #makeDense(): Descriptor {
    const outputs = this.codes.length
    const operands = this.inputCodes.length + outputs
    const body = bodyWord(operands)
    this.denseTail = body + 2 + operands
    const descriptor = new Descriptor(this.denseTail + this.tail.length)
    const { words } = descriptor
    words.set([FAMILY.pointwise, words.length, operands, outputs])
    ;[...this.inputCodes, ...this.codes].forEach((code, i) => (words[offsetWord(i) - 1] = code))
    words[body] = 1
    this.reductions.forEach((row, w) => (words[this.denseTail - outputs + w] = row < 0 ? 1 : 0))
    words.set(this.tail, this.denseTail)
    words[words.length - 1] = this.reduces ? 1 : 0
    return descriptor
  }

  /** Throws the error of the check that failed in a run. */
  fail(status: number): never {
    const failure = this.failures[status - 1]
    throw failure ? failure() : new Error(`internal: instruction ${status - 1} failed without a message`)
  }
}

// ---- running ----

/**
 * Stride of an operand that is walked as one row of `count` elements beside `out`: 1, 0 for a repeated value, -1 when
 * it is neither.
 */
function denseStride(operand: Tensor, out: Tensor, count: number): number {
  if (operand.numelCached === count) {
    if (operand.dense && out.dense) return 1
    if (!out.dense && liesAs(operand, out)) return 1
    for (let d = 0; d < operand.steps.length; d++) if (operand.steps[d] !== 0) return -1
    return 0
  }
  return operand.numelCached === 1 ? 0 : -1
}

const liesAs = (a: Tensor, b: Tensor): boolean =>
  a === b || (sameShape(a.sizes, b.sizes) && a.steps.every((stride, d) => stride === b.steps[d] || a.sizes[d] === 1))

/** True when a walk through the memory of `out` meets its elements one after the other. */
const isOneRow = (e: Expression, out: Tensor): boolean =>
  out.dense || (e.takesAnyOrder && isPacked(out.sizes, out.steps))

/** What runs over `count` elements without a native call. A capture hears of launches only. */
const evaluatorFor = (e: Expression, count: number): Evaluator | null =>
  count <= FEW && recording.recorder === null ? e.evaluator : null

/** The number for each slot of an expression. */
function inSlots({ slotWords }: Expression, scalar: number): readonly number[] {
  const count = slotWords.reduce((most, [, slot]) => Math.max(most, slot + 1), 0)
  return Array.from({ length: count }, () => scalar)
}

/** Runs `out = e(a)` with an optional scalar; `out` is fresh or in place over `a`. */
export function runUnary(e: Expression, a: Tensor, out: Tensor, scalar: number): void {
  const count = out.numelCached
  const stride = denseStride(a, out, count)
  if (stride < 0 || !isOneRow(e, out)) {
    run(e, out.sizes, [a], [out], inSlots(e, scalar))
    return
  }
  const evaluator = evaluatorFor(e, count)
  if (evaluator !== null && evaluator.unary(a, stride, scalar, out)) return
  const { dense } = e
  const { words } = dense
  words[5] = a.byteOffset
  words[7] = out.byteOffset
  words[9] = count
  words[10] = stride
  for (let i = 0; i < e.slotWords.length; i++) words[12 + e.slotWords[i][0]] = scalar
  if (evaluator === null || !evaluator.run(words, e.denseTail, [a], [out])) launch(dense, e, 2, a.storage, out.storage)
}

/** Runs `out = e(a, b)` with an optional scalar. */
export function runBinary(e: Expression, a: Tensor, b: Tensor, out: Tensor, scalar: number): void {
  const count = out.numelCached
  const strideA = denseStride(a, out, count)
  const strideB = denseStride(b, out, count)
  if (strideA < 0 || strideB < 0 || !isOneRow(e, out)) {
    run(e, out.sizes, [a, b], [out], inSlots(e, scalar))
    return
  }
  const evaluator = evaluatorFor(e, count)
  if (evaluator !== null && evaluator.binary(a, strideA, b, strideB, out)) return
  const { dense } = e
  const { words } = dense
  words[5] = a.byteOffset
  words[7] = b.byteOffset
  words[9] = out.byteOffset
  words[11] = count
  words[12] = strideA
  words[13] = strideB
  for (let i = 0; i < e.slotWords.length; i++) words[15 + e.slotWords[i][0]] = scalar
  if (evaluator === null || !evaluator.run(words, e.denseTail, [a, b], [out]))
    launch(dense, e, 3, a.storage, b.storage, out.storage)
}

export const noScalars: readonly number[] = []

/** Scalars of runs that are being described. */
let numbers = new Float64Array(32)
let taken = 0

/**
 * Reads scalars as they are at present, those in place of a tensor as 0; returns where they start in `numbers`. They
 * are read once, since lists of scalars are of all kinds to V8. Live ones may run code of users, and with it other
 * runs, which take the numbers behind.
 */
export function readNumbers(scalars: readonly (number | Live | null)[]): number {
  const start = taken
  const count = scalars.length
  taken += count
  if (taken > numbers.length) {
    const more = new Float64Array(2 * taken)
    more.set(numbers)
    numbers = more
  }
  try {
    for (let i = 0; i < count; i++) {
      const scalar = scalars[i]
      const value = typeof scalar === 'number' ? scalar : scalar === null ? 0 : Number(scalar.read())
      numbers[start + i] = value
    }
  } finally {
    taken = start
  }
  return start
}

/** The positions in the words of scalars that each replay reads anew. */
function liveWords(
  { slotWords }: Expression,
  tail: number,
  scalars: readonly (number | Live)[]
): [number, Live][] | null {
  const live = slotWords.flatMap(([position, slot]): [number, Live][] => {
    const scalar = scalars[slot]
    return typeof scalar === 'number' ? [] : [[tail + position, scalar]]
  })
  return live.length === 0 ? null : live
}

/**
 * Runs an expression over the iteration space `shape`. Inputs broadcast to it; outputs have its shape, reduced ones
 * size 1 in the dims of `mask`.
 */
export function run(
  e: Expression,
  shape: Shape,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  scalars: readonly (number | Live)[],
  mask = 0
): void {
  const first = readNumbers(scalars)
  let count = 1
  for (let d = 0; d < shape.length; d++) count *= shape[d]
  const whole = !e.reduces || mask === (1 << shape.length) - 1
  const isDense = whole && fillDense(e, count, inputs, outputs)
  const descriptor = isDense ? e.dense : scratch
  const { words } = descriptor
  const tail = isDense ? e.denseTail : fillStrided(e, shape, inputs, outputs, mask)
  fillScalars(e, words, tail, first)
  const live = recording.recorder === null ? null : liveWords(e, tail, scalars)
  const evaluator = isDense ? evaluatorFor(e, count) : null
  if (evaluator === null || !evaluator.run(words, tail, inputs, outputs))
    launchTensors(descriptor, e, inputs, outputs, live)
}

/** Writes the numbers of a run into words whose tail starts at `tail`. */
export function fillScalars({ slotWords }: Expression, words: Float64Array, tail: number, first: number): void {
  for (let i = 0; i < slotWords.length; i++) words[tail + slotWords[i][0]] = numbers[first + slotWords[i][1]]
}

/**
 * Writes the operands of a run over `count` elements into a dense descriptor that starts at `start`; false when one is
 * no single row. What is reduced whole has one element.
 */
export function fillDense(
  e: Expression,
  count: number,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  words = e.dense.words,
  start = 0
): boolean {
  const operands = inputs.length + outputs.length
  const strides = start + bodyWord(operands) + 2
  const [out] = outputs
  if (!isOneRow(e, out)) return false
  for (let i = 0; i < inputs.length; i++) {
    const stride = denseStride(inputs[i], out, count)
    if (stride < 0) return false
    words[strides + i] = stride
    words[start + offsetWord(i)] = inputs[i].byteOffset
  }
  for (let i = inputs.length; i < operands; i++) {
    const output = outputs[i - inputs.length]
    if (out.dense ? !output.dense : !liesAs(output, out)) return false
    words[start + offsetWord(i)] = output.byteOffset
  }
  words[strides - 1] = count
  return true
}

/** Writes a descriptor with all dims to the scratch words; returns where its tail starts. */
function fillStrided(
  e: Expression,
  shape: Shape,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  mask: number
): number {
  const operands = inputs.length + outputs.length
  const { words } = scratch
  const rank = shape.length
  const body = bodyWord(operands)
  const tailStart = body + 1 + rank * (1 + operands)
  const { tail } = e
  if (rank > MAX_RANK) throw new RangeError(`tensors of more than ${MAX_RANK} dims are not supported, got ${rank}`)
  words[0] = FAMILY.pointwise
  words[1] = tailStart + tail.length
  words[2] = operands
  words[3] = outputs.length
  words[body] = rank
  for (let d = 0; d < rank; d++) words[body + 1 + d] = shape[d]
  for (let i = 0; i < operands; i++) {
    writeOperand(words, i, i < inputs.length ? inputs[i] : outputs[i - inputs.length], rank, body + 1 + rank * (1 + i))
  }
  for (let i = 0; i < tail.length; i++) words[tailStart + i] = tail[i]
  words[tailStart + tail.length - 1] = mask
  return tailStart
}

function launchTensors(
  descriptor: Descriptor,
  failure: Failure,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  live: readonly [number, Live][] | null
): void {
  const split = inputs.length
  const count = split + outputs.length
  if (live !== null || count > 6) {
    launchList(
      descriptor,
      failure,
      [...inputs, ...outputs].map((tensor) => tensor.storage),
      live
    )
    return
  }
  const operand = (i: number): Storage | undefined =>
    i < split ? inputs[i].storage : i < count ? outputs[i - split].storage : undefined
  launch(descriptor, failure, count, operand(0)!, operand(1), operand(2), operand(3), operand(4), operand(5))
}

/** Writes dtype, offset and the strides of an operand that broadcasts to `rank` dims. */
export function writeOperand(
  words: Float64Array,
  operand: number,
  tensor: Tensor,
  rank: number,
  position: number
): void {
  words[offsetWord(operand) - 1] = tensor.code
  words[offsetWord(operand)] = tensor.byteOffset
  const missing = rank - tensor.sizes.length
  for (let d = 0; d < rank; d++) {
    words[position + d] = d < missing || tensor.sizes[d - missing] === 1 ? 0 : tensor.steps[d - missing]
  }
}
