// Rows of activations: nodes of ONNX where it has them with the same mathematics, else what they are made of.

import { type Tensor, where } from '../../index'
import type { Emit } from '../emit'
import { type Attributes, Real, type Value } from '../graph'
import { code, missing, nodes } from './table'

interface Unary {
  readonly input: Tensor
}

const one = (emit: Emit, type: string, input: Tensor, attributes: Attributes = {}): Value =>
  emit.add(type, [emit.of(input, emit.computes)], emit.computes, attributes)

nodes<Unary>('relu nn.functional.relu', (emit, { input }) => one(emit, 'Relu', input))
nodes<Unary & { alpha: number }>('nn.functional.elu', (emit, { input, alpha }) =>
  one(emit, 'Elu', input, { alpha: new Real(alpha) })
)
nodes<Unary & { alpha: number }>('celu nn.functional.celu', (emit, { input, alpha }) => celu(emit, input, alpha))

/** ONNX Runtime has Celu for float32 alone. */
function celu(emit: Emit, input: Tensor, alpha: number): Value {
  const dtype = emit.computes
  const x = emit.of(input, dtype)
  const factor = emit.scalar(alpha, dtype)
  const curve = emit.add('Elu', [emit.add('Div', [x, factor], dtype)], dtype, { alpha: new Real(1) })
  return emit.add('Mul', [curve, factor], dtype)
}

nodes<Unary>('selu nn.functional.selu', (emit, { input }) =>
  one(emit, 'Selu', input, { alpha: new Real(1.6732632423543772), gamma: new Real(1.0507009873554805) })
)
nodes<Unary & { negativeSlope: number }>('nn.functional.leakyRelu', (emit, { input, negativeSlope }) =>
  one(emit, 'LeakyRelu', input, { alpha: new Real(negativeSlope) })
)
code<Unary>('nn.functional.softsign', ({ input }) => input.div(input.abs().add(1)))
nodes<Unary & { weight: Tensor }>('prelu', (emit, { input, weight }) => {
  const dtype = emit.computes
  const rank = input.dim()
  const slope = emit.of(weight, dtype)
  const line = [-1, ...new Array<number>(Math.max(rank - 2, 0)).fill(1)]
  const shaped = weight.numel() > 1 && rank > 2 ? emit.reshape(slope, line) : slope
  return emit.add('PRelu', [emit.of(input, dtype), rank === 0 ? emit.reshape(slope, []) : shaped], dtype)
})

// ---- made of others ----

const unitExp = (x: Tensor): Tensor => x.abs().neg().exp().log1p()

code<Unary & { beta: number; threshold: number }>('nn.functional.softplus', ({ input, beta, threshold }) => {
  const x = input.mul(beta)
  return where(x.gt(threshold), input, x.clampMin(0).add(unitExp(x)).div(beta))
})
code<Unary & { minVal: number; maxVal: number }>('nn.functional.hardtanh', ({ input, minVal, maxVal }) =>
  input.clamp(minVal, maxVal)
)
code<Unary>('nn.functional.relu6', ({ input }) => input.clamp(0, 6))
code<Unary>('nn.functional.silu', ({ input }) => input.mul(input.sigmoid()))
code<Unary & { approximate: string }>('nn.functional.gelu', ({ input, approximate }) => {
  if (approximate === 'none') return input.mul(input.mul(Math.SQRT1_2).erf().add(1)).mul(0.5)
  const cubic = input.mul(input).mul(input).mul(0.044715).add(input)
  return input.mul(cubic.mul(2 * Math.sqrt(2 / Math.PI)).sigmoid())
})
code<Unary>('nn.functional.mish', ({ input }) => input.mul(input.clampMin(0).add(unitExp(input)).tanh()))
code<Unary>('nn.functional.logsigmoid', ({ input }) => input.clampMax(0).sub(unitExp(input)))
code<Unary>('nn.functional.tanhshrink', ({ input }) => input.sub(input.tanh()))
code<Unary & { lambd: number }>('nn.functional.softshrink', ({ input, lambd }) =>
  where(input.gt(lambd), input.sub(lambd), where(input.lt(-lambd), input.add(lambd), input.mul(0)))
)
code<Unary & { lambd: number }>('hardshrink', ({ input, lambd }) =>
  where(input.ge(-lambd).logicalAnd(input.le(lambd)), 0, input)
)
const sixths = (x: Tensor): Tensor => x.add(3).clamp(0, 6)
code<Unary>('nn.functional.hardsigmoid', ({ input }) => sixths(input).div(6))
code<Unary>('nn.functional.hardswish', ({ input }) => input.mul(sixths(input)).div(6))
code<Unary & { threshold: number; value: number }>('threshold nn.functional.threshold', (args) =>
  where(args.input.gt(args.threshold).logicalOr(args.input.isnan()), args.input, args.value)
)

interface Random extends Unary {
  readonly lower: number
  readonly upper: number
  readonly training: boolean
}
code<Random>('rrelu nn.functional.rrelu', ({ input, lower, upper, training }) => {
  if (!training) return where(input.ge(0), input, input.mul((lower + upper) / 2))
  throw missing('rrelu in training', 'it draws random slopes; export in evaluation mode')
})
code<Unary & { dim: number }>('nn.functional.glu', ({ input, dim }) => {
  const [value, gate] = input.chunk(2, dim)
  return value.mul(gate.sigmoid())
})

// ---- along a dim ----

const implicitDim = (input: Tensor, dim: number | null): number =>
  dim ?? (input.dim() === 0 || input.dim() === 1 || input.dim() === 3 ? 0 : 1)

for (const [name, type] of Object.entries({ softmax: 'Softmax', logSoftmax: 'LogSoftmax' })) {
  nodes<Unary & { dim: number | null }>(`${name} nn.functional.${name}`, (emit, { input, dim }) => {
    const value = emit.of(input, emit.computes)
    const rank = input.dim()
    const along = implicitDim(input, dim)
    const flat = rank === 0 ? emit.reshape(value, [1]) : value
    const axis = rank === 0 ? 0 : along < 0 ? along + rank : along
    const result = emit.add(type, [flat], value.dtype, { axis })
    return rank === 0 ? emit.reshape(result, []) : result
  })
}
code<Unary & { dim: number | null }>('nn.functional.softmin', ({ input, dim }) =>
  input.neg().softmax(implicitDim(input, dim))
)

export {}
