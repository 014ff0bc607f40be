// The base of all optimizers: groups of parameters with options, state per parameter, state dicts and checks.

import { clearGradients } from '../autograd/clear'
import { enableGrad } from '../autograd/mode'
import { type Arguments, member } from '../declare'
import { INTERNALS, UNCLONEABLE, markClass, refuseUnmade, uncloneable } from '../identity'
import { type Synchronous, checkArity, checkSynchronous, isGenerator, wrongKind } from '../kinds'
import { tensorOf } from '../ops/core/data'
import { zerosLike } from '../ops/creation'
import { forbidInCapture, guard, guardList, recording, wrote } from '../recording'
import { sameShape, shapeText } from '../shape'
import { type OrKeyword, nearest } from '../signature'
import { Tensor, readGrad } from '../tensor'
import {
  type OptimizerStateDict,
  type ParamGroup,
  type ParamGroupInit,
  type Params,
  checkGroups,
  checkStateDict,
  groupsOf,
  parametersOf
} from './groups'
import { type PyTorchStateDict, withOwnNames } from './pytorch-state'
import type { Subject, UpdateRule } from './update'

const signatures = {
  step: member('Optimizer.step(closure: function? = null)'),
  zeroGrad: member('Optimizer.zeroGrad(setToNone: bool = true)'),
  addParamGroup: member('Optimizer.addParamGroup(paramGroup: paramGroup)'),
  loadStateDict: member('Optimizer.loadStateDict(stateDict: object)')
}

/** Where the state of one parameter hangs, as a property that a capture can watch and a replay can set. */
class OptimizerState<State> {
  constructor(
    readonly states: Map<Tensor, State>,
    readonly parameter: Tensor
  ) {}

  get present(): State | undefined {
    return this.states.get(this.parameter)
  }

  set present(state: State | undefined) {
    if (state === undefined) this.states.delete(this.parameter)
    else this.states.set(this.parameter, state)
  }
}

const noState: Subject['state'] = {}

/** What a closure returns that runs with gradients on. */
function lossOf(closure: () => unknown): unknown {
  let loss: unknown
  enableGrad(() => {
    loss = closure()
  })
  checkSynchronous(
    loss,
    () => 'step: the closure returns a Promise, but the update does not wait for it; await first, then call step()'
  )
  if (isGenerator(loss)) {
    throw new TypeError(
      'step: the closure is a generator, whose body does not run; pass a function that returns the loss'
    )
  }
  return loss
}

type NeutralClass = new (group: object) => object

/** Objects that tell by the names of options whether these are 0. V8 inlines getters of a prototype, not own ones. */
function neutralClass(names: readonly string[]): NeutralClass {
  class Neutral {
    constructor(readonly group: Readonly<Record<string, unknown>>) {}
  }
  for (const name of names) {
    Object.defineProperty(Neutral.prototype, name, {
      get(this: Neutral) {
        return this.group[name] === 0
      }
    })
  }
  return Neutral as NeutralClass
}

const REFUSAL = uncloneable(
  'an Optimizer',
  'send its stateDict(), each tensor by toTransferable(), and load it into a new one'
)

/** What an optimizer keeps beside its public fields. */
class Internals<State extends object> {
  /** By group: which options are 0, as properties that a capture can watch. */
  readonly neutral = new WeakMap<object, object>()
  Neutral: NeutralClass | null = null
  isStepping = false
  /** One entry per parameter, made while a step is captured. */
  readonly entries = new WeakMap<Tensor, OptimizerState<State>>()

  constructor(
    /** How a parameter moves, null where `update` is written by hand. */
    readonly rule: UpdateRule | null,
    /** The options as they were made: a rule, which all of a class share, is traced by their kinds. */
    readonly options: object
  ) {}

  /** Gives the copy of an optimizer internals of its own. */
  copyTo(copy: object): () => void {
    Object.defineProperty(copy, INTERNALS, { value: new Internals(this.rule, this.options) })
    return () => undefined
  }
}

/** Moves parameters against their gradients. `State` is what is kept per parameter. */
export abstract class Optimizer<Options extends object, State extends object> {
  /** @internal */
  readonly [UNCLONEABLE] = REFUSAL
  /** Set an option here, such as `lr`, to change it from the next step on. */
  readonly paramGroups: ParamGroup<Options>[] = []
  /** By parameter; made at its first step with a gradient. */
  readonly state = new Map<Tensor, State>()
  /** What a group's options are unless it names them. */
  readonly defaults: Options
  /** @internal */
  readonly [INTERNALS]!: Internals<State>

  protected constructor(
    params: Params<Options>,
    defaults: Options,
    /** How a parameter moves, unless `update` is written by hand. */
    rule: UpdateRule | null = null
  ) {
    if (new.target === Optimizer) throw new TypeError('Optimizer is the base of optimizers; use one, such as optim.SGD')
    this.defaults = defaults
    Object.defineProperty(this, INTERNALS, { value: new Internals(rule, { ...defaults }) })
    this.check(defaults)
    for (const group of groupsOf(params)) this.addGroup(group as ParamGroupInit<Options>)
  }

  /**
   * Updates all parameters that have a gradient. A closure is called first, with gradients on; its result is returned.
   */
  step(closure?: null): undefined
  step<Loss>(closure: OrKeyword<'closure', Synchronous<Loss, () => Loss>>): Loss
  step(): unknown {
    const closure = arguments.length === 0 ? null : signatures.step.read(arguments)[0]
    const loss = closure === null ? undefined : lossOf(closure as () => unknown)
    if (recording.recorder !== null) for (const group of this.announcedGroups()) this.announceOptions(group)
    // No part of an update is recorded, whatever the grad mode: fused updates never are, and no state requires a
    // gradient.
    checkGroups(this.paramGroups)
    if (this[INTERNALS].isStepping)
      throw new Error('step: the optimizer is in the middle of a step; an option calls step() again')
    this[INTERNALS].isStepping = true
    try {
      for (const group of this.paramGroups) this.update(group)
    } finally {
      this[INTERNALS].isStepping = false
    }
    return loss
  }

  // ---- what a capture hears: the groups, options that are no numbers or do nothing at 0, and which state there is
  // ----

  private announcedGroups(): readonly ParamGroup<Options>[] {
    checkGroups(this.paramGroups)
    guardList(this.paramGroups)
    for (const group of this.paramGroups) {
      guard(group, 'params')
      guardList(group.params)
    }
    return this.paramGroups
  }

  private announceOptions(group: ParamGroup<Options>): void {
    const neutral = this.neutral()
    for (const [name, value] of Object.entries(defaultsOf(this)) as [keyof Options & string, unknown][]) {
      if (neutral.includes(name)) guard(this.neutralOf(group), name)
      else if (typeof value !== 'number' && !Array.isArray(value)) guard(group, name)
    }
  }

  private neutralOf(group: ParamGroup<Options>): object {
    let flags = this[INTERNALS].neutral.get(group)
    if (flags === undefined) {
      this[INTERNALS].Neutral ??= neutralClass(this.neutral())
      flags = new this[INTERNALS].Neutral(group)
      this[INTERNALS].neutral.set(group, flags)
    }
    return flags
  }

  /** Options that do nothing at 0, so that a compiled step has a program for either; other numbers it reads anew. */
  protected neutral(): readonly (keyof Options & string)[] {
    return (this[INTERNALS].rule?.neutral ?? []) as readonly (keyof Options & string)[]
  }

  /** Throws on values that make no sense. */
  protected abstract check(options: Options): void

  /** Updates the parameters of one group that have a gradient. */
  protected update(group: ParamGroup<Options>): void {
    if (this[INTERNALS].rule === null)
      throw new Error(`${this.constructor.name} has neither an update rule nor its own update()`)
    const keepsState = this.keepsState(group)
    const subjects: Subject[] = []
    for (const param of group.params) {
      const grad = readGrad(param)
      if (grad === null) continue
      const state = (keepsState ? this.stateOf(param, group) : noState) as Subject['state']
      subjects.push({ param, grad, state })
    }
    this[INTERNALS].rule.run(this[INTERNALS].options, group, subjects)
  }

  /** False where the options of a group leave nothing to be kept from step to step. */
  protected keepsState(_group: ParamGroup<Options>): boolean {
    return true
  }

  /** State of a parameter before its first step. */
  protected abstract newState(parameter: Tensor, group: ParamGroup<Options>): State

  /** The state of a parameter, made when there is none. */
  protected stateOf(parameter: Tensor, group: ParamGroup<Options>): State {
    if (recording.recorder !== null) guard(this.entryOf(parameter), 'present')
    this.checkState()
    let state = this.state.get(parameter)
    if (state === undefined) {
      state = this.newState(parameter, group)
      this.state.set(parameter, state)
      if (recording.recorder !== null) this.announceNew(parameter, state)
    }
    if (recording.recorder !== null) for (const field of Object.keys(state)) guard(state, field)
    return state
  }

  /** Anyone may set it. */
  private checkState(): void {
    if (!(this.state instanceof Map)) throw wrongKind(this.constructor.name, 'state', 'a Map', this.state)
  }

  private entryOf(parameter: Tensor): OptimizerState<State> {
    let entry = this[INTERNALS].entries.get(parameter)
    if (entry === undefined) {
      entry = new OptimizerState(this.state, parameter)
      this[INTERNALS].entries.set(parameter, entry)
    }
    return entry
  }

  /** A replay that makes the state anew fills in its fields. */
  private announceNew(parameter: Tensor, state: State): void {
    wrote(this.entryOf(parameter), 'present')
    for (const field of Object.keys(state)) wrote(state, field)
  }

  /** Sets the gradients of all parameters to null, or fills them with zeros where `setToNone` is false. */
  zeroGrad(...args: Arguments<typeof signatures.zeroGrad>): void {
    const setToNone = args.length === 0 || signatures.zeroGrad.read(args)[0]
    for (const group of this.announcedGroups()) clearGradients(group.params, setToNone)
  }

  /**
   * Adds parameters with options of their own, such as layers that are trained from now on. What is no option may stand
   * there, too, such as a name, unless it looks like an option that is misspelt.
   */
  addParamGroup(paramGroup: ParamGroupInit<Options>): void
  addParamGroup(...args: unknown[]): void {
    const [group] = signatures.addParamGroup.read(args)
    forbidInCapture(
      'addParamGroup()',
      'changes the optimizer, which a replay does not repeat; call it outside the step'
    )
    checkGroups(this.paramGroups)
    this.addGroup(group as ParamGroupInit<Options>)
  }

  private addGroup(group: ParamGroupInit<Options>): void {
    this.checkNames(group)
    const params = parametersOf(group)
    const known = new Set(this.paramGroups.flatMap((each) => each.params))
    if (params.some((parameter) => known.has(parameter))) {
      throw new RangeError('some parameters appear in more than one parameter group')
    }
    const given = Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined))
    const settled = { ...defaultsOf(this), ...given, params }
    this.check(settled)
    this.paramGroups.push(settled)
  }

  /** Throws where a group has an option that is misspelt. */
  private checkNames(group: object): void {
    const known = ['params', ...Object.keys(defaultsOf(this))]
    for (const name of Object.keys(group).filter((each) => !known.includes(each))) {
      const near = nearest(name, known)
      if (near === null) continue
      throw new TypeError(
        `${this.constructor.name}() got an unexpected option '${name}' in a parameter group; did you mean '${near}'?`
      )
    }
  }

  /** The options of all groups and the state; the state's tensors are the optimizer's own. */
  stateDict(): OptimizerStateDict<Options, State> {
    checkArity('stateDict', arguments.length, 0)
    checkGroups(this.paramGroups)
    const numbers = new Map<Tensor, number>()
    this.checkState()
    const paramGroups = this.paramGroups.map(({ params, ...options }) => {
      for (const parameter of params) if (!numbers.has(parameter)) numbers.set(parameter, numbers.size)
      return { ...options, params: params.map((parameter) => numbers.get(parameter)!) } as unknown as Options & {
        params: number[]
      }
    })
    const state: Record<number, State> = {}
    for (const [parameter, each] of this.state) state[numbers.get(parameter)!] = { ...each }
    return { state, paramGroups }
  }

  /** Takes over options and copies of the state; those of PyTorch's optimizer of this name, too. */
  loadStateDict(stateDict: OptimizerStateDict<Options, State> | PyTorchStateDict): void
  loadStateDict(...args: unknown[]): void {
    const [given] = signatures.loadStateDict.read(args)
    const stateDict = withOwnNames(given)
    checkStateDict(stateDict)
    const { state, paramGroups } = stateDict as OptimizerStateDict<Options, State>
    forbidInCapture(
      'loadStateDict()',
      'changes the optimizer, which a replay does not repeat; call it outside the step'
    )
    if (paramGroups.length !== this.paramGroups.length) {
      throw new RangeError('loaded state dict has a different number of parameter groups')
    }
    if (paramGroups.some(({ params }, i) => params.length !== this.paramGroups[i].params.length)) {
      throw new RangeError(
        "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
      )
    }
    for (const [i, group] of paramGroups.entries()) this.check({ ...this.paramGroups[i], ...group })
    const copies = new Map<Tensor, object>()
    paramGroups.forEach(({ params: numbers }, i) => {
      this.paramGroups[i].params.forEach((parameter, j) => {
        const saved = state[numbers[j]] as State | undefined
        if (saved !== undefined) copies.set(parameter, copiedState(saved, parameter))
      })
    })
    // Nothing has changed until here, so that what does not fit leaves all as it was.
    const previous = new Map(this.state)
    this.state.clear()
    paramGroups.forEach(({ params: _, ...options }, i) => {
      const group = this.paramGroups[i]
      Object.assign(group, structuredClone(options))
      for (const parameter of group.params) {
        const copy = copies.get(parameter)
        if (copy === undefined) continue
        // The same object as before where there was one: a captured step watches its fields.
        const own = previous.get(parameter) ?? this.newState(parameter, group)
        this.state.set(parameter, Object.assign(own, copy))
      }
    })
  }

  /** Prints the options of each group. */
  toString(): string {
    checkGroups(this.paramGroups)
    const lines: string[] = []
    for (const [i, group] of this.paramGroups.entries()) {
      lines.push(`Parameter Group ${i}`)
      const options = Object.entries(group).filter(([name]) => name !== 'params')
      for (const [name, value] of options.sort(([a], [b]) => (a < b ? -1 : 1))) {
        lines.push(`    ${name}: ${optionText(value)}`)
      }
    }
    return `${this.constructor.name} (\n${lines.join('\n')}\n)`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** The defaults of an optimizer, which a caller may have replaced. */
export function defaultsOf<Options extends object>(optimizer: { readonly defaults: Options }): Options {
  const { defaults } = optimizer
  if (typeof defaults === 'object' && (defaults as Options | null) !== null) return defaults
  throw wrongKind(optimizer.constructor.name, 'defaults', 'an object', defaults)
}

const optionText = (value: unknown): string => (Array.isArray(value) ? `[${value.join(', ')}]` : String(value))

/**
 * Copies of saved tensors, in the dtype of the parameter; step counts keep float32. Lists and numbers, as JSON has
 * them, are tensors.
 */
function copiedState(saved: object, parameter: Tensor): object {
  const copies = Object.entries(saved).map(([name, value]: [string, unknown]) => {
    if (value === null) return [name, null]
    if (!(value instanceof Tensor || Array.isArray(value) || typeof value === 'number')) {
      throw wrongKind('loadStateDict', name, 'a Tensor, a list or a number', value)
    }
    const isStep = name === 'step'
    const data = value instanceof Tensor ? value.detach() : (value as number[])
    const copy = tensorOf(data, isStep ? 'float32' : parameter.dtype)
    if (isStep || sameShape(copy.sizes, parameter.sizes)) return [name, copy]
    // A list of no elements does not tell in how many dims.
    if (copy.numelCached === 0 && parameter.numelCached === 0) return [name, zerosLike(parameter)]
    throw new RangeError(
      `loadStateDict: ${name} has shape ${shapeText(copy.sizes)}, but its parameter ${shapeText(parameter.sizes)}`
    )
  })
  return Object.fromEntries(copies) as object
}

Object.defineProperty(Optimizer.prototype, Symbol.toStringTag, { value: 'Optimizer', configurable: true })
markClass('Optimizer', Optimizer, (value) => value instanceof Optimizer)
refuseUnmade(Optimizer)
