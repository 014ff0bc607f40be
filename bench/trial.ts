// What a trial is, and the data that trials share with their references. Files in trials/ have twins of the same name
// in torch/.

import type { Tensor } from 'dyngrad'
import type { ReferenceName } from './sides'

/** How our side works: as the code says, compiled, or the compiled program's kernels one by one and nothing else. */
export type Way = 'eager' | 'compiled' | 'kernels'

/** A number of threads for all sides, or what each side takes where nobody says. */
export type Threads = number | 'default'

/** What most of a case's bytes do: they are read, read and written back, or read here and written there. */
export type Traffic = 'read' | 'update' | 'copy'

/** One row of the report. */
export interface Case {
  readonly name: string
  /** What one time in the report is for: an operation, a step. */
  readonly unit: string
  /** How many of these one turn of `run` does. Default 1. */
  readonly units?: number
  /** Floating-point operations of one unit, where their rate says more than the time. */
  readonly flops?: number
  /** What the floating-point operations are done on; default float32. */
  readonly dtype?: 'float32' | 'float64'
  /** Bytes that one unit reads and writes. */
  readonly bytes?: number
  /** Default copy. */
  readonly traffic?: Traffic
  /** Does the work so many times; the loop is the case's own, so that both languages pay for their loop alone. */
  readonly run: (times: number) => void
  /** Nanoseconds of so many turns, where the case has a clock of its own. */
  readonly elapsed?: (times: number) => number
  /** Some values of the result, compared before anything is timed. */
  readonly values: () => readonly number[]
  /** The same values by plain JavaScript in float64; without it, what the first side computes. */
  readonly expected?: () => readonly number[]
}

/** A program in cpp/ that does the work of the trial's one case without a library. */
export interface CppLoop {
  readonly source: string
  /** What it reads: numbers, one after the other. */
  readonly data: () => readonly number[]
}

export interface Trial {
  readonly title: string
  /** Greatest relative difference of values from the expected ones. */
  readonly tolerance: number
  readonly cases: (way: Way) => readonly Case[]
  /** Ways to compare with one another, to the bit; without it, eager alone against the references. */
  readonly ways?: readonly Way[]
  /** Who else takes part; default PyTorch. A reference leaves out cases that it does not know. */
  readonly references?: readonly ReferenceName[]
  /** Numbers of threads to run with, unless --threads says others; default 1. */
  readonly threads?: readonly Threads[]
  /** Gives each case a process of its own, whose peak of memory is reported. */
  readonly apart?: boolean
  readonly loop?: CppLoop
}

/** Keeps a result alive, so that no compiler may leave out the work. */
export const sink: { value: unknown } = { value: null }

/** Element `i` of the data of all trials: in -1..1 and never the same twice. */
export const wave = (i: number): number => Math.sin(i + 1)

export const waves = (count: number): number[] => Array.from({ length: count }, (_, i) => wave(i))

/** Positions whose values are compared: the ends and some between. */
export const probes = (count: number): number[] => [0, count >> 2, count >> 1, (3 * count) >> 2, count - 1]

/** The values of a tensor at the probed positions. */
export function probe(tensor: Tensor): number[] {
  const values = tensor.toTypedArray()
  return probes(values.length).map((at) => Number(values[at]))
}

/** Where the values differ from the expected ones, or null. NaN differs from all. */
export function difference(values: readonly number[], expected: readonly number[], tolerance: number): string | null {
  if (values.length !== expected.length) return `${values.length} values instead of ${expected.length}`
  const at = expected.findIndex(
    (value, i) => !(Math.abs(values[i] - value) <= tolerance * Math.max(1, Math.abs(value)))
  )
  return at < 0 ? null : `value ${at} is ${values[at]} instead of ${expected[at]}`
}
