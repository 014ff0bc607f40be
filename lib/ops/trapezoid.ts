// Areas under lines through sample points, by the trapezoidal rule.

import { overload, way } from '../declare'
import { BOOL } from '../dtype'
import { wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { filled } from './core/fill'
import { sliceDim } from './core/slice'
import { sub } from './elementwise'
import { view } from './movement'
import { cumsum } from './scan'

const first = (x: Tensor, dim: number): Tensor => sliceDim(x, dim, 0, -1)
const last = (x: Tensor, dim: number): Tensor => sliceDim(x, dim, 1)

/** Sums of neighbours along a dim. */
const sums = (y: Tensor, dim: number): Tensor => first(y, dim).add(last(y, dim))

function checkNoBool(op: string, y: Tensor, x: Tensor | null): void {
  if (y.code !== BOOL && x?.code !== BOOL) return
  const names = x === null ? '`y`' : '`x` or `y`'
  throw new TypeError(`${op}: received a bool input for ${names}, but bool is not supported`)
}

/** The distances of sample points along a dim; from the front where `x` has more dims than `y`. */
function distances(op: string, y: Tensor, x: Tensor, dim: number): Tensor {
  const rank = y.sizes.length
  const at = wrapDim(dim, rank)
  let points = x
  if (x.sizes.length === 1) {
    if (x.sizes[0] !== y.sizes[at]) throw new RangeError(`${op}: There must be one \`x\` value for each sample point`)
    points = view(
      x,
      y.sizes.map((_, d) => (d === at ? x.sizes[0] : 1))
    )
  } else if (x.sizes.length < rank) {
    points = view(x, [...new Array<number>(rank - x.sizes.length).fill(1), ...x.sizes])
  }
  return sub(last(points, at), first(points, at))
}

/** The area of lines without points, null for others. */
function areaOfNone(y: Tensor, dim: number): Tensor | null {
  const { sizes } = y
  if (sizes.length === 0) throw new RangeError(`Dimension specified as ${dim} but tensor has no dimensions`)
  const at = wrapDim(dim, sizes.length)
  const shape = sizes.filter((_, d) => d !== at)
  return sizes[at] === 0 ? filled(shape, 0, y.code) : null
}

function areaAt(y: Tensor, x: Tensor, dim: number): Tensor {
  const none = areaOfNone(y, dim)
  if (none !== null) return none
  checkNoBool('trapezoid', y, x)
  return sums(y, dim)
    .mul(distances('trapezoid', y, x, dim))
    .sum(wrapDim(dim, y.sizes.length))
    .div(2)
}

function areaBySteps(y: Tensor, dx: number, dim: number): Tensor {
  const none = areaOfNone(y, dim)
  if (none !== null) return none
  checkNoBool('trapezoid', y, null)
  const ends = y.select(dim, 0).add(y.select(dim, -1))
  return y.sum(dim).sub(ends.mul(0.5)).mul(dx)
}

/** Area under `y` along a dim, the last by default, at the points `x` or at points `dx` apart. */
export const trapezoid = overload(
  ['torch'],
  way('trapezoid(y: Tensor, *, dx: float = 1, dim: int = -1)', (y, dx, dim): Tensor => areaBySteps(y, dx, dim)),
  way('trapezoid(y: Tensor, x: Tensor, *, dim: int = -1)', (y, x, dim): Tensor => areaAt(y, x, dim))
)

/** Area under `y` along a dim, the last by default, at the points `x` or at points `dx` apart. */
export const trapz = overload(
  ['torch'],
  way('trapz(y: Tensor, *, dx: float = 1, dim: int = -1)', (y, dx, dim): Tensor => areaBySteps(y, dx, dim)),
  way('trapz(y: Tensor, x: Tensor, *, dim: int = -1)', (y, x, dim): Tensor => areaAt(y, x, dim))
)

/** Areas under `y` along a dim, the last by default, up to each point but the first. */
export const cumulativeTrapezoid = overload(
  ['torch'],
  way('cumulativeTrapezoid(y: Tensor, *, dx: float = 1, dim: int = -1)', (y, dx, dim): Tensor => {
    checkNoBool('cumulativeTrapezoid', y, null)
    checkSliced(y)
    return cumsum(sums(y, dim).mul(dx / 2), dim)
  }),
  way('cumulativeTrapezoid(y: Tensor, x: Tensor, *, dim: int = -1)', (y, x, dim): Tensor => {
    checkNoBool('cumulativeTrapezoid', y, x)
    checkSliced(y)
    const at = wrapDim(dim, y.sizes.length)
    return cumsum(distances('cumulativeTrapezoid', y, x, at).mul(sums(y, at)), at).div(2)
  })
)

function checkSliced({ sizes }: Tensor): void {
  if (sizes.length === 0) throw new RangeError('slice() cannot be applied to a 0-dim tensor.')
}
