// Cuts a row program at its reductions: which launches it takes, over which space, and which values they hand on in
// memory.

import { Builder, type Expr } from '../../symbol'
import { kernelRow, pointwiseRows } from '../../launch'
import { Transplant } from '../../transplant'

/** Where a value has elements: at each place of a call, once for each of its rows, or once. */
export const FULL = 0
export const ROWS = 1
export const ONE = 2
export type Space = typeof FULL | typeof ROWS | typeof ONE

/**
 * Over which dims a launch reduces: none; the call's, to rows; all, to one; those that group k repeats, which is GROUPS
 * + k.
 */
export const NOTHING = 0
export const GROUPS = 3

export interface PlanInput {
  readonly space: Space
  /** Broadcasting repeats it, so that it is small beside the call. */
  readonly repeats: boolean
}

export interface PlanOutput {
  readonly value: Expr
  readonly space: Space
  /** Number of the group of dims that broadcasting repeated, over which it is summed, or -1. */
  readonly group: number
}

/** A tensor that a plan reads or makes; the inputs are the first. */
export interface Memory {
  readonly code: number
  readonly space: Space
  readonly group: number
}

/** One launch over memory by its numbers. */
export interface Step {
  readonly builder: Builder
  readonly space: Space
  readonly over: number
  readonly reads: readonly number[]
  readonly writes: readonly number[]
  readonly values: readonly Expr[]
  /** Row of the reduction that ends each value, null where it is stored. */
  readonly rows: readonly (number | null)[]
  /** Set where the step is no expression: one element of a row is read, or written. */
  readonly how: 'pick' | 'place' | null
}

export interface Schedule {
  readonly steps: readonly Step[]
  readonly memories: readonly Memory[]
  /** Memory of each output. */
  readonly outputs: readonly number[]
}

const indexRow = kernelRow('pointwise', 'index')
const reduceRows = {
  sum: kernelRow('reduce', 'sum'),
  total: kernelRow('reduce', 'sum'),
  mean: kernelRow('reduce', 'mean'),
  amax: kernelRow('reduce', 'amax'),
  amin: kernelRow('reduce', 'amin')
}

/** Rows that take no longer than reading an element. */
const cheapRows = new Set(
  ['add', 'sub', 'mul', 'div', 'neg', 'abs', 'square', 'maximum', 'minimum', 'where'].map((name) =>
    kernelRow('pointwise', name)
  )
)
const isCheap = (row: number): boolean => cheapRows.has(row) || pointwiseRows[row].signature !== 'same'

/** Most instructions of a value that is the same in a whole launch, and computed in each that reads it. */
const MOST_UNIFORM = 16

// What a launch costs, in passes over the elements of its space. Reading a value of each row costs half a pass: rows
// may be short. 1001 rows of 37: logSoftmax takes 38 us with what is centred stored in the result's memory, and 56 us
// when it is centred twice.
const INSTRUCTION = 0.1
const READ = 1
const READ_ROWS = 0.5
const READ_REPEATED = 0.25
const STORE = 0.5
const STORE_FRESH = 1.5

/** What a launch leaves in memory. */
interface Root {
  readonly value: Expr
  /** Row of the reduction that ends it, null where it is stored. */
  readonly row: number | null
  /** Whose memory it is: a value's, or that of an output by its number. */
  readonly target: Expr | number
}

/** A launch under construction. */
interface Draft {
  readonly stage: number
  readonly space: Space
  readonly over: number
  readonly roots: Root[]
  /** What it reads from memory. */
  readonly reads: Set<Expr>
}

interface About {
  readonly space: Space
  /** How many reductions stand one behind the other before it. */
  readonly stage: number
}

const kindOfDraft = (stage: number, space: Space): number => 3 * stage + (2 - space)

export class Scheduler {
  readonly #about = new Map<Expr, About>()
  readonly #drafts: Draft[] = []
  /** What some launch, or the caller, puts into memory. */
  readonly #stored = new Set<Expr>()
  /** What is to be stored by `kindOfDraft`, until a launch takes it. */
  readonly #waiting = new Map<number, Root[]>()
  readonly #kernels: Expr[] = []
  /** What reductions are computed from, once somebody asks. */
  #beforeReductions: Set<Expr> | null = null
  /** Results of the whole space that may hold another value before. */
  readonly #homes: Expr[]

  constructor(
    readonly builder: Builder,
    readonly inputs: readonly PlanInput[],
    readonly outputs: readonly PlanOutput[],
    /** A row is all of the call. */
    readonly isWhole: boolean
  ) {
    this.#homes = outputs
      .filter(({ space, group, value }) => space === FULL && group < 0 && !value.isInput)
      .map(({ value }) => value)
  }

  // ---- what a value is ----

  #of(value: Expr): About {
    let about = this.#about.get(value)
    if (about === undefined) {
      about = this.#look(value)
      this.#about.set(value, about)
    }
    return about
  }

  spaceOf(value: Expr): Space {
    return this.#of(value).space
  }

  #look(value: Expr): About {
    if (value.isConstant) return { space: ONE, stage: 0 }
    if (value.isInput) {
      const { space } = this.inputs[value.number]
      return { space: this.isWhole && space === ROWS ? ONE : space, stage: 0 }
    }
    if (value.isReduced) {
      const { how, source, index } = this.builder.reductions[value.number]
      const stage = Math.max(this.#of(source).stage, index === null ? 0 : this.#of(index).stage) + 1
      const space = how === 'place' ? FULL : how === 'total' || this.isWhole ? ONE : ROWS
      return { space, stage }
    }
    const { row, sources } = this.builder.instructions[value.number]
    let space: Space = row === indexRow ? FULL : ONE
    let stage = 0
    for (const source of sources) {
      const about = this.#of(source)
      if (about.space < space) ({ space } = about)
      if (about.stage > stage) ({ stage } = about)
    }
    return { space, stage }
  }

  #sourcesOf(value: Expr): readonly Expr[] {
    return value.isResult ? this.builder.instructions[value.number].sources : []
  }

  // ---- which launches ----

  run(): Schedule {
    this.outputs.forEach(({ value, space, group }, i) => {
      if (group >= 0 || this.#isRepeated(i)) return
      if (space === FULL && this.#of(value).space !== FULL) {
        this.#wait({ value, row: null, target: i }, this.#of(value).stage, FULL)
      } else this.#store(value)
    })
    this.#addSums()
    this.#closeAll()
    return this.#numbered()
  }

  /** Number of the first output that is the same as output `i`. */
  #first(i: number): number {
    const { value, space, group } = this.outputs[i]
    return this.outputs.findIndex((each) => each.value === value && each.space === space && each.group === group)
  }

  #isRepeated(i: number): boolean {
    return this.#first(i) !== i
  }

  /**
   * Sums over what broadcasting repeated go with the last launch over the whole space, which reads most of what they
   * read.
   */
  #addSums(): void {
    const sums = [...this.outputs.keys()].filter((i) => this.outputs[i].group >= 0 && !this.#isRepeated(i))
    let stage = 0
    for (const i of sums) stage = Math.max(stage, this.#of(this.outputs[i].value).stage)
    for (const kind of this.#waiting.keys()) if (kind % 3 === 2 - FULL) stage = Math.max(stage, Math.floor(kind / 3))
    for (const i of sums) {
      const { value, group } = this.outputs[i]
      this.#draft(stage, FULL, GROUPS + group).roots.push({ value, row: reduceRows.sum, target: i })
    }
  }

  /** Puts a value into memory, in the launch of its own stage and space. */
  #store(value: Expr): void {
    if (value.isInput || this.#stored.has(value)) return
    this.#stored.add(value)
    const { space, stage } = this.#of(value)
    if (!value.isReduced) {
      this.#wait({ value, row: null, target: value }, stage, space)
      return
    }
    const { how, source, index } = this.builder.reductions[value.number]
    if (how === 'pick' || how === 'place') {
      this.#kernels.push(value)
      this.#store(source)
      this.#store(index!)
      return
    }
    const about = this.#of(source)
    const over = how === 'total' || this.isWhole ? ONE : ROWS
    const draft = this.#draft(about.stage, about.space, over)
    draft.roots.push({ value: source, row: reduceRows[how], target: value })
  }

  #wait(root: Root, stage: number, space: Space): void {
    const kind = kindOfDraft(stage, space)
    const list = this.#waiting.get(kind)
    if (list === undefined) this.#waiting.set(kind, [root])
    else list.push(root)
  }

  #draft(stage: number, space: Space, over: number): Draft {
    let draft = this.#drafts.find((each) => each.stage === stage && each.space === space && each.over === over)
    if (draft === undefined) {
      draft = { stage, space, over, roots: [], reads: new Set() }
      this.#drafts.push(draft)
    }
    return draft
  }

  /** From the last launch to the first: what one reads from memory, an earlier one stores. */
  #closeAll(): void {
    const closed = new Set<Draft>()
    for (;;) {
      const kinds = [...this.#waiting.keys()]
      for (const draft of this.#drafts) if (!closed.has(draft)) kinds.push(kindOfDraft(draft.stage, draft.space))
      if (kinds.length === 0) return
      const kind = Math.max(...kinds)
      const [stage, space] = [Math.floor(kind / 3), (2 - (kind % 3)) as Space]
      let drafts = this.#drafts.filter((draft) => draft.stage === stage && draft.space === space)
      const waiting = this.#waiting.get(kind)
      if (waiting !== undefined) {
        if (drafts.length === 0) drafts = [this.#draft(stage, space, NOTHING)]
        drafts[0].roots.push(...waiting)
        this.#waiting.delete(kind)
      }
      for (const draft of drafts) {
        this.#close(draft)
        closed.add(draft)
      }
    }
  }

  /** Decides which values a launch reads and which it computes. */
  #close(draft: Draft): void {
    const earlier: Expr[] = []
    const seen = new Set<Expr>()
    const walk = (value: Expr): void => {
      if (seen.has(value)) return
      seen.add(value)
      if (value.isConstant) return
      const { space, stage } = this.#of(value)
      if (this.#isRead(value, draft)) this.#read(value, draft)
      else if (space === draft.space && stage < draft.stage) earlier.push(value)
      else this.#sourcesOf(value).forEach(walk)
    }
    for (const { value } of draft.roots) walk(value)
    const size = (value: Expr): number => this.#cone(value, draft).instructions.length
    for (const value of earlier.sort((a, b) => size(a) - size(b))) {
      const { leaves } = this.#cone(value, draft)
      if (this.#isStoredFor(value, draft)) this.#read(value, draft)
      else for (const leaf of leaves) this.#read(leaf, draft)
    }
  }

  /** True where a launch has to read a value: it lies in memory anyhow, or is computed once for each row or all. */
  #isRead(value: Expr, draft: Draft): boolean {
    if (draft.reads.has(value) || value.isInput || value.isReduced) return true
    const { space } = this.#of(value)
    if (value.isConstant || space === draft.space) return false
    return space === ROWS || !this.#isUniform(value)
  }

  #isUniform(value: Expr): boolean {
    const { instructions } = this.#cone(value, null)
    return instructions.length <= MOST_UNIFORM && instructions.every(({ failure }) => failure === null)
  }

  #read(value: Expr, draft: Draft): void {
    draft.reads.add(value)
    this.#store(value)
  }

  /** What computing a value in a launch takes: instructions, and values to read. */
  #cone(value: Expr, draft: Draft | null) {
    const instructions: Builder['instructions'] = []
    const leaves: Expr[] = []
    const seen = new Set<Expr>()
    const walk = (each: Expr): void => {
      if (seen.has(each) || each.isConstant) return
      seen.add(each)
      if (draft === null ? !each.isResult : this.#isRead(each, draft)) {
        leaves.push(each)
        return
      }
      instructions.push(this.builder.instructions[each.number])
      this.#sourcesOf(each).forEach(walk)
    }
    walk(value)
    return { instructions, leaves }
  }

  /** True where reading a value of an earlier stage costs less than computing it here. */
  #isStoredFor(value: Expr, draft: Draft): boolean {
    const { instructions, leaves } = this.#cone(value, draft)
    const isAgain = this.#isReducedFrom(value)
    if (isAgain && instructions.some(({ row, failure }) => failure !== null || !isCheap(row))) return true
    let again = isAgain ? INSTRUCTION * instructions.length : 0
    for (const leaf of leaves) if (!draft.reads.has(leaf)) again += this.#costToRead(leaf)
    const hasHome = this.#homes.some(
      (home) => home.code === value.code && home !== value && this.#of(home).stage >= draft.stage
    )
    const store = this.#stored.has(value) ? 0 : hasHome ? STORE : STORE_FRESH
    return again > store + READ
  }

  /** True where an earlier launch computes the value anyhow, for what it reduces. */
  #isReducedFrom(value: Expr): boolean {
    if (this.#beforeReductions === null) {
      const before = (this.#beforeReductions = new Set<Expr>())
      const walk = (each: Expr): void => {
        if (before.has(each)) return
        before.add(each)
        this.#sourcesOf(each).forEach(walk)
      }
      for (const { source } of this.builder.reductions) walk(source)
    }
    return this.#beforeReductions.has(value)
  }

  #costToRead(leaf: Expr): number {
    const { space } = this.#of(leaf)
    if (space !== FULL) return space === ROWS ? READ_ROWS : 0
    return leaf.isInput && this.inputs[leaf.number].repeats ? READ_REPEATED : READ
  }

  // ---- memory ----

  #numbered(): Schedule {
    const { inputs } = this.builder
    const memories: Memory[] = inputs.map(({ code }, i) => ({ code, space: this.inputs[i].space, group: -1 }))
    const numbers = new Map<Expr | number, number>(inputs.map((input, i) => [input, i]))
    const launches = this.#inOrder()
    const homes = this.#findHomes(launches)
    const numberOf = (target: Expr | number): number => {
      let number = numbers.get(target)
      if (number === undefined) {
        const home = typeof target === 'number' ? undefined : homes.get(target)
        number = home === undefined ? memories.push(this.#memoryOf(target)) - 1 : numberOf(home)
        numbers.set(target, number)
      }
      return number
    }
    const steps = launches.map((launch) =>
      'reads' in launch ? this.#draftStep(launch, numberOf) : this.#kernelStep(launch, numberOf)
    )
    return { steps, memories, outputs: this.outputs.map((_, i) => numberOf(this.#targetOf(i))) }
  }

  /** Where output `i` is found. */
  #targetOf(i: number): Expr | number {
    const { value, space, group } = this.outputs[i]
    return group >= 0 || (space === FULL && this.#of(value).space !== FULL) ? this.#first(i) : value
  }

  #memoryOf(target: Expr | number): Memory {
    if (typeof target !== 'number') return { code: target.code, space: this.#of(target).space, group: -1 }
    const { value, group } = this.outputs[target]
    return { code: value.code, space: FULL, group }
  }

  /** Launches and kernel calls as they run. */
  #inOrder(): (Draft | Expr)[] {
    const key = (each: Draft | Expr): number =>
      'reads' in each ? kindOfDraft(each.stage, each.space) : kindOfDraft(this.#of(each).stage, ONE) - 0.5
    return [...this.#kernels, ...this.#drafts].sort((a, b) => key(a) - key(b))
  }

  #kernelStep(value: Expr, numberOf: (value: Expr) => number): Step {
    const { how, source, index } = this.builder.reductions[value.number]
    return {
      builder: this.builder,
      space: FULL,
      over: NOTHING,
      reads: [numberOf(source), numberOf(index!)],
      writes: [numberOf(value)],
      values: [],
      rows: [],
      how: how as 'pick' | 'place'
    }
  }

  /** Results in whose memory another value waits until the launch that writes the result reads it for the last time. */
  #findHomes(launches: readonly (Draft | Expr)[]): Map<Expr, Expr> {
    const homes = new Map<Expr, Expr>()
    const writerOf = (value: Expr): number =>
      launches.findIndex((each) => 'reads' in each && each.roots.some(({ target }) => target === value))
    const lastReaderOf = (value: Expr): number =>
      launches.reduce((last, each, i) => ('reads' in each && each.reads.has(value) ? i : last), -1)
    const free = new Set(this.#homes.filter((home) => home.isResult))
    for (const value of this.#stored) {
      const isOutput = this.outputs.some((output) => output.value === value)
      if (!value.isResult || isOutput || this.#of(value).space !== FULL) continue
      for (const home of free) {
        const at = writerOf(home)
        if (home.code !== value.code || at < lastReaderOf(value) || at <= writerOf(value)) continue
        homes.set(value, home)
        free.delete(home)
        break
      }
    }
    return homes
  }

  #draftStep({ space, over, roots, reads }: Draft, numberOf: (target: Expr | number) => number): Step {
    const builder = new Builder()
    const inputs = [...reads].map((value) => ({ value, number: numberOf(value) })).sort((a, b) => a.number - b.number)
    const symbols = new Map(inputs.map(({ value }) => [value, builder.input(value.code, value.priority)]))
    const transplant = new Transplant(builder, (value) => symbols.get(value) ?? null)
    // The first check that fails gives the error.
    for (const check of this.#checksOf(roots, reads)) transplant.of(check)
    const values = roots.map(({ value }) => transplant.of(value))
    const writes = roots.map(({ target }) => numberOf(target))
    const numbers = inputs.map(({ number }) => number)
    return { builder, space, over, reads: numbers, writes, values, rows: roots.map(({ row }) => row), how: null }
  }

  /** The values that are checked on the way from what a launch reads, in the formula's order. */
  #checksOf(roots: readonly Root[], reads: ReadonlySet<Expr>): Expr[] {
    const checks = new Set<Expr>()
    const seen = new Set<Expr>(reads)
    const walk = (value: Expr): void => {
      if (seen.has(value)) return
      seen.add(value)
      if (value.isResult && this.builder.instructions[value.number].failure !== null) checks.add(value)
      this.#sourcesOf(value).forEach(walk)
    }
    for (const { value } of roots) walk(value)
    return [...checks].sort((a, b) => a.number - b.number)
  }
}
