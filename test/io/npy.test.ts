// Files of one array, .npy, and the elements of one, raw.

import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type DType, type Tensor, arange, nn, ones, rand, tensor, zeros } from '../../lib'
import { npy, raw } from '../../lib/io'
import fixture from '../fixtures/io.json'
import { thrown } from '../helpers/check'
import { type EncodedTensor, decodeTensor } from '../helpers/fixture'
import { temporaryFolder } from '../helpers/folder'

const at = temporaryFolder()
const stored = (name: string): string => join(__dirname, '../fixtures/io', `${name}.npy`)

function expectSame(actual: Tensor, expected: Tensor): void {
  expect([actual.dtype, actual.shape]).toEqual([expected.dtype, expected.shape])
  expect(actual.toTypedArray()).toEqual(expected.toTypedArray())
}

describe('files of NumPy', () => {
  test.each(fixture.arrays.map((each) => [each.name, each.tensor] as const))('%s.npy', (name, encoded) => {
    expectSame(npy.load(stored(name)), decodeTensor(encoded as EncodedTensor))
  })

  test("Fortran's order becomes strides, and is written again", () => {
    const x = npy.load(stored('fortran'))
    expect(x.stride()).toEqual([1, 2, 6])
    npy.save(at('fortran.npy'), x)
    expect(readFileSync(at('fortran.npy')).equals(readFileSync(stored('fortran')))).toBe(true)
  })

  test.each([
    ['too-large', 'holds the unsigned integer 9223372036854775808, which int64 does not hold'],
    ['objects', 'holds Python objects, which are pickled (|O); in NumPy, save arrays of numbers'],
    ['text', 'holds text (<U2); in NumPy, save numbers for it, or read it as columns'],
    [
      'structured',
      "holds a structured array ([('a', '<f4'), ('b', '<i4', (2,))]); in NumPy, save each of its fields as an array of its own"
    ],
    ['complex', 'holds complex numbers (<c8); in NumPy, save .real and .imag'],
    ['dates', "holds dates or times (<M8[ns]); in NumPy, save .astype('int64')"],
    ['void', "holds raw bytes (bfloat16 of ml_dtypes is stored so) (|V2); in NumPy, save .astype('float32')"],
    ['long-double', "holds floats of a width that tensors do not have (<f16); in NumPy, save .astype('float64')"]
  ])('%s.npy is refused', (name, what) => {
    expect(thrown(() => npy.load(stored(name)))).toBe(`RangeError: npy.load: ${stored(name)} ${what}`)
  })
})

const makers: Record<string, () => Tensor> = {
  ...Object.fromEntries(
    (['bool', 'uint8', 'int8', 'int16', 'int32', 'int64', 'float16', 'float32', 'float64'] as DType[]).map((dtype) => [
      dtype,
      () => tensor([[0, 1, 2]], { dtype })
    ])
  ),
  'special values': () => tensor([NaN, Infinity, -Infinity, -0, 2 ** -149]),
  'without dims': () => tensor(3.5),
  'without elements': () => zeros([0, 3]),
  transposed: () => rand([3, 5]).t(),
  permuted: () => rand([2, 3, 4]).permute(1, 2, 0),
  'a part of a larger one': () => rand([9, 9]).narrow(1, 2, 3),
  expanded: () => ones([1, 3]).expand(4, 3),
  'a Parameter': () => new nn.Parameter(rand([5])),
  'a result with gradient': () => rand([5], { requiresGrad: true }).mul(2),
  'many dims': () => rand(Array.from({ length: 16 }, () => 1))
}

describe('a tensor comes back', () => {
  test.each(Object.entries(makers))('%s', (_, make) => {
    const x = make()
    npy.save(at('x.npy'), x)
    const back = npy.load(at('x.npy'))
    expectSame(back, x)
    expect([back.requiresGrad, back.isLeaf]).toEqual([false, true])
    raw.save(at('x.bin'), x)
    expectSame(raw.load(at('x.bin'), x.dtype, x.shape), x)
  })

  test('bfloat16 has no name in NumPy', () => {
    expect(thrown(() => npy.save(at('b.npy'), zeros([2], { dtype: 'bfloat16' })))).toBe(
      "TypeError: npy.save: NumPy has no bfloat16; save tensor.to('float32'), which holds the same values"
    )
  })

  test('what is no tensor is refused', () => {
    expect(thrown(() => npy.save(at('x.npy'), [1] as never))).toBe(
      'TypeError: npy.save: tensor must be a Tensor, got Array; use tensor([...])'
    )
    expect(thrown(() => raw.save(at('x.bin'), 1 as never))).toBe(
      'TypeError: raw.save: tensor must be a Tensor, got 1; use tensor(1)'
    )
  })
})

/** A file with a literal for its header. */
function written(literal: string, elements = Buffer.alloc(24), version = 1): string {
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  if (version === 1) length.writeUInt16LE(literal.length)
  else length.writeUInt32LE(literal.length)
  const magic = Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1')
  writeFileSync(at('made.npy'), Buffer.concat([magic, length, Buffer.from(literal, 'latin1'), elements]))
  return at('made.npy')
}

const HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"

describe('headers', () => {
  test.each([
    [HEADER],
    [`${HEADER}   \n`],
    ["{'shape': (2, 3), 'fortran_order': False, 'descr': '<f4'}"],
    ["{'descr': 'f4', 'fortran_order': False, 'shape': (2L, 3L)}"],
    ["{'descr': '=f4', 'fortran_order': False, 'shape': (2,3)}"]
  ])('%s is read', (literal) => {
    expectSame(npy.load(written(literal)), zeros([2, 3]))
  })

  const damage = 'is damaged: its header is no description of an array'
  test.each([
    ['', damage],
    ['{}', damage],
    ["{'descr': '<f4', 'fortran_order': False}", damage],
    ["{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}", damage],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}", damage],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3)}", damage],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'shape': (3, 2)}", damage],
    [`${HEADER} + __import__('os')`, damage],
    [
      "{'descr': '<q9', 'fortran_order': False, 'shape': (2, 3)}",
      "holds elements of '<q9', which is no dtype that is read"
    ],
    [
      `{'descr': '${'x'.repeat(170)}', 'fortran_order': False, 'shape': (2, 3)}`,
      `holds elements of '${'x'.repeat(100)}…', which is no dtype that is read`
    ],
    [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 3)}",
      'is truncated or damaged: an array of float32 of shape [9999999999, 3] would have 119999999988 bytes, but 24 are left'
    ],
    [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (5,)}",
      'has 4 bytes behind an array of float32 of shape [5]; several arrays belong into a .npz'
    ]
  ])('%s is refused', (literal, what) => {
    const file = written(literal)
    expect(thrown(() => npy.load(file))).toBe(`RangeError: npy.load: ${file} ${what}`)
  })

  test.each([
    ['', 'is no .npy file: it is too short'],
    ['PK\x03\x04 and more', 'is no .npy file: it begins otherwise'],
    ['\x93NUMPY\x09\0\x10\0', 'is of version 9 of .npy; versions 1 to 3 are read'],
    ['\x93NUMPY\x02\0\0\0\x10\0', 'has a header of 1048576 bytes; arrays of numbers have a short one'],
    ['\x93NUMPY\x01\0\x10\0{', 'is truncated or damaged: its header has 1 bytes of 16']
  ])('a file that begins with %j is refused', (content, what) => {
    writeFileSync(at('bad.npy'), Buffer.from(content, 'latin1'))
    expect(thrown(() => npy.load(at('bad.npy')))).toBe(`RangeError: npy.load: ${at('bad.npy')} ${what}`)
  })

  test('a bool is 0 or 1', () => {
    const file = written("{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}", Buffer.from([1, 2]))
    expect(thrown(() => npy.load(file))).toBe(`RangeError: npy.load: ${file}: a byte of bool is 2; bools are 0 and 1`)
  })
})

describe('raw elements', () => {
  const file = at('six.bin')
  beforeAll(() => raw.save(file, arange(6, { dtype: 'float32' })))

  test('take the shape that is asked for', () => {
    expect(raw.load(file).tolist()).toEqual([0, 1, 2, 3, 4, 5])
    expect(raw.load(file, 'float32', [-1, 2]).shape).toEqual([3, 2])
    expect(raw.load(file, 'float32', [0, -1], { offset: 24 }).shape).toEqual([0, 0])
    expect(raw.load(file, { shape: [2], offset: 16 }).tolist()).toEqual([4, 5])
    expect(raw.load(file, 'uint8').numel()).toBe(24)
  })

  test('of the other byte order', () => {
    writeFileSync(at('big.bin'), Buffer.from([1, 2, 0, 3]))
    expect(raw.load(at('big.bin'), 'int16', null, { byteOrder: 'big' }).tolist()).toEqual([258, 3])
    expect(raw.load(at('big.bin'), 'int16').tolist()).toEqual([513, 768])
  })

  test.each([
    [[7], 0, `raw.load: ${file} has 24 bytes; behind offset 0 they are no float32 tensor of shape [7]`],
    [[-1, 5], 0, `raw.load: ${file} has 24 bytes; behind offset 0 they are no float32 tensor of shape [-1, 5]`],
    [[-1], 2, `raw.load: ${file} has 24 bytes; behind offset 2 they are no float32 tensor of shape [-1]`],
    [[-1], 28, `raw.load: ${file} has 24 bytes; behind offset 28 they are no float32 tensor of shape [-1]`],
    [
      [1e9, 1e9],
      0,
      `raw.load: ${file} has 24 bytes; behind offset 0 they are no float32 tensor of shape [1000000000, 1000000000]`
    ],
    [[-1], -4, 'raw.load: offset must be at least 0, got -4'],
    [[-1, -1], 0, 'raw.load: only one dimension can be inferred'],
    [[-2, 3], 0, 'raw.load: invalid shape dimension in [-2, 3]']
  ])('shape %j at offset %i is refused', (shape, offset, message) => {
    expect(thrown(() => raw.load(file, 'float32', shape, { offset }))).toBe(`RangeError: ${message}`)
  })

  test('a wrong byte order is refused', () => {
    expect(thrown(() => raw.load(file, { byteOrder: 'middle' as never }))).toBe(
      "RangeError: raw.load: byteOrder must be 'little' or 'big', got 'middle'"
    )
  })
})

test('a file that becomes shorter while it is read is told', () => {
  const file = openSync(at('holes.npy'), 'w')
  writeSync(file, readFileSync(stored('fortran')).subarray(0, 200))
  closeSync(file)
  expect(thrown(() => npy.load(at('holes.npy')))).toContain('would have 96 bytes, but 72 are left')
})
