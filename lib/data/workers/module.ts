// Datasets that a module exports, and what is read from any dataset.

import { kindText } from '../../kinds'
import { DATASET, type DatasetLike, isDataset, isIterableDataset, lengthOf, mapDataset } from '../dataset'
import { type FetchPlan, type Fetcher, IterableFetcher, MapFetcher } from '../fetcher'
import type { DatasetForm } from './protocol'

/** What a module of a dataset exports. */
export interface DatasetModule {
  readonly default?: unknown
  readonly collateFn?: FetchPlan['collateFn']
  readonly workerInitFn?: (workerId: number) => unknown
}

interface Imported extends DatasetModule {
  readonly __esModule?: boolean
}

/** The exports of a module; those of one that was compiled to CommonJS stand one level further down. */
export async function importDataset(href: string): Promise<DatasetModule> {
  const module = (await import(href)) as Imported
  const inner = module.default as Imported | undefined
  return inner?.__esModule === true ? inner : module
}

const isClass = (value: object): boolean => /^class\b/.test(Function.prototype.toString.call(value))

/** The dataset that a module's default export is, or makes of arguments. */
export async function datasetOf(module: DatasetModule, href: string, args: readonly unknown[]): Promise<DatasetLike> {
  const { default: made } = module
  const dataset: unknown =
    typeof made !== 'function'
      ? made
      : isClass(made)
        ? new (made as new (...args: readonly unknown[]) => unknown)(...args)
        : await (made as (...args: readonly unknown[]) => unknown)(...args)
  if (isDataset(dataset)) return dataset
  throw new TypeError(
    `DataLoader: the default export of ${href} must be ${DATASET}, an iterable, or a function or class that makes one, ` +
      `got ${kindText(dataset)}`
  )
}

/** What a worker says of its dataset; a stream need not have a length. */
export function formOf(dataset: DatasetLike): DatasetForm {
  const isIterable = isIterableDataset(dataset)
  try {
    return { isIterable, length: lengthOf(dataset, 'DataLoader') }
  } catch {
    return { isIterable, length: undefined }
  }
}

export const fetcherOf = (dataset: DatasetLike, plan: FetchPlan, isAsync: boolean): Fetcher =>
  isIterableDataset(dataset)
    ? new IterableFetcher(dataset, plan, isAsync)
    : new MapFetcher(mapDataset(dataset, 'DataLoader', 'dataset'), plan)
