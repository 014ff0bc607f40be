// The typed face of the native addon; the only place that loads it.

import { loadAddon } from './addon'

export interface PointwiseRow {
  readonly name: string
  readonly arity: number
  readonly signature: 'same' | 'compare' | 'select' | 'cast' | 'index'
  /** Source dtype code of a cast row. */
  readonly source: number
  readonly checks: boolean
  /** Bit `1 << dtype code` is set where the row has a kernel. */
  readonly dtypes: number
}

export interface ReduceRow {
  readonly name: string
  readonly dtypes: number
}

/** What a kernel row says of an operand. */
export interface OperandRule {
  readonly name: string
  /** A letter for each dim; native/runtime/kernel_row.h has the alphabet. */
  readonly extents: string
  /** Dtype code, or -1 for the dtype of the call. */
  readonly dtype: number
  readonly isWritten: boolean
  readonly isUpdated: boolean
  readonly isScattered: boolean
  readonly isOptional: boolean
  readonly isRepeated: boolean
  readonly isContiguous: boolean
  /** Number of the rule whose operand this one may be exactly, or -1. */
  readonly inPlaceOf: number
}

/** A parameter of a kernel row and its range. */
export interface ParameterRule {
  readonly name: string
  readonly low: number
  readonly high: number
}

/** A kernel that is called with whole operands. */
export interface KernelRow {
  readonly name: string
  readonly dtypes: number
  readonly operands: readonly OperandRule[]
  readonly integers: readonly ParameterRule[]
  readonly reals: readonly ParameterRule[]
  /** Letters of extents whose size is always the same. */
  readonly sizes: Readonly<Record<string, number>>
  /** It returns a number that follows from the elements. */
  readonly counts: boolean
  /** An elementwise expression may run part by part with it. */
  readonly appliesEpilogue: boolean
}

/** A list of launches that was checked and decoded once. */
export interface NativeProgram {
  /**
   * Runs all launches. `offsets` holds a byte offset per slot (Float64), `buffers` one ArrayBuffer per slot. Returns 0,
   * or (launch number + 1) * 4096 + status where a kernel's check failed; the launches before it have run, those after
   * have not.
   */
  replay(offsets: ArrayBuffer, ...buffers: ArrayBuffer[]): number
  /**
   * The same on a thread of its own; resolves with what replay returns. Behind the slots' buffers stand others, and
   * `copies` holds three numbers for each (Float64), slot, first byte and bytes: so many of its bytes are first copied
   * to the same place of the slot's buffer. Buffers stay referenced until then, and nothing else may write to the
   * slots, read what is written, or detach or resize them.
   */
  start(copies: ArrayBuffer, offsets: ArrayBuffer, ...buffers: ArrayBuffer[]): Promise<number>
  /**
   * Median nanoseconds of each launch, run `repeats` times one after the other: for benchmarks, since in-place launches
   * repeat their writes. The time of a matmul contains its epilogue's, which is then 0.
   */
  time(repeats: number, offsets: ArrayBuffer, ...buffers: ArrayBuffer[]): Float64Array
}

export interface Native {
  /**
   * Runs one kernel; see docs/architecture.md for the words. Returns 0 or the status of a check; of a row that counts,
   * its count.
   */
  launch(words: ArrayBuffer, ...buffers: ArrayBuffer[]): number
  /**
   * Several launches of rows that do not count: words behind words, buffers behind buffers. Ends at the first status
   * that is not 0.
   */
  launches(words: ArrayBuffer, ...buffers: ArrayBuffer[]): number
  /** Checks a list of launches and makes a program of it; see docs/architecture.md for the words. */
  program(words: ArrayBuffer): NativeProgram
  /** What a kernel call costs: bytes that it reads and writes, and operations on elements. */
  cost(words: ArrayBuffer): { readonly bytes: number; readonly operations: number }
  kernels(): {
    readonly pointwise: readonly PointwiseRow[]
    readonly reduce: readonly ReduceRow[]
    readonly kernel: readonly KernelRow[]
    readonly matmul: number
  }
  /** The library that takes large products of floats, or 'none'. */
  readonly blas: string
  readonly isa: string
  /** Most dims of a launch. */
  readonly maxRank: number
  setNumThreads(count: number): void
  getNumThreads(): number
  /** False with DYNGRAD_MALLOC=system: no huge pages, and nothing that is freed is kept. */
  readonly choosesMemory: boolean
  /** Asks for huge pages behind a buffer that nobody has written to. */
  preferHugePages(buffer: ArrayBuffer): void
  /** Hands memory that malloc keeps back to the system, on a thread of its own. */
  releaseFreedMemory(): void
  /** Peak resident set in bytes and page faults of the process so far. */
  memory(): { peakRss: number; pageFaults: number; majorFaults: number }
  /** 64 bits of the system's entropy; `node:crypto` has them too, but takes 4 ms to load. */
  entropy(): bigint
}

export const native: Native = loadAddon() as Native

const table = native.kernels()

const numbersByName = (rows: readonly { name: string }[]): Map<string, number> =>
  new Map(rows.map((row, number) => [row.name, number]))

const families = {
  pointwise: numbersByName(table.pointwise),
  reduce: numbersByName(table.reduce)
}

/** Number of a pointwise or reduce row by name; throws at import time when an op names a kernel that does not exist. */
export function kernelRow(family: keyof typeof families, name: string): number {
  const number = families[family].get(name)
  if (number === undefined) throw new Error(`internal: there is no ${family} kernel '${name}'`)
  return number
}

export const pointwiseRows: readonly PointwiseRow[] = table.pointwise
export const reduceRows: readonly ReduceRow[] = table.reduce
export const kernelRows: readonly KernelRow[] = table.kernel
export const entropy: () => bigint = native.entropy
/** Bit `1 << dtype code` is set where matmul has a kernel. */
export const matmulDtypes: number = table.matmul
