// What the main thread and its workers say to each other.

import type { PackedError, PackedNode } from './message'

/** Under this key `workerData` says that a thread is one of ours. */
export const WORKER_MARK = 'dyngrad.data.worker'

/** What a worker starts with. */
export interface WorkerStart {
  /** The file that the thread runs. */
  readonly entry: string
  readonly module: string
  readonly args: PackedNode
  readonly id: number
  readonly count: number
  /** Of the default generator while the dataset is made: the same in all workers. */
  readonly datasetSeed: bigint
}

/** A new epoch; the seed counts in the first one. */
export interface Begin {
  readonly type: 'begin'
  readonly generation: number
  readonly seed: bigint
  readonly isBatched: boolean
  readonly dropLast: boolean
}

/** One batch. */
export interface Fetch {
  readonly type: 'fetch'
  readonly generation: number
  readonly task: number
  /** A list of indices, a BigInt64Array of them, one index, or how many samples. */
  readonly request: unknown
}

/** What a worker says once its dataset is there. */
export interface DatasetForm {
  readonly isIterable: boolean
  readonly length: number | undefined
}

export type Reply =
  | ({ readonly type: 'ready' } & DatasetForm)
  | { readonly type: 'failed'; readonly error: PackedError }
  | { readonly type: 'batch'; readonly generation: number; readonly task: number; readonly node: PackedNode }
  | { readonly type: 'end'; readonly generation: number; readonly task: number }
  | { readonly type: 'error'; readonly generation: number; readonly task: number; readonly error: PackedError }
