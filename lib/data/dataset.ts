// What datasets are: samples by their number, or samples one after the other.

import { Tensor } from '../index'
import { isCallable, isList, valueText } from '../kinds'

type Awaitable<Value> = Value | PromiseLike<Value>

/** Samples by their number, from 0 to `length` - 1. */
export interface MapDataset<Item = unknown> {
  readonly length: number
  /** One sample, at once or later. */
  getItem(index: number): Awaitable<Item>
  /** Several samples at once, where that is cheaper than one by one. */
  getItems?(indices: readonly number[]): Awaitable<readonly Item[]>
  /**
   * What `defaultCollate` would make of the samples that an int64 tensor numbers, where it is cheaper to make at once;
   * of tensors that nobody else holds.
   */
  getBatch?(indices: Tensor): unknown
}

/** Samples one after the other, anew for each epoch. */
export type IterableSource<Item = unknown> = Iterable<Item> | AsyncIterable<Item>

/** Whatever a loader takes samples from: arrays and typed arrays are datasets as well. */
export type DatasetLike<Item = unknown> = MapDataset<Item> | ArrayLike<Item> | IterableSource<Item>

/** Base class of datasets whose samples have numbers; any object with `length` and `getItem` is as good. */
export abstract class Dataset<Item = unknown> implements MapDataset<Item> {
  abstract readonly length: number
  abstract getItem(index: number): Awaitable<Item>
}

/**
 * Base class of datasets that are streams: a subclass has `[Symbol.iterator]()` or `[Symbol.asyncIterator]()`; any
 * object that has one is as good.
 */
export abstract class IterableDataset<Item = unknown> {
  declare protected readonly item: Item
}

// ---- reading what a caller passes ----

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor

/** The samples of an array or a typed array. */
class ListDataset<Item> implements MapDataset<Item> {
  constructor(private readonly list: ArrayLike<Item>) {}

  get length(): number {
    return this.list.length
  }

  getItem(index: number): Item {
    return this.list[index]
  }
}

const isTypedArray = (value: unknown): value is ArrayLike<unknown> =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)

/** True for what has samples by their number. */
export const isMapDataset = (value: unknown): value is MapDataset | ArrayLike<unknown> =>
  isList(value) || isTypedArray(value) || isCallable(value, 'getItem')

/** True for what has samples one after the other. */
export const isIterableDataset = (value: unknown): value is IterableSource =>
  typeof value === 'object' &&
  value !== null &&
  !isMapDataset(value) &&
  (isCallable(value, Symbol.iterator) || isCallable(value, Symbol.asyncIterator))

export const isDataset = (value: unknown): value is DatasetLike => isMapDataset(value) || isIterableDataset(value)

/** What messages say of values that are no dataset. */
export const DATASET = 'a dataset (an array, or an object with length and getItem(index))'

/** A dataset of samples by their number, whatever of these the caller has. */
export function mapDataset<Item>(value: DatasetLike<Item>, op: string, name: string): MapDataset<Item> {
  if (isCallable(value, 'getItem')) return value as MapDataset<Item>
  if (isMapDataset(value)) return new ListDataset<Item>(value as ArrayLike<Item>)
  throw new TypeError(`${op}: ${name} must be ${DATASET}, got ${valueText(value)}`)
}

/** How many samples there are; throws where a dataset does not tell. */
export function lengthOf(dataset: object, op: string): number {
  const { length } = dataset as { readonly length?: unknown }
  if (Number.isSafeInteger(length) && (length as number) >= 0) return length as number
  if (length === undefined) throw new TypeError(`${op}: object of type ${valueText(dataset)} has no length`)
  throw new TypeError(`${op}: the length of a dataset must be an integer of at least 0, got ${valueText(length)}`)
}

/** A number of a sample, counted from the end where it is negative. */
export function placeOf(index: number, length: number, op: string): number {
  if (!Number.isInteger(index)) throw new TypeError(`${op}: index must be an integer, got ${valueText(index)}`)
  const place = index < 0 ? index + length : index
  if (place >= 0 && place < length) return place
  throw new RangeError(`${op}: index ${index} is out of range for ${length} samples`)
}
