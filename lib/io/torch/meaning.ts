// What names and persistent ids of a file of torch.save mean.

import type { OpenFile } from '../file'
import type { Meaning } from '../pickle/unpickler'
import { Dict, Global, Tuple } from '../pickle/values'
import { damaged, shown } from '../ranges'
import { elements } from './elements'
import { StorageClass, allowedGlobals } from './globals'
import { FileStorage, type StorageFile } from './storage'

/** Modules of Python 2, as protocol 2 names them. */
const renamed = /^(__builtin__|torch\.tensor)\./
const modules: Readonly<Record<string, string>> = { __builtin__: 'builtins', 'torch.tensor': 'torch._tensor' }

/** The meaning of the pickle with the data. */
export function meaningOf(file: OpenFile, storageFile: StorageFile): Meaning {
  const allowed = allowedGlobals((what) => damaged(file, what))
  const storages = new Map<string, FileStorage>()
  return {
    fail: (what) => new RangeError(`Weights only load failed. ${file.op}: ${file.path}: ${what}`),
    globalOf: (path) => {
      const global = allowed.get(path.replace(renamed, (_, module: string) => `${modules[module]}.`))
      if (global !== undefined) return global
      throw new RangeError(
        `Weights only load failed. Unsupported global: GLOBAL ${shown(path)} was not an allowed ` +
          `global by default. ${file.op}: ${file.path} holds objects of Python, which do not run here; ` +
          'in Python, save module.state_dict() and numbers (float(x), x.item()) instead'
      )
    },
    persistent: (id) => {
      const storage = storageOf(id, storageFile)
      if (storage === null) throw damaged(file, 'is damaged: it names a storage in a way that PyTorch does not')
      const known = storages.get(storage.key) ?? storage
      if (known.dtype !== storage.dtype || known.numel !== storage.numel) {
        throw damaged(file, `is damaged: it names storage '${shown(storage.key)}' with two dtypes or sizes`)
      }
      storages.set(storage.key, known)
      return known
    }
  }
}

function storageOf(id: unknown, file: StorageFile): FileStorage | null {
  if (!(id instanceof Tuple)) return null
  const [kind, type, key, , numel, view] = id.items
  const named = type instanceof Global ? type.value : undefined
  if (kind !== 'storage' || !(named instanceof StorageClass) || typeof key !== 'string') return null
  if (!Number.isSafeInteger(numel) || (numel as number) < 0 || (view ?? null) !== null) return null
  return new FileStorage(file, key, named.dtype, numel as number)
}

/** The same meaning without tensors, so that no bytes are read: `lengths` gets the bytes of each storage. */
export function scanningOf({ globalOf, persistent, fail }: Meaning, lengths: Map<string, number>): Meaning {
  return {
    fail,
    globalOf: (path) => {
      const { value, call } = globalOf(path)
      return new Global(path, call && (() => new Dict()), value)
    },
    persistent: (id) => {
      const storage = persistent(id) as FileStorage
      const itemSize = storage.dtype === null ? 1 : elements.get(storage.dtype)?.itemSize
      lengths.set(storage.key, storage.numel * (itemSize ?? NaN))
      return storage
    }
  }
}
