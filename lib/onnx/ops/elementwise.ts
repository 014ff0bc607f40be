// Rows of elementwise arithmetic and functions.

import { type DType, type Tensor, log, log1p, mul, scalarTensor, sub, where } from '../../index'
import { type Emit, type Operand, computing } from '../emit'
import type { Value } from '../graph'
import { aliases, code, missing, nodes } from './table'

interface Unary {
  readonly input: Tensor
}
interface Binary {
  readonly input: Operand
  readonly other: Operand
}

// ---- one node each ----

/** In the dtype of the result; `type` is ONNX's name. */
function unary(name: string, type: string): void {
  nodes<Unary>(name, (emit, { input }) => emit.add(type, [emit.of(input, emit.computes)], emit.computes))
}

/** The same, but integers stay as they are. */
function rounding(name: string, type: string): void {
  nodes<Unary>(name, (emit, { input }) => {
    const x = emit.of(input)
    return /float/.test(x.dtype) ? emit.add(type, [emit.cast(x, emit.computes)], emit.computes) : x
  })
}

for (const [name, type] of Object.entries({
  exp: 'Exp',
  log: 'Log',
  sqrt: 'Sqrt',
  sin: 'Sin',
  cos: 'Cos',
  tan: 'Tan',
  asin: 'Asin',
  acos: 'Acos',
  atan: 'Atan',
  sinh: 'Sinh',
  cosh: 'Cosh',
  asinh: 'Asinh',
  acosh: 'Acosh',
  atanh: 'Atanh',
  erf: 'Erf',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  abs: 'Abs',
  neg: 'Neg'
})) {
  unary(name, type)
}
nodes<Unary>('sign', (emit, { input }) => {
  const x = emit.of(input, emit.computes)
  const sign = emit.add('Sign', [x], x.dtype)
  if (!/float/.test(x.dtype)) return sign
  return emit.add('Where', [emit.add('IsNaN', [x], 'bool'), emit.scalar(0, x.dtype), sign], x.dtype)
})
rounding('floor', 'Floor')
rounding('ceil', 'Ceil')

/** Both operands in the dtype that computes the result. */
const both = (emit: Emit, { input, other }: Binary): Value[] =>
  [input, other].map((each) => emit.of(each, emit.computes))

nodes<Binary>('mul', (emit, args) => emit.add('Mul', both(emit, args), emit.computes))

interface Scaled extends Binary {
  readonly alpha: number
}

const scaledOther = (emit: Emit, { input, other, alpha }: Scaled): Value[] => {
  const [a, b] = both(emit, { input, other })
  if (Number(alpha) === 1) return [a, b]
  return [a, emit.add('Mul', [b, emit.scalar(Number(alpha), emit.computes)], emit.computes)]
}

nodes<Scaled>('add', (emit, args) => emit.add('Add', scaledOther(emit, args), emit.computes))
nodes<Scaled>('sub', (emit, args) => emit.add('Sub', scaledOther(emit, args), emit.computes))
nodes<Scaled>('rsub', (emit, { input, other, alpha }) =>
  emit.add('Sub', scaledOther(emit, { input: other, other: input, alpha }), emit.computes)
)
nodes<{ input: Operand; exponent: Operand }>('pow', (emit, { input, exponent }) => {
  const dtype = emit.computes
  if (exponent !== 0.5 && exponent !== -0.5) return emit.add('Pow', both(emit, { input, other: exponent }), dtype)
  // A root of -Infinity is NaN.
  const root = emit.add('Sqrt', [emit.of(input, dtype)], dtype)
  return exponent > 0 ? root : emit.add('Reciprocal', [root], dtype)
})
nodes<Binary>('fmod', (emit, args) => emit.add('Mod', both(emit, args), emit.computes, { fmod: 1 }))

for (const [name, type] of Object.entries({ maximum: 'Max', minimum: 'Min' })) {
  nodes<Binary>(name, (emit, args) => emit.add(type, both(emit, args), emit.computes))
}

// ---- quotients ----

/** True where a remainder, which has the sign of the dividend, is to be moved by one divisor. */
const crosses = (emit: Emit, rest: Value, divisor: Value): Value => {
  const zero = emit.scalar(0, rest.dtype)
  const signs = [rest, divisor].map((each) => emit.add('Less', [each, zero], 'bool'))
  const differ = emit.add('Xor', signs, 'bool')
  return emit.add('And', [differ, emit.add('Not', [emit.add('Equal', [rest, zero], 'bool')], 'bool')], 'bool')
}

/** Toward minus infinity: the quotient of what is left without the remainder, as PyTorch rounds it. */
function floorQuotient(emit: Emit, args: Binary): Value {
  const dtype = emit.computes
  const [a, b] = both(emit, args)
  const rest = emit.add('Mod', [a, b], dtype, { fmod: 1 })
  const exact = emit.add('Div', [emit.add('Sub', [a, rest], dtype), b], dtype)
  const one = emit.cast(crosses(emit, rest, b), dtype)
  const lower = emit.add('Sub', [exact, one], dtype)
  if (!/float/.test(dtype)) return lower
  const whole = emit.add('Round', [lower], dtype)
  const isZero = emit.add('Equal', [b, emit.scalar(0, dtype)], 'bool')
  return emit.add('Where', [isZero, emit.add('Div', [a, b], dtype), whole], dtype)
}

/** A float without what is behind the point. */
function truncated(emit: Emit, x: Value): Value {
  const isNegative = emit.add('Less', [x, emit.scalar(0, x.dtype)], 'bool')
  return emit.add('Where', [isNegative, emit.add('Ceil', [x], x.dtype), emit.add('Floor', [x], x.dtype)], x.dtype)
}

nodes<Binary & { roundingMode?: string | null }>('div', (emit, args) => {
  const { roundingMode } = args
  if (roundingMode === 'floor') return floorQuotient(emit, args)
  const quotient = emit.add('Div', both(emit, args), emit.computes)
  return roundingMode === 'trunc' && /float/.test(emit.computes) ? truncated(emit, quotient) : quotient
})
nodes<Binary>('floorDivide', floorQuotient)
nodes<Binary>('remainder', (emit, args) => {
  const dtype = emit.computes
  const [a, b] = both(emit, args)
  if (!/float/.test(dtype)) return emit.add('Mod', [a, b], dtype)
  const rest = emit.add('Mod', [a, b], dtype, { fmod: 1 })
  return emit.add('Where', [crosses(emit, rest, b), emit.add('Add', [rest, b], dtype), rest], dtype)
})
nodes<Unary>('reciprocal', (emit, { input }) => emit.add('Reciprocal', [emit.of(input, emit.computes)], emit.computes))
nodes<Unary>('rsqrt', (emit, { input }) => {
  const root = emit.add('Sqrt', [emit.of(input, emit.computes)], emit.computes)
  return emit.add('Reciprocal', [root], emit.computes)
})
nodes<Unary>('trunc', (emit, { input }) => {
  const x = emit.of(input)
  return /float/.test(x.dtype) ? truncated(emit, emit.cast(x, emit.computes)) : x
})
nodes<Unary & { decimals: number }>('round', (emit, { input, decimals }) => {
  const dtype = emit.computes
  const x = emit.of(input)
  if (!/float/.test(x.dtype)) return x
  if (decimals === 0) return emit.add('Round', [emit.cast(x, dtype)], dtype)
  const scale = emit.scalar(10 ** Math.abs(decimals), dtype)
  const [up, down] = decimals > 0 ? ['Mul', 'Div'] : ['Div', 'Mul']
  const scaled = emit.add(up, [emit.cast(x, dtype), scale], dtype)
  return emit.add(down, [emit.add('Round', [scaled], dtype), scale], dtype)
})

// ---- choices ----

/** The dtype that computes for several operands. */
const common = (emit: Emit): DType => computing(emit.dtype)

nodes<{ condition: Tensor; input?: Operand; other?: Operand }>('where Tensor.where', (emit, args) => {
  const { condition, input, other } = args
  if (input === undefined || other === undefined) {
    throw missing('where(condition)', 'use nonzero({ asTuple: true })')
  }
  const dtype = common(emit)
  return emit.add('Where', [emit.of(condition, 'bool'), emit.of(input, dtype), emit.of(other, dtype)], dtype)
})

type Bound = Operand | null

const limited = (emit: Emit, input: Operand, min: Bound, max: Bound): Value => {
  const dtype = emit.computes
  const from = emit.of(input, dtype)
  const above = min === null ? from : emit.add('Max', [from, emit.of(min, dtype)], dtype)
  return max === null ? above : emit.add('Min', [above, emit.of(max, dtype)], dtype)
}

nodes<{ input: Operand; min: Bound; max: Bound }>('clamp', (emit, { input, min, max }) =>
  limited(emit, input, min, max)
)
nodes<{ input: Operand; min: Bound }>('clampMin', (emit, { input, min }) => limited(emit, input, min, null))
nodes<{ input: Operand; max: Bound }>('clampMax', (emit, { input, max }) => limited(emit, input, null, max))

// ---- made of others ----

/** Integers as the floats that functions make of them. */
const float = (x: Tensor): Tensor => (x.isFloatingPoint() ? x : x.float())

const LN2 = Math.LN2
const half = 0.5

code<Unary>('square', ({ input }) => input.mul(input))
code<Unary>('exp2', ({ input }) => input.mul(LN2).exp())
code<Unary>('log2', ({ input }) => input.log().div(LN2))
code<Unary>('log10', ({ input }) => input.log().div(Math.LN10))
// Of a half the hyperbolic tangent keeps the digits that 1 takes away.
code<Unary>('expm1', (args) => {
  const input = float(args.input)
  const t = input.mul(half).tanh()
  return where(input.abs().lt(1), t.mul(2).div(sub(1, t)), input.exp().sub(1))
})
// The rounding of `1 + x` cancels in the quotient.
code<Unary>('log1p', (args) => {
  const input = float(args.input)
  const above = input.add(1)
  const exact = above.log().mul(input.div(above.sub(1)))
  return where(above.eq(1), input, where(above.eq(Infinity), above, exact))
})
code<Unary>('frac', ({ input }) => input.sub(input.trunc()))
code<Unary>('erfc', ({ input }) => sub(1, input.erf()))
code<Unary>('sinc', ({ input }) => {
  const x = input.mul(Math.PI)
  return where(x.eq(0), 1, x.sin().div(x))
})
code<Unary>('deg2rad', ({ input }) => input.mul(Math.PI / 180))
code<Unary>('rad2deg', ({ input }) => input.mul(180 / Math.PI))
code<Unary>('angle', ({ input }) => {
  const result = where(input.lt(0), Math.PI, 0)
  return input.isFloatingPoint() ? where(input.isnan(), input, result) : result
})
code<Unary>('positive', ({ input }) => input)
code<Unary & { eps: number | null }>('logit', ({ input, eps }) => {
  const p = eps === null ? float(input) : float(input).clamp(eps, 1 - eps)
  return p.div(sub(1, p)).log()
})
code<{ input: Tensor; nan: number; posinf: number | null; neginf: number | null }>('nanToNum', (args) => {
  const { input, nan, posinf, neginf } = args
  if (!input.isFloatingPoint()) return input
  const [most, least] = limits[input.dtype] ?? [0, 0]
  const finite = where(input.isposinf(), posinf ?? most, where(input.isneginf(), neginf ?? least, input))
  return where(input.isnan(), nan, finite)
})

const FLOAT32_MAX = (2 - 2 ** -23) * 2 ** 127
const BFLOAT16_MAX = (2 - 2 ** -7) * 2 ** 127
const limits: Partial<Record<DType, readonly [number, number]>> = {
  float64: [Number.MAX_VALUE, -Number.MAX_VALUE],
  float32: [FLOAT32_MAX, -FLOAT32_MAX],
  float16: [65504, -65504],
  bfloat16: [BFLOAT16_MAX, -BFLOAT16_MAX]
}

interface Pair {
  readonly input: Tensor
  readonly other: Tensor
}

code<{ input: Tensor; tensor1: Tensor; tensor2: Tensor; value: number }>('addcmul', (args) =>
  args.input.add(args.tensor1.mul(args.tensor2).mul(args.input.isFloatingPoint() ? args.value : Math.trunc(args.value)))
)
code<{ input: Tensor; tensor1: Tensor; tensor2: Tensor; value: number }>('addcdiv', (args) =>
  args.input.add(args.tensor1.div(args.tensor2), { alpha: args.value })
)
code<{ input: Tensor; end: Tensor; weight: Tensor | number }>('lerp', ({ input, end, weight }) => {
  const distance = end.sub(input)
  const near = input.add(distance.mul(weight))
  if (typeof weight === 'number') return Math.abs(weight) < half ? near : end.sub(distance.mul(1 - weight))
  return where(weight.abs().lt(half), near, end.sub(distance.mul(sub(1, weight))))
})
code<Pair>('fmax', ({ input, other }) => without(input, other, (a, b) => a.maximum(b)))
code<Pair>('fmin', ({ input, other }) => without(input, other, (a, b) => a.minimum(b)))

/** Of two where one is NaN the other. */
function without(a: Operand, b: Operand, of: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const both = of(a as Tensor, b as Tensor)
  const one = where(both.isnan(), b, both)
  const isNaNOf = (x: Operand): Tensor => (typeof x === 'object' ? x.isnan() : both.mul(0).add(Number(x)).isnan())
  return where(isNaNOf(a), b, where(isNaNOf(b), a, one))
}

code<Pair>('copysign', ({ input, other }) => {
  const size = float(input).abs()
  const isNegative = typeof other === 'object' ? other.signbit() : Object.is(other, -0) || Number(other) < 0
  if (typeof isNegative === 'boolean') return isNegative ? size.neg() : size
  return where(isNegative, size.neg(), size)
})
code<Unary>('signbit', ({ input }) => {
  if (!input.isFloatingPoint()) return input.lt(0)
  return input.lt(0).logicalOr(input.eq(0).logicalAnd(input.reciprocal().lt(0)))
})
code<{ input: Tensor; values: Tensor }>('heaviside', ({ input, values }) =>
  where(input.eq(0), values, input.gt(0).to(input))
)
code<Pair>('hypot', ({ input, other }) => {
  const most = input.abs().maximum(other.abs())
  const ratios = [input, other].map((each) => each.div(most))
  const length = most.mul(ratios[0].square().add(ratios[1].square()).sqrt())
  const isInfinite = input.abs().eq(Infinity).logicalOr(other.abs().eq(Infinity))
  return where(isInfinite, Infinity, where(most.eq(0), 0, length))
})
code<Pair>('ldexp', ({ input, other }) => input.mul(other.isFloatingPoint() ? other.exp2() : other.float().exp2()))

for (const [name, base] of [
  ['logaddexp', 1],
  ['logaddexp2', LN2]
] as const) {
  code<Pair>(name, ({ input, other }) => {
    const distance = input.sub(other).abs().mul(-base)
    const sum = input.maximum(other).add(distance.exp().log1p().div(base))
    // Equal infinities have no distance.
    return where(input.eq(other), input.add(LN2 / base), sum)
  })
}

for (const [name, of] of [
  ['xlogy', log],
  ['special.xlog1py', log1p]
] as const) {
  code<Binary>(name, ({ input, other }) => {
    const product = mul(input as Tensor, typeof other === 'object' ? of(other) : of(scalarTensor(other)))
    const isZero = typeof input === 'object' ? input.eq(0) : product.mul(0).add(Number(input)).eq(0)
    const zeroed = where(isZero, 0, product)
    return typeof other === 'object' && other.isFloatingPoint() ? where(other.isnan(), other, zeroed) : zeroed
  })
}

const quarter = Math.PI / 2

/** A number beside a tensor as a tensor. */
const tensorOf = (x: Tensor | number, ...others: readonly (Tensor | number)[]): Tensor =>
  typeof x === 'object'
    ? x
    : scalarTensor(x, { dtype: (others.find((each) => typeof each === 'object') as Tensor).dtype })

code<Pair>('atan2', ({ input, other }) => {
  const [y, x] = [input, other].map((each) => float(tensorOf(each, input, other)))
  const isLeft = x.lt(0)
  const ofY = y.signbit()
  const angle = y.div(x).atan()
  const turned = where(isLeft, where(ofY, angle.sub(Math.PI), angle.add(Math.PI)), angle)
  const upright = where(y.eq(0), where(x.signbit(), Math.PI, 0), quarter)
  const signed = where(ofY, upright.neg(), upright)
  const corner = where(isLeft, 3 * (quarter / 2), quarter / 2)
  const isCorner = y.abs().eq(Infinity).logicalAnd(x.abs().eq(Infinity))
  const result = where(isCorner, where(ofY, corner.neg(), corner), where(x.eq(0), signed, turned))
  return where(y.isnan(), y, result)
})

code<{ input: Operand; exponent: Operand }>('floatPower', ({ input, exponent }) => {
  const wide = (x: Operand): Operand => (typeof x === 'object' ? x.double() : x)
  const [base, power] = [wide(input), wide(exponent)]
  return typeof base === 'object' ? base.pow(power) : (power as Tensor).mul(0).add(base).pow(power)
})

aliases('mul', 'multiply')
aliases('div', 'divide trueDivide')
aliases('sub', 'subtract')
aliases('neg', 'negative')
aliases('abs', 'absolute')
aliases('sign', 'sgn')
aliases('trunc', 'fix')
aliases('acos', 'arccos')
aliases('acosh', 'arccosh')
aliases('asin', 'arcsin')
aliases('asinh', 'arcsinh')
aliases('atan', 'arctan')
aliases('atan2', 'arctan2')
aliases('atanh', 'arctanh')
aliases('clamp', 'clip')
aliases('sigmoid', 'special.expit')

export {}
