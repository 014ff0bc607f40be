// Replays on other threads: which memory they use, and who waits for whom.

import { type Reader, endUpdate, keepFor, letGo, startUpdate } from '../../lock'
import { type Storage, bufferOf } from '../../storage'
import type { Slots } from './slots'

/** Runs that have not ended. */
const runs = new Set<Promise<unknown>>()

/** Settles when no replay runs. */
export async function untilFree(): Promise<void> {
  await Promise.allSettled([...runs])
}

/** True while a replay runs on another thread. */
export const isRunning = (): boolean => runs.size > 0

/** The memory of one run: what it reads as it was at its start, and other memory for what it writes. */
export class Run implements Reader {
  /** What the slots hold for the run, and from its end on for all. */
  readonly storages: Storage[]
  readonly buffers: ArrayBuffer[]
  readonly offsets: Float64Array
  /** Slot, first byte and bytes of each copy that fills the memory to write to, and where they come from. */
  readonly copies: ArrayBuffer
  readonly sources: readonly ArrayBuffer[]
  /** Storages that the run updates, and the memory to write to. */
  readonly #updates = new Map<Storage, Storage>()
  readonly #reads: readonly Storage[]

  /** `shared` are the slots whose memory others have, too; `kept` the one whose memory the run fills anew. */
  constructor(slots: Slots, shared: readonly number[], kept: number) {
    this.storages = slots.storages.slice()
    this.buffers = slots.buffers.slice()
    this.offsets = slots.offsets.slice()
    const written = shared.filter((slot) => slots.isWritten[slot])
    const copies = written.flatMap((slot) => [slot, this.storages[slot].byteOffset, this.storages[slot].byteLength])
    this.sources = written.map((slot) => this.buffers[slot])
    this.copies = Float64Array.from(copies).buffer
    this.#reads = shared.filter((slot) => !slots.isWritten[slot]).map((slot) => this.storages[slot])
    for (const storage of this.#reads) keepFor(this, storage)
    for (const slot of [kept, ...written]) {
      const storage = this.storages[slot]
      const spare = startUpdate(storage)
      this.#updates.set(storage, spare)
      this.buffers[slot] = bufferOf(spare)
    }
  }

  left(storage: Storage, kept: Storage): void {
    this.storages.forEach((each, slot) => {
      if (each === storage) this.storages[slot] = kept
    })
  }

  /** Runs `start` from now on; others wait for it. */
  async during(start: () => Promise<number>): Promise<number> {
    let hasRun = false
    try {
      const started = start()
      runs.add(started)
      try {
        const status = await started
        hasRun = true
        return status
      } finally {
        runs.delete(started)
      }
    } finally {
      for (const [storage, spare] of this.#updates) endUpdate(storage, spare, hasRun)
      for (const storage of this.#reads) letGo(this, storage)
    }
  }
}
