// Where elements are not 0.

import { declare } from '../declare'
import { BOOL, INT64 } from '../dtype'
import { callKernel, kernel } from '../kernel'
import { SIZED_BY_VALUES, forbidInCapture } from '../recording'
import type { Tensor } from '../tensor'
import { aliasTensor } from '../tensor/geometry'
import { emptyResult } from './define/result'
import { ne } from './elementwise'
import { sum } from './reduce'

const nonzeroKernel = kernel('nonzero')

const maskOf = (x: Tensor): Tensor => (x.code === BOOL ? x : ne(x.detach(), 0))

/** Coordinates of the first elements that hold, as many as asked for, and `fill` behind the last; dim by dim. */
function coordinates(mask: Tensor, count: number, fill: number): Tensor {
  const rank = mask.sizes.length
  const columns = emptyResult([rank, count], INT64)
  const result = aliasTensor(columns, [count, rank], [1, Math.max(count, 1)], 0)
  callKernel(nonzeroKernel, [result], [mask], [fill])
  return result
}

function all(input: Tensor, op: string): Tensor {
  forbidInCapture(`${op}()`, SIZED_BY_VALUES)
  const mask = maskOf(input)
  return coordinates(mask, Number(sum(mask).item()), 0)
}

/** Coordinates of the nonzero elements in logical order by dim, each int64; of a tensor without dims as of one. */
export function nonzeroList(input: Tensor, op = 'nonzero'): Tensor[] {
  const line = input.sizes.length === 0 ? aliasTensor(input, [1], [1], 0) : input
  return all(line, op).unbind(1)
}

/** Calls of `nonzero` behind the tensor, by what they give. */
interface NonzeroMethod {
  (keywords?: { readonly asTuple?: false }): Tensor
  (keywords: { readonly asTuple: true }): Tensor[]
}

interface Nonzero {
  (input: Tensor, keywords?: { readonly asTuple?: false }): Tensor
  (input: Tensor, keywords: { readonly asTuple: true }): Tensor[]
  /** @internal */
  readonly method: NonzeroMethod
}

/**
 * Coordinates of the nonzero elements in logical order: int64 of shape [count, dims], or with `asTuple` a list with a
 * tensor for each dim, which is an index.
 */
export const nonzero: Nonzero = declare('nonzero(input: Tensor, *, asTuple: bool = false)', (input, asTuple) =>
  asTuple ? nonzeroList(input) : all(input, 'nonzero')
) as never

/** Coordinates of the nonzero elements, [count, dims]. */
export const argwhere = declare('argwhere(input: Tensor)', (input): Tensor => all(input, 'argwhere'))

/** Coordinates of the first `size` nonzero elements; where there are fewer, rows of `fillValue` follow. */
export const nonzeroStatic = declare(
  'nonzeroStatic(input: Tensor, *, size: int, fillValue: int = -1)',
  (input, size, fillValue): Tensor => {
    if (size < 0) throw new RangeError("nonzeroStatic: 'size' must be an non-negative integer")
    return coordinates(maskOf(input), size, fillValue)
  }
)
