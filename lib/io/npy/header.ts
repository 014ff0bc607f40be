// The header of .npy files: the dtype, the order and the shape of an array, as a literal of Python. See NumPy's NEP 1
// and numpy/lib/format.py: versions 1 to 3 differ in the width of the length and in the encoding alone.

import type { DType } from '../../index'
import { shown } from '../ranges'

export const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59)

/** Magic, version, and the length of the literal that follows. */
export const prefixBytes = (version: number): number => (version === 1 ? 10 : 12)

/** Arrays of numbers have far less. */
export const LONGEST_HEADER = 2 ** 16

/** What the header of an array says. */
export interface NpyHeader {
  /** What its elements are in the file: a byte order, a kind and bytes per element, such as `<f4`. */
  readonly descr: string
  /** True where the first index runs fastest, as in Fortran. */
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
}

/** How elements stand in a file, and the dtype that takes them up. */
export interface NpyElements {
  readonly dtype: DType
  readonly itemSize: number
  /** True where each element's bytes are reversed. */
  readonly swapped: boolean
  /** True for unsigned integers that the dtype, which is wider, takes up; those of 8 bytes fit where they are small. */
  readonly unsigned: boolean
}

const dtypes: Readonly<Record<string, DType>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  b1: 'bool'
}
const widened: Readonly<Record<string, DType>> = { u2: 'int32', u4: 'int64', u8: 'int64' }

/** NumPy's name of a dtype, null for bfloat16, which it lacks. */
export function descrOf(dtype: DType): string | null {
  const name = Object.keys(dtypes).find((each) => dtypes[each] === dtype)
  return name === undefined ? null : (name.endsWith('1') ? '|' : '<') + name
}

const refusals: readonly (readonly [pattern: RegExp, what: string, advice: string])[] = [
  [/^\[/, 'a structured array', 'save each of its fields as an array of its own'],
  [/^[<>|=]?O/, 'Python objects, which are pickled', 'save arrays of numbers'],
  [/^[<>|=]?[SUa]/, 'text', 'save numbers for it, or read it as columns'],
  [/^[<>|=]?c/, 'complex numbers', 'save .real and .imag'],
  [/^[<>|=]?[Mm]8/, 'dates or times', "save .astype('int64')"],
  [/^[<>|=]?V/, 'raw bytes (bfloat16 of ml_dtypes is stored so)', "save .astype('float32')"],
  [/^[<>|=]?[fg]/, 'floats of a width that tensors do not have', "save .astype('float64')"]
]

/** How elements of a description are read, or why they are not: a sentence about the file. */
export function elementsOf(descr: string): NpyElements | string {
  const [, order, name] = /^([<>|=]?)([a-z]\d+)$/.exec(descr) ?? []
  const dtype = name === undefined ? undefined : (own(dtypes, name) ?? own(widened, name))
  if (dtype !== undefined) {
    const swapped = order === '>'
    return { dtype, itemSize: Number(name.slice(1)), swapped, unsigned: own(widened, name) !== undefined }
  }
  const [, what, advice] = refusals.find(([pattern]) => pattern.test(descr)) ?? []
  return what === undefined
    ? `holds elements of '${shown(descr)}', which is no dtype that is read`
    : `holds ${what} (${shown(descr)}); in NumPy, ${advice}`
}

const own = (table: Readonly<Record<string, DType>>, name: string): DType | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

const SHAPE = /^\((?:|\d{1,16}L?,|\d{1,16}L?(?:, ?\d{1,16}L?)+,?)\)$/

/** The header in a literal such as `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`; null for any else. */
export function parseHeader(literal: string): NpyHeader | null {
  const entry = / *'(descr|fortran_order|shape)': ?('[^'\\]*'|\[.*?\](?=, ?'|,? ?\})|True|False|\([^)]*\)),?/y
  const fields: Partial<Record<string, string>> = {}
  const text = literal.trim()
  if (!text.startsWith('{') || !text.endsWith('}')) return null
  entry.lastIndex = 1
  for (let match = entry.exec(text); match !== null; match = entry.exec(text)) {
    const [, name, value] = match
    if (name in fields) return null
    fields[name] = value
    const rest = text.slice(entry.lastIndex).trim()
    if (rest === '}') return headerOf(fields)
  }
  return null
}

function headerOf({ descr, fortran_order: fortran, shape }: Partial<Record<string, string>>): NpyHeader | null {
  if (descr === undefined || (fortran !== 'True' && fortran !== 'False')) return null
  if (shape === undefined || !SHAPE.test(shape)) return null
  return {
    descr: descr.startsWith("'") ? descr.slice(1, -1) : descr,
    fortranOrder: fortran === 'True',
    shape: [...shape.matchAll(/\d+/g)].map(([digits]) => Number(digits))
  }
}

/** A file's bytes before its elements, which begin at a multiple of 64. */
export function headerBytes({ descr, fortranOrder, shape }: NpyHeader): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const order = fortranOrder ? 'True' : 'False'
  const dict = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${sizes}), }`
  const length = Math.ceil((prefixBytes(1) + dict.length + 1) / 64) * 64 - prefixBytes(1)
  const text = `${dict.padEnd(length - 1)}\n`
  return Uint8Array.of(...MAGIC, 1, 0, length & 255, length >> 8, ...Buffer.from(text, 'latin1'))
}
