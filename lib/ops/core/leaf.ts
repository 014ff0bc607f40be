// What every factory does with its arguments.

import { type DType, defaults, dtypeCode } from '../../dtype'
import { STORAGE_OVERFLOW, type Shape, numelOf } from '../../shape'
import type { Tensor } from '../../tensor'

/** The code of a dtype, of another one where none is named. */
export const codeOf = (dtype: DType | null, fallback = defaults.float): number =>
  dtype === null ? fallback : dtypeCode(dtype)

/** Checks a list of sizes that belongs to the library. */
export function checkSizes(sizes: Shape): Shape {
  numelOf(sizes, STORAGE_OVERFLOW)
  return sizes
}

/** Applies `requiresGrad` to a fresh leaf. */
export const finish = (result: Tensor, requiresGrad: boolean): Tensor =>
  requiresGrad ? result.requiresGrad_(true) : result
