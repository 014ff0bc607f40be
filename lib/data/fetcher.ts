// Makes a batch from what a sampler gives; in the main thread and in workers alike.

import { type Tensor, tensor } from '../index'
import { isCallable } from '../kinds'
import { checkAnew, gathers, itemsOf, then } from './access'
import { defaultCollate, defaultConvert } from './collate'
import { type IterableSource, type MapDataset, isTensor } from './dataset'
import { listIn } from './samplers/batch-sampler'
import { type BatchIndices, readBatchIndices } from './samplers/sampler'

type Awaitable<Value> = Value | PromiseLike<Value>

/** What there are no more batches is told by. */
export const END = Symbol('no more batches')

/** What makes batches of samples, and a batch's number of samples; null for samples one by one. */
export interface FetchPlan {
  readonly isBatched: boolean
  readonly dropLast: boolean
  /** Null for the default. */
  readonly collateFn: ((samples: never) => unknown) | null
}

export interface Fetcher {
  /** True where nobody else holds the tensors of its batches. */
  readonly isFresh: boolean
  /** The batch that a sampler asks for, or END. */
  fetch(request: unknown): Awaitable<unknown>
  /** Passes over the batch of a request; false where there was none. */
  skip(request: unknown): Awaitable<boolean>
  close(): Awaitable<unknown>
}

type Collate = (samples: unknown) => unknown

const collateOf = ({ collateFn, isBatched }: FetchPlan): Collate =>
  (collateFn as Collate | null) ?? (isBatched ? (samples) => defaultCollate(samples as unknown[]) : defaultConvert)

function tensorIn(indices: BatchIndices): Tensor {
  if (isTensor(indices)) return indices
  const other = indices.find((index) => !Number.isSafeInteger(index))
  if (other !== undefined) throw new TypeError(`DataLoader: the sampler must give integers, got ${String(other)}`)
  return tensor(indices as number[], { dtype: 'int64' })
}

/** Batches of samples by their number. */
export class MapFetcher implements Fetcher {
  readonly isFresh: boolean
  readonly #gathers: boolean
  readonly #collate: Collate

  constructor(
    private readonly dataset: MapDataset,
    private readonly plan: FetchPlan
  ) {
    this.isFresh = plan.isBatched && plan.collateFn === null
    this.#gathers = this.isFresh && gathers(dataset)
    this.#collate = collateOf(plan)
  }

  fetch(request: unknown): Awaitable<unknown> {
    if (!this.plan.isBatched) return then(this.dataset.getItem(request as number), this.#collate)
    const indices = readBatchIndices(request)
    if (this.#gathers) return this.dataset.getBatch!(tensorIn(indices))
    return then(itemsOf(this.dataset, listIn(indices)), this.#collate)
  }

  skip(): boolean {
    return true
  }

  close(): void {
    // Nothing is open.
  }
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>

function start(source: IterableSource, isAsync: boolean): AnyIterator {
  const isAsyncIterable = isCallable(source, Symbol.asyncIterator)
  if (!isAsync && !isCallable(source, Symbol.iterator))
    throw new TypeError('DataLoader: the dataset is an async iterable; iterate with for await')
  const iterator =
    isAsync && isAsyncIterable
      ? (source as AsyncIterable<unknown>)[Symbol.asyncIterator]()
      : (source as Iterable<unknown>)[Symbol.iterator]()
  checkAnew(source, iterator, 'dataset')
  return iterator
}

/** Batches of samples that come one after the other; `isAsync` where the samples may be awaited. */
export class IterableFetcher implements Fetcher {
  readonly isFresh: boolean
  readonly #iterator: AnyIterator
  readonly #collate: Collate
  #ended = false

  constructor(
    source: IterableSource,
    private readonly plan: FetchPlan,
    private readonly isAsync: boolean
  ) {
    this.isFresh = plan.isBatched && plan.collateFn === null
    this.#iterator = start(source, isAsync)
    this.#collate = collateOf(plan)
  }

  fetch(count: unknown): Awaitable<unknown> {
    const { isBatched, dropLast } = this.plan
    return then(this.#pull(count as number), (samples) => {
      if (samples.length === 0 || (dropLast && samples.length < (count as number))) return END
      return this.#collate(isBatched ? samples : samples[0])
    })
  }

  skip(count: unknown): Awaitable<boolean> {
    return then(this.#pull(count as number), (samples) => samples.length > 0)
  }

  #pull(count: number): Awaitable<unknown[]> {
    return this.isAsync ? this.#pullLater(count) : this.#pullNow(count)
  }

  #pullNow(count: number): unknown[] {
    const samples: unknown[] = []
    while (!this.#ended && samples.length < count) {
      const { done, value } = (this.#iterator as Iterator<unknown>).next()
      if (done === true) this.#ended = true
      else samples.push(value)
    }
    return samples
  }

  async #pullLater(count: number): Promise<unknown[]> {
    const samples: unknown[] = []
    while (!this.#ended && samples.length < count) {
      const { done, value } = await this.#iterator.next()
      if (done === true) this.#ended = true
      else samples.push(await value)
    }
    return samples
  }

  /** Lets a generator that has not run to its end do what its `finally` says. */
  close(): Awaitable<unknown> {
    if (this.#ended) return undefined
    this.#ended = true
    return this.#iterator.return?.()
  }
}
