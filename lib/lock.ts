// Locks of storages: bytes that a step on another thread uses, and bytes of a finished recording.
// A step that updates bytes writes to a second memory, which takes the place of the first when the step has ended; one
// that reads bytes keeps the memory that it started with. So whoever reads never waits, and finds what the step that
// ended last has left.

import { type Lock, Storage } from './storage'

const refusing = (message: string): Lock => {
  const refuse = (): never => {
    throw new Error(message)
  }
  return { read: refuse, write: refuse }
}

/** Of bytes that were made while a step was captured, and belong to one run of it. */
export const STASHED: Lock = refusing(
  'compile: this tensor was made inside a compiled step, whose replays do not fill it; return it from the step to read it outside'
)

/** Of bytes that have gone to another thread. */
export const MOVED: Lock = refusing(
  'the bytes of this tensor were moved away by toTransferable(); send a clone(), or use toTransferable({ copy: true })'
)

/** What writes to bytes that a step is updating are told. */
const UPDATED =
  'this tensor is updated by a running step.async(): read it at any time, or await its promise before you write to it'

/** Somebody who uses bytes as they are now. */
export interface Reader {
  /** Others write to `storage` from now on; the bytes as they were are in `kept`. */
  left(storage: Storage, kept: Storage): void
}

/** The lock of a storage that steps on other threads use, or calls of them that wait. */
class InUse implements Lock {
  /** Steps that run. */
  readonly readers = new Set<Reader>()
  /** Calls that have not started. */
  readonly waiting = new Set<Reader>()
  isUpdated = false

  constructor(readonly storage: Storage) {}

  read(): void {
    // The bytes stay as they are until the step ends, between two turns of the event loop.
  }

  write(): void {
    if (this.isUpdated) throw new Error(UPDATED)
    const { storage, readers, waiting } = this
    const kept = copyOf(storage)
    Storage.exchange(storage, kept)
    storage.lock = null
    for (const reader of [...readers, ...waiting]) reader.left(storage, kept)
  }
}

function copyOf(storage: Storage): Storage {
  const copy = Storage.like(storage)
  Storage.copy(copy, storage)
  return copy
}

function useOf(storage: Storage): InUse {
  const { lock } = storage
  if (lock instanceof InUse) return lock
  lock?.read()
  const use = new InUse(storage)
  storage.lock = use
  return use
}

/** Where nobody uses a storage any more, it is free. */
function end(use: InUse): void {
  const { storage, readers, waiting, isUpdated } = use
  if (readers.size === 0 && waiting.size === 0 && !isUpdated && storage.lock === use) storage.lock = null
}

/** Keeps the bytes of `storage` for a running step. */
export function keepFor(reader: Reader, storage: Storage): void {
  useOf(storage).readers.add(reader)
}

/** Keeps the bytes of `storage` for a call that has not started. */
export function keepForWaiting(reader: Reader, storage: Storage): void {
  useOf(storage).waiting.add(reader)
}

/** The end of both. */
export function letGo(reader: Reader, storage: Storage): void {
  const { lock } = storage
  if (!(lock instanceof InUse)) return
  lock.readers.delete(reader)
  lock.waiting.delete(reader)
  end(lock)
}

/** True while a step updates `storage`. */
export const isUpdated = ({ lock }: Storage): boolean => lock instanceof InUse && lock.isUpdated

/** Lets `storage` have bytes of its own, where running steps read them and none updates them. */
export function ownBytes(storage: Storage): void {
  const { lock } = storage
  if (lock instanceof InUse && !lock.isUpdated) lock.write()
}

/** Second memories of storages, kept for the next step: the pages of a new one would be touched for the first time. */
const spares = new WeakMap<Storage, Storage>()

/** Starts an update of `storage`, which no other step may be updating; returns the memory to write to. */
export function startUpdate(storage: Storage): Storage {
  const use = useOf(storage)
  const spare = spares.get(storage) ?? Storage.like(storage)
  spares.delete(storage)
  use.isUpdated = true
  return spare
}

/** Ends an update, whose bytes everybody sees from now on, unless the step did not run. */
export function endUpdate(storage: Storage, spare: Storage, hasRun: boolean): void {
  const use = storage.lock as InUse
  use.isUpdated = false
  if (hasRun) {
    Storage.exchange(storage, spare)
    // What others still read is not written to; calls that wait see the update.
    if (use.readers.size === 0) spares.set(storage, spare)
    for (const reader of use.readers) reader.left(storage, spare)
    use.readers.clear()
  } else spares.set(storage, spare)
  end(use)
}
