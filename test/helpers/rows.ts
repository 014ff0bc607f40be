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
  /** True where each element comes from the operands' elements: each combination of special values is tried. */
  readonly isPointwise: boolean
  /** The element of a pointwise op from the operands' elements. */
  readonly formula?: (...elements: number[]) => number
  /** The whole result from the operands. Where it is more than a line, PyTorch's cases tell it instead. */
  readonly reference?: (...operands: Values[]) => readonly number[]
  /** Another call that gives the same bits. */
  readonly sameAs?: (...inputs: Tensor[]) => Tensor
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
  /** False where the call is several ops, so that halves are rounded several times, or gives one dtype alone. */
  readonly roundsOnce?: boolean
  /** True where the order of a float's sums follows the operand's strides. */
  readonly followsStrides?: boolean
  /** True where `ops/inplace.test.ts` tests the in-place form: of integers alone, or without a derivative. */
  readonly inPlaceElsewhere?: boolean
  /** True where the sign of a zero is open, as in a maximum of 0 and -0. */
  readonly signlessZero?: boolean
  /** The test that checks all but the compiled call, where the checks of every row do not apply. */
  readonly checkedIn?: string
  /** False for what a compiled step refuses. */
  readonly compiles?: boolean
}

type About = Partial<Omit<Row, 'name'>>

/** A positive range away from 0. */
export const POSITIVE: Range = [0.2, 3]

/** What ops without kernels for the half types reject. */
export const noHalves = { rejects: ['float16', 'bfloat16'] as const }

/** What ops for floating dtypes reject. */
export const floating = ['int32', 'int64', 'uint8', 'bool'] as const

/** Dtypes of storage alone, and those that compute for them. */
export const OF_STORAGE: readonly (readonly [DType, DType])[] = [
  ['int8', 'int32'],
  ['int16', 'int32'],
  ['float16', 'float32'],
  ['bfloat16', 'float32']
]

/** The dtypes that a row does not take: what it says, and what those would compute. */
export const rejectedBy = ({ rejects }: Row): readonly DType[] => [
  ...rejects,
  ...OF_STORAGE.filter(([, computes]) => rejects.includes(computes)).map(([dtype]) => dtype)
]

/** NaN is not 0, so it counts as true. */
export const truth = (a: number): boolean => a !== 0

/** Every row of every table. */
export const table: Row[] = []

/** The function of an op in `dyngrad` or `special`, else its method as a function. */
export const method = (name: string) => {
  const free = (dyngrad as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]
  const special = (dyngrad.special as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]
  const inner = (elementwise as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]
  return (
    free ??
    special ??
    inner ??
    ((self: Tensor, ...args: unknown[]) =>
      (self as unknown as Record<string, (...args: unknown[]) => Tensor>)[name](...args))
  )
}

/** Adds a row; what it does not say is as most ops have it. */
export function row(name: string, about: About & Pick<Row, 'shapes'>): void {
  const defaults = { variant: '', domain: [-2, 2] as const, differentiable: true, rejects: [], ulps: 4 }
  table.push({ name, call: method(name), isPointwise: about.formula !== undefined, ...defaults, ...about })
}

// ---- pointwise ops ----

type Formula = NonNullable<Row['formula']>

const UNARY_SHAPES: Shape[][] = [[[2, 3]], [[]], [[0, 3]], [[513]]]
const BINARY_SHAPES: Shape[][] = [
  [
    [2, 3],
    [2, 3]
  ],
  [[2, 3], [3]],
  [
    [2, 1],
    [1, 3]
  ],
  [[], [2, 3]],
  [[2, 3], []],
  [[], []],
  [
    [0, 3],
    [1, 3]
  ],
  [
    [2, 1, 2],
    [3, 1]
  ]
]
export const TERNARY_SHAPES: Shape[][] = [
  [
    [2, 3],
    [2, 3],
    [2, 3]
  ],
  [[2, 3], [3], [2, 1]],
  [[], [2, 1], [3]],
  [[0, 3], [3], []]
]

/** A row of an op of one operand. Its values are its formula's, or PyTorch's where that is null. */
export const unary = (name: string, formula: Formula | null, about: Omit<About, 'shapes'> = {}): void =>
  row(name, { shapes: UNARY_SHAPES, isPointwise: true, ...(formula && { formula }), ...about })

/** The same of two operands. */
export const binary = (name: string, formula: Formula | null, about: Omit<About, 'shapes'> = {}): void =>
  row(name, { shapes: BINARY_SHAPES, isPointwise: true, ...(formula && { formula }), ...about })

export const noBool = { rejects: ['bool'] as const }
export const exact = { ulps: 0 }
export const extreme = { ulps: 0, signlessZero: true }

// ---- ops that move elements ----

type From = NonNullable<Row['from']>

/** A row of an op that gives elements of its input, as they are. */
export const moves = (name: string, variant: string, shape: Shape, call: (x: Tensor) => Tensor, from: From): void =>
  row(name, { variant, shapes: [[shape]], call, from, ulps: 0 })

export const same: From = (index) => index

// ---- ops that other tests check ----

/** A function that adds rows of what `file` checks: only compiled calls are left to check. */
export const checkedIn =
  (file: string) =>
  (name: string, variant: string, shapes: Shape[], call: Row['call'], about: About = {}): void =>
    row(name, { variant, shapes: [shapes], call, ulps: 0, checkedIn: file, ...about })

/** Of what makes a tensor of no operand that could have a gradient. */
export const constant = { differentiable: false, checksDtypes: false }
