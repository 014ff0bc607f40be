// A recorded step as a program: guards that say whether it fits the present state, launches, and the state it leaves.

import { gradMode } from '../autograd/mode'
import { Descriptor, launchList } from '../launch'
import { sameShape } from '../shape'
import { type Storage, allocate } from '../storage'
import { Tensor } from '../tensor'
import { type GuardRecord, type LaunchRecord, type Recording, isTensor, record, unheard } from './recorder'

/** A tensor of the recorded run: which storage, and where in it. */
interface Place {
  readonly storage: number
  readonly of: Tensor
}

/** State that the step left in a guarded property: a tensor of the program, or any other value. */
interface Effect {
  readonly guard: GuardRecord
  readonly place: Place | null
  readonly value: unknown
}

const FIRST_OFFSET = 5

const sameGeometry = (a: Tensor, b: Tensor): boolean =>
  a.code === b.code &&
  sameShape(a.shape, b.shape) &&
  sameShape(a.strides, b.strides) &&
  a.storageOffset() === b.storageOffset() &&
  a.requiresGrad === b.requiresGrad

/** A step that runs without its JavaScript: kernel by kernel, into fresh storage where the step allocated. */
export class Program {
  readonly #launches: readonly LaunchRecord[]
  readonly #guards: readonly GuardRecord[]
  readonly #storages: readonly Storage[]
  readonly #fresh: readonly boolean[]
  readonly #effects: readonly Effect[]
  readonly #outputs: readonly Place[]

  constructor(
    recording: Recording,
    readonly inputs: readonly Tensor[],
    outputs: readonly Tensor[],
    readonly gradEnabled = gradMode.enabled
  ) {
    const place = (tensor: Tensor): Place => ({ storage: recording.numberOf(tensor.storage), of: tensor })
    this.#outputs = outputs.map(place)
    this.#effects = recording.guards.flatMap((guard) => {
      const after = unheard(() => guard.owner[guard.key])
      if (after === guard.before) return []
      return [{ guard, place: isTensor(after) ? place(after) : null, value: after }]
    })
    this.#launches = recording.launches
    this.#guards = recording.guards
    this.#storages = recording.storages
    this.#fresh = recording.storages.map((storage) => recording.isFresh(storage))
  }

  get launchCount(): number {
    return this.#launches.length
  }

  /** True when arguments and guarded state are as they were before the recorded run, up to the tensors' values. */
  fits(args: readonly Tensor[]): boolean {
    if (
      gradMode.enabled !== this.gradEnabled ||
      args.length !== this.inputs.length ||
      !args.every((arg, i) => sameGeometry(arg, this.inputs[i]))
    )
      return false
    return this.#guards.every(({ owner, key, before }) => {
      const now = unheard(() => owner[key])
      return isTensor(before) ? isTensor(now) && sameGeometry(now, before) : Object.is(now, before)
    })
  }

  /** Replays the step on `args`; returns its outputs, outside the graph. */
  run(args: readonly Tensor[]): Tensor[] {
    const bound = this.#bind(args)
    for (const { words, operands, writes, live } of this.#launches) {
      const storages = operands.map((number) => bound[number])
      const descriptor = new Descriptor(words.length)
      descriptor.words.set(words)
      storages.forEach((storage, i) => (descriptor.words[FIRST_OFFSET + 2 * i] += storage.byteOffset))
      for (const [position, value] of live) descriptor.words[position] = value.read()
      const status = launchList(descriptor, storages)
      if (status !== 0) throw new Error(`compile: a checked value failed in a replay (status ${status})`)
      for (const storage of storages.slice(storages.length - writes)) storage.version++
    }
    const materialise = ({ storage, of }: Place): Tensor => at(bound[storage], of)
    for (const { guard, place, value } of this.#effects) {
      guard.owner[guard.key] = place === null ? value : materialise(place)
    }
    return this.#outputs.map(materialise)
  }

  /** The storages of this replay: arguments, present state, new memory for what the step allocates, the rest as recorded. */
  #bind(args: readonly Tensor[]): Storage[] {
    const present = new Map<Storage, Storage>()
    for (const { owner, key, before } of this.#guards) {
      if (isTensor(before)) present.set(before.storage, unheard(() => owner[key] as Tensor).storage)
    }
    args.forEach((arg, i) => present.set(this.inputs[i].storage, arg.storage))
    return this.#storages.map((storage, number) =>
      this.#fresh[number] ? allocate(storage.byteLength) : (present.get(storage) ?? storage)
    )
  }
}

/** A tensor like `of` over another storage. */
function at(storage: Storage, of: Tensor): Tensor {
  const byteOffset = of.byteOffset - of.storage.byteOffset + storage.byteOffset
  return new Tensor(storage, byteOffset, of.shape, of.strides, of.code, of.numelCached, of.dense, storage)
}

/** Runs a step for real on `args` and returns its outputs and the program that repeats it. */
export function capture(
  step: (...args: Tensor[]) => Tensor | Tensor[],
  args: readonly Tensor[]
): { outputs: Tensor[]; program: Program } {
  const { result, recording } = record(() => step(...args))
  const outputs = isTensor(result) ? [result] : result
  return { outputs, program: new Program(recording, args, outputs) }
}
