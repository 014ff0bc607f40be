// A recorded step as a program: guards that say whether it fits the present state, one native call, and the state it leaves.

import { INT64, type TypedArray, itemSizes, typedArray } from '../dtype'
import { type NativeProgram, makeProgram } from '../launch'
import { moduleHooks } from '../recording'
import { Storage, type VersionCell, allocate, allocateOwn } from '../storage'
import { type PendingGradient, Tensor } from '../tensor'
import {
  ArgumentGuard,
  FixedGuard,
  GradModeGuard,
  type Guard,
  MemoryGuard,
  type OwnerPlace,
  SeparateGuard,
  TensorGuard,
  ValueGuard,
  conjunctionOf,
  ownerAt
} from './guards'
import { type Buffer, type Check, type Graph, checksOf, writesOf } from './ir'
import { holding } from './async'
import {
  ARENA,
  Buffers,
  FIRST_OWN,
  KEPT,
  type Layout,
  type LiveCell,
  graphOf,
  layoutOf,
  optimise,
  placeOf,
  programWords
} from './lower'
import { type Owner, type Recording, type VersionRecord, bytesOf } from './recorder'
import { Slots, giveArena, takeArena } from './slots'
import { type KeptWrite, keptWrites, markKept } from './state'

/** A tensor that each replay makes anew. */
interface Made {
  readonly of: Tensor
  readonly slot: number
  /** Bytes from the slot's start to its storage, and to its first element. */
  readonly storageOffset: number
  readonly offset: number
}

/** A version counter that rises by `count`: an argument's, that of the tensor behind a guard, or one that stays. */
interface Version {
  readonly cell: VersionCell
  readonly argument: number
  readonly guard: TensorGuard | null
  /** Number of the recorded launch that wrote. */
  readonly position: number
  readonly count: number
}

/** What a tensor of the recorded run is in a replay. */
type Place = { readonly kind: 'argument'; readonly number: number } | { readonly kind: 'made'; readonly number: number } | Same
interface Same {
  readonly kind: 'same'
  readonly tensor: Tensor
}

/** A property that the step set. */
interface Effect {
  readonly owner: OwnerPlace
  readonly key: string
  readonly position: number
  readonly isFinal: boolean
  readonly value: unknown
  /** Where the tensor is that the property gets, null for any other value. */
  readonly place: Place | null
  readonly pending: PendingGradient | null
}

/** A tensor that a replay makes: result `number`, or, where that is -1, the property `key` of `owner`. */
export interface HandedOut {
  readonly tensor: Tensor
  readonly at: { readonly slot: number; readonly offset: number }
  readonly number: number
  readonly owner: OwnerPlace | null
  readonly key: string
}

const STATUS = 4096

/** What a capture gives. */
export interface Captured {
  readonly recording: Recording
  readonly args: readonly Tensor[]
  readonly outputs: readonly Tensor[]
}

/** A step that runs without its JavaScript. */
export class Program {
  readonly graph: Graph
  readonly layout: Layout
  readonly slots: Slots
  readonly guards: readonly Guard[]
  /** True when all guards hold; then the slots are bound for a replay on these arguments. */
  readonly fits: (args: readonly Tensor[]) => boolean
  /** True while it runs on another thread. */
  isRunning = false
  readonly #native: NativeProgram
  readonly #kept: Storage
  readonly #results: readonly number[] = []
  readonly #made: Made[] = []
  readonly #outputs: readonly Place[]
  readonly #effects: readonly Effect[]
  readonly #finalEffects: readonly Effect[]
  readonly #cells: readonly { readonly cell: LiveCell; readonly array: TypedArray }[]
  readonly #versions: readonly Version[]
  readonly #buffers: Buffers
  readonly #recording: Recording

  constructor({ recording, args, outputs }: Captured) {
    const lives = new Set(recording.launches.flatMap(({ live }) => live.map(([, value]) => value)))
    // A scalar may be read in two floating dtypes.
    const buffers = new Buffers(recording, 2 * lives.size)
    this.#buffers = buffers
    this.#recording = recording
    const anchors = anchorArguments(recording, args, buffers)
    this.graph = graphOf(recording, buffers)
    const writes = keptWrites(recording, this.graph)
    const lazy = markKept(recording, writes, args, outputs, buffers)
    optimise(this.graph)
    const handedOut = [...outputs, ...writes.flatMap(({ value }) => (value instanceof Tensor ? [value] : []))].map(({ storage }) => buffers.of(storage))
    this.layout = layoutOf(
      this.graph,
      (buffer) => lazy.has(buffer),
      handedOut.filter((buffer) => !lazy.has(buffer))
    )
    const { arena, kept, own } = this.layout
    this.#native = makeProgram(programWords(this.graph, this.layout))
    const written = new Set(this.graph.launches.flatMap((launch) => writesOf(launch).map(({ buffer }) => buffer)))
    this.slots = new Slots(
      [arena.bytes, kept.bytes, ...own.map(({ bytes }) => bytes)],
      [true, true, ...own.map((buffer) => written.has(buffer))]
    )
    this.#kept = allocateOwn(kept.bytes)
    this.slots.bind(KEPT, this.#kept)
    this.#cells = this.#makeCells()
    this.guards = this.#makeGuards(recording, args, anchors)
    this.fits = conjunctionOf(this.guards)
    this.#results = own.flatMap((buffer, i) => (buffer.isFresh ? [FIRST_OWN + i] : []))
    this.#outputs = outputs.map((output) => this.#placeOf(output, args))
    this.#effects = writes.map((write) => this.#makeEffect(write, args, lazy))
    this.#finalEffects = this.#effects.filter(({ isFinal }) => isFinal)
    this.#versions = recording.versions.map((write) => versionOf(write, args, this.guards))
  }

  #makeCells(): { cell: LiveCell; array: TypedArray }[] {
    const { scalars, storageOf, live } = this.#buffers
    const storage = allocateOwn(scalars.bytes)
    storageOf.set(scalars, storage)
    const read = new Set(this.graph.launches.flatMap(({ reads }) => reads.flatMap(({ buffer, offset }) => (buffer === scalars ? [offset] : []))))
    const used = live.filter(({ offset }) => read.has(offset))
    return used.map((cell) => ({ cell, array: typedArray(cell.code, storage.buffer, cell.offset, 1) }))
  }

  #makeEffect(
    { owner, key, position, value, isFinal }: KeptWrite,
    args: readonly Tensor[],
    lazy: ReadonlySet<Buffer>
  ): Effect {
    const isPending = value instanceof Tensor && lazy.has(this.#buffers.of(value.storage))
    return {
      owner: placeOfOwner(owner, args),
      key,
      position,
      isFinal,
      value,
      place: value instanceof Tensor && !isPending ? this.#placeOf(value, args) : null,
      pending: isPending ? this.#pending(value) : null
    }
  }

  #makeGuards(recording: Recording, args: readonly Tensor[], anchors: ReadonlyMap<Storage, Tensor>): Guard[] {
    const { own } = this.layout
    const slotOf = (storage: Storage): number => {
      const at = own.indexOf(this.#buffers.of(storage))
      return at < 0 ? -1 : FIRST_OWN + at
    }
    const guards: Guard[] = [
      new GradModeGuard(recording.gradEnabled),
      new ValueGuard(moduleHooks as unknown as Owner, 'changes', moduleHooks.changes)
    ]
    const bound = new Set<number>()
    args.forEach((arg, number) => {
      const slot = slotOf(arg.storage)
      const anchor = anchors.get(arg.storage)
      const start = anchor === undefined ? arg.storage.byteOffset : startOf(args, arg.storage)
      guards.push(new ArgumentGuard(number, arg, this.slots, slot, arg.byteOffset - start, anchor === arg))
      if (anchor !== undefined && slot >= 0) bound.add(slot)
      if (slot >= 0) this.slots.bind(slot, arg.storage, start)
    })
    guards.push(new SeparateGuard(this.slots, [...bound]))
    const fixed = new Set<Tensor>()
    const follows = new Set<Tensor>()
    const made = new Set<unknown>(recording.writes.map(({ value }) => value))
    for (const { owner, key, before } of recording.guards) {
      // What the step made itself cannot have been otherwise.
      if (made.has(owner) || (owner instanceof Tensor && recording.isFresh(owner.storage))) continue
      const place = placeOfOwner(owner, args)
      if (owner instanceof Tensor && typeof place !== 'number') fixed.add(owner)
      const isState =
        before instanceof Tensor &&
        !before.requiresGrad &&
        before.meta?.isParameter !== true &&
        !args.includes(before) &&
        !anchors.has(before.storage)
      if (!isState || follows.has(before)) {
        guards.push(new ValueGuard(place, key, before))
        if (before instanceof Tensor && !isState && !args.includes(before)) fixed.add(before)
        continue
      }
      follows.add(before)
      const slot = slotOf(before.storage)
      if (slot >= 0) {
        this.slots.bind(slot, before.storage)
        bound.add(slot)
      }
      guards.push(new TensorGuard(place, key, before, this.slots, slot))
    }
    for (const tensor of fixed) guards.push(new FixedGuard(tensor))
    const storages: Storage[] = []
    own.forEach((buffer, i) => {
      const slot = FIRST_OWN + i
      if (buffer.isFresh || bound.has(slot)) return
      const storage = this.#buffers.storageOf.get(buffer)!
      storages.push(storage)
      this.slots.bind(slot, storage)
    })
    guards.push(new MemoryGuard(storages))
    return guards
  }

  #placeOf(tensor: Tensor, args: readonly Tensor[]): Place {
    const number = args.indexOf(tensor)
    if (number >= 0) return { kind: 'argument', number }
    if (this.#isOutside(tensor)) return { kind: 'same', tensor }
    const known = this.#made.findIndex(({ of }) => of === tensor)
    if (known >= 0) return { kind: 'made', number: known }
    const { slot, offset } = placeOf(this.layout, this.#buffers.of(tensor.storage))
    const shift = this.#buffers.shiftOf(tensor.storage)
    this.#made.push({
      of: tensor,
      slot,
      storageOffset: offset,
      offset: offset + tensor.byteOffset - tensor.storage.byteOffset - shift
    })
    return { kind: 'made', number: this.#made.length - 1 }
  }

  /** True for a very object that was there before the step: a parameter, or state that a guard holds on to. */
  #isOutside(tensor: Tensor): boolean {
    if (this.#recording.isFresh(tensor.storage)) return false
    return (
      (tensor.leafRequiresGrad && tensor.base === null) ||
      this.#recording.guards.some(({ owner, before }) => (owner as unknown) === tensor || before === tensor)
    )
  }

  /** A gradient that stays in the program's memory until it is read or the next replay overwrites it. */
  #pending(gradient: Tensor): PendingGradient {
    const { offset } = placeOf(this.layout, this.#buffers.of(gradient.storage))
    const { byteLength, byteOffset } = gradient.storage
    return {
      materialise: () => {
        if (this.isRunning) throw new Error('this gradient is in use by a running step.async(); await its promise first')
        const copy = allocateOwn(byteLength)
        bytesOf(copy).set(new Uint8Array(this.#kept.buffer, this.#kept.byteOffset + offset, byteLength))
        return tensorAt(gradient, copy, copy.byteOffset + gradient.byteOffset - byteOffset)
      }
    }
  }

  /** The first condition that does not hold, null when the program may run on `args`. */
  mismatch(args: readonly Tensor[]): Guard | null {
    for (let i = 0; i < this.guards.length; i++) if (!this.guards[i].holds(args)) return this.guards[i]
    return null
  }

  /** Replays the step on `args`, which fit. */
  run(args: readonly Tensor[]): Tensor[] {
    const arena = this.#prepare()
    const { slots } = this
    const status = this.#native.replay(slots.words, ...slots.buffers)
    if (status !== 0) this.#fail(status, args)
    giveArena(arena)
    return this.#finish(args)
  }

  /** The same on another thread. Memory from outside is locked until then. */
  async start(args: readonly Tensor[]): Promise<Tensor[]> {
    const arena = this.#prepare()
    const { slots } = this
    this.isRunning = true
    try {
      const status = await holding(this.outside, () => this.#native.start(slots.words, ...slots.buffers))
      if (status !== 0) this.#fail(status, args)
      return this.#finish(args)
    } finally {
      this.isRunning = false
      giveArena(arena)
    }
  }

  /** The memory that a replay shares with others: all that is not made or kept by the program itself. */
  get outside(): Storage[] {
    const { own } = this.layout
    return this.slots.storages.slice(FIRST_OWN).filter((_, i) => !own[i].isFresh)
  }

  /** Binds what is new in each replay: the arena, memory for results, live scalars. */
  #prepare(): Storage {
    const { slots } = this
    if (this.isRunning) throw new Error('this program runs in a step.async(); await its promise first')
    slots.checkLocks()
    const arena = takeArena(slots.bytes[ARENA])
    slots.bind(ARENA, arena)
    for (let i = 0; i < this.#results.length; i++) {
      const slot = this.#results[i]
      slots.bind(slot, allocate(slots.bytes[slot]))
    }
    for (let i = 0; i < this.#cells.length; i++) {
      const { cell, array } = this.#cells[i]
      const number = cell.value.read()
      array[0] = cell.code === INT64 ? BigInt(number) : number
    }
    return arena
  }

  /** Leaves the state that the step leaves and makes its outputs. */
  #finish(args: readonly Tensor[]): Tensor[] {
    this.#countVersions(args)
    const made = this.#made.length === 0 ? none : this.#makeTensors()
    this.#apply(this.#finalEffects, args, made)
    return this.#outputs.map((place) => tensorOf(place, args, made))
  }

  /** Counts the writes of the launches before `end`. */
  #countVersions(args: readonly Tensor[], end = Infinity): void {
    for (let i = 0; i < this.#versions.length; i++) {
      const { cell, argument, guard, position, count } = this.#versions[i]
      if (position >= end) continue
      const present = argument >= 0 ? args[argument].cell : guard !== null ? guard.tensor.cell : cell
      present.version += count
    }
  }

  #makeTensors(): Tensor[] {
    const { storages, offsets } = this.slots
    return this.#made.map(({ of, slot, offset }) => tensorAt(of, storages[slot], offsets[slot] + offset))
  }

  #apply(effects: readonly Effect[], args: readonly Tensor[], made: readonly Tensor[]): void {
    for (let i = 0; i < effects.length; i++) {
      const { owner, key, value, place, pending } = effects[i]
      const object = ownerAt(owner, args)
      if (pending !== null) {
        const meta = (object as unknown as Tensor).ensureMeta()
        meta.grad = null
        meta.pending = pending
      } else object[key] = place === null ? value : tensorOf(place, args, made)
    }
  }

  /** Leaves the state that the eager step leaves when it fails there, and throws its error. */
  #fail(status: number, args: readonly Tensor[]): never {
    const check = checksOf(this.graph.launches[Math.floor(status / STATUS) - 1])[(status % STATUS) - 1] as Check
    this.#countVersions(args, check.position)
    const before = this.#effects.filter(({ position }) => position <= check.position)
    this.#apply(before, args, this.#makeTensors())
    return check.failure.fail(check.status, (tensor) => this.#twin(tensor))
  }

  /** A tensor of the recorded run as this replay has it. */
  #twin(tensor: Tensor): Tensor {
    const { storage } = tensor
    const { slot, offset } = placeOf(this.layout, this.#buffers.of(storage))
    const base = this.slots.offsets[slot] + offset - this.#buffers.shiftOf(storage)
    const twin = new Storage(this.slots.buffers[slot], base, storage.byteLength)
    return tensorAt(tensor, twin, base + tensor.byteOffset - storage.byteOffset)
  }

  /** True when one memory came in two ways, as `storage` and by an argument as `standIn`, and was written. */
  wasShared(storage: Storage, standIn: Storage): boolean {
    const { storages, isWritten } = this.slots
    const [a, b] = [storages.indexOf(storage, FIRST_OWN), storages.indexOf(standIn, FIRST_OWN)]
    return a >= 0 && b >= 0 && a !== b && (isWritten[a] || isWritten[b])
  }

  /** True for memory of the recorded run that somebody outside still has: results, and state that the step left. */
  readonly handsOut = (storage: Storage): boolean => this.#buffers.of(storage).kept !== null

  /** For explanations: the tensors that a replay makes, and where their bytes are. */
  get handedOut(): HandedOut[] {
    const at = ({ storage }: Tensor): HandedOut['at'] => placeOf(this.layout, this.#buffers.of(storage))
    const results = this.#outputs.flatMap((place, number): HandedOut[] => {
      if (place.kind !== 'made') return []
      const { of } = this.#made[place.number]
      return [{ tensor: of, at: at(of), number, owner: null, key: '' }]
    })
    const state = this.#finalEffects.flatMap(({ owner, key, value, place, pending }): HandedOut[] =>
      value instanceof Tensor && (pending !== null || place?.kind === 'made')
        ? [{ tensor: value, at: at(value), number: -1, owner, key }]
        : []
    )
    return [...results, ...state]
  }

  /** For explanations: the buffer of the live scalars, and what each is. */
  get scalars(): { readonly buffer: Buffer; readonly cells: readonly LiveCell[] } {
    return { buffer: this.#buffers.scalars, cells: this.#buffers.live }
  }

  /** Number of the launches that were recorded. */
  get recorded(): number {
    return this.#recording.launches.length
  }

  /** Nanoseconds of each launch, the median of `repeats`. In-place updates are repeated, too. */
  kernelTimes(repeats = 100): Float64Array {
    const arena = this.#prepare()
    const times = this.#native.time(repeats, this.slots.words, ...this.slots.buffers)
    giveArena(arena)
    return times
  }
}

const none: readonly Tensor[] = []

function versionOf(write: VersionRecord, args: readonly Tensor[], guards: readonly Guard[]): Version {
  const argument = args.findIndex(({ cell }) => cell === write.cell)
  const guard = guards.find((each) => each instanceof TensorGuard && each.tensor.cell === write.cell)
  return { ...write, argument, guard: guard instanceof TensorGuard ? guard : null }
}

const placeOfOwner = (owner: Owner, args: readonly Tensor[]): OwnerPlace => {
  const number = args.indexOf(owner as unknown as Tensor)
  return number >= 0 ? number : owner
}

function tensorOf(place: Place, args: readonly Tensor[], made: readonly Tensor[]): Tensor {
  if (place.kind === 'made') return made[place.number]
  return place.kind === 'argument' ? args[place.number] : place.tensor
}

/** A tensor like `of` over another storage. */
function tensorAt(of: Tensor, storage: Storage, byteOffset: number): Tensor {
  const tensor = new Tensor(storage, byteOffset, of.shape, of.strides, of.code, of.numelCached, of.dense, storage)
  tensor.leafRequiresGrad = of.leafRequiresGrad
  // A graph that was used up inside the step; a live one is replaced by the caller.
  tensor.node = of.node
  tensor.outputIndex = of.outputIndex
  return tensor
}

/** Where the first argument over a storage starts. */
const startOf = (args: readonly Tensor[], storage: Storage): number =>
  Math.min(...args.filter((arg) => arg.storage === storage).map(({ byteOffset }) => byteOffset))

/**
 * Arguments may lie elsewhere in each replay, so the buffer of an argument's storage covers the arguments alone. Not where the
 * step knows the storage by another way, too: then it stays where it is.
 */
function anchorArguments(recording: Recording, args: readonly Tensor[], buffers: Buffers): Map<Storage, Tensor> {
  const anchors = new Map<Storage, Tensor>()
  const fixed = new Set<Storage>()
  for (const { owner, before } of recording.guards) {
    for (const tensor of [owner, before])
      if (tensor instanceof Tensor && !args.includes(tensor)) fixed.add(tensor.storage)
  }
  for (const arg of args) {
    const { storage } = arg
    if (anchors.has(storage) || fixed.has(storage)) continue
    const start = startOf(args, storage)
    const ends = args.filter((other) => other.storage === storage).map((other) => other.byteOffset + extentOf(other))
    anchors.set(storage, args.find((other) => other.storage === storage && other.byteOffset === start)!)
    buffers.anchor(storage, start, Math.max(...ends) - start)
  }
  return anchors
}

/** Bytes from a tensor's first element to the end of its last. */
function extentOf({ shape, strides, code, numelCached }: Tensor): number {
  if (numelCached === 0) return 0
  return (shape.reduce((reach, size, d) => reach + (size - 1) * strides[d], 0) + 1) * itemSizes[code]
}
