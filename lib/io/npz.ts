// .npz files: zip archives of .npy files by name.

import { Tensor } from '../index'
import { isList, tensorAdvice, wrongKind } from '../kinds'
import { type Arguments, Signature } from '../signature'
import { writeAtomically } from './atomic'
import { pathOf, withFile } from './file'
import { npyPieces, readNpy } from './npy/array'
import { type ByteSource, damaged, shown } from './ranges'
import { ZipReader } from './zip/reader'
import { type ZipSource, zipPieces } from './zip/writer'

const signatures = {
  save: new Signature('npz.save(file: file, tensors: object, *, compressed: bool = false)'),
  load: new Signature('npz.load(file: file, *, maxBytes: float? = null)')
}

/** Options of `npz.save`. */
export interface NpzSaveOptions {
  /** Deflates the arrays, as `np.savez_compressed` does. Default false. */
  readonly compressed?: boolean
}

/** Writes tensors by name, as `np.savez(file, **tensors)` does; dtypes as in `npy.save`. */
export function save(file: string | URL, tensors: Readonly<Record<string, Tensor>>, options?: NpzSaveOptions): void
export function save(...args: unknown[]): void {
  const [file, tensors, compressed] = signatures.save.read(args)
  if (isList(tensors) || tensors instanceof Tensor || tensors instanceof Map) {
    throw wrongKind('npz.save', 'tensors', 'an object of Tensors by name', tensors)
  }
  const sources = Object.entries(tensors).map(([name, tensor]) => sourceOf(name, tensor))
  writeAtomically('npz.save', pathOf(file), zipPieces(sources, compressed))
}

function sourceOf(name: string, tensor: unknown): ZipSource {
  if (!(tensor instanceof Tensor)) throw wrongKind('npz.save', `'${name}'`, 'a Tensor', tensor, tensorAdvice)
  const pieces = npyPieces('npz.save', tensor)
  return { name: `${name}.npy`, bytes: () => Buffer.concat([...pieces]) }
}

/**
 * The tensors of a .npz file by name; dtypes and orders as in `npy.load`. Where compressed arrays would come to more
 * than ten times the file and 50 MB, `maxBytes` says how many bytes are taken all the same.
 */
export function load(...args: Arguments<typeof signatures.load>): Record<string, Tensor> {
  const [file, maxBytes] = signatures.load.read(args)
  const path = pathOf(file)
  return withFile('npz.load', path, (opened) => {
    const archive = new ZipReader(opened, maxBytes ?? undefined)
    const tensors = [...archive.entries.values()].map((entry) => {
      const [, name] = /^(.*)\.npy$/s.exec(entry.name) ?? []
      if (name === undefined) throw damaged(opened, `holds '${shown(entry.name)}', which is no .npy file`)
      const read = (source: ByteSource): Tensor => readNpy(source, `npz.load: ${path}: '${shown(name)}'`)
      return [name, archive.reading(entry, read)] as const
    })
    return Object.fromEntries(tensors)
  })
}
