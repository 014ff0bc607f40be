// Storage: the bytes behind tensors. Small ones are carved from arena chunks, large ones own their buffer.
// Buffers are V8's own, so a synchronous loop frees them without help; no finalizers, no handles.

import { constants } from 'node:buffer'
import { countMemory } from './memory'
import { native } from './native'
import { STORAGE_OVERFLOW } from './shape'

const CHUNK_BYTES = 64 * 1024
/** Above this a buffer of its own (1.7 us on Cascade Lake) costs less than the share of a chunk that it would pin. */
const CARVE_BYTES = 16 * 1024
/** Above this bytes are worth keeping for the next result of their size, and not worth a view in JavaScript. */
const SMALL_BYTES = 4096
const ALIGNMENT = 64

/** What stands between bytes and whoever touches them. */
export interface Lock {
  /** Throws where the bytes must not be read. */
  read(): void
  /** Throws where the bytes must not be written; else they may be from now on. */
  write(): void
}

/** How often storages were given other memory; see `Storage.exchange`. */
export const exchanges = { count: 0 }

/**
 * How often something changed in what tensors are to a program, so that it looks at its storages only when there is a
 * reason.
 */
export const storageChanges = { count: 0 }

/** Counts that a tensor over `storage` was given other bytes, or requires gradients from now on, or no longer. */
export function countChange(storage: Storage): void {
  storage.changes++
  storageChanges.count++
}

let serials = 0

/** What storages are ranges of. */
interface Memory {
  readonly buffer: ArrayBuffer
  /** The buffer as float32 elements, where it is a chunk or small. */
  readonly floats: Float32Array | null
}

// A function and a private field: whoever holds the buffer of a tensor could detach it under a kernel.
let memoryOf: (storage: Storage) => Memory

export const bufferOf = (storage: Storage): ArrayBuffer => memoryOf(storage).buffer
export const floatsOf = (storage: Storage): Float32Array | null => memoryOf(storage).floats

/** A range of bytes in an ArrayBuffer that never leaves the library, unless `take` ends the storage. */
export class Storage {
  /**
   * Rises with each in-place write; a base, its views and its detached aliases share it (the storage is the version
   * cell).
   */
  version = 0
  /** Asked by whoever touches these bytes, null when they are free. */
  lock: Lock | null = null
  /** How often a tensor over these bytes became another thing to a program; see `countChange`. */
  changes = 0
  /** Rises with each allocation, so that a capture can tell what is older than itself. */
  readonly serial = ++serials
  #memory: Memory

  constructor(
    memory: Memory,
    readonly byteOffset: number,
    readonly byteLength: number
  ) {
    this.#memory = memory
  }

  static {
    memoryOf = (storage) => storage.#memory
  }

  /** Bytes of `other` under a name of their own. */
  static over(other: Storage, byteOffset = other.byteOffset, byteLength = other.byteLength): Storage {
    return new Storage(other.#memory, byteOffset, byteLength)
  }

  /** Memory of its own with room for the bytes of `other` at the same place: what `exchange` asks for. */
  static like(other: Storage): Storage {
    const { byteOffset, byteLength } = other
    const buffer = newBuffer(Math.max(byteOffset + byteLength, 1))
    const memory = other.#memory.floats === null ? { buffer, floats: null } : withFloats(buffer)
    return new Storage(memory, byteOffset, byteLength)
  }

  /** Puts the bytes of `from`, which is as long, into `to`. */
  static copy(to: Storage, from: Storage): void {
    bytesOf(to).set(bytesOf(from))
  }

  /** Takes the memory of `storage`, which is to be locked for ever; null where it is a part of one. */
  static take(storage: Storage): ArrayBuffer | null {
    const { buffer } = storage.#memory
    if (buffer.byteLength !== storage.byteLength) return null
    storage.#memory = nothing
    exchanges.count++
    return buffer
  }

  /** A storage over all of a buffer that nobody else has. */
  static adopt(buffer: ArrayBuffer): Storage {
    const { byteLength } = buffer
    countMemory(byteLength)
    return new Storage(byteLength <= SMALL_BYTES ? withFloats(buffer) : { buffer, floats: null }, 0, byteLength)
  }

  /** Gives two storages, which are alike, each other's memory. Whoever keeps buffers looks at `exchanges`. */
  static exchange(a: Storage, b: Storage): void {
    const memory = a.#memory
    a.#memory = b.#memory
    b.#memory = memory
    exchanges.count++
  }
}

/** What storages have whose memory was taken: native code refuses operands there. */
const nothing: Memory = { buffer: new ArrayBuffer(0), floats: null }

/** The bytes of a storage. */
export const bytesOf = (storage: Storage): Uint8Array =>
  new Uint8Array(bufferOf(storage), storage.byteOffset, storage.byteLength)

const withFloats = (buffer: ArrayBuffer): Memory => ({
  buffer,
  floats: new Float32Array(buffer, 0, buffer.byteLength >> 2)
})

/** A version counter apart from the storage's own, for `.data`. */
export interface VersionCell {
  version: number
}

export const lastSerial = (): number => serials

// The least size for which the pages' first writes cost more than asking for huge ones (NumPy asks from 4 MiB on, too).
const HUGE_BYTES = 4 * 1024 * 1024

function takeMemory(bytes: number): ArrayBuffer {
  try {
    return Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer
  } catch (cause) {
    const limit = constants.MAX_LENGTH
    const most = ` One tensor holds at most ${limit / 2 ** 30} GiB, since Node ${process.versions.node} has no larger buffers.`
    const reason = bytes > limit ? most : ''
    throw new RangeError(`DefaultCPUAllocator: can't allocate memory: you tried to allocate ${bytes} bytes.${reason}`, {
      cause
    })
  }
}

// An uninitialised ArrayBuffer that V8 frees inside synchronous loops; `new ArrayBuffer` would fill it with zeros
// first.
function newBuffer(bytes: number): ArrayBuffer {
  const buffer = takeMemory(bytes)
  countMemory(bytes)
  if (bytes >= HUGE_BYTES) native.preferHugePages(buffer)
  return buffer
}

let chunk = withFloats(newBuffer(CHUNK_BYTES))
let chunkUsed = 0

/** Uninitialised storage for a result. */
export function allocate(byteLength: number): Storage {
  const isSmall = byteLength <= SMALL_BYTES && byteLength >>> 0 === byteLength
  return isSmall && chunkUsed + byteLength <= CHUNK_BYTES ? carve(byteLength) : allocateAnew(byteLength)
}

/** The next bytes of the chunk, which has so many left. */
function carve(byteLength: number): Storage {
  const storage = new Storage(chunk, chunkUsed, byteLength)
  chunkUsed = (chunkUsed + byteLength + ALIGNMENT - 1) & -ALIGNMENT
  return storage
}

/** What is large, does not fit into the chunk or is no number of bytes. */
function allocateAnew(byteLength: number): Storage {
  if (byteLength >>> 0 !== byteLength) return allocateOwn(byteLength)
  if (byteLength > SMALL_BYTES) {
    const storage = takeRecycled(byteLength)
    if (storage !== null) return storage
    if (byteLength > CARVE_BYTES) return allocateOwn(byteLength)
  }
  if (chunkUsed + byteLength > CHUNK_BYTES) {
    chunk = withFloats(newBuffer(CHUNK_BYTES))
    chunkUsed = 0
  }
  return carve(byteLength)
}

/** Uninitialised storage with a buffer of its own, for what lives long (parameters, state) and would pin a chunk. */
export function allocateOwn(byteLength: number): Storage {
  if (!Number.isSafeInteger(byteLength) || byteLength < 0) {
    throw new RangeError(`${STORAGE_OVERFLOW}: a storage cannot have ${byteLength} bytes`)
  }
  // At least one byte: a detached buffer is told by its length 0.
  const buffer = newBuffer(Math.max(byteLength, 1))
  return new Storage(byteLength <= SMALL_BYTES ? withFloats(buffer) : { buffer, floats: null }, 0, byteLength)
}

// ---- recycling of what only the engine has seen ----

const POOL_LIMIT_BYTES = native.choosesMemory ? 256 * 1024 * 1024 : 0
const pool = new Map<number, Storage[]>()
let poolBytes = 0

/** The bytes of a recycled storage under a new name: what refers to the old one must not see them change. */
function takeRecycled(byteLength: number): Storage | null {
  const waiting = pool.get(byteLength)
  if (waiting === undefined || waiting.length === 0) return null
  poolBytes -= byteLength
  return Storage.over(waiting.pop()!)
}

/** True for storage that is worth recycling. */
export const isRecyclable = (storage: Storage): boolean => storage.byteLength > SMALL_BYTES

/** Hands bytes back for the next result of the same size. Only for storage that no caller can reach. */
export function recycle(storage: Storage): void {
  if (storage.byteLength > POOL_LIMIT_BYTES) return
  // Sizes that nobody asks for any more must not keep the pool full.
  if (poolBytes + storage.byteLength > POOL_LIMIT_BYTES) emptyPool()
  const waiting = pool.get(storage.byteLength)
  if (waiting === undefined) pool.set(storage.byteLength, [storage])
  else waiting.push(storage)
  poolBytes += storage.byteLength
}

/** Drops what waits for reuse. */
function emptyPool(): void {
  pool.clear()
  poolBytes = 0
}
