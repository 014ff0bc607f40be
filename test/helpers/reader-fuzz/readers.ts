// The readers of files, a row for each: whole files of its format, and how it reads one.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Tensor, arange, nn, rand, zeros } from '../../../lib'
import { load, npy, npz, raw, safetensors, save, torch } from '../../../lib/io'

/** A reader of files. */
export interface Reader {
  /** The end of the names of its files. */
  readonly extension: string
  /** Whole files: made in an empty folder, or as they stand in the fixtures. */
  readonly seeds: (folder: string) => Buffer[]
  /** Reads a file; what it gives is looked at, so that nothing stays unread. */
  readonly read: (file: string) => unknown
}

const fixtures = join(__dirname, '../../fixtures/io')

/** The files of the fixtures whose names end so. */
const stored = (ending: RegExp) => (): Buffer[] =>
  readdirSync(fixtures)
    .filter((name) => ending.test(name))
    .map((name) => readFileSync(join(fixtures, name)))

/** Files that `write` makes. */
const written =
  (...writers: ((file: string) => void)[]) =>
  (folder: string): Buffer[] =>
    writers.map((write, i) => {
      const file = join(folder, `seed${i}`)
      write(file)
      return readFileSync(file)
    })

const tensors = { weight: rand([3, 4]), 'layer.bias': zeros([4]), count: arange(3), flags: rand([5]).gt(0.5) }

/** All readers by name. */
export const readers: Readonly<Record<string, Reader>> = {
  npy: { extension: '.npy', seeds: stored(/\.npy$/), read: npy.load },
  npz: {
    extension: '.npz',
    seeds: (folder) => [
      ...stored(/\.npz$/)(),
      ...written(
        (file) => npz.save(file, { zeros: zeros([20000]) }, { compressed: true }),
        (file) => npz.save(file, tensors)
      )(folder)
    ],
    read: npz.load
  },
  raw: {
    extension: '.bin',
    seeds: written((file) => raw.save(file, rand([6, 4]))),
    read: (file) => raw.load(file, 'float32', [-1, 4])
  },
  torch: { extension: '.pt', seeds: stored(/\.pt$/), read: torch.load },
  safetensors: {
    extension: '.safetensors',
    seeds: written(
      (file) => safetensors.saveFile(tensors, file, { metadata: { format: 'pt' } }),
      (file) => safetensors.saveFile({ x: zeros([3], { dtype: 'bfloat16' }) }, file),
      (file) => safetensors.saveFile({}, file)
    ),
    read: safetensors.loadFile
  },
  state: {
    extension: '.safetensors',
    seeds: written(
      (file) =>
        save({ net: tensors, same: tensors.weight, epoch: 5, values: [NaN, -0, 5n, undefined, 'é', null] }, file),
      (file) => save([{ $: 1 }, new nn.Linear(2, 1)], file)
    ),
    read: load
  }
}

/** Looks at every tensor of a result. */
export function touch(value: unknown, known = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || known.has(value)) return
  known.add(value)
  if (value instanceof Tensor) String(value)
  else if (!ArrayBuffer.isView(value)) for (const each of Object.values(value)) touch(each, known)
}
