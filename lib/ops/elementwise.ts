// Rows of the pointwise ops: kernel or forward over values, and one derivative per argument.
// A kernel row of the same name is the forward unless `forward` or `emit` says otherwise.

import { BOOL, ZERO_DIM, isFloating, largestOf } from '../dtype'
import { type Expr, UnsupportedDtype } from '../symbol'
import {
  INVERT,
  checkAlpha,
  checkBounds,
  checkMixed,
  checkSelection,
  checkSubtraction,
  divisionByZero,
  integerAddcdiv,
  noBounds,
  roundedDivision
} from './arguments'
import { applyKernel } from './define/emit'
import { notImplemented } from './define/result'
import { define, pointwise, rowOf } from './define/functions'
import type { PointwiseOp } from './define/pointwise'
import type { PointwiseRow } from './define/row'
import { type Value, sub as difference, where as select } from './define/value'

const LN2 = Math.LN2
const LN10 = Math.LN10

/** Zeros like `input`, whatever its values. */
define('zerosLike(input: Tensor)', {
  emit: ({ input }) => input.builder.literal(0, input.code, input.priority),
  gradients: { input: (g) => g.zerosLike() }
})

/** The gradient of steps: 0 everywhere, for an infinite `g` too. */
const zero = (g: Value): Value => g.zerosLike()
const same = (g: Value): Value => g

// ---- arithmetic ----

/** `input ± alpha * other`: one pass over a block where a product and a sum take two, with their bits. */
function scaledSum(name: 'add' | 'sub', input: Expr, other: Expr, alpha: Expr | null): Expr {
  if (alpha === null) return applyKernel(name, [input, other])
  const { builder } = input
  const code = builder.commonCode([input, other])
  if (other.isNumber && code !== BOOL) return applyKernel(name, [input, applyKernel('mul', [other, alpha])])
  if (!isFloating(code)) {
    const product = applyKernel('mul', [builder.cast(other, code), alpha])
    return applyKernel(name, [input, builder.cast(product, code)])
  }
  return applyKernel(`${name}Product`, [input, other, alpha])
}

const scaled = (g: Value, alpha: Value | null): Value => (alpha === null ? g : g.mul(alpha))

/** `input + alpha * other`, elementwise. */
export const add = pointwise('add(input: operand, other: operand, *, alpha: scalar = 1)', {
  neutral: ['alpha'],
  check: (input, other, alpha) => checkAlpha(input, other, alpha),
  emit: ({ input, other }, { alpha }) => scaledSum('add', input, other, alpha),
  gradients: { input: same, other: (g, _, { alpha }) => scaled(g, alpha) }
})

/** `input - alpha * other`, elementwise. */
export const sub = pointwise('sub(input: operand, other: operand, *, alpha: scalar = 1)', {
  neutral: ['alpha'],
  nodeOfNumber: { input: 'RsubBackward1' },
  check: (input, other, alpha) => checkAlpha(input, other, alpha),
  emit: ({ input, other }, { alpha }) => {
    checkSubtraction(input, other)
    return scaledSum('sub', input, other, alpha)
  },
  gradients: { input: same, other: (g, _, { alpha }) => scaled(g.neg(), alpha) }
})

/** `other - alpha * input`, elementwise. */
export const rsub = pointwise('rsub(input: Tensor, other: operand, *, alpha: scalar = 1)', {
  neutral: ['alpha'],
  nodeOfNumber: { other: 'RsubBackward1' },
  places: ['torch'],
  check: (input, other, alpha) => checkAlpha(other, input, alpha),
  emit: ({ input, other }, { alpha }) => {
    checkSubtraction(other, input)
    return scaledSum('sub', other, input, alpha)
  },
  gradients: { input: (g, _, { alpha }) => scaled(g.neg(), alpha), other: same }
})

/** Product, elementwise. */
export const mul = pointwise('mul(input: operand, other: operand)', {
  gradients: { input: (g, { other }) => g.mul(other), other: (g, { input }) => g.mul(input) }
})

/** Quotient, elementwise; integers give float32 unless a rounding mode is named. */
export const div = pointwise(
  'div(input: operand, other: operand, *, roundingMode: str? = null)',
  {
    promotion: 'float',
    gradients: {
      input: (g, { other }) => g.div(other),
      other: (g, { input, other }) => g.neg().mul(input.div(other).div(other))
    }
  },
  (input, other, roundingMode) => rowOf(roundedDivision(roundingMode)).binary(input, other)
)

/** `-input`. */
export const neg = pointwise('neg(input: Tensor)', {
  unsupported: () => new TypeError(`Negation, the \`-\` operator, on a bool tensor is not supported. ${INVERT}`),
  gradients: { input: (g) => g.neg() }
})

/** Absolute value; the gradient at 0 is 0. */
export const abs = pointwise('abs(input: Tensor)', { gradients: { input: (g, { input }) => g.mul(input.sign()) } })

/** -1, 0 or 1. */
export const sign = pointwise('sign(input: Tensor)', { gradients: { input: zero } })

/** `1 / input`. */
export const reciprocal = pointwise('reciprocal(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { output }) => g.neg().mul(output.mul(output)) }
})

/** Square root. */
export const sqrt = pointwise('sqrt(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { output }) => g.div(output.mul(2)) }
})

/** `1 / sqrt(input)`. */
export const rsqrt = pointwise('rsqrt(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { output }) => g.mul(-0.5).mul(output.mul(output).mul(output)) }
})

/** Division rounded toward minus infinity; integer division by zero throws. PyTorch has no derivative. */
export const floorDivide = pointwise('floorDivide(input: operand, other: operand)', {
  node: 'NotImplemented',
  undifferentiable: 'derivative for aten::floor_divide is not implemented',
  method: 'floorDivideLast',
  failure: divisionByZero,
  gradients: { input: zero, other: zero }
})

// `div` rounded so, and quotients in formulas, have the gradient 0.
define('floorQuotient(input: operand, other: operand)', {
  node: 'DivBackward2',
  method: 'floorDivide',
  failure: divisionByZero,
  forward: ({ input, other }) => input.floorDivideLast(other),
  gradients: { input: zero, other: zero }
})

/** Division rounded toward zero; integer division by zero throws. */
define('truncDivide(input: operand, other: operand)', {
  node: 'DivBackward2',
  failure: divisionByZero,
  gradients: { input: zero, other: zero }
})

/** Remainder with the divisor's sign, as Python's `%`. */
export const remainder = pointwise('remainder(input: operand, other: operand)', {
  node: 'RemainderBackward1',
  nodeOfNumber: { other: 'RemainderBackward0' },
  failure: divisionByZero,
  gradients: { input: same, other: (g, { input, other }) => g.neg().mul(input.floorDivide(other)) }
})

/** Remainder with the dividend's sign, as C's `fmod`. */
export const fmod = pointwise('fmod(input: operand, other: operand)', {
  node: 'FmodBackward1',
  nodeOfNumber: { other: 'FmodBackward0' },
  failure: divisionByZero,
  gradients: { input: same, other: (g, { input, other }) => g.neg().mul(input.truncDivide(other)) }
})

// ---- rounding ----

/** A row that leaves integers as they are and has no bool. */
const rounding = (name: string) => ({
  emit: ({ input }: { readonly input: Expr }): Value =>
    isFloating(input.code) || input.code === BOOL ? applyKernel(name, [input]) : input,
  gradients: { input: zero }
})

/** Rounds down; integers stay as they are. */
export const floor = pointwise('floor(input: Tensor)', rounding('floor'))
/** Rounds up; integers stay as they are. */
export const ceil = pointwise('ceil(input: Tensor)', rounding('ceil'))
/** Rounds toward zero; integers stay as they are. */
export const trunc = pointwise('trunc(input: Tensor)', rounding('trunc'))

// With a scale above 1, for decimals behind the point and before it.
const toDecimals = { node: 'RoundBackward1', floats: 'round_cpu', gradients: { input: zero } }
define('roundBehind(input: Tensor, scale: operand)', {
  ...toDecimals,
  forward: ({ input, scale }) => input.mul(scale).round().div(scale)
})
define('roundBefore(input: Tensor, scale: operand)', {
  ...toDecimals,
  forward: ({ input, scale }) => input.div(scale).round().mul(scale)
})

/** The row that rounds to a number of decimals that is not 0, and its scale. */
export const roundingTo = (decimals: number): [op: PointwiseOp, scale: number] => [
  rowOf(decimals > 0 ? 'roundBehind' : 'roundBefore'),
  10 ** Math.abs(decimals)
]

/** Rounds half to even, at a number of decimals that may be negative; integers, which have none, stay as they are. */
export const round = pointwise(
  'round(input: Tensor, *, decimals: int = 0)',
  { ...rounding('round'), neutral: ['decimals'], places: ['torch', 'Tensor', 'special'] },
  (input, decimals) => {
    if (decimals === 0) return rowOf('round').unary(input)
    const [op, scale] = roundingTo(decimals)
    return op.numberSecond(input, scale)
  }
)

// ---- exponentials and logarithms ----

/** `e ** input`; integers and bool give float32, as in all functions here. */
export const exp = pointwise('exp(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { output }) => g.mul(output) }
})

/** `2 ** input`. */
export const exp2 = pointwise('exp2(input: Tensor)', {
  promotion: 'float',
  places: ['torch', 'Tensor', 'special'],
  gradients: { input: (g, { output }) => g.mul(output).mul(LN2) }
})

/** `exp(input) - 1`, exact near 0. */
export const expm1 = pointwise('expm1(input: Tensor)', {
  promotion: 'float',
  places: ['torch', 'Tensor', 'special'],
  gradients: { input: (g, { output }) => g.mul(output.add(1)) }
})

/** Natural logarithm; NaN below 0. */
export const log = pointwise('log(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.div(input) }
})

/** Logarithm to base 2. */
export const log2 = pointwise('log2(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.div(input.mul(LN2)) }
})

/** Logarithm to base 10. */
export const log10 = pointwise('log10(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.div(input.mul(LN10)) }
})

/** `log(1 + input)`, exact near 0. */
export const log1p = pointwise('log1p(input: Tensor)', {
  node: 'Log1PBackward0',
  promotion: 'float',
  places: ['torch', 'Tensor', 'special'],
  gradients: { input: (g, { input }) => g.div(input.add(1)) }
})

/** `log(exp(input) + exp(other))`, without overflow; floats only. */
export const logaddexp = pointwise('logaddexp(input: Tensor, other: Tensor)', {
  together: true,
  floats: 'logaddexp_cpu',
  forward: ({ input, other }) => {
    // Equal infinities are their own result; their difference is NaN.
    const larger = input.maximum(other)
    const sum = larger.add(input.sub(other).abs().neg().exp().log1p())
    return select(input.eq(other).logicalAnd(input.isinf()), input, sum)
  },
  gradients: {
    // The float is negated: the other operand may be of bools.
    input: (g, { input, other }) => g.mul(input.neg().add(other).neg().sigmoid()),
    other: (g, { input, other }) => g.mul(other.neg().add(input).neg().sigmoid())
  }
})

// ---- trigonometry ----

/** Sine of an angle in radians. */
export const sin = pointwise('sin(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.mul(input.cos()) }
})

/** Cosine of an angle in radians. */
export const cos = pointwise('cos(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.mul(input.sin().neg()) }
})

/** Tangent of an angle in radians. */
export const tan = pointwise('tan(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { output }) => g.mul(output.mul(output).add(1)) }
})

/** Inverse sine in radians; NaN outside [-1, 1]. */
export const asin = pointwise('asin(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.mul(difference(1, input.mul(input)).rsqrt()) }
})

/** Inverse cosine in radians; NaN outside [-1, 1]. */
export const acos = pointwise('acos(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.mul(difference(1, input.mul(input)).rsqrt().neg()) }
})

/** Inverse tangent in radians. */
export const atan = pointwise('atan(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.div(input.mul(input).add(1)) }
})

/** Hyperbolic sine. */
export const sinh = pointwise('sinh(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.mul(input.cosh()) }
})

/** Hyperbolic cosine. */
export const cosh = pointwise('cosh(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.mul(input.sinh()) }
})

/** Inverse hyperbolic sine. */
export const asinh = pointwise('asinh(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.mul(input.mul(input).add(1).rsqrt()) }
})

/** Inverse hyperbolic cosine; NaN below 1. */
export const acosh = pointwise('acosh(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.mul(input.mul(input).sub(1).rsqrt()) }
})

/** Inverse hyperbolic tangent; NaN outside [-1, 1]. */
export const atanh = pointwise('atanh(input: Tensor)', {
  promotion: 'float',
  gradients: { input: (g, { input }) => g.div(difference(1, input.mul(input))) }
})

/** `1 / (x^2 + y^2)`, and 0 where the squares underflow, as in PyTorch: at the origin there is no slope. */
const inverseSquaredRadius = (x: Value, y: Value): Value => {
  const squares = x.mul(x).add(y.mul(y))
  return select(squares.eq(0), 0, squares.reciprocal())
}

/** Angle of the point (other, input). */
export const atan2 = pointwise('atan2(input: operand, other: operand)', {
  promotion: 'float',
  gradients: {
    input: (g, { input, other }) => g.mul(other).mul(inverseSquaredRadius(input, other)),
    other: (g, { input, other }) => g.neg().mul(input).mul(inverseSquaredRadius(input, other))
  }
})

// ---- sigmoids ----

/** Hyperbolic tangent. */
export const tanh = pointwise('tanh(input: Tensor)', {
  promotion: 'float',
  places: ['torch', 'Tensor', 'nn.functional'],
  gradients: { input: (g, { output }) => g.mul(difference(1, output.mul(output))) }
})

/** Logistic function, `1 / (1 + exp(-input))`. */
export const sigmoid = pointwise('sigmoid(input: Tensor)', {
  promotion: 'float',
  places: ['torch', 'Tensor', 'nn.functional'],
  gradients: { input: (g, { output }) => g.mul(difference(1, output)).mul(output) }
})

/** `max(input, 0)`; the gradient at 0 is 0. */
export const relu = pointwise('relu(input: Tensor)', {
  emit: ({ input }) => {
    if (input.code === BOOL) throw new TypeError('Boolean inputs not supported for relu')
    return input.maximum(0)
  },
  gradients: { input: (g, { output }) => select(output.le(0), 0, g) }
})

/** Error function. */
export const erf = pointwise('erf(input: Tensor)', {
  promotion: 'float',
  places: ['torch', 'Tensor', 'special'],
  gradients: {
    input: (g, { input }) =>
      g.mul(
        input
          .mul(input)
          .neg()
          .exp()
          .mul(2 / Math.sqrt(Math.PI))
      )
  }
})

// ---- order ----

/** Larger of two, NaN wins; at ties each side takes half of the gradient. */
export const maximum = pointwise('maximum(input: operand, other: operand)', {
  gradients: {
    input: (g, { input, other }) => select(input.lt(other), 0, select(input.eq(other), g.div(2), g)),
    other: (g, { input, other }) => select(input.gt(other), 0, select(input.eq(other), g.div(2), g))
  }
})

/** Smaller of two, NaN wins; at ties each side takes half of the gradient. */
export const minimum = pointwise('minimum(input: operand, other: operand)', {
  gradients: {
    input: (g, { input, other }) => select(input.gt(other), 0, select(input.eq(other), g.div(2), g)),
    other: (g, { input, other }) => select(input.lt(other), 0, select(input.eq(other), g.div(2), g))
  }
})

/** Larger of two; NaN loses. */
export const fmax = pointwise('fmax(input: operand, other: operand)', {
  gradients: {
    input: (g, { input, other }) => select(input.ge(other).logicalOr(other.isnan()), g, 0),
    other: (g, { input, other }) => select(input.ge(other).logicalOr(other.isnan()), 0, g)
  }
})

/** Smaller of two; NaN loses. */
export const fmin = pointwise('fmin(input: operand, other: operand)', {
  gradients: {
    input: (g, { input, other }) => select(input.le(other).logicalOr(other.isnan()), g, 0),
    other: (g, { input, other }) => select(input.le(other).logicalOr(other.isnan()), 0, g)
  }
})

/** Limits to [min, max]; either may be left out or null. The gradient passes at the bounds; min > max gives max. */
export const clamp = pointwise('clamp(input: Tensor, min: operand? = null, max: operand? = null)', {
  nodeOfNumber: { min: 'ClampBackward1', max: 'ClampBackward1' },
  check: (input, min, max) => checkBounds(input, min, max),
  forward: ({ input, min, max }) => {
    if (min === null && max === null) throw noBounds()
    const raised = min === null ? input : input.maximum(min)
    return max === null ? raised : raised.minimum(max)
  },
  gradients: {
    input: (g, { input, min, max }) => {
      const isAbove = min && input.ge(min)
      const isBelow = max && input.le(max)
      return select(isAbove && isBelow ? isAbove.logicalAnd(isBelow) : (isAbove ?? isBelow)!, g, 0)
    },
    min: (g, { input, min, max }) => {
      const isRaised = input.lt(min!)
      return select(max === null ? isRaised : isRaised.logicalAnd(min!.lt(max)), g, 0)
    },
    max: (g, { input, min, max }) => {
      const isLowered = input.gt(max!)
      return select(min === null ? isLowered : isLowered.logicalOr(min.gt(max!)), g, 0)
    }
  }
})

// Public with its other form, in where.ts.
const choice = pointwise('where(condition: Tensor, input: operand, other: operand)', {
  promotion: 'select',
  method: 'select',
  places: ['torch'],
  check: checkSelection,
  gradients: {
    input: (g, { condition }) => select(condition, g, 0),
    other: (g, { condition }) => select(condition, 0, g)
  }
})
/** `input` where `condition` (bool or uint8) holds, else `other`. */
export const where = choice

/** NaN and infinities replaced by numbers; null stands for the largest and the least of the dtype. */
export const nanToNum = pointwise(
  'nanToNum(input: Tensor, nan: float = 0, posinf: float? = null, neginf: float? = null)',
  {
    emit: ({ input }, { nan, posinf, neginf }) => {
      if (!isFloating(input.code)) return input
      const largest = largestOf(input.storedCode)
      const low = select(input.eq(-Infinity), neginf ?? -largest, input)
      return select(input.isnan(), nan, select(input.eq(Infinity), posinf ?? largest, low))
    },
    gradients: { input: (g, { input }) => g.mul(input.isfinite()) }
  }
)

// ---- products and mixtures ----

/** `input + value * tensor1 * tensor2`. */
export const addcmul = pointwise('addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: scalar = 1)', {
  neutral: ['value'],
  unsupported: (code) => notImplemented('addcmul_cpu_out', code),
  emit: ({ input, tensor1, tensor2 }, { value }) => {
    const { builder } = input
    const code = builder.commonCode([input, tensor1, tensor2])
    if (code === BOOL) throw new UnsupportedDtype('mul', code)
    const [start, left, right] = [input, tensor1, tensor2].map((each) => builder.cast(each, code))
    return start.add(scaled(left, value && builder.cast(value, code)).mul(right))
  },
  gradients: {
    input: same,
    tensor1: (g, { tensor2 }, { value }) => g.mul(scaled(tensor2, value)),
    tensor2: (g, { tensor1 }, { value }) => g.mul(scaled(tensor1, value))
  }
})

/** `input + value * tensor1 / tensor2`; floats only. */
export const addcdiv = pointwise('addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: scalar = 1)', {
  neutral: ['value'],
  emit: ({ input, tensor1, tensor2 }, { value }) => {
    if (!isFloating(tensor1.code) && !isFloating(tensor2.code)) throw integerAddcdiv()
    return input.add(scaled(tensor1, value).div(tensor2))
  },
  gradients: {
    input: same,
    tensor1: (g, { tensor2 }, { value }) => scaled(g, value).div(tensor2),
    tensor2: (g, { tensor1, tensor2 }, { value }) => g.neg().mul(scaled(tensor1, value).div(tensor2.mul(tensor2)))
  }
})

/** `input + weight * (end - input)`, exact at both ends; floats of one dtype only, and any number or 0-d weight. */
export const lerp = pointwise('lerp(input: Tensor, end: Tensor, weight: operand)', {
  floats: 'lerp_kernel_scalar',
  node: 'LerpBackward1',
  nodeOfNumber: { weight: 'LerpBackward0' },
  emit: ({ input, end, weight }) => {
    checkMixed(input, weight.priority === ZERO_DIM ? { end } : { end, weight })
    const share = weight.isNumber ? weight : input.builder.cast(weight, input.code)
    const way = end.sub(input)
    return select(share.abs().lt(0.5), input.add(share.mul(way)), end.sub(way.mul(difference(1, share))))
  },
  gradients: {
    input: (g, { weight }) => g.mul(difference(1, weight)),
    end: (g, { weight }) => g.mul(weight),
    weight: (g, { input, end }) => g.mul(end.sub(input))
  }
})

// ---- comparisons and logic: bool results, never differentiable ----

/** What a comparison is in place: steps, over the elements of a float. */
const comparison = (name: string): PointwiseRow<'eq(input: operand, other: operand)'> => ({
  node: `${name}Backward1`,
  nodeOfNumber: { other: `${name}Backward0` },
  gradients: { input: zero, other: zero }
})

/** `input == other`; NaN equals nothing. */
export const eq = pointwise('eq(input: operand, other: operand)', comparison('Eq'))
/** `input != other`; NaN differs from everything. */
export const ne = pointwise('ne(input: operand, other: operand)', comparison('Ne'))
/** `input < other`. */
export const lt = pointwise('lt(input: operand, other: operand)', comparison('Lt'))
/** `input <= other`. */
export const le = pointwise('le(input: operand, other: operand)', comparison('Le'))
/** `input > other`. */
export const gt = pointwise('gt(input: operand, other: operand)', comparison('Gt'))
/** `input >= other`. */
export const ge = pointwise('ge(input: operand, other: operand)', comparison('Ge'))

const logic = { gradients: { input: zero, other: zero } }

/** True where both are nonzero; NaN counts as nonzero. */
export const logicalAnd = pointwise('logicalAnd(input: operand, other: operand)', logic)
/** True where one or both are nonzero; NaN counts as nonzero. */
export const logicalOr = pointwise('logicalOr(input: operand, other: operand)', logic)
/** True where exactly one is nonzero; NaN counts as nonzero. */
export const logicalXor = pointwise('logicalXor(input: operand, other: operand)', logic)
/** True where `input` is 0. */
export const logicalNot = pointwise('logicalNot(input: Tensor)', { gradients: { input: zero } })
/** Bits set in both; integers and bool only. */
export const bitwiseAnd = pointwise('bitwiseAnd(input: operand, other: operand)')
/** Bits set in one or both; integers and bool only. */
export const bitwiseOr = pointwise('bitwiseOr(input: operand, other: operand)')
/** Bits set in exactly one; integers and bool only. */
export const bitwiseXor = pointwise('bitwiseXor(input: operand, other: operand)')
/** All bits flipped, for bool the opposite; integers and bool only. */
export const bitwiseNot = pointwise('bitwiseNot(input: Tensor)')

/** A test of floating values, whose answer for integers is known. */
const classification = (name: string, ofIntegers: boolean): PointwiseRow<'isnan(input: Tensor)'> => ({
  emit: ({ input }) =>
    isFloating(input.code)
      ? applyKernel(name, [input])
      : input.builder.literal(Number(ofIntegers), BOOL, input.priority)
})

/** True where an element is NaN. */
export const isnan = pointwise('isnan(input: Tensor)', classification('isnan', false))
/** True where an element is Infinity or -Infinity. */
export const isinf = pointwise('isinf(input: Tensor)', classification('isinf', false))
/** True where an element is neither infinite nor NaN. */
export const isfinite = pointwise('isfinite(input: Tensor)', classification('isfinite', true))
