// One fuzz run: calls one thing of the surface after the other and looks at all that comes back.
import { types } from 'node:util'
import * as dyngrad from '../../../lib'
import { Tensor, getNumThreads, isGradEnabled, manualSeed, setGradEnabled, setNumThreads } from '../../../lib'
import { Chooser } from '../chooser'
import { type Arguments, Known, drawArguments, drawTensor } from './arguments'
import { judge, pattern } from './errors'
import { faultsOf } from './geometry'
import { isGenuine } from './internals'
import { tensorText } from './plausible'
import { type Drawn, Pool, Scene } from './scene'
import { Sentinels } from './sentinels'
import { type AnyClass, type Target, label, membersOfObject, surfaceOf } from './surface'

/** Calls between two looks at the sentinels. */
const ROUND = 50
/** Calls after which no result lives on, since what hangs on long-lived ones only grows: graphs, hooks, members. */
const EPOCH = 1000
/** Views that repeat an element have any number of elements without memory; going through them takes for ever. */
const ENDLESS = 1e6

/** What a run found. */
export interface Report {
  calls: number
  accepted: number
  tensors: number
  /** Of the targets, those that a call was accepted of. */
  reached: number
  targets: number
  unreached: string[]
  /** Each is a bug. */
  faults: string[]
  /** Accidents by target and message, with an example. */
  accidents: Record<string, { count: number; call: string }>
}

/** A call before it is made. */
interface Plan {
  readonly target: Target
  readonly self: Drawn
  readonly given: Arguments
  readonly call: string
}

export class Fuzzer {
  readonly random: Chooser
  pool: Pool
  readonly sentinels: Sentinels
  readonly known: Known
  readonly report: Report
  readonly #targets: readonly Target[]
  /** Bugs that a test has added; they come up whatever the seed and the size of the surface. */
  readonly #plants: readonly Target[]
  readonly #threads = getNumThreads()
  readonly #reached = new Set<string>()
  readonly #recent: string[] = []

  constructor(
    seed: number,
    /** Told of each call before it is made. */
    readonly announce: (call: string) => void,
    planted: object = {}
  ) {
    this.random = new Chooser(seed)
    this.pool = new Pool(this.random)
    this.known = new Known(this.random)
    this.sentinels = new Sentinels(this.random)
    this.#targets = surfaceOf({ ...dyngrad, ...planted })
    this.#plants = this.#targets.filter(({ name }) => name in planted)
    const targets = this.#targets.length
    this.report = { calls: 0, accepted: 0, tensors: 0, reached: 0, targets, unreached: [], faults: [], accidents: {} }
  }

  async run(calls: number): Promise<Report> {
    for (let i = 0; this.report.calls < calls; i++) {
      await this.#call(i)
      if (i % 10 === 0) this.sentinels.plant()
      if (i % ROUND === ROUND - 1) this.#look()
      if (i % EPOCH === EPOCH - 1) this.pool = new Pool(this.random)
    }
    this.#look()
    const { report } = this
    report.reached = this.#reached.size
    report.unreached = this.#targets.map(({ name }) => name).filter((name) => !this.#reached.has(name))
    return report
  }

  // ---- one call ----

  async #call(number: number): Promise<void> {
    const scene = new Scene(this.random, this.pool, this.#targets)
    let planned: Plan
    try {
      planned = this.#plan(scene, number)
    } catch (error) {
      // Fields of earlier results may be spoiled, so that arguments cannot be drawn from them.
      this.#judge(error, { name: 'arguments' }, `${number}`)
      return
    }
    const { target, self, given, call } = planned
    this.#recent.push(call)
    this.announce(call)
    this.report.calls++
    try {
      // A promise is waited for, so that at each look no call is under way.
      const result = await target.run(self.value, valuesOf(given))
      this.report.accepted++
      this.#reached.add(target.name)
      if (given.list !== null) this.known.accept(target.name, given.list)
      this.#settle(result, call)
    } catch (error) {
      this.#judge(error, target, call)
      if (given.list !== null && error instanceof Error)
        this.known.refuse(target.name, given.list, String(error.message))
    }
    for (const each of this.sentinels.checkUnused()) this.#fault(`${each}: ${call}`)
    this.#restore()
    for (const tensor of scene.tensors) this.#validate(tensor, `${call}, its argument`)
    if (self.value instanceof Tensor) this.#validate(self.value, `${call}, its receiver`)
  }

  #plan(scene: Scene, number: number): Plan {
    const [target, self] = this.#choose(scene)
    const given = drawArguments(scene, target, this.known, !this.#isFresh(target) && this.random.chance(0.55))
    const call = `${number} ${self.text}${target.name}(${given.drawn.map(({ text }) => text).join(', ')})`
    return { target, self, given, call }
  }

  /** What to call, and on what: mostly a target of the surface, else a member of an earlier result. */
  #choose(scene: Scene): [Target, Drawn] {
    const { random, pool } = this
    if (this.#plants.length > 0 && random.chance(0.02))
      return [random.pick(this.#plants), { value: undefined, text: '' }]
    const object = random.chance(0.25) ? pool.object() : null
    if (object !== null) {
      const members = membersOfObject(object)
      if (members.length > 0) return [random.pick(members), { value: object, text: '' }]
    }
    const fresh = random.chance(0.3) ? this.#targets.filter((each) => this.#isFresh(each)) : []
    const target = random.pick(fresh.length > 0 ? fresh : this.#targets)
    return [target, this.#receiver(scene, target)]
  }

  /** True until the first call that is accepted. */
  #isFresh({ name }: Target): boolean {
    return !this.#reached.has(name)
  }

  #receiver(scene: Scene, { owner }: Target): Drawn {
    if (owner === undefined) return { value: undefined, text: '' }
    if (this.random.chance(0.01)) return { value: Object.create(owner.prototype as object), text: 'forged ' }
    if ((owner as unknown) === Tensor) {
      const tensor = drawTensor(scene)
      return { value: tensor, text: `${tensorText(tensor)}: ` }
    }
    const value = this.pool.instance(owner) ?? this.#construct(scene, owner)
    if (value === undefined) return { value, text: 'forged ' }
    return { value, text: label(value) === owner.name ? '' : `${label(value)}: ` }
  }

  /** An instance, by as many attempts as that may take. */
  #construct(scene: Scene, type: AnyClass): object | undefined {
    const news = this.#targets.filter(({ makes }) => makes?.prototype instanceof type || makes === type)
    for (let tries = 0; tries < 20 && news.length > 0; tries++) {
      const target = this.random.pick(news)
      const given = drawArguments(scene, target, this.known, false)
      try {
        const made = target.run(undefined, valuesOf(given)) as object
        this.pool.add(made)
        return made
      } catch {
        // The next arguments may please it.
      }
    }
    return undefined
  }

  // ---- after a call ----

  /** For what is thrown when nobody waits any more. */
  judgeLate(error: unknown): void {
    this.#judge(error, { name: 'a promise' }, this.#recent.at(-1) ?? 'no call')
  }

  /** The modes are as before; a call may change them. */
  #restore(): void {
    if (!isGradEnabled()) setGradEnabled(true)
    if (getNumThreads() !== this.#threads) setNumThreads(this.#threads)
    manualSeed(1)
  }

  #judge(error: unknown, { name }: Pick<Target, 'name'>, call: string): void {
    const verdict = judge(error, call)
    if (verdict === 'fault') this.#fault(`threw ${describe(error)}: ${call}`)
    if (verdict !== 'accident') return
    const key = `${name}: ${(error as Error).name}: ${pattern((error as Error).message)}`
    const known = (this.report.accidents[key] ??= { count: 0, call })
    known.count++
  }

  /** Looks at all tensors of a result and keeps it for later calls. */
  #settle(result: unknown, call: string, depth = 0): void {
    // What was given as an argument may come back.
    if (types.isProxy(result)) return
    if (typeof result === 'function') this.pool.add(result)
    if (typeof result !== 'object' || result === null || depth > 3) return
    if (result instanceof Tensor) {
      if (this.#validate(result, call) && result.numel() < ENDLESS) this.pool.add(result)
      return
    }
    if (depth === 0) this.pool.add(result)
    let below: unknown[]
    try {
      below = result instanceof Map ? [...result.values()].slice(0, 100) : Object.values(result).slice(0, 100)
    } catch {
      return // a getter that throws
    }
    for (const each of below) this.#settle(each, call, depth + 1)
  }

  /** True for a tensor without a fault. */
  #validate(tensor: Tensor, call: string): boolean {
    if (!isGenuine(tensor)) return false
    this.report.tensors++
    let wrong: string[]
    try {
      wrong = faultsOf(tensor)
    } catch (error) {
      wrong = [`the validator throws ${describe(error)}`]
    }
    for (const each of wrong) this.#fault(`${each}: ${call}`)
    return wrong.length === 0
  }

  #look(): void {
    for (const each of this.sentinels.check()) this.#fault(`${each}, in one of\n${this.#recent.join('\n')}`)
    this.#recent.length = 0
    const x = dyngrad.tensor([1, 2], { requiresGrad: true })
    x.mul(x).sum().backward()
    if (x.grad!.tolist().join() !== '2,4') this.#fault('the library computes wrong values')
  }

  #fault(text: string): void {
    if (this.report.faults.length < 20) this.report.faults.push(text)
  }
}

const valuesOf = ({ drawn }: Arguments): unknown[] => drawn.map(({ value }) => value)

const describe = (error: unknown): string => {
  try {
    return error instanceof Error ? String(error.stack) : String(error)
  } catch {
    return typeof error
  }
}
