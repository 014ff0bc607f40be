// Arrow tables, record batches and streams of them, of any library that lays them out as apache-arrow does. Knows no
// library: what it reads are the arrays behind the vectors.

import { isCallable, kindText } from '../../kinds'
import { type Chunk, type Column, emptyRecord } from '../columns/column'
import { columnOf } from '../columns/infer'
import { isAnyIterable, isNumberArray } from './rows'

interface ArrowType {
  readonly typeId: number
}

/** The arrays of one vector. */
interface ArrowData {
  readonly type: ArrowType
  readonly offset: number
  readonly length: number
  readonly nullCount: number
  readonly nullBitmap?: Uint8Array
  readonly values?: unknown
}

interface ArrowVector {
  readonly get: (row: number) => unknown
}

/** What a record batch of Arrow has that is read here. */
export interface ArrowBatch {
  readonly numRows: number
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: ArrowType }[] }
  readonly data: { readonly children: readonly ArrowData[] }
  readonly getChildAt: (column: number) => ArrowVector | null
}

/** What a table of Arrow has that is read here. */
export interface ArrowTable {
  readonly batches: readonly ArrowBatch[]
}

// The numbers of types in apache-arrow's `Type`.
const [INT, FLOAT, BOOL, DATE, TIMESTAMP] = [2, 3, 6, 8, 10]

export function isArrowBatch(value: unknown): value is ArrowBatch {
  if (typeof value !== 'object' || value === null || !isCallable(value, 'getChildAt')) return false
  const { numRows, schema, data } = value as Partial<ArrowBatch>
  return typeof numRows === 'number' && Array.isArray(schema?.fields) && Array.isArray(data?.children)
}

/** True for a table of Arrow, or of its record batches. */
export function isArrowTable(value: unknown): value is ArrowTable {
  if (typeof value !== 'object' || value === null || !('batches' in value)) return false
  const { batches } = value
  return Array.isArray(batches) && isCallable(value, 'getChildAt')
}

/** A bit for each row as a byte for each. */
function bytesOfBits(bits: Uint8Array, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const at = offset + i
    bytes[i] = (bits[at >> 3] >> (at & 7)) & 1
  }
  return bytes
}

function validOf({ nullCount, nullBitmap, offset, length }: ArrowData): Uint8Array | null {
  const hasNulls = nullCount !== 0 && nullBitmap !== undefined && nullBitmap.length > 0
  return hasNulls ? bytesOfBits(nullBitmap, offset, length) : null
}

function columnFrom(batch: ArrowBatch, at: number): Column {
  const data = batch.data.children[at]
  const { name, type } = batch.schema.fields[at]
  const { values, offset, length } = data
  if (type.typeId === BOOL && values instanceof Uint8Array)
    return { type: 'bool', values: bytesOfBits(values, offset, length), valid: validOf(data) }
  // Halves come as the integers of their bits.
  const isHalf = type.typeId === FLOAT && values instanceof Uint16Array
  if ((type.typeId === INT || type.typeId === FLOAT) && isNumberArray(values) && !isHalf)
    return { type: 'number', values: values.subarray(0, length), valid: validOf(data) } as Column
  const vector = batch.getChildAt(at)!
  const isTime = type.typeId === DATE || type.typeId === TIMESTAMP
  const read = (row: number): unknown => {
    const value = vector.get(row)
    return isTime && (typeof value === 'number' || typeof value === 'bigint') ? new Date(Number(value)) : value
  }
  return columnOf(
    Array.from({ length }, (_, row) => read(row)),
    name,
    (row) => `row ${row + 1}`
  )
}

/** A record batch as a chunk; numbers without nulls are views of the batch's memory. */
export function chunkOfArrow(batch: ArrowBatch): Chunk {
  const columns = emptyRecord<Column>()
  batch.schema.fields.forEach(({ name }, i) => {
    columns[name] = columnFrom(batch, i)
  })
  return { length: batch.numRows, columns }
}

/** Chunks of a table, a record batch, or an iterable of record batches, such as a reader of an IPC stream. */
export async function* chunksOfArrow(data: unknown): AsyncGenerator<Chunk, void, undefined> {
  if (isArrowTable(data)) yield* data.batches.map(chunkOfArrow)
  else if (isArrowBatch(data)) yield chunkOfArrow(data)
  else if (isAnyIterable(data)) {
    for await (const batch of data) {
      if (!isArrowBatch(batch))
        throw new TypeError(`arrow: the stream must give record batches, got ${kindText(batch)}`)
      yield chunkOfArrow(batch)
    }
  } else {
    throw new TypeError(`arrow: data must be a table, a record batch or a stream of them, got ${kindText(data)}`)
  }
}
