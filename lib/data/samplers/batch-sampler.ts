// Batches of a sampler's numbers.

import { type Tensor, cat } from '../../index'
import { Signature } from '../arguments'
import { checkAnew, numbersIn } from '../access'
import { lengthOf } from '../dataset'
import { type BatchIndices, Sampler, checkBoolean, checkPositive, chunksOf } from './sampler'

const signature = new Signature('BatchSampler(sampler: iterable, batchSize: value, dropLast: value)')

/** Batches of the numbers that another sampler gives, the last one shorter or left out. */
export class BatchSampler extends Sampler<number[]> {
  readonly sampler: Iterable<number>
  readonly batchSize: number
  readonly dropLast: boolean

  constructor(sampler: Iterable<number>, batchSize: number, dropLast: boolean)
  constructor(...args: unknown[]) {
    super()
    const [sampler, batchSize, dropLast] = signature.read(args)
    checkPositive(batchSize, 'batchSize')
    checkBoolean(dropLast, 'dropLast')
    this.sampler = sampler as Iterable<number>
    this.batchSize = batchSize
    this.dropLast = dropLast
  }

  /** How many batches one pass gives. */
  get length(): number {
    const length = lengthOf(this.sampler, 'BatchSampler')
    return this.dropLast ? Math.floor(length / this.batchSize) : Math.ceil(length / this.batchSize)
  }

  /** The numbers of each batch, in tensors where the sampler draws such. */
  batches(): Iterator<BatchIndices> {
    const chunks = chunksOf(this.sampler)
    return chunks === null ? this.#lists() : this.#slices(chunks)
  }

  *[Symbol.iterator](): Generator<number[], void> {
    const batches = this.batches()
    for (let next = batches.next(); next.done !== true; next = batches.next()) yield listIn(next.value)
  }

  *#lists(): Generator<number[], void> {
    const source = this.sampler[Symbol.iterator]()
    checkAnew(this.sampler, source, 'sampler')
    let batch: number[] = []
    for (const index of { [Symbol.iterator]: () => source }) {
      batch.push(index)
      if (batch.length < this.batchSize) continue
      yield batch
      batch = []
    }
    if (batch.length > 0 && !this.dropLast) yield batch
  }

  *#slices(chunks: Iterator<Tensor>): Generator<Tensor, void> {
    let parts: Tensor[] = []
    let missing = this.batchSize
    for (let next = chunks.next(); next.done !== true; next = chunks.next()) {
      const length = next.value.size(0)
      for (let start = 0; start < length;) {
        const count = Math.min(missing, length - start)
        parts.push(next.value.narrow(0, start, count))
        start += count
        missing -= count
        if (missing > 0) continue
        yield joined(parts)
        parts = []
        missing = this.batchSize
      }
    }
    if (parts.length > 0 && !this.dropLast) yield joined(parts)
  }
}

const joined = (parts: Tensor[]): Tensor => (parts.length === 1 ? parts[0] : cat(parts))

/** The numbers of a batch as a list. */
export const listIn = (indices: BatchIndices): number[] =>
  Array.isArray(indices) ? (indices as number[]) : numbersIn(indices as Tensor)

/** The batches of a loader's batch sampler: of our own kind in tensors, else whatever it gives. */
export const batchesOf = (sampler: Iterable<unknown>): Iterator<unknown> =>
  sampler instanceof BatchSampler && sampler[Symbol.iterator] === BatchSampler.prototype[Symbol.iterator]
    ? sampler.batches()
    : sampler[Symbol.iterator]()
