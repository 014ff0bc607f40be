// A recorded step as a program: guards that say whether it fits the present state, one native call, and the state it
// leaves.

import { INT64 } from '../../dtype'
import { type NativeProgram, makeProgram } from '../../launch'
import { isUpdated } from '../../lock'
import { Storage, allocate } from '../../storage'
import type { Tensor } from '../../tensor'
import { Run } from './async'
import { type Captured, Construction } from './construction'
import type { TensorSpec, GradientMemory, SlotTensor, Place } from './tensor-spec'
import { type Guard, type OwnerPlace, conjunctionOf, ownerAt } from '../guards'
import { type Check, type Graph, checksOf } from '../passes/ir'
import { ARENA, FIRST_OWN, KEPT, type Layout, programWords } from '../passes/lower'
import type { Cell, Effect, Version } from './parts'
import { type Slots, giveArena, takeArena } from './slots'

/** A tensor that a replay makes: result `number`, or, where that is -1, the property `key` of `owner`. */
export interface HandedOut {
  readonly spec: TensorSpec
  readonly slot: number
  /** Bytes from the slot's start to the first element. */
  readonly offset: number
  readonly number: number
  readonly owner: OwnerPlace | null
  readonly key: string
}

/** Where a replay has its slots. */
type Memory = Pick<Slots, 'storages' | 'offsets'>

const STATUS = 4096

/** A step that runs without its JavaScript. */
export class Program implements GradientMemory {
  readonly graph: Graph
  readonly layout: Layout
  readonly slots: Slots
  readonly guards: readonly Guard[]
  /** Number of the launches that were recorded. */
  readonly recorded: number
  /** True when all guards hold; then the slots are bound for a replay on these arguments. */
  readonly fits: (args: readonly Tensor[]) => boolean
  /** Live scalars. */
  readonly cells: readonly Cell[]
  /** Memory that lives as long as the program. */
  readonly kept: Storage
  /** True while it runs on another thread. */
  isRunning = false
  readonly #native: NativeProgram
  /** Slots whose memory is new in each replay. */
  readonly #fresh: readonly number[]
  /** Slots whose memory others have, too. */
  readonly #shared: readonly number[]
  /** Those of them that it writes. */
  readonly #written: readonly number[]
  readonly #made: readonly SlotTensor[]
  readonly #hasViews: boolean
  readonly #outputs: readonly Place[]
  readonly #effects: readonly Effect[]
  readonly #finalEffects: readonly Effect[]
  readonly #versions: readonly Version[]
  readonly #failureReads: ReadonlyMap<Tensor, SlotTensor>

  private constructor(captured: Captured, keep: (construction: Construction) => void) {
    const construction = new Construction(captured, this)
    const { graph, layout, slots, guards, effects } = construction
    this.graph = graph
    this.layout = layout
    this.slots = slots
    this.guards = guards
    this.fits = conjunctionOf(guards)
    this.recorded = captured.recording.launches.length
    this.cells = construction.cells
    this.kept = construction.kept
    this.#native = makeProgram(programWords(graph, layout))
    const slotsWhere = (isFresh: boolean): number[] =>
      layout.own.flatMap((buffer, i) => (buffer.isFresh === isFresh ? [FIRST_OWN + i] : []))
    this.#fresh = slotsWhere(true)
    this.#shared = slotsWhere(false)
    this.#written = this.#shared.filter((slot) => slots.isWritten[slot])
    this.#made = construction.made
    this.#hasViews = construction.made.some(({ base }) => base !== null)
    this.#outputs = construction.outputs
    this.#effects = effects
    this.#finalEffects = effects.filter(({ isFinal }) => isFinal)
    this.#versions = construction.versions
    this.#failureReads = construction.failureReads
    keep(construction)
    slots.release(construction.moving)
  }

  /** The program of a recorded run, and what is known of the run until it is forgotten. */
  static of(captured: Captured): { program: Program; construction: Construction } {
    let construction: Construction | null = null
    const program = new Program(captured, (made) => (construction = made))
    return { program, construction: construction! }
  }

  /** The first condition that does not hold, null when the program may run on `args`. */
  mismatch(args: readonly Tensor[]): Guard | null {
    for (let i = 0; i < this.guards.length; i++) if (!this.guards[i].holds(args)) return this.guards[i]
    return null
  }

  /** Replays the step on `args`, which fit. */
  run(args: readonly Tensor[]): Tensor[] {
    this.slots.unlock(this.#shared)
    const arena = this.#prepare()
    const { slots } = this
    const status = this.#native.replay(slots.words, ...slots.buffers)
    if (status !== 0) this.#fail(status, args, slots)
    giveArena(arena)
    return this.#finish(args, slots)
  }

  /**
   * The same on another thread, from now on. What it updates changes for others when it has ended; what it reads may be
   * written to meanwhile.
   */
  async start(args: readonly Tensor[]): Promise<Tensor[]> {
    const arena = this.#prepare()
    const run = new Run(this.slots, this.#shared, KEPT)
    this.isRunning = true
    try {
      const { copies, sources, buffers } = run
      const status = await run.during(() => this.#native.start(copies, this.slots.words, ...buffers, ...sources))
      if (status !== 0) this.#fail(status, args, run)
      return this.#finish(args, run)
    } finally {
      this.isRunning = false
      giveArena(arena)
    }
  }

  /** True while another replay updates what this program would. */
  get mustWait(): boolean {
    return this.isRunning || this.#written.some((slot) => isUpdated(this.slots.storages[slot]))
  }

  /** True when a replay as it is bound now writes to `storage`. */
  updates(storage: Storage): boolean {
    return this.#written.some((slot) => this.slots.storages[slot] === storage)
  }

  /** The memory that a replay shares with others: all that is not made or kept by the program itself. */
  get outside(): Storage[] {
    return this.#shared.map((slot) => this.slots.storages[slot])
  }

  /** Binds what is new in each replay: the arena, memory for results, live scalars. */
  #prepare(): Storage {
    const { slots } = this
    if (this.isRunning) throw new Error('this program runs in a step.async(); await its promise first')
    if (this.cells.length > 0) this.#readCells()
    slots.refresh()
    const arena = takeArena(slots.bytes[ARENA])
    slots.bind(ARENA, arena)
    for (let i = 0; i < this.#fresh.length; i++) {
      const slot = this.#fresh[i]
      slots.bind(slot, allocate(slots.bytes[slot]))
    }
    return arena
  }

  /** Reads live scalars; a learning rate with a getter may run code of users meanwhile. */
  #readCells(): void {
    const { bindings } = this.slots
    for (let i = 0; i < this.cells.length; i++) {
      const { live, array } = this.cells[i]
      const number = live.value.read()
      array[0] = live.code === INT64 ? BigInt(number) : number
    }
    // The slots would be bound to the memory of the other run.
    if (this.slots.bindings !== bindings) throw new Error('compile: a number that this step reads runs the step itself')
  }

  /** Leaves the state that the step leaves and makes its outputs. */
  #finish(args: readonly Tensor[], memory: Memory): Tensor[] {
    this.#countVersions(args)
    const made = this.#made.length === 0 ? none : this.#makeTensors(args, memory)
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

  #makeTensors(args: readonly Tensor[], { storages, offsets }: Memory): Tensor[] {
    const made = this.#made.map(({ spec, slot, offset }) => spec.at(storages[slot], offsets[slot] + offset))
    if (this.#hasViews) this.#linkViews(args, made)
    return made
  }

  /** A replayed view tells its base, but must not be written in place: the base would not get its gradient. */
  #linkViews(args: readonly Tensor[], made: readonly Tensor[]): void {
    this.#made.forEach(({ base }, i) => {
      if (base === null) return
      const { version } = made[i].cell
      const readonlyReason = base.isUntracked ? 'no-grad' : 'replayed'
      made[i].ensureMeta().view = { base: tensorOf(base.place, args, made), version, readonlyReason }
    })
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
  #fail(status: number, args: readonly Tensor[], memory: Memory): never {
    const check = checksOf(this.graph.launches[Math.floor(status / STATUS) - 1])[(status % STATUS) - 1] as Check
    this.#countVersions(args, check.position)
    const before = this.#effects.filter(({ position }) => position <= check.position)
    this.#apply(before, args, this.#makeTensors(args, memory))
    return check.failure.fail(check.status, (tensor) => this.#replayed(tensor, memory))
  }

  /** A tensor of the recorded run as this replay has it. */
  #replayed(tensor: Tensor, { storages, offsets }: Memory): Tensor {
    const { spec, slot, offset } = this.#failureReads.get(tensor)!
    return spec.at(Storage.over(storages[slot], offsets[slot], this.slots.bytes[slot]), offsets[slot] + offset)
  }

  /** For explanations: the tensors that a replay makes, and where their bytes are. */
  get handedOut(): HandedOut[] {
    const results = this.#outputs.flatMap((place, number): HandedOut[] =>
      place.kind === 'made' ? [{ ...this.#made[place.number], number, owner: null, key: '' }] : []
    )
    const state = this.#finalEffects.flatMap(({ owner, key, place, pending }): HandedOut[] => {
      const set = { number: -1, owner, key }
      if (place?.kind === 'made') return [{ ...this.#made[place.number], ...set }]
      return pending === null
        ? []
        : [{ spec: pending.spec, slot: KEPT, offset: pending.start + pending.offset, ...set }]
    })
    return [...results, ...state]
  }

  /** Nanoseconds of each launch, the median of `repeats`. In-place updates are repeated, too. */
  kernelTimes(repeats: number): Float64Array {
    if (repeats < 1 || repeats > MOST_REPEATS) {
      throw new RangeError(`kernelTimes: repeats must be from 1 to ${MOST_REPEATS}, got ${repeats}`)
    }
    const arena = this.#prepare()
    const { slots } = this
    // No replay has brought its arguments yet.
    const empty = slots.fillEmpty()
    const times = this.#native.time(repeats, slots.words, ...slots.buffers)
    slots.release(empty)
    giveArena(arena)
    return times
  }
}

/** The border's limit. */
const MOST_REPEATS = 1_000_000

const none: readonly Tensor[] = []

function tensorOf(place: Place, args: readonly Tensor[], made: readonly Tensor[]): Tensor {
  if (place.kind === 'made') return made[place.number]
  return place.kind === 'argument' ? args[place.number] : place.tensor
}
