// Several files for one set of tensors, and the index that says which tensor is in which, as on Hugging Face's hub:
// model-00001-of-00002.safetensors and so on, and model.safetensors.index.json.

import { basename, dirname, join } from 'node:path'
import type { Tensor } from '../../index'
import { byteLengthOf, newBytes } from '../elements'
import { withFile } from '../file'
import { Scanner } from '../scanner'
import { MOST_HEADER, short } from './header'
import type { Tensors } from './write'

const INDEX = '.index.json'

export const isIndex = (path: string): boolean => path.endsWith(INDEX)

/** An index nests no deeper beside the names. */
const MOST_DEPTH = 16

/** The names of the tensors by the path of the shard that has them. */
export function readIndex(op: string, path: string): Map<string, string[]> {
  const fail = (reason: string): Error =>
    new RangeError(`${op}: ${path} is no valid index of safetensors files: ${reason}`)
  const scanner = new Scanner(readText(op, path, fail), fail)
  let files: Map<string, string> | null = null
  scanner.members((key) => {
    if (key !== 'weight_map') return scanner.skip(MOST_DEPTH)
    if (files !== null) throw fail("'weight_map' comes twice")
    files = readWeightMap(scanner)
  })
  scanner.end()
  if (files === null) throw fail("it has no 'weight_map'")
  const names = new Map<string, string[]>()
  for (const [name, file] of files as Map<string, string>) {
    // A file of the hub shall not name files elsewhere.
    if (basename(file) !== file || file === '' || file === '.' || file === '..' || file.includes('\\'))
      throw fail(`'${short(file)}' is no name of a file beside it`)
    const shard = join(dirname(path), file)
    names.set(shard, [...(names.get(shard) ?? []), name])
  }
  return names
}

function readText(op: string, path: string, fail: (reason: string) => Error): string {
  return withFile(op, path, (file) => {
    if (file.size > MOST_HEADER) throw fail(`it has ${file.size} bytes, at most ${MOST_HEADER} may be`)
    const bytes = newBytes(file.size)
    file.read(bytes, 0)
    return Buffer.from(bytes.buffer).toString()
  })
}

function readWeightMap(scanner: Scanner): Map<string, string> {
  const files = new Map<string, string>()
  scanner.members((name) => {
    if (files.has(name)) throw scanner.fail(`'${short(name)}' comes twice`)
    files.set(name, scanner.string())
  })
  return files
}

/** A shard in the making. */
export interface Shard {
  readonly path: string
  readonly tensors: Tensors
}

/** Tensors in the order given, in shards of at most so many bytes unless one tensor alone has more. */
export function split(tensors: Tensors, path: string, most: number): Shard[] {
  const groups: [string, Tensor][][] = [[]]
  let bytes = 0
  for (const [name, tensor] of Object.entries(tensors)) {
    const more = byteLengthOf(tensor.dtype, tensor.shape)
    if (bytes > 0 && bytes + more > most) {
      groups.push([])
      bytes = 0
    }
    groups[groups.length - 1].push([name, tensor])
    bytes += more
  }
  if (groups.length === 1) return [{ path, tensors }]
  return groups.map((group, i) => ({ path: shardPath(path, i + 1, groups.length), tensors: Object.fromEntries(group) }))
}

const EXTENSION = '.safetensors'

function shardPath(path: string, number: number, count: number): string {
  const stem = path.endsWith(EXTENSION) ? path.slice(0, -EXTENSION.length) : path
  return `${stem}-${digits(number)}-of-${digits(count)}${EXTENSION}`
}

const digits = (number: number): string => String(number).padStart(5, '0')

/** Where the index of shards stands. */
export const indexPath = (path: string): string => path + INDEX

/** The text of an index. */
export function indexText(shards: readonly Shard[]): string {
  const all = shards.flatMap(({ path, tensors }) =>
    Object.entries(tensors).map(([name, each]) => ({ path, name, each }))
  )
  const total = all.reduce((sum, { each }) => sum + byteLengthOf(each.dtype, each.shape), 0)
  const names = all.map(({ name, path }) => [name, basename(path)] as const).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${JSON.stringify({ metadata: { total_size: total }, weight_map: Object.fromEntries(names) }, null, 2)}\n`
}
