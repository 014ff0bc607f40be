// What PyTorch's functions about dtypes say: promotion, limits, and the default dtype.

import {
  BFLOAT16,
  BOOL,
  type DType,
  FLOAT16,
  FLOAT32,
  FLOAT64,
  canCast as canCastCodes,
  codeOf,
  defaults,
  dtypeCode,
  dtypeNames,
  isFloating,
  itemSizes,
  largestOf,
  promoteKinds,
  torchName
} from './dtype'
import { kindOfTensor } from './ops/define/result'
import { kindOfScalar } from './ops/define/tensor-value'
import { forgetVariants } from './ops/define/variants'
import { forbidInCapture } from './recording'
import { type Arguments, member } from './signature'
import { Tensor } from './tensor'
import { tracing } from './tracing'

const signatures = {
  canCast: member('canCast(from: dtype, to: dtype)'),
  finfo: member('finfo(type: dtype? = null)'),
  getDefaultDtype: member('getDefaultDtype()'),
  iinfo: member('iinfo(type: dtype)'),
  isTensor: member('isTensor(obj: any)'),
  promoteTypes: member('promoteTypes(type1: dtype, type2: dtype)'),
  resultType: member('resultType(tensor1: operand, tensor2: operand)'),
  setDefaultDtype: member('setDefaultDtype(d: dtype)')
}

// ---- promotion ----

/** The narrowest dtype that both are promoted to. */
export function promoteTypes(...args: Arguments<typeof signatures.promoteTypes>): DType {
  const [a, b] = signatures.promoteTypes.read(args)
  return dtypeNames[promoteKinds(dtypeCode(a), dtypeCode(b))]
}

/** The dtype of what an operation makes of two tensors or numbers; a number counts less than a tensor. */
export function resultType(...args: Arguments<typeof signatures.resultType>): DType {
  const [a, b] = signatures.resultType
    .read(args)
    .map((each) => (each instanceof Tensor ? kindOfTensor(each) : kindOfScalar(each)))
  return dtypeNames[codeOf(promoteKinds(a, b))]
}

/** Whether a result of dtype `from` may be written into one of `to`: bool goes into integers, and these into floats. */
export function canCast(...args: Arguments<typeof signatures.canCast>): boolean {
  const [from, to] = signatures.canCast.read(args)
  return canCastCodes(dtypeCode(from), dtypeCode(to))
}

/** True for a Tensor, a Parameter among them. */
export function isTensor(...args: Arguments<typeof signatures.isTensor>): boolean {
  const [value] = signatures.isTensor.read(args)
  return value instanceof Tensor || tracing.tracer?.traces(value) === true
}

// ---- the default dtype ----

/** The dtype of floats where none is named. */
export function getDefaultDtype(...args: Arguments<typeof signatures.getDefaultDtype>): DType {
  signatures.getDefaultDtype.read(args)
  return dtypeNames[defaults.float]
}

/**
 * Sets the dtype of floats where none is named: of factories, of numbers beside integers, and of quotients of integers.
 * It is float32 or float64, of this thread. Tensors that there are keep theirs.
 */
export function setDefaultDtype(...args: Arguments<typeof signatures.setDefaultDtype>): void {
  const code = dtypeCode(signatures.setDefaultDtype.read(args)[0])
  forbidInCapture('setDefaultDtype()', 'is no part of a step; call it before')
  if (!isFloating(code)) throw new TypeError('only floating-point types are supported as the default type')
  if (code !== FLOAT32 && code !== FLOAT64) {
    throw new TypeError(`setDefaultDtype: the default is float32 or float64, not ${torchName(code)}`)
  }
  if (code === defaults.float) return
  defaults.float = code
  forgetVariants()
}

// ---- limits ----

/** Limits of a floating dtype. */
export interface FInfo {
  readonly dtype: DType
  /** Bits of an element. */
  readonly bits: number
  /** The distance from 1 to the next larger number. */
  readonly eps: number
  readonly max: number
  readonly min: number
  /** The smallest positive number with a full mantissa. */
  readonly tiny: number
  /** The same as `tiny`. */
  readonly smallestNormal: number
  /** A decimal step that the dtype tells apart near 1. */
  readonly resolution: number
  /** As PyTorch prints it. */
  toString(): string
}

/** Limits of an integer dtype; those of int64 are BigInts. */
export interface IInfo {
  readonly dtype: DType
  /** Bits of an element. */
  readonly bits: number
  readonly max: number | bigint
  readonly min: number | bigint
  /** As PyTorch prints it. */
  toString(): string
}

/** Bits of the mantissa, least exponent, resolution, and the text of largest, eps and smallest. */
const floats: Readonly<Record<number, readonly [number, number, number, string, string, string]>> = {
  [FLOAT32]: [23, -126, 1e-6, '3.40282e+38', '1.19209e-07', '1.17549e-38'],
  [FLOAT64]: [52, -1022, 1e-15, '1.79769e+308', '2.22045e-16', '2.22507e-308'],
  [FLOAT16]: [10, -14, 1e-3, '65504', '0.000976562', '6.10352e-05'],
  [BFLOAT16]: [7, -126, 1e-2, '3.38953e+38', '0.0078125', '1.17549e-38']
}

/** Limits of a floating dtype, of the default one if none is named. */
export function finfo(...args: Arguments<typeof signatures.finfo>): FInfo {
  const [type] = signatures.finfo.read(args)
  const code = type === null ? defaults.float : dtypeCode(type)
  if (!isFloating(code))
    throw new TypeError(`finfo() requires a floating point dtype, got ${torchName(code)}; use iinfo()`)
  const [mantissa, exponent, resolution, largest, eps, smallest] = floats[code]
  const step =
    resolution === 0.01 || resolution === 0.001
      ? String(resolution)
      : resolution.toExponential().replace(/-(\d)$/, '-0$1')
  const text =
    `finfo(resolution=${step}, min=-${largest}, max=${largest}, eps=${eps}, smallest_normal=${smallest}, ` +
    `tiny=${smallest}, dtype=${dtypeNames[code]})`
  return Object.freeze({
    dtype: dtypeNames[code],
    bits: 8 * itemSizes[code],
    eps: 2 ** -mantissa,
    max: largestOf(code),
    min: -largestOf(code),
    tiny: 2 ** exponent,
    smallestNormal: 2 ** exponent,
    resolution,
    toString: () => text
  })
}

/** Limits of an integer dtype. */
export function iinfo(...args: Arguments<typeof signatures.iinfo>): IInfo {
  const [dtype] = signatures.iinfo.read(args)
  const code = dtypeCode(dtype)
  if (code === BOOL) throw new TypeError('iinfo() has no limits of bool, which is no integer')
  if (isFloating(code)) throw new TypeError(`iinfo() requires an integer dtype, got ${torchName(code)}; use finfo()`)
  const bits = 8 * itemSizes[code]
  const [least, greatest] = dtype === 'uint8' ? [0n, 255n] : [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n]
  const [min, max] = bits === 64 ? [least, greatest] : [Number(least), Number(greatest)]
  const text = `iinfo(min=${shortText(min)}, max=${shortText(max)}, dtype=${dtype})`
  return Object.freeze({ dtype, bits, max, min, toString: () => text })
}

/** Six digits, as C's %g. */
const shortText = (value: number | bigint): string =>
  Math.abs(Number(value)) < 1e6 ? String(value) : Number(value).toExponential(5).replace('e+9', 'e+09')
