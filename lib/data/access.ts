// How samples are read from a dataset: the method that its most derived class has decides, so that a subclass with
// another getItem is never passed over.

import type { Tensor } from '../index'
import { isThenable, valueText } from '../kinds'
import { defaultCollate } from './collate'
import type { MapDataset } from './dataset'

type Awaitable<Value> = Value | PromiseLike<Value>
type Method = 'getBatch' | 'getItems' | 'getItem'

/** Of several methods the first that the most derived class has, or the object itself. */
function mostDerived(dataset: MapDataset, names: readonly Method[]): Method {
  for (let level: object | null = dataset; level !== null; level = Object.getPrototypeOf(level) as object | null) {
    const name = names.find((each) => Object.hasOwn(level!, each) && typeof dataset[each] === 'function')
    if (name !== undefined) return name
  }
  return 'getItem'
}

const ANY = ['getBatch', 'getItems', 'getItem'] as const
const ITEMS = ['getItems', 'getItem'] as const

/** True where a dataset makes whole batches itself. */
export const gathers = (dataset: MapDataset): boolean => mostDerived(dataset, ANY) === 'getBatch'

/** The values, or a promise of them where one is a promise. */
export const settled = <Value>(values: Awaitable<Value>[]): Awaitable<Value[]> =>
  values.some(isThenable) ? Promise.all(values) : (values as Value[])

/** `next` of a value, now or when it is there. */
export function then<Value, Result>(value: Awaitable<Value>, next: (value: Value) => Result): Awaitable<Result> {
  return isThenable(value) ? Promise.resolve(value).then(next as never) : next(value as Value)
}

function checkCount<Item>(items: readonly Item[], expected: number): readonly Item[] {
  if (!Array.isArray(items)) throw new TypeError(`getItems: the result must be an array, got ${valueText(items)}`)
  if (items.length === expected) return items
  throw new RangeError(`Nested dataset's output size mismatch. Expected ${expected}, got ${items.length}`)
}

/** The samples of these numbers. */
export function itemsOf<Item>(dataset: MapDataset<Item>, indices: readonly number[]): Awaitable<readonly Item[]> {
  if (mostDerived(dataset, ITEMS) === 'getItem') return settled(indices.map((index) => dataset.getItem(index)))
  return then(dataset.getItems!(indices), (items) => checkCount(items, indices.length))
}

/** The numbers in an int64 tensor. */
export const numbersIn = (indices: Tensor): number[] => Array.from(indices.toTypedArray(), Number)

/** The batch of these samples, made at once where the dataset can. */
export const batchOf = (dataset: MapDataset, indices: Tensor): unknown =>
  gathers(dataset)
    ? dataset.getBatch!(indices)
    : then(itemsOf(dataset, numbersIn(indices)), (items) => defaultCollate(items))

/** Iterators that were passed in place of iterables, and have run. */
const spent = new WeakSet<object>()

/** Throws where an iterable is an iterator, which does not start anew, and has run before. */
export function checkAnew(source: object, iterator: object, what: string): void {
  if (iterator !== source) return
  if (spent.has(source)) {
    throw new Error(
      `The ${what} is an iterator, which runs once, and it has; pass an iterable that starts anew, such as ` +
        'an object whose [Symbol.iterator]() is a generator'
    )
  }
  spent.add(source)
}
