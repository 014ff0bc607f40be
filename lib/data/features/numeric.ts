// Numbers, dates and booleans as one feature each, and perhaps an indicator of missing ones.

import { isKeywords } from '../../signature'
import type { Value } from '../columns/column'
import { readBoolean, readDate } from '../columns/parse'
import { BadValue, type Encoder, type Target, isMissing, mustBe, noValue } from './encoder'
import type { BooleanSpec, DateSpec, NumericSpec } from './specs'
import { Moments, Quantiles } from './statistics'

interface Fit {
  readonly center: number
  readonly scale: number
  /** What stands for a missing value, before scaling; null where there must be none. */
  readonly fill: number | null
}

const DAY = 86_400_000

export function numberOf(value: Value): number {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  if (typeof value === 'string' && value.trim() !== '') return Number(value)
  return NaN
}

function daysOf(value: Value): number {
  if (value instanceof Date) return value.valueOf() / DAY
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) / DAY
  return typeof value === 'string' ? (readDate(value) ?? NaN) / DAY : NaN
}

function flagOf(value: Value): number {
  if (typeof value === 'boolean' || value === 0 || value === 1 || value === 0n || value === 1n) return Number(value)
  const flag = typeof value === 'string' ? readBoolean(value) : null
  return flag === null ? NaN : Number(flag)
}

const readers = {
  numeric: { read: numberOf, what: 'a finite number' },
  date: { read: daysOf, what: 'a date as in ISO 8601' },
  boolean: { read: flagOf, what: 'true or false' }
}

/** `(value - center) / scale` of a number; null stands for a missing one. */
export class NumericEncoder implements Encoder<number | null> {
  readonly isInteger = false
  readonly names: readonly string[]
  readonly #moments = new Moments()
  readonly #quantiles: Quantiles | null
  #fit: Fit | null = null

  constructor(
    readonly name: string,
    readonly spec: NumericSpec | DateSpec | BooleanSpec,
    fitted: unknown
  ) {
    this.names = spec.indicator === true ? [name, `${name}.missing`] : [name]
    const needsQuantiles = spec.missing === 'median' || ('scale' in spec && spec.scale === 'robust')
    this.#quantiles = needsQuantiles ? new Quantiles() : null
    if (fitted !== undefined) this.#fit = readFit(name, fitted)
  }

  read(value: Value | undefined): number | null {
    const { kind, missing = 'error' } = this.spec
    if (isMissing(value)) {
      if (missing === 'error') throw noValue(`say what it becomes: { kind: '${kind}', missing: … }`)
      return null
    }
    const { read, what } = readers[kind]
    const number = read(value)
    if (!Number.isFinite(number)) throw mustBe(what, value)
    return number
  }

  observe(raw: number | null): void {
    if (raw === null) return
    this.#moments.add(raw)
    this.#quantiles?.add(raw)
  }

  settle(): void {
    const { missing = 'error' } = this.spec
    const { mean, count } = this.#moments
    if (count === 0) throw new BadValue('has no value in any training row')
    const fill = missing === 'error' ? null : missing === 'mean' ? mean : this.#constant(missing)
    this.#fit = { ...this.#scaling(), fill }
  }

  #constant(missing: 'median' | { readonly constant: unknown }): number {
    return missing === 'median' ? this.#quantiles!.at(0.5)[0] : Number(missing.constant)
  }

  #scaling(): { center: number; scale: number } {
    const { mean, deviation, least, greatest } = this.#moments
    const { spec } = this
    const scale = spec.kind === 'boolean' ? 'none' : (spec.scale ?? 'standard')
    if (scale === 'none') return { center: 0, scale: 1 }
    if (scale === 'standard') return { center: mean, scale: notZero(deviation) }
    if (scale === 'minMax') return { center: least, scale: notZero(greatest - least) }
    const [low, median, high] = this.#quantiles!.at(0.25, 0.5, 0.75)
    return { center: median, scale: notZero(high - low) }
  }

  write(raw: number | null, target: Target, at: number): void {
    const { center, scale, fill } = this.#fit!
    target[at] = ((raw ?? fill!) - center) / scale
    if (this.names.length > 1) target[at + 1] = raw === null ? 1 : 0
  }

  fitted(): Fit {
    return this.#fit!
  }
}

/** A column of one value has no spread: its feature is 0. */
const notZero = (spread: number): number => (spread > 0 && Number.isFinite(1 / spread) ? spread : 1)

function readFit(name: string, fitted: unknown): Fit {
  const { center, scale, fill } = (isKeywords(fitted) ? fitted : {}) as Partial<Fit>
  const areNumbers = [center, scale, fill ?? 0].every((each) => Number.isFinite(each))
  if (areNumbers && scale! > 0) return { center: center!, scale: scale!, fill: fill ?? null }
  throw new RangeError(`Features.fromJSON: what was fitted for '${name}' must be numbers center, scale and fill`)
}
