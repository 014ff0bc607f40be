// Conversions named after dtypes; the very same tensor when nothing changes.

import { declare } from '../declare'
import { BOOL, FLOAT32, FLOAT64, INT32, INT64, UINT8 } from '../dtype'
import { cast } from './core/copy'

/** Converts to float32. */
export const float = declare('float(input: Tensor)', (input) => cast(input, FLOAT32), ['Tensor'])
/** Converts to float64. */
export const double = declare('double(input: Tensor)', (input) => cast(input, FLOAT64), ['Tensor'])
/** Converts to int32, toward zero. */
export const int = declare('int(input: Tensor)', (input) => cast(input, INT32), ['Tensor'])
/** Converts to int64, toward zero. */
export const long = declare('long(input: Tensor)', (input) => cast(input, INT64), ['Tensor'])
/** Converts to uint8, modulo 256. */
export const byte = declare('byte(input: Tensor)', (input) => cast(input, UINT8), ['Tensor'])
/** Converts to bool: true where an element is not 0. */
export const bool = declare('bool(input: Tensor)', (input) => cast(input, BOOL), ['Tensor'])
