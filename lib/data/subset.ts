// Parts of a dataset.

import { type Tensor, randperm, tensor } from '../index'
import { warn } from '../errors'
import { isList, listAdvice, wrongKind } from '../kinds'
import { Signature } from './arguments'
import { gathers, itemsOf } from './access'
import { Dataset, type DatasetLike, type MapDataset, lengthOf, mapDataset, placeOf } from './dataset'
import type { Generator } from '../index'

type Awaitable<Value> = Value | PromiseLike<Value>

/** Samples of another dataset, by their numbers there. */
export class Subset<Item = unknown> extends Dataset<Item> {
  readonly dataset: DatasetLike<Item>
  readonly indices: readonly number[]
  readonly #source: MapDataset<Item>
  #places: Tensor | null = null

  constructor(dataset: DatasetLike<Item>, indices: ArrayLike<number>) {
    super()
    this.#source = mapDataset(dataset, 'Subset', 'dataset')
    this.dataset = dataset
    this.indices = indicesOf(indices, lengthOf(this.#source, 'Subset'))
  }

  get length(): number {
    return this.indices.length
  }

  getItem(index: number): Awaitable<Item> {
    return this.#source.getItem(this.indices[placeOf(index, this.length, 'Subset')])
  }

  getItems(indices: readonly number[]): Awaitable<readonly Item[]> {
    return itemsOf(
      this.#source,
      indices.map((index) => this.indices[placeOf(index, this.length, 'Subset')])
    )
  }

  /** Undefined where the dataset makes no whole batches. */
  get getBatch(): ((indices: Tensor) => unknown) | undefined {
    if (!gathers(this.#source)) return undefined
    this.#places ??= tensor(this.indices as number[], { dtype: 'int64' })
    return (indices) => this.#source.getBatch!(this.#places!.indexSelect(0, indices))
  }
}

/** A copy of a caller's indices, those below 0 counted from the end; throws where there is no such sample. */
function indicesOf(indices: ArrayLike<number>, length: number): number[] {
  if (!isList(indices) && !ArrayBuffer.isView(indices))
    throw wrongKind('Subset', 'indices', 'an array of integers', indices, listAdvice)
  return Array.from(indices as ArrayLike<number>, (index) => placeOf(index, length, 'Subset'))
}

const signature = new Signature('randomSplit(dataset: mapDataset, lengths: float[], generator: generator? = null)')

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** As Python's math.isclose(sum, 1). */
const isWhole = (sum: number): boolean => sum <= 1 && 1 - sum <= 1e-9

/** Sizes of the parts that fractions say, the remainder dealt out one by one from the first on. */
function fromFractions(fractions: readonly number[], length: number): number[] {
  const sizes = fractions.map((fraction, i) => {
    if (fraction >= 0 && fraction <= 1) return Math.floor(length * fraction)
    throw new RangeError(`Fraction at index ${i} is not between 0 and 1`)
  })
  const remainder = length - sumOf(sizes)
  for (let i = 0; i < remainder; i++) sizes[i % sizes.length]++
  sizes.forEach((size, i) => {
    if (size === 0) warn(`Length of split at index ${i} is 0. This might result in an empty dataset.`)
  })
  return sizes
}

/**
 * Parts of a dataset, drawn without overlap: `lengths` are their sizes, whose sum is that of the dataset, or fractions
 * whose sum is 1.
 */
export function randomSplit<Item>(
  dataset: DatasetLike<Item>,
  lengths: readonly number[],
  generator?: Generator | null | { readonly generator?: Generator | null }
): Subset<Item>[]
export function randomSplit(...args: unknown[]): Subset[] {
  const [dataset, lengths, generator] = signature.read(args)
  const length = lengthOf(mapDataset(dataset, 'randomSplit', 'dataset'), 'randomSplit')
  const sizes = isWhole(sumOf(lengths)) ? fromFractions(lengths, length) : lengths
  if (!sizes.every((size) => Number.isInteger(size) && size >= 0) || sumOf(sizes) !== length) {
    throw new RangeError(
      'Sum of input lengths does not equal the length of the input dataset! ' +
        `lengths are [${lengths.join(', ')}], the dataset has ${length} samples`
    )
  }
  const order = Array.from(randperm(length, { generator }).toTypedArray(), Number)
  let start = 0
  return sizes.map((size) => new Subset(dataset, order.slice(start, (start += size))))
}
