// The readers of files, a row for each: whole files of its format, and how it reads one.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Tensor, arange, nn, rand, zeros } from '../../../lib'
import { type Columns, loadIdx, source } from '../../../lib/data'
import { load, npy, npz, raw, safetensors, save, torch } from '../../../lib/io'

/** A reader of files. */
export interface Reader {
  /** The end of the names of its files. */
  readonly extension: string
  /** Whole files: made in an empty folder, or as they stand in the fixtures. */
  readonly seeds: (folder: string) => Buffer[]
  /** What stands before the words of a library that reads the format; they are its own. */
  readonly quotes?: string
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

const csvRows = [
  'id,x,city,seen',
  '1,0.5,Bern,true',
  '2,,"a ""b"", c",false',
  '3,1e-3,Zürich,true',
  '4,-7,"x\ny",'
].join('\n')
const csvFiles = [Buffer.from(csvRows), Buffer.from(csvRows.replaceAll('\n', '\r\n')), Buffer.from('a;b\n1;2\n')]
const jsonlRows = ['{"id": 1, "x": 0.5, "seen": true}', '{"id": 2, "x": null, "city": "Z\\u00fcrich"}', '{}'].join('\n')

/** An IDX file: its type, its sizes and its elements. */
function idx(type: number, sizes: readonly number[], bytes: number): Buffer {
  const words = Buffer.alloc(4 * sizes.length)
  sizes.forEach((size, i) => words.writeUInt32BE(size, 4 * i))
  return Buffer.concat([Buffer.from([0, 0, type, sizes.length]), words, Buffer.alloc(bytes, 1)])
}

const idxFiles = [idx(8, [3, 4, 5], 60), idx(13, [6], 24), idx(11, [2, 2], 8)]

const readColumns = (open: (file: string) => Columns) => (file: string) => open(file).collect()

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
  },
  csv: { extension: '.csv', seeds: () => csvFiles, read: readColumns(source.csv) },
  'csv.gz': {
    extension: '.csv.gz',
    seeds: () => csvFiles.map((each) => gzipSync(each)),
    read: readColumns(source.csv)
  },
  jsonl: { extension: '.jsonl', seeds: () => [Buffer.from(jsonlRows)], read: readColumns(source.jsonl) },
  idx: { extension: '-ubyte', seeds: () => idxFiles, read: loadIdx },
  'idx.gz': { extension: '.gz', seeds: () => idxFiles.map((each) => gzipSync(each)), read: loadIdx },
  parquet: {
    extension: '.parquet',
    seeds: stored(/\.parquet$/),
    quotes: 'it cannot be read as Parquet: ',
    read: readColumns(source.parquet)
  }
}

/** Looks at every tensor of a result. */
export function touch(value: unknown, known = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || known.has(value)) return
  known.add(value)
  if (value instanceof Tensor) String(value)
  else if (!ArrayBuffer.isView(value)) for (const each of Object.values(value)) touch(each, known)
}
