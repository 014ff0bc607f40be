// Files of the safetensors format, as in Python's `safetensors.torch`.

import type { Tensor } from '../../index'
import { type OrKeyword, member } from '../../signature'
import { writeAtomically } from '../atomic'
import { pathOf } from '../file'
import { bytesIn } from './kinds'
import { type SafetensorsFile, openFiles } from './open'
import { tensorsIn } from './read'
import { indexPath, indexText, split } from './shards'
import { type Metadata, type Tensors, layOut, piecesOfFile } from './write'

export type { Metadata, SafetensorsFile, Tensors }

const signatures = {
  saveFile: member(
    'safetensors.saveFile(tensors: tensors, file: file, *, metadata: metadata? = null, maxShardSize: byteSize? = null)'
  ),
  loadFile: member('safetensors.loadFile(file: file)'),
  open: member('safetensors.open(file: file)'),
  save: member('safetensors.save(tensors: tensors, *, metadata: metadata? = null)'),
  load: member('safetensors.load(data: bytes)')
}

/** Options of `saveFile`. */
export interface SaveFileOptions {
  /** Texts that the file has beside its tensors. */
  readonly metadata?: Metadata | null
  /**
   * Where there is more than this, several files are written (`x-00001-of-00002.safetensors`), and `x.index.json` last:
   * bytes, or a text such as '5GB'.
   */
  readonly maxShardSize?: number | string | null
}

/**
 * Writes tensors to a file by name, in row-major order. A file is complete or, after an error or a kill, as it was.
 */
export function saveFile(tensors: Tensors, file: string | URL, options?: SaveFileOptions): void
export function saveFile(...args: unknown[]): void {
  const [tensors, file, metadata, maxShardSize] = signatures.saveFile.read(args)
  const path = pathOf(file)
  const shards = maxShardSize === null ? [{ path, tensors }] : split(tensors, path, bytesIn(maxShardSize))
  const layouts = shards.map((shard) => layOut('saveFile', shard.tensors, metadata))
  shards.forEach((shard, i) => writeAtomically('saveFile', shard.path, piecesOfFile(layouts[i])))
  if (shards.length > 1) writeAtomically('saveFile', indexPath(path), [Buffer.from(indexText(shards))])
}

/**
 * The tensors of a file, or of the shards that an index (`*.index.json`) names, by name; each has memory of its own.
 */
export function loadFile(file: OrKeyword<'file', string | URL>): Record<string, Tensor>
export function loadFile(...args: unknown[]): Record<string, Tensor> {
  const [file] = signatures.loadFile.read(args)
  const opened = openFiles('loadFile', pathOf(file))
  try {
    return opened.tensors()
  } finally {
    opened.close()
  }
}

/** Opens a file, or the shards of an index (`*.index.json`): only what is asked for is read, when it is. */
export function open(file: OrKeyword<'file', string | URL>): SafetensorsFile
export function open(...args: unknown[]): SafetensorsFile {
  const [file] = signatures.open.read(args)
  return openFiles('open', pathOf(file))
}

/** The bytes of a file of tensors. */
export function save(tensors: Tensors, options?: { readonly metadata?: Metadata | null }): Uint8Array
export function save(...args: unknown[]): Uint8Array {
  const [tensors, metadata] = signatures.save.read(args)
  const layout = layOut('save', tensors, metadata)
  const bytes = new Uint8Array(layout.byteLength)
  let end = 0
  for (const piece of piecesOfFile(layout)) {
    bytes.set(piece, end)
    end += piece.byteLength
  }
  return bytes
}

/** The tensors of the bytes of a file by name, copied from there. */
export function load(data: OrKeyword<'data', Uint8Array>): Record<string, Tensor>
export function load(...args: unknown[]): Record<string, Tensor> {
  const [data] = signatures.load.read(args)
  return Object.fromEntries(tensorsIn('load', data))
}
