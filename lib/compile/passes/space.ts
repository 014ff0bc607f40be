// Iteration spaces: splitting dims so that two launches count their elements alike, and reading one launch's result in
// another's space.

import type { Pointwise, StridedOperand } from './ir'

/**
 * The coarsest sizes that split the dims of both, null where one cannot be split into the other. Row-major order is
 * kept.
 */
export function commonSizes(a: readonly number[], b: readonly number[]): number[] | null {
  const common: number[] = []
  let [i, j] = [a.length - 1, b.length - 1]
  let [left, right] = [a[i] ?? 1, b[j] ?? 1]
  while (i >= 0 && j >= 0) {
    const size = Math.min(left, right)
    if (left % size !== 0 || right % size !== 0) return null
    common.unshift(size)
    left /= size
    right /= size
    if (left === 1) left = a[--i] ?? 1
    if (right === 1) right = b[--j] ?? 1
  }
  return i < 0 && j < 0 ? common : null
}

/**
 * For each of `sizes`, which split those of a space: the dim that it is a part of and the elements of that dim in one
 * step.
 */
function partsOf(whole: readonly number[], sizes: readonly number[]): { dim: number; step: number }[] {
  let dim = whole.length - 1
  let step = 1
  const parts = sizes.toReversed().map((size) => {
    const part = { dim, step }
    step *= size
    if (step === whole[dim]) {
      dim--
      step = 1
    }
    return part
  })
  return parts.reverse()
}

/** The same launch with its dims split into `sizes`. */
export function split(launch: Pointwise, sizes: readonly number[]): Pointwise {
  if (sizes.length === launch.sizes.length) return launch
  const parts = partsOf(launch.sizes, sizes)
  const splitOperand = (operand: StridedOperand): StridedOperand => ({
    ...operand,
    strides: parts.map(({ dim, step }) => operand.strides[dim] * step)
  })
  return {
    ...launch,
    sizes,
    reads: launch.reads.map(splitOperand),
    results: launch.results.map((result) => ({ ...result, operand: splitOperand(result.operand) })),
    mask: parts.reduce((mask, { dim }, d) => mask | (((launch.mask >> dim) & 1) << d), 0)
  }
}

/**
 * Which dim of the writing launch each dim of the reading one walks along, -1 where it repeats; null where what is read
 * is no such arrangement of the whole that was written.
 */
export function dimsRead(
  written: StridedOperand,
  writtenSizes: readonly number[],
  read: StridedOperand,
  readSizes: readonly number[]
): number[] | null {
  if (read.buffer !== written.buffer || read.offset !== written.offset || read.code !== written.code) return null
  const dims = readSizes.map((size, d) => {
    if (read.strides[d] === 0) return -1
    return written.strides.findIndex((stride, w) => stride === read.strides[d] && writtenSizes[w] === size)
  })
  const isExact = readSizes.every((_, d) => dims[d] >= 0 || read.strides[d] === 0)
  const walked = new Set(dims.filter((dim) => dim >= 0))
  return isExact && walked.size === writtenSizes.length && dims.filter((dim) => dim >= 0).length === walked.size
    ? dims
    : null
}
