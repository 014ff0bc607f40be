// The signature of a public function: its arguments in their order, by keyword, or some this way and some the other.

import { countText, givenText, isList, isRevoked } from '../kinds'
import type { Calls, Items, Values } from './types'
import type { Kind } from './kind'
import { hint } from './nearest'
import { type Parameter, parse } from './parse'

/** True for what stands for keywords: an object of no class, of any realm. Tensors, lists and iterables are values. */
export function isKeywords(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || isList(value)) return false
  if (isRevoked(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return !(Symbol.iterator in value)
  if (Object.getPrototypeOf(prototype) !== null || !Object.hasOwn(prototype as object, 'hasOwnProperty')) return false
  return !(Symbol.iterator in value)
}

const never = (): boolean => false
const noKeywords = {}

/** The parameters of a public function in PyTorch's order, from a text such as `'softmax(input: Tensor, dim: int)'`. */
export class Signature<const Text extends string = string> {
  readonly name: string
  readonly parameters: readonly Parameter[]
  /** How many parameters may stand in their order. */
  readonly positions: number
  readonly #names: readonly string[]
  readonly #isVariadic: boolean
  /** True where some parameters go by keyword only. */
  readonly #mayEndInKeywords: boolean
  readonly #required: number
  readonly #passes: readonly Kind['passes'][]

  constructor(readonly text: Text) {
    const { name, parameters } = parse(text)
    this.name = name
    this.parameters = parameters
    this.positions = parameters.filter(({ isKeywordOnly }) => !isKeywordOnly).length
    this.#names = parameters.map((parameter) => parameter.name)
    this.#isVariadic = parameters.some(({ isVariadic }) => isVariadic)
    this.#mayEndInKeywords = this.positions < parameters.length && !this.#isVariadic
    this.#required = parameters.filter(({ isRequired }) => isRequired).length
    const passes = (i: number): Kind['passes'] =>
      i < this.positions && !parameters[i].isVariadic ? parameters[i].kind.passes : never
    this.#passes = [0, 1, 2, 3].map(passes)
  }

  /** True where up to four arguments in their order are values as they are. */
  passes(count: number, a?: unknown, b?: unknown, c?: unknown, d?: unknown): boolean {
    const passes = this.#passes
    return (
      count >= this.#required &&
      count <= 4 &&
      (count < 1 || passes[0](a)) &&
      (count < 2 || passes[1](b)) &&
      (count < 3 || passes[2](c)) &&
      (count < 4 || passes[3](d))
    )
  }

  /** The values of a call, one for each parameter; throws a TypeError for what the function does not take. */
  read(args: ArrayLike<unknown>): Values<Items<Text>> {
    const { parameters } = this
    const keywords = this.#keywordsOf(args)
    const given = keywords === null ? args.length : args.length - 1
    const values = new Array<unknown>(parameters.length)
    this.#readPositions(args, given, values)
    if (keywords !== null) this.#readKeywords(keywords, values)
    for (let i = 0; i < values.length; i++) {
      if (values[i] !== undefined) continue
      const { isRequired, isVariadic, initial } = parameters[i]
      if (isRequired && !isVariadic) throw this.#missing(values)
      values[i] = isVariadic ? [] : initial
    }
    return values as Values<Items<Text>>
  }

  /** Throws unless what `record` has by the names of parameters is of their kinds. */
  check(record: object): void {
    for (const { name, kind } of this.parameters) {
      if (Object.hasOwn(record, name)) kind.read((record as Record<string, unknown>)[name], this.name, name)
    }
  }

  /**
   * How far the arguments of a call fit: their number where all do and none is missing, else below 0, the less the
   * better.
   */
  match(args: ArrayLike<unknown>): number {
    const { parameters, positions } = this
    const keywords = this.#keywordsOf(args)
    const given = keywords === null ? args.length : args.length - 1
    const present = new Set<string>()
    let right = 0
    for (let i = 0; i < Math.min(given, positions); i++) {
      const { name, kind, isRequired, isVariadic } = parameters[i]
      if (isVariadic || (args[i] === undefined && !isRequired) || kind.accepts(args[i])) right++
      if (args[i] !== undefined) present.add(name)
    }
    const names = keywords === null ? [] : Object.keys(keywords).filter((name) => keywords[name] !== undefined)
    for (const name of names) {
      const parameter = parameters.find((each) => each.name === name)
      if (parameter?.kind.accepts(keywords![name]) === true && !present.has(name)) right++
      present.add(name)
    }
    const isComplete = parameters.every(({ name, isRequired }) => !isRequired || present.has(name))
    const isWhole = right === (this.#isVariadic ? Math.min(given, positions) : given) + names.length
    if (isComplete && isWhole) return right
    return -1 - 2 * right - (given <= positions ? 1 : 0)
  }

  #keywordsOf(args: ArrayLike<unknown>): Readonly<Record<string, unknown>> | null {
    const last = args.length - 1
    // `compile(fn, options)` where there are none.
    if (last === this.positions && args[last] === undefined && this.#mayEndInKeywords) return noKeywords
    if (last < 0 || !isKeywords(args[last])) return null
    return last < this.positions && this.parameters[last].kind.takesRecords === true ? null : args[last]
  }

  #readPositions(args: ArrayLike<unknown>, given: number, values: unknown[]): void {
    const { parameters, positions, name: op } = this
    for (let i = 0; i < Math.min(given, positions); i++) {
      const { kind, name, isRequired, isVariadic, element } = parameters[i]
      if (isVariadic) {
        const rest = Array.prototype.slice.call(args, i, given)
        const isList = rest.length === 1 && typeof rest[0] === 'object' && !element.accepts(rest[0])
        values[i] = kind.read(isList ? rest[0] : rest, op, name)
        return
      }
      if (args[i] !== undefined || isRequired) values[i] = kind.read(args[i], op, name)
    }
    if (given > positions) throw this.#surplus(args, given)
  }

  #readKeywords(keywords: Readonly<Record<string, unknown>>, values: unknown[]): void {
    for (const name of Object.keys(keywords)) {
      const at = this.#names.indexOf(name)
      if (at < 0) {
        throw new TypeError(`${this.name}() got an unexpected keyword argument '${name}'${hint(name, this.#names)}`)
      }
      const value = keywords[name]
      if (value === undefined) continue
      if (values[at] !== undefined) throw new TypeError(`${this.name}() got multiple values for argument '${name}'`)
      values[at] = this.parameters[at].kind.read(value, this.name, name)
    }
  }

  #surplus(args: ArrayLike<unknown>, given: number): TypeError {
    const takes = `${this.name}() takes ${countText(this.positions, 'positional argument')} but ${givenText(given)}`
    const isCallback = given === 3 && Number.isInteger(args[1]) && isList(args[2])
    if (isCallback) return new TypeError(`${takes}; as a callback of map() and the like write x => ${this.name}(x)`)
    const others = this.#names.slice(this.positions)
    return new TypeError(others.length === 0 ? takes : `${takes}; ${others.join(', ')}: by keyword only`)
  }

  #missing(values: readonly unknown[]): TypeError {
    const missing = this.parameters.filter(({ isRequired }, i) => isRequired && values[i] === undefined)
    const names = missing.map(({ name }) => `'${name}'`).join(', ')
    return new TypeError(`${this.name}() missing ${countText(missing.length, 'required argument')}: ${names}`)
  }
}

/** The argument lists that a signature takes. */
export type Arguments<One> = One extends Signature<infer Text> ? Calls<Items<Text>> : never
