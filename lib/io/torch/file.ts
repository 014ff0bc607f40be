// Files of torch.save: the zip archives that PyTorch writes since 1.6, and the older ones, pickles with bytes behind.

import type { OpenFile } from '../file'
import { Unpickler } from '../pickle/unpickler'
import { damaged, mostMemory, readRange, shown } from '../ranges'
import { ZipReader } from '../zip/reader'
import { meaningOf, scanningOf } from './meaning'
import { plainOf } from './plain'
import type { StorageFile } from './storage'

/** What stands in a file, as JavaScript's values and tensors. */
export function readTorchFile(file: OpenFile): unknown {
  const start = readRange(file, 0, Math.min(file.size, 512), 'its beginning')
  const text = Buffer.from(start.buffer, start.byteOffset, start.byteLength).toString('latin1')
  if (text.startsWith('PK\x03\x04')) return readArchive(file)
  if (text.startsWith('\x80')) return readLegacy(file)
  const kind = kinds.find(([is]) => is(text))
  throw damaged(file, kind === undefined ? 'is no file of torch.save' : `is ${kind[1]}, no file of torch.save`)
}

const kinds: readonly (readonly [is: (text: string) => boolean, what: string])[] = [
  [(text) => text.startsWith('{', 8), 'a safetensors file (io.safetensors.loadFile reads it)'],
  [(text) => text.startsWith('\x93NUMPY'), 'a .npy file (io.npy.load reads it)'],
  [(text) => text.startsWith('\x89HDF'), 'an HDF5 file'],
  [(text) => text.startsWith('GGUF'), 'a GGUF file'],
  [(text) => text.startsWith('ustar', 257), 'a tar file, as PyTorch wrote them before 0.1.10; save it anew in Python']
]

const SAVE_WEIGHTS = 'in Python, save module.state_dict()'

function readArchive(file: OpenFile): unknown {
  const archive = new ZipReader(file)
  const pickle = [...archive.entries.values()].find(({ name }) => /^[^/]+\/data\.pkl$/.test(name))
  if (pickle === undefined) {
    const isNpz = [...archive.entries.keys()].every((name) => name.endsWith('.npy'))
    throw damaged(file, `is no file of torch.save: it has no data.pkl${isNpz ? '; io.npz.load reads .npz files' : ''}`)
  }
  const root = pickle.name.slice(0, pickle.name.indexOf('/') + 1)
  if (archive.entries.has(`${root}constants.pkl`)) {
    throw new RangeError(
      'Cannot use ``weights_only=True`` with TorchScript archives passed to ``torch.load``; ' +
        `${file.op}: ${file.path} is one; ${SAVE_WEIGHTS}`
    )
  }
  const textOf = (name: string): string | null => {
    const entry = archive.entries.get(root + name)
    return entry === undefined ? null : Buffer.from(archive.read(entry)).toString('latin1')
  }
  const byteOrder = textOf('byteorder') ?? 'little'
  if (byteOrder !== 'little' && byteOrder !== 'big') throw damaged(file, 'is damaged: its byte order is neither')
  const storages: StorageFile = {
    name: `${file.op}: ${file.path}`,
    swapped: byteOrder === 'big',
    bytesOf: (key, byteLength) => {
      const entry = archive.entries.get(`${root}data/${key}`)
      if (entry === undefined) throw damaged(file, `is damaged: it has no storage '${shown(key)}'`)
      if (entry.size !== byteLength) {
        throw damaged(file, `is damaged: storage '${shown(key)}' has ${entry.size} bytes, not ${byteLength}`)
      }
      return archive.read(entry)
    }
  }
  return valueOf(file, new Unpickler(archive.read(pickle), meaningOf(file, storages), mostMemory(file.size)))
}

const valueOf = (file: OpenFile, pickle: Unpickler): unknown => plainOf(pickle.read(), (what) => damaged(file, what))

const MAGIC = 0x1950a86a20f9469cfc6cn
const PROTOCOL = 1001

/**
 * Three pickles say what the file is, one has the data, one lists the storages, whose bytes follow. Where these begin
 * is known when all pickles have been read, so that of the data is read twice.
 */
function readLegacy(file: OpenFile): unknown {
  const bytes = readRange(file, 0, file.size, 'the file')
  const places = new Map<string, number>()
  const storages: StorageFile = {
    name: `${file.op}: ${file.path}`,
    swapped: false,
    bytesOf: (key, byteLength) => {
      const start = places.get(key)
      if (start === undefined) throw damaged(file, `is damaged: it does not list storage '${shown(key)}'`)
      return bytes.slice(start, start + byteLength)
    }
  }
  const meaning = meaningOf(file, storages)
  const most = mostMemory(file.size)
  const head = new Unpickler(bytes, meaning, most)
  const [magic, protocol] = [head.read(), head.read()]
  if (magic !== MAGIC || protocol !== PROTOCOL) {
    throw damaged(file, `is a pickle, but none of torch.save; ${SAVE_WEIGHTS} by torch.save`)
  }
  head.read()
  const lengths = new Map<string, number>()
  const scan = new Unpickler(bytes, scanningOf(meaning, lengths), most, head.position)
  scan.read()
  const keys = scan.read()
  let { position } = scan
  for (const key of Array.isArray(keys) ? (keys as unknown[]) : []) {
    if (typeof key !== 'string') throw damaged(file, 'is damaged: its storages have no names')
    const byteLength = lengths.get(key) ?? NaN
    const end = position + 8 + byteLength
    if (!(end <= bytes.length)) throw damaged(file, `is truncated or damaged: storage '${shown(key)}' is missing`)
    places.set(key, position + 8)
    position = end
  }
  return valueOf(file, new Unpickler(bytes, meaning, most, head.position))
}
