// Calls the native border with random, mutated and wrong arguments. It may refuse them with an error that starts with
// `internal:`; it may never write outside what a descriptor says, or bring the process down.

import { loadAddon } from '../../../lib/addon'
import type { Native } from '../../../lib/native'
import { drawKernelCall, geometryIn, kernelRows, kernelWords } from '../../helpers/kernel-calls'
import { doubles } from '../../helpers/launches'
import { Random } from '../../helpers/random'

const native = loadAddon() as Native

const SEED = Number(process.env.DYNGRAD_FUZZ_SEED ?? 1)
const CALLS = Number(process.env.DYNGRAD_FUZZ_CALLS ?? 200_000)
const ITEM_SIZES = [4, 8, 4, 8, 1, 1]
const GUARD = 0xa5

/** mulberry32 */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

let next = randomNumbers(SEED)
const upTo = (most: number): number => Math.floor(next() * (most + 1))
const pick = <T>(list: readonly T[]): T => list[upTo(list.length - 1)]
const chance = (percent: number): boolean => next() * 100 < percent

const table = native.kernels()
const dtypesOf = (row: { dtypes: number }): number[] => [0, 1, 2, 3, 4, 5].filter((code) => (row.dtypes >> code) & 1)

interface Call {
  words: number[]
  /** Bytes of each operand's buffer. */
  bytes: number[]
}

/** An operand with random strides over `sizes`: `reach` is its last element. */
interface Layout {
  offset: number
  strides: number[]
  reach: number
}

function layout(sizes: readonly number[], broadcast: boolean): Layout {
  const strides = sizes.map(() => 0)
  const order = sizes.map((_, d) => d).reverse()
  if (chance(40)) order.sort(() => next() - 0.5)
  let stride = 1 + upTo(1)
  let reach = 0
  for (const d of order) {
    if (broadcast && chance(20)) continue
    strides[d] = stride
    reach += Math.max(sizes[d] - 1, 0) * stride
    stride *= Math.max(sizes[d], 1)
  }
  return { offset: upTo(3), strides, reach }
}

const randomSizes = (rank: number): number[] => Array.from({ length: rank }, () => (chance(3) ? 0 : 1 + upTo(6)))

/** Header and buffer sizes; every buffer ends some bytes after its operand. */
function header(family: number, writes: number, operands: readonly { dtype: number; layout: Layout }[]): Call {
  const words = [family, 0, operands.length, writes]
  const bytes: number[] = []
  for (const { dtype, layout } of operands) {
    words.push(dtype, layout.offset * ITEM_SIZES[dtype])
    bytes.push((layout.offset + layout.reach + 1) * ITEM_SIZES[dtype] + upTo(16))
  }
  return { words, bytes }
}

function finish(call: Call, body: readonly number[]): Call {
  call.words.push(...body)
  call.words[1] = call.words.length
  return call
}

function randomInstructions(registers: number[]): number[][] {
  const instructions: number[][] = []
  for (let tries = upTo(5); tries > 0; tries--) {
    const number = upTo(table.pointwise.length - 1)
    const row = table.pointwise[number]
    const dtype = pick(dtypesOf(row))
    const sources = [-1, -1, -1]
    for (let s = 0; s < row.arity; s++) {
      const wanted = row.signature === 'cast' ? row.source : row.signature === 'select' && s === 0 ? 5 : dtype
      const fitting = registers.flatMap((code, register) => (code === wanted ? [register] : []))
      sources[s] = fitting.length > 0 ? pick(fitting) : -2
    }
    if (sources.includes(-2)) continue
    instructions.push([number, dtype, ...sources])
    registers.push(row.signature === 'compare' ? 5 : dtype)
  }
  return instructions
}

function pointwise(): Call {
  const sizes = randomSizes(upTo(4))
  const inputs = Array.from({ length: upTo(3) }, () => ({ dtype: upTo(5), layout: layout(sizes, true) }))
  const constants = Array.from({ length: inputs.length === 0 ? 1 : upTo(2) }, () => [upTo(5), upTo(1)])
  const registers = [...inputs.map(({ dtype }) => dtype), ...constants.map(([dtype]) => dtype)]
  const instructions = randomInstructions(registers)
  const results = Array.from({ length: 1 + upTo(1) }, () => upTo(registers.length - 1))
  const reduce = chance(40) ? upTo(table.reduce.length - 1) : -1
  const rows = results.map(() => (chance(70) ? reduce : chance(50) ? upTo(table.reduce.length - 1) : -1))
  const mask = rows.every((row) => row < 0) ? 0 : upTo(2 ** sizes.length - 1)
  const outputs = results.map((register, w) => {
    const reduced = rows[w] < 0 ? 0 : mask
    const kept = sizes.map((size, d) => ((reduced >> d) & 1 ? 1 : size))
    const made = layout(kept, false)
    return {
      dtype: registers[register],
      layout: { ...made, strides: made.strides.map((s, d) => ((reduced >> d) & 1 ? 0 : s)) }
    }
  })
  const operands = [...inputs, ...outputs]
  const strides = operands.flatMap((operand) => operand.layout.strides)
  const program = [constants.length, ...constants.flat(), instructions.length, ...instructions.flat(), ...results]
  return finish(header(0, outputs.length, operands), [sizes.length, ...sizes, ...strides, ...program, ...rows, mask])
}

function matmul(): Call {
  const batch = randomSizes(upTo(2))
  const [m, n, k] = [1 + upTo(8), 1 + upTo(8), upTo(8)]
  const dtype = pick(dtypesOf({ dtypes: table.matmul }))
  const layouts = [layout([...batch, m, k], true), layout([...batch, k, n], true)]
  if (chance(50)) layouts.push(layout([...batch, m, n], true))
  layouts.push(layout([...batch, m, n], false))
  const call = header(
    1,
    1,
    layouts.map((layout) => ({ dtype, layout }))
  )
  return finish(call, [batch.length, ...batch, m, n, k, ...layouts.flatMap(({ strides }) => strides)])
}

function kernelCall(large = false): Call {
  const { operands, words } = drawKernelCall(new Random(upTo(2 ** 31)), pick(kernelRows), large)
  return { words: [...words], bytes: operands.map(({ extent, dtype }) => extent * ITEM_SIZES[dtype] + upTo(16)) }
}

const families = [pointwise, pointwise, pointwise, matmul, kernelCall, kernelCall, kernelCall].filter(
  (family) => family !== matmul || table.matmul !== 0
)

const NONSENSE = [
  NaN,
  Infinity,
  -Infinity,
  -1,
  -0,
  0,
  0.5,
  1,
  2,
  3,
  5,
  16,
  17,
  64,
  65,
  1000,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e300,
  -1e300
]

function mutate({ words, bytes }: Call): void {
  for (let n = 1 + upTo(2); n > 0; n--) {
    const at = upTo(words.length - 1)
    words[at] = chance(30) ? words[at] + pick([-1, 1, 4, 8]) : chance(10) ? words[at] * 2 : pick(NONSENSE)
  }
  if (chance(5)) words.length = upTo(words.length)
  if (chance(5)) words.push(pick(NONSENSE))
  if (chance(10)) bytes[upTo(bytes.length - 1)] = upTo(16)
  if (chance(3)) bytes.pop()
  if (chance(3)) bytes.push(upTo(64))
}

/** The iteration space of a descriptor and, by operand, the strides in it and the dims that are reduced. */
function spaceOf(words: readonly number[]): { sizes: number[]; strides: number[][]; masks: number[] } {
  const [family, length, operands, writes] = words
  const body = words.slice(4 + 2 * operands, length)
  const none = Array.from({ length: operands }, () => 0)
  const [rank] = body
  const sizes = body.slice(1, 1 + rank)
  let at = 1 + rank
  const take = (count: number): number[] => body.slice(at, (at += count))
  const each = (count: number): number[][] => Array.from({ length: operands }, () => take(count))
  if (family === 1) {
    sizes.push(...take(3))
    const spread = (strides: number[], i: number): number[] => {
      const [row, column] = strides.splice(rank, 2)
      return [...strides, ...(i === 0 ? [row, 0, column] : i === 1 ? [0, column, row] : [row, column, 0])]
    }
    return { sizes, strides: each(rank + 2).map(spread), masks: none }
  }
  const strides = each(rank)
  const rows = body.slice(-1 - writes, -1)
  return { sizes, strides, masks: [...none.slice(writes), ...rows.map((row) => (row < 0 ? 0 : body[body.length - 1]))] }
}

/** Dims in which every stride is 0 need no memory, however long they are; such a launch is legal and takes for ever. */
function isEndless(words: readonly number[]): boolean {
  const [family, , operands] = words
  if (family === 2 && operands > 0 && operands <= 64)
    return geometryIn(words).some(({ sizes }) => sizes.reduce((product, size) => product * size, 1) > 1e6)
  if (![0, 1].includes(family) || !(operands > 0 && operands < 10)) return false
  const { sizes, strides } = spaceOf(words)
  const free = sizes.filter((_, d) => strides.every((list) => list[d] === 0))
  return free.reduce((product, size) => product * size, 1) > 1e5
}

/** Where a launch that was accepted may have written: [first byte, end) of each written operand. */
function writtenRanges(words: readonly number[]): Map<number, [number, number]> {
  const [family, , operands, writes] = words
  const ranges = new Map<number, [number, number]>()
  const add = (operand: number, reach: number): void => {
    const start = words[5 + 2 * operand]
    ranges.set(operand, [start, start + (reach + 1) * ITEM_SIZES[words[4 + 2 * operand]]])
  }
  if (family === 2) {
    geometryIn(words).forEach(({ sizes, strides }, i) => {
      if (i < operands - writes) return
      const ends = sizes.map((size, d) => (size - 1) * strides[d])
      const low = ends.reduce((sum, end) => sum + Math.min(end, 0), 0)
      const high = ends.reduce((sum, end) => sum + Math.max(end, 0), 0)
      const [start, item] = [words[5 + 2 * i], ITEM_SIZES[words[4 + 2 * i]]]
      ranges.set(i, sizes.includes(0) ? [start, start] : [start + low * item, start + (high + 1) * item])
    })
    return ranges
  }
  const { sizes, strides, masks } = spaceOf(words)
  for (let i = operands - writes; i < operands; i++) {
    const kept = sizes.map((size, d) => ((masks[i] >> d) & 1 ? 1 : size))
    const reach = kept.reduce((sum, size, d) => sum + (size - 1) * strides[i][d], 0)
    // k of a matmul may be empty, and still every output is written.
    const empty = kept.some((size, d) => size === 0 && !(family === 1 && d === sizes.length - 1))
    add(i, empty ? -1 : reach)
  }
  return ranges
}

/**
 * Expects of a kernel call over one buffer that what it writes lies apart from its other operands, or exactly on one of
 * them.
 */
function expectApart(words: readonly number[]): void {
  const [, , operands, writes] = words
  const geometry = geometryIn(words)
  const everything = writtenRanges([...words.slice(0, 3), operands, ...words.slice(4)])
  const written = writtenRanges(words)
  for (const [i, [start, end]] of written) {
    for (let j = 0; j < operands; j++) {
      const [from, to] = everything.get(j)!
      const isSame = from === start && JSON.stringify(geometry[i]) === JSON.stringify(geometry[j])
      if (i === j || start === end || from === to || (isSame && j < operands - writes)) continue
      expect(from < end && start < to).toBe(false)
    }
  }
}

/** Launches; returns true when the descriptor was accepted. */
function attempt(words: ArrayBuffer, buffers: readonly ArrayBuffer[]): boolean {
  try {
    native.launch(words, ...buffers)
    return true
  } catch (error) {
    if (!/^internal: /.test((error as Error).message)) throw error
    return false
  }
}

function checkCall({ words, bytes }: Call): boolean {
  const buffers = bytes.map((length) => new Uint8Array(length).fill(GUARD))
  // Zero is a valid index and a bool; the guards stay.
  const ranges = words[2] === bytes.length ? bytes.length : 0
  for (let i = 0; i < ranges; i++) if (words[4 + 2 * i] === 3 || words[4 + 2 * i] === 5) buffers[i].fill(0)
  const before = buffers.map((buffer) => buffer.slice())
  const accepted = attempt(
    Float64Array.from(words).buffer,
    buffers.map(({ buffer }) => buffer)
  )
  const written = accepted ? writtenRanges(words) : new Map<number, [number, number]>()
  buffers.forEach((buffer, i) => {
    const [start, end] = written.get(i) ?? [0, 0]
    const outside = (bytes: Uint8Array): Buffer =>
      Buffer.concat([bytes.subarray(0, start), bytes.subarray(Math.max(end, start))])
    if (outside(buffer).compare(outside(before[i])) !== 0)
      throw new Error(`operand ${i} changed outside ${start}..${end}`)
  })
  return accepted
}

function fuzz(calls: number, prepare?: (call: Call) => void): number {
  let accepted = 0
  for (let i = 0; i < calls; i++) {
    next = randomNumbers(SEED + i)
    const call = pick(families)()
    prepare?.(call)
    if (isEndless(call.words)) continue
    try {
      if (checkCall(call)) accepted++
    } catch (error) {
      throw new Error(
        `DYNGRAD_FUZZ_SEED=${SEED + i}, words [${call.words.join(', ')}], bytes [${call.bytes.join(', ')}]`,
        { cause: error }
      )
    }
  }
  return accepted
}

const addWords = (count: number): ArrayBuffer => {
  const add = table.pointwise.findIndex(({ name }) => name === 'add')
  return Float64Array.of(0, 25, 3, 1, 0, 0, 0, 0, 0, 0, 1, count, 1, 1, 1, 0, 1, add, 0, 0, 1, -1, 2, -1, 0).buffer
}
const message = (call: () => unknown): string => {
  try {
    call()
    return 'no error'
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
}

describe('native.launch()', () => {
  test(`accepts valid descriptors and writes only where they say (seed ${SEED})`, () => {
    const calls = CALLS / 4
    expect(fuzz(calls)).toBeGreaterThan(0.8 * calls)
  })

  test(`survives mutated descriptors (seed ${SEED})`, () => {
    expect(fuzz(CALLS, mutate)).toBeGreaterThan(0)
  })

  test(`writes only where large kernel calls say, on several threads (seed ${SEED})`, () => {
    const before = native.getNumThreads()
    native.setNumThreads(3)
    let accepted = 0
    for (let i = 0; i < CALLS / 500; i++) {
      next = randomNumbers(SEED + i)
      const call = kernelCall(true)
      if (!isEndless(call.words) && checkCall(call)) accepted++
    }
    native.setNumThreads(before)
    expect(accepted).toBeGreaterThan(CALLS / 2000)
  })

  test(`refuses kernel calls that write over other operands (seed ${SEED})`, () => {
    const before = native.getNumThreads()
    native.setNumThreads(3)
    let refused = 0
    for (let i = 0; i < CALLS / 100; i++) {
      next = randomNumbers(SEED + i)
      const call = kernelCall(chance(10))
      if (isEndless(call.words)) continue
      const { buffer } = new Uint8Array(Math.max(...call.bytes) + 64)
      const item = 8 * upTo(8)
      call.bytes.forEach((_, operand) => (call.words[5 + 2 * operand] += operand === 0 ? item : 0))
      if (
        attempt(
          Float64Array.from(call.words).buffer,
          call.bytes.map(() => buffer)
        )
      )
        expectApart(call.words)
      else refused++
    }
    native.setNumThreads(before)
    expect(refused).toBeGreaterThan(CALLS / 1000)
  })

  test('refuses a kernel call whose output shows an element twice', () => {
    const row = kernelRows.find(({ name }) => name === 'argmax')!
    const input = { dtype: 0, sizes: [3, 3, 2], strides: [6, 2, 1], offset: 0, extent: 18, isWritten: false }
    const output = { dtype: 3, sizes: [3, 3], strides: [2, 1], offset: 0, extent: 7, isWritten: true }
    const words = doubles(kernelWords(row, 1, 3, [input, output], [], []))
    expect(message(() => native.launch(words, new ArrayBuffer(72), new ArrayBuffer(72)))).toBe(
      'RangeError: internal: argmax: dim 0 of indices, which is written, steps over elements of other dims'
    )
  })

  test('survives words of any length and content', () => {
    for (let i = 0; i < CALLS / 10; i++) {
      next = randomNumbers(SEED + i)
      const words = Array.from({ length: upTo(60) }, () => pick(NONSENSE))
      if (!isEndless(words))
        attempt(
          Float64Array.from(words).buffer,
          Array.from({ length: upTo(4) }, () => new ArrayBuffer(upTo(64)))
        )
      attempt(new ArrayBuffer(upTo(40)), [new ArrayBuffer(16)])
    }
  })

  test('refuses arguments of the wrong kind with a TypeError', () => {
    const good = new ArrayBuffer(16)
    const wrong = [
      undefined,
      null,
      1,
      'x',
      {},
      [],
      new Float32Array(4),
      new DataView(good),
      new SharedArrayBuffer(16),
      new Proxy(good, {}),
      Symbol('s'),
      1n
    ]
    for (const value of wrong) {
      const bad = value as ArrayBuffer
      expect(message(() => native.launch(bad, good, good, good))).toBe(
        'TypeError: internal: argument 0 of launch is no ArrayBuffer'
      )
      expect(message(() => native.launch(addWords(4), good, bad, good))).toBe(
        'TypeError: internal: argument 2 of launch is no ArrayBuffer'
      )
    }
  })

  test('refuses missing, detached and too many buffers', () => {
    const good = new ArrayBuffer(16)
    const detached = new ArrayBuffer(16)
    structuredClone(detached, { transfer: [detached] })
    const launch = native.launch as (...all: unknown[]) => number
    expect(message(() => launch())).toBe('RangeError: internal: launch takes words and at least one buffer')
    expect(message(() => launch(addWords(4)))).toBe('RangeError: internal: launch takes words and at least one buffer')
    expect(message(() => launch(addWords(4), good, good))).toBe('RangeError: internal: 3 operands, but 2 buffers')
    expect(message(() => launch(addWords(4), good, good, good, good))).toBe(
      'RangeError: internal: 3 operands, but 4 buffers'
    )
    expect(message(() => launch(addWords(4), ...Array<ArrayBuffer>(65).fill(good)))).toBe(
      'RangeError: internal: launch takes at most 64 buffers'
    )
    expect(message(() => launch(addWords(4), ...Array<ArrayBuffer>(64).fill(good)))).toBe(
      'RangeError: internal: 3 operands, but 64 buffers'
    )
    expect(message(() => launch(addWords(4), good, detached, good))).toBe(
      'RangeError: internal: operand 1 reaches element 3, but its buffer ends at 0'
    )
    expect(message(() => launch(detached, good, good, good))).toBe(
      'RangeError: internal: the descriptor ends before its family'
    )
    expect(message(() => launch(addWords(4).slice(0, 197), good, good, good))).toBe(
      'RangeError: internal: the words fill 197 bytes'
    )
    expect(native.launch(addWords(4), good, good, good)).toBe(0)
  })

  test('checks the number of threads', () => {
    const before = native.getNumThreads()
    for (const count of [0, -1, 1.5, NaN, 257]) {
      expect(message(() => native.setNumThreads(count))).toBe(
        `RangeError: setNumThreads: expected a whole number in 1..256, got ${count}`
      )
    }
    expect(message(() => native.setNumThreads('2' as unknown as number))).toBe(
      'TypeError: setNumThreads: expected a number of threads'
    )
    native.setNumThreads(3)
    expect(native.getNumThreads()).toBe(3)
    native.setNumThreads(before)
  })
})
