// What samplers are: the order in which samples are read.

import type { Tensor } from '../../index'
import { valueText } from '../../kinds'
import { numbersIn } from '../access'
import { isTensor } from '../dataset'

/** Base class of samplers: iterables of the numbers of samples, anew for each pass; any iterable of such is as good. */
export abstract class Sampler<Item = number> implements Iterable<Item> {
  abstract [Symbol.iterator](): Iterator<Item>
}

/** A sampler that draws its numbers many at once. */
export abstract class TensorSampler extends Sampler {
  /** How many numbers one pass gives. */
  abstract readonly length: number

  /** The numbers of one pass, in int64 tensors, each drawn when it is needed. */
  abstract chunks(): Generator<Tensor, void>

  *[Symbol.iterator](): Generator<number, void> {
    for (const chunk of this.chunks()) yield* numbersIn(chunk)
  }
}

/** The numbers of one pass in tensors; null for samplers that give them one by one. */
export const chunksOf = (sampler: Iterable<unknown>): Iterator<Tensor> | null =>
  sampler instanceof TensorSampler && sampler[Symbol.iterator] === TensorSampler.prototype[Symbol.iterator]
    ? sampler.chunks()
    : null

/** The numbers of one batch: as tensors where they were drawn so. */
export type BatchIndices = Tensor | readonly number[]

/** The numbers of a batch that a caller's sampler gives: a list, a typed array or a tensor. */
export function readBatchIndices(value: unknown): BatchIndices {
  if (isTensor(value)) return value.long()
  if (Array.isArray(value)) return value as number[]
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint32Array, Number)
  throw new TypeError(`DataLoader: batchSampler must give arrays of indices, got ${valueText(value)}`)
}

/** Throws unless it is a positive integer; PyTorch's sentence. */
export function checkPositive(value: unknown, name: string): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) > 0) return
  const message = `${name} should be a positive integer value, but got ${name}=${valueText(value)}`
  throw typeof value === 'number' ? new RangeError(message) : new TypeError(message)
}

/** Throws unless it is a boolean; PyTorch's sentence. */
export function checkBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean')
    throw new TypeError(`${name} should be a boolean value, but got ${name}=${valueText(value)}`)
}
