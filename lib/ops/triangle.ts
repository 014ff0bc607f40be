// Triangles of matrices: their elements, and the indices of these.

import { declare } from '../declare'
import { type DType, INT32, INT64, dtypeCode } from '../dtype'
import { constant } from '../recording'
import type { Shape } from '../shape'
import { type Tensor, typedArrayOf } from '../tensor'
import { cast } from './core/copy'
import { rowNumbers } from './core/row-numbers'
import { Fused } from './define/fused'
import { type Rule, record, rule } from './define/operation'
import { emptyOwned, notImplemented } from './define/result'
import { where as select } from './define/value'
import { formOf, recordInPlace } from './define/write'

/** A triangle of the last two dims. */
interface Triangle {
  readonly name: string
  readonly keep: Fused
  readonly rule: Rule<number>
}

function triangle(name: string, nodeName: string, keep: Fused): Triangle {
  const made: Triangle = { name, keep, rule: rule<number>(nodeName, (g, _, diagonal) => part(made, g, diagonal)) }
  return made
}

const lower = triangle(
  'tril',
  'TrilBackward0',
  new Fused(([x, row, column], [diagonal]) => select(column.sub(row).le(diagonal), x, 0))
)
const upper = triangle(
  'triu',
  'TriuBackward0',
  new Fused(([x, row, column], [diagonal]) => select(column.sub(row).ge(diagonal), x, 0))
)

/** The numbers of rows and columns, to broadcast with matrices of this shape. */
function places(sizes: Shape, name: string): Tensor[] {
  if (sizes.length < 2) throw new RangeError(`${name}: input tensor must have at least 2 dimensions`)
  const [rows, columns] = sizes.slice(-2)
  return [rowNumbers(rows).view(rows, 1), rowNumbers(columns)]
}

function part(of: Triangle, input: Tensor, diagonal: number): Tensor {
  const outputs = of.keep.call(input.sizes, [input, ...places(input.sizes, of.name)], [diagonal])
  return record({ outputs, rule: of.rule, inputs: [input], parameters: diagonal })
}

const formOfTriangle = (of: Triangle) =>
  formOf(of.rule, (self, _, diagonal) => {
    of.keep.write([self], [self, ...places(self.sizes, of.name)], [diagonal])
  })
const lowerForm = formOfTriangle(lower)
const upperForm = formOfTriangle(upper)

/** Matrices with 0 above a diagonal: the main one, or one that lies `diagonal` places to the right of it. */
export const tril = declare('tril(input: Tensor, diagonal: int = 0)', (input, diagonal) => part(lower, input, diagonal))

/** Matrices with 0 below a diagonal: the main one, or one that lies `diagonal` places to the right of it. */
export const triu = declare('triu(input: Tensor, diagonal: int = 0)', (input, diagonal) => part(upper, input, diagonal))

/** 0 above a diagonal, in place. */
export const tril_ = declare('tril_(input: Tensor, diagonal: int = 0)', (input, diagonal) =>
  recordInPlace(lowerForm, input, [], diagonal)
)

/** 0 below a diagonal, in place. */
export const triu_ = declare('triu_(input: Tensor, diagonal: int = 0)', (input, diagonal) =>
  recordInPlace(upperForm, input, [], diagonal)
)

// ---- indices ----

/** The sum of `row + start` over rows, each within 0 and `most`. */
function rampSum(rows: number, start: number, most: number): number {
  const low = Math.min(Math.max(-start, 0), rows)
  const high = Math.min(Math.max(most - start, low), rows)
  return ((high - low) * (low + high - 1 + 2 * start)) / 2 + (rows - high) * most
}

/** Rows and columns of the elements of a triangle as [2, n], row by row. */
function indicesOf(op: string, row: number, col: number, offset: number, dtype: DType): Tensor {
  const code = dtypeCode(dtype)
  if (code !== INT64 && code !== INT32) throw notImplemented(op, code, 'long')
  if (row < 0) throw new RangeError(`row must be non-negative, got${row}`)
  if (col < 0) throw new RangeError(`col must be non-negative, got${col}`)
  const isLower = op === 'tril_indices'
  const total = isLower ? rampSum(row, offset + 1, col) : row * col - rampSum(row, offset, col)
  const result = emptyOwned([2, total], INT64)
  const target = typedArrayOf(result) as BigInt64Array
  // Rows outside of the triangle are not gone through: there may be any number of them.
  for (let i = isLower ? Math.max(-offset, 0) : 0, at = 0; at < total; i++) {
    const begin = isLower ? 0 : Math.max(i + offset, 0)
    const end = isLower ? Math.min(i + offset + 1, col) : col
    for (let j = begin; j < end; j++, at++) {
      target[at] = BigInt(i)
      target[total + at] = BigInt(j)
    }
  }
  constant(result.storage)
  return cast(result, code)
}

/** Rows and columns of the elements of a row x col matrix on and below a diagonal, as [2, n], row by row. */
export const trilIndices = declare(
  "trilIndices(row: int, col: int, offset: int = 0, *, dtype: dtype = 'int64', device: device? = null)",
  (row, col, offset, dtype) => indicesOf('tril_indices', row, col, offset, dtype),
  ['torch']
)

/** Rows and columns of the elements of a row x col matrix on and above a diagonal, as [2, n], row by row. */
export const triuIndices = declare(
  "triuIndices(row: int, col: int, offset: int = 0, *, dtype: dtype = 'int64', device: device? = null)",
  (row, col, offset, dtype) => indicesOf('triu_indices', row, col, offset, dtype),
  ['torch']
)
