import { type BadRow, source } from '../../../lib/data'
import { thrown } from '../../helpers/check'
import { rejection } from '../../helpers/rejection'

test('reads objects, blank lines and a BOM, in pieces of any size', async () => {
  const text = '\uFEFF{"a":1,"t":"ü"}\r\n\n{"a":2.5,"t":null}\n{"t":"x"}'
  const bytes = [...Buffer.from(text)].map((byte) => Uint8Array.of(byte))
  const { columns, length } = await source.jsonl(bytes).collect()
  expect(length).toBe(3)
  expect(columns.a).toEqual({
    type: 'number',
    values: Float64Array.from([1, 2.5, NaN]),
    valid: Uint8Array.from([1, 1, 0])
  })
  expect(columns.t).toEqual({ type: 'text', values: ['ü', '', 'x'], valid: Uint8Array.from([1, 0, 1]) })
})

test('takes the wanted columns only', async () => {
  const { columns } = await source
    .jsonl(['{"a":1,"__proto__":2,"c":{"d":3}}'], { columns: ['__proto__', 'b'] })
    .collect()
  expect(Object.keys(columns)).toEqual(['__proto__', 'b'])
  expect([columns.__proto__.values[0], columns.b.valid]).toEqual([2, Uint8Array.from([0])])
})

test('tells the line of what is bad, or leaves it out', async () => {
  const text = '{"a":1}\n\n{"a":\n[5]\n{"a":2}\n'
  expect(await rejection(source.jsonl([text]).collect())).toMatch(/^RangeError: input:3: the line is no JSON: /)
  const badRows: BadRow[] = []
  const { columns, place } = await source.jsonl([text], { onBadRow: 'collect', badRows }).collect()
  expect([...columns.a.values]).toEqual([1, 2])
  expect(place!(1)).toBe('input:5')
  expect(badRows[1].message).toBe('input:4: the line must be a JSON object, got Array')
  expect(thrown(() => source.jsonl([text], { onBadRow: 'collect' }))).toMatch("jsonl: onBadRow 'collect' needs a list")
  expect(await rejection(source.jsonl(['{"a":{"b":1}}']).collect())).toBe(
    "TypeError: input:1: column 'a' must hold numbers, booleans, texts, dates or null, got object"
  )
})

test('refuses a line without an end', async () => {
  function* endless(): Generator<string> {
    for (;;) yield 'x'.repeat(60_000)
  }
  expect(await rejection(source.jsonl(endless()).collect())).toBe(
    'RangeError: input:1: the line is longer than 4194304 characters'
  )
})
