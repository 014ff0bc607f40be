// A row of the tables of ops, and the list that the tables fill.

import * as dyngrad from '../../lib'
import type { DType, Tensor } from '../../lib'
import * as elementwise from '../../lib/ops/elementwise'
import type { Values } from './formulas'

export type Shape = readonly number[]
export type Range = readonly [low: number, high: number]

export interface Row {
  readonly name: string
  /** Tells rows of one op apart. */
  readonly variant: string
  readonly call: (...inputs: Tensor[]) => Tensor
  /** Shapes of the operands of each call. */
  readonly shapes: readonly (readonly Shape[])[]
  /** Where ordinary operands lie; one range for all, or one each. */
  readonly domain: Range | readonly Range[]
  /** Each element from the operands' elements: the op is pointwise, and each combination of special values is tried. */
  readonly formula?: (...elements: number[]) => number
  /** The whole result from the operands. */
  readonly reference?: (...operands: Values[]) => readonly number[]
  /** For each output index, the index of the input's element there. */
  readonly from?: (index: readonly number[], shape: Shape) => readonly number[]
  /** False where there is no gradient. */
  readonly differentiable: boolean
  /** Numbers of the operands that have a gradient; all by default. */
  readonly tracked?: readonly number[]
  /** Dtypes that it does not take. */
  readonly rejects: readonly DType[]
  /** How far float64 and float32 results may be from the formula, in ulps. */
  readonly ulps: number
  /** False where the formula is not meant for NaN and infinities. */
  readonly specials?: boolean
  /** False where a caller checks dtypes. */
  readonly checksDtypes?: boolean
  /** True where the order of a float's sums follows the operand's strides. */
  readonly followsStrides?: boolean
  /** True where the sign of a zero is open, as in a maximum of 0 and -0. */
  readonly signlessZero?: boolean
}

/** A positive range away from 0. */
export const POSITIVE: Range = [0.2, 3]

/** What ops for floating dtypes reject. */
export const floating = ['int32', 'int64', 'uint8', 'bool'] as const

/** NaN is not 0, so it counts as true. */
export const truth = (a: number): boolean => a !== 0

/** Every row of every table. */
export const table: Row[] = []

/** The free function of an op, else its method as a function. */
export const method = (name: string) => {
  const free = (dyngrad as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]
  const inner = (elementwise as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]
  return (
    free ??
    inner ??
    ((self: Tensor, ...args: unknown[]) =>
      (self as unknown as Record<string, (...args: unknown[]) => Tensor>)[name](...args))
  )
}

/** Adds a row; what it does not say is as most ops have it. */
export function row(name: string, about: Partial<Row> & Pick<Row, 'shapes'>): void {
  const defaults = { variant: '', domain: [-2, 2] as const, differentiable: true, rejects: [], ulps: 4 }
  table.push({ name, call: method(name), ...defaults, ...about })
}
