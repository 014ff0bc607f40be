// Differences of neighbours along a dim.

import { declare } from '../declare'
import { BOOL } from '../dtype'
import { wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { copy_ } from './copy'
import { emptyResult } from './define/result'
import { logicalXor, sub } from './elementwise'
import { cat } from './join'
import { narrow } from './selection'

function checkJoined(input: Tensor, other: Tensor, dim: number): void {
  if (other.sizes.length !== input.sizes.length) {
    throw new RangeError('diff expects prepend or append to be the same dimension as input')
  }
  input.sizes.forEach((size, d) => {
    if (d === dim || other.sizes[d] === size) return
    throw new RangeError(
      'diff expects the shape of tensor to prepend or append to match that of input except along the differencing ' +
        `dimension; input.size(${d}) = ${size}, but got tensor.size(${d}) = ${other.sizes[d]}`
    )
  })
}

/** Each element along a dim less the one before it. */
function differences(input: Tensor, dim: number): Tensor {
  const count = input.sizes[dim] - 1
  const [later, earlier] = [narrow(input, dim, 1, count), narrow(input, dim, 0, count)]
  return input.code === BOOL ? logicalXor(later, earlier) : sub(later, earlier)
}

/**
 * Each element along a dim, the last by default, less the one before it, `n` times; of bool whether they differ.
 * `prepend` and `append` stand before and behind along that dim.
 */
export const diff = declare(
  'diff(input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor? = null, append: Tensor? = null)',
  (input, n, dim, prepend, append): Tensor => {
    if (input.sizes.length === 0) throw new RangeError('diff expects input to be at least one-dimensional')
    if (n < 0) throw new RangeError(`order must be non-negative but got ${n}`)
    const d = wrapDim(dim, input.sizes.length)
    for (const each of [prepend, append]) if (each !== null) checkJoined(input, each, d)
    if (n === 0) return copy_(emptyResult(input.sizes, input.code), input)
    const parts = [prepend, input, append].filter((each) => each !== null)
    let result = parts.length === 1 ? input : cat(parts, d)
    const times = Math.min(n, result.sizes[d])
    for (let i = 0; i < times; i++) result = differences(result, d)
    return result
  }
)
