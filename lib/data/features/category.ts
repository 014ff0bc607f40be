// Categories as one feature each or as their index, and labels, whose classes are categories.

import { isList, valueText } from '../../kinds'
import { isKeywords } from '../../signature'
import type { Value } from '../columns/column'
import { plainNumber } from '../columns/parse'
import { BadValue, type Encoder, type Target, isMissing, mustBe, noValue } from './encoder'
import { numberOf } from './numeric'
import type { CategorySpec, LabelSpec } from './specs'

const booleanWord = /^(true|false)$/i

/** The name of a value's category: numbers and booleans have the same one as the texts that write them. */
function nameOf(value: Value): string {
  if (typeof value !== 'string') return value instanceof Date ? value.toISOString() : String(value)
  const number = plainNumber(value)
  if (number !== null) return String(number)
  return booleanWord.test(value) ? value.toLowerCase() : value
}

/** Numbers by size, all else by code units: the order of the rows does not matter. */
function sorted(names: Iterable<string>): string[] {
  const list = [...names]
  const areNumbers = list.every((name) => plainNumber(name) !== null)
  return areNumbers ? list.sort((a, b) => Number(a) - Number(b)) : list.sort()
}

/** The distinct values of a column, numbered in their order. */
export class Categories {
  #names: string[] = []
  readonly #numbers = new Map<string, number>()

  constructor(
    readonly what: string,
    readonly limit: number
  ) {}

  get names(): readonly string[] {
    return this.#names
  }

  add(name: string): void {
    if (this.#numbers.has(name)) return
    this.#numbers.set(name, this.#numbers.size)
    if (this.#numbers.size > this.limit)
      throw new BadValue(`has more than ${this.limit} ${this.what}; raise its limit, or take it as another kind`)
  }

  settle(): void {
    this.#names = sorted(this.#numbers.keys())
    this.#names.forEach((name, number) => this.#numbers.set(name, number))
  }

  numberOf(name: string): number | undefined {
    return this.#numbers.get(name)
  }

  /** Takes up names that toJSON() gave. */
  restore(column: string, names: unknown): void {
    const isWhole = isList(names) && names.every((name) => typeof name === 'string')
    if (!isWhole || names.length === 0 || names.length > this.limit || new Set(names).size !== names.length)
      throw new RangeError(
        `Features.fromJSON: the ${this.what} of '${column}' must be different strings, at most ${this.limit}, ` +
          `got ${valueText(names)}`
      )
    this.#names = [...(names as readonly string[])]
    this.#names.forEach((name, number) => this.#numbers.set(name, number))
  }
}

const LIMIT = 1000
const LONGEST = 256

/** A category as its name; null for a missing one that is as good as unknown. */
export class CategoryEncoder implements Encoder<string | null> {
  readonly #categories: Categories
  readonly isInteger: boolean
  #names: readonly string[] = []

  constructor(
    readonly name: string,
    readonly spec: CategorySpec,
    fitted: unknown
  ) {
    this.isInteger = spec.encode === 'index' && spec.indicator !== true
    this.#categories = new Categories('categories', spec.limit ?? LIMIT)
    if (fitted === undefined) return
    this.#categories.restore(name, isKeywords(fitted) ? fitted.categories : fitted)
    this.#nameFeatures()
  }

  get names(): readonly string[] {
    return this.#names
  }

  get #hasBucket(): boolean {
    return this.spec.unknown !== 'error'
  }

  #nameFeatures(): void {
    const { name, spec } = this
    const categories = this.#categories.names.map((category) => `${name}=${category}`)
    if (this.#hasBucket) categories.push(`${name}=<unknown>`)
    const names = spec.encode === 'index' ? [name] : categories
    this.#names = spec.indicator === true ? [...names, `${name}.missing`] : names
  }

  read(value: Value | undefined): string | null {
    const { missing = 'error', maxLength = LONGEST } = this.spec
    if (isMissing(value)) {
      if (missing === 'error') throw noValue("say what it becomes: { kind: 'category', missing: 'unknown' }")
      return null
    }
    const name = nameOf(value)
    if (name.length > maxLength) throw mustBe(`of at most ${maxLength} characters`, value)
    const isFitted = this.#names.length > 0
    if (isFitted && !this.#hasBucket && this.#categories.numberOf(name) === undefined)
      throw mustBe('one of the categories of the training rows', value)
    return name
  }

  observe(raw: string | null): void {
    if (raw !== null) this.#categories.add(raw)
  }

  settle(): void {
    const { missing } = this.spec
    if (typeof missing === 'object') this.#categories.add(nameOf(missing.constant))
    this.#categories.settle()
    if (this.#categories.names.length === 0) throw new BadValue('has no value in any training row')
    this.#nameFeatures()
  }

  write(raw: string | null, target: Target, at: number): void {
    const { missing, encode, indicator } = this.spec
    const name = raw ?? (typeof missing === 'object' ? nameOf(missing.constant) : null)
    const number = (name === null ? undefined : this.#categories.numberOf(name)) ?? this.#categories.names.length
    if (encode === 'index') target[at] = number
    else target[at + number] = 1
    if (indicator === true) target[at + this.#names.length - 1] = raw === null ? 1 : 0
  }

  fitted(): object {
    return { categories: this.#categories.names }
  }
}

/** A label: the number itself, or the name of the class. */
export class LabelEncoder implements Encoder<number | string> {
  readonly isInteger: boolean
  readonly names: readonly string[]
  readonly #categories: Categories | null

  constructor(
    readonly name: string,
    readonly spec: LabelSpec,
    fitted: unknown
  ) {
    const { encode = 'index', limit = LIMIT } = spec
    this.isInteger = encode === 'index'
    this.names = [name]
    this.#categories = encode === 'number' ? null : new Categories('classes', encode === 'binary' ? 2 : limit)
    if (fitted !== undefined) this.#categories?.restore(name, isKeywords(fitted) ? fitted.classes : fitted)
  }

  /** The classes by their numbers; null for numbers. */
  get classes(): readonly string[] | null {
    return this.#categories?.names ?? null
  }

  read(value: Value | undefined): number | string {
    if (isMissing(value)) throw noValue('a label must be there; leave the row out: onBadRow')
    if (this.#categories === null) {
      const number = numberOf(value)
      if (!Number.isFinite(number)) throw mustBe('a finite number', value)
      return number
    }
    const name = nameOf(value)
    const isFitted = this.#categories.names.length > 0
    if (isFitted && this.#categories.numberOf(name) === undefined)
      throw mustBe('one of the classes of the training rows', value)
    return name
  }

  observe(raw: number | string): void {
    this.#categories?.add(raw as string)
  }

  settle(): void {
    this.#categories?.settle()
    const count = this.#categories?.names.length
    if (this.spec.encode === 'binary' && count !== 2) throw new BadValue(`must have two classes, got ${count}`)
  }

  write(raw: number | string, target: Target, at: number): void {
    target[at] = typeof raw === 'number' ? raw : this.#categories!.numberOf(raw)!
  }

  fitted(): object {
    return this.#categories === null ? {} : { classes: this.#categories.names }
  }
}
