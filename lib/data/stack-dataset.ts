// Datasets side by side.

import type { Tensor } from '../index'
import { isCallable, valueText } from '../kinds'
import { batchOf, gathers, itemsOf, settled, then } from './access'
import { Dataset, type DatasetLike, type MapDataset, isMapDataset, lengthOf, mapDataset } from './dataset'

type Parts = Readonly<Record<string, DatasetLike>>

/** What a sample of a dataset is. */
export type ItemOf<Of> =
  Of extends MapDataset<infer Item>
    ? Item
    : Of extends ArrayLike<infer Item>
      ? Item
      : Of extends Iterable<infer Item> | AsyncIterable<infer Item>
        ? Item
        : unknown

type Items<Of> = { -readonly [Key in keyof Of]: ItemOf<Of[Key]> }

/** What the parts give, in the order of the parts, as a list or by name. */
type Join = (values: readonly unknown[]) => unknown

/**
 * Datasets of one length, side by side: a sample has one of each, as an array (`new StackDataset(images, texts)`) or by
 * name (`new StackDataset({ image: images, text: texts })`).
 */
export class StackDataset<Of extends readonly DatasetLike[] | Parts> extends Dataset<Items<Of>> {
  readonly datasets: Of
  readonly length: number
  readonly #parts: readonly MapDataset[]
  readonly #join: Join

  constructor(...datasets: Of extends readonly DatasetLike[] ? Of : [Of])
  constructor(...args: unknown[]) {
    super()
    if (args.length === 0) throw new RangeError('At least one dataset should be passed')
    const named = namedParts(args)
    const names = named === null ? null : Object.keys(named)
    const parts = named === null ? args : Object.values(named)
    if (parts.length === 0) throw new RangeError('At least one dataset should be passed')
    this.#parts = parts.map((part) => mapDataset(part as DatasetLike, 'StackDataset', 'datasets'))
    const lengths = this.#parts.map((part) => lengthOf(part, 'StackDataset'))
    if (lengths.some((length) => length !== lengths[0]))
      throw new RangeError(`Size mismatch between datasets; they have ${lengths.join(', ')} samples`)
    this.length = lengths[0]
    this.datasets = (named ?? args) as Of
    this.#join =
      names === null ? (values) => values : (values) => Object.fromEntries(names.map((name, i) => [name, values[i]]))
  }

  getItem(index: number): Items<Of> | PromiseLike<Items<Of>> {
    return then(settled(this.#parts.map((part) => part.getItem(index))), this.#join) as Items<Of>
  }

  getItems(indices: readonly number[]): Items<Of>[] | PromiseLike<Items<Of>[]> {
    const columns = settled(this.#parts.map((part) => itemsOf(part, indices)))
    return then(columns, (each) =>
      indices.map((_, i) => this.#join(each.map((items) => items[i])) as Items<Of>)
    ) as Items<Of>[]
  }

  /** Undefined where no part makes whole batches. */
  get getBatch(): ((indices: Tensor) => unknown) | undefined {
    if (!this.#parts.some(gathers)) return undefined
    return (indices) => then(settled(this.#parts.map((part) => batchOf(part, indices))), this.#join)
  }
}

/** The parts by name; null where they are a list. */
function namedParts(args: readonly unknown[]): Parts | null {
  const [only] = args
  const isNamed = typeof only === 'object' && only !== null && !isMapDataset(only) && !isCallable(only, Symbol.iterator)
  if (!isNamed) return null
  if (args.length === 1) return only as Parts
  throw new TypeError(
    `StackDataset: pass datasets in order or one object of them by name, got ${args.map(valueText).join(', ')}`
  )
}
