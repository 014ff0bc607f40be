// What safetensors files of others may say, and what they may not.

import { writeFileSync } from 'node:fs'
import { safetensors } from '../../lib/io'
import { thrown } from '../helpers/check'
import { temporaryFolder } from '../helpers/folder'
import { ones } from '../../lib'

const { load, loadFile, save, saveFile } = safetensors
const at = temporaryFolder()

/** The bytes of a file with a header of any text, or any bytes, and any length said of it. */
function file(header: string | Uint8Array, data: Uint8Array | number[] = [], length?: bigint): Uint8Array {
  const text = Buffer.from(header as string)
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(length ?? BigInt(text.byteLength))
  return Buffer.concat([prefix, text, Uint8Array.from(data)])
}

const entry = (dtype: string, shape: string, offsets: string): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`

const one = entry('U8', '[1]', '[0,1]')
const deep = '['.repeat(100_000)
const long = 'n'.repeat(1000)

const refused: Record<string, [Uint8Array, string]> = {
  'no length': [Uint8Array.of(1, 2), 'it has 2 bytes, fewer than the 8 of the length of its header'],
  'nothing behind the length': [file(''), "its header does not begin with '{'"],
  'a header beyond the limit': [
    file('{}', [], 100_000_001n),
    'its header would have 100000001 bytes, at most 100000000 may be'
  ],
  'a header of 2^64 - 1 bytes': [
    file('{}', [], 2n ** 64n - 1n),
    'its header would have 18446744073709551615 bytes, at most 100000000 may be'
  ],
  'a header beyond the end': [
    file('{}', [], 3n),
    'its header would have 3 bytes, but the file has 2 behind the length'
  ],
  'another text': [file('[]'), "its header does not begin with '{'"],
  'a byte order mark': [file('\ufeff{}'), "its header does not begin with '{'"],
  'bytes that are no UTF-8': [file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), 'its header is not UTF-8'],
  'a header that ends early': [file('{"a"'), "expected ':' at character 4, got the end"],
  'a string without end': [file('{"a'), 'the string at character 1 does not end'],
  'a line break in a string': [file('{"a\n":1}'), 'the string at character 1 does not end'],
  'a bad escape': [file('{"\\x":1}'), 'the string at character 1 has a bad escape'],
  'a comma too many': [file('{"a":' + one + ',}', [1]), "expected a string at character 53, got '}'"],
  'text behind the header': [file('{} {}'), "expected the end at character 3, got '{'"],
  'an array for a tensor': [file('{"a":[]}'), "expected '{' at character 5, got '['"],
  'arrays in arrays': [file(`{"a":${deep}}`), "expected '{' at character 5, got '['"],
  'arrays for a shape': [file(`{"a":{"shape":${deep}`), "expected a whole number at character 15, got '['"],
  'two tensors of a name': [file(`{"a":${one},"a":${one}}`, [1]), "'a' comes twice"],
  'two tensors of a long name': [
    file(`{"${long}":${one},"${long}":${one}}`, [1]),
    `'${long.slice(0, 100)}...' comes twice`
  ],
  'two metadata': [file('{"__metadata__":{},"__metadata__":{}}'), "'__metadata__' comes twice"],
  'two texts of a name': [file('{"__metadata__":{"k":"","k":""}}'), "'k' comes twice in its metadata"],
  'metadata that are no texts': [file('{"__metadata__":{"k":1}}'), "expected a string at character 21, got '1'"],
  'a field that there is not': [file('{"a":{"dtyp":"U8"}}'), "tensor 'a' has a field 'dtyp'"],
  'a field of objects': [file('{"a":{"__proto__":{}}}'), "tensor 'a' has a field '__proto__'"],
  'two dtypes': [file('{"a":{"dtype":"U8","dtype":"U8"}}'), "tensor 'a' has two fields 'dtype'"],
  'no offsets': [file('{"a":{"dtype":"U8","shape":[1]}}'), "tensor 'a' lacks a dtype, a shape or two data_offsets"],
  'three offsets': [
    file(`{"a":${entry('U8', '[1]', '[0,1,2]')}}`),
    "tensor 'a' lacks a dtype, a shape or two data_offsets"
  ],
  'an unknown dtype': [file(`{"a":${entry('F7', '[1]', '[0,1]')}}`), "tensor 'a' is of unknown dtype 'F7'"],
  'a dtype of objects': [
    file(`{"a":${entry('toString', '[1]', '[0,1]')}}`),
    "tensor 'a' is of unknown dtype 'toString'"
  ],
  'a negative size': [
    file(`{"a":${entry('U8', '[-1]', '[0,1]')}}`),
    "expected a whole number at character 28, got '-'"
  ],
  'half a size': [file(`{"a":${entry('U8', '[1.5]', '[0,1]')}}`), "expected a whole number at character 28, got '1'"],
  'a size in powers of ten': [
    file(`{"a":${entry('U8', '[1e3]', '[0,1]')}}`),
    "expected a whole number at character 28, got '1'"
  ],
  'a size beyond 2^53': [file(`{"a":${entry('U8', '[9007199254740992]', '[0,1]')}}`), '9007199254740992 is too large'],
  'a size of a thousand digits': [
    file(`{"a":${entry('U8', `[${'9'.repeat(1000)}]`, '[0,1]')}}`),
    `${'9'.repeat(40)} is too large`
  ],
  'sizes whose product overflows': [
    file(`{"a":${entry('U8', '[4294967296,4294967296]', '[0,0]')}}`),
    "tensor 'a' of shape [4294967296, 4294967296] has too many elements"
  ],
  'sizes beside 0 whose product overflows': [
    file(`{"a":${entry('U8', '[0,4294967296,4294967296]', '[0,0]')}}`),
    "tensor 'a' of shape [0, 4294967296, 4294967296] has too many elements"
  ],
  'a very long shape': [
    file(`{"a":${entry('U8', `[${'2,'.repeat(99)}2]`, '[0,0]')}}`),
    `tensor 'a' of shape [${'2, '.repeat(16)}...] has too many elements`
  ],
  'bytes that do not fit the shape': [
    file(`{"a":${entry('F32', '[2]', '[0,4]')}}`, [0, 0, 0, 0]),
    "tensor 'a' has 4 bytes, but shape [2] of F32 takes 8"
  ],
  'offsets in the wrong order': [
    file(`{"a":${entry('U8', '[1]', '[1,0]')}}`, [0]),
    "tensor 'a' has -1 bytes, but shape [1] of U8 takes 1"
  ],
  'elements that end within a byte': [
    file(`{"a":${entry('F4', '[3]', '[0,1]')}}`, [0]),
    "tensor 'a' has 1 bytes, but shape [3] of F4 takes 1.5"
  ],
  'tensors that overlap': [
    file(`{"a":${entry('U8', '[2]', '[0,2]')},"b":${entry('U8', '[2]', '[1,3]')}}`, [0, 0, 0]),
    "tensor 'b' begins at byte 1, but the one before it ends at 2"
  ],
  'the same bytes twice': [
    file(`{"a":${one},"b":${one}}`, [0]),
    "tensor 'b' begins at byte 0, but the one before it ends at 1"
  ],
  'a hole': [
    file(`{"a":${one},"b":${entry('U8', '[1]', '[2,3]')}}`, [0, 0, 0]),
    "tensor 'b' begins at byte 2, but the one before it ends at 1"
  ],
  'a hole at the beginning': [
    file(`{"a":${entry('U8', '[1]', '[1,2]')}}`, [0, 0]),
    "tensor 'a' begins at byte 1, but the one before it ends at 0"
  ],
  'fewer bytes than tensors': [file(`{"a":${one}}`), 'its tensors take 1 bytes, but it has 0'],
  'more bytes than tensors': [file(`{"a":${one}}`, [0, 0]), 'its tensors take 1 bytes, but it has 2']
}

describe('a file is refused in one sentence that has', () => {
  test.each(Object.entries(refused))('%s', (_, [bytes, reason]) => {
    writeFileSync(at('x'), bytes)
    expect(thrown(() => loadFile(at('x')))).toBe(
      `RangeError: loadFile: ${at('x')} is no valid safetensors file: ${reason}`
    )
    expect(thrown(() => load(bytes))).toBe(`RangeError: load: the argument is no valid safetensors file: ${reason}`)
  })
})

describe('a tensor is refused', () => {
  const nameOf = "RangeError: load: tensor 'a'"
  test.each<[string, Uint8Array, string]>([
    [
      'of 8-bit floats',
      file(`{"a":${entry('F8_E4M3', '[1]', '[0,1]')}}`, [0]),
      `${nameOf} is of dtype F8_E4M3, for which dyngrad has no dtype; convert it where it was made`
    ],
    [
      'of complex numbers',
      file(`{"a":${entry('C64', '[0]', '[0,0]')}}`),
      `${nameOf} is of dtype C64, for which dyngrad has no dtype; convert it where it was made`
    ],
    [
      'of integers beyond int64',
      file(`{"a":${entry('U64', '[1]', '[0,8]')}}`, [0, 0, 0, 0, 0, 0, 0, 128]),
      `${nameOf} holds the unsigned integer 9223372036854775808, which int64 does not hold`
    ],
    [
      'of bools that are neither 0 nor 1',
      file(`{"a":${entry('BOOL', '[2]', '[0,2]')}}`, [1, 7]),
      `${nameOf}: a byte of bool is 7; bools are 0 and 1`
    ],
    [
      'of 17 dims',
      file(`{"a":${entry('U8', `[${'1,'.repeat(16)}1]`, '[0,1]')}}`, [7]),
      `${nameOf} has 17 dims, at most 16 may be`
    ]
  ])('%s', (_, bytes, message) => {
    expect(thrown(() => load(bytes))).toBe(message)
  })
})

describe('files of others', () => {
  test('have any order of tensors and fields, blanks, and bytes that are not aligned', () => {
    const header = ` { "b" : { "data_offsets" : [ 1 , 5 ] , "shape" : [ ] , "dtype" : "F32" } , "a" : ${one} } `.trim()
    const { a, b } = load(file(`${header}  \n`, [9, 0, 0, 0, 64]))
    expect([a.tolist(), b.item()]).toEqual([[9], 2])
  })

  test('widen integers without a sign', () => {
    const header = `{"x":${entry('U16', '[1]', '[0,2]')},"y":${entry('U32', '[1]', '[2,6]')},"z":${entry('U64', '[1]', '[6,14]')}}`
    const { x, y, z } = load(file(header, [255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0]))
    expect([x.item(), y.item(), z.item()]).toEqual([65535, 2 ** 32 - 1, 1])
    expect([x.dtype, y.dtype, z.dtype]).toEqual(['int32', 'int64', 'int64'])
  })

  test('may be empty', () => {
    expect(load(file('{}'))).toEqual({})
    expect(load(file('{"__metadata__":{}}'))).toEqual({})
  })

  test('that grow shorter while they are read are truncated', () => {
    saveFile({ a: ones(100_000) }, at('y'))
    const reader = safetensors.open(at('y'))
    writeFileSync(at('y'), save({ a: ones(10) }))
    expect(thrown(() => reader.getTensor('a'))).toMatch(/ends at byte \d+: it is truncated$/)
    reader.close()
  })

  test('names and metadata that take more than the limit are not written', () => {
    const metadata = { k: 'x'.repeat(100_000_001) }
    expect(thrown(() => save({}, { metadata }))).toBe(
      'RangeError: save: names, shapes and metadata take 100000032 bytes, at most 100000000 may be'
    )
  })
})
