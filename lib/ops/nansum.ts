// Sums of what is no NaN, and counts of what is not 0.

import { declare } from '../declare'
import { dtypeCode, isFloating } from '../dtype'
import { wrapDims } from '../shape'
import type { Tensor } from '../tensor'
import { isTracked } from '../autograd/node'
import { cast } from './core/copy'
import { program } from './define/program'
import { torchTypeName } from './define/result'
import { where as select } from './define/value'
import { ne, where } from './elementwise'
import { sum } from './reduce'

const sumOfNumbers = program('nansum(input: Tensor)', {
  node: 'NansumBackward0',
  forward: ({ input }) => select(input.isnan(), 0, input).sum(),
  gradients: { input: (g, { input }) => g.mul(input.eq(input)) }
})

/** Sum over all elements or over dims, without those that are NaN; integers and bool sum to int64. */
export const nansum = declare(
  'nansum(input: Tensor, dim: int|int[]|null = null, keepdim: bool = false, *, dtype: dtype? = null)',
  (input, dim, keepdim, dtype) => {
    const code = dtype === null ? input.code : dtypeCode(dtype)
    if (!isFloating(input.code)) return sum(input, dim, keepdim, { dtype })
    if (isFloating(code))
      return sumOfNumbers({ dims: wrapDims(dim, input.sizes.length), keepdim }, cast(input, code))[0]
    if (isTracked(input)) throw new TypeError(`Autograd not support dtype: ${torchTypeName(code)}`)
    return sum(where(input.isnan(), 0, input), dim, keepdim, { dtype })
  }
)

/** How many elements are not 0, of all or over dims, int64; NaN is not 0. */
export const countNonzero = declare('countNonzero(input: Tensor, dim: int|int[]|null = null)', (input, dim): Tensor =>
  sum(ne(input.detach(), 0), dim)
)
