// Diagonals: seen, taken, made, filled and summed.

import { noGrad } from '../autograd/mode'
import { declare } from '../declare'
import { BOOL } from '../dtype'
import { type Shape, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { aliasTensor } from '../tensor/geometry'
import { expandTo } from './core/broadcast'
import { copyInto } from './core/copy'
import { copied } from './core/copied'
import { filled } from './core/fill'
import { type Selection, scatterSelection } from './core/scatter'
import { fill_ } from './copy'
import { record, rule } from './define/operation'
import { notImplemented } from './define/result'
import { type Geometry, makeView } from './define/view'
import { ravel } from './movement'
import { sum } from './reduce'
import { asStrided } from './strided'

/** Which diagonal: so many places to the right of the main one, of which two dims. */
interface Diagonal {
  readonly offset: number
  readonly dim1: number
  readonly dim2: number
}

const identical = (dim1: number, dim2: number): RangeError =>
  new RangeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`)

// ---- seen ----

const diagonalRule = rule<Selection>('DiagonalBackward0', (g, _, selection) => scatterSelection(g, selection))

function geometryOf({ sizes, steps }: Tensor, { offset, dim1, dim2 }: Diagonal): Geometry {
  const length = offset >= 0 ? Math.min(sizes[dim1], sizes[dim2] - offset) : Math.min(sizes[dim1] + offset, sizes[dim2])
  const rest = (list: Shape): number[] => list.filter((_, d) => d !== dim1 && d !== dim2)
  const start = offset >= 0 ? offset * steps[dim2] : -offset * steps[dim1]
  return {
    shape: [...rest(sizes), Math.max(length, 0)],
    strides: [...rest(steps), steps[dim1] + steps[dim2]],
    offset: length > 0 ? start : 0
  }
}

function along(input: Tensor, diagonal: Diagonal): Tensor {
  const selection: Selection = { inputShape: input.sizes, view: (x) => along(x, diagonal) }
  return makeView(input, geometryOf(input, diagonal), diagonalRule, selection)
}

function seen(input: Tensor, offset: number, dim1: number, dim2: number): Tensor {
  const rank = input.sizes.length
  const [a, b] = [wrapDim(dim1, rank), wrapDim(dim2, rank)]
  if (a === b) throw identical(dim1, dim2)
  return along(input, { offset, dim1: a, dim2: b })
}

/** A diagonal of two dims as the last dim: the main one, or one that lies `offset` places to the right of it. */
export const diagonal = declare(
  'diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1)',
  (input, offset, dim1, dim2): Tensor => seen(input, offset, dim1, dim2)
)

/** A diagonal of the last two dims as the last dim. */
export const linalgDiagonal = declare(
  'diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1)',
  (A, offset, dim1, dim2): Tensor => seen(A, offset, dim1, dim2),
  ['linalg']
)

// ---- made ----

const embedRule = rule<Diagonal>('DiagEmbedBackward0', (g, _, { offset, dim1, dim2 }) => seen(g, offset, dim1, dim2))

function embedded(input: Tensor, offset: number, dim1: number, dim2: number): Tensor {
  const rank = input.sizes.length + 1
  const [a, b] = [wrapDim(dim1, rank), wrapDim(dim2, rank)]
  if (a === b) throw identical(dim1, dim2)
  // The last dim becomes both; a matrix of so many rows holds the diagonal.
  const size = input.sizes[input.sizes.length - 1] + Math.abs(offset)
  const shape = input.sizes.slice(0, -1)
  for (const d of [a, b].sort((x, y) => x - y)) shape.splice(d, 0, size)
  const outputs = filled(shape, 0, input.code)
  const at = { offset, dim1: a, dim2: b }
  const place = geometryOf(outputs, at)
  copyInto(aliasTensor(outputs, place.shape, place.strides, place.offset), input)
  return record({ outputs, rule: embedRule, inputs: [input], parameters: at })
}

/** Zeros in two new dims, with the last dim of the input as a diagonal of them. */
export const diagEmbed = declare(
  'diagEmbed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1)',
  (input, offset, dim1, dim2): Tensor => embedded(input, offset, dim1, dim2)
)

/** The matrix with all elements of the input, row-major, on a diagonal. */
export const diagflat = declare('diagflat(input: Tensor, offset: int = 0)', (input, offset): Tensor =>
  embedded(ravel(input), offset, 0, 1)
)

/** Of a vector the matrix with it on a diagonal, of a matrix a copy of a diagonal. */
export const diag = declare('diag(input: Tensor, diagonal: int = 0)', (input, diagonal): Tensor => {
  const rank = input.sizes.length
  if (rank === 1) return embedded(input, diagonal, 0, 1)
  if (rank === 2) return copied(seen(input, diagonal, 0, 1))
  throw new RangeError(`diag(): Supports 1D or 2D tensors. Got ${rank}D`)
})

// ---- filled ----

/**
 * Sets the elements whose indices are all equal, in place; `wrap` goes on below the square of a tall matrix, a row left
 * out.
 */
export const fillDiagonal_ = declare(
  'fillDiagonal_(input: Tensor, fillValue: scalar, wrap: bool = false)',
  (input, fillValue, wrap): Tensor => {
    const { sizes, steps } = input
    if (sizes.length < 2) throw new RangeError('dimensions must larger than 1')
    if (sizes.length > 2 && sizes.some((size) => size !== sizes[0])) {
      throw new RangeError('all dimensions of input must be of equal length')
    }
    const [height, width] = sizes
    const step = steps.reduce((sum, each) => sum + each, 0)
    const length = Math.min(height, width)
    const start = input.storageOffset()
    fill_(asStrided(input, [length], [step], start), fillValue)
    if (wrap && sizes.length === 2 && width > 0) {
      for (let row = width + 1; row < height; row += width + 1) {
        fill_(asStrided(input, [Math.min(width, height - row)], [step], start + row * steps[0]), fillValue)
      }
    }
    return input
  }
)

// ---- summed ----

const traceRule = rule<Shape>('TraceBackward0', (g, _, shape) => {
  const view = (x: Tensor): Tensor => seen(x, 0, 0, 1)
  return scatterSelection(expandTo(g, [Math.min(...shape)]), { inputShape: shape, view })
})

/** The sum of the main diagonal of a matrix; integers sum to int64. */
export const trace = declare('trace(input: Tensor)', (input): Tensor => {
  const { sizes, code } = input
  if (sizes.length !== 2) throw new RangeError(`trace: expected a matrix, but got tensor with dim ${sizes.length}`)
  if (code === BOOL) throw notImplemented('trace', code)
  const outputs = noGrad(() => sum(seen(input, 0, 0, 1)))
  return record({ outputs, rule: traceRule, inputs: [input], parameters: sizes })
})
