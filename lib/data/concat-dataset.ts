// Datasets one after the other.

import { type Tensor, cat, tensor } from '../index'
import { isIterable, wrongKind } from '../kinds'
import { isKeywords } from '../signature'
import { gathers, itemsOf, numbersIn, settled, then } from './access'
import { defaultCollate } from './collate'
import {
  Dataset,
  type DatasetLike,
  IterableDataset,
  type IterableSource,
  type MapDataset,
  isIterableDataset,
  isTensor,
  lengthOf,
  mapDataset,
  placeOf
} from './dataset'

type Awaitable<Value> = Value | PromiseLike<Value>

/** The first place whose value is above `value`. */
function bisectRight(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] > value) high = middle
    else low = middle + 1
  }
  return low
}

const indexTensor = (numbers: readonly number[]): Tensor => tensor(numbers as number[], { dtype: 'int64' })

/** What one of the datasets contributes to a batch. */
interface Share<Item> {
  readonly part: MapDataset<Item>
  readonly indices: number[]
  /** Where in the batch they stand. */
  readonly places: number[]
}

/** Datasets one after the other. */
export class ConcatDataset<Item = unknown> extends Dataset<Item> {
  readonly datasets: readonly DatasetLike<Item>[]
  /** How many samples the datasets up to each have together. */
  readonly cumulativeSizes: readonly number[]
  readonly #parts: readonly MapDataset<Item>[]

  constructor(datasets: Iterable<DatasetLike<Item>>) {
    super()
    this.datasets = listOf(datasets, 'ConcatDataset')
    if (this.datasets.length === 0) throw new RangeError('datasets should not be an empty iterable')
    if (this.datasets.some(isIterableDataset)) throw new TypeError('ConcatDataset does not support IterableDataset')
    this.#parts = this.datasets.map((each) => mapDataset(each, 'ConcatDataset', 'datasets'))
    let sum = 0
    this.cumulativeSizes = this.#parts.map((part) => (sum += lengthOf(part, 'ConcatDataset')))
  }

  get length(): number {
    return this.cumulativeSizes[this.cumulativeSizes.length - 1]
  }

  /** Which of the datasets has the sample at a place. */
  #partAt(place: number): number {
    return bisectRight(this.cumulativeSizes, place)
  }

  #startOf(part: number): number {
    return part === 0 ? 0 : this.cumulativeSizes[part - 1]
  }

  getItem(index: number): Awaitable<Item> {
    const place = placeOf(index, this.length, 'ConcatDataset')
    const part = this.#partAt(place)
    return this.#parts[part].getItem(place - this.#startOf(part))
  }

  /** What each of the datasets contributes, those that contribute nothing left out. */
  #shares(indices: readonly number[]): Share<Item>[] {
    const { length } = this
    const shares = new Array<Share<Item> | undefined>(this.#parts.length)
    for (let i = 0; i < indices.length; i++) {
      const place = placeOf(indices[i], length, 'ConcatDataset')
      const part = this.#partAt(place)
      const share = (shares[part] ??= { part: this.#parts[part], indices: [], places: [] })
      share.indices.push(place - this.#startOf(part))
      share.places.push(i)
    }
    return shares.filter((share) => share !== undefined)
  }

  getItems(indices: readonly number[]): Awaitable<readonly Item[]> {
    const shares = this.#shares(indices)
    return then(settled(shares.map((share) => itemsOf(share.part, share.indices))), (lists) => {
      const items = new Array<Item>(indices.length)
      shares.forEach(({ places }, i) => places.forEach((place, at) => (items[place] = lists[i][at])))
      return items
    })
  }

  /** Undefined unless each of the datasets makes whole batches. */
  get getBatch(): ((indices: Tensor) => unknown) | undefined {
    if (!this.#parts.every(gathers)) return undefined
    return (indices) => {
      const numbers = numbersIn(indices)
      const shares = this.#shares(numbers)
      const batches = settled(shares.map((share) => share.part.getBatch!(indexTensor(share.indices))))
      return then(batches, (each) => {
        if (each.length === 1) return each[0]
        const joined = join(
          each,
          shares.flatMap(({ places }) => places)
        )
        return joined ?? then(this.getItems(numbers), (items) => defaultCollate(items))
      })
    }
  }
}

/**
 * Batches joined to one: row `i` of all of them in their order comes to `places[i]`. Null where they are not of one
 * form.
 */
function join(parts: readonly unknown[], places: readonly number[]): unknown {
  const order = new Array<number>(places.length)
  places.forEach((place, i) => (order[place] = i))
  const index = indexTensor(order)
  const joined = (values: readonly unknown[]): unknown => {
    if (values.every(isTensor)) return sameRows(values) ? cat([...values], 0).indexSelect(0, index) : undefined
    if (values.every(Array.isArray)) return joinLists(values as unknown[][])
    if (!values.every((value) => isKeywords(value))) return undefined
    const records = values as Record<string, unknown>[]
    return whole(
      Object.keys(records[0]),
      (key) => records.map((record) => record[key]),
      (pairs) => Object.fromEntries(pairs)
    )
  }
  const joinLists = (lists: readonly unknown[][]): unknown => {
    const all = lists.flat()
    if (all.length === order.length && all.every((each) => typeof each === 'string')) return order.map((i) => all[i])
    const keys = [...lists[0].keys()]
    if (lists.some((list) => list.length !== keys.length)) return undefined
    const values = (key: number): unknown[] => lists.map((list) => list[key])
    return whole(keys, values, (pairs) => pairs.map(([, value]) => value))
  }
  const whole = <Key>(
    keys: readonly Key[],
    values: (key: Key) => unknown[],
    make: (pairs: [Key, unknown][]) => unknown
  ): unknown => {
    const pairs = keys.map((key): [Key, unknown] => [key, joined(values(key))])
    return pairs.some(([, value]) => value === undefined) ? undefined : make(pairs)
  }
  return joined(parts) ?? null
}

/** True where tensors differ in their first dim alone. */
function sameRows(tensors: readonly Tensor[]): boolean {
  const [first] = tensors
  return tensors.every(
    ({ dtype, shape }) => dtype === first.dtype && String(shape.slice(1)) === String(first.shape.slice(1))
  )
}

function listOf<Value>(values: Iterable<Value>, op: string): Value[] {
  if (!isIterable(values)) throw wrongKind(op, 'datasets', 'an array of datasets', values)
  return [...values] as Value[]
}

/** Iterable datasets one after the other. */
export class ChainDataset<Item = unknown> extends IterableDataset<Item> {
  readonly datasets: readonly IterableSource<Item>[]

  constructor(datasets: Iterable<IterableSource<Item>>) {
    super()
    this.datasets = listOf(datasets, 'ChainDataset')
    if (!this.datasets.every(isIterableDataset)) throw new TypeError('ChainDataset only supports IterableDataset')
  }

  /** The sum of the lengths; throws where one of the datasets does not tell. */
  get length(): number {
    return this.datasets.reduce((sum, dataset) => sum + lengthOf(dataset, 'ChainDataset'), 0)
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (const dataset of this.datasets) {
      if (!isIterable(dataset))
        throw new TypeError('ChainDataset: one of the datasets is an async iterable; iterate with for await')
      yield* dataset as Iterable<Item>
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Item> {
    for (const dataset of this.datasets) yield* dataset
  }
}
