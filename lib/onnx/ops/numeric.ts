// Rows of numerical mathematics: differences, areas, covariances, places in order, special functions.

import { type Tensor, arange, cat, combinations, divide, sub, where, zeros } from '../../index'
import { code } from './table'

const wrap = (dim: number, rank: number): number => (dim < 0 ? dim + Math.max(rank, 1) : dim)

interface Along {
  readonly dim: number
}

/** All but the first of a dim, and all but the last. */
function neighbours(x: Tensor, dim: number): readonly [Tensor, Tensor] {
  const count = x.shape[wrap(dim, x.dim())] - 1
  return [x.narrow(dim, 1, count), x.narrow(dim, 0, count)]
}

interface Diff extends Along {
  readonly input: Tensor
  readonly n: number
  readonly prepend: Tensor | null
  readonly append: Tensor | null
}
code<Diff>('diff', ({ input, n, dim, prepend, append }) => {
  const parts = [prepend, input, append].filter((each) => each !== null)
  let x = parts.length === 1 ? input : cat(parts, dim)
  for (let i = 0; i < n && x.shape[wrap(dim, x.dim())] > 0; i++) {
    const [after, before] = neighbours(x, dim)
    x = x.dtype === 'bool' ? after.logicalXor(before) : after.sub(before)
  }
  return x
})

// ---- areas ----

interface Area extends Along {
  readonly y: Tensor
  readonly x?: Tensor
  readonly dx?: number
}

function areas({ y, x, dx, dim }: Area): Tensor {
  const [after, before] = neighbours(y, dim)
  const sums = before.add(after)
  if (x === undefined) return sums.mul((dx ?? 1) / 2)
  const rank = y.dim()
  const points =
    x.dim() === 1 && rank > 1 ? x.reshape([-1, ...new Array<number>(rank - 1 - wrap(dim, rank)).fill(1)]) : x
  const d = wrap(dim, rank) - (rank - points.dim())
  const [right, left] = neighbours(points, d)
  return sums.mul(right.sub(left)).div(2)
}

code<Area>('trapezoid trapz', (args) => {
  const { y, x, dx, dim } = args
  if (x !== undefined) return areas(args).sum(dim)
  const ends = y.select(dim, 0).add(y.select(dim, -1))
  return y
    .sum(dim)
    .sub(ends.mul(0.5))
    .mul(dx ?? 1)
})
code<Area>('cumulativeTrapezoid', (args) => areas(args).cumsum(args.dim))

// ---- covariances ----

interface Covariance {
  readonly input: Tensor
  readonly correction?: number
  readonly fweights?: Tensor | null
  readonly aweights?: Tensor | null
}

function covariance({ input, correction = 1, fweights = null, aweights = null }: Covariance): Tensor {
  const x = float(input.dim() < 2 ? input.reshape(1, -1) : input)
  const weights = fweights === null ? aweights : aweights === null ? fweights.to(x) : aweights.mul(fweights)
  const count = x.shape[1]
  if (weights === null) {
    const centred = x.sub(x.mean(1, true))
    const result = centred.mm(centred.t()).div(Math.max(count - correction, 0))
    return input.dim() < 2 ? result.reshape([]) : result
  }
  const total = weights.sum()
  const centred = x.sub(x.mul(weights).sum(1, true).div(total))
  const excess = aweights === null ? correction : weights.mul(aweights).sum().div(total).mul(correction)
  const result = centred.mul(weights).mm(centred.t()).div(total.sub(excess).clampMin(0))
  return input.dim() < 2 ? result.reshape([]) : result
}

code<Covariance>('cov', covariance)
code<Covariance>('corrcoef', ({ input }) => {
  const c = covariance({ input })
  if (c.dim() === 0) return c.div(c)
  const scale = c.diagonal().sqrt()
  return c.div(scale.unsqueeze(1)).div(scale.unsqueeze(0)).clamp(-1, 1)
})

// ---- places in order ----

interface Search {
  readonly sortedSequence: Tensor
  readonly input: Tensor
  readonly outInt32: boolean
  readonly right: boolean
  readonly side: string | null
  readonly sorter: Tensor | null
}
code<Search>('searchsorted', ({ sortedSequence, input, outInt32, right, side, sorter }) => {
  const line = sorter === null ? sortedSequence : sortedSequence.gather(-1, sorter)
  const isRight = right || side === 'right'
  const each = typeof input === 'object' ? input.unsqueeze(-1) : input
  const rows = line.dim() === 1 ? line : line.unsqueeze(-2)
  const counts = isRight ? rows.le(each) : rows.lt(each)
  return counts.sum(-1).to(outInt32 ? 'int32' : 'int64')
})

code<{ indices: Tensor; shape: number | readonly number[] }>('unravelIndex', ({ indices, shape }) => {
  const sizes = typeof shape === 'number' ? [shape] : shape
  const list: Tensor[] = []
  let rest = indices.long()
  for (const size of [...sizes].reverse()) {
    list.unshift(rest.remainder(size))
    rest = divide(rest, size, { roundingMode: 'floor' })
  }
  return list
})

code<{ input: Tensor; r: number; withReplacement: boolean }>('combinations', ({ input, r, withReplacement }) =>
  input.take(combinations(arange(input.numel()), r, withReplacement).long())
)

// ---- matrices of a line, and of matrices ----

code<{ x: Tensor; N: number | null; increasing?: boolean }>('vander linalg.vander', ({ x, N, increasing }) => {
  const count = N ?? x.shape[x.dim() - 1]
  const isRising = increasing ?? N !== undefined
  const powers = arange(count)
  const base = x.isFloatingPoint() ? x : x.long()
  return base.unsqueeze(-1).pow((isRising ? powers : powers.flip(0)).to(base.dtype))
})
code<{ tensors: readonly Tensor[] }>('blockDiag', ({ tensors }) => {
  const blocks = tensors.map((each) => (each.dim() < 2 ? each.reshape(1, -1) : each))
  const columns = blocks.reduce((sum, each) => sum + each.shape[1], 0)
  let before = 0
  const rows = blocks.map((each) => {
    const [height, width] = each.shape
    const zero = (count: number): Tensor => zeros(height, count, { dtype: each.dtype })
    const row = cat([zero(before), each, zero(columns - before - width)], 1)
    before += width
    return row
  })
  return cat(rows, 0)
})

interface Summed {
  readonly input: Tensor
  readonly size: readonly number[]
}
code<Summed>('Tensor.sumToSize', ({ input, size }) => {
  const extra = input.dim() - size.length
  const dims = input.shape.flatMap((each, d) => (d < extra || (size[d - extra] === 1 && each !== 1) ? [d] : []))
  const sums = dims.length === 0 ? input : input.sum({ dim: dims, keepdim: true })
  return sums.reshape([...size])
})

// ---- special functions ----

const float = (x: Tensor): Tensor => (x.isFloatingPoint() ? x : x.float())

code<{ input: Tensor }>('special.ndtr', ({ input }) => float(input).mul(-Math.SQRT1_2).erf().mul(-0.5).add(0.5))
code<{ input: Tensor }>('special.entr', (args) => {
  const input = float(args.input)
  const entropy = where(input.eq(0), 0, input.neg().mul(input.log()))
  return where(input.lt(0), -Infinity, entropy)
})
code<{ input: Tensor }>('special.sphericalBesselJ0', (args) => {
  const input = float(args.input)
  const series = sub(1, input.square().div(6)).add(input.square().square().div(120))
  const exact = where(input.abs().lt(0.05), series, input.sin().div(input))
  return where(input.abs().eq(Infinity), 0, exact)
})

export {}
