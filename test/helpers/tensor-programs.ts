// Straight-line programs over tensors: written as text, run eagerly or compiled.
import * as dyngrad from '../../lib'
import { type DType, type Tensor, compile, manualSeed, nn, rand } from '../../lib'
import type { Shape } from '../../lib/shape'
import { Chooser, randomTensor } from './chooser'

/** One statement; `$0`, `$1`... in its text stand for the values that `sources` number. */
export interface Statement {
  readonly id: number
  readonly text: string
  readonly sources: readonly number[]
}

/**
 * Where the gradient of the results goes: nowhere, into leaves inside the function, or by a backward after the call.
 */
export type Mode = 'plain' | 'backward inside' | 'backward outside'

/** A tensor from outside: its values come from `seed`. */
export interface Outer {
  readonly dtype: DType
  readonly shape: Shape
  readonly requiresGrad: boolean
  readonly seed: number
  /** Number of the outer tensor that this one is, or is a view of (as the text says); -1 for none. */
  readonly of: number
  readonly view: string
}

/** A call: for each argument the outer tensor that it is, and the seed of the generator. */
type Call = readonly number[]

export interface TensorProgram {
  readonly mode: Mode
  /** All tensors from outside. */
  readonly outers: readonly Outer[]
  /** Numbers of those that the function sees without being given them, the first values. */
  readonly closures: readonly number[]
  readonly calls: readonly Call[]
  readonly statements: readonly Statement[]
  /** Numbers of the values that are returned. */
  readonly outputs: readonly number[]
  /** True when a backward after the call leaves out the later results. */
  readonly usesFirstOnly: boolean
  readonly threads: number
}

const library = { ...dyngrad, f: nn.functional }

type Compute = (values: Tensor[]) => Tensor

const compiledTexts = new Map<string, Compute>()

/** The function of a statement's text over its sources. */
export function computeOf(text: string): Compute {
  let compute = compiledTexts.get(text)
  if (compute === undefined) {
    const body = text.replace(/\$(\d)/g, (_, i: string) => `values[${i}]`)
    // The text is what a failing test prints, so it is what runs.
    const make = new Function('d', `return (values) => ${body}`) as (d: object) => Compute
    compute = make(library)
    compiledTexts.set(text, compute)
  }
  return compute
}

/** Tensors from outside, made from their seeds, so that two worlds start alike. */
export function makeOuters(outers: readonly Outer[]): Tensor[] {
  const made: Tensor[] = []
  for (const { dtype, shape, requiresGrad, seed, of, view } of outers) {
    const base = made[of] as Tensor | undefined
    const tensor =
      base === undefined
        ? randomTensor(new Chooser(seed), dtype, shape, { tame: true, layout: layoutOf(seed) })
        : view === ''
          ? base
          : computeOf(view)([base])
    made.push(requiresGrad ? tensor.detach().requiresGrad_() : tensor)
  }
  return made
}

const layoutOf = (seed: number) => (['dense', 'dense', 'offset', 'permuted', 'stepped'] as const)[seed % 5]

function body(program: TensorProgram, closures: readonly Tensor[], count: { calls: number }) {
  const { mode, statements, outputs } = program
  return (...args: Tensor[]): Tensor[] => {
    count.calls++
    const values: Tensor[] = [...closures, ...args]
    for (const { id, text, sources } of statements)
      values[id] = computeOf(text)(sources.map((source) => values[source]))
    const results = outputs.map((output) => values[output])
    if (mode !== 'backward inside') return results
    const loss = lossOf(results)
    loss?.backward()
    return loss === null ? results : [...results, loss]
  }
}

function lossOf(results: readonly Tensor[]): Tensor | null {
  const parts = results.filter((result) => result.requiresGrad).map((result) => result.mul(result).mean().to('float64'))
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum.add(part))
}

/** What a call left: its results or its error, everything outside, in words that can be compared. */
export interface Outcome {
  readonly error: string | null
  readonly results: readonly Tensor[]
  readonly state: readonly (Tensor | null)[]
  readonly words: readonly string[]
}

export class World {
  readonly outers: Tensor[]
  readonly count = { calls: 0 }
  readonly kept: Tensor[] = []
  readonly #run: (...args: Tensor[]) => Tensor[]
  programs = (): number => 0

  constructor(
    readonly program: TensorProgram,
    isCompiled: boolean
  ) {
    this.outers = makeOuters(program.outers)
    const plain = body(
      program,
      program.closures.map((i) => this.outers[i]),
      this.count
    )
    this.#run = plain
    if (isCompiled) {
      const step = compile(plain)
      this.#run = step
      this.programs = () => step.programs.length
    }
  }

  /** Leaves are no part of the loss: eager mode would add what reaches them in another order. */
  #backward(results: readonly Tensor[]): void {
    const made = results.filter(({ isLeaf }) => !isLeaf)
    lossOf(this.program.usesFirstOnly ? made.slice(0, 1) : made)?.backward()
  }

  call(round: number): Outcome {
    const args = this.program.calls[round].map((i) => this.outers[i])
    const before = this.outers.map(({ version }) => version)
    manualSeed(round)
    let results: Tensor[] = []
    let error: string | null = null
    try {
      results = this.#run(...args)
      if (this.program.mode === 'backward outside') this.#backward(results)
    } catch (thrown) {
      error = `${(thrown as Error).name}: ${(thrown as Error).message}`
    }
    this.kept.push(...results)
    const all = [...this.outers, ...this.kept]
    const places = all.map((tensor) => all.findIndex(({ storage }) => storage === tensor.storage))
    const same = all.map((tensor) => all.indexOf(tensor))
    // Gradients are read now and then, so that some wait.
    const gradients = this.outers.map((outer) => (outer.requiresGrad && round % 2 === 1 ? outer.grad : null))
    const words = [
      `storages ${places.join()}`,
      `tensors ${same.join()}`,
      `versions ${this.outers.map(({ version }, i) => version - before[i]).join()}`,
      `requiresGrad ${all.map(({ requiresGrad }) => Number(requiresGrad)).join()}`,
      `generator ${rand(1).item()}`
    ]
    return { error, results, state: [...all, ...gradients], words }
  }
}
