// compile(): the first run of a function is recorded, later ones replay it in one native call.

import { recording as present } from '../recording'
import { Cache, type Entry } from './cache'
import { dotOf } from './dot'
import { explanationOf } from './explain'
import { Steps } from './steps'

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
  kernelTimes(repeats?: number): Float64Array
}

/** A function of tensors that replays what it did. */
export interface Compiled<Args extends unknown[], Result> {
  (...args: Args): Result
  /** The captured programs, the one used last first. */
  readonly programs: readonly CompiledProgram[]
  /** Captures what `args` need beforehand and leaves all state as it is. */
  prepare(...args: Args): void
  /** Replays on another thread; everything that the program uses is locked until the promise settles. */
  async(...args: Args): Promise<Result>
  /** The programs in words: one line per launch. */
  explain(): string
  /** The program used last as a Graphviz graph. */
  toDot(): string
}

const isOff = process.env.DYNGRAD_COMPILE === '0'

/**
 * Compiles a function of tensors: its first call runs it and records all launches, later calls replay them in one native call, with
 * the same results and the same state afterwards, bit for bit. Arguments and results are tensors, or arrays and plain objects of them; other
 * arguments are part of what a program is made for. JavaScript inside the function runs only while it is recorded. With
 * DYNGRAD_COMPILE=0 in the environment every call runs the function itself.
 */
export function compile<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  { maxPrograms = 32 }: CompileOptions = {}
): Compiled<Args, Result> {
  if (typeof fn !== 'function') throw new TypeError(`compile: expected a function, got ${typeof fn}`)
  if (!Number.isInteger(maxPrograms) || maxPrograms < 1) {
    throw new RangeError(`compile: maxPrograms must be a positive integer, got ${maxPrograms}`)
  }
  const cache = new Cache(maxPrograms)
  const steps = new Steps(fn as (...args: unknown[]) => unknown, cache)
  const compiled = (...args: Args): Result =>
    // Inside another capture the function is part of that one.
    isOff || present.recorder !== null ? fn(...args) : (steps.call(args) as Result)
  return Object.defineProperties(compiled, {
    programs: { get: () => cache.entries.map(describe), enumerable: true },
    prepare: {
      value: (...args: Args) => {
        if (!isOff) steps.prepare(args)
      }
    },
    async: { value: async (...args: Args) => (isOff ? fn(...args) : steps.start(args)) },
    explain: { value: () => explanationOf(cache.entries) },
    toDot: { value: () => dotOf(cache.entries) }
  }) as Compiled<Args, Result>
}

const describe = ({ program, reason }: Entry): CompiledProgram => ({
  reason,
  launches: program.graph.launches.length,
  arenaBytes: program.layout.arena.bytes,
  kernelTimes: (repeats) => program.kernelTimes(repeats)
})
