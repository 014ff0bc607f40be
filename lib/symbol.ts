// Symbols of expressions under construction, and the builder that collects what is done with them. Knows kernel rows,
// not ops.

import {
  BOOL,
  FLOAT64,
  INT32,
  INT64,
  NUMBER,
  UINT8,
  canCast,
  codeOf,
  defaults,
  computeCode,
  dtypeNames,
  isFloating,
  isOfStorage,
  kindOf,
  promoteWith,
  scalarCode
} from './dtype'
import { kernelRow, pointwiseRows } from './native'
import type { RowReduction, Value } from './ops/define/value'

const INPUT = 0
const CONSTANT = 1
const RESULT = 2
const REDUCED = 3

/**
 * A symbol in an expression under construction: a value of formulas. ops/ gives it the methods of the pointwise ops.
 */
export class Expr {
  constructor(
    readonly builder: Builder,
    readonly origin: typeof INPUT | typeof CONSTANT | typeof RESULT | typeof REDUCED,
    readonly number: number,
    /** Dtype code. */
    readonly code: number,
    /** Weight in promotion: DIMENSIONED, ZERO_DIM or NUMBER. */
    readonly priority: number
  ) {}

  /** What it counts for in promotion. What numbers give is exact, and counts as any number that is no integer. */
  get kind(): number {
    const isComputed = this.origin === RESULT && this.isNumber && isFloating(this.code)
    return kindOf(isComputed ? defaults.float : this.code, this.priority)
  }

  /** True for a number, and for what is computed from numbers alone. */
  get isNumber(): boolean {
    return this.priority === NUMBER
  }

  /** The dtype that its elements are stored in, where it was widened to compute with it. */
  get storedCode(): number {
    const made = this.isResult ? this.builder.instructions[this.number] : null
    const stored = made === null ? -1 : made.sources[0]?.code
    return made !== null && isOfStorage(stored) && made.row === castRows[stored] ? stored : this.code
  }

  get isInput(): boolean {
    return this.origin === INPUT
  }

  get isConstant(): boolean {
    return this.origin === CONSTANT
  }

  get isResult(): boolean {
    return this.origin === RESULT
  }

  /** Made of many elements: no expression has it, but a plan of several launches. */
  get isReduced(): boolean {
    return this.origin === REDUCED
  }

  /** A number beside this symbol. */
  constant(value: number): Expr {
    return this.builder.literal(value, scalarCode(value), NUMBER)
  }

  sum(): Expr {
    return this.builder.reduced('sum', this, null)
  }

  mean(): Expr {
    return this.builder.reduced('mean', this, null)
  }

  amax(): Expr {
    return this.builder.reduced('amax', this, null)
  }

  amin(): Expr {
    return this.builder.reduced('amin', this, null)
  }

  total(): Expr {
    return this.builder.reduced('total', this, null)
  }

  pick(index: Value): Expr {
    return this.builder.reduced('pick', this, index as Expr)
  }

  place(index: Value): Expr {
    return this.builder.reduced('place', this, index as Expr)
  }
}

export interface Instruction {
  readonly row: number
  readonly code: number
  readonly sources: readonly Expr[]
  readonly failure: (() => Error) | null
}

/**
 * What `Value` calls by the same names: a reduction over a call's dims or over all, or an element chosen along its dim.
 */
interface Reduced {
  readonly how: RowReduction
  readonly source: Expr
  readonly index: Expr | null
}

interface Constant {
  /** Position in the list of scalars that each run passes, or -1 for a literal. */
  readonly slot: number
  readonly value: number
  readonly code: number
}

/** Collects instructions; equal ones are made once. */
export class Builder {
  readonly inputs: Expr[] = []
  readonly constants: Constant[] = []
  readonly instructions: Instruction[] = []
  /** The symbol of each instruction. */
  readonly results: Expr[] = []
  readonly reductions: Reduced[] = []
  readonly #known = new Map<string, Expr>()

  input(code: number, priority: number): Expr {
    const input = new Expr(this, INPUT, this.inputs.length, code, priority)
    this.inputs.push(input)
    return input
  }

  /** An input as what is computed with: what is of storage alone is cast. */
  operand(code: number, priority: number): Expr {
    return this.cast(this.input(code, priority), computeCode(code))
  }

  literal(value: number, code: number, priority: number): Expr {
    return this.#constant({ slot: -1, value, code }, priority)
  }

  /** A scalar that each run passes anew, so that equal code with other numbers shares one expression. */
  slot(slot: number, code: number, priority: number): Expr {
    return this.#constant({ slot, value: 0, code }, priority)
  }

  #constant(constant: Constant, priority: number): Expr {
    const key = `constant ${constant.slot} ${Object.is(constant.value, -0) ? '-0' : constant.value} ${constant.code} ${priority}`
    return this.#once(key, () => {
      this.constants.push(constant)
      return new Expr(this, CONSTANT, this.constants.length - 1, constant.code, priority)
    })
  }

  instruction(row: number, code: number, sources: readonly Expr[], failure: (() => Error) | null = null): Expr {
    const { name, signature, dtypes } = pointwiseRows[row]
    if ((dtypes & (1 << code)) === 0) throw new UnsupportedDtype(name, code)
    const key = `${row} ${code} ${sources.map((source) => `${source.origin}.${source.number}`).join(' ')}`
    return this.#once(key, () => {
      this.instructions.push({ row, code, sources, failure })
      const priority = sources.reduce((least, source) => Math.min(least, source.priority), sources.length > 0 ? 2 : 0)
      const result = new Expr(
        this,
        RESULT,
        this.instructions.length - 1,
        signature === 'compare' ? BOOL : code,
        priority
      )
      this.results.push(result)
      return result
    })
  }

  /**
   * The dtype that sources promote to. Numbers among themselves are computed in float64 and rounded once, when they
   * meet the elements of a tensor.
   */
  commonCode(sources: readonly Expr[], isExact = sources.every(({ isNumber }) => isNumber)): number {
    const code = codeOf(sources.map(({ kind }) => kind).reduce(promoteWith))
    return isFloating(code) && isExact ? FLOAT64 : code
  }

  /** A value made of many elements. An expression has none; a plan makes several launches of them. */
  reduced(how: RowReduction, value: Expr, index: Expr | null): Expr {
    // Integers sum to int64, as everywhere.
    const source = (how === 'sum' || how === 'total') && !isFloating(value.code) ? this.cast(value, INT64) : value
    const key = `${how} ${source.origin}.${source.number} ${index === null ? '' : `${index.origin}.${index.number}`}`
    return this.#once(key, () => {
      this.reductions.push({ how, source, index })
      return new Expr(this, REDUCED, this.reductions.length - 1, source.code, source.priority)
    })
  }

  /** The same value in another dtype. A constant changes its own dtype instead of costing an instruction. */
  cast(source: Expr, code: number): Expr {
    if (source.code === code) return source
    if (isOfStorage(source.code) || isOfStorage(code)) return this.#castStorage(source, code)
    if (source.origin === CONSTANT) {
      const constant = this.constants[source.number]
      // A scalar of each run is cast there where the dtype is narrower: it may wrap or be cut.
      const isNarrow = code === INT32 || code === UINT8
      if (constant.slot < 0)
        return this.#constant({ ...constant, value: castNumber(constant.value, code), code }, source.priority)
      if (canCast(source.code, code) && !isNarrow) return this.#constant({ ...constant, code }, source.priority)
    }
    return this.instruction(castRows[source.code], code, [source])
  }

  /** By the dtype that computes for the one of storage. What was only widened is given as it was. */
  #castStorage(source: Expr, code: number): Expr {
    const [from, to] = [computeCode(source.code), computeCode(code)]
    if (from !== source.code) return this.cast(this.instruction(castRows[source.code], from, [source]), code)
    if (to !== source.code) return this.cast(this.cast(source, to), code)
    const made = source.isResult ? this.instructions[source.number] : null
    return made?.row === castRows[code] ? made.sources[0] : this.instruction(castRows[to], code, [source])
  }

  #once(key: string, make: () => Expr): Expr {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const made = make()
    this.#known.set(key, made)
    return made
  }
}

/** A number as the cast kernels convert it. */
function castNumber(value: number, code: number): number {
  if (code === BOOL) return Number(value !== 0)
  if (isFloating(code)) return value
  const whole = Math.trunc(value)
  return code === INT32 ? whole | 0 : code === UINT8 ? whole & 255 : whole
}

/** An op has no kernel for a dtype; the op's family turns it into the user's error. */
export class UnsupportedDtype extends Error {
  constructor(
    readonly kernel: string,
    readonly code: number
  ) {
    super(`internal: kernel '${kernel}' is not defined for ${dtypeNames[code]}`)
  }
}

const castRows = dtypeNames.map((name) => kernelRow('pointwise', `cast.${name}`))
export const indexRow = kernelRow('pointwise', 'index')

/** The logical linear index of each element, int64. */
export const linearIndex = (builder: Builder): Expr => builder.instruction(indexRow, INT64, [])
