// No library: loops over typed arrays, the way one writes them first.

import type { Library } from '../twin'
import { logistic } from './logistic'
import { product } from './matmul'
import { elementwise } from './pointwise'
import { reduction } from './reductions'

export const loops: Library = {
  twins: {
    overhead: elementwise((value) => value),
    pointwise: elementwise((value) => value / 2),
    reductions: reduction,
    matmul: product(Float32Array),
    matmul64: product(Float64Array),
    logistic,
    'compile-logistic': logistic
  }
}
