// Arrow made by apache-arrow.
import {
  Bool,
  DateMillisecond,
  Float16,
  Int32,
  RecordBatchReader,
  Table,
  TimestampMillisecond,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  vectorFromArray
} from 'apache-arrow'
import { columns, source } from '../../../lib/data'
import { rejection } from '../../helpers/rejection'

const plain = tableFromArrays({
  x: Float32Array.from([1, 2, 3, 4]),
  big: BigInt64Array.from([1n, 2n, 2n ** 60n, 4n]),
  bytes: Uint8Array.from([1, 2, 3, 4]),
  city: ['a', 'b', 'a', 'ü']
})
const gaps = new Table({
  n: vectorFromArray([1, null, 3, 4], new Int32()),
  flag: vectorFromArray([true, false, null, true], new Bool()),
  when: vectorFromArray([new Date(0), null, new Date(5), new Date(7)], new TimestampMillisecond()),
  day: vectorFromArray([new Date(0), null, new Date(864e5), new Date(0)], new DateMillisecond()),
  half: vectorFromArray([0.5, null, 1.5, 2], new Float16())
})

test('numbers without nulls are views of the memory of an IPC stream', async () => {
  const bytes = tableToIPC(plain)
  const chunk = await columns(tableFromIPC(bytes)).collect()
  expect(chunk.columns.x).toEqual({ type: 'number', values: Float32Array.from([1, 2, 3, 4]), valid: null })
  expect((chunk.columns.x.values as Float32Array).buffer).toBe(bytes.buffer)
  expect(chunk.columns.big.values).toEqual(BigInt64Array.from([1n, 2n, 2n ** 60n, 4n]))
  expect(chunk.columns.bytes.values).toEqual(Uint8Array.from([1, 2, 3, 4]))
})

test('batches of it are copies: the table keeps its values', async () => {
  const table = tableFromIPC(tableToIPC(plain))
  for await (const batch of columns(table).select(['x', 'big']).batches(4)) {
    expect(batch.x.tolist()).toEqual([1, 2, 3, 4])
    expect(batch.big.dtype).toBe('int64')
  }
  expect(table.get(3)!.toJSON()).toMatchObject({ x: 4 })
})

test('dictionaries are texts', async () => {
  const { columns: found } = await source.arrow(plain).collect()
  expect(found.city).toEqual({ type: 'text', values: ['a', 'b', 'a', 'ü'], valid: null })
})

const expected = {
  n: [1, null, 3, 4],
  flag: [true, false, null, true],
  when: [new Date(0), null, new Date(5), new Date(7)],
  day: [new Date(0), null, new Date(864e5), new Date(0)],
  half: [0.5, null, 1.5, 2]
}

test.each([0, 1, 2])('nulls, booleans and dates are read from row %i on of a slice', async (start) => {
  const rows: Record<string, unknown>[] = []
  for await (const row of source.arrow(gaps.slice(start)).rows()) rows.push({ ...row })
  const wanted = [0, 1, 2, 3].slice(start).map((row) => {
    return Object.fromEntries(Object.entries(expected).map(([name, list]) => [name, list[row]]))
  })
  expect(rows).toEqual(wanted)
})

test('reads record batches and a stream of them', async () => {
  const ipc = tableToIPC(plain.concat(plain))
  const lengths: number[] = []
  for await (const { length } of source.arrow(RecordBatchReader.from(ipc))) lengths.push(length)
  expect(lengths.reduce((sum, each) => sum + each, 0)).toBe(8)
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < ipc.length; at += 100) yield ipc.slice(at, at + 100)
  }
  const reader = await RecordBatchReader.from(pieces())
  expect((await source.arrow(reader).collect()).length).toBe(8)
  expect((await columns(plain.batches[0]).collect()).length).toBe(4)
})

test('refuses what is no Arrow', async () => {
  expect(await rejection(source.arrow(5 as never).collect())).toBe(
    'TypeError: arrow: data must be a table, a record batch or a stream of them, got number'
  )
  expect(await rejection(source.arrow([5] as never).collect())).toBe(
    'TypeError: arrow: the stream must give record batches, got number'
  )
})
