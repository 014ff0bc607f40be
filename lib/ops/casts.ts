// Conversions named after dtypes; the very same tensor when nothing changes.

import { declare, overload, way } from '../declare'
import { BFLOAT16, BOOL, FLOAT16, FLOAT32, FLOAT64, INT16, INT32, INT64, INT8, UINT8, dtypeNames } from '../dtype'
import { valueText } from '../kinds'
import { defineCheck } from '../signature'
import { cast } from './core/copy'
import { torchTypeName } from './define/result'

/** Converts to float32. */
export const float = declare('float(input: Tensor)', (input) => cast(input, FLOAT32), ['Tensor'])
/** Converts to float64. */
export const double = declare('double(input: Tensor)', (input) => cast(input, FLOAT64), ['Tensor'])
/** Converts to float16, to the nearest; beyond 65504 to infinity. */
export const half = declare('half(input: Tensor)', (input) => cast(input, FLOAT16), ['Tensor'])
/** Converts to bfloat16, to the nearest. */
export const bfloat16 = declare('bfloat16(input: Tensor)', (input) => cast(input, BFLOAT16), ['Tensor'])
/** Converts to int8, toward zero and modulo 256. */
export const char = declare('char(input: Tensor)', (input) => cast(input, INT8), ['Tensor'])
/** Converts to int16, toward zero and modulo 65536. */
export const short = declare('short(input: Tensor)', (input) => cast(input, INT16), ['Tensor'])
/** Converts to int32, toward zero. */
export const int = declare('int(input: Tensor)', (input) => cast(input, INT32), ['Tensor'])
/** Converts to int64, toward zero. */
export const long = declare('long(input: Tensor)', (input) => cast(input, INT64), ['Tensor'])
/** Converts to uint8, modulo 256. */
export const byte = declare('byte(input: Tensor)', (input) => cast(input, UINT8), ['Tensor'])
/** Converts to bool: true where an element is not 0. */
export const bool = declare('bool(input: Tensor)', (input) => cast(input, BOOL), ['Tensor'])

const typeOf = (code: number): string => `torch.${torchTypeName(code)}Tensor`

/** The dtype of a type's name, -1 for others. */
const codeOfType = (type: unknown): number => dtypeNames.findIndex((name, i) => name === type || typeOf(i) === type)

declare module '../signature/types' {
  interface KindTypes {
    typeName: string
  }
}

defineCheck(
  'typeName',
  "a dtype or a name such as 'torch.FloatTensor'",
  (value) => codeOfType(value) >= 0,
  (value) => {
    if (codeOfType(value) < 0) throw new TypeError(`invalid type: ${valueText(value)}`)
  }
)

/**
 * PyTorch's name of a tensor's type, `torch.FloatTensor`; or the tensor converted to a dtype, which may be named so,
 * too.
 */
export const type = overload(
  ['Tensor'],
  way('type(input: Tensor)', (input) => typeOf(input.code)),
  way('type(input: Tensor, dtype: typeName)', (input, dtype) => {
    return cast(input, codeOfType(dtype))
  })
)
