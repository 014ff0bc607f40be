// Features: a fitted preprocessor, for batches of training rows and for single records.

import { type Tensor } from '../../index'
import { isList, kindText, valueText } from '../../kinds'
import { defineCheck, isKeywords, member, refusing } from '../../signature'
import { type BadRow, type BadRowPolicy, BadRows } from '../columns/bad-rows'
import type { Columns } from '../columns/columns'
import { CategoryEncoder, type LabelEncoder } from './category'
import { type Group, GroupBuffer, type Part, layoutOf, partOf, readChunk, readRecord } from './layout'
import { type FeatureSpecs, readSpec } from './specs'

/** Options of `Columns.features`. */
export interface FeatureOptions {
  /**
   * What becomes of a row with a bad value: an error, or it is left out, and listed in `badRows` where it is 'collect'.
   */
  readonly onBadRow?: BadRowPolicy
}

/** Options of `Features.batches`. */
export interface FeatureBatchOptions {
  /** True where the last batch is left out if it has fewer rows. */
  readonly dropLast?: boolean
}

/** A record to be served. */
export type FeatureRecord = Readonly<Record<string, unknown>>

/** Features as plain JSON. */
export interface FeaturesJSON {
  readonly format: 'dyngrad.features'
  readonly version: 1
  readonly onBadRow: BadRowPolicy
  readonly columns: readonly { readonly name: string; readonly spec: object; readonly fitted: object }[]
}

declare module '../../signature/types' {
  interface KindTypes {
    columns: Columns
    featuresJSON: FeaturesJSON
    featureRecords: FeatureRecord | readonly FeatureRecord[]
  }
}

const isColumns = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'features' in value
defineCheck('columns', 'Columns', isColumns, refusing(isColumns, 'Columns'))
const RECORDS = 'a record or an array of records'
const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !isList(value) && !ArrayBuffer.isView(value)
const isRecords = (value: unknown): boolean => (isList(value) ? value.every(isRecord) : isRecord(value))
defineCheck('featureRecords', RECORDS, isRecords, refusing(isRecords, RECORDS), true)
const JSON_TEXT = 'what toJSON() gave'
defineCheck('featuresJSON', JSON_TEXT, isKeywords, refusing(isKeywords, JSON_TEXT), true)

const signatures = {
  batches: member('Features.batches(columns: columns, batchSize: count, *, dropLast: bool = false)'),
  fromJSON: member('Features.fromJSON(json: featuresJSON)'),
  tensors: member('Features.tensors(columns: columns)'),
  transform: member('Features.transform(records: featureRecords)')
}

/**
 * A fitted preprocessor: `await columns(…).features({ … })` makes one, `fromJSON` brings back what `toJSON` gave.
 * `Inputs` is a Tensor, or tensors by the names of groups where columns name any; `Labels` a Tensor, or null without
 * a label.
 */
export class Features<Inputs = Tensor, Labels = Tensor> {
  readonly #parts: readonly Part[]
  readonly #bad: BadRows
  readonly #inputs: readonly Group[]
  readonly #label: Group | null

  /** @internal */
  constructor(parts: readonly Part[], bad: BadRows) {
    this.#parts = parts
    this.#bad = bad
    const { inputs, label } = layoutOf(parts)
    this.#inputs = inputs
    this.#label = label
  }

  /** The names of all features in the order of the tensors' columns: 'age', 'age.missing', 'sex=male'. */
  get names(): string[] {
    return this.#inputs.flatMap((group) => this.#namesOf(group))
  }

  /** The names of the features of each group. */
  get groups(): Record<string, string[]> {
    return Object.fromEntries(this.#inputs.map((group) => [group.name, this.#namesOf(group)]))
  }

  #namesOf({ places }: Group): string[] {
    return places.flatMap(({ encoder }) => [...encoder.names])
  }

  /** The classes of the label by their numbers; null for numbers and where there is no label. */
  get classes(): readonly string[] | null {
    const label = this.#parts.find(({ spec }) => spec.kind === 'label')
    return (label?.encoder as LabelEncoder | undefined)?.classes ?? null
  }

  /** The categories of a column by their numbers; null for columns of another kind. */
  categories(name: string): readonly string[] | null {
    const part = this.#parts.find((each) => each.name === name)
    const { encoder } = part ?? {}
    return encoder instanceof CategoryEncoder ? (encoder.fitted() as { categories: string[] }).categories : null
  }

  /** The first 1000 rows that were left out, while fitting and in batches, where `onBadRow` is 'collect'. */
  get badRows(): readonly BadRow[] {
    return this.#bad.list
  }

  /**
   * The inputs of one record, float32 `[features]`, or of an array of records, `[records, features]`; of integers
   * alone, int64. They equal those of the same row in `batches`, bit for bit. Labels need not be there. A bad value
   * is a RangeError, whatever `onBadRow` says.
   */
  transform(records: FeatureRecord | readonly FeatureRecord[]): Inputs
  transform(...args: unknown[]): Inputs {
    const [records] = signatures.transform.read(args)
    const parts = this.#parts.filter(({ spec }) => spec.kind !== 'label')
    const several = isList(records) ? (records as readonly FeatureRecord[]) : null
    const rows = several ?? [records as FeatureRecord]
    const lists = this.#parts.map((): unknown[] => [])
    rows.forEach((record, i) => {
      const place = several === null ? 'transform: ' : `transform: record ${i}: `
      readRecord(parts, record, place).forEach((raw, at) => lists[this.#parts.indexOf(parts[at])].push(raw))
    })
    return this.#gathered((group) => {
      const buffer = new GroupBuffer(group, rows.length)
      buffer.write(lists, 0, rows.length, 0)
      const tensor = buffer.toTensor(rows.length)
      return several === null ? tensor.reshape(group.width) : tensor
    })
  }

  /** A tensor, or tensors by the names of groups. */
  #gathered(tensorOf: (group: Group) => Tensor): Inputs {
    if (this.#isPlain) return tensorOf(this.#inputs[0]) as Inputs
    return Object.fromEntries(this.#inputs.map((group) => [group.name, tensorOf(group)])) as Inputs
  }

  get #isPlain(): boolean {
    return this.#parts.every(({ spec }) => !('group' in spec && spec.group !== undefined) && spec.kind !== 'text')
  }

  /**
   * Batches `[inputs, labels]` of `batchSize` rows in the order of the columns, as a stream: inputs are float32
   * `[batchSize, features]`. The last may have fewer rows.
   */
  batches(
    columns: Columns,
    batchSize: number,
    options?: FeatureBatchOptions
  ): AsyncGenerator<[Inputs, Labels], void, undefined>
  batches(...args: unknown[]): AsyncGenerator<[Inputs, Labels], void, undefined> {
    const [columns, batchSize, dropLast] = signatures.batches.read(args)
    return this.#batches(columns, batchSize, dropLast)
  }

  async *#batches(
    columns: Columns,
    batchSize: number,
    dropLast: boolean
  ): AsyncGenerator<[Inputs, Labels], void, undefined> {
    let batch = this.#newBatch(batchSize)
    let filled = 0
    for await (const chunk of columns) {
      const { length, lists } = readChunk(this.#parts, chunk, this.#bad)
      for (let from = 0; from < length;) {
        const count = Math.min(batchSize - filled, length - from)
        for (const buffer of batch.values()) buffer.write(lists, from, count, filled)
        from += count
        filled += count
        if (filled < batchSize) continue
        yield this.#finished(batch, filled)
        batch = this.#newBatch(batchSize)
        filled = 0
      }
    }
    if (filled > 0 && !dropLast) yield this.#finished(batch, filled)
  }

  #newBatch(rows: number): Map<Group, GroupBuffer> {
    const groups = this.#label === null ? this.#inputs : [...this.#inputs, this.#label]
    return new Map(groups.map((group) => [group, new GroupBuffer(group, rows)]))
  }

  #finished(batch: ReadonlyMap<Group, GroupBuffer>, rows: number): [Inputs, Labels] {
    const inputs = this.#gathered((group) => batch.get(group)!.toTensor(rows))
    const labels = this.#label === null ? null : batch.get(this.#label)!.toTensor(rows)
    return [inputs, labels as Labels]
  }

  /** All rows at once: `const [x, y] = await features.tensors(train)`, for a `TensorDataset`. */
  tensors(columns: Columns): Promise<[Inputs, Labels]>
  async tensors(...args: unknown[]): Promise<[Inputs, Labels]> {
    const [columns] = signatures.tensors.read(args)
    const readings: { length: number; lists: readonly (readonly unknown[])[] }[] = []
    let rows = 0
    for await (const chunk of columns) {
      const reading = readChunk(this.#parts, chunk, this.#bad)
      readings.push(reading)
      rows += reading.length
    }
    const batch = this.#newBatch(rows)
    let row = 0
    for (const { length, lists } of readings) {
      for (const buffer of batch.values()) buffer.write(lists, 0, length, row)
      row += length
    }
    return this.#finished(batch, rows)
  }

  /** Everything that was fitted, as plain JSON: `JSON.stringify(features)`, or part of a checkpoint. */
  toJSON(): FeaturesJSON {
    const columns = this.#parts.map(({ name, spec, encoder }) => ({ name, spec, fitted: encoder.fitted() }))
    return structuredClone({ format: 'dyngrad.features', version: 1, onBadRow: this.#bad.policy, columns })
  }

  /** Features that `toJSON` gave, parsed. Throws a RangeError for anything else. */
  static fromJSON<Inputs = Tensor, Labels = Tensor>(json: FeaturesJSON): Features<Inputs, Labels>
  static fromJSON(...args: unknown[]): Features {
    const [json] = signatures.fromJSON.read(args)
    const { format, version, onBadRow, columns } = json as Partial<FeaturesJSON>
    if (format !== 'dyngrad.features' || version !== 1 || !isList(columns)) {
      throw new RangeError(
        `Features.fromJSON: this is not what toJSON() of this version gave: format ${valueText(format)}, ` +
          `version ${valueText(version)}`
      )
    }
    if (onBadRow !== 'throw' && onBadRow !== 'skip' && onBadRow !== 'collect')
      throw new RangeError(`Features.fromJSON: onBadRow is ${valueText(onBadRow)}`)
    const parts = columns.map((column: unknown) => {
      const { name, spec, fitted } = (isKeywords(column) ? column : {}) as FeatureRecord
      if (typeof name !== 'string' || !isKeywords(fitted))
        throw new RangeError(`Features.fromJSON: a column must have name, spec and fitted, got ${kindText(column)}`)
      return partOf(name, readSpec(name, spec), fitted)
    })
    return new Features(checkParts(parts), new BadRows(onBadRow))
  }
}

/** Throws unless there are inputs, and at most one label of classes. */
function checkParts(parts: readonly Part[]): readonly Part[] {
  const labels = parts.filter(({ spec }) => spec.kind === 'label')
  if (labels.length === parts.length) throw new RangeError('features: there must be a column that is no label')
  if (labels.length > 1 && labels.some(({ encoder }) => encoder.isInteger)) {
    throw new RangeError(
      `features: several labels (${labels.map(({ name }) => name).join(', ')}) must be of encode 'number' or 'binary'`
    )
  }
  return parts
}

/** Reads columns once and fits features on their rows. */
export async function fitFeatures(
  columns: Columns,
  specs: FeatureSpecs,
  onBadRow: BadRowPolicy
): Promise<Features<never, never>> {
  const parts = checkParts(Object.keys(specs).map((name) => partOf(name, readSpec(name, specs[name]))))
  const bad = new BadRows(onBadRow)
  let rows = 0
  for await (const chunk of columns) {
    const { length, lists } = readChunk(parts, chunk, bad)
    rows += length
    parts.forEach((part, i) => attempt(part, () => lists[i].forEach((raw) => part.encoder.observe(raw))))
  }
  if (rows === 0) throw new RangeError(`features: there are no rows to fit on${bad.count > 0 ? ': all are bad' : ''}`)
  for (const part of parts) attempt(part, () => part.encoder.settle())
  return new Features(parts, bad)
}

/** What an encoder cannot fit is an error, whatever becomes of bad rows. */
function attempt({ name }: Part, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw error instanceof Error ? new RangeError(`features: column '${name}' ${error.message}`) : error
  }
}
