// Calls of kernel rows, drawn at random from what the rows say of themselves, and their words.

import type { KernelRow, OperandRule } from '../../lib/native'
import { ITEM_SIZES, native } from './launches'
import type { Random } from './random'

export const kernelRows = native.kernels().kernel

/** An operand of a call; strides and offset in elements of its dtype. */
export interface CallOperand {
  readonly dtype: number
  readonly sizes: readonly number[]
  readonly strides: readonly number[]
  /** Of the element whose indices are all 0. */
  readonly offset: number
  /** Elements of its buffer that it needs. */
  readonly extent: number
  readonly isWritten: boolean
}

export interface KernelCall {
  readonly row: KernelRow
  readonly operands: readonly CallOperand[]
  readonly words: readonly number[]
}

/** The words of a call. */
export function kernelWords(
  row: KernelRow,
  repeats: number,
  present: number,
  operands: readonly CallOperand[],
  integers: readonly number[],
  reals: readonly number[]
): number[] {
  const heads = operands.flatMap(({ dtype, offset }) => [dtype, offset * ITEM_SIZES[dtype]])
  const geometry = operands.flatMap(({ sizes, strides }) => [sizes.length, ...sizes, ...strides])
  const body = [kernelRows.indexOf(row), repeats, present, ...geometry, ...integers, ...reals]
  const writes = operands.filter(({ isWritten }) => isWritten).length
  return [2, 4 + heads.length + body.length, operands.length, writes, ...heads, ...body]
}

/** Sizes by what letters of extents stand for. */
class Sizes {
  readonly #letters = new Map<string, number>()

  constructor(
    readonly row: KernelRow,
    readonly grid: readonly number[],
    readonly draw: () => number
  ) {}

  of(rule: OperandRule, repetition: number, repeats: number): number[] {
    return [...rule.extents].flatMap((letter) => {
      if (letter === '*') return this.grid
      if (letter === '@') return Array.from({ length: repeats }, (_, i) => this.#size(`@${i}`))
      return [this.row.sizes[letter] ?? this.#size(letter < 'a' ? `${letter}${repetition}` : letter)]
    })
  }

  #size(key: string): number {
    let size = this.#letters.get(key)
    if (size === undefined) this.#letters.set(key, (size = this.draw()))
    return size
  }
}

/** Random strides; what is written shows each element once. */
function layOut(random: Random, rule: OperandRule, dtype: number, sizes: readonly number[]): CallOperand {
  const chance = (probability: number): boolean => random.uniform() < probability
  const order = sizes.map((_, d) => d).reverse()
  const isFree = !rule.isContiguous
  if (isFree && chance(0.4)) order.sort(() => random.uniform() - 0.5)
  const strides = sizes.map(() => 0)
  let stride = isFree ? 1 + random.integer(2) : 1
  let low = 0
  let high = 0
  for (const d of order) {
    if (isFree && (!rule.isWritten || rule.isScattered) && chance(0.2)) continue
    const steps = Math.max(sizes[d] - 1, 0)
    strides[d] = isFree && chance(0.2) ? -stride : stride
    if (strides[d] < 0) low += steps * stride
    else high += steps * stride
    stride *= Math.max(sizes[d], 1)
  }
  const offset = low + random.integer(4)
  return { dtype, sizes, strides, offset, extent: offset + high + 1, isWritten: rule.isWritten }
}

/** A number of a parameter's range, mostly a small or an extreme one. */
function parameterOf(random: Random, low: number, high: number, isInteger: boolean): number {
  const near = random.uniform() < 0.5 ? Math.max(low, 0) : low
  const value = [low, high, near + (isInteger ? random.integer(4) : random.uniform())][random.integer(3)]
  return Math.min(Math.max(value, low), high)
}

/** A call of a row that agrees with its rules. With `large`, some sizes give the threads something to do. */
export function drawKernelCall(random: Random, row: KernelRow, large = false): KernelCall {
  const isLarge = large && random.uniform() < 0.5
  const size = (): number => (random.uniform() < 0.03 ? 0 : 1 + random.integer(isLarge ? 60 : 7))
  const grid = Array.from({ length: random.integer(3) }, size)
  // One dim is long enough for several threads.
  if (isLarge && grid.length > 0) grid[random.integer(grid.length)] = 33_000 + random.integer(9)
  const isLong = isLarge && grid.length === 0
  const sizes = new Sizes(row, grid, () => (isLong && random.uniform() < 0.5 ? 70_000 + random.integer(9) : size()))
  const repeats = row.operands.some(({ isRepeated }) => isRepeated) ? 1 + random.integer(3) : 1
  const dtypes = [...ITEM_SIZES.keys()].filter((code) => (row.dtypes >> code) & 1)
  const dtype = dtypes[random.integer(dtypes.length)]
  let present = 0
  const operands = row.operands.flatMap((rule, number) => {
    if (rule.isOptional && random.uniform() < 0.5) return []
    present |= 1 << number
    return Array.from({ length: rule.isRepeated ? repeats : 1 }, (_, repetition) =>
      layOut(random, rule, rule.dtype < 0 ? dtype : rule.dtype, sizes.of(rule, repetition, repeats))
    )
  })
  const integers = row.integers.map(({ low, high }) => parameterOf(random, low, high, true))
  const reals = row.reals.map(({ low, high }) => parameterOf(random, low, high, false))
  return { row, operands, words: kernelWords(row, repeats, present, operands, integers, reals) }
}

/** What words of a kernel call say of its operands, as far as they make sense. */
export function geometryIn(words: readonly number[]): { sizes: number[]; strides: number[] }[] {
  const operands = words[2]
  let position = 4 + 2 * operands + 3
  const list = (count: number): number[] => {
    const all = words.slice(position, position + count)
    position += count
    return all
  }
  return Array.from({ length: operands }, () => {
    const [rank] = list(1)
    const length = rank >= 0 && rank <= 32 ? rank : 0
    return { sizes: list(length), strides: list(length) }
  })
}
