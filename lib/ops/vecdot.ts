// Scalar products along a dim.

import { declare } from '../declare'
import { isFloating } from '../dtype'
import type { Tensor } from '../tensor'
import { torchTypeName } from './define/result'
import { mul } from './elementwise'
import { sum } from './reduce'

/** Sums of products along a dim, the last by default; the others broadcast. Floats of one dtype. */
export const vecdot = declare(
  'vecdot(x: Tensor, y: Tensor, *, dim: int = -1)',
  (x, y, dim): Tensor => {
    if (!isFloating(x.code)) {
      throw new TypeError(
        `linalg.vecdot: Expected a floating point or complex tensor as input. Got ${torchTypeName(x.code)}; add .float()`
      )
    }
    if (x.code !== y.code) {
      throw new TypeError(
        'linalg.vecdot: Expected x and y to have the same dtype, but found x of type ' +
          `${torchTypeName(x.code)} and y of type ${torchTypeName(y.code)} instead`
      )
    }
    return sum(mul(x, y), dim)
  },
  ['linalg']
)
