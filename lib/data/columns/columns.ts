// Columns: data as chunks of named columns, read as often as the source can be.

import { type DType, type Tensor } from '../../index'
import { kindText, valueText } from '../../kinds'
import { isKeywords, member } from '../../signature'
import { type FeatureOptions, type Features, type FeaturesOf, type FeatureSpecs, fitFeatures } from '../features'
import { adopt } from './adopt'
import { type Chunk, type Column, type Row, emptyRecord, gatherChunk, placeOf, rowsOf, sliceChunk } from './column'
import { columnOf } from './infer'
import { joinChunks, sized } from './join'
import './kinds'
import { missingColumn } from './missing-column'
import { Turns } from './turn'

/** What opens a source anew for each reading. */
export type Open = () => AsyncIterable<Chunk> | Iterable<Chunk>

/** Options of `Columns.batches`. */
export interface BatchOptions {
  /** True where the last batch is left out if it has fewer rows. */
  readonly dropLast?: boolean
  /** The dtype of all columns; by default that of each. */
  readonly dtype?: DType | null
}

const signatures = {
  constructor: member('Columns(open: function)'),
  select: member('Columns.select(names: str[])'),
  map: member('Columns.map(fn: function)'),
  filter: member('Columns.filter(fn: function)'),
  split: member('Columns.split(fractions: float[], *, seed: int = 0)'),
  batches: member('Columns.batches(batchSize: count, *, dropLast: bool = false, dtype: dtype? = null)'),
  features: member("Columns.features(specs: object, *, onBadRow: badRowPolicy = 'throw')")
}

/** Longer chunks come in pieces, so that work on one leaves the event loop its turns. */
const LONGEST_CHUNK = 4096

/**
 * Data as chunks of named columns. It is an async iterable of `Chunk`s; each iteration reads the source anew, one chunk
 * at a time, as fast as they are asked for. `columns()` and `source` make one; `new Columns(open)` is for sources of
 * your own: `open()` gives an iterable of chunks, asynchronous or not.
 */
export class Columns implements AsyncIterable<Chunk> {
  readonly #open: Open

  constructor(open: Open)
  constructor(...args: [Open]) {
    const [open] = signatures.constructor.read(args)
    this.#open = open as unknown as Open
  }

  /** The chunks, of at most 4096 rows. The event loop has its turns between them, at least every few milliseconds. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk, void, undefined> {
    const turns = new Turns()
    for await (const chunk of this.#open()) {
      checkChunk(chunk)
      for (let start = 0; start < chunk.length; start += LONGEST_CHUNK) {
        await turns.take()
        yield sliceChunk(chunk, start, Math.min(chunk.length, start + LONGEST_CHUNK))
      }
    }
  }

  #derived(change: (chunk: Chunk) => Chunk): Columns {
    const chunks = this[Symbol.asyncIterator].bind(this)
    return new Columns(async function* () {
      for await (const chunk of chunks()) yield change(chunk)
    })
  }

  /** The named columns only, in this order. Throws a RangeError when read where there is no such column. */
  select(names: readonly string[]): Columns
  select(...args: unknown[]): Columns {
    const [names] = signatures.select.read(args)
    const wanted = [...names]
    return this.#derived((chunk) => {
      const columns = emptyRecord<Column>()
      for (const name of wanted) columns[name] = columnNamed(chunk, name)
      return { ...chunk, columns }
    })
  }

  /** The rows that `fn` gives for each row: `(row) => ({ ...row, family: row.siblings + row.parents })`. */
  map(fn: (row: Row) => Readonly<Record<string, unknown>>): Columns
  map(...args: unknown[]): Columns {
    const fn = signatures.map.read(args)[0] as unknown as (row: Row) => Readonly<Record<string, unknown>>
    return this.#derived((chunk) => {
      const rows = rowsOf(chunk).map((row) => mapped(fn(row)))
      const place = (row: number): string => placeOf(chunk, row)
      const columns = emptyRecord<Column>()
      for (const name of Object.keys(rows[0])) {
        columns[name] = columnOf(
          rows.map((row) => row[name]),
          name,
          place
        )
      }
      return { length: rows.length, columns, place }
    })
  }

  /** The rows for which `fn` gives true. */
  filter(fn: (row: Row) => boolean): Columns
  filter(...args: unknown[]): Columns {
    const fn = signatures.filter.read(args)[0] as unknown as (row: Row) => boolean
    return this.#derived((chunk) => {
      const kept: number[] = []
      rowsOf(chunk).forEach((row, i) => {
        const keep: unknown = fn(row)
        if (typeof keep !== 'boolean') throw new TypeError(`filter: fn must give a boolean, got ${valueText(keep)}`)
        if (keep) kept.push(i)
      })
      return gatherChunk(chunk, kept)
    })
  }

  /**
   * Parts of the rows at random, about as many of each as the fractions say: `const [train, test] = data.split([0.8,
   * 0.2])`. The number of a row and the seed alone decide where it goes, so each part can be read as often as the
   * source, and no row is in two. Fractions sum to 1, else a RangeError.
   */
  split(fractions: readonly number[], options?: { readonly seed?: number }): Columns[]
  split(...args: unknown[]): Columns[] {
    const [given, seed] = signatures.split.read(args)
    const fractions = [...given]
    const sum = fractions.reduce((total, each) => total + each, 0)
    if (!fractions.every((each) => each >= 0) || Math.abs(sum - 1) > 1e-9)
      throw new RangeError(`split: fractions must be at least 0 and sum to 1, got [${fractions.join(', ')}]`)
    const bounds = fractions.map((_, i) => fractions.slice(0, i + 1).reduce((total, each) => total + each, 0))
    bounds[bounds.length - 1] = 1
    const chunks = this[Symbol.asyncIterator].bind(this)
    return bounds.map((_, part) => {
      return new Columns(async function* () {
        let first = 0
        for await (const chunk of chunks()) {
          const kept: number[] = []
          for (let row = 0; row < chunk.length; row++) {
            const at = uniform(first + row, seed)
            if (bounds.findIndex((bound) => at < bound) === part) kept.push(row)
          }
          first += chunk.length
          yield gatherChunk(chunk, kept)
        }
      })
    })
  }

  /** The rows as objects, one after the other; null where a value is missing. */
  async *rows(): AsyncGenerator<Row, void, undefined> {
    for await (const chunk of this) yield* rowsOf(chunk)
  }

  /** All rows in one chunk, in memory. */
  async collect(): Promise<Chunk> {
    const chunks: Chunk[] = []
    for await (const chunk of this) chunks.push(chunk)
    return chunks.length === 0 ? { length: 0, columns: emptyRecord() } : joinChunks(chunks)
  }

  /**
   * Batches of `batchSize` rows: a tensor `[batchSize]` for each column by its name, of the column's own dtype;
   * dates are float64 milliseconds since 1970. Texts and missing values are a TypeError; `features()` makes numbers
   * of them.
   */
  batches(batchSize: number, options?: BatchOptions): AsyncGenerator<Record<string, Tensor>, void, undefined>
  batches(...args: unknown[]): AsyncGenerator<Record<string, Tensor>, void, undefined> {
    const [batchSize, dropLast, dtype] = signatures.batches.read(args)
    return tensorsOf(sized(this, batchSize, dropLast), dtype)
  }

  /**
   * Reads all rows once and fits what makes tensors of them: `await data.features({ age: 'numeric', sex: 'category',
   * survived: 'label' })`. Fit on training rows only; see `Features` for what it does afterwards.
   */
  features<const Specs extends FeatureSpecs>(specs: Specs, options?: FeatureOptions): Promise<FeaturesOf<Specs>>
  async features(...args: unknown[]): Promise<Features<never, never>> {
    const [specs, onBadRow] = signatures.features.read(args)
    return await fitFeatures(this, specs as FeatureSpecs, onBadRow)
  }
}

function mapped(row: unknown): Readonly<Record<string, unknown>> {
  if (isKeywords(row)) return row
  throw new TypeError(`map: fn must give an object, got ${valueText(row)}`)
}

/** A number in 0..1 that follows from a row's number and a seed (the finaliser of MurmurHash3, twice). */
function uniform(row: number, seed: number): number {
  const mixed = mix(mix(row ^ 0x9e3779b9) ^ mix(seed) ^ Math.floor(row / 2 ** 32))
  return mixed / 2 ** 32
}

function mix(bits: number): number {
  let hash = bits >>> 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Throws unless it is a chunk: sources are anybody's. */
function checkChunk(chunk: unknown): asserts chunk is Chunk {
  const { length, columns } = (chunk ?? {}) as Partial<Chunk>
  if (!Number.isInteger(length) || length! < 0 || typeof columns !== 'object')
    throw new TypeError(`Columns: open must give chunks { length, columns }, got ${kindText(chunk)}`)
  for (const name of Object.keys(columns)) {
    const { values, valid } = columns[name]
    if (values.length === length && (valid === null || valid.length === length)) continue
    throw new RangeError(`Columns: column '${name}' has ${values.length} values in a chunk of ${length} rows`)
  }
}

function columnNamed({ columns }: Chunk, name: string): Column {
  if (name in columns) return columns[name]
  throw missingColumn(name, Object.keys(columns))
}

async function* tensorsOf(
  chunks: AsyncIterable<Chunk>,
  dtype: DType | null
): AsyncGenerator<Record<string, Tensor>, void, undefined> {
  for await (const chunk of chunks) {
    const batch = emptyRecord<Tensor>()
    for (const name of Object.keys(chunk.columns)) batch[name] = tensorOf(chunk, name, dtype)
    yield batch
  }
}

function tensorOf(chunk: Chunk, name: string, dtype: DType | null): Tensor {
  const { type, values, valid } = chunk.columns[name]
  const missing = valid?.indexOf(0) ?? -1
  const advice = 'columns(...).features() makes numbers of it'
  if (missing >= 0) throw new TypeError(`${placeOf(chunk, missing)}: column '${name}' has no value; ${advice}`)
  if (type === 'text')
    throw new TypeError(`${placeOf(chunk, 0)}: column '${name}' is text, got ${valueText(values[0])}; ${advice}`)
  // One pass in place of a copy and a cast.
  const isFloat32 = dtype === 'float32' && typeof values[0] === 'number'
  if (isFloat32) return adopt(new Float32Array(values as Float64Array), [chunk.length])
  const own = adopt(values.slice(), [chunk.length], type === 'bool' ? 'bool' : null)
  return dtype === null ? own : own.to(dtype)
}
