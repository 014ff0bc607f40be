// What a loader is told, and which of it goes together.

import { availableParallelism } from 'node:os'
import type { Generator } from '../index'
import { warn, warnOnce } from '../errors'
import { valueText } from '../kinds'
import { Signature } from './arguments'
import { type Values, type Items } from '../signature'
import { checkPositive } from './samplers/sampler'

/** Options of `DataLoader`. */
export interface DataLoaderOptions<Item = unknown, Batch = unknown> {
  /** Samples in a batch; null gives them one by one. Default 1. */
  readonly batchSize?: number | null
  /** Another order in each epoch. Default false. */
  readonly shuffle?: boolean | null
  /** The order of the samples; any iterable of their numbers. */
  readonly sampler?: Iterable<unknown> | null
  /** The numbers of the samples of each batch. */
  readonly batchSampler?: Iterable<unknown> | null
  /** How many worker threads make batches; the dataset is the URL of a module then. Default 0: none. */
  readonly numWorkers?: number
  /** Makes a batch of samples. Default `defaultCollate`, or `defaultConvert` where `batchSize` is null. */
  readonly collateFn?: ((samples: Item[]) => Batch) | null
  /** Does nothing but warn: all memory is the CPU's. */
  readonly pinMemory?: boolean
  /** Leaves out the last batch where it is shorter. Default false. */
  readonly dropLast?: boolean
  /** Seconds to wait for a batch of a worker; 0, the default, waits for ever. */
  readonly timeout?: number
  /** Of a loader with workers a module's export of this name is called in each. */
  readonly workerInitFn?: null
  /** Draws the order and the seed of the workers in place of the default stream. */
  readonly generator?: Generator | null
  /** Batches that each worker makes ahead. Default 2. */
  readonly prefetchFactor?: number | null
  /** Keeps the workers from one epoch to the next, until `close()`. Default false. */
  readonly persistentWorkers?: boolean
  /** Hands out batches in the order of the sampler; false hands them out as they come. Default true. */
  readonly inOrder?: boolean
  /** What the function or class that a module exports is called with. */
  readonly datasetArgs?: readonly unknown[]
}

const LOADED =
  'dataset: dataset, batchSize: value = 1, shuffle: bool? = null, sampler: iterable? = null, batchSampler: iterable? = null'
const LOADING =
  'numWorkers: int = 0, collateFn: function? = null, pinMemory: bool = false, dropLast: bool = false, timeout: float = 0'
const SEEDING = 'workerInitFn: function? = null, multiprocessingContext: null = null, generator: generator? = null'
const THREADING =
  'prefetchFactor: int? = null, persistentWorkers: bool = false, inOrder: bool = true, datasetArgs: any = null'
const signature = new Signature(`DataLoader(${LOADED}, ${LOADING}, ${SEEDING}, *, ${THREADING})`)

type Text = typeof signature.text

/** The arguments of a loader by name. */
export interface Settings {
  readonly dataset: Values<Items<Text>>[0]
  readonly batchSize: number | null
  readonly shuffle: boolean
  readonly sampler: Iterable<unknown> | null
  readonly batchSampler: Iterable<unknown> | null
  readonly numWorkers: number
  readonly collateFn: ((samples: never) => unknown) | null
  readonly pinMemory: boolean
  readonly dropLast: boolean
  readonly timeout: number
  readonly generator: Generator | null
  readonly prefetchFactor: number | null
  readonly persistentWorkers: boolean
  readonly inOrder: boolean
  readonly datasetArgs: readonly unknown[]
}

/** Reads the arguments of a loader and checks what does not depend on the kind of its dataset. */
export function readSettings(args: readonly unknown[]): Settings {
  const [dataset, batchSize, shuffle, sampler, batchSampler, numWorkers, collateFn, pinMemory, ...others] =
    signature.read(args)
  const [dropLast, timeout, workerInitFn, , generator, prefetchFactor, persistentWorkers, inOrder, datasetArgs] = others
  const settings: Settings = {
    dataset,
    batchSize: batchSampler === null ? (batchSize as number | null) : null,
    shuffle: shuffle ?? false,
    sampler,
    batchSampler,
    numWorkers,
    collateFn: collateFn as Settings['collateFn'],
    pinMemory,
    dropLast,
    timeout,
    generator,
    prefetchFactor: prefetchFactor ?? (numWorkers > 0 ? 2 : null),
    persistentWorkers,
    inOrder,
    datasetArgs: (datasetArgs ?? []) as readonly unknown[]
  }
  checkWorkers(settings, workerInitFn, datasetArgs)
  checkSampling(settings, batchSize)
  if (pinMemory) {
    warnOnce(
      "'pinMemory' argument is set as true but no accelerator is found, then device pinned memory won't be used."
    )
  }
  return settings
}

/** In a sentence, why a live function does not do for workers. */
const liveFunction = (name: string): TypeError =>
  new TypeError(
    `DataLoader: with numWorkers > 0, ${name} must be an export of the dataset's module, since a live function does not ` +
      'reach worker threads'
  )

function checkWorkers(settings: Settings, workerInitFn: unknown, datasetArgs: unknown): void {
  const { dataset, numWorkers, collateFn, timeout, prefetchFactor, persistentWorkers } = settings
  if (numWorkers < 0) {
    throw new RangeError('numWorkers option should be non-negative; use numWorkers=0 to disable multiprocessing.')
  }
  if (!(timeout >= 0)) throw new RangeError('timeout option should be non-negative')
  if (datasetArgs !== null && !Array.isArray(datasetArgs))
    throw new TypeError(`DataLoader: datasetArgs must be an array, got ${valueText(datasetArgs)}`)
  if (datasetArgs !== null && !(dataset instanceof URL))
    throw new TypeError('DataLoader: datasetArgs are for a dataset that is the URL of a module')
  if (numWorkers === 0) {
    if (prefetchFactor !== null) {
      throw new RangeError(
        'prefetchFactor option could only be specified in multiprocessing. Let numWorkers > 0 to enable ' +
          'multiprocessing, otherwise set prefetchFactor to null.'
      )
    }
    if (persistentWorkers) throw new RangeError('persistentWorkers option needs numWorkers > 0')
    if (timeout > 0) throw new RangeError('timeout option needs numWorkers > 0')
    return
  }
  if (!(dataset instanceof URL)) {
    throw new TypeError(
      'DataLoader: with numWorkers > 0 the dataset must be the URL of a module that exports it by default, such as ' +
        "new URL('./set.mjs', import.meta.url), since a live object does not reach worker threads"
    )
  }
  if (collateFn !== null) throw liveFunction('collateFn')
  if (workerInitFn !== null) throw liveFunction('workerInitFn')
  if (prefetchFactor! < 0) throw new RangeError('prefetchFactor option should be non-negative')
  if (prefetchFactor === 0) throw new RangeError('prefetchFactor must be greater than 0 where numWorkers > 0')
  const most = availableParallelism()
  if (numWorkers <= most) return
  warn(
    `This DataLoader will create ${numWorkers} worker processes in total. Our suggested max number of worker in current ` +
      `system is ${most}, which is smaller than what this DataLoader is going to create. Please be aware that excessive ` +
      'worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid potential ' +
      'slowness/freeze if necessary.'
  )
}

function checkSampling(settings: Settings, batchSize: unknown): void {
  const { shuffle, sampler, batchSampler, dropLast } = settings
  if (sampler !== null && shuffle) throw new RangeError('sampler option is mutually exclusive with shuffle')
  if (batchSampler !== null) {
    if (batchSize === 1 && !shuffle && sampler === null && !dropLast) return
    throw new RangeError('batchSampler option is mutually exclusive with batchSize, shuffle, sampler, and dropLast')
  }
  if (batchSize !== null) return checkPositive(batchSize, 'batchSize')
  if (dropLast) {
    throw new RangeError('batchSize=null option disables auto-batching and is mutually exclusive with dropLast')
  }
}

/** Throws where options do not go together with samples that come one after the other. */
export function checkIterable({ shuffle, sampler, batchSampler }: Settings): void {
  const option = shuffle ? 'shuffle' : sampler !== null ? 'sampler' : batchSampler !== null ? 'batchSampler' : null
  if (option === null) return
  const value = option === 'shuffle' ? 'true' : valueText(option === 'sampler' ? sampler : batchSampler)
  throw new RangeError(
    `DataLoader with IterableDataset: expected unspecified ${option} option, but got ${option}=${value}`
  )
}
