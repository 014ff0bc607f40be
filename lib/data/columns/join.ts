// Chunks one after the other, as one chunk, and cut anew.

import { type Chunk, type Column, type NumberArray, emptyRecord, placeOf, reader, sliceChunk } from './column'
import { columnOf } from './infer'

/** Where the chunk of a row begins among the first rows of all. */
function partOf(starts: readonly number[], row: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle] <= row) low = middle
    else high = middle - 1
  }
  return low
}

/** The rows of several chunks in one. A column that is of several types is typed as its values are. */
export function joinChunks(chunks: readonly Chunk[]): Chunk {
  if (chunks.length === 1) return chunks[0]
  const starts: number[] = []
  let length = 0
  for (const chunk of chunks) {
    starts.push(length)
    length += chunk.length
  }
  const place = (row: number): string => {
    const part = partOf(starts, row)
    return placeOf(chunks[part], row - starts[part])
  }
  const columns = emptyRecord<Column>()
  for (const name of Object.keys(chunks[0]?.columns ?? {})) {
    const parts = chunks.map((chunk, i) => {
      const column = chunk.columns[name] as Column | undefined
      if (column === undefined) throw new RangeError(`${place(starts[i])}: column '${name}' is missing`)
      return column
    })
    columns[name] = joinColumns(parts, starts, length) ?? columnOf(parts.flatMap(valuesOf), name, place)
  }
  return { length, columns, place }
}

function valuesOf(column: Column): unknown[] {
  const read = reader(column)
  return Array.from({ length: column.values.length }, (_, row) => read(row))
}

/** Null where the parts are not all of one type. */
function joinColumns(parts: readonly Column[], starts: readonly number[], length: number): Column | null {
  const [{ type, values }] = parts
  if (parts.some((each) => each.type !== type || each.values.constructor !== values.constructor)) return null
  const valid = parts.some((each) => each.valid !== null) ? new Uint8Array(length).fill(1) : null
  parts.forEach((each, i) => each.valid !== null && valid!.set(each.valid, starts[i]))
  if (type === 'text') return { type, values: parts.flatMap((each) => each.values as readonly string[]), valid }
  const all = new (values.constructor as new (length: number) => NumberArray)(length)
  parts.forEach((each, i) => all.set(each.values as never, starts[i]))
  return { type, values: all, valid } as Column
}

/** Cuts and joins chunks to ones of `size` rows; the last may have fewer, and is left out where `dropLast` is true. */
export async function* sized(
  chunks: AsyncIterable<Chunk>,
  size: number,
  dropLast: boolean
): AsyncGenerator<Chunk, void, undefined> {
  let held: Chunk[] = []
  let count = 0
  for await (const chunk of chunks) {
    let start = 0
    while (count + chunk.length - start >= size) {
      const end = start + size - count
      yield joinChunks([...held, sliceChunk(chunk, start, end)])
      ;[held, count, start] = [[], 0, end]
    }
    if (start < chunk.length) {
      held.push(sliceChunk(chunk, start, chunk.length))
      count += chunk.length - start
    }
  }
  if (count > 0 && !dropLast) yield joinChunks(held)
}
