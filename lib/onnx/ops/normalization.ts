// Rows of norms, normalizations and distances.

import { type Tensor, cat, sub, where } from '../../index'
import type { Emit } from '../emit'
import { Real, type Value } from '../graph'
import { code, missing, nodes } from './table'

// ---- over the last dims ----

interface Normal {
  readonly input: Tensor
  readonly normalizedShape: readonly number[]
  readonly weight: Tensor | null
  readonly bias?: Tensor | null
  readonly eps: number | null
}

nodes<Normal>('layerNorm', (emit, { input, normalizedShape, weight, bias, eps }) => {
  const dtype = emit.computes
  const value = emit.of(input, dtype)
  // A scale is no option in ONNX.
  const scale = weight === null ? ones(emit, normalizedShape) : emit.of(weight, dtype)
  const others = bias === null || bias === undefined ? [] : [emit.of(bias, dtype)]
  const attributes = { axis: input.dim() - normalizedShape.length, epsilon: new Real(eps ?? 1e-5) }
  return emit.add('LayerNormalization', [value, scale, ...others], dtype, attributes)
})

const ones = (emit: Emit, shape: readonly number[]): Value =>
  emit.of(emit.first.newOnes([...shape], { dtype: emit.computes }))

code<Normal>('rmsNorm', ({ input, normalizedShape, weight, eps }) => {
  const dims = normalizedShape.map((_, d) => input.dim() - normalizedShape.length + d)
  const least = eps ?? (input.dtype === 'float64' ? 2 ** -52 : 2 ** -23)
  const normal = input.mul(input.square().mean({ dim: dims, keepdim: true }).add(least).rsqrt())
  return weight === null ? normal : normal.mul(weight)
})

// ---- norms ----

interface Norm {
  readonly input?: Tensor
  readonly x?: Tensor
  readonly A?: Tensor
  readonly p?: number | string | null
  readonly ord?: number | string | null
  readonly dim?: number | readonly number[] | null
  readonly keepdim?: boolean
}

/** The vector norm of order `p`. */
function normOf(x: Tensor, p: number, dim: Norm['dim'], keepdim = false): Tensor {
  const over = { dim: dim ?? null, keepdim }
  if (p === 0) return x.ne(0).to(x).sum(over)
  if (p === Infinity) return x.abs().amax(over)
  if (p === -Infinity) return x.abs().amin(over)
  if (p === 1) return x.abs().sum(over)
  if (p === 2) return x.square().sum(over).sqrt()
  return x
    .abs()
    .pow(p)
    .sum(over)
    .pow(1 / p)
}

const orderOf = (p: number | string | null | undefined): number => {
  if (p === null || p === undefined || p === 'fro') return 2
  if (typeof p === 'number') return p
  throw missing(`a norm of order '${p}'`, 'it needs singular values')
}

const wide = (x: Tensor, dtype: unknown): Tensor => (typeof dtype === 'string' ? x.to(dtype as 'float64') : x)

code<Norm & { dtype?: unknown }>('norm linalg.vectorNorm', ({ input, p, ord, dim, keepdim, dtype, ...rest }) =>
  normOf(wide((input ?? rest.x)!, dtype), orderOf(p ?? ord), dim, keepdim)
)
code<Norm & { dtype?: unknown }>('linalg.norm linalg.matrixNorm', ({ A, ord, dim, keepdim, dtype }) => {
  const x = wide(A!, dtype)
  const dims = typeof dim === 'number' ? [dim] : dim
  const isMatrix = ord !== null && ord !== undefined && (dims ?? [...x.shape]).length === 2
  if (!isMatrix || ord === 'fro') return normOf(x, isMatrix ? 2 : orderOf(ord), dims, keepdim)
  return matrixNorm(x, ord, dims ?? [-2, -1], keepdim ?? false)
})

/** The largest or least sum of a row or a column. */
function matrixNorm(x: Tensor, ord: number | string, dims: readonly number[], keepdim: boolean): Tensor {
  const size = typeof ord === 'number' ? Math.abs(ord) : NaN
  if (size !== 1 && size !== Infinity) {
    throw missing(`a matrix norm of order ${ord}`, 'it needs singular values')
  }
  const [rows, columns] = dims.map((dim) => (dim < 0 ? dim + x.dim() : dim))
  const [summed, chosen] = size === 1 ? [rows, columns] : [columns, rows]
  const sums = x.abs().sum({ dim: summed, keepdim: true })
  const over = { dim: chosen, keepdim: true }
  const result = (ord as number) > 0 ? sums.amax(over) : sums.amin(over)
  return keepdim ? result : result.squeeze([rows, columns])
}

code<{ input: Tensor; p: number; dim: number; maxnorm: number }>('renorm', ({ input, p, dim, maxnorm }) => {
  const d = dim < 0 ? dim + input.dim() : dim
  const others = [...input.shape.keys()].filter((each) => each !== d)
  const length = normOf(input, p, others, true)
  return input.mul(where(length.gt(maxnorm), length.add(1e-7).reciprocal().mul(maxnorm), 1))
})

// ---- distances ----

const number = (x: Tensor): Tensor => (x.dtype === 'bool' ? x.int() : x)

interface Two {
  readonly x1: Tensor
  readonly x2: Tensor
}

code<Two & { dim: number; eps: number }>('cosineSimilarity', ({ x1, x2, dim, eps }) => {
  const shape = x1.mul(0).add(x2.mul(0)).shape
  const [a, b] = [x1, x2].map((x) => {
    const whole = x.expand([...shape])
    return whole.div(normOf(whole, 2, dim, true).clampMin(eps))
  })
  return a.mul(b).sum(dim)
})
code<Two & { p: number; eps: number; keepdim: boolean }>('pairwiseDistance', ({ x1, x2, p, eps, keepdim }) =>
  normOf(sub(number(x1), number(x2)).add(eps), p, -1, keepdim)
)
code<{ input: Tensor; other: Tensor; p: number }>('dist', ({ input, other, p }) => normOf(input.sub(other), p, null))
code<Two & { p: number }>('cdist', ({ x1, x2, p }) => normOf(x1.unsqueeze(-2).sub(x2.unsqueeze(-3)), p, -1))
code<{ input: Tensor; p: number }>('pdist', ({ input, p }) => {
  const rows = input.shape[0]
  const list = Array.from({ length: Math.max(rows - 1, 0) }, (_, i) =>
    normOf(input.narrow(0, i + 1, rows - 1 - i).sub(input.select(0, i)), p, -1)
  )
  return cat(list)
})

export {}
