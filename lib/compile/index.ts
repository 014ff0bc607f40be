// compile(): the first run of a function is recorded, later ones replay it in one native call.

import { type Synchronous, checkArity } from '../kinds'
import { recording as present } from '../recording'
import { type Arguments, member } from '../signature'
import { tracing } from '../tracing'
import { Cache, type Entry } from './replay/cache'
import { refuseUnfinished } from './record/structure'
import { dotOf } from './report/dot'
import { explanationOf } from './report/explain'
import { Steps } from './replay/steps'

const signature = member('compile(fn: function, *, maxPrograms: count = 32)')
const kernelTimes = member('CompiledProgram.kernelTimes(repeats: int = 100)')

/** Options of `compile`. */
export interface CompileOptions {
  /** How many programs are kept; the one unused for longest makes room. Default 32. */
  readonly maxPrograms?: number
}

/** One captured form of a function. */
export interface CompiledProgram {
  /** What made it necessary: the guard of the last one that did not hold. */
  readonly reason: string
  /** Number of native launches in a replay. */
  readonly launches: number
  /** Bytes of intermediates during a replay. */
  readonly arenaBytes: number
  /** Median nanoseconds of each launch when run `repeats` times by itself; updates in place are repeated, too. */
  kernelTimes(...args: Arguments<typeof kernelTimes>): Float64Array
}

/** A function of tensors that replays what it did. */
export interface Compiled<Args extends unknown[], Result> {
  (...args: Args): Result
  /** The captured programs, the one used last first. */
  readonly programs: readonly CompiledProgram[]
  /** Captures what `args` need beforehand and leaves all state as it is. */
  prepare(...args: Args): void
  /**
   * Replays on another thread. Until the promise settles, what the step updates reads as the newest finished step has
   * left it, and refuses other writes; arguments count as they are now, and may be written to.
   */
  async(...args: Args): Promise<Result>
  /** The programs in words: one line per launch. */
  explain(): string
  /** The program used last as a Graphviz graph. */
  toDot(): string
}

const isOff = process.env.DYNGRAD_COMPILE === '0'

/**
 * Compiles a function of tensors: its first call runs it and records all launches, later calls replay them in one
 * native call, with the same results and the same state afterwards, bit for bit. Arguments and results are tensors, or
 * arrays and plain objects of them; other arguments are part of what a program is made for. JavaScript inside the
 * function runs only while it is recorded. With DYNGRAD_COMPILE=0 in the environment every call runs the function
 * itself.
 */
export function compile<Args extends unknown[], Result>(
  fn: Synchronous<Result, (...args: Args) => Result>,
  keywords?: CompileOptions
): Compiled<Args, Result>
export function compile<Args extends unknown[], Result>(
  keywords: CompileOptions & { readonly fn: Synchronous<Result, (...args: Args) => Result> }
): Compiled<Args, Result>
export function compile<Args extends unknown[], Result>(...given: unknown[]): Compiled<Args, Result> {
  const [body, maxPrograms] = signature.read(given)
  const fn = body as (...args: Args) => Result
  const cache = new Cache(maxPrograms)
  const steps = new Steps(fn as (...args: unknown[]) => unknown, cache)
  const called = (args: Args): Result => {
    const result = fn(...args)
    refuseUnfinished(result, 'result')
    return result
  }
  const compiled = (...args: Args): Result =>
    // Inside another capture the function is part of that one, and inside a trace of that.
    isOff || present.recorder !== null || tracing.tracer !== null ? called(args) : (steps.call(args) as Result)
  return Object.defineProperties(compiled, {
    programs: { get: () => cache.entries.map(describe), enumerable: true },
    prepare: {
      value: (...args: Args) => {
        if (!isOff) steps.prepare(args)
      }
    },
    async: { value: async (...args: Args) => (isOff ? called(args) : steps.start(args)) },
    explain: { value: bare('explain', () => explanationOf(cache.entries)) },
    toDot: { value: bare('toDot', () => dotOf(cache.entries)) }
  }) as Compiled<Args, Result>
}

/** A function without parameters, which takes no arguments. */
const bare = (name: string, body: () => string): (() => string) =>
  function () {
    checkArity(name, arguments.length, 0)
    return body()
  }

const describe = ({ program, reason }: Entry): CompiledProgram => ({
  reason,
  launches: program.graph.launches.length,
  arenaBytes: program.layout.arena.bytes,
  kernelTimes(...args: unknown[]) {
    const [repeats] = kernelTimes.read(args)
    return program.kernelTimes(repeats)
  }
})
