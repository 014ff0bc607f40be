// Dtypes: names, wire codes, sizes, categories and PyTorch's promotion rules. Pure; imports nothing.

/** Element type of a tensor. */
export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'uint8' | 'bool'

/** Names by wire code; the order is that of `DType` in native/runtime/kernel_table.h. */
export const dtypeNames: readonly DType[] = ['float32', 'float64', 'int32', 'int64', 'uint8', 'bool']
export const itemSizes: readonly number[] = [4, 8, 4, 8, 1, 1]

export const FLOAT32 = 0
export const FLOAT64 = 1
export const INT32 = 2
export const INT64 = 3
export const UINT8 = 4
export const BOOL = 5

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

export const isFloating = (code: number): boolean => code <= FLOAT64

// bool < int < float
const categories = [2, 2, 1, 1, 1, 0]
// Within a category the wider dtype wins.
const widths = [4, 5, 2, 3, 1, 0]

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

const INT64_END = 2 ** 63

/**
 * The dtype that a JavaScript scalar stands for: booleans bool, BigInts and the integral numbers that int64 holds
 * int64, other numbers float32.
 */
export function scalarCode(value: number | bigint | boolean): number {
  if (typeof value === 'number') {
    return Number.isInteger(value) && value >= -INT64_END && value < INT64_END ? INT64 : FLOAT32
  }
  return typeof value === 'bigint' ? INT64 : BOOL
}

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127

/** The largest finite number of a floating dtype. */
export const largestOf = (code: number): number => (code === FLOAT32 ? LARGEST_FLOAT32 : Number.MAX_VALUE)

/** Least and greatest numbers that become an integer; a negative uint8 counts from 256. */
const ranges: readonly (readonly [least: number, greatest: number])[] = [
  [-LARGEST_FLOAT32, LARGEST_FLOAT32],
  [-Infinity, Infinity],
  [-(2 ** 31), 2 ** 31 - 1],
  [-(2 ** 63), 2 ** 63 - 1024],
  [-255, 255]
]
const cTypes = ['float', 'double', 'int', 'int64_t', 'uint8_t']

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
  if (priorityA === priorityB) return widths[codeA] >= widths[codeB] ? codeA : codeB
  const [strong, weak] = priorityA < priorityB ? [codeA, codeB] : [codeB, codeA]
  return categories[weak] > categories[strong] ? weak : strong
}

/**
 * True when a result of dtype `from` may be written into a tensor of dtype `to` in place: the category must not grow.
 */
export const canCast = (from: number, to: number): boolean => categories[from] <= categories[to]

/** What holds the values of a tensor outside the library, by its dtype; uint8 and bool share Uint8Array. */
export type TypedArray = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array

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
    default:
      return new Uint8Array(buffer, byteOffset, length)
  }
}

/** An element of a typed array as a number, or as a boolean for bool; throws where it is none that a number holds. */
export function valueOfElement(value: number | bigint, code: number): number | boolean {
  if (code === BOOL) return value !== 0
  if (code !== INT64) return value as number
  const number = Number(value)
  if (!Number.isSafeInteger(number)) {
    throw new RangeError(`int64 value ${String(value)} is not exact as a number; use toTypedArray() for BigInts`)
  }
  return number
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
