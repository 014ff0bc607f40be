// nn.Module. Parameters, buffers and submodules are found by walking own properties in declaration order when asked
// for, so that modules are plain classes with plain fields. State dicts are in state.ts.

import { clearGradients } from '../autograd/clear'
import { type DType, dtypeCode, isFloating, torchName } from '../dtype'
import { type Arguments, member } from '../declare'
import { INTERNALS, UNCLONEABLE, markClass, refuseUnmade, uncloneable } from '../identity'
import { type Advice, checkArity, checkSynchronous, isList, isRevoked, kindText, noDevice, usualAdvice } from '../kinds'
import { tensorOf } from '../ops/core/data'
import { beforeRecording, guard, moduleHooks, setting, wrote } from '../recording'
import { type OrKeyword, defineCheck } from '../signature'
import { Tensor } from '../tensor'
import { typeName } from './describe'
import { type ForwardHook, type ForwardPreHook, type Hooks, announce, enrol, modules, newHooks, passAll } from './door'
import { isParameter, type Parameter } from './parameter'
import { Members } from './members'
import { type LoadResult, type StateDict, collectState, loadState } from './state'
import { type NamedMember, addHook, checkName, fieldOf, firstOfEach, membersOf, setField, treeOf } from './tree'

/** A module whatever its forward returns. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a submodule returns is its user's knowledge
export type AnyModule = Module<any>

declare module '../signature/types' {
  interface KindTypes {
    Module: AnyModule
    /** A Tensor or null, and a Parameter or null: refused in PyTorch's words, which name the member. */
    buffer: Tensor | null
    parameter: Parameter | null
  }
}

const isModule = (value: unknown): value is Module =>
  typeof value === 'object' && value !== null && !isRevoked(value) && value instanceof Module

const moduleAdvice: Advice = (value) => {
  if (isList(value)) return '; pass its modules: ...modules'
  return kindText(value) === 'function' ? '; call it in the forward() of a Module' : usualAdvice(value)
}

defineCheck('Module', 'a Module', isModule, (value) => {
  if (!isModule(value)) throw new TypeError(`${typeName(value)} is not a Module subclass${moduleAdvice(value)}`)
})
for (const kind of ['buffer', 'parameter'])
  defineCheck(
    kind,
    `a ${kind}`,
    () => true,
    () => undefined
  )

const signatures = {
  registerBuffer: member('Module.registerBuffer(name: str, tensor: buffer, persistent: bool = true)'),
  registerParameter: member('Module.registerParameter(name: str, param: parameter)'),
  registerModule: member('Module.registerModule(name: str, module: Module?)'),
  parameters: member('Module.parameters(recurse: bool = true)'),
  namedParameters: member(
    "Module.namedParameters(prefix: str = '', recurse: bool = true, removeDuplicate: bool = true)"
  ),
  buffers: member('Module.buffers(recurse: bool = true)'),
  namedBuffers: member("Module.namedBuffers(prefix: str = '', recurse: bool = true, removeDuplicate: bool = true)"),
  modules: member('Module.modules(removeDuplicate: bool = true)'),
  namedModules: member("Module.namedModules(memo: null = null, prefix: str = '', removeDuplicate: bool = true)"),
  train: member('Module.train(mode: bool = true)'),
  requiresGrad_: member('Module.requiresGrad_(requiresGrad: bool = true)'),
  zeroGrad: member('Module.zeroGrad(setToNone: bool = true)'),
  apply: member('Module.apply(fn: function)'),
  to: member('Module.to(device: device|dtype? = null, dtype: dtype? = null, nonBlocking: bool = false)'),
  stateDict: member("Module.stateDict(*, prefix: str = '')"),
  loadStateDict: member('Module.loadStateDict(stateDict: stateDict, strict: bool = true, assign: false = false)'),
  registerForwardPreHook: member('Module.registerForwardPreHook(hook: function)'),
  registerForwardHook: member('Module.registerForwardHook(hook: function)')
}

/** The signature of forward in most layers. */
export const ofInput = member('Layer.forward(input: Tensor)')

export type { ForwardHook, ForwardPreHook } from './door'

const ADVICE = 'send its stateDict(), each tensor by toTransferable(), and load it into a new one'
const REFUSALS = {
  training: uncloneable('a Module in training mode', ADVICE),
  evaluation: uncloneable('a Module in evaluation mode', ADVICE)
}

/** What a module keeps beside its fields. */
class Internals {
  training = true
  /** Names of the buffers and whether the state dict lists them. */
  readonly buffers = new Map<string, boolean>()
  hooks: Hooks | null = null
  members = new Members()

  /** Gives the copy of a module internals of its own: hooks are copied as a list, not as functions. */
  copyTo(copy: AnyModule): () => void {
    const internals = new Internals()
    internals.training = this.training
    internals.members = this.members.copy()
    for (const [name, isPersistent] of this.buffers) internals.buffers.set(name, isPersistent)
    Object.defineProperty(copy, INTERNALS, { value: internals })
    return () => {
      enrol(copy, Module.prototype)
      if (this.hooks === null) return
      internals.hooks = newHooks(copy)
      internals.hooks.before.push(...this.hooks.before)
      internals.hooks.after.push(...this.hooks.after)
      moduleHooks.changes++
    }
  }
}

/** A part of a network: fields that are parameters or modules belong to it. `Output` is what forward returns. */
export class Module<Output = Tensor> {
  /** @internal Tells comparisons the mode, and clones that there is another way. */
  [UNCLONEABLE]!: symbol
  /** @internal */
  readonly [INTERNALS]!: Internals

  constructor() {
    if (arguments.length > 0) checkArity(new.target.name, arguments.length, 0)
    this[UNCLONEABLE] = REFUSALS.training
    Object.defineProperty(this, INTERNALS, { value: new Internals() })
    enrol(this, Module.prototype)
  }

  /** The computation; every subclass has its own. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- subclasses name their inputs
  forward(..._inputs: any[]): Output {
    throw new Error(`Module [${this.constructor.name}] is missing the required "forward" function`)
  }

  // ---- registering ----

  /**
   * Makes `this[name]` a tensor that belongs to the state but is not trained; null keeps the name free. A state dict
   * lists `persistent` ones.
   */
  registerBuffer<Value extends Tensor | null>(
    name: string,
    tensor: Value,
    persistent?: boolean | { readonly persistent?: boolean }
  ): Value
  registerBuffer(...args: Arguments<typeof signatures.registerBuffer>): Tensor | null
  registerBuffer(...args: Arguments<typeof signatures.registerBuffer>): Tensor | null {
    const [name, tensor, persistent] = signatures.registerBuffer.read(args)
    checkName(this, 'buffer', name, this[INTERNALS].buffers.has(name))
    if (tensor !== null && !(tensor instanceof Tensor)) {
      throw new TypeError(`cannot assign '${typeName(tensor)}' object to buffer '${name}' (Tensor or null required)`)
    }
    this[INTERNALS].buffers.set(name, persistent)
    this[INTERNALS].members.add(name, 'buffer')
    setField(this, name, tensor)
    return tensor
  }

  /** Makes `this[name]` a parameter; assigning a field does the same. */
  registerParameter<Value extends Parameter | null>(name: string, param: Value): Value
  registerParameter(...args: Arguments<typeof signatures.registerParameter>): Parameter | null
  registerParameter(...args: Arguments<typeof signatures.registerParameter>): Parameter | null {
    const [name, param] = signatures.registerParameter.read(args)
    checkName(this, 'parameter', name, isParameter(fieldOf(this, name)))
    if (param !== null && !isParameter(param)) {
      throw new TypeError(
        `cannot assign '${typeName(param)}' object to parameter '${name}' (nn.Parameter or null required)`
      )
    }
    this[INTERNALS].members.add(name, 'parameter')
    setField(this, name, param)
    return param
  }

  /** Makes `this[name]` a submodule; assigning a field does the same. */
  registerModule<Value extends AnyModule | null>(name: string, module: Value): Value
  registerModule(...args: Arguments<typeof signatures.registerModule>): AnyModule | null
  registerModule(...args: Arguments<typeof signatures.registerModule>): AnyModule | null {
    const [name, module] = signatures.registerModule.read(args)
    checkName(this, 'module', name, isModule(fieldOf(this, name)))
    this[INTERNALS].members.add(name, 'child module')
    setField(this, name, module)
    return module
  }

  // ---- members ----

  /** @internal Own parameters, in declaration order. */
  ownParameters(): NamedMember<Parameter>[] {
    announce(this)
    this[INTERNALS].members.look(this)
    const own = Object.entries(this) as NamedMember<unknown>[]
    return own.filter(
      ([name, value]) => isParameter(value) && !this[INTERNALS].buffers.has(name)
    ) as NamedMember<Parameter>[]
  }

  /** @internal Own buffers, in the order of registration. */
  ownBuffers({ persistentOnly = false } = {}): NamedMember<Tensor>[] {
    announce(this)
    this[INTERNALS].members.look(this)
    const names = [...this[INTERNALS].buffers].filter(([, persistent]) => persistent || !persistentOnly)
    const members = names.map(([name]): NamedMember<unknown> => [name, fieldOf(this, name)])
    return members.filter((member): member is NamedMember<Tensor> => member[1] instanceof Tensor)
  }

  /** @internal Own submodules under each of their names, in declaration order. */
  ownModules(): NamedMember<AnyModule>[] {
    announce(this)
    const own = Object.entries(this) as NamedMember<unknown>[]
    return own.filter((member): member is NamedMember<AnyModule> => isModule(member[1]))
  }

  /** Parameters of this module and, unless told otherwise, its submodules, each once. */
  parameters(...args: Arguments<typeof signatures.parameters>): Parameter[] {
    const recurse = args.length === 0 || signatures.parameters.read(args)[0]
    return membersOf(this, parametersOf, '', recurse, true).map(([, parameter]) => parameter)
  }

  /**
   * Parameters with their dotted names behind `prefix`; what is shared stands under its first name unless
   * `removeDuplicate` is false.
   */
  namedParameters(...args: Arguments<typeof signatures.namedParameters>): NamedMember<Parameter>[] {
    return membersOf(this, parametersOf, ...signatures.namedParameters.read(args))
  }

  /** Buffers of this module and, unless told otherwise, its submodules, each once. */
  buffers(...args: Arguments<typeof signatures.buffers>): Tensor[] {
    const [recurse] = signatures.buffers.read(args)
    return membersOf(this, buffersOf, '', recurse, true).map(([, buffer]) => buffer)
  }

  /**
   * Buffers with their dotted names behind `prefix`; what is shared stands under its first name unless
   * `removeDuplicate` is false.
   */
  namedBuffers(...args: Arguments<typeof signatures.namedBuffers>): NamedMember<Tensor>[] {
    return membersOf(this, buffersOf, ...signatures.namedBuffers.read(args))
  }

  /** Immediate submodules, each once. */
  children(): AnyModule[] {
    checkArity('children', arguments.length, 0)
    return this.namedChildren().map(([, child]) => child)
  }

  /** Immediate submodules with their names. */
  namedChildren(): NamedMember<AnyModule>[] {
    checkArity('namedChildren', arguments.length, 0)
    return firstOfEach(this.ownModules())
  }

  /** This module and all below it, each once unless told otherwise. */
  modules(...args: Arguments<typeof signatures.modules>): AnyModule[] {
    const [removeDuplicate] = signatures.modules.read(args)
    return treeOf(this, '', removeDuplicate).map(([, module]) => module)
  }

  /** This module (named by the prefix alone) and all below it with their dotted names. */
  namedModules(...args: Arguments<typeof signatures.namedModules>): NamedMember<AnyModule>[] {
    const [, prefix, removeDuplicate] = signatures.namedModules.read(args)
    return treeOf(this, prefix, removeDuplicate)
  }

  // ---- modes and dtypes ----

  /** True in training mode, false in evaluation mode; see `train()` and `eval()`. */
  get training(): boolean {
    guard(this, 'training')
    return this[INTERNALS].training
  }

  set training(mode: boolean) {
    if (typeof mode !== 'boolean') throw new TypeError('training mode is expected to be boolean')
    setting(this, 'training')
    this[INTERNALS].training = mode
    this[UNCLONEABLE] = mode ? REFUSALS.training : REFUSALS.evaluation
    wrote(this, 'training')
  }

  /** Sets training mode here and below. */
  train(...args: Arguments<typeof signatures.train>): this {
    const [mode] = signatures.train.read(args)
    this.training = mode
    for (const child of this.children()) child.train(mode)
    return this
  }

  /** Sets evaluation mode here and below. */
  eval(): this {
    checkArity('eval', arguments.length, 0)
    return this.train(false)
  }

  /** Sets whether the parameters require gradients. */
  requiresGrad_(...args: Arguments<typeof signatures.requiresGrad_>): this {
    const [requiresGrad] = signatures.requiresGrad_.read(args)
    for (const parameter of this.parameters()) parameter.requiresGrad_(requiresGrad)
    return this
  }

  /** Sets the gradients of all parameters to null, or fills them with zeros where `setToNone` is false. */
  zeroGrad(...args: Arguments<typeof signatures.zeroGrad>): void {
    clearGradients(this.parameters(), args.length === 0 || signatures.zeroGrad.read(args)[0])
  }

  /** Calls `fn` with every submodule, children first, and with this. */
  apply(fn: OrKeyword<'fn', (module: AnyModule) => void>): this
  apply(...args: unknown[]): this {
    const [fn] = signatures.apply.read(args) as [(module: AnyModule) => void]
    for (const child of this.children()) child.apply(fn)
    checkSynchronous(
      fn(this) as unknown,
      () => 'apply: fn returns a Promise, but apply does not wait for it; await first and pass a synchronous function'
    )
    return this
  }

  /**
   * Converts floating parameters and buffers in place: each stays the same object. As in PyTorch, a device may stand
   * first, which is `'cpu'`.
   */
  to(...args: Arguments<typeof signatures.to>): this {
    const [first, second] = signatures.to.read(args)
    const isDevice = first === null || first === 'cpu' || first === 'cpu:0'
    if (!isDevice && second !== null) throw new TypeError("to() got multiple values for argument 'dtype'")
    const dtype = isDevice ? second : first
    if (dtype === null) return this
    const code = dtypeCode(dtype)
    if (!isFloating(code)) {
      throw new TypeError(
        `nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${torchName(code)}`
      )
    }
    for (const member of [...this.parameters(), ...this.buffers()]) convert(member, dtype, code)
    return this
  }

  /** This module: all of it is on the CPU. */
  cpu(): this {
    checkArity('cpu', arguments.length, 0)
    return this
  }

  /** Throws: there is no other device than the CPU. */
  cuda(_device?: unknown): never {
    throw noDevice('cuda')
  }

  /** Converts to float32. */
  float(): this {
    checkArity('float', arguments.length, 0)
    return this.to('float32')
  }

  /** Converts to float64. */
  double(): this {
    checkArity('double', arguments.length, 0)
    return this.to('float64')
  }

  // ---- state ----

  /** Parameters and persistent buffers by dotted name behind `prefix`, detached; they share storage with the module. */
  stateDict(...args: Arguments<typeof signatures.stateDict>): StateDict {
    const [prefix] = signatures.stateDict.read(args)
    return collectState(this, prefix)
  }

  /**
   * Copies values into the parameters and buffers, which stay the same objects. Throws when a key is missing or
   * unexpected, if `strict`.
   */
  loadStateDict(...args: Arguments<typeof signatures.loadStateDict>): LoadResult {
    const [stateDict, strict] = signatures.loadStateDict.read(args)
    return loadState(this, stateDict, strict)
  }

  // ---- hooks ----

  /** Runs `hook` before each forward; returns a function that removes it. */
  registerForwardPreHook(hook: OrKeyword<'hook', ForwardPreHook>): () => void
  registerForwardPreHook(...args: unknown[]): () => void {
    const [hook] = signatures.registerForwardPreHook.read(args) as [ForwardPreHook]
    return addHook(this, (this[INTERNALS].hooks ??= newHooks(this)).before, hook)
  }

  /** Runs `hook` after each forward; returns a function that removes it. */
  registerForwardHook(hook: OrKeyword<'hook', ForwardHook<Output>>): () => void
  registerForwardHook(...args: unknown[]): () => void {
    const [hook] = signatures.registerForwardHook.read(args) as [ForwardHook<Output>]
    return addHook(this, (this[INTERNALS].hooks ??= newHooks(this)).after, hook)
  }

  // ---- printing ----

  /** What a subclass prints between the parentheses. */
  extraRepr(): string {
    return ''
  }

  /** Prints as PyTorch does: the options, then the submodules indented. */
  toString(): string {
    const extra = this.extraRepr()
    const children = this.childLines()
    if (children.length === 0 && !extra.includes('\n')) return `${this.constructor.name}(${extra})`
    const lines = [...(extra === '' ? [] : extra.split('\n')), ...children]
    return `${this.constructor.name}(\n  ${lines.join('\n  ')}\n)`
  }

  /** @internal One entry per submodule. */
  childLines(): string[] {
    return this.ownModules().map(([name, child]) => `(${name}): ${indented(child)}`)
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/** Notes the parameters of a layer that is made, so that nothing else takes their place. */
export function settle(layer: AnyModule): void {
  layer[INTERNALS].members.look(layer)
}

/** Throws where a layer's parameters are none any more; both may be null. */
export function checkLearned(layer: AnyModule, weight: unknown, bias: unknown = null): void {
  if ((weight !== null && !isParameter(weight)) || (bias !== null && !isParameter(bias))) settle(layer)
}

const parametersOf = (module: AnyModule): NamedMember<Parameter>[] => module.ownParameters()
const buffersOf = (module: AnyModule): NamedMember<Tensor>[] => module.ownBuffers()

/** A module's print to be put inside another's. */
export const indented = (module: AnyModule): string => module.toString().replaceAll('\n', '\n  ')

function convert(member: Tensor, dtype: DType, code: number): void {
  if (!isFloating(member.code) || member.code === code) return
  const { grad } = member
  member.data = tensorOf(member.detach(), dtype)
  if (grad !== null) member.grad = tensorOf(grad.detach(), dtype)
}

beforeRecording.push(() => passAll(Module.prototype))

modules.isModule = isModule
modules.hooksOf = (value) => (value as Partial<AnyModule> | null | undefined)?.[INTERNALS]?.hooks ?? null
Object.defineProperty(Module.prototype, Symbol.toStringTag, { value: 'Module', configurable: true })
markClass('Module', Module, isModule)
refuseUnmade(Module)
