// Quantiles: elements at a part of the way through the order of a line, or between two of them.

import { overload, way } from '../declare'
import { FLOAT32, FLOAT64, INT64 } from '../dtype'
import { wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { cast } from './core/copy'
import { filled } from './core/fill'
import { lerp, where } from './elementwise'
import { gather } from './indexing'
import { movedim, reshape, transpose, unsqueeze } from './movement'
import { any, sum } from './reduce'
import { forbidInCapture, SIZED_BY_VALUES } from '../recording'
import { sort } from './sort'
import { squeeze_ } from './views-in-place'

const interpolations = ['linear', 'lower', 'higher', 'midpoint', 'nearest']

interface Kind {
  readonly dim: number | null
  readonly keepdim: boolean
  readonly interpolation: string
  /** True where NaN counts as absent. */
  readonly skipsNan: boolean
}

function checkInterpolation({ interpolation }: Kind): void {
  if (interpolations.includes(interpolation)) return
  throw new RangeError(
    'quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got ' + interpolation
  )
}

function checkInput(input: Tensor): void {
  if (input.numelCached === 0) throw new RangeError('quantile() input tensor must be non-empty')
  if (input.code === FLOAT32 || input.code === FLOAT64) return
  throw new TypeError('quantile() input tensor must be either float or double dtype; add .float()')
}

/** The elements in order along the last dim; dims that are kept have size 1 besides. */
function ordered(input: Tensor, { dim, keepdim }: Kind): Tensor {
  const rank = input.sizes.length
  if (dim === null || rank === 0) {
    const flat = sort(reshape(input, [-1])).values
    return keepdim ? reshape(flat, [...new Array<number>(rank).fill(1), -1]) : flat
  }
  const d = wrapDim(dim, rank)
  return sort(keepdim ? transpose(unsqueeze(input, -1), d, -1) : movedim(input, d, -1)).values
}

/** Where in a line the quantiles lie, [..., quantiles]; between elements there are fractions. */
function ranksOf(q: Tensor, lines: Tensor, skipsNan: boolean): Tensor {
  const highest = lines.sizes[lines.sizes.length - 1] - 1
  if (!skipsNan) return where(any(lines.isnan(), -1, true), highest, q.mul(highest))
  const rank = q.mul(sum(lines.isnan().logicalNot(), -1, true).sub(1))
  return where(rank.lt(0), 0, rank)
}

const integerRanks: Readonly<Record<string, (rank: Tensor) => Tensor>> = {
  lower: (rank) => rank.floor(),
  higher: (rank) => rank.ceil(),
  nearest: (rank) => rank.round()
}

function quantilesOf(input: Tensor, q: Tensor, kind: Kind): Tensor {
  const { interpolation } = kind
  const lines = ordered(input, kind)
  const exact = ranksOf(q.sizes.length === 0 ? reshape(q, [1]) : q, lines, kind.skipsNan)
  const rank = integerRanks[interpolation]?.(exact) ?? exact
  const below = cast(rank.detach(), INT64)
  const found = gather(lines, -1, below)
  const result =
    interpolation in integerRanks
      ? found
      : lerp(
          found,
          gather(lines, -1, cast(rank.detach().ceil(), INT64)),
          interpolation === 'midpoint' ? filled(rank.sizes, 0.5, rank.code) : rank.sub(below)
        )
  return q.sizes.length === 0 ? squeeze_(result, -1) : squeeze_(transpose(unsqueeze(result, 0), 0, -1), -1)
}

function atNumber(input: Tensor, q: number, kind: Kind): Tensor {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile() q must be in the range [0, 1] but got ${q}`)
  checkInterpolation(kind)
  checkInput(input)
  return quantilesOf(input, filled([], q, input.code), kind)
}

function atTensor(input: Tensor, q: Tensor, kind: Kind): Tensor {
  checkInterpolation(kind)
  if (input.numelCached === 0) checkInput(input)
  if (q.sizes.length > 1) throw new RangeError('quantile() q must be a scalar or 1D tensor')
  checkInput(input)
  if (q.code !== input.code) throw new TypeError('quantile() q tensor must be same dtype as the input tensor')
  forbidInCapture('quantile() at a tensor', SIZED_BY_VALUES)
  const isInside = q.detach().ge(0).logicalAnd(q.detach().le(1))
  if (!isInside.all().item()) throw new RangeError('quantile() q values must be in the range [0, 1]')
  return quantilesOf(input, q, kind)
}

/**
 * The value at the part `q` (0 to 1) of the way through all elements in order, or those of a dim; a tensor of several
 * gives as many in front. Between two elements `interpolation` decides: 'linear', 'lower', 'higher', 'midpoint' or
 * 'nearest'. NaN where there is one. float32 and float64.
 */
export const quantile = overload(
  ['torch', 'Tensor'],
  way(
    "quantile(input: Tensor, q: float, dim: int? = null, keepdim: bool = false, *, interpolation: str = 'linear')",
    (input, q, dim, keepdim, interpolation): Tensor =>
      atNumber(input, q, { dim, keepdim, interpolation, skipsNan: false })
  ),
  way(
    "quantile(input: Tensor, q: Tensor, dim: int? = null, keepdim: bool = false, *, interpolation: str = 'linear')",
    (input, q, dim, keepdim, interpolation): Tensor =>
      atTensor(input, q, { dim, keepdim, interpolation, skipsNan: false })
  )
)

/** As `quantile`, without elements that are NaN; of a line of nothing else NaN. */
export const nanquantile = overload(
  ['torch', 'Tensor'],
  way(
    "nanquantile(input: Tensor, q: float, dim: int? = null, keepdim: bool = false, *, interpolation: str = 'linear')",
    (input, q, dim, keepdim, interpolation): Tensor =>
      atNumber(input, q, { dim, keepdim, interpolation, skipsNan: true })
  ),
  way(
    "nanquantile(input: Tensor, q: Tensor, dim: int? = null, keepdim: bool = false, *, interpolation: str = 'linear')",
    (input, q, dim, keepdim, interpolation): Tensor =>
      atTensor(input, q, { dim, keepdim, interpolation, skipsNan: true })
  )
)
