// Static graphs built by hand or recorded from a step, and their run launch by launch, as passes must leave it.
import { FLOAT32, INT64 } from '../../lib/dtype'
import { Builder, type Expr } from '../../lib/symbol'
import { kernelRow, native } from '../../lib/native'
import { FAMILY } from '../../lib/launch'
import type { Failure } from '../../lib/recording'
import type { Tensor } from '../../lib'
import {
  type Buffer,
  type Graph,
  type Launch,
  type Opaque,
  type Pointwise,
  type Result,
  type StridedOperand,
  readsOf,
  throwerOf,
  wordsOf,
  writesOf
} from '../../lib/compile/passes/ir'
import { Buffers, graphOf as lowered } from '../../lib/compile/passes/lower'
import { record } from '../../lib/compile/record/recorder'
import { bytesOf } from '../../lib/storage'
import { Random } from './random'

/** Bytes of `elements` float32 numbers; made by the step and seen by nobody unless `about` says otherwise. */
export const buffer = (elements: number, about: Partial<Buffer> = {}): Buffer => ({
  bytes: 4 * elements,
  isFresh: true,
  kept: null,
  replacedAt: Infinity,
  isReadByFailure: false,
  ...about
})

export const external = (elements: number): Buffer => buffer(elements, { isFresh: false })
export const output = (elements: number): Buffer => buffer(elements, { kept: 'output' })

/** An operand; `offset` in elements. */
export const at = (of: Buffer, strides: readonly number[], offset = 0): StridedOperand => ({
  buffer: of,
  offset: 4 * offset,
  code: FLOAT32,
  strides
})

/** What expressions under construction need. */
export interface Maker {
  readonly inputs: readonly Expr[]
  number(value: number): Expr
  op(name: string, ...sources: Expr[]): Expr
  /** The same value, whose check of a range fails as launch `position`. */
  checked(source: Expr): Expr
  index(): Expr
}

export const failure: Failure = {
  fail: (status) => {
    throw new RangeError(`check ${status}`)
  }
}

type Written = readonly [operand: StridedOperand, value: (make: Maker) => Expr, reduce?: string]

let position = 0

/** A pointwise launch. */
export function pointwise(
  sizes: readonly number[],
  reads: readonly StridedOperand[],
  writes: readonly Written[],
  mask = 0
): Pointwise {
  const builder = new Builder()
  const number = position++
  const inputs = reads.map(({ code }) => builder.input(code, 0))
  const make: Maker = {
    inputs,
    number: (value) => builder.literal(value, FLOAT32, 0),
    op: (name, ...sources) => builder.instruction(kernelRow('pointwise', name), FLOAT32, sources),
    checked: (source) =>
      builder.instruction(
        kernelRow('pointwise', 'checkUnit'),
        FLOAT32,
        [source],
        throwerOf({ position: number, status: 1, failure })
      ),
    index: () =>
      builder.instruction(kernelRow('pointwise', `cast.int64`), FLOAT32, [
        builder.instruction(kernelRow('pointwise', 'index'), INT64, [])
      ])
  }
  const results = writes.map(([operand, value, reduce]): Result => ({
    operand,
    value: value(make),
    reduce: reduce === undefined ? null : kernelRow('reduce', reduce)
  }))
  return { kind: 'pointwise', sizes, reads, builder, results, mask, position: number }
}

/** `out = value(reads)` over dense operands of one dim. */
export const map = (count: number, reads: readonly Buffer[], out: Buffer, value: (make: Maker) => Expr): Pointwise =>
  pointwise(
    [count],
    reads.map((read) => at(read, [1])),
    [[at(out, [1]), value]]
  )

/** A matmul of dense matrices, m x k and k x n. */
export const matmul = (m: number, n: number, k: number, a: Buffer, b: Buffer, out: Buffer): Opaque => ({
  kind: 'opaque',
  family: FAMILY.matmul,
  reads: [at(a, []), at(b, [])].map(({ strides: _, ...operand }) => operand),
  writes: [at(out, [])].map(({ strides: _, ...operand }) => operand),
  body: Float64Array.from([0, m, n, k, k, 1, n, 1, n, 1]),
  position: position++,
  check: null
})

/** A step as a graph, and the bytes that its launches find. */
export function recorded(step: () => readonly Tensor[]): { graph: Graph; memory: Memory } {
  const { result, recording } = record(step, [])
  const buffers = new Buffers(recording, 0)
  const graph = lowered(recording, buffers)
  for (const { storage } of result) {
    const seen = buffers.of(storage)
    if (seen.isFresh) seen.kept = 'output'
  }
  const memory: Memory = new Map()
  for (const [made, storage] of buffers.storageOf) if (!made.isFresh) memory.set(made, bytesOf(storage).slice().buffer)
  return { graph, memory }
}

// ---- running ----

export type Memory = Map<Buffer, ArrayBuffer>

export const buffersOf = ({ launches }: Graph): Buffer[] => [
  ...new Set(launches.flatMap((launch) => [...readsOf(launch), ...writesOf(launch)].map(({ buffer: each }) => each)))
]

/** Random numbers for the buffers from outside. */
export function filled(graph: Graph, seed: number, low = -1): Memory {
  const random = new Random(seed)
  return new Map(
    buffersOf(graph)
      .filter(({ isFresh }) => !isFresh)
      .map((each) => [each, Float32Array.from(random.list(each.bytes / 4, low, 1)).buffer])
  )
}

/** What a run leaves in buffers that somebody sees, by buffer; or the position of the check that failed. */
export function run({ launches }: Graph, given: Memory): Map<Buffer, string> | number {
  const memory: Memory = new Map([...given].map(([each, bytes]) => [each, bytes.slice(0)]))
  const bytes = (each: Buffer): ArrayBuffer => {
    let found = memory.get(each)
    if (found === undefined) memory.set(each, (found = new ArrayBuffer(Math.max(each.bytes, 1))))
    return found
  }
  for (const launch of launches) {
    const operands = [...launch.reads, ...writesOf(launch)].map(({ buffer: each }) => bytes(each))
    const status = native.launch(wordsOf(launch).buffer as ArrayBuffer, ...operands)
    if (status !== 0) return failed(launch)
  }
  const seen = [...memory].filter(([each]) => !each.isFresh || each.kept !== null)
  return new Map(seen.map(([each, left]) => [each, hex(left)]))
}

const hex = (bytes: ArrayBuffer): string => globalThis.Buffer.from(bytes).toString('hex')

const failed = (launch: Launch): number => launch.position

/** How a pass changes what a graph leaves, null when it does not. */
export function changedBy(pass: (graph: Graph) => void, graph: Graph, memory: Memory): string | null {
  const before = run({ launches: [...graph.launches] }, memory)
  const passed: Graph = { launches: [...graph.launches] }
  pass(passed)
  const after = run(passed, memory)
  graph.launches = passed.launches
  if (typeof before === 'number' || typeof after === 'number') {
    return typeof before === typeof after ? null : `before ${outcome(before)}, after ${outcome(after)}`
  }
  for (const [each, bytes] of before) {
    if (after.get(each) !== bytes)
      return `a buffer of ${each.bytes} bytes ${after.has(each) ? 'holds others' : 'is not written'}`
  }
  return null
}

const outcome = (left: unknown): string => (typeof left === 'number' ? `a check fails` : 'it passes')

// ---- what tests of passes share ----

/** Seed of random numbers in tests of passes. */
export const SEED = 57

export const twice = ({ inputs: [x], op }: Maker) => op('add', x, x)
export const negated = ({ inputs: [x], op }: Maker) => op('neg', x)
export const copied = ({ inputs: [x] }: Maker) => x
export const sum = ({ inputs: [x, y], op }: Maker) => op('add', x, y)
export const checked = (make: Maker) => make.checked(make.inputs[0])

/** Applies a pass and says that the graph leaves the same bytes. */
export function apply(pass: (graph: Graph) => void, graph: Graph, low = -1): Launch[] {
  expect(changedBy(pass, graph, filled(graph, SEED, low))).toBeNull()
  return graph.launches
}

export const graphOf = (...launches: Launch[]): Graph => ({ launches })

/** Which launches stand where, by the number of their place before. */
export const order = (before: readonly Launch[], after: readonly Launch[]): number[] =>
  after.map(({ position }) => before.findIndex((launch) => launch.position === position))
