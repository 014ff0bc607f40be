// What makes features of the values of one column.

import { valueText } from '../../kinds'
import type { Value } from '../columns/column'

/** What features are written to. */
export type Target = Float32Array | Int32Array

/** Reads, fits and writes one column. What `read` gives is what `observe` and `write` take. */
export interface Encoder<Raw> {
  /** The names of its features. Those of categories are known when it is fitted. */
  readonly names: readonly string[]
  /** True where all its features are integers. */
  readonly isInteger: boolean
  /** A value as it is fitted and written; throws BadValue for one that does not belong here. */
  read(value: Value | undefined): Raw
  /** Takes a training value into account. */
  observe(raw: Raw): void
  /** Ends the fitting; throws where the values do not suffice. */
  settle(): void
  /** Writes the features, one after the other. */
  write(raw: Raw, target: Target, at: number): void
  /** What the fitting has found, as plain JSON. */
  fitted(): object
}

/** A value that does not belong into its column; the message goes on after the column's name. */
export class BadValue extends Error {}

export const mustBe = (what: string, value: unknown): BadValue => new BadValue(`must be ${what}, got ${quoted(value)}`)

export const noValue = (advice: string): BadValue => new BadValue(`has no value; ${advice}`)

/** Long texts would fill the message. */
const quoted = (value: unknown): string =>
  typeof value === 'string' && value.length > 40 ? `'${value.slice(0, 40)}…'` : valueText(value)

/** True for values that stand for none. */
export const isMissing = (value: unknown): value is null | undefined | '' =>
  value === null || value === undefined || value === '' || value !== value
