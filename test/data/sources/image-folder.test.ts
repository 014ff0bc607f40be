import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { DataLoader, ImageFolder } from '../../../lib/data'
import { rejection } from '../../helpers/rejection'

const folder = mkdtempSync(join(tmpdir(), 'dyngrad-images-'))
const root = join(folder, 'root')
const pixels = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 51, 102, 153])
const raw = { width: 3, height: 2, channels: 3 } as const

beforeAll(async () => {
  for (const name of ['cat', 'dog/more']) mkdirSync(join(root, name), { recursive: true })
  writeFileSync(join(root, 'dog', 'notes.txt'), 'no image')
  await sharp(pixels, { raw })
    .png()
    .toFile(join(root, 'cat', 'b.png'))
  await sharp(pixels, { raw })
    .greyscale()
    .png()
    .toFile(join(root, 'cat', 'a.png'))
  await sharp(pixels, { raw })
    .jpeg()
    .toFile(join(root, 'dog', 'more', 'c.jpg'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('lists classes and images by name', async () => {
  const images = await ImageFolder.open(root)
  expect([images.classes, images.length, images.targets]).toEqual([['cat', 'dog'], 3, [0, 0, 1]])
  expect(images.samples.map(({ path }) => path.slice(root.length + 1))).toEqual([
    'cat/a.png',
    'cat/b.png',
    'dog/more/c.jpg'
  ])
})

test('gives channels first, as bytes or from 0 to 1, with the class', async () => {
  const [bytes, target] = await (await ImageFolder.open(root, { dtype: 'uint8' })).getItem(1)
  expect(bytes.tolist()).toEqual([
    [[255, 0, 0], [255, 0, 51]],
    [[0, 255, 0], [255, 0, 102]],
    [[0, 0, 255], [255, 0, 153]]
  ]) // prettier-ignore
  const [floats] = await (await ImageFolder.open(root)).getItem(1)
  expect([target.dtype, target.shape, target.item()]).toEqual(['int64', [], 0])
  expect(floats.equal(bytes.float().div(255))).toBe(true)
})

test('is loaded in batches of images and int64 classes', async () => {
  const loader = new DataLoader(await ImageFolder.open(root, { resize: 4 }), { batchSize: 2 })
  const batches = []
  for await (const [images, targets] of loader) batches.push([images.shape, targets.dtype, targets.tolist()])
  expect(batches).toEqual([
    [[2, 3, 4, 4], 'int64', [0, 0]],
    [[1, 3, 4, 4], 'int64', [1]]
  ])
})

test('brings all images to one size and number of channels', async () => {
  for (const [options, shape] of [
    [{ resize: 4 }, [3, 4, 4]],
    [{ resize: [2, 5] as const, channels: 1 as const }, [1, 2, 5]],
    [{ channels: 4 as const }, [4, 2, 3]]
  ] as const) {
    const images = await ImageFolder.open(root, options)
    for (let i = 0; i < images.length; i++) expect((await images.getItem(i))[0].shape).toEqual(shape)
  }
})

test('applies a transform', async () => {
  const images = await ImageFolder.open(root, { transform: (image) => image.mean([1, 2]) })
  expect((await images.getItem(-1))[0].shape).toEqual([3])
})

test('refuses folders without classes or images, and files that are none', async () => {
  const [empty, hollow] = [join(folder, 'empty'), join(folder, 'hollow')]
  mkdirSync(empty)
  mkdirSync(join(hollow, 'x'), { recursive: true })
  expect(await rejection(ImageFolder.open(empty))).toBe(`RangeError: Couldn't find any class folder in ${empty}.`)
  expect(await rejection(ImageFolder.open(hollow))).toBe('RangeError: Found no valid file for the classes x.')
  const bad = join(hollow, 'x', 'bad.png')
  writeFileSync(bad, 'PNG, or is it')
  expect(await rejection((await ImageFolder.open(hollow)).getItem(0))).toMatch(
    `RangeError: ${bad}: it cannot be decoded: Input file contains unsupported image format`
  )
  const png = await sharp(pixels, { raw }).resize(300, 200).png().toBuffer()
  writeFileSync(bad, png.subarray(0, png.length / 2))
  expect(await rejection((await ImageFolder.open(hollow)).getItem(0))).toMatch('it cannot be decoded')
  const wide = `<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>`
  writeFileSync(join(hollow, 'x', 'a.svg'), wide)
  expect(await rejection((await ImageFolder.open(hollow)).getItem(0))).toMatch('exceeds pixel limit')
})

test('refuses options that it does not take', async () => {
  expect(await rejection(ImageFolder.open(root, { resize: [1, 2, 3] as never }))).toBe(
    'RangeError: open: resize must be one or two sizes from 1 to 16384, got [1, 2, 3]'
  )
  expect(await rejection(ImageFolder.open(root, { channels: 2 as never }))).toBe(
    'RangeError: open: channels must be 1, 3 or 4, got 2'
  )
  expect(await rejection(ImageFolder.open(root, { dtype: 'int8' as never }))).toBe(
    "RangeError: dtype must be 'float32' or 'uint8', got 'int8'"
  )
})
