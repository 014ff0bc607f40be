// Calls of kernel rows: everything that is neither a pointwise expression nor a matrix product. The one writer of their
// words. Knows rows as native code describes them, no op.

import {
  type KernelRow,
  bodyWord,
  FAMILY,
  kernelRows,
  launch,
  launchCount,
  launchList,
  MAX_OPERANDS,
  never,
  offsetWord,
  scratch
} from './launch'
import { itemSizes } from './dtype'
import { type Failure, SIZED_BY_VALUES, forbidInCapture } from './recording'
import type { Shape } from './shape'
import type { Storage } from './storage'

/** Elements in memory, such as a tensor; strides may be negative. */
export interface KernelOperand {
  readonly storage: Storage
  /** Of the element whose indices are all 0. */
  readonly byteOffset: number
  readonly code: number
  readonly sizes: Shape
  readonly steps: Shape
}

/** What a call has for a rule of its row: null where an optional operand is absent, a list where one repeats. */
export type KernelArgument = KernelOperand | readonly KernelOperand[] | null

/** A kernel row and its number. */
export interface Kernel extends KernelRow {
  readonly number: number
}

const kernels = new Map<string, Kernel>(kernelRows.map((row, number) => [row.name, { ...row, number }]))

/** A kernel row by name; throws at import time when an op names a kernel that does not exist. */
export function kernel(name: string): Kernel {
  const found = kernels.get(name)
  if (found === undefined) throw new Error(`internal: there is no kernel '${name}'`)
  return found
}

const oneSize: Shape = [1]

/** The elements of a dense operand as one dim. */
export function flatOf(operand: KernelOperand & { readonly numelCached: number }): KernelOperand {
  if (operand.steps.length === 1 && operand.steps[0] === 1) return operand
  const { storage, byteOffset, code, numelCached } = operand
  return { storage, byteOffset, code, sizes: [numelCached], steps: oneSize }
}

/**
 * The operand with `dim` as its last one, perhaps from its end to its beginning; one of no dims is a line of one
 * element.
 */
export function linesOf(operand: KernelOperand, dim: number, isReversed = false): KernelOperand {
  const { storage, byteOffset, code } = operand
  const rank = operand.sizes.length
  if (rank === 0) return { storage, byteOffset, code, sizes: oneSize, steps: oneSize }
  const size = operand.sizes[dim]
  const step = operand.steps[dim]
  const sizes: number[] = []
  const steps: number[] = []
  for (let d = 0; d < rank; d++) {
    if (d === dim) continue
    sizes.push(operand.sizes[d])
    steps.push(operand.steps[d])
  }
  sizes.push(size)
  steps.push(isReversed ? -step : step)
  const start = isReversed && !sizes.includes(0) ? byteOffset + (size - 1) * step * itemSizes[code] : byteOffset
  return { storage, byteOffset: start, code, sizes, steps }
}

const none: readonly number[] = []

/** As many operands `launch` takes one by one, which saves a list. */
const FEW = 6

/** Whatever converts itself to a number could make a call of its own while the words of this one are filled in. */
function checkNumbers(row: Kernel, list: readonly unknown[]): void {
  for (let i = 0; i < list.length; i++) {
    if (typeof list[i] !== 'number') throw new TypeError(`internal: ${row.name}: a parameter is no number`)
  }
}

/** Writes the words of a call to the scratch descriptor; returns the operands' storages in their order. */
function writeCall(
  row: Kernel,
  outputs: readonly KernelArgument[],
  inputs: readonly KernelArgument[],
  integers: readonly number[],
  reals: readonly number[]
): Storage[] {
  checkNumbers(row, integers)
  checkNumbers(row, reals)
  const operands: KernelOperand[] = []
  let present = 0
  let repeats = 1
  let writes = 0
  for (let rule = 0; rule < inputs.length + outputs.length; rule++) {
    const argument = rule < inputs.length ? inputs[rule] : outputs[rule - inputs.length]
    if (argument === null) continue
    present |= 1 << rule
    const before = operands.length
    if (Array.isArray(argument)) {
      const list = argument as readonly KernelOperand[]
      for (let k = 0; k < list.length; k++) operands.push(list[k])
      repeats = list.length
    } else operands.push(argument as KernelOperand)
    if (rule >= inputs.length) writes += operands.length - before
  }
  const { words } = scratch
  const count = operands.length
  if (count > MAX_OPERANDS) throw new RangeError(`internal: ${row.name}: more than ${MAX_OPERANDS} tensors in one call`)
  words[0] = FAMILY.kernel
  words[2] = count
  words[3] = writes
  let position = bodyWord(count)
  words[position++] = row.number
  words[position++] = repeats
  words[position++] = present
  const storages: Storage[] = []
  for (let i = 0; i < count; i++) {
    const { storage, byteOffset, code, sizes, steps } = operands[i]
    storages.push(storage)
    words[offsetWord(i) - 1] = code
    words[offsetWord(i)] = byteOffset
    words[position++] = sizes.length
    for (let d = 0; d < sizes.length; d++) words[position + d] = sizes[d]
    position += sizes.length
    for (let d = 0; d < steps.length; d++) words[position + d] = steps[d]
    position += steps.length
  }
  for (let i = 0; i < integers.length; i++) words[position++] = integers[i]
  for (let i = 0; i < reals.length; i++) words[position++] = reals[i]
  words[1] = position
  return storages
}

/**
 * Calls a kernel: what it writes, what it reads, by rule of its row, its integers and its reals. Throws what `failure`
 * says when a check of values fails; nothing is written then.
 */
export function callKernel(
  row: Kernel,
  outputs: readonly KernelArgument[],
  inputs: readonly KernelArgument[],
  integers = none,
  reals = none,
  failure: Failure = never
): void {
  const storages = writeCall(row, outputs, inputs, integers, reals)
  const count = storages.length
  if (count > FEW) {
    launchList(scratch, failure, storages)
    return
  }
  const operand = (i: number): Storage | undefined => (i < count ? storages[i] : undefined)
  launch(scratch, failure, count, storages[0], operand(1), operand(2), operand(3), operand(4), operand(5))
}

/**
 * Calls a kernel that counts, and returns its count; `op` is what users call it. Throws in a capture, where a count is
 * no constant.
 */
export function countKernel(
  op: string,
  row: Kernel,
  outputs: readonly KernelArgument[],
  inputs: readonly KernelArgument[],
  integers = none,
  reals = none
): number {
  forbidInCapture(`${op}()`, SIZED_BY_VALUES)
  return launchCount(scratch, writeCall(row, outputs, inputs, integers, reals))
}
