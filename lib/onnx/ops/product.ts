// Rows of products of vectors and matrices.

import { type Tensor, broadcastShapes, matmul, tensordot } from '../../index'
import type { Emit } from '../emit'
import type { Value } from '../graph'
import { realOf } from './example'
import { code, missing, nodes } from './table'

const product = (emit: Emit, a: Tensor, b: Tensor): Value => {
  const dtype = emit.computes
  // ONNX Runtime leaves sums of nothing as they lie in memory.
  if ((realOf(a) as Tensor).shape[a.dim() - 1] === 0) return emit.of(emit.first.newZeros([...emit.shape]))
  return emit.add('MatMul', [emit.of(a, dtype), emit.of(b, dtype)], dtype)
}

nodes<{ input: Tensor; mat2: Tensor }>('mm bmm', (emit, { input, mat2 }) => product(emit, input, mat2))
nodes<{ input: Tensor; vec: Tensor }>('mv', (emit, { input, vec }) => product(emit, input, vec))
nodes<{ input: Tensor; tensor: Tensor }>('dot', (emit, { input, tensor }) => product(emit, input, tensor))
nodes<{ input: Tensor; other: Tensor }>('vdot matmul linalg.matmul', (emit, { input, other }) =>
  product(emit, input, other)
)

// ---- the layer ----

nodes<{ input: Tensor; weight: Tensor; bias: Tensor | null }>('nn.functional.linear', (emit, args) => {
  const { input, weight, bias } = args
  const dtype = emit.computes
  const [x, w] = [emit.of(input, dtype), emit.of(weight, dtype)]
  if (input.dim() === 2 && weight.dim() === 2 && /float/.test(dtype)) {
    return emit.add('Gemm', [x, w, ...(bias === null ? [] : [emit.of(bias, dtype)])], dtype, { transB: 1 })
  }
  const factor = weight.dim() < 2 ? w : emit.add('Transpose', [w], dtype, { perm: [1, 0] })
  const result = emit.add('MatMul', [x, factor], dtype)
  return bias === null ? result : emit.add('Add', [result, emit.of(bias, dtype)], dtype)
})

code<{ input1: Tensor; input2: Tensor; weight: Tensor; bias: Tensor | null }>('bilinear', (args) => {
  const { input1, input2, weight, bias } = args
  const [outputs, n1, n2] = weight.shape
  const factors = weight.permute(1, 0, 2).reshape(n1, outputs * n2)
  const rows = matmul(input1, factors).unflatten(-1, [outputs, n2])
  const result = rows.mul(input2.unsqueeze(-2)).sum(-1)
  return bias === null ? result : result.add(bias)
})

// ---- with something added ----

interface Scales {
  readonly input: Tensor
  readonly beta: number
  readonly alpha: number
}

const added = ({ input, ...factors }: Scales, result: Tensor): Tensor => {
  const isFloat = result.isFloatingPoint()
  const [beta, alpha] = [factors.beta, factors.alpha].map((each) => (isFloat ? each : Math.trunc(each)))
  const scaled = alpha === 1 ? result : result.mul(alpha)
  // Of beta 0 the input counts for nothing, NaN among it.
  if (beta === 0) return scaled
  return (beta === 1 ? input : input.mul(beta)).add(scaled)
}

code<Scales & { mat1: Tensor; mat2: Tensor }>('addmm', (args) => added(args, args.mat1.mm(args.mat2)))
code<Scales & { mat: Tensor; vec: Tensor }>('addmv', (args) => added(args, args.mat.mv(args.vec)))
code<Scales & { vec1: Tensor; vec2: Tensor }>('addr', (args) => added(args, args.vec1.outer(args.vec2)))
code<Scales & { batch1: Tensor; batch2: Tensor }>('baddbmm', (args) => added(args, args.batch1.bmm(args.batch2)))
code<Scales & { batch1: Tensor; batch2: Tensor }>('addbmm', (args) => added(args, args.batch1.bmm(args.batch2).sum(0)))

// ---- of vectors ----

code<{ input: Tensor; vec2: Tensor }>('outer ger', ({ input, vec2 }) => input.unsqueeze(1).mul(vec2))
code<{ input: Tensor; other: Tensor }>('inner', ({ input, other }) => {
  if (input.dim() === 0 || other.dim() === 0) return input.mul(other)
  return tensordot(input, other, [[-1], [-1]])
})
code<{ x: Tensor; y: Tensor; dim: number }>('linalg.vecdot', ({ x, y, dim }) => x.mul(y).sum(dim))

interface Dotted {
  readonly a: Tensor
  readonly b: Tensor
  readonly dims: number | readonly (readonly number[])[]
}
code<Dotted>('tensordot', ({ a, b, dims }) => {
  const [ra, rb] = [a.dim(), b.dim()]
  const count = typeof dims === 'number' ? dims : dims[0].length
  const numbers = Array.from({ length: count }, (_, i) => i)
  const of = (list: readonly number[], rank: number): number[] => list.map((dim) => (dim < 0 ? dim + rank : dim))
  const [da, db] =
    typeof dims === 'number' ? [numbers.map((i) => ra - count + i), numbers] : [of(dims[0], ra), of(dims[1], rb)]
  const rest = (rank: number, taken: readonly number[]): number[] =>
    Array.from({ length: rank }, (_, d) => d).filter((d) => !taken.includes(d))
  const [ka, kb] = [rest(ra, da), rest(rb, db)]
  const size = (x: Tensor, list: readonly number[]): number => list.reduce((all, d) => all * x.shape[d], 1)
  const left = a.permute([...ka, ...da]).reshape(size(a, ka), size(a, da))
  const right = b.permute([...db, ...kb]).reshape(size(b, db), size(b, kb))
  return left.mm(right).reshape([...ka.map((d) => a.shape[d]), ...kb.map((d) => b.shape[d])])
})

nodes<{ equation: string; operands: readonly Tensor[] }>('einsum', (emit, { equation, operands }) => {
  const dtype = emit.computes
  const text = equation.replace(/\s/g, '')
  const letters = text
    .split('->')[0]
    .split(',')
    .map((term) => term.replace('...', '').length)
  // Dims of an ellipsis do not broadcast in ONNX.
  const free = operands.map((each, i) => each.shape.slice(0, each.dim() - letters[i]))
  const common = broadcastShapes(...free)
  const values = operands.map((each, i) => {
    const value = emit.of(each, dtype)
    if (!text.includes('...') || String(free[i]) === String(common)) return value
    // Letters may stand before the ellipsis, too.
    const at = text.split(',')[i].indexOf('...')
    if (at < 0) return value
    const sizes = [...each.shape]
    sizes.splice(at, free[i].length, ...common)
    const wide = [...each.shape]
    wide.splice(at, 0, ...new Array<number>(common.length - free[i].length).fill(1))
    return emit.add('Expand', [emit.reshape(value, wide), emit.ints(sizes)], dtype)
  })
  return emit.add('Einsum', values, dtype, { equation: text })
})

code<{ matrices: readonly Tensor[] }>('chainMatmul', ({ matrices }) => matrices.reduce((a, b) => a.mm(b)))
code<{ tensors: readonly Tensor[] }>('linalg.multiDot', ({ tensors }) => tensors.reduce((a, b) => a.matmul(b)))
code<{ input?: Tensor; A?: Tensor; n: number }>('matrixPower linalg.matrixPower', ({ input, A, n }) => {
  const x = (input ?? A)!
  if (n < 1) throw missing(`matrixPower of ${n}`, 'only of 1 and more it is a product')
  return Array.from({ length: n - 1 }).reduce<Tensor>((power) => power.matmul(x), x)
})
code<{ input: Tensor }>('trace', ({ input }) => input.diagonal().sum())

code<{ input: Tensor; other: Tensor; dim: number | null }>('cross linalg.cross', ({ input, other, dim }) => {
  const zero = input.mul(0).add(other.mul(0))
  const d = dim ?? zero.shape.indexOf(3)
  const [a, b] = [input.expand([...zero.shape]), other.expand([...zero.shape])]
  return a
    .roll(-1, d)
    .mul(b.roll(-2, d))
    .sub(a.roll(-2, d).mul(b.roll(-1, d)))
})
code<{ input: Tensor; other: Tensor }>('kron', ({ input, other }) => {
  const rank = Math.max(input.dim(), other.dim())
  const padded = (x: Tensor): number[] => [...new Array<number>(rank - x.dim()).fill(1), ...x.shape]
  const [p, q] = [padded(input), padded(other)]
  const left = input.reshape(p.flatMap((size) => [size, 1]))
  const right = other.reshape(q.flatMap((size) => [1, size]))
  return left.mul(right).reshape(p.map((size, d) => size * q[d]))
})

export {}
