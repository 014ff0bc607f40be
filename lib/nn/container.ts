// Modules of modules. Members are own properties named by position or by name, so the walk of Module finds them.

import { type Arguments, member } from '../declare'
import { type Advice, isIterable, usualAdvice } from '../kinds'
import { type OrKeyword, defineCheck, isKeywords, refusing } from '../signature'
import { Tensor } from '../tensor'
import { type AnyModule, Module, indented, ofInput } from './module'

declare module '../signature/types' {
  interface KindTypes {
    modules: Iterable<AnyModule>
  }
}

const modulesAdvice: Advice = (value) =>
  value instanceof Module ? '; pass an array: [module, ...]' : usualAdvice(value)

const MODULES = 'an iterable of Modules'

// Its members are looked at as they are registered.
defineCheck('modules', MODULES, isIterable, refusing(isIterable, MODULES, modulesAdvice))

const signatures = {
  at: member('Container.at(index: int)'),
  append: member('Container.append(module: Module)'),
  extend: member('Container.extend(modules: modules)'),
  insert: member('ModuleList.insert(index: int, module: Module)'),
  moduleList: member('ModuleList(modules: modules? = null)')
}

/** What Sequential and ModuleList share: members in order. */
abstract class Container<Child extends AnyModule> extends Module {
  get length(): number {
    return this.ownModules().length
  }

  /** Member by position, from the end when negative. */
  at(...args: Arguments<typeof signatures.at>): Child {
    const [index] = signatures.at.read(args)
    const members = this.ownModules()
    if (index < -members.length || index >= members.length) {
      throw new RangeError(`index ${index} is out of range`)
    }
    return members.at(index)![1] as Child
  }

  /** Puts a module at the end. */
  append(module: OrKeyword<'module', Child>): this
  append(...args: unknown[]): this {
    const [module] = signatures.append.read(args)
    this.registerModule(String(this.length), module)
    return this
  }

  /** Puts several modules at the end. */
  extend(modules: Iterable<Child> | { readonly modules: Iterable<Child> }): this
  extend(...args: unknown[]): this {
    const [modules] = signatures.extend.read(args)
    for (const module of modules) this.append(module as Child)
    return this
  }

  *[Symbol.iterator](): IterableIterator<Child> {
    for (const [, module] of this.ownModules()) yield module as Child
  }
}

/** Runs modules one after the other: `new Sequential(a, b)`, or by name `new Sequential({ first: a, second: b })`. */
export class Sequential extends Container<AnyModule> {
  constructor(modules: Readonly<Record<string, AnyModule>>)
  constructor(...modules: AnyModule[])
  constructor(...modules: (AnyModule | Readonly<Record<string, AnyModule>>)[]) {
    super()
    const isNamed = modules.length === 1 && isKeywords(modules[0])
    for (const [name, module] of Object.entries(isNamed ? modules[0] : modules))
      this.registerModule(name, module as AnyModule)
  }

  override forward(...args: Arguments<typeof ofInput>): Tensor
  override forward(input: Tensor): Tensor {
    if (arguments.length !== 1 || !(input instanceof Tensor)) input = ofInput.read(arguments)[0]
    // Every own property that is a module, in order, without a list of them.
    for (const name in this) {
      const member: unknown = this[name]
      if (member instanceof Module) input = (member as Module).forward(input)
    }
    return input
  }
}

/** A list of modules whose parameters are found; its user runs them. */
export class ModuleList<Child extends AnyModule = Module> extends Container<Child> {
  constructor(modules?: Iterable<Child> | { readonly modules?: Iterable<Child> | null } | null)
  constructor(...args: unknown[]) {
    super()
    const [modules] = signatures.moduleList.read(args)
    if (modules !== null) this.extend(modules as Iterable<Child>)
  }

  /** Puts a module before position `index`. */
  insert(index: number, module: OrKeyword<'module', Child>): this
  insert(keywords: { readonly index: number; readonly module: Child }): this
  insert(...args: unknown[]): this {
    const [index, module] = signatures.insert.read(args)
    const modules: AnyModule[] = [...this]
    modules.splice(index, 0, module)
    modules.forEach((each, i) => this.registerModule(String(i), each))
    return this
  }

  /** @internal Equal neighbours print once. */
  override childLines(): string[] {
    const lines: string[] = []
    const prints = [...this].map(indented)
    for (let start = 0; start < prints.length;) {
      let end = start + 1
      while (end < prints.length && prints[end] === prints[start]) end++
      const label = end - start === 1 ? `(${start}): ` : `(${start}-${end - 1}): ${end - start} x `
      lines.push(label + prints[start])
      start = end
    }
    return lines
  }
}
