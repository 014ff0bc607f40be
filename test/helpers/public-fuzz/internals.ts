// What the fuzz test of the public surface reads of the library's insides, all in one place.
import { types } from 'node:util'
import { Tensor } from '../../../lib'
import { itemSizes } from '../../../lib/dtype'
import { type Storage, bufferOf } from '../../../lib/storage'
import { sources } from './words'

/** A tensor as its fields say, unchecked. Offsets are bytes of the buffer. */
export interface Geometry {
  readonly sizes: readonly number[]
  readonly strides: readonly number[]
  readonly code: number
  readonly itemSize: number
  readonly numel: number
  readonly isDense: boolean
  readonly start: number
  readonly storageStart: number
  readonly storageBytes: number
  readonly bufferBytes: number
  readonly version: number
  /** False while the bytes must not be read. */
  readonly isReadable: boolean
}

function isReadable({ lock }: Storage): boolean {
  try {
    lock?.read()
    return true
  } catch {
    return false
  }
}

export function geometryOf(tensor: Tensor): Geometry {
  const { storage, code } = tensor
  return {
    sizes: tensor.sizes,
    strides: tensor.steps,
    code,
    itemSize: itemSizes[code],
    numel: tensor.numelCached,
    isDense: tensor.dense,
    start: tensor.byteOffset,
    storageStart: storage.byteOffset,
    storageBytes: storage.byteLength,
    bufferBytes: bufferOf(storage).byteLength,
    version: tensor.cell.version,
    isReadable: isReadable(storage)
  }
}

/** False for what only looks like a tensor: a proxy, an heir, a forgery and what is made of one. */
export function isGenuine(value: Tensor): boolean {
  try {
    return !types.isProxy(value) && value instanceof Tensor && value.version >= 0
  } catch {
    return false
  }
}

/** The bytes of a tensor's storage themselves. */
export const bytesOf = ({ storage }: Tensor): Uint8Array =>
  new Uint8Array(bufferOf(storage), storage.byteOffset, storage.byteLength)

/** The bytes behind a tensor's storage to the end of its buffer. */
export const bytesBehind = ({ storage }: Tensor): Buffer =>
  Buffer.from(bufferOf(storage), storage.byteOffset + storage.byteLength)

/** The gradient, whether the user may read it or not. */
export const gradOf = (tensor: Tensor): Tensor | null => tensor.meta?.grad ?? null

/** A tensor over the memory of `of` whose sizes are not what lies there. */
export const withSizes = ({ storage, byteOffset, code, cell }: Tensor, sizes: number[], strides: number[]): Tensor =>
  new Tensor(storage, byteOffset, sizes, strides, code, 1, true, cell)

const MEMBER = /^ +(?:(?:static|protected|private|override|abstract|readonly|get|set) )*(\w+)[<(:?!]/

/** The members of a file that are marked as internal, protected or private. */
function marked(source: string): string[] {
  const lines = source.split('\n')
  const ends = (line: string): boolean => line.endsWith('*/')
  return lines.flatMap((line, i) => {
    const at = line.includes('@internal') ? lines.findIndex((each, k) => k >= i && ends(each)) + 1 : i
    if (at === i && !/^ +(protected|private) /.test(line)) return []
    const name = MEMBER.exec(lines[at])?.[1]
    return name === undefined || name === 'constructor' ? [] : [name]
  })
}

/**
 * Members that are no part of the surface, although JavaScript reaches them: the library vouches for what it calls
 * them with.
 */
export const internalMembers: ReadonlySet<string> = new Set(sources.flatMap(marked))

/** Tensors that were given other data, beside which their gradient may be of another shape. */
export const exchanged = new WeakSet<Tensor>()

/** Notes from now on whose data is exchanged. */
export function watchData(): void {
  const { get, set } = Object.getOwnPropertyDescriptor(Tensor.prototype, 'data')!
  const noting = function (this: Tensor, value: Tensor): void {
    set!.call(this, value)
    exchanged.add(this)
  }
  Object.defineProperty(Tensor.prototype, 'data', { get, set: noting, configurable: true })
}
