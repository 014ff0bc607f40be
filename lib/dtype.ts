// Dtypes: names, wire codes, sizes, categories and PyTorch's promotion rules. Pure; imports nothing.

/** Element type of a tensor. */
export type DType =
  'float32' | 'float64' | 'int32' | 'int64' | 'uint8' | 'bool' | 'int8' | 'int16' | 'float16' | 'bfloat16'

/** Names by wire code; the order is that of `DType` in native/runtime/dtype.h. */
export const dtypeNames: readonly DType[] = [
  'float32',
  'float64',
  'int32',
  'int64',
  'uint8',
  'bool',
  'int8',
  'int16',
  'float16',
  'bfloat16'
]
export const itemSizes: readonly number[] = [4, 8, 4, 8, 1, 1, 1, 2, 2, 2]

export const FLOAT32 = 0
export const FLOAT64 = 1
export const INT32 = 2
export const INT64 = 3
export const UINT8 = 4
export const BOOL = 5
export const INT8 = 6
export const INT16 = 7
export const FLOAT16 = 8
export const BFLOAT16 = 9

/** True for dtypes of storage alone: elements are moved and cast in them, and computed with in another one. */
export const isOfStorage = (code: number): boolean => code > BOOL

/** True for float16 and bfloat16. */
export const isHalf = (code: number): boolean => code >= FLOAT16

/** The dtype that computes for another: operations on halves round once, in the end. */
export const computeCode = (code: number): number => (code <= BOOL ? code : code <= INT16 ? INT32 : FLOAT32)

/** Returns the wire code of a dtype; throws a TypeError on any other value. */
export function dtypeCode(dtype: DType): number {
  const code = dtypeNames.indexOf(dtype)
  if (code < 0) throw new TypeError(`dtype must be one of ${dtypeNames.join(', ')}, got ${String(dtype)}`)
  return code
}

/** PyTorch's name of a dtype in its messages and prints: `torch.float32`. */
export function torchName(code: number): string {
  return `torch.${dtypeNames[code]}`
}

export const isFloating = (code: number): boolean => code <= FLOAT64 || isHalf(code)

// bool < int < float
const categories = [2, 2, 1, 1, 1, 0, 1, 1, 2, 2]
// Within a category the wider dtype wins, unless neither holds the other.
const widths = [8, 9, 4, 5, 1, 0, 2, 3, 6, 7]

/** The result of two dtypes that count alike, in a row for each. */
const promoted: readonly Uint8Array[] = dtypeNames.map((_, a) => Uint8Array.from(dtypeNames, (_, b) => promote(a, b)))

function promote(a: number, b: number): number {
  const [narrow, wide] = widths[a] <= widths[b] ? [a, b] : [b, a]
  if (narrow === UINT8 && wide === INT8) return INT16
  return narrow === FLOAT16 && wide === BFLOAT16 ? FLOAT32 : wide
}

/** How much an operand's dtype counts: a dimensioned tensor, then a 0-d tensor, then a number. */
export const DIMENSIONED = 0
export const ZERO_DIM = 1
export const NUMBER = 2

/** Bits that hold a dtype code. */
const CODE_BITS = 4

/** An operand for promotion, packed into one small integer. */
export const kindOf = (code: number, priority: number): number => code | (priority << CODE_BITS)

/** The dtype of a kind. */
export const codeOf = (kind: number): number => kind & ((1 << CODE_BITS) - 1)

/** The priority of a kind. */
export const priorityOf = (kind: number): number => kind >> CODE_BITS

/** The dtype of floats where none is named: of numbers, and of quotients of integers. */
export const defaults = { float: FLOAT32 }

const INT64_END = 2 ** 63

/**
 * The dtype that a JavaScript scalar stands for: booleans bool, BigInts and the integral numbers that int64 holds
 * int64, other numbers the default dtype.
 */
export function scalarCode(value: number | bigint | boolean): number {
  if (typeof value === 'number') {
    return Number.isInteger(value) && value >= -INT64_END && value < INT64_END ? INT64 : defaults.float
  }
  return typeof value === 'bigint' ? INT64 : BOOL
}

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127

const largest: Readonly<Record<number, number>> = {
  [FLOAT32]: LARGEST_FLOAT32,
  [FLOAT64]: Number.MAX_VALUE,
  [FLOAT16]: 65504,
  [BFLOAT16]: (2 - 2 ** -7) * 2 ** 127
}

/** The largest finite number of a floating dtype. */
export const largestOf = (code: number): number => largest[code]

/** Least and greatest numbers that become an integer; a negative uint8 counts from 256. */
const ranges: readonly (readonly [least: number, greatest: number])[] = [
  [-LARGEST_FLOAT32, LARGEST_FLOAT32],
  [-Infinity, Infinity],
  [-(2 ** 31), 2 ** 31 - 1],
  [-(2 ** 63), 2 ** 63 - 1024],
  [-255, 255],
  [0, 1],
  [-128, 127],
  [-32768, 32767],
  [-65504, 65504],
  [-largest[BFLOAT16], largest[BFLOAT16]]
]
const cTypes = [
  'float',
  'double',
  'int',
  'int64_t',
  'uint8_t',
  'bool',
  'int8_t',
  'int16_t',
  'c10::Half',
  'c10::BFloat16'
]

/** A number as an element of a dtype: truncated for integers. Throws where it would not fit, in PyTorch's words. */
export function elementOf(value: number, code: number, types: readonly string[] = cTypes): number {
  if (code === BOOL) return value !== 0 ? 1 : 0
  const floating = isFloating(code)
  const element = floating ? value : Math.trunc(value)
  const [least, greatest] = ranges[code]
  const fits = (element >= least && element <= greatest) || (floating && !Number.isFinite(value))
  if (!fits) throw new RangeError(`value cannot be converted to type ${types[code]} without overflow; it is ${value}`)
  return code === UINT8 ? element & 255 : element
}

/** Result dtype of two operands (torch.result_type): a lower priority counts only with a higher category. */
export function promoteKinds(a: number, b: number): number {
  const [codeA, codeB] = [codeOf(a), codeOf(b)]
  const [priorityA, priorityB] = [priorityOf(a), priorityOf(b)]
  if (priorityA === priorityB) return promoted[codeA][codeB]
  const [strong, weak] = priorityA < priorityB ? [codeA, codeB] : [codeB, codeA]
  return categories[weak] > categories[strong] ? weak : strong
}

/** What two operands count for together. */
export const promoteWith = (a: number, b: number): number =>
  kindOf(promoteKinds(a, b), Math.min(priorityOf(a), priorityOf(b)))

/**
 * True when a result of dtype `from` may be written into a tensor of dtype `to` in place: the category must not grow.
 */
export const canCast = (from: number, to: number): boolean => categories[from] <= categories[to]

/** What holds the values of a tensor outside the library, by its dtype; uint8 and bool share Uint8Array. */
export type TypedArray =
  Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | Int8Array | Int16Array | Uint16Array

/** A typed array of the dtype over part of a buffer. */
export function typedArray(code: number, buffer: ArrayBuffer, byteOffset: number, length: number): TypedArray {
  switch (code) {
    case FLOAT32:
      return new Float32Array(buffer, byteOffset, length)
    case FLOAT64:
      return new Float64Array(buffer, byteOffset, length)
    case INT32:
      return new Int32Array(buffer, byteOffset, length)
    case INT64:
      return new BigInt64Array(buffer, byteOffset, length)
    case INT8:
      return new Int8Array(buffer, byteOffset, length)
    case INT16:
      return new Int16Array(buffer, byteOffset, length)
    case FLOAT16:
    case BFLOAT16:
      return new Uint16Array(buffer, byteOffset, length)
    default:
      return new Uint8Array(buffer, byteOffset, length)
  }
}

/** An element of a typed array as a number, or as a boolean for bool; throws where it is none that a number holds. */
export function valueOfElement(value: number | bigint, code: number): number | boolean {
  if (code === BOOL) return value !== 0
  if (isHalf(code)) return widenHalf(value as number, code)
  if (code !== INT64) return value as number
  const number = Number(value)
  if (!Number.isSafeInteger(number)) {
    throw new RangeError(`int64 value ${String(value)} is not exact as a number; use toTypedArray() for BigInts`)
  }
  return number
}

// ---- the bits of the half types ----

const bitsView = new Uint32Array(1)
const floatView = new Float32Array(bitsView.buffer)

function floatOf(word: number): number {
  bitsView[0] = word
  return floatView[0]
}

function bitsOf(value: number): number {
  floatView[0] = value
  return bitsView[0]
}

/** The number that 16 bits are in float16 (exponents lie 112 lower than in float32) or bfloat16 (its upper half). */
export function widenHalf(word: number, code: number): number {
  if (code === BFLOAT16) return floatOf(word << 16)
  const sign = word & 0x8000 ? -1 : 1
  const magnitude = word & 0x7fff
  if (magnitude < 0x400) return sign * magnitude * 2 ** -24
  return sign * floatOf((magnitude << 13) + ((magnitude < 0x7c00 ? 112 : 224) << 23))
}

/** The 16 bits nearest to a number, which is rounded to float32 first, as PyTorch's constructors do; ties to even. */
export function narrowToHalf(value: number, code: number): number {
  const word = bitsOf(value)
  const magnitude = word & 0x7fffffff
  const sign = (word >>> 16) & 0x8000
  if (code === BFLOAT16) return magnitude > 0x7f800000 ? 0x7fc0 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x47800000) return sign | 0x7c00
  if (magnitude < 0x38800000) return sign | (bitsOf(floatOf(magnitude) + 0.5) - 0x3f000000)
  return sign | ((magnitude - (112 << 23) + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
}

// ---- PyTorch's names, so that ported code reads as it did ----

export const float32 = 'float32'
export const float = 'float32'
export const float64 = 'float64'
export const double = 'float64'
export const int32 = 'int32'
export const int = 'int32'
export const int64 = 'int64'
export const long = 'int64'
export const uint8 = 'uint8'
export const bool = 'bool'
export const int8 = 'int8'
export const int16 = 'int16'
export const short = 'int16'
export const float16 = 'float16'
export const half = 'float16'
export const bfloat16 = 'bfloat16'
