// Copies between ranges of tensors: along each dim forwards, backwards, or of one element many times.

import { type KernelOperand, callKernel, kernel } from '../../kernel'
import { itemSizes } from '../../dtype'
import type { Shape } from '../../shape'
import type { Tensor } from '../../tensor'
import { aliasTensor } from '../../tensor/geometry'
import { copyInto } from './copy'

/** A range of a dim of a result, and what it shows of the input. */
export interface Piece {
  /** Where it begins in the result. */
  readonly at: number
  /** What its first element shows. */
  readonly from: number
  readonly length: number
  /** From one element to the next in the input. */
  readonly step: -1 | 0 | 1
}

/** A dim as it is. */
export const wholeDim = (size: number): readonly Piece[] => [{ at: 0, from: 0, length: size, step: 1 }]

/** A dim from its end to its beginning. */
export const reversedDim = (size: number): readonly Piece[] => [{ at: 0, from: size - 1, length: size, step: -1 }]

const flip = kernel('flip')

/** Every choice of one piece for each dim. */
function choices(dims: readonly (readonly Piece[])[]): (readonly Piece[])[] {
  let found: (readonly Piece[])[] = [[]]
  for (const pieces of dims) found = found.flatMap((before) => pieces.map((piece) => [...before, piece]))
  return found
}

/** Writes the pieces of `input`, so many lists as it has dims, to `result`, of the same dtype. No autograd. */
export function copyPieces(result: Tensor, input: Tensor, dims: readonly (readonly Piece[])[]): void {
  for (const pieces of choices(dims)) if (pieces.every(({ length }) => length > 0)) copyRegion(result, input, pieces)
}

function copyRegion(result: Tensor, input: Tensor, pieces: readonly Piece[]): void {
  const sizes = pieces.map(({ length }) => length)
  const to = pieces.reduce((offset, { at }, d) => offset + at * result.steps[d], 0)
  const start = pieces.reduce((offset, { from }, d) => offset + from * input.steps[d], 0)
  const steps = pieces.map(({ step, length }, d) => (length === 1 ? 0 : step * input.steps[d]))
  const target = aliasTensor(result, sizes, result.steps, to)
  if (steps.every((step) => step >= 0)) return copyInto(target, aliasTensor(input, sizes, steps, start))
  const { storage, code } = input
  const byteOffset = input.byteOffset + start * itemSizes[code]
  const [output, source] = merged(target, { storage, code, byteOffset, sizes, steps })
  callKernel(flip, [output], [source])
}

/** Two operands with the dims of the first from the outermost in memory to the innermost, as few as both allow. */
function merged(first: KernelOperand, second: KernelOperand): KernelOperand[] {
  const order = [...first.sizes.keys()]
    .filter((d) => first.sizes[d] !== 1)
    .sort((a, b) => first.steps[b] - first.steps[a] || a - b)
  const sizes: number[] = []
  const steps: [number[], number[]] = [[], []]
  for (const d of order) {
    const size = first.sizes[d]
    const own = [first.steps[d], second.steps[d]]
    const last = sizes.length - 1
    if (last >= 0 && own.every((step, i) => steps[i][last] === step * size)) {
      sizes[last] *= size
      own.forEach((step, i) => (steps[i][last] = step))
    } else {
      sizes.push(size)
      own.forEach((step, i) => steps[i].push(step))
    }
  }
  return [first, second].map(({ storage, byteOffset, code }, i) => ({
    storage,
    byteOffset,
    code,
    sizes,
    steps: steps[i] as Shape
  }))
}
