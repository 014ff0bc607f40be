// Launches as the native border takes them, over numbered slots of memory, and the programs made of them.
import { loadAddon } from '../../lib/addon'
import type { Native } from '../../lib/native'

// Past the library: what it checks must not be what is tested.
export const native = loadAddon() as Native

const table = native.kernels()
const rowIn = (rows: readonly { name: string }[], name: string): number => rows.findIndex((row) => row.name === name)

export const ITEM_SIZES = [4, 8, 4, 8, 1, 1]
export const FLOAT32 = 0
export const FLOAT64 = 1
export const INT64 = 3
export const UINT8 = 4

/** Elements of a slot; the last operand of a launch is written, or the last two. */
export interface Operand {
  readonly slot: number
  /** In elements. */
  readonly offset?: number
  readonly strides: readonly number[]
  readonly dtype?: number
}

export interface TestLaunch {
  readonly words: number[]
  readonly slots: readonly number[]
  readonly epilogue?: boolean
}

function launchOf(family: number, writes: number, operands: readonly Operand[], body: readonly number[]): TestLaunch {
  const heads = operands.flatMap(({ dtype = FLOAT32, offset = 0 }) => [dtype, offset * ITEM_SIZES[dtype]])
  const words = [family, 0, operands.length, writes, ...heads, ...body]
  words[1] = words.length
  return { words, slots: operands.map(({ slot }) => slot) }
}

/** An instruction: the row's name and its source registers. */
export type Instruction = readonly [name: string, ...sources: number[]]

export interface Pointwise {
  readonly sizes: readonly number[]
  readonly inputs: readonly Operand[]
  readonly constants?: readonly number[]
  readonly instructions: readonly Instruction[]
  /** With the register of each. */
  readonly outputs: readonly (Operand & { readonly register: number })[]
  readonly reduce?: string
  /** Bit d: dim d is reduced. */
  readonly mask?: number
}

export function pointwise(p: Pointwise): TestLaunch {
  const { sizes, inputs, constants = [], instructions, outputs, reduce, mask = 0 } = p
  const operands = [...inputs, ...outputs]
  const row = reduce === undefined ? -1 : rowIn(table.reduce, reduce)
  return launchOf(0, outputs.length, operands, [
    sizes.length,
    ...sizes,
    ...operands.flatMap(({ strides }) => strides),
    constants.length,
    ...constants.flatMap((value) => [FLOAT32, value]),
    instructions.length,
    ...instructions.flatMap(([name, a = -1, b = -1, c = -1]) => [rowIn(table.pointwise, name), FLOAT32, a, b, c]),
    ...outputs.map(({ register }) => register),
    ...outputs.map(() => row),
    mask
  ])
}

/** Operands: a, b, perhaps bias, out. */
export function matmul(batch: readonly number[], m: number, n: number, k: number, operands: Operand[]): TestLaunch {
  return launchOf(1, 1, operands, [batch.length, ...batch, m, n, k, ...operands.flatMap(({ strides }) => strides)])
}

/** A kernel call; what a row writes comes last, and `writes` operands are written. */
function kernelCall(
  name: string,
  writes: number,
  operands: readonly (Operand & { readonly sizes: readonly number[] })[],
  { repeats = 1, present = 2 ** operands.length - 1, integers = [] as number[], reals = [] as number[] } = {}
): TestLaunch {
  const geometry = operands.flatMap(({ sizes, strides }) => [sizes.length, ...sizes, ...strides])
  const body = [rowIn(table.kernel, name), repeats, present, ...geometry, ...integers, ...reals]
  return launchOf(2, writes, operands, body)
}

/** Mode 0 gathers (data, index, out), 1 puts and 2 accumulates (values, index, data). */
export function index(mode: number, count: number, dim: number, operands: [Operand, Operand, Operand]): TestLaunch {
  const data = mode === 0 ? 0 : 2
  const shaped = operands.map((operand, i) => ({
    ...operand,
    dtype: i === 1 ? INT64 : FLOAT32,
    sizes: i === data ? [count, dim] : [count],
    strides: i === data ? [...operand.strides, 1] : operand.strides
  }))
  return kernelCall(['gather', 'put', 'accumulate'][mode], 1, shaped, { integers: [1] })
}

export function argReduce(name: string, rows: number, columns: number, input: Operand, out: Operand): TestLaunch {
  return kernelCall(name, 1, [
    { ...input, sizes: [rows, columns] },
    { ...out, dtype: INT64, sizes: [rows] }
  ])
}

export const generatorStateBytes = table.kernel[rowIn(table.kernel, 'seed')].sizes.s

export function random(name: string, count: number, state: Operand, out: Operand): TestLaunch {
  const operands = [
    { ...state, dtype: UINT8, sizes: [generatorStateBytes] },
    { ...out, sizes: [count] }
  ]
  return kernelCall(name, 2, operands, { reals: name === 'randperm' ? [] : [0, 1] })
}

/** Operands: options, gradients, then step, parameter and both averages of each. */
export function adam(counts: readonly number[], operands: readonly Operand[]): TestLaunch {
  const [options, ...others] = operands
  const parameters = counts.length
  const shaped = (operand: Operand, count: number) => ({ ...operand, sizes: [count] })
  const written = counts.map((count, t) => {
    const [step, ...state] = others.slice(parameters + 4 * t, parameters + 4 * t + 4)
    return [{ ...step, sizes: [], strides: [] }, ...state.map((operand) => shaped(operand, count))]
  })
  // By rule: all steps, then all parameters, and so on.
  const byRule = [0, 1, 2, 3].flatMap((rule) => written.map((each) => each[rule]))
  return kernelCall(
    'adam',
    4 * parameters,
    [{ ...options, dtype: FLOAT64, sizes: [5] }, ...counts.map((count, t) => shaped(others[t], count)), ...byRule],
    { repeats: parameters, present: 0b111111, integers: [0] }
  )
}

export function programWords(slotBytes: readonly number[], launches: readonly TestLaunch[]): number[] {
  const each = launches.flatMap(({ words, slots, epilogue }) => [epilogue === true ? 1 : 0, ...words, ...slots])
  return [slotBytes.length, ...slotBytes, launches.length, ...each]
}

export const doubles = (values: readonly number[]): ArrayBuffer => new Float64Array(values).buffer

/** A slot's place. */
export interface Place {
  readonly buffer: ArrayBuffer
  readonly offset: number
}

/** What a replay must do, one launch at a time. */
export function runApart(launches: readonly TestLaunch[], places: readonly Place[]): number {
  for (const [number, { words, slots }] of launches.entries()) {
    const moved = [...words]
    slots.forEach((slot, i) => (moved[5 + 2 * i] += places[slot].offset))
    const status = native.launch(doubles(moved), ...slots.map((slot) => places[slot].buffer))
    if (status !== 0) return (number + 1) * 4096 + status
  }
  return 0
}

/** The arguments of replay and start. */
export const at = (places: readonly Place[]): [ArrayBuffer, ...ArrayBuffer[]] => [
  doubles(places.map(({ offset }) => offset)),
  ...places.map(({ buffer }) => buffer)
]

export const copyOf = (places: readonly Place[]): Place[] =>
  places.map(({ buffer, offset }) => ({ buffer: buffer.slice(0), offset }))

export const bytesOf = (places: readonly Place[]): string[] =>
  places.map(({ buffer }) => Buffer.from(buffer).toString('base64'))

export function message(f: () => unknown): string {
  try {
    f()
    return 'no error'
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
}
