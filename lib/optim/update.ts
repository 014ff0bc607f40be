// Update rules: formulas of one parameter's step, traced once per form and run over all parameters of a group at once.

import { FLOAT32, NUMBER, DIMENSIONED, FLOAT64 } from '../dtype'
import { Expression } from '../expression'
import { Foreach, type Operands } from '../foreach'
import { emptyLike } from '../ops/creation'
import { nulls } from '../ops/define/context'
import { type Value, symbolOf } from '../ops/define/value'
import { Recent } from '../ops/define/variants'
import { numberAdvice, tensorAdvice, wrongKind } from '../kinds'
import { type Live, wrote } from '../recording'
import { sameShape, shapeText } from '../shape'
import { Builder, type Expr } from '../symbol'
import { Tensor } from '../tensor'

/** Options as a formula sees them: numbers are values, null where they are neutral; all else is as it is. */
type OptionValues<Options, Neutral> = {
  readonly [Name in keyof Options]: Options[Name] extends number
    ? Name extends Neutral
      ? Value | null
      : Value
    : Options[Name] extends readonly number[]
      ? { readonly [At in keyof Options[Name]]: Value }
      : Options[Name]
}

/** A parameter's tensors as a formula sees them. */
type StateValues<State> = {
  readonly [Name in keyof State]: State[Name] extends Tensor ? Value : Value | null
}

type Results<State> = { readonly param: Value } & { readonly [Name in keyof State]?: Value }

/** What an update rule says. */
export interface UpdateSpec<Options, State, Neutral extends keyof Options> {
  /** Names of the state's tensors. */
  readonly state: readonly (keyof State)[]
  /** Options that do nothing at 0: the formula sees null there. */
  readonly neutral?: readonly Neutral[]
  /**
   * The new values of a parameter and of its state. Where the state has a `step`, that is a number and already counts
   * this step. State that is null is not there yet; what the formula gives for it is kept.
   */
  readonly update: (
    tensors: { readonly param: Value; readonly grad: Value } & StateValues<State>,
    options: OptionValues<Options, Neutral>
  ) => Results<State>
}

type AnyUpdate = (tensors: never, options: never) => Readonly<Record<string, Value | undefined>>

/** One parameter with a gradient. */
export interface Subject {
  readonly param: Tensor
  readonly grad: Tensor
  /** Tensors by name, null where there is none yet, or nothing where the update needs no state. */
  readonly state: Record<string, Tensor | null | undefined>
}

/** What an option is to a formula. */
interface Option {
  readonly name: string
  /** Position among the elements of an option that is a list of numbers, else -1. */
  readonly at: number
}

/** A rule traced for one form: an expression, and the tensors that it reads and writes by name. */
interface Traced {
  readonly foreach: Foreach
  readonly reads: readonly string[]
  /** Dtypes of these. */
  readonly codes: readonly number[]
  readonly writes: readonly string[]
  /** State that is not there. */
  readonly absent: readonly string[]
}

const STEP = 'step'

/** A group's options as its updates read them. */
class Settings {
  /** The numbers, read anew at each replay. */
  readonly scalars: readonly Live[]
  readonly hasDuplicates: boolean

  constructor(
    readonly group: Readonly<Record<string, unknown>>,
    numbers: readonly Option[]
  ) {
    const params = group.params as readonly Tensor[]
    this.hasDuplicates = new Set(params).size < params.length
    this.scalars = numbers.map(({ name, at }): Live =>
      at < 0
        ? { read: () => checkedNumber(group[name], name) }
        : { read: () => checkedNumber((group[name] as readonly unknown[] | undefined)?.[at], `${name}[${at}]`) }
    )
  }
}

/** An option as a step finds it: whoever sets it later may set anything. */
export function checkedNumber(value: unknown, name: string): number {
  if (typeof value === 'number' && value === value) return value
  if (typeof value === 'number') throw new RangeError(`paramGroups: ${name} is NaN`)
  throw wrongKind('paramGroups', name, 'a number', value, numberAdvice)
}

/** The same for one that is true or false. */
export function checkedFlag(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value
  throw wrongKind('paramGroups', name, 'a boolean', value)
}

/** An update rule of an optimizer. */
export class UpdateRule {
  readonly #update: AnyUpdate
  readonly #settings = new WeakMap<object, Settings>()
  /** Options that are numbers, in the order of their slots. */
  #numbers: readonly Option[] = []
  /** All others. */
  #choices: readonly string[] = []
  /** Those of them that are booleans. */
  #flags: readonly string[] = []
  /** Values of these, numbered as they come. */
  #seen: unknown[] = []
  readonly #states: readonly string[]
  #traced: Recent<Traced> | null = null
  #last: Settings | null = null

  constructor(
    update: AnyUpdate,
    states: readonly string[],
    /** Options that do nothing at 0. */
    readonly neutral: readonly string[]
  ) {
    this.#update = update
    this.#states = states
  }

  /**
   * Updates parameters of a group, each by the rule; counts the steps and the versions. The options are those that
   * `defaults` has.
   */
  run(defaults: object, group: object, subjects: readonly Subject[]): void {
    if (subjects.length === 0) return
    this.#traced ??= this.#prepare(defaults)
    const settings = this.#settingsOf(group)
    const counts = this.#states.includes(STEP)
    // A parameter that stands twice in its group counts its first step before its second.
    if (counts && settings.hasDuplicates) for (const subject of subjects) this.#runAll(settings, [subject], counts)
    else this.#runAll(settings, subjects, counts)
  }

  #runAll(settings: Settings, subjects: readonly Subject[], counts: boolean): void {
    if (counts) countSteps(subjects)
    for (let first = 0; first < subjects.length;) first = this.#runAlike(settings, subjects, first)
  }

  #settingsOf(group: object): Settings {
    if (this.#last?.group === group) return this.#last
    let settings = this.#settings.get(group)
    if (settings === undefined) {
      settings = new Settings(group as Readonly<Record<string, unknown>>, this.#numbers)
      this.#settings.set(group, settings)
    }
    return (this.#last = settings)
  }

  #prepare(defaults: object): Recent<Traced> {
    const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
    const entries = Object.entries(defaults) as [name: string, value: unknown][]
    this.#numbers = entries.flatMap(([name, value]): Option[] =>
      typeof value === 'number' ? [{ name, at: -1 }] : isList(value) ? value.map((__, at) => ({ name, at })) : []
    )
    this.#choices = entries.flatMap(([name, value]) => (typeof value === 'number' || isList(value) ? [] : [name]))
    this.#flags = entries.flatMap(([name, value]) => (typeof value === 'boolean' ? [name] : []))
    return new Recent(this.#choices.length + this.neutral.length + this.#states.length + 2)
  }

  /** Runs the subjects from `first` on that have one form; returns where the next begin. */
  #runAlike(settings: Settings, subjects: readonly Subject[], first: number): number {
    const traced = this.#tracedFor(settings, subjects[first])
    const { foreach } = traced
    const lists: Operands[] = []
    let end = first
    for (; end < subjects.length; end++) {
      const operands = operandsOf(traced, subjects[end])
      if (operands === null) break
      lists.push(operands)
    }
    foreach.run(lists, settings.scalars)
    for (let i = 0; i < lists.length; i++) keep(traced, subjects[first + i], lists[i])
    return end
  }

  #tracedFor(settings: Settings, subject: Subject): Traced {
    const { group } = settings
    const traced = this.#traced!
    traced.start()
    for (let i = 0; i < this.#choices.length; i++) traced.put(this.#numberOf(this.#choices[i], group[this.#choices[i]]))
    for (let i = 0; i < this.neutral.length; i++) traced.put(group[this.neutral[i]] === 0 ? 1 : 0)
    traced.put(subject.param.code)
    traced.put(subject.grad.code)
    for (let i = 0; i < this.#states.length; i++) {
      const state = subject.state[this.#states[i]]
      if (state && !(state instanceof Tensor)) throw notTensor(state, this.#states[i])
      traced.put(state ? 1 + state.code : 0)
    }
    return traced.find() ?? traced.keep(this.#trace(settings, subject))
  }

  #numberOf(name: string, choice: unknown): number {
    if (typeof choice === 'boolean') return choice ? 1 : 0
    if (this.#flags.includes(name)) checkedFlag(choice, name)
    const known = this.#seen.indexOf(choice)
    return 2 + (known >= 0 ? known : this.#seen.push(choice) - 1)
  }

  #trace({ group }: Settings, subject: Subject): Traced {
    const builder = new Builder()
    const reads: string[] = []
    const tensors = new Map<string, Expr>()
    // Only what a formula reads is an operand.
    const read = (name: string): Expr | null => {
      const tensor = tensorOf(subject, name)
      if (tensor === null) return null
      const known = tensors.get(name)
      if (known !== undefined) return known
      const symbol = builder.operand(tensor.code, name === STEP ? NUMBER : DIMENSIONED)
      tensors.set(name, symbol)
      reads.push(name)
      return symbol
    }
    const values = lazily(['param', 'grad', ...this.#states], read)
    // Equal slots are made once; a capture hears of those that a formula reads.
    const slot = (at: number): Expr => builder.slot(at, FLOAT64, NUMBER)
    const numbersOf = (name: string): number[] => this.#numbers.flatMap((each, at) => (each.name === name ? [at] : []))
    const options = lazily([...this.#choices, ...new Set(this.#numbers.map(({ name }) => name))], (name) => {
      const numbers = numbersOf(name)
      if (numbers.length === 0) return group[name]
      if (group[name] === 0 && this.neutral.includes(name)) return null
      return this.#numbers[numbers[0]].at < 0 ? slot(numbers[0]) : numbers.map(slot)
    })
    const results = Object.entries(this.#update(values as never, options as never))
    const made = results.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: symbolOf(value) }]))
    const { code } = subject.param
    const outputs = made.map(({ name, value }) => builder.cast(value, tensorOf(subject, name)?.code ?? code))
    return {
      foreach: new Foreach(new Expression(builder, outputs)),
      reads,
      codes: builder.inputs.map((input) => input.code),
      writes: made.map(({ name }) => name),
      absent: this.#states.filter((name) => tensorOf(subject, name) === null)
    }
  }
}

/** An object whose properties are read when a formula asks for them. */
function lazily(names: readonly string[], read: (name: string) => unknown): object {
  const properties = names.map((name) => [name, { get: () => read(name), enumerable: true }])
  return Object.defineProperties({}, Object.fromEntries(properties) as PropertyDescriptorMap)
}

/** Makes a rule from what it says. */
export function updateRule<Options, State>() {
  return <const Neutral extends keyof Options & string = never>({
    update,
    state,
    neutral = []
  }: UpdateSpec<Options, State, Neutral>): UpdateRule =>
    new UpdateRule(update as AnyUpdate, state as readonly string[], neutral)
}

function tensorOf(subject: Subject, name: string): Tensor | null {
  return name === 'param' ? subject.param : name === 'grad' ? subject.grad : (subject.state[name] ?? null)
}

/**
 * The tensors of one parameter, null where it has another form. Memory for state that is not there yet is laid out as
 * the parameter.
 */
function operandsOf({ reads, codes, writes, absent }: Traced, subject: Subject): Operands | null {
  const { param, state } = subject
  const inputs = nulls<Tensor>(reads.length) as Tensor[]
  for (let i = 0; i < inputs.length; i++) {
    const tensor = tensorOf(subject, reads[i])
    if (tensor !== null && !(tensor instanceof Tensor)) throw notTensor(tensor, reads[i])
    if (tensor === null || tensor.code !== codes[i]) return null
    if (!sameShape(tensor.sizes, param.sizes) && reads[i] !== STEP) throw otherShape(tensor, param, reads[i])
    inputs[i] = tensor
  }
  for (let i = 0; i < absent.length; i++) if (state[absent[i]]) return null
  const outputs = nulls<Tensor>(writes.length) as Tensor[]
  for (let i = 0; i < outputs.length; i++) outputs[i] = tensorOf(subject, writes[i]) ?? emptyLike(param)
  return { inputs, outputs }
}

const notTensor = (value: unknown, name: string): TypeError => wrongKind('state', name, 'a Tensor', value, tensorAdvice)

const otherShape = (tensor: Tensor, param: Tensor, name: string): RangeError =>
  new RangeError(
    `${name} has shape ${shapeText(tensor.sizes)}, but its parameter ${shapeText(param.sizes)}: was the state loaded for other parameters?`
  )

/** Counts versions, and puts new state in its place. */
function keep({ writes, absent }: Traced, { state }: Subject, { outputs }: Operands): void {
  for (let i = 0; i < outputs.length; i++) outputs[i].cell.version++
  for (let i = 0; i < absent.length; i++) {
    const at = writes.indexOf(absent[i])
    if (at < 0) continue
    state[absent[i]] = outputs[at]
    wrote(state, absent[i])
  }
}

let increment: Foreach | null = null

function countSteps(subjects: readonly Subject[]): void {
  if (increment === null) {
    const builder = new Builder()
    increment = new Foreach(new Expression(builder, [symbolOf(builder.input(FLOAT32, DIMENSIONED).add(1))]))
  }
  const lists: Operands[] = []
  for (let s = 0; s < subjects.length; s++) {
    const step = subjects[s].state.step!
    if (step.code !== FLOAT32 || step.sizes.length > 0)
      throw new TypeError(`step must be a 0-d float32 tensor, got ${step.dtype} ${shapeText(step.sizes)}`)
    lists.push({ inputs: [step], outputs: [step] })
  }
  increment.run(lists, [])
  for (let s = 0; s < subjects.length; s++) subjects[s].state.step!.cell.version++
}
