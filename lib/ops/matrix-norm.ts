// Norms of matrices, and of what may be a vector or a matrix.

import { declare } from '../declare'
import type { DType } from '../dtype'
import { wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { checkDtype, vectorNorm } from './norm'
import { amax, amin } from './reduce'

type Order = number | string

const OP = 'linalg.matrixNorm'

/** Which of two dims is summed over, the other one giving the extreme; null for the root of all squares. */
const dimsOf: Readonly<Record<string, readonly [extreme: typeof amax, summed: 0 | 1]>> = {
  '1': [amax, 0],
  '-1': [amin, 0],
  inf: [amax, 1],
  '-inf': [amin, 1]
}

const orderText = (order: Order): string => String(order).replace('Infinity', 'inf')

function normOfMatrix(A: Tensor, ord: Order, dim: readonly number[], keepdim: boolean, dtype: DType | null): Tensor {
  if (A.sizes.length < 2) throw new RangeError(`${OP}: The input tensor A must have at least 2 dimensions.`)
  if (dim.length !== 2) throw new RangeError(`${OP}: dim must be a 2-tuple. Got ${dim.join(' ')}`)
  checkDtype(OP, A, dtype)
  const dims = dim.map((each) => wrapDim(each, A.sizes.length))
  if (dims[0] === dims[1]) throw new RangeError(`${OP}: dims must be different. Got (${dims[0]}, ${dims[1]})`)
  if (ord === 'fro') return vectorNorm.settled(A, 2, dims, keepdim, dtype)
  const name = orderText(ord)
  if (name === 'nuc' || name === '2' || name === '-2') {
    throw new RangeError(
      `${OP}: Order ${name} needs singular values, which come with the decompositions of linear algebra`
    )
  }
  if (typeof ord === 'string' || !(name in dimsOf)) throw new RangeError(`${OP}: Order ${name} not supported.`)
  const [extreme, which] = dimsOf[name]
  const [summed, other] = which === 0 ? dims : [dims[1], dims[0]]
  const sums = vectorNorm.settled(A, 1, [summed], keepdim, dtype)
  return extreme(sums, other > summed && !keepdim ? other - 1 : other, keepdim)
}

/** A norm of the matrices in two dims: 'fro', or the largest (1) or least (-1) sum of a column, or row (±Infinity). */
export const matrixNorm = declare(
  "matrixNorm(A: Tensor, ord: float|str = 'fro', dim: int[] = [-2,-1], keepdim: bool = false, *, dtype: dtype? = null)",
  normOfMatrix,
  ['linalg']
)

/** The vector norm over one dim or the matrix norm over two; without an order and dims that of all elements. */
export const linalgNorm = declare(
  'norm(A: Tensor, ord: float|str|null = null, dim: int|int[]|null = null, keepdim: bool = false, *, dtype: dtype? = null)',
  (A, ord, dim, keepdim, dtype): Tensor => {
    const rank = A.sizes.length
    const dims = typeof dim === 'number' ? [dim] : dim
    if (dims !== null && dims.length !== 1 && dims.length !== 2) {
      throw new RangeError(`linalg.norm: If dim is specified, it must be of length 1 or 2. Got [${dims.join(', ')}]`)
    }
    if (typeof ord !== 'string' && ord === null) return vectorNorm.settled(A, 2, dims, keepdim, dtype)
    if (dims === null && rank !== 1 && rank !== 2) {
      throw new RangeError(`linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ${rank}D.`)
    }
    if (typeof ord === 'string' || (dims === null ? rank : dims.length) === 2) {
      return normOfMatrix(A, ord, dims ?? [-2, -1], keepdim, dtype)
    }
    return vectorNorm.settled(A, ord, dims, keepdim, dtype)
  },
  ['linalg']
)
