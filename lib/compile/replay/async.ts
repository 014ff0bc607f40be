// Replays on other threads: which memory they use, and who waits for whom.

import { IN_USE, type Storage } from '../../storage'

/** How many running or waiting calls have locked a storage. */
const locks = new Map<Storage, number>()
/** Runs that have not ended, by the storage that they use. */
const runs = new Map<Storage, Promise<void>>()

/** Locks `storages` until as many calls of `unlock`; throws, with none locked, where something else has locked one. */
export function lock(storages: ReadonlySet<Storage>): void {
  for (const storage of storages) if (storage.lock !== null && !locks.has(storage)) throw new Error(storage.lock)
  for (const storage of storages) {
    locks.set(storage, (locks.get(storage) ?? 0) + 1)
    storage.lock = IN_USE
  }
}

export function unlock(storages: Iterable<Storage>): void {
  for (const storage of storages) {
    const count = locks.get(storage)! - 1
    if (count > 0) {
      locks.set(storage, count)
      continue
    }
    locks.delete(storage)
    storage.lock = null
  }
}

/** Runs `start` with `storages` locked until what it gives has settled. */
export function running<Result>(storages: readonly Storage[], start: () => Promise<Result>): Promise<Result> {
  const used = new Set(storages)
  lock(used)
  let result: Promise<Result>
  try {
    result = start()
  } catch (error) {
    unlock(used)
    throw error
  }
  const end = (): void => {
    for (const storage of used) runs.delete(storage)
    unlock(used)
  }
  // Whoever waits for the result finds the memory free.
  const ended = result.finally(end)
  const settled = ended.then(
    () => undefined,
    () => undefined
  )
  for (const storage of used) runs.set(storage, settled)
  return ended
}

/** Settles when no replay uses any of `storages`; all there are, where none are named. */
export async function untilFree(storages: Iterable<Storage> = runs.keys()): Promise<void> {
  await Promise.all([...storages].flatMap((storage) => runs.get(storage) ?? []))
}

/** True while a replay on another thread uses one of `storages`; any, where none are named. */
export function isUsed(storages: Iterable<Storage> = runs.keys()): boolean {
  for (const storage of storages) if (runs.has(storage)) return true
  return false
}
