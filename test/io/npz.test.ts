// Zip archives of arrays, .npz.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { arange, tensor, zeros } from '../../lib'
import { npz } from '../../lib/io'
import { crc32, tableCrc32 } from '../../lib/io/zip/crc32'
import { zipPieces } from '../../lib/io/zip/writer'
import { thrown } from '../helpers/check'
import { temporaryFolder } from '../helpers/folder'

const at = temporaryFolder()
const stored = (name: string): string => join(__dirname, '../fixtures/io', `${name}.npz`)

describe.each(['plain', 'compressed'])('%s.npz of NumPy', (name) => {
  test('is read', () => {
    const { weights, count, ...others } = npz.load(stored(name))
    expect([weights.dtype, weights.tolist()]).toEqual([
      'float32',
      [
        [0, 1, 2],
        [3, 4, 5]
      ]
    ])
    expect([count.dtype, count.shape, count.item()]).toEqual(['int64', [], 7])
    expect(others).toEqual({})
  })

  test('is refused where any byte of an array is another one', () => {
    const bytes = readFileSync(stored(name))
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes)
      changed[i] ^= 0x10
      writeFileSync(at('changed.npz'), changed)
      // Dates, versions and attributes of entries tell nothing about an array.
      let loaded
      try {
        loaded = npz.load(at('changed.npz'))
      } catch (error) {
        expect(String(error)).toMatch(/^RangeError: npz.load: /)
        continue
      }
      expect(Object.values(loaded).map((each) => each.tolist())).toEqual([
        [
          [0, 1, 2],
          [3, 4, 5]
        ],
        7
      ])
    }
  })
})

describe('tensors come back', () => {
  const tensors = { a: arange(1000), 'b/c ü': zeros([0, 3]), __proto: tensor(1.5), t: arange(6).reshape(2, 3).t() }

  test.each([[false], [true]])('compressed: %p', (compressed) => {
    npz.save(at('x.npz'), tensors, { compressed })
    const back = npz.load(at('x.npz'))
    expect(Object.keys(back)).toEqual(Object.keys(tensors))
    for (const [name, each] of Object.entries(tensors)) {
      expect([back[name].dtype, back[name].stride(), back[name].tolist()]).toEqual([
        each.dtype,
        each.stride(),
        each.tolist()
      ])
    }
    expect(readFileSync(at('x.npz')).length < 8000).toBe(compressed)
  })

  test('an archive of nothing', () => {
    npz.save(at('none.npz'), {})
    expect(npz.load(at('none.npz'))).toEqual({})
  })

  test('the same tensors make the same file', () => {
    npz.save(at('one.npz'), tensors)
    npz.save(at('two.npz'), tensors)
    expect(readFileSync(at('one.npz')).equals(readFileSync(at('two.npz')))).toBe(true)
  })

  test.each([
    [[zeros(1)], 'TypeError: npz.save: tensors must be an object of Tensors by name, got Array'],
    [zeros(1), 'TypeError: npz.save: tensors must be an object of Tensors by name, got Tensor'],
    [new Map(), 'TypeError: npz.save: tensors must be an object of Tensors by name, got Map'],
    [{ a: 1 }, "TypeError: npz.save: 'a' must be a Tensor, got 1; use tensor(1)"],
    [
      { a: zeros([1], { dtype: 'bfloat16' }) },
      "TypeError: npz.save: NumPy has no bfloat16; save tensor.to('float32'), which holds the same values"
    ]
  ])('%p is refused', (given, message) => {
    expect(thrown(() => npz.save(at('no.npz'), given as never))).toBe(message)
  })
})

/** A .npy file of so many bytes of elements. */
function array(count: number): Uint8Array {
  const literal = `{'descr': '|u1', 'fortran_order': False, 'shape': (${count},)}`.padEnd(118)
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\0v\0', 'latin1'), Buffer.from(literal), Buffer.alloc(count)])
}

/** An archive whose fields of 32 bits hold less than `most`. */
function archive(entries: Record<string, Uint8Array>, compressed = false, most?: number): Buffer {
  const sources = Object.entries(entries).map(([name, content]) => ({ name, bytes: () => content }))
  const bytes = Buffer.concat([...zipPieces(sources, compressed, most)])
  writeFileSync(at('made.npz'), bytes)
  return bytes
}

const load = (bytes: Uint8Array): Record<string, unknown> => {
  writeFileSync(at('made.npz'), bytes)
  return npz.load(at('made.npz'))
}

const refusal = (bytes: Uint8Array): string => {
  const prefix = `RangeError: npz.load: ${at('made.npz')} `
  const message = thrown(() => load(bytes))
  expect(message.slice(0, prefix.length)).toBe(prefix)
  return message.slice(prefix.length)
}

describe('archives', () => {
  test.each([[false], [true]])('of more than 4 GB have their sizes in zip64 fields (compressed: %p)', (compressed) => {
    // As if 300 bytes were 4 GB: some sizes and places are in such fields, others are not.
    const bytes = archive({ 'a.npy': array(10), 'b.npy': array(1000), 'c.npy': array(20) }, compressed, 300)
    expect(Object.values(npz.load(at('made.npz'))).map((each) => each.shape)).toEqual([[10], [1000], [20]])
    expect(bytes.includes(Buffer.from([0x50, 0x4b, 6, 6]))).toBe(true)
    const damaged = Buffer.from(bytes)
    damaged.writeUInt8(0, damaged.indexOf(Buffer.from([0x50, 0x4b, 6, 6])))
    expect(refusal(damaged)).toBe('is damaged: its zip64 locator leads nowhere')
  })

  test('may have a comment', () => {
    const bytes = archive({ 'a.npy': array(10) })
    bytes.writeUInt16LE(5, bytes.length - 2)
    expect(Object.keys(load(Buffer.concat([bytes, Buffer.from('hello')])))).toEqual(['a'])
  })

  const END = Buffer.from([0x50, 0x4b, 5, 6])
  const ENTRY = Buffer.from([0x50, 0x4b, 1, 2])
  const edits: [string, (bytes: Buffer, entry: number, end: number) => void, string | RegExp][] = [
    ['no end', (bytes, _, end) => bytes.fill(0, end), 'is no zip archive, or its end is missing'],
    [
      'another count',
      (bytes, _, end) => bytes.writeUInt16LE(2, end + 10),
      'is damaged: entry 1 of 2 in its directory is none'
    ],
    [
      'a long name',
      (bytes, entry) => bytes.writeUInt16LE(999, entry + 28),
      'is damaged: its directory is cut off in entry 0'
    ],
    ['encryption', (bytes, entry) => bytes.writeUInt16LE(1, entry + 8), "holds 'a.npy' encrypted, which is not read"],
    [
      'another method',
      (bytes, entry) => bytes.writeUInt16LE(12, entry + 10),
      "holds 'a.npy' compressed by method 12; stored and deflated entries are read"
    ],
    [
      'two sizes',
      (bytes, entry) => bytes.writeUInt32LE(9, entry + 20),
      "is damaged: 'a.npy' is stored, but has two sizes"
    ],
    [
      'a size beyond the file',
      (bytes, entry) => {
        bytes.writeUInt32LE(0x7fffffff, entry + 20)
        bytes.writeUInt32LE(0x7fffffff, entry + 24)
      },
      'is damaged: its entries are longer than the file'
    ],
    [
      'another CRC-32',
      (bytes, entry) => bytes.writeUInt32LE(0, entry + 16),
      /^is damaged: the CRC-32 of 'a.npy' is \d+, not 0$/
    ],
    [
      'another place',
      (bytes, entry) => bytes.writeUInt32LE(1, entry + 42),
      "is damaged: 'a.npy' does not begin at byte 1"
    ],
    [
      'a zip64 field that is missing',
      (bytes, entry) => bytes.writeUInt32LE(0xffffffff, entry + 42),
      /^is truncated or damaged: 'a.npy' would end at byte 4294967325 of \d+$/
    ],
    [
      'a directory elsewhere',
      (bytes, _, end) => bytes.writeUInt32LE(0xfffffff, end + 16),
      /^is truncated or damaged: the directory of the archive would end at byte \d+ of \d+$/
    ]
  ]
  test.each(edits)('with %s are refused', (_, edit, what) => {
    const bytes = archive({ 'a.npy': array(10) })
    edit(bytes, bytes.indexOf(ENTRY), bytes.indexOf(END))
    expect(refusal(bytes)).toEqual(typeof what === 'string' ? what : expect.stringMatching(what))
  })

  test('of other files, or of one name twice, are refused', () => {
    expect(refusal(archive({ 'a.txt': array(1) }))).toBe("holds 'a.txt', which is no .npy file")
    expect(refusal(archive({ 'a\n"b".txt': array(1) }))).toBe('holds \'a\\n"b".txt\', which is no .npy file')
    const sources = [1, 2].map((count) => ({ name: 'a.npy', bytes: () => array(count) }))
    expect(refusal(Buffer.concat([...zipPieces(sources, false)]))).toBe("holds 'a.npy' twice")
  })

  test('whose arrays are damaged are refused by name', () => {
    expect(thrown(() => load(archive({ 'a.npy': Buffer.from('hello world') })))).toBe(
      `RangeError: npz.load: ${at('made.npz')}: 'a' is no .npy file: it begins otherwise`
    )
  })

  test('whose deflated arrays end too early are refused', () => {
    expect(refusal(archive({ 'a.npy': Buffer.from('\x93NUMPY\x02\0\x10\0', 'latin1') }, true))).toBe(
      'is truncated or damaged: its header has 0 bytes of 2'
    )
  })

  test('that do not inflate are refused', () => {
    const bytes = archive({ 'a.npy': array(1000) }, true)
    const data = deflateRawSync(array(1000))
    bytes.fill(0xff, bytes.indexOf(data), bytes.indexOf(data) + 4)
    expect(refusal(bytes)).toMatch(/^is damaged: 'a.npy' does not inflate: invalid /)
    const shorter = archive({ 'a.npy': array(1000) }, true)
    shorter.writeUInt32LE(2000, shorter.indexOf(ENTRY) + 24)
    expect(refusal(shorter)).toBe("is damaged: 'a.npy' does not inflate: 1128 bytes come of it, not 2000")
    shorter.writeUInt32LE(1000, shorter.indexOf(ENTRY) + 24)
    expect(refusal(shorter)).toBe("is damaged: 'a.npy' does not inflate: more than 1000 bytes come of it")
  })

  test('that would inflate to far more than they are need a limit from the caller', () => {
    npz.save(at('zeros.npz'), { zeros: zeros([60_000_000], { dtype: 'uint8' }) }, { compressed: true })
    const message = thrown(() => npz.load(at('zeros.npz')))
    expect(message).toMatch(
      /^RangeError: npz.load: .* 'zeros.npy' would inflate to 60000128 bytes, more than is taken from a file of \d+; pass \{ maxBytes: 60000128 \} if you trust it$/
    )
    expect(npz.load(at('zeros.npz'), { maxBytes: 60000128 }).zeros.numel()).toBe(60_000_000)
  })
})

test('the CRC-32 of a table is the one of zip archives', () => {
  const digits = Buffer.from('123456789')
  expect([crc32(digits), tableCrc32(digits)]).toEqual([0xcbf43926, 0xcbf43926])
  const first = digits.subarray(0, 4)
  expect(tableCrc32(digits.subarray(4), tableCrc32(first))).toBe(0xcbf43926)
  expect(crc32(digits.subarray(4), crc32(Buffer.alloc(0), crc32(first)))).toBe(0xcbf43926)
})
