// Parquet written by hyparquet-writer and by DuckDB, read by hyparquet.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { source } from '../../../lib/data'
import { rejection } from '../../helpers/rejection'
import { type Field, type Struct, thrift } from '../../helpers/thrift'

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

/** A file of one column of four int32, some of whose parts are otherwise. */
function handmade(
  change: { page?: Struct; content?: Uint8Array; column?: Struct; chunk?: Struct; schema?: Field; groups?: number } = {}
) {
  const content = change.content ?? Buffer.from(Int32Array.of(1, 2, 3, 4).buffer)
  const size = content.length
  const page = thrift({ 1: 0, 2: size, 3: size, 5: { 1: 4, 2: 0, 3: 3, 4: 3 }, ...change.page } as Struct)
  const data = Buffer.concat([Buffer.from('PAR1'), page, content])
  const path = [Buffer.from('x')]
  const column = { 1: 1, 3: path, 4: 0, 5: 4n, 6: 16n, 7: BigInt(data.length - 4), 9: 4n, ...change.column } as Struct
  const schema: Field = change.schema ?? [
    { 4: Buffer.from('schema'), 5: 1 },
    { 1: 1, 3: 0, 4: path[0] }
  ]
  const chunk = { 2: 4n, 3: column, ...change.chunk } as Struct
  const groups = Array.from({ length: change.groups ?? 1 }, () => ({ 1: [chunk], 2: 16n, 3: 4n }))
  const footer = thrift({ 1: 1, 2: schema, 3: 4n, 4: groups })
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([data, footer, length, Buffer.from('PAR1')])
}

const handmadeFile = join(folder, 'handmade.parquet')
const read = (bytes: Uint8Array): Promise<string> => {
  writeFileSync(handmadeFile, bytes)
  return rejection(source.parquet(handmadeFile).collect())
}

test('reads what is made by hand', async () => {
  expect(await read(handmade())).toBe('nothing')
  expect((await source.parquet(handmadeFile).collect()).columns.x.values).toEqual(Int32Array.of(1, 2, 3, 4))
})

const lz4 = Buffer.from([0, 0, 0, 0, 0xff, 0xff, 0xff, 0xf8, ...Buffer.alloc(8)])
const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x70, ...Buffer.alloc(8)])
const levels = Array.from({ length: 70 }, (_, i) => ({ 3: 0, 4: Buffer.from(`l${i}`), 5: 1 }))

test.each<[string, Uint8Array, string]>([
  [
    'a page of less than no bytes',
    handmade({ page: { 3: -40 } }),
    "column 'x': a page says that it has -40 compressed"
  ],
  ['a column outside the file', handmade({ column: { 7: 2n ** 40n } }), "column 'x' has 1099511627776 bytes at 4 of "],
  ['a column before the file', handmade({ column: { 9: -4n } }), "column 'x' has "],
  ['a column in another file', handmade({ chunk: { 1: Buffer.from('b') } }), 'its columns are in other files'],
  ['a codec that there is not', handmade({ column: { 4: 90 } }), "'x' is compressed by an unknown codec"],
  ['frames that go back', handmade({ column: { 4: 5 }, content: lz4 }), 'a page has an LZ4 frame of -8 bytes'],
  [
    'a frame without end',
    handmade({ column: { 4: 6 }, content: zstd }),
    'a page of 17 bytes has a Zstandard frame of 18'
  ],
  [
    'columns without end',
    handmade({ schema: [...levels, { 1: 1, 3: 0, 4: Buffer.from('x') }] }),
    'its columns are too deep'
  ],
  ['columns without names', handmade({ schema: [{ 5: 1 }, { 1: 1, 3: 0 }] }), 'a column has no name'],
  ['no end', handmade().subarray(0, -1), 'it does not end in PAR1'],
  ['too few bytes', handmade().subarray(-11), 'it has 11 bytes'],
  ['a footer that is not there', handmade().subarray(-40), ' bytes is longer than the file']
])('refuses %s', async (_, bytes, message) => {
  const said = await read(bytes)
  expect(said).toContain(`RangeError: ${handmadeFile}: it cannot be read as Parquet: `)
  expect(said).toContain(message)
})

test('refuses columns that share their bytes', async () => {
  expect(await read(handmade({ groups: 3, content: Buffer.alloc(4000) }))).toContain(
    "column 'x' shares its bytes with another"
  )
})

test('refuses lists and objects before they are read', async () => {
  const schema: Field = [
    { 4: Buffer.from('schema'), 5: 1 },
    { 1: 1, 3: 2, 4: Buffer.from('x') }
  ]
  expect(await read(handmade({ schema }))).toBe(
    `TypeError: ${handmadeFile}: column 'x' holds lists or objects; leave it out by { columns }, or use source.duckdb`
  )
})
