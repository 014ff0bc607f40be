// From a recording to native words: buffers for storages, the passes, a slot for each piece of memory that a replay
// brings.

import { offsetWord } from '../../launch'
import type { Live } from '../../recording'
import type { Storage } from '../../storage'
import {
  type Buffer,
  type Graph,
  type Launch,
  type BufferOperand,
  parseLaunch,
  failureReads,
  withOperands,
  wordsOf,
  writesOf
} from './ir'
import { attachEpilogues } from './epilogue'
import { removeCopies } from './copies'
import { removeDeadCode } from './dead-code'
import { fuse } from './fusion'
import { type MemoryPlan, planMemory } from './memory'
import { renameValues } from './rename'
import type { Recording } from '../record/recorder'

/** Bytes of a live scalar's place. */
const CELL = 8

/** A scalar that is read before each replay, and where it goes. */
export interface LiveCell {
  readonly value: Live
  readonly code: number
  readonly buffer: Buffer
  readonly offset: number
}

/** Buffers of a recording. */
export class Buffers {
  readonly #byStorage = new Map<Storage, Buffer>()
  readonly #shifts = new Map<Storage, number>()
  readonly storageOf = new Map<Buffer, Storage>()
  readonly live: LiveCell[] = []
  /** Holds the live scalars. */
  readonly scalars: Buffer

  constructor(
    readonly recording: Recording,
    lives: number
  ) {
    this.scalars = makeBuffer(lives * CELL, false)
  }

  of(storage: Storage): Buffer {
    let buffer = this.#byStorage.get(storage)
    if (buffer === undefined) {
      const constant = this.recording.constants.get(storage)
      buffer = makeBuffer(storage.byteLength, constant === undefined && this.recording.isFresh(storage))
      this.#byStorage.set(storage, buffer)
      this.storageOf.set(buffer, constant ?? storage)
    }
    return buffer
  }

  /**
   * Lets the buffer of a storage stand for the `bytes` from `byteOffset` on alone, so that replays may find them
   * elsewhere.
   */
  anchor(storage: Storage, byteOffset: number, bytes: number): void {
    const buffer = makeBuffer(bytes, false)
    this.#byStorage.set(storage, buffer)
    this.storageOf.set(buffer, storage)
    this.#shifts.set(storage, byteOffset - storage.byteOffset)
  }

  /** Where the buffer of a storage starts in it. */
  shiftOf(storage: Storage): number {
    return this.#shifts.get(storage) ?? 0
  }

  /** The place of a live scalar, the same for the same scalar in one dtype. */
  cellOf(value: Live, code: number): BufferOperand {
    let cell = this.live.find((known) => known.value === value && known.code === code)
    if (cell === undefined) {
      cell = { value, code, buffer: this.scalars, offset: this.live.length * CELL }
      this.live.push(cell)
    }
    return { buffer: this.scalars, offset: cell.offset, code }
  }
}

const makeBuffer = (bytes: number, isFresh: boolean): Buffer => ({
  bytes,
  isFresh,
  kept: null,
  replacedAt: Infinity,
  isReadByFailure: false
})

/** The recorded launches as a graph. */
export function graphOf(recording: Recording, buffers: Buffers): Graph {
  const launches = recording.launches.map(({ words, operands, live, failure }, position) => {
    // The dtype of a constant stands before its value.
    const cells = live.map(([at, value]) => [at, buffers.cellOf(value, words[at - 1])] as const)
    const shifted = words.slice()
    operands.forEach((operand, i) => (shifted[offsetWord(i)] -= buffers.shiftOf(operand)))
    const operandBuffers = operands.map((operand) => buffers.of(operand))
    return parseLaunch({ words: shifted, buffers: operandBuffers, position, failure, live: new Map(cells) })
  })
  for (const launch of launches) {
    for (const { storage } of failureReads(launch)) buffers.of(storage).isReadByFailure = true
  }
  return { launches }
}

/** All passes, in the order in which each helps the next. */
export function optimise(graph: Graph): void {
  renameValues(graph)
  removeDeadCode(graph)
  removeCopies(graph)
  fuse(graph)
  removeDeadCode(graph)
  attachEpilogues(graph)
}

/**
 * Memory of a program: planned buffers share the slots `arena` and `kept`, every other buffer has a slot of its own.
 */
export interface Layout {
  readonly arena: MemoryPlan
  readonly kept: MemoryPlan
  /** Buffers with a slot of their own, in order, after the two planned ones. */
  readonly own: readonly Buffer[]
}

export const ARENA = 0
export const KEPT = 1
export const FIRST_OWN = 2

/**
 * Decides where each buffer lives. `isLazy` tells the kept ones that wait in the program's memory until somebody reads
 * them.
 */
export function layoutOf(graph: Graph, isLazy: (buffer: Buffer) => boolean, outside: readonly Buffer[]): Layout {
  const arena = planMemory(graph, (buffer) => buffer.isFresh && buffer.kept === null)
  const kept = planSideBySide(buffersOf(graph).filter(isLazy))
  const own = buffersOf(graph, outside).filter((buffer) => !arena.offsets.has(buffer) && !isLazy(buffer))
  return { arena, kept, own }
}

const buffersOf = ({ launches }: Graph, first: readonly Buffer[] = []): Buffer[] => [
  ...new Set([
    ...first,
    ...launches.flatMap((launch) => [...launch.reads, ...writesOf(launch)].map(({ buffer }) => buffer))
  ])
]

/** Buffers that all live at once. */
function planSideBySide(buffers: readonly Buffer[]): MemoryPlan {
  let bytes = 0
  const offsets = new Map<Buffer, number>()
  for (const buffer of buffers) {
    offsets.set(buffer, bytes)
    bytes += Math.ceil(buffer.bytes / 64) * 64
  }
  return { offsets, bytes }
}

/** Slot and byte offset of a buffer. */
export function placeOf({ arena, kept, own }: Layout, buffer: Buffer): { slot: number; offset: number } {
  const inArena = arena.offsets.get(buffer)
  if (inArena !== undefined) return { slot: ARENA, offset: inArena }
  const inKept = kept.offsets.get(buffer)
  if (inKept !== undefined) return { slot: KEPT, offset: inKept }
  const number = own.indexOf(buffer)
  if (number < 0) throw new Error('internal: a buffer has no place')
  return { slot: FIRST_OWN + number, offset: 0 }
}

/** The words of the native program. */
export function programWords(graph: Graph, layout: Layout): Float64Array {
  const sizes = [layout.arena.bytes, layout.kept.bytes, ...layout.own.map(({ bytes }) => bytes)]
  const words: number[] = [sizes.length, ...sizes, graph.launches.length]
  for (const launch of graph.launches) {
    words.push(launch.kind === 'pointwise' && launch.isEpilogue === true ? 1 : 0)
    const places = [...launch.reads, ...writesOf(launch)].map(({ buffer }) => placeOf(layout, buffer))
    words.push(...wordsOf(placed(launch, layout)), ...places.map(({ slot }) => slot))
  }
  return Float64Array.from(words)
}

/** The launch with offsets from the start of the slots. */
function placed(launch: Launch, layout: Layout): Launch {
  return withOperands(launch, (operand) => ({
    ...operand,
    offset: operand.offset + placeOf(layout, operand.buffer).offset
  }))
}
