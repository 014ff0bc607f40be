import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { loadIdx } from '../../../lib/data'
import { rejection } from '../../helpers/rejection'

const folder = mkdtempSync(join(tmpdir(), 'dyngrad-idx-'))
afterAll(() => rmSync(folder, { recursive: true }))

function written(bytes: Uint8Array, name = 'file'): string {
  const file = join(folder, name)
  writeFileSync(file, bytes)
  return file
}

/** A file of a type and sizes with some bytes of data. */
function idx(code: number, sizes: readonly number[], data: Uint8Array | readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length)
  header.writeUInt8(code, 2)
  header.writeUInt8(sizes.length, 3)
  sizes.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i))
  return Buffer.concat([header, Uint8Array.from(data)])
}

test('reads bytes of any number of dims, packed or not', async () => {
  const file = idx(0x08, [2, 1, 3], [1, 2, 3, 4, 5, 255])
  for (const path of [written(file), written(gzipSync(file), 'packed.gz')]) {
    const images = await loadIdx(path)
    expect([images.dtype, images.tolist()]).toEqual(['uint8', [[[1, 2, 3]], [[4, 5, 255]]]])
  }
  expect((await loadIdx(written(idx(0x08, [0], [])))).shape).toEqual([0])
})

const big = Buffer.alloc(8)
test.each([
  ['int8', 0x09, [0xff, 2], [-1, 2]],
  ['int16', 0x0b, [0xff, 0xfe, 1, 0], [-2, 256]],
  ['int32', 0x0c, [0, 0, 1, 0, 0xff, 0xff, 0xff, 0xff], [256, -1]],
  ['float32', 0x0d, [0x3f, 0xc0, 0, 0, 0xbf, 0x80, 0, 0], [1.5, -1]],
  ['float64', 0x0e, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, ...big], [1.5, 0]]
] as const)('reads %s', async (dtype, code, data, values) => {
  const tensor = await loadIdx(written(idx(code, [2], data)))
  expect([tensor.dtype, tensor.tolist()]).toEqual([dtype, values])
})

test('reads data that come in several pieces', async () => {
  const data = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251)
  expect((await loadIdx(written(idx(0x08, [400, 500], data)))).toTypedArray()).toEqual(data)
})

test('refuses wrong, short, long and hostile files', async () => {
  const refused = (bytes: Uint8Array): Promise<string> => rejection(loadIdx(written(bytes, 'bad')))
  const file = join(folder, 'bad')
  expect(await refused(Buffer.from('hello'))).toBe(
    `RangeError: ${file}: this is no IDX file: it begins with 0x68656c6c`
  )
  expect(await refused(idx(0x0a, [1], [1]))).toMatch('this is no IDX file')
  expect(await refused(Uint8Array.of(0, 0, 8, 255, 0, 0, 0, 0))).toMatch('this is no IDX file')
  expect(await refused(Uint8Array.of(0, 0, 8))).toBe(`RangeError: ${file}: the file ends within its header`)
  expect(await refused(idx(0x08, [4], [1, 2]))).toBe(
    `RangeError: ${file}: there are fewer bytes than the 4 of its size [4]`
  )
  expect(await refused(idx(0x08, [1], [1, 2]))).toBe(
    `RangeError: ${file}: there are more bytes than the 1 of its size [1]`
  )
  expect(await refused(idx(0x08, [0xffffffff], [1]))).toMatch('there are fewer bytes than the 4294967295')
  expect(await refused(idx(0x0e, [0xffffffff, 0xffffffff], [1]))).toMatch(
    'its size [4294967295, 4294967295] is beyond any file'
  )
})
