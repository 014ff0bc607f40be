// A listener at the door: writes down what a capture of a step would be told.

import { Descriptor, launchList } from '../../lib/launch'
import { type Failure, type Live, recording, withoutRecording } from '../../lib/recording'
import type { Storage } from '../../lib/storage'

interface Property {
  readonly owner: Record<string, unknown>
  readonly key: string
  /** What the property held when it was announced. */
  readonly value: unknown
}

interface Launch {
  readonly words: Float64Array
  readonly operands: readonly Storage[]
  readonly live: readonly (readonly [position: number, value: Live])[]
  readonly failure: Failure
}

/** All that was announced, in order. */
export interface Heard {
  readonly launches: Launch[]
  readonly guards: Property[]
  /** With the value that was set. */
  readonly writes: Property[]
  /** What was about to be set, with the value before. */
  readonly settings: Property[]
  readonly constants: unknown[]
  /** Objects whose keys count, with these. */
  readonly keys: [owner: object, keys: string[]][]
  readonly broken: string[]
}

/** Runs `step` and returns what it announced. Errors of the step are the caller's to catch inside it. */
export function listen(step: () => unknown): Heard {
  const heard: Heard = { launches: [], guards: [], writes: [], settings: [], constants: [], keys: [], broken: [] }
  const property = (owner: object, key: string): Property => ({
    owner: owner as Record<string, unknown>,
    key,
    value: withoutRecording(() => (owner as Record<string, unknown>)[key])
  })
  const created = new WeakSet<object>()
  const met = new WeakSet<object>()
  recording.recorder = {
    launch: (words, operands, live, failure) =>
      heard.launches.push({
        words: words.slice(0, words[1]),
        operands: [...(operands as readonly Storage[])],
        live: live ?? [],
        failure
      }),
    entering: () => undefined,
    sealed: () => undefined,
    setting: (owner, key) => heard.settings.push(property(owner, key)),
    guard: (owner, key) => heard.guards.push(property(owner, key)),
    field: (owner, key) => heard.guards.push(property(owner, key)),
    keys: (owner) => heard.keys.push([owner, Object.keys(owner)]),
    entries: () => undefined,
    meets: (owner) => !met.has(owner) && met.add(owner) !== undefined,
    wrote: (owner, key) => heard.writes.push(property(owner, key)),
    constant: (operand) => heard.constants.push(operand),
    broken: (reason) => heard.broken.push(reason),
    lasting: () => () => undefined,
    created: (tensor) => created.add(tensor),
    isCreated: (tensor) => created.has(tensor)
  }
  try {
    step()
  } finally {
    recording.recorder = null
  }
  return heard
}

/** Runs a launch again on the same bytes. */
export function relaunch({ words, operands, failure }: Launch): void {
  const descriptor = new Descriptor(words.length)
  descriptor.words.set(words)
  launchList(descriptor, failure, operands)
}
