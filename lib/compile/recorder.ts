// Writes down one run of a step: its launches and the places where it read or left state.
// Knows launches and storages; no op, no module, no optimizer.

import { type Live, type Recorder, recording } from '../recording'
import { type Storage, lastSerial } from '../storage'
import { Tensor } from '../tensor'

/** One kernel call. Offsets in `words` are relative to the operands' storages, so that replays may move them. */
export interface LaunchRecord {
  readonly words: Float64Array
  /** Numbers of the operands' storages in the recording. */
  readonly operands: readonly number[]
  readonly writes: number
  readonly live: readonly (readonly [position: number, value: Live])[]
}

/** A property that the step branched on: what it held before the step. */
export interface GuardRecord {
  readonly owner: Record<string, unknown>
  readonly key: string
  readonly before: unknown
}

const FIRST_OFFSET = 5

/** Listens at the door while a step runs for real. */
export class Recording implements Recorder<Storage> {
  readonly launches: LaunchRecord[] = []
  readonly guards: GuardRecord[] = []
  readonly storages: Storage[] = []
  readonly #numbers = new Map<Storage, number>()
  readonly #guarded = new Map<object, Set<string>>()
  readonly #start = lastSerial()

  launch(words: Float64Array, operands: readonly Storage[], live: readonly [number, Live][] | null): void {
    const copy = words.slice(0, words[1])
    operands.forEach((operand, i) => {
      copy[FIRST_OFFSET + 2 * i] -= operand.byteOffset
    })
    this.launches.push({
      words: copy,
      operands: operands.map((operand) => this.numberOf(operand)),
      writes: words[3],
      live: live ?? []
    })
  }

  guard(owner: object, key: string): void {
    let keys = this.#guarded.get(owner)
    if (keys === undefined) this.#guarded.set(owner, (keys = new Set()))
    if (keys.has(key)) return
    keys.add(key)
    this.guards.push({
      owner: owner as Record<string, unknown>,
      key,
      before: unheard(() => (owner as Record<string, unknown>)[key])
    })
  }

  numberOf(storage: Storage): number {
    let number = this.#numbers.get(storage)
    if (number === undefined) {
      number = this.storages.push(storage) - 1
      this.#numbers.set(storage, number)
    }
    return number
  }

  /** True for storage that the step itself allocated. */
  isFresh(storage: Storage): boolean {
    return storage.serial > this.#start
  }
}

/** Runs `body` without announcing what it reads. */
export function unheard<Result>(body: () => Result): Result {
  const { recorder } = recording
  recording.recorder = null
  try {
    return body()
  } finally {
    recording.recorder = recorder
  }
}

/** Runs `step` for real and writes it down. A step that throws leaves the state that the eager run left. */
export function record<Result>(step: () => Result): { result: Result; recording: Recording } {
  if (recording.recorder !== null) throw new Error('compile: a step is being recorded already')
  const tape = new Recording()
  recording.recorder = tape as Recorder
  try {
    return { result: step(), recording: tape }
  } finally {
    recording.recorder = null
  }
}

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor
