// Launches that fill tensors with random numbers, in the order of memory.

import { isFloating, itemSizes } from '../dtype'
import { type Kernel, type KernelArgument, callKernel, flatOf, kernel } from '../kernel'
import { allocate } from '../storage'
import type { Tensor } from '../tensor'
import { aliasTensor, denseTensor } from '../tensor/geometry'
import { computed, writeComputed } from './define/convert'
import { torchTypeName } from './define/result'
import { overwriting } from './define/write'
import { copyInto } from './core/copy'
import { type Generator, stateOperand } from './core/generator'

/** Throws PyTorch's sentence, which has its name of the kernel, for dtypes that are not floating. */
export function checkFloating(code: number, kernel: string): void {
  if (!isFloating(code)) throw new TypeError(`"${kernel}" not implemented for '${torchTypeName(code)}'`)
}

/** How many words of the generator make an integer, where a row asks. */
export type Words = readonly [1] | readonly [2]

const noInputs: readonly KernelArgument[] = []
const noElements: readonly KernelArgument[] = [null]

/** The numbers of a draw. */
export interface Drawing {
  readonly generator: Generator | null
  readonly reals: readonly number[]
  readonly words?: Words
}

/** Fills a dense tensor. A parameter for each element is optional where a row takes it. */
export function fill(row: Kernel, out: Tensor, { generator, reals, words }: Drawing): void {
  const inputs = row.operands[0].isOptional ? noElements : noInputs
  writeComputed(out, false, (to) => callKernel(row, [stateOperand(generator), flatOf(to)], inputs, words, reals))
}

/** A fresh tensor, drawn with a parameter for each element. */
export function drawEach(
  row: Kernel,
  parameters: Tensor,
  generator: Generator | null,
  reals: readonly number[]
): Tensor {
  const { sizes, code, numelCached } = parameters
  const result = denseTensor(allocate(numelCached * itemSizes[code]), sizes, code)
  const elements = flatOf(computed(parameters))
  writeComputed(result, false, (to) =>
    callKernel(row, [stateOperand(generator), flatOf(to)], [elements], undefined, reals)
  )
  return result
}

const normal = kernel('normal')

/** The same elements with their dims in the order of memory, from the outermost to the innermost. No autograd. */
function inMemoryOrder(self: Tensor): Tensor {
  const { sizes, steps } = self
  const order = [...steps.keys()].sort((a, b) => steps[b] - steps[a] || a - b)
  return aliasTensor(
    self,
    order.map((d) => sizes[d]),
    order.map((d) => steps[d]),
    0
  )
}

// What PyTorch draws one by one, it draws in blocks where at least this many normal deviates are contiguous.
const NORMAL_BLOCK = 16

/** Draws into `self` in the order of its memory, as PyTorch does. */
export function draw(self: Tensor, row: Kernel, drawing: Drawing): void {
  const ordered = inMemoryOrder(self)
  if (self.dense) return fill(row, self, drawing)
  const values = ordered.dense
    ? ordered
    : denseTensor(allocate(self.numelCached * itemSizes[self.code]), ordered.sizes, self.code)
  const apart = row === normal && self.numelCached >= NORMAL_BLOCK
  const step = apart ? NORMAL_BLOCK - 2 : self.numelCached // even: deviates come in pairs
  for (let start = 0; start < self.numelCached; start += step) {
    const part = aliasTensor(values, [Math.min(step, self.numelCached - start)], [1], start)
    fill(row, part, drawing)
  }
  if (values !== ordered) copyInto(ordered, values)
}

/** The in-place form of a row of random numbers. */
export const drawing = (nodeName: string, row: Kernel): ((self: Tensor, of: Drawing) => Tensor) =>
  overwriting<Drawing>(nodeName, (self, of) => {
    draw(self, row, of)
  })
