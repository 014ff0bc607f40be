// Vandermonde matrices: the powers of each number in a row.

import { declare } from '../declare'
import { BFLOAT16, BOOL, FLOAT16, INT64, isFloating } from '../dtype'
import type { Tensor } from '../tensor'
import { cast } from './core/copy'
import { filled } from './core/fill'
import { torchTypeName } from './define/result'
import { cat } from './join'
import { expand, unsqueeze } from './movement'
import { flip } from './flip'
import { cumprod } from './scan'

/** Powers 0 to `count - 1` of each element, in a new last dim. */
function powers(x: Tensor, count: number): Tensor {
  const { sizes } = x
  const numbers = isFloating(x.code) ? x : cast(x, INT64)
  const ones = filled([...sizes, Math.min(count, 1)], 1, numbers.code)
  if (count < 2) return ones
  const factors = expand(unsqueeze(numbers, -1), [...sizes, count - 1])
  return cat([ones, cumprod(factors, -1)], -1)
}

/** Powers of the elements of a vector, `N` in a row and by default as many as it is long; falling ones unless told. */
export const vander = declare(
  'vander(x: Tensor, N: int? = null, increasing: bool = false)',
  (x, N, increasing): Tensor => {
    if (x.sizes.length !== 1) throw new RangeError('x must be a one-dimensional tensor.')
    const count = N ?? x.sizes[0]
    if (count < 0) throw new RangeError('N must be non-negative.')
    const rising = powers(x, count)
    return increasing || count < 2 ? rising : flip(rising, [-1])
  },
  ['torch']
)

/** Rising powers of the elements along the last dim, `N` of each and by default as many as it is long. */
export const linalgVander = declare(
  'vander(x: Tensor, *, N: int? = null)',
  (x, N): Tensor => {
    const { code, sizes } = x
    if (code === BOOL || code === FLOAT16 || code === BFLOAT16) {
      throw new TypeError(
        `linalg.vander supports floating point, complex, and integer tensors, but got ${torchTypeName(code)}`
      )
    }
    const line = sizes.length === 0 ? unsqueeze(x, -1) : x
    const count = N ?? line.sizes[line.sizes.length - 1]
    if (count <= 1) throw new RangeError('N must be greater than 1.')
    return powers(line, count)
  },
  ['linalg']
)
