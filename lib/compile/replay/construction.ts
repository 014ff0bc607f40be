// Makes the parts of a program from a recorded run. What is made here holds none of the run's own memory.

import { itemSizes, typedArray } from '../../dtype'
import { moduleHooks } from '../../recording'
import { type Storage, allocateOwn, bufferOf } from '../../storage'
import { Tensor } from '../../tensor'
import { type Base, TensorSpec, type GradientMemory, KeptGradient, type SlotTensor, type Place } from './tensor-spec'
import {
  ArgumentGuard,
  EntriesGuard,
  FixedGuard,
  DefaultDtypeGuard,
  GradModeGuard,
  type Guard,
  HooksGuard,
  KeysGuard,
  MemoryGuard,
  type OwnerPlace,
  SeparateGuard,
  TensorGuard,
  ValueGuard
} from '../guards'
import { type Buffer, type Graph, failureReads, writesOf } from '../passes/ir'
import { Buffers, FIRST_OWN, KEPT, type Layout, graphOf, layoutOf, optimise, placeOf } from '../passes/lower'
import type { Owner, Recording, VersionRecord } from '../record/recorder'
import { Slots } from './slots'
import { type KeptWrite, keptWrites, markKept } from '../record/state'
import type { Cell, Effect, Version } from './parts'

/** What a capture gives. */
export interface Captured {
  readonly recording: Recording
  readonly args: readonly Tensor[]
  readonly outputs: readonly Tensor[]
}

/** A recorded run on its way to a program. */
export class Construction {
  readonly graph: Graph
  readonly layout: Layout
  readonly slots: Slots
  readonly kept: Storage
  readonly guards: readonly Guard[]
  readonly cells: readonly Cell[]
  /** Slots of arguments, which lie elsewhere in each replay. */
  readonly moving: number[] = []
  readonly made: SlotTensor[] = []
  readonly outputs: readonly Place[]
  readonly effects: readonly Effect[]
  readonly versions: readonly Version[]
  /** Where the tensors are that errors are told from. */
  readonly failureReads = new Map<Tensor, SlotTensor>()
  readonly #captured: Captured
  readonly #buffers: Buffers
  readonly #madeFrom: Tensor[] = []

  constructor(captured: Captured, memory: GradientMemory) {
    const { recording, args, outputs } = captured
    this.#captured = captured
    const lives = new Set(recording.launches.flatMap(({ live }) => live.map(([, value]) => value)))
    // A scalar may be read in two floating dtypes.
    const buffers = new Buffers(recording, 2 * lives.size)
    this.#buffers = buffers
    const anchors = anchorArguments(recording, args, buffers)
    this.graph = graphOf(recording, buffers)
    const writes = keptWrites(recording, this.graph)
    const lazy = markKept(recording, writes, args, outputs, buffers)
    optimise(this.graph)
    const handedOut = [...outputs, ...writes.flatMap(({ value }) => (value instanceof Tensor ? [value] : []))]
    this.layout = layoutOf(
      this.graph,
      (buffer) => lazy.has(buffer),
      handedOut.map(({ storage }) => buffers.of(storage)).filter((buffer) => !lazy.has(buffer))
    )
    const { arena, kept, own } = this.layout
    const written = new Set(this.graph.launches.flatMap((launch) => writesOf(launch).map(({ buffer }) => buffer)))
    this.slots = new Slots(
      [arena.bytes, kept.bytes, ...own.map(({ bytes }) => bytes)],
      [true, true, ...own.map((buffer) => written.has(buffer))],
      [false, false, ...own.map((buffer) => !buffer.isFresh)]
    )
    this.kept = allocateOwn(kept.bytes)
    this.slots.bind(KEPT, this.kept)
    this.cells = this.#makeCells()
    this.guards = this.#makeGuards(recording, args, anchors)
    this.outputs = outputs.map((output) => this.#placeOf(output))
    this.effects = writes.map((write) => this.#makeEffect(write, lazy, memory))
    this.versions = recording.versions.map((write) => versionOf(write, args, this.guards))
    for (const tensor of this.graph.launches.flatMap(failureReads)) this.failureReads.set(tensor, this.#whereIs(tensor))
  }

  #makeCells(): Cell[] {
    const { scalars, storageOf, live } = this.#buffers
    const storage = allocateOwn(scalars.bytes)
    storageOf.set(scalars, storage)
    const read = new Set(
      this.graph.launches.flatMap(({ reads }) =>
        reads.flatMap(({ buffer, offset }) => (buffer === scalars ? [offset] : []))
      )
    )
    const used = live.filter(({ offset }) => read.has(offset))
    return used.map((live) => ({ live, array: typedArray(live.code, bufferOf(storage), live.offset, 1) }))
  }

  #makeEffect(
    { owner, key, position, value, isFinal }: KeptWrite,
    lazy: ReadonlySet<Buffer>,
    memory: GradientMemory
  ): Effect {
    const effect = { owner: placeOfOwner(owner, this.#captured.args), key, position, isFinal }
    if (!(value instanceof Tensor)) return { ...effect, value, place: null, pending: null }
    const { storage, byteOffset } = value
    if (!lazy.has(this.#buffers.of(storage)))
      return { ...effect, value: null, place: this.#placeOf(value), pending: null }
    const { offset } = placeOf(this.layout, this.#buffers.of(storage))
    const shown = byteOffset - storage.byteOffset
    const pending = new KeptGradient(memory, new TensorSpec(value), offset, storage.byteLength, shown)
    return { ...effect, value: null, place: null, pending }
  }

  #makeGuards(recording: Recording, args: readonly Tensor[], anchors: ReadonlyMap<Storage, Tensor>): Guard[] {
    const { own } = this.layout
    const slotOf = (storage: Storage): number => {
      const at = own.indexOf(this.#buffers.of(storage))
      return at < 0 ? -1 : FIRST_OWN + at
    }
    const guards: Guard[] = [
      new GradModeGuard(recording.gradEnabled),
      new DefaultDtypeGuard(),
      new ValueGuard(moduleHooks as unknown as Owner, 'changes', moduleHooks.changes)
    ]
    const bound = new Set<number>()
    const isAnchor = (number: number): boolean => anchors.get(args[number].storage) === args[number]
    // What lies beside an anchor is judged when that is bound.
    const anchorsFirst = [...args.keys()].sort((a, b) => Number(isAnchor(b)) - Number(isAnchor(a)))
    for (const number of anchorsFirst) {
      const arg = args[number]
      const slot = slotOf(arg.storage)
      const anchor = anchors.get(arg.storage)
      const start = anchor === undefined ? arg.storage.byteOffset : startOf(args, arg.storage)
      guards.push(new ArgumentGuard(number, arg, this.slots, slot, arg.byteOffset - start, anchor === arg))
      if (anchor !== undefined && slot >= 0) bound.add(slot)
      if (slot < 0) continue
      this.slots.bind(slot, arg.storage, start)
      if (anchor !== undefined) this.moving.push(slot)
    }
    guards.push(new SeparateGuard(this.slots, [...bound]))
    const fixed = new Set<Tensor>()
    const follows = new Set<Tensor>()
    const made = new Set<unknown>(recording.writes.map(({ value }) => value))
    for (const { owner, key, before, field } of recording.guards) {
      // What the step made itself cannot have been otherwise.
      if (made.has(owner) || (owner instanceof Tensor && recording.isCreated(owner))) continue
      const sink = args.findIndex(({ meta }) => meta !== null && (meta.accumulator as unknown) === owner)
      if (sink >= 0) {
        guards.push(new HooksGuard(sink, args[sink]))
        continue
      }
      const place = placeOfOwner(owner, args)
      if (owner instanceof Tensor && typeof place !== 'number') fixed.add(owner)
      const isState =
        before instanceof Tensor &&
        !before.requiresGrad &&
        before.meta?.isParameter !== true &&
        !args.includes(before) &&
        !anchors.has(before.storage)
      if (!isState || follows.has(before)) {
        guards.push(new ValueGuard(place, key, before, field))
        if (before instanceof Tensor && !isState && !args.includes(before)) fixed.add(before)
        continue
      }
      follows.add(before)
      const slot = slotOf(before.storage)
      if (slot >= 0) {
        this.slots.bind(slot, before.storage)
        bound.add(slot)
      }
      guards.push(new TensorGuard(place, key, before, this.slots, slot, field))
    }
    for (const { owner, keys, name } of recording.keyLists) guards.push(new KeysGuard(owner, keys, name))
    for (const { collection, entries, name } of recording.collections) {
      guards.push(new EntriesGuard(collection, entries, name))
      for (const entry of entries) if (entry instanceof Tensor) fixed.add(entry)
    }
    for (const tensor of fixed) guards.push(new FixedGuard(tensor))
    const watched = new Set([...fixed].map(({ storage }) => storage))
    const storages: Storage[] = []
    own.forEach((buffer, i) => {
      const slot = FIRST_OWN + i
      if (buffer.isFresh || bound.has(slot)) return
      const storage = this.#buffers.storageOf.get(buffer)!
      if (!watched.has(storage)) storages.push(storage)
      this.slots.bind(slot, storage)
    })
    guards.push(new MemoryGuard(storages))
    return guards
  }

  #placeOf(tensor: Tensor): Place {
    const number = this.#captured.args.indexOf(tensor)
    if (number >= 0) return { kind: 'argument', number }
    // A very object that was there before the step.
    const { recording } = this.#captured
    if (!recording.isCreated(tensor) && !recording.isFresh(tensor.storage)) return { kind: 'same', tensor }
    const known = this.#madeFrom.indexOf(tensor)
    if (known >= 0) return { kind: 'made', number: known }
    // The base may be made, too, and then stands before its view.
    const base = this.#baseOf(tensor)
    this.#madeFrom.push(tensor)
    return { kind: 'made', number: this.made.push({ ...this.#whereIs(tensor), base }) - 1 }
  }

  /** The base of a view, if the caller has it, too, and a gradient is asked for. */
  #baseOf({ base, requiresGrad, meta }: Tensor): Base | null {
    const { recording, args, outputs } = this.#captured
    if (base === null || !(requiresGrad || base.requiresGrad)) return null
    const isKnown = !recording.isCreated(base) || args.includes(base) || outputs.includes(base)
    return isKnown ? { place: this.#placeOf(base), isUntracked: meta?.view?.readonlyReason === 'no-grad' } : null
  }

  #whereIs(tensor: Tensor): SlotTensor {
    const { storage, byteOffset } = tensor
    const { slot, offset } = placeOf(this.layout, this.#buffers.of(storage))
    const shown = byteOffset - storage.byteOffset - this.#buffers.shiftOf(storage)
    return { spec: new TensorSpec(tensor), slot, offset: offset + shown, base: null }
  }

  /** True when one memory came in two ways, as `storage` and by an argument as `placeholder`, and was written. */
  wasShared(storage: Storage, placeholder: Storage): boolean {
    const { storages, isWritten } = this.slots
    const [a, b] = [storages.indexOf(storage, FIRST_OWN), storages.indexOf(placeholder, FIRST_OWN)]
    return a >= 0 && b >= 0 && a !== b && (isWritten[a] || isWritten[b])
  }

  /** True for memory of the recorded run that somebody outside still has: results, and state that the step left. */
  handsOut(storage: Storage): boolean {
    return this.#buffers.of(storage).kept !== null
  }
}

function versionOf(write: VersionRecord, args: readonly Tensor[], guards: readonly Guard[]): Version {
  // A tensor from elsewhere over the bytes of an argument has the same counter.
  const argument = args.findIndex(({ cell, storage }) => cell === write.cell && write.written.includes(storage))
  const guard = guards.find((each) => each instanceof TensorGuard && each.tensor.cell === write.cell)
  return { ...write, argument, guard: guard instanceof TensorGuard ? guard : null }
}

const placeOfOwner = (owner: Owner, args: readonly Tensor[]): OwnerPlace => {
  const number = args.indexOf(owner as unknown as Tensor)
  return number >= 0 ? number : owner
}

/** Where the first argument over a storage starts. */
const startOf = (args: readonly Tensor[], storage: Storage): number =>
  Math.min(...args.filter((arg) => arg.storage === storage).map(({ byteOffset }) => byteOffset))

/**
 * Arguments may lie elsewhere in each replay, so the buffer of an argument's storage covers the arguments alone. Not
 * where the step knows the storage by another way, too: then it stays where it is.
 */
function anchorArguments(recording: Recording, args: readonly Tensor[], buffers: Buffers): Map<Storage, Tensor> {
  const anchors = new Map<Storage, Tensor>()
  const fixed = new Set<Storage>()
  for (const { owner, before } of recording.guards) {
    for (const tensor of [owner, before])
      if (tensor instanceof Tensor && !args.includes(tensor) && !recording.isCreated(tensor)) fixed.add(tensor.storage)
  }
  for (const arg of args) {
    const { storage } = arg
    if (anchors.has(storage) || fixed.has(storage)) continue
    const start = startOf(args, storage)
    const ends = args.filter((other) => other.storage === storage).map((other) => other.byteOffset + extentOf(other))
    anchors.set(
      storage,
      args.find((other) => other.storage === storage && other.byteOffset === start)!
    )
    buffers.anchor(storage, start, Math.max(...ends) - start)
  }
  return anchors
}

/** Bytes from a tensor's first element to the end of its last. */
function extentOf({ sizes: shape, steps: strides, code, numelCached }: Tensor): number {
  if (numelCached === 0) return 0
  return (shape.reduce((reach, size, d) => reach + (size - 1) * strides[d], 0) + 1) * itemSizes[code]
}
