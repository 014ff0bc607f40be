// What features are made of columns: the options of each kind, as callers give them and as JSON keeps them.

import { valueText } from '../../kinds'
import { hint, isKeywords } from '../../signature'

/** What stands for a missing value. */
export interface Constant<Content> {
  readonly constant: Content
}

interface Grouped {
  /** The tensor that it becomes part of; by default 'x'. */
  readonly group?: string
}

interface WithIndicator extends Grouped {
  /** True for one more feature: 1 where the value is missing, else 0. */
  readonly indicator?: boolean
}

/** A number as one feature. */
export interface NumericSpec extends WithIndicator {
  readonly kind: 'numeric'
  /**
   * 'standard': mean 0 and variance 1 (of all rows, not of a sample); 'minMax': from 0 to 1; 'robust': median 0 and
   * quartiles 1 apart; 'none'. Default 'standard'.
   */
  readonly scale?: Scale
  /** What a missing value becomes, before scaling; by default it is an error. */
  readonly missing?: 'error' | 'mean' | 'median' | Constant<number>
}

/** A point in time as one feature: days since 1970, scaled. */
export interface DateSpec extends WithIndicator {
  readonly kind: 'date'
  readonly scale?: Scale
  readonly missing?: 'error' | 'mean' | 'median'
}

export type Scale = 'standard' | 'minMax' | 'robust' | 'none'

/** True and false as 1 and 0. */
export interface BooleanSpec extends WithIndicator {
  readonly kind: 'boolean'
  readonly missing?: 'error' | Constant<boolean>
}

/** One of few values. */
export interface CategorySpec extends WithIndicator {
  readonly kind: 'category'
  /** 'oneHot': a feature for each category; 'index': one with its number. Default 'oneHot'. */
  readonly encode?: 'oneHot' | 'index'
  /** What a value becomes that no training row has: a category of its own, the last, or an error. Default 'bucket'. */
  readonly unknown?: 'bucket' | 'error'
  /** 'unknown' is the same category as that of unknown values. By default a missing value is an error. */
  readonly missing?: 'error' | 'unknown' | Constant<string>
  /** More categories are an error. Default 1000. */
  readonly limit?: number
  /** A text of more characters is an error. Default 256. */
  readonly maxLength?: number
}

/**
 * A text as the numbers of its UTF-8 bytes: 1 to 256, then zeros up to `maxLength`. It is a group of its own, int64.
 */
export interface TextSpec extends Grouped {
  readonly kind: 'text'
  /** The bytes of the longest text. */
  readonly maxLength: number
  /** What a longer one is: an error, or cut. Default 'error'. */
  readonly tooLong?: 'error' | 'cut'
  readonly missing?: 'error' | Constant<string>
}

/** What is to be predicted; a missing one is an error. */
export interface LabelSpec {
  readonly kind: 'label'
  /**
   * 'index': the number of the class, int64 [N]; 'binary': 0 or 1, float32 [N, 1]; 'number': the number itself, float32
   * [N, 1]. Default 'index'.
   */
  readonly encode?: 'index' | 'binary' | 'number'
  /** More classes are an error. Default 1000. */
  readonly limit?: number
}

export type FeatureSpec = NumericSpec | DateSpec | BooleanSpec | CategorySpec | TextSpec | LabelSpec

/** Options of a kind, or its name where the defaults serve. */
export type FeatureSpecs = Readonly<Record<string, FeatureSpec | 'numeric' | 'date' | 'boolean' | 'category' | 'label'>>

// ---- checks ----

type Check = (value: unknown) => boolean

const oneOf =
  (...words: unknown[]): Check =>
  (value) =>
    words.includes(value)
const isConstant =
  (type: string): Check =>
  (value) =>
    isKeywords(value) && Object.keys(value).length === 1 && typeof value.constant === type
const either =
  (...checks: Check[]): Check =>
  (value) =>
    checks.some((check) => check(value))
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 1
const isFlag: Check = (value) => typeof value === 'boolean'
const isName: Check = (value) => typeof value === 'string' && value !== ''
const isFiniteConstant: Check = (value) =>
  isConstant('number')(value) && Number.isFinite((value as Constant<number>).constant)

interface Field {
  readonly check: Check
  readonly what: string
}

const field = (check: Check, what: string): Field => ({ check, what })
const words = (...list: string[]): Field => field(oneOf(...list), list.map((word) => `'${word}'`).join(' or '))
const scale = words('standard', 'minMax', 'robust', 'none')
const group = field(isName, 'a name')
const indicator = field(isFlag, 'a boolean')
const count = field(isCount, 'a positive integer')

const fields: Readonly<Record<FeatureSpec['kind'], Readonly<Record<string, Field>>>> = {
  numeric: {
    scale,
    missing: field(
      either(oneOf('error', 'mean', 'median'), isFiniteConstant),
      "'error', 'mean', 'median' or { constant: a number }"
    ),
    indicator,
    group
  },
  date: { scale, missing: words('error', 'mean', 'median'), indicator, group },
  boolean: {
    missing: field(either(oneOf('error'), isConstant('boolean')), "'error' or { constant: true or false }"),
    indicator,
    group
  },
  category: {
    encode: words('oneHot', 'index'),
    unknown: words('bucket', 'error'),
    missing: field(
      either(oneOf('error', 'unknown'), isConstant('string')),
      "'error', 'unknown' or { constant: a category }"
    ),
    indicator,
    limit: count,
    maxLength: count,
    group
  },
  text: {
    maxLength: count,
    tooLong: words('error', 'cut'),
    missing: field(either(oneOf('error'), isConstant('string')), "'error' or { constant: a text }"),
    group
  },
  label: { encode: words('index', 'binary', 'number'), limit: count }
}
const kinds = Object.keys(fields)

/** The spec of a column with its kind; throws for what it does not take. */
export function readSpec(name: string, given: unknown): FeatureSpec {
  const spec = typeof given === 'string' ? { kind: given } : given
  if (!isKeywords(spec)) {
    throw new TypeError(`features: '${name}' must be a kind or an object with one, got ${valueText(spec)}`)
  }
  const { kind, ...options } = spec
  if (typeof kind !== 'string' || !kinds.includes(kind)) {
    const near = typeof kind === 'string' ? hint(kind, kinds) : `; the kinds are ${kinds.join(', ')}`
    throw new RangeError(
      `features: the kind of '${name}' must be one of ${kinds.join(', ')}, got ${valueText(kind)}${near}`
    )
  }
  const known = fields[kind as FeatureSpec['kind']]
  for (const [option, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, option))
      throw new TypeError(`features: ${kind} '${name}' has no option '${option}'${hint(option, Object.keys(known))}`)
    if (value !== undefined && !known[option].check(value))
      throw new RangeError(`features: ${option} of '${name}' must be ${known[option].what}, got ${valueText(value)}`)
  }
  checkTogether(name, spec as unknown as FeatureSpec)
  return spec as unknown as FeatureSpec
}

/** Options that fit their kinds and do not fit each other. */
function checkTogether(name: string, spec: FeatureSpec): void {
  if (spec.kind === 'text' && spec.maxLength === undefined)
    throw new TypeError(`features: text '${name}' needs maxLength, the bytes of its longest value`)
  if ('indicator' in spec && spec.indicator === true && (spec.missing ?? 'error') === 'error')
    throw new RangeError(`features: '${name}' has an indicator, so missing must say what a missing value becomes`)
  if (spec.kind === 'category' && spec.missing === 'unknown' && spec.unknown === 'error')
    throw new RangeError(`features: missing values of '${name}' cannot be 'unknown' where unknown is 'error'`)
}
