// What a worker knows of itself.

import type { DatasetLike } from '../dataset'

/** Of the worker that runs this code. */
export interface WorkerInfo {
  /** From 0. */
  readonly id: number
  readonly numWorkers: number
  /** What its default generator was seeded with. */
  readonly seed: bigint
  /** The worker's own dataset. */
  readonly dataset: DatasetLike
}

let current: WorkerInfo | null = null

export const setWorkerInfo = (info: WorkerInfo): void => {
  current = info
}

/** In a worker of a DataLoader, which one it is; null elsewhere. */
export const getWorkerInfo = (): WorkerInfo | null => current
