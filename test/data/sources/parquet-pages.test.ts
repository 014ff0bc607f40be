// Pages of Parquet that would make a reader loop, or take memory without bound.
import { Budget, type PageColumn, checkPages } from '../../../lib/data/sources/parquet-pages'
import { refusal } from '../../helpers/rejection'
import { type Struct, thrift, varint } from '../../helpers/thrift'

const ints: PageColumn = { name: 'x', type: 'INT32', typeLength: 0, isOptional: false, isDecimal: false }
const texts: PageColumn = { ...ints, type: 'BYTE_ARRAY' }

/** Looks at a column of a page, and unpacks it as a reader would. */
function check(header: Struct, content: Uint8Array, column = ints, rows = 4, budget = new Budget(1000)): string {
  const head = thrift(header)
  const chunk = Buffer.concat([head, content])
  const bytes = new Uint8Array(chunk.length)
  bytes.set(chunk)
  return refusal(() => {
    const unpack = checkPages(bytes, column, rows, (packed) => packed, budget)
    unpack(bytes.subarray(head.length), content.length)
  })
}

/** A page of version 1 with some values of an encoding. */
function data(encoding: number, content: Uint8Array, column = ints, values = 4): string {
  const size = content.length
  return check({ 1: 0, 2: size, 3: size, 5: { 1: values, 2: encoding, 3: 3, 4: 3 } }, content, column, values)
}

const header = { 1: 0, 2: 16, 3: 16, 5: { 1: 4, 2: 0, 3: 3, 4: 3 } }
const sixteen = Buffer.alloc(16)

test('a page of values that are there passes', () => {
  expect(check(header, sixteen)).toBe('nothing')
})

test('a page of no bytes is not unpacked', () => {
  const head = thrift({ 1: 2, 2: 0, 3: 1, 7: { 1: 0, 2: 0 } })
  const chunk = new Uint8Array([...head, 0])
  const unpack = checkPages(chunk, ints, 4, () => new Uint8Array(9), new Budget(1000))
  expect(unpack(chunk.subarray(head.length), 0)).toHaveLength(0)
})

test.each([
  [{ 3: -16 }, 'a page says that it has -16 compressed bytes'],
  [{ 3: 17 }, 'a page of 17 bytes leaves its column, which has 16 more'],
  [{ 2: -1 }, 'a page says that it has -1 bytes'],
  [{ 2: true }, 'a page says that it has true bytes'],
  [{ 2: 2 ** 30 }, "a page takes 1073741824 bytes of memory, too many for the file's size"],
  [{ 1: 7 }, 'a page is of the unknown kind 7'],
  [{ 5: { 1: -1, 2: 0 } }, 'a page says that it has -1 values'],
  [{ 5: { 1: 5, 2: 0 } }, 'a page has 5 values where 4 are left'],
  [{ 5: { 2: 0 } }, 'a page says that it has no number of values'],
  [{ 1: 2, 7: { 1: 2 ** 30, 2: 0 } }, 'a dictionary of 1073741824 values has 16 bytes']
])('a header with %j is refused', (change: Struct, message) => {
  expect(check({ ...header, ...change } as Struct, sixteen)).toBe(`Error: ${message}`)
})

test('headers of version 2 are refused where their parts leave the page', () => {
  const second = (parts: Struct): string => {
    const fields = { 1: 4, 2: 0, 3: 4, 4: 0, 5: 0, 6: 0, 7: false, ...parts } as Struct
    return check({ 1: 3, 2: 16, 3: 16, 8: fields }, sixteen, { ...ints, isOptional: true })
  }
  expect(second({ 2: 5 })).toBe('Error: a page of 4 values lacks 5 of them')
  expect(second({ 3: -1 })).toBe('Error: a page says that it has -1 rows')
  expect(second({ 5: 17 })).toBe('Error: a page of 16 bytes has 17 of levels')
  expect(second({ 6: -4 })).toBe('Error: a page says that it has -4 bytes of levels')
})

test('a file may be a thousand times its size in memory, and 32 MB and 4 million values more', () => {
  const budget = new Budget(1000)
  budget.takeValues(2 ** 22 + 1e6)
  expect(refusal(() => budget.takeValues(1))).toBe('Error: it says that it has 1 values, which its size does not allow')
  expect(refusal(() => new Budget(1000).takeValues(NaN))).toMatch(/it has NaN values/)
  budget.takeBytes(2 ** 25 + 1e6)
  expect(refusal(() => budget.takeBytes(1))).toMatch(/^Error: a page takes 1 bytes of memory, too many/)
})

const bytes = (...parts: (number | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)))

test('runs are refused that are longer than what is left, or leave the page', () => {
  // Indices of a dictionary: their bits, and a run of four times 1.
  expect(data(8, bytes(2, 4 << 1, 1))).toBe('nothing')
  expect(data(8, bytes(2, varint(2 ** 31), 1))).toBe('Error: it has a run of 1073741824 values where 4 are left')
  expect(data(8, bytes(2, varint(2 ** 20 + 1), 1))).toBe('Error: it has a run of 4194304 values, which leaves the page')
  expect(data(8, bytes(33, 8, 1))).toBe('Error: its values have 33 bits')
  expect(data(8, bytes(2, 0, 0))).toBe('Error: it ends too early')
  const levels = bytes(Buffer.from([2, 0, 0, 0]), 8, 1, sixteen)
  expect(data(0, levels, { ...ints, isOptional: true })).toBe('nothing')
  expect(data(0, bytes(Buffer.from([9, 0, 0, 0]), varint(2 ** 28), 1), { ...ints, isOptional: true })).toMatch(
    /a run of/
  )
})

test('values have the bytes that they need', () => {
  expect(data(0, sixteen.subarray(1))).toBe('Error: it has no room for 4 values')
  expect(data(9, sixteen, { ...ints, type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 2 ** 30 })).toMatch(
    /no room for 4 values/
  )
  // Two of four are there, by levels that stand side by side.
  const levels = bytes(Buffer.from([2, 0, 0, 0]), 3, 0b0101)
  expect(data(0, bytes(levels, Buffer.alloc(8)), { ...ints, isOptional: true })).toBe('nothing')
  expect(data(0, bytes(levels, Buffer.alloc(7)), { ...ints, isOptional: true })).toMatch(/no room for 2 values/)
})

/** 128 differences in four blocks of 32, each of so many bits; the first value, and the least difference. */
const deltas = (bits: number, first = 0, least = 0): Buffer =>
  bytes(varint(128), 4, varint(129), 2 * first, 2 * least, bits, bits, bits, bits, Buffer.alloc(16 * bits, 0xff))

test('differences are refused whose blocks go nowhere', () => {
  expect(data(5, deltas(3), ints, 129)).toBe('nothing')
  expect(data(5, bytes(varint(128), varint(2 ** 32 - 4), 4, 0, 0))).toBe('Error: it has -4 blocks in 128 values')
  expect(data(5, bytes(0, 4, 4, 0, 0))).toBe('Error: it has 4 blocks in 0 values')
  expect(data(5, deltas(65), ints, 129)).toBe('Error: its values have 65 bits')
  expect(data(5, deltas(3).subarray(0, 40), ints, 129)).toBe('Error: it ends too early')
})

test('texts that repeat others take memory of the budget', () => {
  const suffixes = deltas(0)
  expect(data(7, bytes(deltas(0, 5), suffixes), texts, 129)).toBe('nothing')
  // Each repeats 127 bytes more than the one before.
  expect(data(7, bytes(deltas(7), suffixes), texts, 129)).toBe('nothing')
  expect(data(7, bytes(deltas(20), suffixes), texts, 129)).toMatch(/^Error: a page takes \d+ bytes of memory, too many/)
  const below = bytes(varint(128), 4, varint(129), 1, 0, 0, 0, 0, 0)
  expect(data(7, bytes(below, suffixes), texts, 129)).toBe('Error: it repeats -1 bytes of a value')
})

test('texts stay within their page', () => {
  const content = bytes(deltas(0, 1), Buffer.alloc(129))
  expect(data(6, content, texts, 129)).toBe('nothing')
  expect(data(6, content.subarray(1), texts, 129)).not.toBe('nothing')
  expect(data(6, content.subarray(0, -1), texts, 129)).toBe('Error: it ends too early')
  const below = bytes(varint(128), 4, varint(129), 1, 0, 0, 0, 0, 0)
  expect(data(6, below, texts, 129)).toBe('Error: it has a value of -1 bytes')
  expect(data(0, bytes(Buffer.from([4, 0, 0, 0]), Buffer.alloc(3)), texts, 1)).toBe('Error: it ends too early')
})

test('decimals have some digits only', () => {
  const decimals = { ...texts, isDecimal: true }
  const long = bytes(Buffer.from([65, 0, 0, 0]), Buffer.alloc(65))
  expect(data(0, long, decimals, 1)).toBe('Error: it has decimals of 65 bytes')
  expect(data(0, long, texts, 1)).toBe('nothing')
  expect(data(6, bytes(deltas(0, 60), Buffer.alloc(60 * 129)), decimals, 129)).toBe('nothing')
  expect(data(6, deltas(7), decimals, 129)).toMatch(/decimals of 127 bytes/)
})

test('vectors of ALP have no more exceptions than values', () => {
  const vector = bytes(0, 0, 3, Buffer.from([4, 0, 0, 0]), Buffer.from([4, 0, 0, 0]), 0, 0)
  const floats = { ...ints, type: 'FLOAT' }
  expect(data(10, bytes(vector, 0, 0, Buffer.alloc(5)), floats)).toBe('nothing')
  expect(data(10, bytes(vector, 9, 0, Buffer.alloc(5)), floats)).toBe('Error: it has more exceptions than values')
})
