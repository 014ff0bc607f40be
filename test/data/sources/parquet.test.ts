// Parquet written by hyparquet-writer and by DuckDB, read by hyparquet.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { source } from '../../../lib/data'
import { rejection } from '../../helpers/rejection'

const folder = mkdtempSync(join(tmpdir(), 'dyngrad-parquet-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = join(folder, 'written.parquet')
beforeAll(() => {
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'x', data: Float32Array.from([1.5, 2.5, 3.5, 4.5, 5.5]), type: 'FLOAT' },
      { name: 'n', data: [1, null, 3, 4, null], type: 'INT32', nullable: true },
      { name: 'big', data: [1n, 2n, 2n ** 60n, 4n, 5n], type: 'INT64' },
      { name: 'flag', data: [true, false, true, true, false], type: 'BOOLEAN' },
      { name: 'city', data: ['a', 'b', 'a', 'c', 'ü'], type: 'STRING' }
    ],
    rowGroupSize: 2
  })
  writeFileSync(file, Buffer.from(buffer))
})

test('reads each type, with validity where values are missing', async () => {
  const { length, columns } = await source.parquet(file).collect()
  expect(length).toBe(5)
  expect(columns.x.values).toEqual(Float32Array.from([1.5, 2.5, 3.5, 4.5, 5.5]))
  expect(columns.n.values).toEqual(Int32Array.from([1, 0, 3, 4, 0]))
  expect(columns.n.valid).toEqual(Uint8Array.from([1, 0, 1, 1, 0]))
  expect(columns.big.values).toEqual(BigInt64Array.from([1n, 2n, 2n ** 60n, 4n, 5n]))
  expect(columns.flag).toEqual({ type: 'bool', values: Uint8Array.from([1, 0, 1, 1, 0]), valid: null })
  expect(columns.city.values).toEqual(['a', 'b', 'a', 'c', 'ü'])
})

test('gives a chunk for each row group', async () => {
  const lengths: number[] = []
  for await (const { length } of source.parquet(file)) lengths.push(length)
  expect(lengths).toEqual([2, 2, 1])
})

test('reads the wanted columns only', async () => {
  const { columns } = await source.parquet(file, { columns: ['city', 'x'] }).collect()
  expect(Object.keys(columns)).toEqual(['city', 'x'])
})

test.each(['snappy', 'zstd', 'gzip', 'uncompressed'])('reads what DuckDB compresses by %s', async (codec) => {
  const path = join(folder, `${codec}.parquet`)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rows =
    "select i::double x, case when i % 3 = 0 then null else 'n' || i end t, date '2020-01-02' d from range(3000) r(i)"
  await connection.run(`copy (${rows}) to '${path}' (format parquet, compression ${codec}, row_group_size 2048)`)
  connection.closeSync()
  const { length, columns } = await source.parquet(path).collect()
  expect(length).toBe(3000)
  expect(columns.x.values[2999]).toBe(2999)
  expect([columns.t.values[1], columns.t.valid?.[3]]).toEqual(['n1', 0])
  expect(columns.d).toMatchObject({ type: 'date' })
  expect(columns.d.values[0]).toBe(Date.UTC(2020, 0, 2))
})

test('names the row of a value in messages', async () => {
  const features = source.parquet(file).features({ n: 'numeric' })
  expect(await rejection(features)).toBe(
    `RangeError: ${file}: row 2: column 'n' has no value; say what it becomes: { kind: 'numeric', missing: … }`
  )
})

test('refuses what is no Parquet, and columns that are not there', async () => {
  const other = join(folder, 'other.parquet')
  writeFileSync(other, 'PAR1 this is a text PAR1')
  expect(await rejection(source.parquet(other).collect())).toMatch(/other\.parquet: it cannot be read as Parquet: /)
  expect(await rejection(source.parquet(file, { columns: ['citi'] }).collect())).toBe(
    `RangeError: ${file}: there is no column 'citi'; did you mean 'city'?`
  )
  const damaged = readFileSync(file)
  damaged.fill(0xff, damaged.length - 200, damaged.length - 8)
  writeFileSync(other, damaged)
  expect(await rejection(source.parquet(other).collect())).toMatch(/: it cannot be read as Parquet: [^\n]+$/)
  const twice = [1, 2].map((value) => ({ name: 'a', data: Int32Array.of(value) }))
  writeFileSync(other, Buffer.from(parquetWriteBuffer({ columnData: twice })))
  expect(await rejection(source.parquet(other).collect())).toBe(
    `RangeError: ${other}: column 'a' has 2 values in a group of 1 rows`
  )
})
