// The static graph as data: launches over buffers, in the order in which they ran. Passes rewrite it, program.ts lowers
// it. Knows the families of kernels, not the ops.

import { Expression } from '../../expression'
import { Builder, type Expr } from '../../symbol'
import { FAMILY, bodyWord, never, offsetWord, pointwiseRows } from '../../launch'
import { itemSizes } from '../../dtype'
import type { Failure } from '../../recording'

/** Bytes that launches read and write: what a storage is to tensors. */
export interface Buffer {
  readonly bytes: number
  /** Made by the step, so that nobody else sees it unless it is kept. */
  readonly isFresh: boolean
  /** Read after the program ran: as its output, or as state that the step left. */
  kept: 'output' | 'state' | null
  /** Kept state: number of the launch before which the step let go of what was there. */
  replacedAt: number
  /** An error's message is told from it. */
  isReadByFailure: boolean
}

/** Where an operand lies: byte offset in its buffer. */
export interface BufferOperand {
  readonly buffer: Buffer
  readonly offset: number
  readonly code: number
}

/** An operand of a pointwise launch, with a stride in elements for each dim of the iteration space. */
export interface StridedOperand extends BufferOperand {
  readonly strides: readonly number[]
}

/** What a pointwise launch writes: a value of its expression, reduced with a row or, with null, elementwise. */
export interface Result {
  readonly operand: StridedOperand
  readonly value: Expr
  readonly reduce: number | null
}

/** A kernel's check: when in the recording it ran, and who throws its error. */
export interface Check {
  readonly position: number
  /** Status with which the recorded launch failed. */
  readonly status: number
  readonly failure: Failure
}

interface Timed {
  /** Number of the recorded launch; of merged ones, the last. */
  readonly position: number
}

/** An expression over an iteration space. */
export interface Pointwise extends Timed {
  readonly kind: 'pointwise'
  readonly sizes: readonly number[]
  /** One for each input of the builder. */
  readonly reads: readonly StridedOperand[]
  readonly builder: Builder
  readonly results: readonly Result[]
  /** Bit d: dim d is reduced. */
  readonly mask: number
  /** Runs part by part with the matmul before it. */
  readonly isEpilogue?: boolean
}

/** A launch of any other family: its body is passed on as it is. */
export interface Opaque extends Timed {
  readonly kind: 'opaque'
  readonly family: number
  readonly reads: readonly BufferOperand[]
  /** Written operands; some families read them, too. */
  readonly writes: readonly BufferOperand[]
  readonly body: Float64Array
  readonly check: Check | null
}

export type Launch = Pointwise | Opaque

/** A program in the making. */
export interface Graph {
  launches: Launch[]
}

export const writesOf = (launch: Launch): readonly BufferOperand[] =>
  launch.kind === 'opaque' ? launch.writes : launch.results.map((result) => result.operand)

/** What a launch reads. Families other than pointwise may read what they write: accumulation, a generator's state. */
export const readsOf = (launch: Launch): readonly BufferOperand[] =>
  launch.kind === 'opaque' ? [...launch.reads, ...launch.writes] : launch.reads

/** Another operand in the place of one. */
export type Move = <Some extends BufferOperand>(operand: Some) => Some

/** The same launch over other operands. */
export function withOperands(launch: Launch, move: Move): Launch {
  if (launch.kind === 'opaque') return { ...launch, reads: launch.reads.map(move), writes: launch.writes.map(move) }
  const results = launch.results.map((result) => ({ ...result, operand: move(result.operand) }))
  return { ...launch, reads: launch.reads.map(move), results }
}

// ---- checks ----

const checks = new WeakMap<() => Error, Check>()

/** A check as an instruction of an expression carries it. */
export function throwerOf(check: Check): () => Error {
  const thrower = (): Error => new Error(`internal: check ${check.status} of launch ${check.position} failed`)
  checks.set(thrower, check)
  return thrower
}

/** The check of an instruction, null where it cannot fail. */
export const checkOf = (thrower: (() => Error) | null): Check | null =>
  thrower === null ? null : (checks.get(thrower) ?? null)

/** The checks of a launch by the status that native code returns, less 1. */
export const checksOf = (launch: Launch): readonly (Check | null)[] =>
  launch.kind === 'opaque' ? [launch.check] : launch.builder.instructions.map(({ failure }) => checkOf(failure))

/** True for bytes that somebody reads after the program, or outside it. */
export const isSeen = (buffer: Buffer): boolean => !buffer.isFresh || buffer.kept !== null || buffer.isReadByFailure

/** True when a kernel of this launch may report an error. */
export const canFail = (launch: Launch): boolean => checksOf(launch).some((check) => check !== null)

/** The tensors that errors of this launch are told from. */
export const failureReads = (launch: Launch) => checksOf(launch).flatMap((check) => check?.failure.reads ?? [])

// ---- words to launches and back ----

/** A recorded launch; offsets in the words are relative to the buffers. */
export interface Recorded {
  readonly words: Float64Array
  readonly buffers: readonly Buffer[]
  readonly position: number
  readonly failure: Failure
  /** BufferOperand that holds a scalar which is read anew, by the scalar's position in the words. */
  readonly live: ReadonlyMap<number, BufferOperand>
}

const OPERANDS = 2
const WRITES = 3

export function parseLaunch(recorded: Recorded): Launch {
  const { words, buffers, position, failure } = recorded
  const count = words[OPERANDS]
  const operands = buffers.map((buffer, i) => ({
    buffer,
    offset: words[offsetWord(i)],
    code: words[offsetWord(i) - 1]
  }))
  const firstWrite = count - words[WRITES]
  const body = words.slice(bodyWord(count), words[1])
  if (words[0] === FAMILY.pointwise) return parsePointwise(recorded, operands, firstWrite, body)
  return {
    kind: 'opaque',
    family: words[0],
    reads: operands.slice(0, firstWrite),
    writes: operands.slice(firstWrite),
    body,
    position,
    check: failure === never ? null : { position, status: 1, failure }
  }
}

function parsePointwise(
  { words, position, failure, live }: Recorded,
  operands: readonly BufferOperand[],
  inputs: number,
  body: Float64Array
): Pointwise {
  let next = 0
  const read = (): number => body[next++]
  const list = (count: number): number[] => Array.from({ length: count }, read)
  const rank = read()
  const sizes = list(rank)
  const strided = operands.map((operand) => ({ ...operand, strides: list(rank) }))
  const builder = new Builder()
  const reads = strided.slice(0, inputs)
  // Inside an expression priorities say nothing any more: all promotion is done.
  const registers: Expr[] = reads.map(({ code }) => builder.input(code, 0))
  const constants = read()
  for (let c = 0; c < constants; c++) {
    const code = read()
    const value = read()
    const operand = live.get(bodyWord(words[OPERANDS]) + next - 1)
    if (operand === undefined) registers.push(builder.literal(value, code, 0))
    else registers.push(inputOf(builder, reads, { ...operand, strides: sizes.map(() => 0) }))
  }
  const instructions = read()
  for (let i = 0; i < instructions; i++) {
    const [row, code, ...sources] = list(5)
    const thrower = pointwiseRows[row].checks ? throwerOf({ position, status: i + 1, failure }) : null
    const { arity } = pointwiseRows[row]
    registers.push(
      builder.instruction(
        row,
        code,
        sources.slice(0, arity).map((source) => registers[source]),
        thrower
      )
    )
  }
  const outputs = strided.slice(inputs)
  const values = list(outputs.length).map((register) => registers[register])
  const rows = list(outputs.length)
  const mask = read()
  const results = outputs.map((operand, i) => ({ operand, value: values[i], reduce: rows[i] < 0 ? null : rows[i] }))
  return withoutUnitDims({ kind: 'pointwise', sizes, reads, builder, results, mask, position })
}

export const sameStrides = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((stride, d) => stride === b[d])

/** True for operands that show the same elements. */
export const sameAccess = (a: StridedOperand, b: StridedOperand): boolean =>
  a.buffer === b.buffer && a.offset === b.offset && a.code === b.code && sameStrides(a.strides, b.strides)

/** The input of a builder that shows `operand`; a new one where there is none. */
export function inputOf(builder: Builder, reads: StridedOperand[], operand: StridedOperand): Expr {
  const known = reads.findIndex((read) => sameAccess(read, operand))
  if (known >= 0) return builder.inputs[known]
  reads.push(operand)
  return builder.input(operand.code, 0)
}

/** Dims of one element say nothing about elements or their order; reducing one element gives that element. */
function withoutUnitDims(launch: Pointwise): Pointwise {
  const kept = launch.sizes.flatMap((size, d) => (size === 1 ? [] : [d]))
  const pick = <BufferOperand extends StridedOperand>(operand: BufferOperand): BufferOperand => ({
    ...operand,
    strides: kept.map((d) => operand.strides[d])
  })
  const mask = kept.reduce((bits, d, i) => bits | (((launch.mask >> d) & 1) << i), 0)
  return {
    ...launch,
    sizes: kept.map((d) => launch.sizes[d]),
    reads: launch.reads.map(pick),
    results: launch.results.map(({ operand, value, reduce }) => ({
      operand: pick(operand),
      value,
      reduce: mask === 0 ? null : reduce
    })),
    mask
  }
}

/** The words of a launch as the native side takes them. */
export function wordsOf(launch: Launch): Float64Array {
  const writes = writesOf(launch)
  const operands = [...launch.reads, ...writes]
  const family = launch.kind === 'opaque' ? launch.family : FAMILY.pointwise
  const head = operands.flatMap(({ code, offset }) => [code, offset])
  const body = launch.kind === 'opaque' ? launch.body : pointwiseBody(launch)
  const length = bodyWord(operands.length) + body.length
  return Float64Array.from([family, length, operands.length, writes.length, ...head, ...body])
}

function pointwiseBody({ sizes, reads, results, builder, mask }: Pointwise): number[] {
  const { tail } = new Expression(
    builder,
    results.map(({ value }) => value),
    results.map(({ reduce }) => reduce)
  )
  const strides = [...reads, ...results.map(({ operand }) => operand)].flatMap((operand) => operand.strides)
  const words = [sizes.length, ...sizes, ...strides, ...tail]
  words[words.length - 1] = mask
  return words
}

// ---- geometry ----

/** Sizes and strides of one operand of a kernel call. */
export interface OperandShape {
  readonly sizes: readonly number[]
  readonly strides: readonly number[]
}

/** What a kernel call's body says of its operands, in their order. */
export function operandShapes({ body, reads, writes }: Opaque): OperandShape[] {
  // Row, repetitions and the mask of optional operands come first.
  let position = 3
  const list = (count: number): number[] => Array.from({ length: count }, () => body[position++])
  return [...reads, ...writes].map(() => {
    const rank = body[position++]
    return { sizes: list(rank), strides: list(rank) }
  })
}

export const countOf = (sizes: readonly number[]): number => sizes.reduce((count, size) => count * size, 1)

/** True when the elements of an operand fill its buffer, each once. */
export function coversBuffer({ buffer, offset, code, strides }: StridedOperand, sizes: readonly number[]): boolean {
  const reach = sizes.reduce((sum, size, d) => sum + (size - 1) * strides[d], 0)
  const count = countOf(sizes)
  return offset === 0 && reach === count - 1 && count * itemSizes[code] === buffer.bytes
}
