import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { source } from '../../../lib/data'
import { thrown } from '../../helpers/check'
import { rejection } from '../../helpers/rejection'

let instance: DuckDBInstance
let connection: DuckDBConnection
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
})
afterAll(() => {
  connection.closeSync()
  instance.closeSync()
})

test('numbers keep their types, with validity where there are nulls', async () => {
  const sql =
    'select i::float f, i::double d, i::int32 i, i::int64 l, i::utinyint u, i::usmallint s, ' +
    'case when i = 1 then null else i::int16 end n from range(3) r(i)'
  const { columns } = await source.duckdb(connection, sql).collect()
  expect(columns.f.values).toEqual(Float32Array.from([0, 1, 2]))
  expect(columns.d.values).toEqual(Float64Array.from([0, 1, 2]))
  expect(columns.i.values).toEqual(Int32Array.from([0, 1, 2]))
  expect(columns.l.values).toEqual(BigInt64Array.from([0n, 1n, 2n]))
  expect(columns.u.values).toEqual(Uint8Array.from([0, 1, 2]))
  expect(columns.s.values).toEqual(Uint16Array.from([0, 1, 2]))
  expect(columns.n.valid).toEqual(Uint8Array.from([1, 0, 1]))
})

test('other values become texts, booleans, dates and numbers', async () => {
  const sql =
    "select 'ü' t, true b, date '2020-01-02' d, timestamp '2020-01-02 03:04:05.678' ts, " +
    "timestamptz '2020-01-02 03:04:05+00' tz, timestamp_s '2020-01-02 00:00:00' s, timestamp_ms '2020-01-02 00:00:00' ms, " +
    "timestamp_ns '2020-01-02 00:00:00' ns, 1.25::decimal(6, 2) price, sum(2)::hugeint h, " +
    "'b'::enum('a', 'b') e, '00000000-0000-0000-0000-000000000001'::uuid u"
  const rows: unknown[] = []
  for await (const row of source.duckdb(connection, sql).rows()) rows.push(...Object.values(row))
  const day = new Date(Date.UTC(2020, 0, 2))
  expect(rows).toEqual([
    ...['ü', true, day, new Date(Date.UTC(2020, 0, 2, 3, 4, 5, 678)), new Date(Date.UTC(2020, 0, 2, 3, 4, 5))],
    ...[day, day, day, 1.25, 2n, 'b', '00000000-0000-0000-0000-000000000001']
  ])
})

test('long results come in chunks, whose values stay', async () => {
  const columns = source.duckdb(connection, "select i::double x, 'r' || i t from range(10000) r(i)")
  const { length, columns: found } = await columns.collect()
  expect(length).toBe(10_000)
  expect(found.x.values).toEqual(Float64Array.from({ length }, (_, i) => i))
  expect(found.t.values[9999]).toBe('r9999')
  expect((await columns.collect()).length).toBe(10_000)
})

test('a database is opened for each reading', async () => {
  const columns = source.duckdb(':memory:', 'select 42::int32 answer')
  expect([...(await columns.collect()).columns.answer.values]).toEqual([42])
  expect([...(await columns.collect()).columns.answer.values]).toEqual([42])
})

test('refuses types that no column holds, and other databases', async () => {
  expect(await rejection(source.duckdb(connection, 'select [1, 2] list').collect())).toMatch(
    "row 1: column 'list' must hold numbers, booleans, texts, dates or null, got DuckDBListValue"
  )
  expect(await rejection(source.duckdb(connection, 'selec').collect())).toMatch(/syntax error/)
  expect(thrown(() => source.duckdb({} as never, 'select 1'))).toBe(
    'TypeError: duckdb: database must be a string or a connection of @duckdb/node-api or the name of a database, got object'
  )
})
