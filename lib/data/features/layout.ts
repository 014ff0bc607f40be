// Which features stand where: groups of columns, each a tensor.

import { type Tensor } from '../../index'
import { type BadRows } from '../columns/bad-rows'
import { adopt } from '../columns/adopt'
import { type Chunk, type Value, placeOf, reader } from '../columns/column'
import { missingColumn } from '../columns/missing-column'
import { CategoryEncoder, LabelEncoder } from './category'
import { BadValue, type Encoder, type Target } from './encoder'
import { NumericEncoder } from './numeric'
import type { FeatureSpec } from './specs'
import { TextFeatureEncoder } from './text'

/** One column with its spec and what reads it. */
export interface Part {
  readonly name: string
  readonly spec: FeatureSpec
  readonly encoder: Encoder<unknown>
}

export function partOf(name: string, spec: FeatureSpec, fitted?: unknown): Part {
  return { name, spec, encoder: encoderOf(name, spec, fitted) as Encoder<unknown> }
}

function encoderOf(name: string, spec: FeatureSpec, fitted: unknown): object {
  if (spec.kind === 'category') return new CategoryEncoder(name, spec, fitted)
  if (spec.kind === 'label') return new LabelEncoder(name, spec, fitted)
  if (spec.kind === 'text') return new TextFeatureEncoder(name, spec)
  return new NumericEncoder(name, spec, fitted)
}

// ---- reading ----

/** The values of a chunk as encoders take them: a list for each part, of the rows that are good. */
export interface Readings {
  readonly length: number
  readonly lists: readonly (readonly unknown[])[]
}

/** Reads all columns of a chunk; rows with a bad value are reported and left out. */
export function readChunk(parts: readonly Part[], chunk: Chunk, bad: BadRows): Readings {
  const refused = new Set<number>()
  const lists = parts.map(({ name, encoder }) => {
    if (!(name in chunk.columns)) throw missingColumn(name, Object.keys(chunk.columns), 'features')
    const valueAt = reader(chunk.columns[name])
    const list = new Array<unknown>(chunk.length)
    for (let row = 0; row < chunk.length; row++) {
      try {
        list[row] = encoder.read(valueAt(row))
      } catch (error) {
        if (!(error instanceof BadValue)) throw error
        if (!refused.has(row)) bad.report(placeOf(chunk, row), name, error.message)
        refused.add(row)
      }
    }
    return list
  })
  if (refused.size === 0) return { length: chunk.length, lists }
  const kept = lists.map((list) => list.filter((_, row) => !refused.has(row)))
  return { length: chunk.length - refused.size, lists: kept }
}

/** Reads one record; a bad value is a RangeError. */
export function readRecord(
  parts: readonly Part[],
  record: Readonly<Record<string, unknown>>,
  place: string
): unknown[] {
  return parts.map(({ name, encoder }) => {
    // What an object has from its class, such as `constructor`, is no field.
    const value = name in Object.prototype && !Object.hasOwn(record, name) ? null : record[name]
    try {
      return encoder.read(value as Value | undefined)
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      throw new RangeError(`${place}column '${name}' ${error.message}`)
    }
  })
}

// ---- writing ----

interface Place {
  /** The number of its part among all. */
  readonly part: number
  readonly encoder: Encoder<unknown>
  /** Its first feature. */
  readonly offset: number
}

/** Columns that become one tensor [rows, width], or [rows] where they are one label. */
export interface Group {
  readonly name: string
  readonly places: readonly Place[]
  readonly width: number
  readonly isInteger: boolean
  readonly isFlat: boolean
}

export const DEFAULT_GROUP = 'x'

const groupNameOf = ({ name, spec }: Part): string | null => {
  if (spec.kind === 'label') return null
  return spec.group ?? (spec.kind === 'text' ? name : DEFAULT_GROUP)
}

function groupOf(name: string, parts: readonly Part[], members: readonly Part[], isLabel: boolean): Group {
  let width = 0
  const places = members.map((member): Place => {
    const place = { part: parts.indexOf(member), encoder: member.encoder, offset: width }
    width += member.encoder.names.length
    return place
  })
  const isInteger = members.every(({ encoder }) => encoder.isInteger)
  return { name, places, width, isInteger, isFlat: isLabel && isInteger && members.length === 1 }
}

/** The groups of inputs in the order of their first columns, and that of the labels, null where there are none. */
export function layoutOf(parts: readonly Part[]): { inputs: readonly Group[]; label: Group | null } {
  const names = [...new Set(parts.map(groupNameOf).filter((name) => name !== null))]
  const inputs = names.map((name) => {
    const members = parts.filter((part) => groupNameOf(part) === name)
    return groupOf(name, parts, members, false)
  })
  const labels = parts.filter(({ spec }) => spec.kind === 'label')
  return { inputs, label: labels.length === 0 ? null : groupOf('y', parts, labels, true) }
}

/** Rows of one group on their way to a tensor. */
export class GroupBuffer {
  readonly #target: Target

  constructor(
    readonly group: Group,
    readonly rows: number
  ) {
    const length = rows * group.width
    this.#target = group.isInteger ? new Int32Array(length) : new Float32Array(length)
  }

  /** Writes `count` readings from number `from` on to the rows from `row` on. */
  write(lists: readonly (readonly unknown[])[], from: number, count: number, row: number): void {
    const { width, places } = this.group
    for (const { part, encoder, offset } of places) {
      const list = lists[part]
      let at = row * width + offset
      for (let i = from; i < from + count; i++, at += width) encoder.write(list[i], this.#target, at)
    }
  }

  /** The tensor of the first `rows` rows; the buffer is empty afterwards. */
  toTensor(rows: number): Tensor {
    const { width, isInteger, isFlat } = this.group
    const data = rows === this.rows ? this.#target : this.#target.slice(0, rows * width)
    const own = adopt(data, isFlat ? [rows] : [rows, width])
    return isInteger ? own.to('int64') : own
  }
}
