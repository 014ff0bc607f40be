// The memory that a replay brings to its program: one buffer, storage and offset for each slot.

import { type Storage, allocateOwn, bufferOf, exchanges } from '../../storage'

/** Slots of one program, bound anew where something moved. */
export class Slots {
  readonly storages: Storage[]
  readonly buffers: ArrayBuffer[]
  readonly offsets: Float64Array
  /** How often a slot was bound. */
  bindings = 0
  /** `offsets.buffer`, whose getter costs more than a small launch. */
  readonly words: ArrayBuffer
  #exchanges = exchanges.count

  constructor(
    /** Bytes that the program uses of each. */
    readonly bytes: readonly number[],
    /** True for slots that the program writes. */
    readonly isWritten: readonly boolean[],
    /** True for slots whose memory others have, too. */
    readonly isShared: readonly boolean[]
  ) {
    this.storages = bytes.map(() => nowhere)
    this.buffers = bytes.map(() => bufferOf(nowhere))
    this.words = new ArrayBuffer(8 * bytes.length)
    this.offsets = new Float64Array(this.words)
  }

  /** Puts a storage into a slot, from `byteOffset` of its buffer on; false when it is too short. */
  bind(slot: number, storage: Storage, byteOffset = storage.byteOffset): boolean {
    if (byteOffset < storage.byteOffset) return false
    if (byteOffset + this.bytes[slot] > storage.byteOffset + storage.byteLength) return false
    this.bindings++
    this.storages[slot] = storage
    this.buffers[slot] = bufferOf(storage)
    this.offsets[slot] = byteOffset
    return true
  }

  /** True when a program that takes its slots for separate memory would go wrong with this storage in two of them. */
  isTaken(storage: Storage, slot: number): boolean {
    const { storages, isWritten, isShared } = this
    for (let i = 0; i < storages.length; i++) {
      if (storages[i] === storage && i !== slot && isShared[i] && (isWritten[i] || isWritten[slot])) return true
    }
    return false
  }

  /** Puts zeros where nothing is bound; returns these slots. */
  fillEmpty(): number[] {
    const empty = [...this.storages.keys()].filter((slot) => this.storages[slot] === nowhere)
    for (const slot of empty) {
      this.bind(slot, allocateOwn(this.bytes[slot]))
      new Uint8Array(this.buffers[slot]).fill(0)
    }
    return empty
  }

  /** Lets go of what is in slots that the next replay binds anew. */
  release(slots: readonly number[]): void {
    for (const slot of slots) {
      this.storages[slot] = nowhere
      this.buffers[slot] = bufferOf(nowhere)
    }
  }

  /** Asks the locks of `slots` for a replay on this thread; throws where one refuses. */
  unlock(slots: readonly number[]): void {
    for (let i = 0; i < slots.length; i++) {
      const { lock } = this.storages[slots[i]]
      if (lock === null) continue
      if (this.isWritten[slots[i]]) lock.write()
      else lock.read()
    }
  }

  /** Looks at storages again where some were given other memory. */
  refresh(): void {
    if (exchanges.count === this.#exchanges) return
    this.#exchanges = exchanges.count
    for (let i = 0; i < this.storages.length; i++) this.buffers[i] = bufferOf(this.storages[i])
  }
}

const nowhere = allocateOwn(0)

const arenas: Storage[] = []

/** Memory for intermediates, which no replay needs after it has ended. */
export function takeArena(bytes: number): Storage {
  const arena = arenas.pop()
  // One that is too small is not worth keeping beside a larger one.
  return arena !== undefined && arena.byteLength >= bytes ? arena : allocateOwn(bytes)
}

/** Gives an arena back for the next replay. */
export function giveArena(arena: Storage): void {
  if (arenas.length < MOST_ARENAS) arenas.push(arena)
}

const MOST_ARENAS = 4
