// Writes down one run of a step: its launches, what it read and branched on, and what it set.
// Knows launches and storages; no op, no module, no optimizer.

import { gradMode } from '../../autograd/mode'
import { CompileError } from '../../errors'
import { isThenable } from '../../kinds'
import { offsetWord } from '../../launch'
import {
  type Collection,
  type Failure,
  type Live,
  type Recorder,
  beforeRecording,
  recording,
  withoutRecording
} from '../../recording'
import { STASHED } from '../../lock'
import { Storage, type VersionCell, allocateOwn, lastSerial } from '../../storage'
import { Tensor } from '../../tensor'
import type { Rollback } from './rollback'

/** One kernel call. Offsets in `words` are relative to the operands' storages, so that replays may move them. */
export interface LaunchRecord {
  readonly words: Float64Array
  readonly operands: readonly Storage[]
  readonly live: readonly (readonly [position: number, value: Live])[]
  readonly failure: Failure
}

/** An object whose properties the step read or set. */
export type Owner = Record<string, unknown>

/** A property that the step branched on, and what it held. */
export interface GuardRecord {
  readonly owner: Owner
  readonly key: string
  readonly before: unknown
  /** What messages call it where it is a field, which the step sets without a word; else null. */
  readonly field: string | null
}

/** The keys of an object that the step may have asked for. */
export interface KeysRecord {
  readonly owner: Owner
  readonly keys: readonly string[]
  readonly name: string
}

/** A collection that the step may have gone through, and what was in it. */
export interface EntriesRecord {
  readonly collection: Collection
  readonly entries: readonly unknown[]
  readonly name: string
}

/** A property that the step set, after so many launches. */
export interface WriteRecord {
  readonly owner: Owner
  readonly key: string
  readonly position: number
  readonly value: unknown
}

/** A version counter from before the step that rose by `count` after launch number `position`. */
export interface VersionRecord {
  readonly cell: VersionCell
  readonly position: number
  readonly count: number
  /** What that launch wrote. */
  readonly written: readonly Storage[]
}

/** Pairs of object and key, each once. */
class Properties {
  readonly #keys = new Map<object, Set<string>>()

  /** True when the pair was not there yet. */
  add(owner: object, key: string): boolean {
    let keys = this.#keys.get(owner)
    if (keys === undefined) this.#keys.set(owner, (keys = new Set()))
    if (keys.has(key)) return false
    keys.add(key)
    return true
  }

  has(owner: object, key: string): boolean {
    return this.#keys.get(owner)?.has(key) ?? false
  }
}

const ONLY_TENSORS =
  ', which a replay does not repeat: only a tensor is state of a compiled step; count in a tensor, or do it outside the step'

/** What is in a collection, one after the other; keys and values of a Map or a plain object. */
export function entriesOf(collection: Collection): unknown[] {
  if (Array.isArray(collection) || collection instanceof Set) return [...(collection as Iterable<unknown>)]
  return [...(collection instanceof Map ? collection : Object.entries(collection))].flat()
}

/** True when a collection is as it was. */
export function haveSameEntries(collection: Collection, entries: readonly unknown[]): boolean {
  let i = 0
  if (Array.isArray(collection) || collection instanceof Set) {
    for (const each of collection as Iterable<unknown>) if (!Object.is(each, entries[i++])) return false
  } else {
    for (const [key, value] of collection instanceof Map ? collection : Object.entries(collection)) {
      if (!Object.is(key, entries[i++]) || !Object.is(value, entries[i++])) return false
    }
  }
  return i === entries.length
}

/** Tensor's own accessor of `grad` warns of non-leaves. */
const valueOf = (owner: Owner, key: string): unknown =>
  withoutRecording(() => (owner instanceof Tensor && key === 'grad' ? (owner.meta?.grad ?? null) : owner[key]))

/** Position of the number of written operands in a descriptor. */
const WRITES = 3

/** Listens at the door while a step runs for real. */
export class Recording implements Recorder<Storage> {
  readonly launches: LaunchRecord[] = []
  readonly guards: GuardRecord[] = []
  readonly keyLists: KeysRecord[] = []
  readonly collections: EntriesRecord[] = []
  readonly writes: WriteRecord[] = []
  /** The copies that stand for what JavaScript wrote. */
  readonly constants = new Map<Storage, Storage>()
  /** Why no program can be made, null when one can. */
  broke: string | null = null
  readonly #seen = new Properties()
  readonly #met = new WeakSet<object>()
  readonly #sealed = new Map<Storage, string>()
  readonly #created = new WeakSet<Tensor>()
  readonly #lasting = new Set<{ readonly what: string }>()
  readonly #storages = new Set<Storage>()
  readonly #outside = new Set<Storage>()
  /** Counters as they stood last. */
  readonly #counters = new Map<VersionCell, number>()
  readonly versions: VersionRecord[] = []
  readonly #start = lastSerial()
  /** Grad mode in which the step began. */
  readonly gradEnabled = gradMode.enabled
  readonly #rollback: Rollback | null

  /** With a rollback, what the step changes is kept there first. */
  constructor(args: readonly Tensor[], rollback: Rollback | null) {
    this.#rollback = rollback
    for (const { cell } of args) this.#meet(cell)
  }

  launch(
    words: Float64Array,
    operands: readonly Storage[],
    live: readonly [number, Live][] | null,
    failure: Failure
  ): void {
    this.#countVersions()
    const copy = words.slice(0, words[1])
    operands.forEach((operand, i) => {
      copy[offsetWord(i)] -= operand.byteOffset
      this.#storages.add(operand)
      this.#meet(operand)
    })
    this.launches.push({ words: copy, operands: [...operands], live: live ?? [], failure })
  }

  /** Versions are counted after a launch, so the first sight of a counter shows how it stood before the step. */
  #meet(cell: VersionCell): void {
    if (!this.#counters.has(cell)) this.#counters.set(cell, cell.version)
  }

  /** Writes down what was counted since the last launch. */
  #countVersions(): void {
    for (const [cell, before] of this.#counters) {
      if (cell.version === before) continue
      this.#counters.set(cell, cell.version)
      if (cell instanceof Storage && this.isFresh(cell)) continue
      const position = this.launches.length - 1
      const launch = this.launches.at(-1)
      const written = launch === undefined ? [] : launch.operands.slice(launch.operands.length - launch.words[WRITES])
      this.versions.push({ cell, position, count: cell.version - before, written })
    }
  }

  guard(owner: object, key: string): void {
    this.#guard(owner, key, null)
  }

  field(owner: object, key: string, name: string): void {
    this.#guard(owner, key, name)
  }

  keys(owner: object, name: string): void {
    if (this.keyLists.some((each) => each.owner === owner)) return
    this.keyLists.push({ owner: owner as Owner, keys: Object.keys(owner), name })
  }

  entries(collection: Collection, name: string): void {
    this.collections.push({ collection, entries: entriesOf(collection), name })
  }

  meets(owner: object): boolean {
    if (this.#met.has(owner)) return false
    this.#met.add(owner)
    return true
  }

  #guard(owner: object, key: string, field: string | null): void {
    if (!this.#seen.add(owner, key)) return
    const before = valueOf(owner as Owner, key)
    for (const tensor of [owner, before]) if (tensor instanceof Tensor) this.#meet(tensor.cell)
    // A gradient that was waiting to be read is older than its storage.
    if (before instanceof Tensor) this.#outside.add(before.storage)
    this.guards.push({ owner: owner as Owner, key, before, field })
    this.#rollback?.keepProperty(owner as Owner, key)
  }

  entering(operands: readonly Storage[], firstWrite: number): void {
    if (this.#sealed.size > 0) this.#checkSealed(operands.slice(firstWrite))
    if (this.#rollback === null) return
    for (const operand of operands.slice(firstWrite)) if (!this.isFresh(operand)) this.#rollback.keepBytes(operand)
  }

  #checkSealed(written: readonly Storage[]): void {
    const message = written.map((each) => this.#sealed.get(each)).find((each) => each !== undefined)
    if (message === undefined) return
    this.broken(`${message} was refused inside the step and the error caught there`)
    throw new CompileError(`compile: ${message}`)
  }

  sealed(storage: Storage, message: string): void {
    this.#sealed.set(storage, message)
  }

  setting(owner: object, key: string): void {
    if (this.#rollback !== null && !this.#seen.has(owner, key)) this.#rollback.keepProperty(owner as Owner, key)
  }

  wrote(owner: object, key: string): void {
    this.#seen.add(owner, key)
    const value = valueOf(owner as Owner, key)
    this.writes.push({ owner: owner as Owner, key, position: this.launches.length, value })
  }

  created(tensor: Tensor): void {
    this.#created.add(tensor)
  }

  isCreated(tensor: Tensor): boolean {
    return this.#created.has(tensor)
  }

  constant(storage: Storage): void {
    const copy = allocateOwn(storage.byteLength)
    Storage.copy(copy, storage)
    this.constants.set(storage, copy)
  }

  lasting(what: string): () => void {
    const lasting = { what }
    this.#lasting.add(lasting)
    return () => this.#lasting.delete(lasting)
  }

  broken(reason: string): void {
    this.broke ??= reason
  }

  /** Storages of all launches. */
  get storages(): Iterable<Storage> {
    return this.#storages
  }

  /** True for storage that the step itself allocated. */
  isFresh(storage: Storage): boolean {
    return storage.serial > this.#start && !this.#outside.has(storage)
  }

  /** Properties that were set without a word count as set at the end. */
  finish(): void {
    this.#countVersions()
    for (const { words, live } of this.launches) {
      if (live.every(([at, value]) => Object.is(value.read(), words[at]))) continue
      this.broken('it changes a number that replays read anew, such as a learning rate; change that outside the step')
    }
    for (const { what } of this.#lasting) this.broken(what)
    const written = new Properties()
    for (const { owner, key } of this.writes) written.add(owner, key)
    for (const { owner, keys, name } of this.keyLists) {
      for (const key of keys) if (!Object.hasOwn(owner, key)) this.broken(`it deletes ${name}.${key}${ONLY_TENSORS}`)
    }
    for (const { owner, key, before, field } of this.guards) {
      if (!written.add(owner, key) || Object.is(valueOf(owner, key), before)) continue
      if (field === null) this.wrote(owner, key)
      else this.#leave(owner, key, field)
    }
    for (const { owner, keys, name } of this.keyLists) this.#leaveKeys(owner, keys, name, written)
    for (const { collection, entries, name } of this.collections) {
      if (!haveSameEntries(collection, entries)) this.broken(`it changes what is in ${name}${ONLY_TENSORS}`)
    }
  }

  /** A field that the step has set: a tensor is state that each replay leaves anew. */
  #leave(owner: Owner, key: string, name: string): void {
    const value = valueOf(owner, key)
    if (!(value instanceof Tensor)) this.broken(`it sets ${name}${ONLY_TENSORS}`)
    else if (value.requiresGrad && this.isCreated(value)) {
      this.broken(`it leaves a tensor with a graph in ${name}; detach() what is kept for the next step`)
    } else this.wrote(owner, key)
  }

  #leaveKeys(owner: Owner, before: readonly string[], name: string, written: Properties): void {
    const keys = Object.keys(owner)
    for (const key of keys) {
      if (before.includes(key) || !written.add(owner, key)) continue
      this.#rollback?.dropProperty(owner, key)
      this.#leave(owner, key, `${name}.${key}`)
    }
  }

  /** Locks what only the step has seen: a replay does not fill it. */
  lockFresh(isOutside: (storage: Storage) => boolean): void {
    for (const storage of this.storages) {
      if (this.isFresh(storage) && !this.constants.has(storage) && !isOutside(storage)) storage.lock ??= STASHED
    }
  }
}

/** Runs `step` for real and writes it down. A step that throws leaves the state that the eager run left. */
export function record<Result>(
  step: () => Result,
  args: readonly Tensor[],
  rollback: Rollback | null = null
): { result: Result; recording: Recording } {
  for (const prepare of beforeRecording) prepare()
  const tape = new Recording(args, rollback)
  recording.recorder = tape as Recorder
  let result: Result
  try {
    result = step()
  } finally {
    recording.recorder = null
    tape.finish()
    rollback?.keepVersions(tape)
  }
  if (tape.broke !== null) {
    // The error that broke it may be on its way in there.
    if (isThenable(result)) Promise.resolve(result).catch(() => undefined)
    throw new CompileError(`compile: the step cannot be captured: ${tape.broke}`)
  }
  return { result, recording: tape }
}
