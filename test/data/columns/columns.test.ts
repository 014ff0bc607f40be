import { Readable } from 'node:stream'
import { type Chunk, Columns, columns } from '../../../lib/data'
import { thrown } from '../../helpers/check'
import { rejection } from '../../helpers/rejection'

const people = [
  { name: 'Ada', age: 36, member: true, since: new Date(0) },
  { name: 'Bob', age: null, member: false, since: new Date(1000) },
  { name: null, age: 41, member: true, since: undefined }
]

async function rowsOf(data: Columns): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = []
  for await (const row of data.rows()) rows.push({ ...row })
  return rows
}

const numbered = (count: number): { n: number }[] => Array.from({ length: count }, (_, n) => ({ n }))
const numbersOf = async (data: Columns): Promise<unknown[]> => (await rowsOf(data)).map(({ n }) => n)

describe('columns()', () => {
  test('makes typed columns of objects, with validity where values are missing', async () => {
    const { length, columns: found } = await columns(people).collect()
    expect(length).toBe(3)
    expect(found.name).toEqual({ type: 'text', values: ['Ada', 'Bob', ''], valid: Uint8Array.from([1, 1, 0]) })
    expect(found.age).toMatchObject({ type: 'number', valid: Uint8Array.from([1, 0, 1]) })
    expect(found.member).toEqual({ type: 'bool', values: Uint8Array.from([1, 0, 1]), valid: null })
    expect(found.since).toMatchObject({ type: 'date', valid: Uint8Array.from([1, 1, 0]) })
    expect(await rowsOf(columns(people))).toEqual([people[0], people[1], { ...people[2], since: null }])
  })

  test.each([
    ['numbers beside booleans', [1, true, null], 'number', [1, 1, null]],
    ['BigInts', [1n, null, 2n ** 62n], 'number', [1n, null, 2n ** 62n]],
    ['BigInts beyond int64', [1n, 2n ** 64n], 'number', [1, 2 ** 64]],
    ['BigInts beside numbers', [1n, 0.5], 'number', [1, 0.5]],
    ['texts beside all else', ['a', 1, false, new Date(0)], 'text', ['a', '1', 'false', '1970-01-01T00:00:00.000Z']],
    ['nothing', [null, undefined, NaN], 'number', [null, null, null]]
  ] as const)('%s', async (_, values, type, rows) => {
    const data = columns(values.map((value) => ({ value })))
    expect((await data.collect()).columns.value.type).toBe(type)
    expect((await rowsOf(data)).map(({ value }) => value)).toEqual(rows)
  })

  test('takes arrays by name: typed ones as they are', async () => {
    const x = Float32Array.from([1, 2])
    const { columns: found } = await columns({ x, label: ['a', 'b'], ok: [true, null] }).collect()
    expect(found.x.values).toBe(x)
    expect(found.label.values).toEqual(['a', 'b'])
    expect(found.ok).toEqual({ type: 'bool', values: Uint8Array.from([1, 0]), valid: Uint8Array.from([1, 0]) })
  })

  test('takes iterables, streams of Node and of the web, and functions that open them', async () => {
    function* rows(): Generator<{ n: number }> {
      yield* numbered(3000)
    }
    const all = numbered(3000).map(({ n }) => n)
    expect(await numbersOf(columns(rows()))).toEqual(all)
    expect(await numbersOf(columns(Readable.from(rows())))).toEqual(all)
    expect(await numbersOf(columns(Readable.toWeb(Readable.from(rows())) as AsyncIterable<object>))).toEqual(all)
    const opened = columns(rows)
    expect(await numbersOf(opened)).toEqual(await numbersOf(opened))
  })

  test('a stream is read once, and says so', async () => {
    const data = columns(Readable.from(numbered(3)))
    await data.collect()
    expect(await rejection(data.collect())).toBe(
      'Error: columns: this stream has been read already; pass a function that opens it: columns(() => stream)'
    )
  })

  test('asks a stream for no more than what is read', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<{ n: number }> {
      for (;;) yield { n: given++ }
    }
    for await (const batch of columns(endless()).batches(10)) {
      expect(batch.n.shape).toEqual([10])
      if (given > 5000) break
    }
    expect(given).toBeLessThan(7000)
  })

  test('ends where a signal aborts, and closes the stream', async () => {
    const controller = new AbortController()
    const stream = new Readable({ objectMode: true, read: () => undefined })
    stream.push({ n: 1 })
    const read = columns(stream, { signal: controller.signal }).collect()
    setTimeout(() => controller.abort(new Error('enough')), 10)
    expect(await rejection(read)).toBe('Error: enough')
    expect(stream.destroyed).toBe(true)
    expect(await rejection(columns([{ n: 1 }], { signal: AbortSignal.abort(new Error('no')) }).collect())).toBe(
      'Error: no'
    )
  })

  test('passes errors of a stream on', async () => {
    async function* torn(): AsyncGenerator<object> {
      yield { n: 1 }
      throw new Error('torn')
    }
    expect(await rejection(columns(torn()).collect())).toBe('Error: torn')
  })

  test('takes names from the rows, or as they are given', async () => {
    const rows: object[] = [{ a: 1 }, { b: 2, constructor: 3 }]
    expect(await rowsOf(columns(rows))).toEqual([
      { a: 1, b: null, constructor: null },
      { a: null, b: 2, constructor: 3 }
    ])
    expect(await rowsOf(columns(rows, { columns: ['b', 'toString'] }))).toEqual([
      { b: null, toString: null },
      { b: 2, toString: null }
    ])
    expect(await rejection(columns([...numbered(1500), { m: 1 }]).collect())).toBe(
      "RangeError: row 1501: there is a column 'm', which the first 1024 rows do not have; pass { columns: [...] }"
    )
  })

  test('refuses what is no data', async () => {
    expect(thrown(() => columns(5 as never))).toBe(
      'TypeError: columns: data must be objects, a stream of them, an Arrow table or arrays by name, got number'
    )
    expect(await rejection(columns([5] as never).collect())).toBe('TypeError: row 1: a row must be an object, got 5')
    expect(await rejection(columns((() => 5) as never).collect())).toBe(
      'TypeError: columns: the function must give an iterable of objects, got number'
    )
    expect(thrown(() => columns({ a: 5 } as never))).toBe(
      "TypeError: columns: column 'a' must be an array or a typed array, got number"
    )
    expect(thrown(() => columns({ a: [1], b: [1, 2] }))).toBe(
      "RangeError: columns: column 'b' has 2 values, others have 1"
    )
    expect(await rejection(columns([{ a: [1] }]).collect())).toBe(
      "TypeError: row 1: column 'a' must hold numbers, booleans, texts, dates or null, got Array"
    )
    expect(thrown(() => columns([], { signal: 5 as never }))).toMatch('signal must be an AbortSignal, got 5')
    expect(thrown(() => columns([], { columns: 'a' as never }))).toMatch("columns must be an array of strings, got 'a'")
  })
})

describe('Columns', () => {
  test('select() gives columns in their order', async () => {
    const data = columns(people).select(['age', 'name'])
    expect(Object.keys((await data.collect()).columns)).toEqual(['age', 'name'])
    expect(await rejection(columns(people).select(['nane']).collect())).toBe(
      "RangeError: there is no column 'nane'; did you mean 'name'?"
    )
    expect(await rejection(columns(people).select(['completely']).collect())).toBe(
      "RangeError: there is no column 'completely'; the columns are name, age, member, since"
    )
  })

  test('filter() keeps rows, with their places', async () => {
    const odd = columns(numbered(3000)).filter(({ n }) => (n as number) % 2 === 1)
    expect(await numbersOf(odd)).toEqual(numbered(1500).map(({ n }) => 2 * n + 1))
    const { place } = await odd.collect()
    expect(place!(1400)).toBe('row 2802')
    expect(
      await rejection(
        columns(people)
          .filter((() => 1) as never)
          .collect()
      )
    ).toBe('TypeError: filter: fn must give a boolean, got 1')
  })

  test('map() makes rows of rows', async () => {
    const data = columns(people).map((row) => ({
      older: row.age === null ? null : (row.age as number) + 1,
      who: row.name
    }))
    expect(await rowsOf(data)).toEqual([
      { older: 37, who: 'Ada' },
      { older: null, who: 'Bob' },
      { older: 42, who: null }
    ])
    expect(
      await rejection(
        columns(people)
          .map((() => 1) as never)
          .collect()
      )
    ).toBe('TypeError: map: fn must give an object, got 1')
  })

  test('split() gives each row to one part, the same whenever it is read', async () => {
    const data = columns(numbered(10_000))
    const [train, test] = data.split([0.8, 0.2], { seed: 3 })
    const [first, second] = [await numbersOf(train), await numbersOf(test)]
    expect([...first, ...second].sort((a, b) => (a as number) - (b as number))).toEqual(await numbersOf(data))
    expect(Math.abs(second.length - 2000)).toBeLessThan(160) // 4 standard deviations
    expect(await numbersOf(test)).toEqual(second)
    expect(await numbersOf(data.split([0.8, 0.2], { seed: 4 })[1])).not.toEqual(second)
    expect(thrown(() => data.split([0.5, 0.6]))).toBe(
      'RangeError: split: fractions must be at least 0 and sum to 1, got [0.5, 0.6]'
    )
    expect(thrown(() => data.split(['a'] as never))).toMatch('fractions must be an array of numbers')
  })

  test('batches() gives tensors across chunks, of the dtypes of the columns', async () => {
    const data = columns({
      f: Float32Array.from({ length: 10 }, (_, i) => i),
      i: Int32Array.from({ length: 10 }, (_, i) => i),
      w: Uint16Array.from({ length: 10 }, (_, i) => i),
      l: BigInt64Array.from({ length: 10 }, (_, i) => BigInt(i)),
      b: Array.from({ length: 10 }, (_, i) => i % 2 === 0),
      d: Array.from({ length: 10 }, (_, i) => new Date(i))
    })
    const pieces = new Columns(async function* () {
      const { columns: all } = await data.collect()
      for (const [start, end] of [[0, 1], [1, 8], [8, 10]]) {
        const cut = Object.entries(all).map(([name, column]) => [name, { ...column, values: column.values.slice(start, end) }])
        yield { length: end - start, columns: Object.fromEntries(cut) as Chunk['columns'] }
      }
    }) // prettier-ignore
    const shapes: unknown[] = []
    const sums: number[] = []
    for await (const { f, i, w, l, b, d } of pieces.batches(4)) {
      shapes.push(f.shape[0])
      expect([f.dtype, i.dtype, w.dtype, l.dtype, b.dtype, d.dtype]).toEqual([
        ...['float32', 'int32', 'int32', 'int64', 'bool', 'float64']
      ])
      for (const each of [f, i, w, l, d]) sums.push(Number(each.double().sum().item()))
    }
    expect(shapes).toEqual([4, 4, 2])
    expect(sums).toEqual([6, 6, 6, 6, 6, 22, 22, 22, 22, 22, 17, 17, 17, 17, 17])
    for await (const { f, i } of pieces.batches(4, { dropLast: true, dtype: 'float64' }))
      expect([f.shape, i.dtype]).toEqual([[4], 'float64'])
    expect((await data.collect()).columns.f.values.length).toBe(10)
  })

  test('batches() refuses texts and missing values', async () => {
    const read = async (data: Columns): Promise<void> => {
      for await (const batch of data.batches(2)) expect(batch).toBeDefined()
    }
    expect(await rejection(read(columns(people).select(['age'])))).toBe(
      "TypeError: row 2: column 'age' has no value; columns(...).features() makes numbers of it"
    )
    expect(await rejection(read(columns([{ a: 'x' }])))).toBe(
      "TypeError: row 1: column 'a' is text, got 'x'; columns(...).features() makes numbers of it"
    )
    expect(thrown(() => columns(people).batches(0))).toBe(
      'RangeError: batches: batchSize must be a positive integer, got 0'
    )
  })

  test('cuts long chunks, without copies of typed arrays', async () => {
    const x = new Float32Array(10_000)
    const chunks: Chunk[] = []
    for await (const chunk of columns({ x })) chunks.push(chunk)
    expect(chunks.map(({ length }) => length)).toEqual([4096, 4096, 1808])
    expect((chunks[1].columns.x.values as Float32Array).buffer).toBe(x.buffer)
  })

  test('leaves the event loop its turns', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const slow = new Columns(function* () {
      for (let i = 0; i < 20; i++) {
        const end = performance.now() + 10
        while (performance.now() < end);
        yield { length: 1, columns: {} }
      }
    })
    await slow.collect()
    clearInterval(timer)
    expect(turns).toBeGreaterThan(5)
  })

  test('joins chunks whose types differ', async () => {
    const typed = (column: object): Chunk => ({ length: 1, columns: { a: column } as Chunk['columns'] })
    const data = new Columns(() => [
      typed({ type: 'number', values: Float32Array.of(1), valid: null }),
      typed({ type: 'number', values: Float64Array.of(2), valid: Uint8Array.of(0) }),
      typed({ type: 'text', values: ['x'], valid: null })
    ])
    expect((await data.collect()).columns.a).toEqual({
      type: 'text',
      values: ['1', '', 'x'],
      valid: Uint8Array.from([1, 0, 1])
    })
    const other = new Columns(() => [typed({ type: 'text', values: ['x'], valid: null }), { length: 1, columns: {} }])
    expect(await rejection(other.collect())).toBe("RangeError: row 1: column 'a' is missing")
    expect(await new Columns(() => []).collect()).toEqual({ length: 0, columns: {} })
  })

  test('refuses sources that give no chunks', async () => {
    expect(await rejection(new Columns(() => [5] as never).collect())).toBe(
      'TypeError: Columns: open must give chunks { length, columns }, got number'
    )
    const short = { length: 2, columns: { a: { type: 'number', values: Float32Array.of(1), valid: null } } }
    expect(await rejection(new Columns(() => [short] as never).collect())).toBe(
      "RangeError: Columns: column 'a' has 1 values in a chunk of 2 rows"
    )
  })
})
