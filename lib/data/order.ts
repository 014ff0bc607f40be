// In which order a loader reads a dataset.

import { checkAnew } from './access'
import { type Settings, checkIterable } from './options'
import { BatchSampler, batchesOf } from './samplers/batch-sampler'
import { RandomSampler, SequentialSampler, type Sized } from './samplers/samplers'
import type { DatasetForm } from './workers/protocol'

/** The samplers of a loader, once its dataset is known; an iterable has none. */
export interface Order {
  readonly isIterable: boolean
  readonly sampler: Iterable<unknown> | null
  readonly batchSampler: Iterable<unknown> | null
}

/** `sized` is the dataset, or what is known of one that workers have. */
export function orderOf(settings: Settings, { isIterable }: DatasetForm, sized: Sized): Order {
  if (isIterable) {
    checkIterable(settings)
    return { isIterable, sampler: null, batchSampler: null }
  }
  const { shuffle, generator, batchSize, dropLast } = settings
  if (settings.batchSampler !== null) return { isIterable, sampler: null, batchSampler: settings.batchSampler }
  const usual = (): Iterable<unknown> =>
    shuffle ? new RandomSampler(sized, { generator }) : new SequentialSampler(sized)
  const sampler = settings.sampler ?? usual()
  const batchSampler = batchSize === null ? null : new BatchSampler(sampler as Iterable<number>, batchSize, dropLast)
  return { isIterable, sampler, batchSampler }
}

/** What one epoch asks of the dataset: indices, or how many samples. */
export class Requests implements Iterator<unknown> {
  readonly #source: Iterator<unknown>
  #waiting: IteratorResult<unknown> | null = null

  constructor({ isIterable, sampler, batchSampler }: Order, batchSize: number | null) {
    const source = batchSampler ?? sampler
    this.#source = isIterable
      ? { next: () => ({ value: batchSize ?? 1 }) }
      : batchSampler === null
        ? source![Symbol.iterator]()
        : batchesOf(batchSampler)
    if (source !== null) checkAnew(source, this.#source, batchSampler === null ? 'sampler' : 'batchSampler')
  }

  next(): IteratorResult<unknown> {
    const next = this.#waiting ?? this.#source.next()
    this.#waiting = null
    return next
  }

  /** Lets the sampler draw what the first batch needs. */
  draw(): void {
    this.#waiting ??= this.#source.next()
  }
}
