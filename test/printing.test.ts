// setPrintOptions. Expected texts are PyTorch's.

import { arange, ones, setPrintOptions, tensor } from '../lib'
import { thrown } from './helpers/check'

const few = tensor([1.23456789, 1000.5, 1e-5])
const rows = arange(20, { dtype: 'float32' }).reshape(2, 10).mul(1.5)

afterEach(() => {
  setPrintOptions({ profile: 'default' })
})

interface Options {
  precision?: number
  threshold?: number
  edgeitems?: number
  linewidth?: number
  profile?: string
  sciMode?: boolean
}

test.each<[Options, () => unknown, string]>([
  [{ precision: 2 }, () => few, 'tensor([1.23e+00, 1.00e+03, 1.00e-05])'],
  [{ precision: 8 }, () => few, 'tensor([1.23456788e+00, 1.00050000e+03, 9.99999975e-06])'],
  [
    { precision: 8, threshold: 5, edgeitems: 1 },
    () => rows,
    'tensor([[ 0.00000000,  ..., 13.50000000],\n        [15.00000000,  ..., 28.50000000]])'
  ],
  [{ threshold: 5, edgeitems: 1 }, () => arange(10), 'tensor([0,  ..., 9])'],
  [
    { linewidth: 40 },
    () => rows.at(0),
    'tensor([ 0.0000,  1.5000,  3.0000,\n         4.5000,  6.0000,  7.5000,\n         9.0000, 10.5000, 12.0000,\n        13.5000])'
  ],
  [{ profile: 'short' }, () => few, 'tensor([1.23e+00, 1.00e+03, 1.00e-05])'],
  [{ sciMode: true }, () => tensor([1, 2]), 'tensor([1.0000e+00, 2.0000e+00])'],
  [{ sciMode: false }, () => few, 'tensor([   1.2346, 1000.5000,    0.0000])'],
  [{ sciMode: false }, () => tensor([1e-10, 1e10]), 'tensor([          0.0000, 10000000000.0000])'],
  [{ precision: 0 }, () => tensor([0.5, 1.5, 2.5, 1.2]), 'tensor([0, 2, 2, 1])']
])('%o prints as PyTorch does', (options, make, text) => {
  setPrintOptions(options)
  expect(String(make())).toBe(text)
})

test('the profile full summarises nothing, and default is as before', () => {
  const many = ones(1001)
  setPrintOptions({ profile: 'full' })
  expect(String(many)).not.toContain('...')
  setPrintOptions({ profile: 'default' })
  expect(String(many)).toBe('tensor([1., 1., 1.,  ..., 1., 1., 1.])')
})

test('sciMode that is not given is left to the range again', () => {
  setPrintOptions({ sciMode: true })
  setPrintOptions({ precision: 3 })
  expect(String(tensor([1.5]))).toBe('tensor([1.500])')
})

test.each<[string, () => unknown]>([
  [
    "RangeError: setPrintOptions: profile must be 'default', 'short' or 'full', got 'foo'",
    () => setPrintOptions({ profile: 'foo' })
  ],
  ['RangeError: setPrintOptions: precision must be 0 to 100, got -1', () => setPrintOptions({ precision: -1 })],
  ['RangeError: setPrintOptions: linewidth must be at least 1, got 0', () => setPrintOptions({ linewidth: 0 })]
])('throws %s, and changes nothing', (message, call) => {
  setPrintOptions({ precision: 2 })
  expect(thrown(call)).toBe(message)
  expect(String(tensor([1.5]))).toBe('tensor([1.50])')
})
