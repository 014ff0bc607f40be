// Products of several matrices, and of matrices that are no plain products of rows and columns.

import { declare } from '../declare'
import { shapeText } from '../shape'
import { type Tensor, warnOnce } from '../tensor'
import { contiguous } from './core/copy'
import { reshapeTo, reshaped, unsafeViewRule } from './core/reshape'
import { clone, copy_ } from './copy'
import { torchTypeName } from './define/result'
import { eye } from './creation'
import { mul } from './elementwise'
import { dot, matmul, mm } from './linalg'
import { t, unsqueeze, view } from './movement'

// ---- two factors ----

/** The sums of products of the last dims of both, which agree; a 0-d factor scales. */
export const inner = declare('inner(input: Tensor, other: Tensor)', (input, other): Tensor => {
  const [a, b] = [input.sizes, other.sizes]
  if (a.length === 0 || b.length === 0) return mul(input, other)
  const k = a[a.length - 1]
  if (k !== b[b.length - 1]) {
    throw new RangeError(
      `inner() the last dimension must match on both input tensors but got shapes ${shapeText(a)} and ${shapeText(b)}`
    )
  }
  if (input.code !== other.code) throw new TypeError('both inputs should have same dtype')
  if (a.length === 1 && b.length === 1) return dot(input, other)
  const rows = (x: Tensor): Tensor => reshapeTo(x, [x.numelCached / Math.max(k, 1), k])
  const product = k === 0 ? matmul(emptyRows(input), t(emptyRows(other))) : mm(rows(input), t(rows(other)))
  return reshapeTo(product, [...a.slice(0, -1), ...b.slice(0, -1)])
})

/** Rows without elements, of which the size of a tensor tells no number. */
function emptyRows(x: Tensor): Tensor {
  const count = x.sizes.slice(0, -1).reduce((product, size) => product * size, 1)
  return reshapeTo(x, [count, 0])
}

/** The Kronecker product: each element of `input` times the whole of `other`, in its place. */
export const kron = declare('kron(input: Tensor, other: Tensor)', (input, other): Tensor => {
  const rank = Math.max(input.sizes.length, other.sizes.length)
  const padded = ({ sizes }: Tensor): number[] => [...new Array<number>(rank - sizes.length).fill(1), ...sizes]
  const [a, b] = [padded(input), padded(other)]
  const product = mul(
    reshapeTo(
      input,
      a.flatMap((size) => [size, 1])
    ),
    reshapeTo(
      other,
      b.flatMap((size) => [1, size])
    )
  )
  return reshaped(
    contiguous(product),
    a.map((size, d) => size * b[d]),
    unsafeViewRule
  )
})

// ---- several factors ----

/**
 * Where to divide a chain of matrices so that the fewest numbers are multiplied: by first and last matrix, the last one
 * of the left part. `sizes` are the rows of each and the columns of the last.
 */
function divisions(sizes: readonly number[]): number[][] {
  const count = sizes.length - 1
  const costs = Array.from({ length: count }, () => new Array<number>(count).fill(0))
  const at = costs.map(() => new Array<number>(count).fill(0))
  for (let length = 1; length < count; length++) {
    for (let i = 0; i + length < count; i++) {
      const j = i + length
      costs[i][j] = Infinity
      for (let k = i; k < j; k++) {
        const cost = costs[i][k] + costs[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
        if (cost < costs[i][j]) [costs[i][j], at[i][j]] = [cost, k]
      }
    }
  }
  return at
}

function multiplied(matrices: readonly Tensor[]): Tensor {
  const at = divisions([...matrices.map(({ sizes }) => sizes[0]), matrices[matrices.length - 1].sizes[1]])
  const product = (i: number, j: number): Tensor =>
    i === j ? matrices[i] : mm(product(i, at[i][j]), product(at[i][j] + 1, j))
  return product(0, matrices.length - 1)
}

const fault = (sentence: string): RangeError => new RangeError(`multiDot(): ${sentence}`)

/** The product of a chain, whose first and last factors may be vectors: a row and a column. */
function chained(tensors: readonly Tensor[]): Tensor {
  const last = tensors.length - 1
  if (last < 1) throw fault(`expected at least 2 tensors but got ${tensors.length}`)
  tensors.forEach(({ sizes, code }, i) => {
    const isEnd = i === 0 || i === last
    if (isEnd && (sizes.length < 1 || sizes.length > 2)) {
      throw fault(`the ${i === 0 ? 'first' : 'last'} tensor must be 1D or 2D but got ${sizes.length}D`)
    }
    if (!isEnd && sizes.length !== 2) throw fault(`tensor ${i} must be 2D but got ${sizes.length}D`)
    if (code !== tensors[0].code) {
      const [first, other] = [tensors[0].code, code].map((each) => torchTypeName(each).toLowerCase())
      throw new TypeError(
        `multiDot(): all tensors must have be the same dtype but tensor 0 is ${first} and tensor ${i} ${other}`
      )
    }
  })
  const isRow = tensors[0].sizes.length === 1
  const isColumn = tensors[last].sizes.length === 1
  const matrices = tensors.map((each, i) => {
    if (i === 0 && isRow) return unsqueeze(each, 0)
    return i === last && isColumn ? unsqueeze(each, 1) : each
  })
  matrices.forEach(({ sizes }, i) => {
    if (i === last || sizes[1] === matrices[i + 1].sizes[0]) return
    const [a, b] = [tensors[i], tensors[i + 1]].map((each) => shapeText(each.sizes))
    throw fault(`tensors ${i} and ${i + 1} with shapes ${a} and ${b} cannot be multiplied`)
  })
  const product = multiplied(matrices)
  return view(
    product,
    product.sizes.filter((_, d) => !(d === 0 ? isRow : isColumn))
  )
}

/** The product of matrices, in the order that multiplies the fewest numbers; vectors may stand at both ends. */
export const multiDot = declare('multiDot(tensors: Tensor[])', chained, ['linalg'])

/** The product of matrices, in the order that multiplies the fewest numbers: `linalg.multiDot`. */
export const chainMatmul = declare(
  'chainMatmul(matrices: Tensor...)',
  (matrices): Tensor => {
    warnOnce(
      'chainMatmul is deprecated and will be removed in a future PyTorch release. Use linalg.multiDot instead, which ' +
        'accepts a list of two or more tensors rather than multiple parameters.'
    )
    for (const { sizes } of matrices) {
      if (sizes.length !== 2) throw new RangeError(`Tensor dimension is ${sizes.length}, expected 2 instead.`)
    }
    if (matrices.length === 0) throw new RangeError('chainMatmul(): Expected one or more matrices')
    return matrices.length === 1 ? clone(matrices[0]) : chained(matrices)
  },
  ['torch']
)

// ---- powers ----

function power(input: Tensor, n: number): Tensor {
  const { sizes } = input
  if (sizes.length < 2) {
    throw new RangeError('linalg.matrixPower: The input tensor A must have at least 2 dimensions.')
  }
  const [rows, columns] = sizes.slice(-2)
  if (rows !== columns) {
    throw new RangeError(
      `linalg.matrixPower: A must be batches of square matrices, but they are ${rows} by ${columns} matrices`
    )
  }
  if (n < 0) {
    throw new RangeError(
      `linalg.matrixPower: a negative power, ${n}, needs an inverse, which comes with the decompositions of linear algebra`
    )
  }
  if (n === 0) return copy_(clone(input), eye(rows, { dtype: input.dtype }))
  if (n === 1) return clone(input)
  if (n === 3) return matmul(matmul(input, input), input)
  // The squares that the binary digits of `n` name.
  let square = input
  let result: Tensor | null = null
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest !== n) square = matmul(square, square)
    if (rest % 2 === 1) result = result === null ? square : matmul(result, square)
  }
  return result!
}

/** Square matrices multiplied by themselves, `n` factors in all; of none the identity. */
export const matrixPower = declare('matrixPower(input: Tensor, n: int)', power)

/** Square matrices multiplied by themselves, `n` factors in all; of none the identity. */
export const linalgMatrixPower = declare('matrixPower(A: Tensor, n: int)', power, ['linalg'])
