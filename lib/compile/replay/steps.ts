// The calls of one compiled function: replayed where a program fits, else run for real and recorded.

import { lastSequence } from '../../autograd/node'
import { type Reader, keepForWaiting, letGo } from '../../lock'
import type { Storage } from '../../storage'
import { Tensor } from '../../tensor'
import { gradMode } from '../../autograd/mode'
import { isRunning, untilFree } from './async'
import { captureBackward, isSpent } from './backward'
import type { Cache, Entry } from './cache'
import { Program } from './program'
import { record } from '../record/recorder'
import { Rollback } from '../record/rollback'
import { Placeholders } from '../record/placeholders'
import { type Structure, checkResult, putTogether, takeApart } from '../record/structure'

/** Trial runs after which `prepare` takes it that each step needs a new program. */
const MOST_TRIALS = 4

type Step = (...args: unknown[]) => unknown

export class Steps {
  /** Asynchronous calls that wait run in their order. */
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(
    readonly fn: Step,
    readonly cache: Cache
  ) {}

  call(args: unknown[]): unknown {
    const [first] = this.cache.entries
    // Most calls: the same program, and arguments that need not be taken apart.
    if (first !== undefined && first.isFlat && isFlat(args, first.arity) && first.program.fits(args)) {
      return replay(first, args)
    }
    const { structure, tensors } = taken(args)
    const entry = this.cache.find(structure, tensors)
    return entry === null ? this.#capture(structure, tensors) : replay(entry, tensors)
  }

  #capture(structure: Structure, tensors: readonly Tensor[], rollback: Rollback | null = null): unknown {
    const reason = this.cache.reasonFor(structure, tensors)
    const { result, made } = capture(this.fn, structure, tensors, rollback)
    if (made === null) return result
    // The arguments are an array.
    const items = structure.kind === 'array' ? structure.items : []
    const isPlain = items.every((item, i) => item.kind === 'tensor' && item.number === i)
    this.cache.add({ ...made, arguments: structure, isFlat: isPlain, arity: items.length, reason })
    return result
  }

  /** Captures all programs that repeated calls need from the present state on, and leaves that state as it is. */
  prepare(args: unknown[]): void {
    const { structure, tensors } = taken(args)
    const rollbacks: Rollback[] = []
    try {
      while (rollbacks.length < MOST_TRIALS && this.cache.find(structure, tensors) === null) {
        const rollback = new Rollback()
        rollbacks.push(rollback)
        this.#capture(structure, tensors, rollback)
      }
    } finally {
      for (const rollback of rollbacks.reverse()) rollback.undo()
    }
  }

  /**
   * Replays on another thread: at once where nothing stands in the way, else after the calls before it and whoever
   * updates the same memory. Arguments count as they are now.
   */
  start(args: unknown[]): Promise<unknown> {
    const now = this.#waiting === 0 ? this.#startNow(taken(args)) : null
    if (now !== null) return now
    const call = new WaitingCall(taken(args))
    this.#waiting++
    const result = this.#last.then(() => this.#startLater(call))
    this.#last = result.catch(() => undefined).then(() => this.#waiting--)
    return result
  }

  /** Starts a replay, or records; null when it has to wait. */
  #startNow({ structure, tensors, kept }: Taken): Promise<unknown> | null {
    const entry = this.cache.find(structure, tensors)
    if (entry === null) {
      // What a recording will touch is not known.
      if (isRunning()) return null
      return new Promise((resolve) => {
        resolve(this.#capture(structure, tensors))
      })
    }
    const { program } = entry
    if (kept.some((storage) => program.updates(storage))) {
      throw new Error(
        'step.async(): an argument that the step updates was written to while the call waited; await the calls before it first'
      )
    }
    return program.mustWait ? null : program.start(tensors).then((made) => finish(entry, tensors, made))
  }

  async #startLater(call: WaitingCall): Promise<unknown> {
    try {
      for (;;) {
        const started = call.inItsMode((args) => this.#startNow(args))
        if (started !== null) {
          call.end()
          return await started
        }
        await untilFree()
      }
    } finally {
      call.end()
    }
  }
}

/** Arguments, taken apart. */
interface Taken {
  readonly structure: Structure
  readonly tensors: readonly Tensor[]
  /** Bytes of arguments as they were before others wrote to them. */
  readonly kept: readonly Storage[]
}

/** The tensor as it is, its gradient, too, over other bytes. */
function over(storage: Storage, tensor: Tensor): Tensor {
  const { byteOffset, sizes, steps, code, numelCached, dense, cell, leafRequiresGrad, node, outputIndex } = tensor
  const meta = tensor.requiresGrad ? tensor.ensureMeta() : tensor.meta
  const made = new Tensor(storage, byteOffset, sizes, steps, code, numelCached, dense, cell)
  return Object.assign(made, { leafRequiresGrad, node, outputIndex, meta })
}

/** A call that has not started: its arguments and grad mode, as they were when it was made. */
class WaitingCall implements Reader {
  readonly #structure: Structure
  #tensors: readonly Tensor[]
  readonly #kept: Storage[] = []
  readonly #storages: ReadonlySet<Storage>
  readonly #gradEnabled = gradMode.enabled

  constructor({ structure, tensors }: Taken) {
    this.#structure = structure
    this.#tensors = tensors
    this.#storages = new Set(tensors.map(({ storage }) => storage))
    for (const storage of this.#storages) keepForWaiting(this, storage)
  }

  left(storage: Storage, kept: Storage): void {
    this.#tensors = this.#tensors.map((tensor) => (tensor.storage === storage ? over(kept, tensor) : tensor))
    this.#kept.push(kept)
  }

  /** What `start` gives for the arguments in the grad mode of the call. */
  inItsMode<Result>(start: (args: Taken) => Result): Result {
    const before = gradMode.enabled
    gradMode.enabled = this.#gradEnabled
    try {
      return start({ structure: this.#structure, tensors: this.#tensors, kept: this.#kept })
    } finally {
      gradMode.enabled = before
    }
  }

  end(): void {
    for (const storage of this.#storages) letGo(this, storage)
  }
}

function taken(args: unknown[]): Taken {
  const tensors: Tensor[] = []
  return { structure: takeApart(args, tensors, 'argument'), tensors, kept: [] }
}

/** True for `count` different tensors. */
function isFlat(args: unknown[], count: number): args is Tensor[] {
  if (args.length !== count) return false
  for (let i = 0; i < count; i++) {
    if (!(args[i] instanceof Tensor)) return false
    for (let j = 0; j < i; j++) if (args[i] === args[j]) return false
  }
  return true
}

const replay = (entry: Entry, args: readonly Tensor[]): unknown => finish(entry, args, entry.program.run(args))

/** Gives replayed outputs their graph and their places in the result. */
function finish({ backward, tracked, outputs, result }: Entry, args: readonly Tensor[], tensors: Tensor[]): unknown {
  if (backward !== null) {
    backward.attachTo(
      tracked.map((i) => tensors[i]),
      args,
      tensors.slice(outputs)
    )
  }
  return putTogether(result, tensors)
}

type SlotTensor = Omit<Entry, 'arguments' | 'isFlat' | 'arity' | 'reason'>

/** Runs a function for real and makes its program, null where that would take shared memory for separate. */
function capture(
  fn: Step,
  structure: Structure,
  tensors: readonly Tensor[],
  rollback: Rollback | null
): { result: unknown; made: SlotTensor | null } {
  const stands = new Placeholders(tensors)
  try {
    return captureOn(stands, fn, structure, rollback)
  } finally {
    stands.restore()
  }
}

function captureOn(
  stands: Placeholders,
  fn: Step,
  structure: Structure,
  rollback: Rollback | null
): { result: unknown; made: SlotTensor | null } {
  const firstNode = lastSequence()
  const args = stands.tensors
  const step = (): unknown => fn(...(putTogether(structure, args) as unknown[]))
  const { result: returned, recording } = record(step, args, rollback)
  const outputs: Tensor[] = []
  const resultStructure = takeApart(returned, outputs, 'result')
  checkResult(resultStructure)
  stands.checkHistory()
  const tracked = outputs.flatMap(({ gradFn }, i) => (gradFn !== null && gradFn.sequence > firstNode ? [i] : []))
  const withGraph = tracked.map((i) => outputs[i])
  const isLive = withGraph.length > 0 && !isSpent(firstNode, withGraph)
  const backward = isLive ? captureBackward(recording, args, withGraph, firstNode) : null
  const saved = backward?.takeSaved() ?? []
  const { program, construction } = Program.of({ recording, args, outputs: [...outputs, ...saved] })
  // The first call's outputs are like those of replays.
  backward?.attachTo(withGraph, stands.originals, saved)
  recording.lockFresh((storage) => construction.handsOut(storage))
  const result = putTogether(resultStructure, stands.originalsOf(outputs))
  const made = { result: resultStructure, program, backward, outputs: outputs.length, tracked }
  const isShared = [...stands.pairs].some(([placeholder, storage]) => construction.wasShared(storage, placeholder))
  return { result, made: isShared ? null : made }
}
