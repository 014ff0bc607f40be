// Replays on other threads: which programs hold which memory, and who waits for whom.

import { IN_USE, type Storage } from '../storage'

/** Runs that have not ended, by the storage that they hold. */
const holders = new Map<Storage, Promise<void>>()

/** Locks `storages` until `run` has settled. */
export async function holding<Result>(storages: readonly Storage[], run: () => Promise<Result>): Promise<Result> {
  const held = [...new Set(storages)]
  for (const storage of held) storage.lock = IN_USE
  const result = run()
  const done = result.then(
    () => undefined,
    () => undefined
  )
  for (const storage of held) holders.set(storage, done)
  const release = (): void => {
    for (const storage of held) {
      storage.lock = null
      holders.delete(storage)
    }
  }
  // Whoever waits for the result finds the memory free.
  return result.finally(release)
}

/** Settles when none of `storages` is held any more; at once where none is. */
export async function untilFree(storages: Iterable<Storage>): Promise<void> {
  const waits = [...storages].flatMap((storage) => holders.get(storage) ?? [])
  await Promise.all(waits)
}

/** True while a replay on another thread holds one of `storages`. */
export function isHeld(storages: Iterable<Storage>): boolean {
  for (const storage of storages) if (holders.has(storage)) return true
  return false
}

/** Storages that running replays hold. */
export const heldStorages = (): Iterable<Storage> => holders.keys()
