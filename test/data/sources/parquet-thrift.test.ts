// Footers that a reader would take much time or memory for.
import { Bytes, checkFooter, fieldPath, walkStruct } from '../../../lib/data/sources/parquet-thrift'
import { refusal } from '../../helpers/rejection'
import { type Struct, thrift, varint } from '../../helpers/thrift'

const footerRefusal = (footer: Uint8Array): string => refusal(() => checkFooter(footer))
const damaged = (what: string): string => `Error: its footer is damaged: ${what}`

test('tells of each value by the fields that lead to it', () => {
  const found = new Map<number, number | boolean>()
  const bytes = new Bytes(thrift({ 1: -5, 2: { 3: true, 4: [{ 1: 7 }] }, 9: 2n ** 40n, 20: Buffer.from('x') }))
  walkStruct(bytes, (path, value) => found.set(path, value))
  expect(bytes.left).toBe(0)
  expect(found).toEqual(
    new Map<number, number | boolean>([
      [fieldPath(1), -5],
      [fieldPath(2), true],
      [fieldPath(2, 3), true],
      [fieldPath(2, 4), true],
      [fieldPath(2, 4, 1), 7],
      [fieldPath(9), NaN],
      [fieldPath(20), NaN]
    ])
  )
})

test('refuses what is not whole, or has no bounds', () => {
  const whole = thrift({ 1: 1, 2: [{ 4: Buffer.from('x') }], 3: 5n })
  expect(footerRefusal(whole)).toBe('nothing')
  for (let end = 0; end < whole.length; end++)
    expect(footerRefusal(whole.subarray(0, end))).toMatch(/its footer is damaged: /)
  expect(footerRefusal(Buffer.alloc(0))).toBe(damaged('it ends too early'))
  expect(footerRefusal(Buffer.from([0x16, ...Buffer.alloc(20, 0xff), 0]))).toBe(
    damaged('it has a number of too many bytes')
  )
  const list = Buffer.concat([Buffer.from([0x19, 0xfc]), varint(2 ** 31), Buffer.alloc(8)])
  expect(footerRefusal(list)).toBe(damaged('it has a list of 2147483648'))
  let deep: Struct = {}
  for (let i = 0; i < 20; i++) deep = { 1: deep }
  expect(footerRefusal(thrift(deep))).toBe(damaged('it has too many structs'))
  const empty = Array.from({ length: 1000 }, () => ({}))
  expect(footerRefusal(thrift({ 2: empty }))).toBe(damaged('it has too many structs'))
  expect(footerRefusal(Buffer.from([0x15, 2, 0x05, 2, 2, 0]))).toBe(damaged('its fields are out of order'))
  expect(footerRefusal(Buffer.from([0x1b, 0]))).toBe(damaged('it has a field of an unknown type, 11'))
})

test('refuses long statistics of decimals, which take the square of their length in steps', () => {
  const footer = (converted: number): Buffer =>
    thrift({ 2: [{ 6: converted }], 4: [{ 1: [{ 3: { 12: { 1: Buffer.alloc(40_000) } } }] }] })
  expect(footerRefusal(footer(5))).toBe('Error: its footer is damaged: it has decimals of too many digits')
  expect(footerRefusal(footer(0))).toBe('nothing')
})
