import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { type BadRow, type Columns, type CsvOptions, source } from '../../../lib/data'
import { thrown } from '../../helpers/check'
import { rejection } from '../../helpers/rejection'

const folder = mkdtempSync(join(tmpdir(), 'dyngrad-csv-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The rows of a text as lists; texts come from memory in one piece. */
async function read(text: string, options: CsvOptions = {}): Promise<unknown[]> {
  return rowsOf(source.csv([text], options))
}

async function rowsOf(columns: Columns): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const row of columns.rows()) rows.push(Object.values(row))
  return rows
}

test('infers numbers, booleans and texts, and leaves empty fields out', async () => {
  const { columns, length } = await source.csv(['n,b,t,e\n1,true,x,\n-2.5e3,False,,\n,TRUE,7up,\n']).collect()
  expect(length).toBe(3)
  expect(columns.n).toEqual({
    type: 'number',
    values: Float64Array.from([1, -2500, NaN]),
    valid: Uint8Array.from([1, 1, 0])
  })
  expect(columns.b).toEqual({ type: 'bool', values: Uint8Array.from([1, 0, 1]), valid: null })
  expect(columns.t).toEqual({ type: 'text', values: ['x', '', '7up'], valid: Uint8Array.from([1, 0, 1]) })
  expect(columns.e.valid).toEqual(Uint8Array.from([0, 0, 0]))
})

test.each(['007', '+1', '0x10', ' 1', '1_000', 'Infinity', 'NaN', '12345678901234567890', '1.', '.5', '1,5', '--1'])(
  "takes '%s' as a text",
  async (text) => {
    expect(await read(`a\n"${text}"\n`)).toEqual([[text]])
  }
)

test.each(['0', '-0', '1.25', '0.1', '123456.789', '1e5', '-1.5E-7', '9007199254740991', '0.30000000000000004'])(
  "takes '%s' as the number that JavaScript reads",
  async (text) => {
    expect(await read(`a\n${text}\n`)).toEqual([[Number(text)]])
  }
)

test('reads random decimals to the last bit', async () => {
  const texts = Array.from({ length: 2000 }, (_, i) => (Math.sin(i + 1) * 10 ** (i % 9)).toFixed(i % 11))
  const { columns } = await source.csv([`a\n${texts.join('\n')}\n`]).collect()
  expect(columns.a.values).toEqual(Float64Array.from(texts, Number))
})

test('a column of numbers is text from the chunk on where one is none', async () => {
  const first = Array.from({ length: 5000 }, (_, i) => `${i}`)
  const types: string[] = []
  for await (const { columns } of source.csv([`a\n${[...first, 'x', '5'].join('\n')}\n`])) types.push(columns.a.type)
  expect(new Set(types)).toEqual(new Set(['number', 'text']))
  expect(types.at(-1)).toBe('text')
})

test('reads quotes, line breaks within them, CRLF, a BOM, separators and comments', async () => {
  expect(await read('\uFEFFa,b\r\n"x ""y""","1\r\n2"\r\n')).toEqual([['x "y"', '1\r\n2']])
  expect(await read('a;b\n1;"2;3"\n', { separator: ';' })).toEqual([[1, '2;3']])
  expect(await read('a\tb\n1\t2\n', { separator: '\t' })).toEqual([[1, 2]])
  expect(await read("a,b\n'1,2',3\n", { quote: "'" })).toEqual([['1,2', 3]])
  expect(await read('# note\na\n1\n# 2\n3\n', { comment: '#' })).toEqual([[1], [3]])
  expect(await read('a,b\n\n1,2\n\n\n3,4')).toEqual([
    [1, 2],
    [3, 4]
  ])
})

test('takes names from a header, a list, or numbers', async () => {
  const names = async (options: CsvOptions): Promise<string[]> =>
    Object.keys((await source.csv(['a,b\nc,d\n'], options).collect()).columns)
  expect(await names({})).toEqual(['a', 'b'])
  expect(await names({ header: false })).toEqual(['column1', 'column2'])
  expect(await names({ header: false, names: ['p', 'q'] })).toEqual(['p', 'q'])
  expect(await names({ names: ['p', 'q'] })).toEqual(['p', 'q'])
  expect(await names({ names: ['__proto__', 'constructor'] })).toEqual(['__proto__', 'constructor'])
})

test('takes types and texts for missing values as they are given', async () => {
  const options: CsvOptions = {
    types: { zip: 'text', on: 'bool', when: 'date', n: 'number' },
    missing: ['', 'NA']
  }
  expect(
    await read('zip,on,when,n,m\n01234,yes,2020-01-02,007,NA\n5,0,2020-01-02T03:04:05+01:00, 8,3\n', options)
  ).toEqual([
    ['01234', true, new Date('2020-01-02T00:00:00Z'), 7, null],
    ['5', false, new Date('2020-01-02T02:04:05Z'), 8, 3]
  ])
})

test('reads dates without a zone in UTC, and no others than those of ISO 8601', async () => {
  const at = async (text: string): Promise<unknown> =>
    ((await read(`a\n${text}\n`, { types: { a: 'date' } })) as Date[][])[0][0].toISOString()
  expect(await at('2020-05')).toBe('2020-05-01T00:00:00.000Z')
  expect(await at('2020-05-06 07:08')).toBe('2020-05-06T07:08:00.000Z')
  expect(await at('2020-05-06T07:08:09.5')).toBe('2020-05-06T07:08:09.500Z')
  expect(await rejection(at('May 6'))).toBe(
    "RangeError: input:2: column 'a' must be a date as in ISO 8601, got 'May 6'"
  )
  expect(await rejection(at('2020-13-01'))).toMatch('must be a date as in ISO 8601')
})

describe('bad rows', () => {
  const text = 'a,b\n1,2\n3\n4,5,6\n7,x\n8,9\n'
  const types = { b: 'number' } as const

  test('throw file and line', async () => {
    expect(await rejection(read(text))).toBe('RangeError: input:3: there are 1 fields in a file of 2 columns')
    expect(await rejection(read('a\n1\n\nx\n', { types: { a: 'number' } }))).toBe(
      "RangeError: input:4: column 'a' must be a number, got 'x'"
    )
    expect(await rejection(read('a\nx\n', { types: { a: 'bool' } }))).toMatch("must be true or false, got 'x'")
  })

  test('are left out', async () => {
    expect(await read(text, { types, onBadRow: 'skip' })).toEqual([
      [1, 2],
      [8, 9]
    ])
  })

  test('are collected, once however often the file is read', async () => {
    const badRows: BadRow[] = []
    const columns = source.csv([text], { types, onBadRow: 'collect', badRows })
    await columns.collect()
    expect(badRows.map(({ message }) => message)).toEqual([
      'input:3: there are 1 fields in a file of 2 columns',
      'input:4: there are 3 fields in a file of 2 columns',
      "input:5: column 'b' must be a number, got 'x'"
    ])
    expect(badRows[2]).toMatchObject({ place: 'input:5', column: 'b' })
    expect(thrown(() => source.csv([text], { onBadRow: 'collect' }))).toBe(
      "TypeError: csv: onBadRow 'collect' needs a list: pass { badRows: [] }"
    )
  })
})

test('refuses malformed files in a sentence', async () => {
  expect(await rejection(read('a\n"x'))).toBe('RangeError: input:2: a quote is not closed at the end of the file')
  expect(await rejection(read('a\n"x"y\n'))).toBe('RangeError: input:2: something follows a closing quote')
  expect(await rejection(read('a\nx"y\n'))).toBe('RangeError: input:2: a quote stands within a field')
  expect(await rejection(read('a,b,a\n1,2,3\n'))).toBe(
    "RangeError: input: two columns are named 'a'; pass { names: [...] }"
  )
  expect(await rejection(read('a\n1\n', { types: { b: 'text' } }))).toBe(
    "RangeError: input: types names column 'b'; did you mean 'a'?"
  )
  expect(await rejection(source.csv(join(folder, 'none.csv')).collect())).toMatch(/^Error: ENOENT: .*none\.csv/)
})

test('refuses rows without an end, and rows of any number of fields', async () => {
  function* endless(piece: string, start = ''): Generator<string> {
    yield start
    for (;;) yield piece
  }
  expect(await rejection(source.csv(endless('x'.repeat(60_000), '"')).collect())).toMatch(
    'a row is longer than 1048576 characters; is there a quote that never ends?'
  )
  expect(await rejection(source.csv(endless(','.repeat(60_000))).collect())).toBe(
    'RangeError: input: a row has more than 100000 fields'
  )
  expect(await rejection(read(`${','.repeat(100_000)}\n`))).toMatch('there are 100001 columns, more than 100000')
})

test('refuses arguments that it does not take', () => {
  expect(thrown(() => source.csv(5 as never))).toBe(
    'TypeError: csv: input must be the name of a file or a stream of bytes, got 5'
  )
  expect(thrown(() => source.csv('a.csv', { seperator: ';' } as never))).toBe(
    "TypeError: csv() got an unexpected keyword argument 'seperator'; did you mean 'separator'?"
  )
  expect(thrown(() => source.csv('a.csv', { onBadRow: 'ignore' as never }))).toBe(
    "RangeError: onBadRow must be 'throw', 'skip' or 'collect', got 'ignore'"
  )
  expect(thrown(() => source.csv('a.csv', { types: { a: 'int' as never } }))).toBe(
    "RangeError: csv: the type of column 'a' must be 'number', 'bool', 'date' or 'text', got 'int'"
  )
})

describe('a file', () => {
  const file = join(folder, 'rows.csv')
  const text = `a,b\n${Array.from({ length: 5_000 }, (_, i) => `${i},"city ${i % 7}"`).join('\n')}\n`
  beforeAll(() => {
    writeFileSync(file, text)
    writeFileSync(`${file}.gz`, gzipSync(text))
    writeFileSync(join(folder, 'torn.csv.gz'), gzipSync(text).subarray(0, 5000))
    writeFileSync(join(folder, 'no.csv.gz'), text)
  })

  const sumOf = async (columns: Columns): Promise<number> => {
    let sum = 0
    for await (const row of columns.rows()) sum += row.a as number
    return sum
  }
  const sum = (5_000 * 4_999) / 2

  test('is read as often as it is asked for, packed or not, by name, URL or stream', async () => {
    const columns = source.csv(file)
    expect([await sumOf(columns), await sumOf(columns)]).toEqual([sum, sum])
    expect(await sumOf(source.csv(`${file}.gz`))).toBe(sum)
    expect(await sumOf(source.csv(new URL(`file://${file}`)))).toBe(sum)
    expect(await sumOf(source.csv(createReadStream(file)))).toBe(sum)
    expect(await sumOf(source.csv(Readable.toWeb(createReadStream(file)) as AsyncIterable<Uint8Array>))).toBe(sum)
  })

  test('is told by name and line', async () => {
    for await (const { place } of source.csv(file)) {
      expect([place!(0), place!(1)]).toEqual([`${file}:2`, `${file}:3`])
      break
    }
  })

  test('is closed where reading ends early', async () => {
    const stream = createReadStream(file)
    for await (const chunk of source.csv(stream)) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    expect(stream.destroyed).toBe(true)
  })

  test('that cannot be unpacked is refused', async () => {
    expect(await rejection(source.csv(join(folder, 'torn.csv.gz')).collect())).toMatch(
      /torn\.csv\.gz: it cannot be unpacked: unexpected end of file$/
    )
    expect(await rejection(source.csv(join(folder, 'no.csv.gz')).collect())).toMatch('it cannot be unpacked')
  })

  test('is read no further when a signal aborts', async () => {
    const controller = new AbortController()
    const read = async (): Promise<void> => {
      for await (const chunk of source.csv(file, { signal: controller.signal })) {
        if (chunk.length > 0) controller.abort(new Error('enough'))
      }
    }
    expect(await rejection(read())).toBe('Error: enough')
  })
})

test('a stream that gives no more ends when a signal aborts', async () => {
  const controller = new AbortController()
  const stream = new Readable({ read: () => undefined })
  stream.push('a,b\n1,2\n')
  const read = source.csv(stream, { signal: controller.signal }).collect()
  setTimeout(() => controller.abort(new Error('enough')), 20)
  expect(await rejection(read)).toBe('Error: enough')
  expect(stream.destroyed).toBe(true)
})

test('a stream of something else is refused', async () => {
  expect(await rejection(source.csv([5 as never]).collect())).toBe(
    'TypeError: csv: input must be a stream of bytes or text, got 5'
  )
})
