// nn.Module. Parameters, buffers and submodules are found by walking own properties in declaration order when asked for, so
// that modules are plain classes with plain fields. State dicts are in state.ts.

import { type ZeroGradOptions, clearGradients } from '../autograd/clear'
import { type DType, dtypeCode, isFloating, torchName } from '../dtype'
import { checkFlag, checkFunction } from '../kinds'
import { tensor } from '../ops/creation'
import { guard, moduleHooks, setting, wrote } from '../recording'
import { Tensor } from '../tensor'
import { typeName } from './describe'
import { isParameter, type Parameter } from './parameter'
import { type LoadOptions, type LoadResult, type StateDict, collectState, loadState } from './state'

/** A module whatever its forward returns. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a submodule returns is its user's knowledge
export type AnyModule = Module<any>

/** Sees a module's inputs; returns replacements as an array, or the only one, or nothing. */
export type ForwardPreHook = (module: AnyModule, inputs: readonly unknown[]) => unknown

/** Sees a module's inputs and output; returns a replacement of the output or nothing. */
export type ForwardHook<Output = Tensor> = (
  module: AnyModule,
  inputs: readonly unknown[],
  output: Output
) => Output | null | void

/** Options of `namedParameters()`, `namedBuffers()` and `namedModules()`. */
export interface NamedOptions {
  /** Put before each name, with a dot. */
  readonly prefix?: string
  /** Lists what is shared once, under its first name. Default true. */
  readonly removeDuplicate?: boolean
}

/** Options of the lists of parameters and buffers. */
export interface MemberOptions {
  /** Includes those of submodules. Default true. */
  readonly recurse?: boolean
}

type Named<Value> = [name: string, value: Value]

interface Hooks<Output> {
  readonly before: ForwardPreHook[]
  readonly after: ForwardHook<Output>[]
  /** Takes the wrapper away from this instance's forward. */
  readonly restore: () => void
}

const joined = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** A part of a network: fields that are parameters or modules belong to it. `Output` is what forward returns. */
export class Module<Output = Tensor> {
  #training = true
  /** Names of the buffers and whether the state dict lists them. */
  readonly #buffers = new Map<string, boolean>()
  #hooks: Hooks<Output> | null = null

  /** The computation; every subclass has its own. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- subclasses name their inputs
  forward(..._inputs: any[]): Output {
    throw new Error(`Module [${this.constructor.name}] is missing the required "forward" function`)
  }

  // ---- registering ----

  /** Makes `this[name]` a tensor that belongs to the state but is not trained; null keeps the name free. */
  registerBuffer<Value extends Tensor | null>(
    name: string,
    buffer: Value,
    { persistent = true }: { persistent?: boolean } = {}
  ): Value {
    checkFlag(persistent, 'registerBuffer', 'persistent')
    this.#checkName('buffer', name, this.#buffers.has(name))
    if (buffer !== null && !(buffer instanceof Tensor)) {
      throw new TypeError(
        `cannot assign '${typeName(buffer)}' object to buffer '${name}' (torch Tensor or None required)`
      )
    }
    this.#buffers.set(name, persistent)
    this.#set(name, buffer)
    return buffer
  }

  /** Makes `this[name]` a parameter; assigning a field does the same. */
  registerParameter<Value extends Parameter | null>(name: string, parameter: Value): Value {
    this.#checkName('parameter', name, isParameter(this.#get(name)))
    if (parameter !== null && !isParameter(parameter)) {
      throw new TypeError(
        `cannot assign '${typeName(parameter)}' object to parameter '${name}' (torch.nn.Parameter or None required)`
      )
    }
    this.#set(name, parameter)
    return parameter
  }

  /** Makes `this[name]` a submodule; assigning a field does the same. */
  registerModule<Value extends AnyModule | null>(name: string, module: Value): Value {
    if (module !== null && !(module instanceof Module)) {
      throw new TypeError(`${typeName(module)} is not a Module subclass`)
    }
    this.#checkName('module', name, this.#get(name) instanceof Module)
    this.#set(name, module)
    return module
  }

  #checkName(kind: string, name: unknown, replaces: boolean): asserts name is string {
    if (typeof name !== 'string') throw new TypeError(`${kind} name should be a string. Got ${typeName(name)}`)
    // A field that is declared without a value exists too.
    if (!replaces && this.#get(name) !== undefined && this.#get(name) !== null) {
      throw new RangeError(`attribute '${name}' already exists`)
    }
    const got = kind === 'module' ? `, got: ${name}` : ''
    if (name.includes('.')) throw new RangeError(`${kind} name can't contain "."${got}`)
    if (name === '') throw new RangeError(`${kind} name can't be empty string ""`)
  }

  #get(name: string): unknown {
    return (this as unknown as Record<string, unknown>)[name]
  }

  #set(name: string, value: unknown): void {
    ;(this as unknown as Record<string, unknown>)[name] = value
  }

  // ---- members ----

  /** @internal Own parameters, in declaration order. */
  ownParameters(): Named<Parameter>[] {
    const own = Object.entries(this) as Named<unknown>[]
    return own.filter(([name, value]) => isParameter(value) && !this.#buffers.has(name)) as Named<Parameter>[]
  }

  /** @internal Own buffers, in the order of registration. */
  ownBuffers({ persistentOnly = false } = {}): Named<Tensor>[] {
    const names = [...this.#buffers].filter(([, persistent]) => persistent || !persistentOnly)
    const members = names.map(([name]): Named<unknown> => [name, this.#get(name)])
    return members.filter((member): member is Named<Tensor> => member[1] instanceof Tensor)
  }

  /** @internal Own submodules under each of their names, in declaration order. */
  ownModules(): Named<AnyModule>[] {
    const own = Object.entries(this) as Named<unknown>[]
    return own.filter((member): member is Named<AnyModule> => member[1] instanceof Module)
  }

  #members<Value extends object>(
    own: (module: AnyModule) => Named<Value>[],
    { prefix = '', recurse = true, removeDuplicate = true }: NamedOptions & MemberOptions
  ): Named<Value>[] {
    checkFlag(recurse, 'parameters', 'recurse')
    const modules: Named<AnyModule>[] = recurse ? this.namedModules({ prefix, removeDuplicate }) : [[prefix, this]]
    const members = modules.flatMap(([path, module]) =>
      own(module).map(([name, value]): Named<Value> => [joined(path, name), value])
    )
    return removeDuplicate ? firstOfEach(members) : members
  }

  /** Parameters of this module and its submodules, each once. */
  parameters(options: MemberOptions = {}): Parameter[] {
    return this.namedParameters(options).map(([, parameter]) => parameter)
  }

  /** Parameters with their dotted names. */
  namedParameters(options: NamedOptions & MemberOptions = {}): Named<Parameter>[] {
    return this.#members((module) => module.ownParameters(), options)
  }

  /** Buffers of this module and its submodules, each once. */
  buffers(options: MemberOptions = {}): Tensor[] {
    return this.namedBuffers(options).map(([, buffer]) => buffer)
  }

  /** Buffers with their dotted names. */
  namedBuffers(options: NamedOptions & MemberOptions = {}): Named<Tensor>[] {
    return this.#members((module) => module.ownBuffers(), options)
  }

  /** Immediate submodules, each once. */
  children(): AnyModule[] {
    return this.namedChildren().map(([, child]) => child)
  }

  /** Immediate submodules with their names. */
  namedChildren(): Named<AnyModule>[] {
    return firstOfEach(this.ownModules())
  }

  /** This module and all below it, each once. */
  modules(): AnyModule[] {
    return this.namedModules().map(([, module]) => module)
  }

  /** This module (named by the prefix alone) and all below it with their dotted names. */
  namedModules({ prefix = '', removeDuplicate = true }: NamedOptions = {}): Named<AnyModule>[] {
    checkFlag(removeDuplicate, 'namedModules', 'removeDuplicate')
    const found: Named<AnyModule>[] = []
    const seen = new Set<AnyModule>()
    const visit = (module: AnyModule, path: string): void => {
      if (removeDuplicate && seen.has(module)) return
      seen.add(module)
      found.push([path, module])
      for (const [name, child] of module.ownModules()) visit(child, joined(path, name))
    }
    visit(this, prefix)
    return found
  }

  // ---- modes and dtypes ----

  /** True in training mode, false in evaluation mode; see `train()` and `eval()`. */
  get training(): boolean {
    guard(this, 'training')
    return this.#training
  }

  set training(mode: boolean) {
    if (typeof mode !== 'boolean') throw new TypeError('training mode is expected to be boolean')
    setting(this, 'training')
    this.#training = mode
    wrote(this, 'training')
  }

  /** Sets training mode here and below. */
  train(mode = true): this {
    this.training = mode
    for (const child of this.children()) child.train(mode)
    return this
  }

  /** Sets evaluation mode here and below. */
  eval(): this {
    return this.train(false)
  }

  /** Sets whether the parameters require gradients. */
  requiresGrad_(value = true): this {
    checkFlag(value, 'requiresGrad_', 'requiresGrad')
    for (const parameter of this.parameters()) parameter.requiresGrad_(value)
    return this
  }

  /** Clears the gradients of all parameters. */
  zeroGrad(options: ZeroGradOptions = {}): void {
    clearGradients(this.parameters(), options)
  }

  /** Calls `fn` with every submodule, children first, and with this. */
  apply(fn: (module: AnyModule) => void): this {
    checkFunction(fn, 'apply', 'fn')
    for (const child of this.children()) child.apply(fn)
    fn(this)
    return this
  }

  /** Converts floating parameters and buffers in place: each stays the same object. */
  to(dtype: DType): this {
    const code = dtypeCode(dtype)
    if (!isFloating(code)) {
      throw new TypeError(
        `nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${torchName(code)}`
      )
    }
    for (const member of [...this.parameters(), ...this.buffers()]) convert(member, dtype, code)
    return this
  }

  /** Converts to float32. */
  float(): this {
    return this.to('float32')
  }

  /** Converts to float64. */
  double(): this {
    return this.to('float64')
  }

  // ---- state ----

  /** Parameters and persistent buffers by dotted name, detached; they share storage with the module. */
  stateDict({ prefix = '' }: { prefix?: string } = {}): StateDict {
    return collectState(this, prefix)
  }

  /** Copies values into the parameters and buffers, which stay the same objects. */
  loadStateDict(stateDict: Readonly<StateDict>, options: LoadOptions = {}): LoadResult {
    return loadState(this, stateDict, options)
  }

  // ---- hooks ----

  /** Runs `hook` before each forward; returns a function that removes it. */
  registerForwardPreHook(hook: ForwardPreHook): () => void {
    checkFunction(hook, 'registerForwardPreHook', 'hook')
    return this.#addHook(this.#hooked().before, hook)
  }

  /** Runs `hook` after each forward; returns a function that removes it. */
  registerForwardHook(hook: ForwardHook<Output>): () => void {
    checkFunction(hook, 'registerForwardHook', 'hook')
    return this.#addHook(this.#hooked().after, hook)
  }

  #addHook<Hook>(hooks: Hook[], hook: Hook): () => void {
    hooks.push(hook)
    moduleHooks.changes++
    return () => {
      const at = hooks.indexOf(hook)
      if (at >= 0) hooks.splice(at, 1)
      moduleHooks.changes++
      const all = this.#hooks
      if (all === null || all.before.length + all.after.length > 0) return
      all.restore()
      this.#hooks = null
    }
  }

  /** The hooks; the first one puts a wrapper before this instance's forward. */
  #hooked(): Hooks<Output> {
    if (this.#hooks !== null) return this.#hooks
    const own = Object.getOwnPropertyDescriptor(this, 'forward')
    const { forward } = this
    const restore = (): void => {
      if (own === undefined) Reflect.deleteProperty(this, 'forward')
      else Object.defineProperty(this, 'forward', own)
    }
    const hooks: Hooks<Output> = { before: [], after: [], restore }
    const value = (...inputs: unknown[]): Output => this.#runHooked(hooks, forward, inputs)
    Object.defineProperty(this, 'forward', { value, writable: true, configurable: true, enumerable: false })
    return (this.#hooks = hooks)
  }

  #runHooked(hooks: Hooks<Output>, forward: (...inputs: unknown[]) => Output, inputs: unknown[]): Output {
    for (const hook of [...hooks.before]) {
      const replaced = hook(this, inputs)
      if (replaced !== undefined && replaced !== null) inputs = Array.isArray(replaced) ? replaced : [replaced]
    }
    let output = forward.apply(this, inputs)
    for (const hook of [...hooks.after]) output = hook(this, inputs, output) ?? output
    return output
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

/** A module's print to be put inside another's. */
export const indented = (module: AnyModule): string => module.toString().replaceAll('\n', '\n  ')

function firstOfEach<Value>(members: Named<Value>[]): Named<Value>[] {
  const seen = new Set<Value>()
  return members.filter(([, value]) => !seen.has(value) && seen.add(value))
}

function convert(member: Tensor, dtype: DType, code: number): void {
  if (!isFloating(member.code) || member.code === code) return
  const { grad } = member
  member.data = tensor(member.detach(), { dtype })
  if (grad !== null) member.grad = tensor(grad.detach(), { dtype })
}
