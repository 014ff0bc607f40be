import { fixed, formatTensor, scientific, type Printable } from '../../lib/format'
import fixture from '../fixtures/print.json'

interface Formula {
  factor: number
  modulus: number
  divisor: number
  offset: number
}

interface PrintCase {
  shape: number[]
  dtype: Printable['dtype']
  data?: (number | string)[]
  formula?: Formula
  requiresGrad?: boolean
  gradFn?: string
  text: string
}

const special: Record<string, number> = { nan: NaN, inf: Infinity, '-inf': -Infinity, '-0': -0 }

function value({ data, formula }: PrintCase, index: number): number | string {
  if (data) return data[index]
  const { factor, modulus, divisor, offset } = formula as Formula
  return ((index * factor) % modulus) / divisor + offset
}

function printable(row: PrintCase): Printable {
  const { shape, dtype } = row
  function item(index: number): number | bigint | boolean {
    const stored = value(row, index)
    if (dtype === 'int64') return BigInt(typeof stored === 'number' ? Math.trunc(stored) : stored)
    if (dtype === 'bool') return stored !== 0
    const number = typeof stored === 'number' ? stored : special[stored]
    return dtype === 'float64' ? number : dtype === 'float32' ? Math.fround(number) : Math.trunc(number)
  }
  return { shape, dtype, item, requiresGrad: row.requiresGrad ?? false, gradFn: row.gradFn ?? null }
}

describe('formatTensor()', () => {
  const cases = fixture.cases as PrintCase[]

  test.each(cases.map((row, i) => [i, row.dtype, `[${row.shape}]`, row] as const))(
    'prints as PyTorch does: case %i, %s %s',
    (_, __, ___, row) => expect(formatTensor(printable(row))).toBe(row.text)
  )

  test('reads only the visible items of a summarised tensor', () => {
    const read: number[] = []
    const item = (index: number) => {
      read.push(index)
      return index
    }
    const tensor: Printable = { shape: [10_000, 1000], dtype: 'float32', item, requiresGrad: false, gradFn: null }
    expect(formatTensor(tensor)).toMatch(
      /^tensor\(\[\[0\.0000e\+00, 1\.0000e\+00, 2\.0000e\+00, {2}\.\.\., 9\.9700e\+02,/
    )
    expect(read).toHaveLength(36)
    expect(new Set(read)).toContain(9_999_999)
  })

  test('reads each item once', () => {
    let reads = 0
    const item = () => ++reads
    formatTensor({ shape: [4, 5], dtype: 'int32', item, requiresGrad: false, gradFn: null })
    expect(reads).toBe(20)
  })
})

describe('fixed()', () => {
  test.each([
    [0.03125, '0.0312'],
    [0.09375, '0.0938'],
    [-0.03125, '-0.0312'],
    [1.00005, '1.0001'],
    [0.00005, '0.0001'],
    [-0, '-0.0000'],
    [-1e-9, '-0.0000'],
    [99.99995, '99.9999'],
    [99.99996, '100.0000'],
    [4503599627370495.5, '4503599627370495.5000'],
    [NaN, 'nan'],
    [-Infinity, '-inf']
  ])('of %p is %s', (value, text) => expect(fixed(value)).toBe(text))
})

describe('scientific()', () => {
  test.each([
    [0, '0.0000e+00'],
    [-0, '-0.0000e+00'],
    [100005, '1.0000e+05'],
    [100015, '1.0002e+05'],
    [999995, '1.0000e+06'],
    [10000.5, '1.0000e+04'],
    [1.00005, '1.0001e+00'],
    [-2.5e-7, '-2.5000e-07'],
    [5e-324, '4.9407e-324'],
    [1.7976931348623157e308, '1.7977e+308'],
    [Infinity, 'inf']
  ])('of %p is %s', (value, text) => expect(scientific(value)).toBe(text))
})
