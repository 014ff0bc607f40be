// Rows of the pointwise ops: kernel or forward over symbols, and one derivative per argument.
// A kernel row of the same name is the forward unless `forward` says otherwise.

import { kernelRow } from '../launch'
import { BOOL, UINT8, isFloating } from '../dtype'
import { Expr } from '../expression'
import { checkArity } from '../kinds'
import { Tensor } from '../tensor'
import {
  type AlphaOptions,
  type Bound,
  type ClampOptions,
  type DivOptions,
  INVERT,
  NEGATIVE_POWER,
  checkNumbersFit,
  checkPower,
  checkSubtraction,
  clampBounds,
  roundedDivision,
  scaled,
  specialPower
} from './arguments'
import { type Operand, checkTensor, torchTypeName } from './define/result'
import { type Unary, binary, pointwiseOps, scalarValue, ternary, unary } from './define/pointwise'
import type { Formula } from './define/row'

const asValue = (symbol: Expr): Tensor => symbol as unknown as Tensor

const LN2 = Math.LN2
const LN10 = Math.LN10

/** Zeros like `self`, whatever its values. */
const zeroOf = unary('zerosLike', {
  forward: (self) => {
    const symbol = self as unknown as Expr
    return asValue(symbol.builder.literal(0, symbol.code, symbol.priority))
  },
  self: (g) => zeroOf(g)
})

/** The gradient of steps: 0 everywhere, for an infinite `g` too. */
const zero: Formula = (g) => zeroOf(g)

// ---- arithmetic ----

const addition = binary('add', { self: (g) => g, other: (g) => g })

/** `self + alpha * other`, elementwise. */
export function add(self: Operand, other: Operand, options?: AlphaOptions): Tensor {
  checkArity('add', arguments.length, 3)
  return addition(self, options === undefined ? other : scaled('add', self, other, options))
}

const subtraction = binary('sub', {
  nodeScalarFirst: 'RsubBackward1',
  self: (g) => g,
  other: (g) => g.neg()
})

/** `self - alpha * other`, elementwise. */
export function sub(self: Operand, other: Operand, options?: AlphaOptions): Tensor {
  checkArity('sub', arguments.length, 3)
  checkSubtraction(self, other)
  return subtraction(self, options === undefined ? other : scaled('sub', self, other, options))
}

/** Product, elementwise. */
export const mul = binary('mul', { self: (g, { other }) => g.mul(other), other: (g, { self }) => g.mul(self) })

const quotient = binary('div', {
  promotion: 'float',
  self: (g, { other }) => g.div(other),
  other: (g, { self, other }) => g.neg().mul(quotient(self, other).div(other))
})

/** Quotient, elementwise; integers give float32 unless a rounding mode is named. */
export function div(self: Operand, other: Operand, options?: DivOptions): Tensor {
  checkArity('div', arguments.length, 3)
  if (options === undefined) return quotient(self, other)
  return divisions[roundedDivision('div', options)](self, other)
}

/** `-self`. */
export const neg = unary('neg', {
  unsupported: () => new TypeError(`Negation, the \`-\` operator, on a bool tensor is not supported. ${INVERT}`),
  self: (g) => g.neg()
})

/** Absolute value; the gradient at 0 is 0. */
export const abs = unary('abs', { self: (g, { self }) => g.mul(self.sign()) })

/** -1, 0 or 1. */
export const sign = unary('sign', { self: zero })

/** `1 / self`. */
export const reciprocal = unary('reciprocal', {
  promotion: 'float',
  self: (g, { output }) => g.neg().mul(output.mul(output))
})

const squared = unary('square', { node: 'PowBackward0', self: (g, { self }) => g.mul(self.mul(2)) })

/** `self * self`; bool counts as int64. */
export const square: Unary = function (self) {
  checkArity('square', arguments.length, 1)
  return squared(self instanceof Tensor && self.code === BOOL ? mul(self, 1) : self)
}

/** Square root. */
export const sqrt = unary('sqrt', { promotion: 'float', self: (g, { output }) => g.div(output.mul(2)) })

/** `1 / sqrt(self)`. */
export const rsqrt = unary('rsqrt', {
  promotion: 'float',
  self: (g, { output }) => g.mul(-0.5).mul(output.mul(output).mul(output))
})

// d/dx x^y is 0 for y = 0, whatever x is.
const powSelf: Formula = (g, { self, other }) =>
  typeof other === 'number'
    ? other === 0
      ? zeroOf(g)
      : g.mul(powGeneral(self, other - 1).mul(other))
    : where(eq(other, 0), 0, g.mul(powGeneral(self, other.sub(1)).mul(other)))

const powNodes = { node: 'PowBackward1', nodeScalarSecond: 'PowBackward0', nodeScalarFirst: 'PowBackward2' }

const powGeneral = binary('pow', {
  ...powNodes,
  failure: () => new RangeError(NEGATIVE_POWER),
  unsupported: (code) => new TypeError(`"pow" not implemented for '${torchTypeName(code)}'`),
  self: powSelf,
  // x^y log x, which is 0 where x = 0 and y >= 0.
  other: (g, { self, other, output }) =>
    where(logicalAnd(eq(self, zeroOf(other)), ge(other, 0)), 0, g.mul(output.mul(log(asTensor(self, other)))))
})

/** A power with an exponent that needs no logarithm. At -0 and -Infinity these differ from C's pow, as PyTorch's do. */
function powOf(name: string, exponent: number, forward: (self: Tensor) => Tensor): void {
  const formula: Formula = exponent === 1 ? (g) => g : (g, { self }) => g.mul(pow(self, exponent - 1).mul(exponent))
  unary(name, { node: powNodes.nodeScalarSecond, forward, self: formula })
}

// Named in `specialPower`.
powOf('pow1', 1, (self) => self)
powOf('pow3', 3, (self) => self.mul(self).mul(self))
powOf('powHalf', 0.5, (self) => self.sqrt())
powOf('powMinusHalf', -0.5, (self) => self.rsqrt())
powOf('powMinus1', -1, (self) => self.reciprocal())
powOf('powMinus2', -2, (self) => self.mul(self).reciprocal())

/** `self ** other`, elementwise. A negative integer power of integers throws. */
export function pow(self: Operand, other: Operand): Tensor {
  checkArity('pow', arguments.length, 2)
  const special = specialPower(self, other)
  if (special === null) {
    checkPower(self, other)
    return powGeneral(self, other)
  }
  const op = pointwiseOps.get(special)!
  return self instanceof Tensor ? op.unary(self) : asValue(op.emit([self as unknown as Expr]))
}

/** A formula's value as tensor or symbol where the op may have had a number, in the dtype that `like` promotes it to. */
const asTensor = (value: Tensor, like: Tensor): Tensor => add(value, zeroOf(like))

/** Division rounded toward minus infinity; integer division by zero throws. */
export const floorDivide = binary('floorDivide', {
  node: 'DivBackward2',
  self: zero,
  other: zero,
  failure: () => new RangeError('ZeroDivisionError: integer division or modulo by zero')
})

/** Division rounded toward zero; integer division by zero throws. */
export const truncDivide = binary('truncDivide', {
  node: 'DivBackward2',
  self: zero,
  other: zero,
  failure: () => new RangeError('ZeroDivisionError: integer division or modulo by zero')
})

const divisions = { div: quotient, floorDivide, truncDivide }

/** Remainder with the divisor's sign, as Python's `%`. */
export const remainder = binary('remainder', {
  failure: () => new RangeError('ZeroDivisionError: integer division or modulo by zero'),
  self: (g) => g,
  other: (g, { self, other }) => g.neg().mul(floorDivide(self, other))
})

/** Remainder with the dividend's sign, as C's `fmod`. */
export const fmod = binary('fmod', {
  failure: () => new RangeError('ZeroDivisionError: integer division or modulo by zero'),
  self: (g) => g,
  other: (g, { self, other }) => g.neg().mul(truncDivide(self, other))
})

// ---- rounding ----

/** An op that leaves integers as they are and has no bool. */
function rounding(name: string): Unary {
  const row = kernelRow('pointwise', name)
  return unary(name, {
    forward: (self) => {
      const symbol = self as unknown as Expr
      const keeps = !isFloating(symbol.code) && symbol.code !== BOOL
      return keeps ? self : asValue(symbol.builder.instruction(row, symbol.code, [symbol]))
    },
    self: zero
  })
}

/** Rounds down; integers stay as they are. */
export const floor = rounding('floor')
/** Rounds up; integers stay as they are. */
export const ceil = rounding('ceil')
/** Rounds toward zero; integers stay as they are. */
export const trunc = rounding('trunc')
/** Rounds half to even. */
export const round = rounding('round')

// ---- exponentials and logarithms ----

/** `e ** self`; integers and bool give float32, as in all functions here. */
export const exp = unary('exp', { promotion: 'float', self: (g, { output }) => g.mul(output) })
/** `2 ** self`. */
export const exp2 = unary('exp2', { promotion: 'float', self: (g, { output }) => g.mul(output).mul(LN2) })
/** `exp(self) - 1`, exact near 0. */
export const expm1 = unary('expm1', { promotion: 'float', self: (g, { output }) => g.mul(output.add(1)) })
/** Natural logarithm; NaN below 0. */
export const log = unary('log', { promotion: 'float', self: (g, { self }) => g.div(self) })
/** Logarithm to base 2. */
export const log2 = unary('log2', { promotion: 'float', self: (g, { self }) => g.div(self.mul(LN2)) })
/** Logarithm to base 10. */
export const log10 = unary('log10', { promotion: 'float', self: (g, { self }) => g.div(self.mul(LN10)) })
/** `log(1 + self)`, exact near 0. */
export const log1p = unary('log1p', { promotion: 'float', self: (g, { self }) => g.div(self.add(1)) })

// ---- trigonometry ----

/** Sine of an angle in radians. */
export const sin = unary('sin', { promotion: 'float', self: (g, { self }) => g.mul(self.cos()) })
/** Cosine of an angle in radians. */
export const cos = unary('cos', { promotion: 'float', self: (g, { self }) => g.mul(self.sin().neg()) })
/** Tangent of an angle in radians. */
export const tan = unary('tan', { promotion: 'float', self: (g, { output }) => g.mul(output.mul(output).add(1)) })
/** Inverse sine in radians; NaN outside [-1, 1]. */
export const asin = unary('asin', { promotion: 'float', self: (g, { self }) => g.mul(sub(1, self.mul(self)).rsqrt()) })
/** Inverse cosine in radians; NaN outside [-1, 1]. */
export const acos = unary('acos', {
  promotion: 'float',
  self: (g, { self }) => g.mul(sub(1, self.mul(self)).rsqrt().neg())
})
/** Inverse tangent in radians. */
export const atan = unary('atan', { promotion: 'float', self: (g, { self }) => g.div(self.mul(self).add(1)) })
/** Hyperbolic sine. */
export const sinh = unary('sinh', { promotion: 'float', self: (g, { self }) => g.mul(self.cosh()) })
/** Hyperbolic cosine. */
export const cosh = unary('cosh', { promotion: 'float', self: (g, { self }) => g.mul(self.sinh()) })
/** Angle of the point (other, self). */
export const atan2 = binary('atan2', {
  promotion: 'float',
  self: (g, { self, other }) => g.mul(div(other, self.mul(self).add(other.mul(other)))),
  other: (g, { self, other }) => g.neg().mul(div(self, self.mul(self).add(other.mul(other))))
})

// ---- sigmoids ----

/** Hyperbolic tangent. */
export const tanh = unary('tanh', { promotion: 'float', self: (g, { output }) => g.mul(sub(1, output.mul(output))) })
/** Logistic function, `1 / (1 + exp(-self))`. */
export const sigmoid = unary('sigmoid', {
  promotion: 'float',
  self: (g, { output }) => g.mul(sub(1, output)).mul(output)
})
/** `max(self, 0)`; the gradient at 0 is 0. */
export const relu = unary('relu', {
  forward: (self) => {
    if ((self as unknown as Expr).code === BOOL) throw new TypeError('Boolean inputs not supported for relu')
    return self.maximum(0)
  },
  self: (g, { output }) => where(output.le(0), 0, g)
})
/** Error function. */
export const erf = unary('erf', {
  promotion: 'float',
  self: (g, { self }) =>
    g.mul(
      self
        .mul(self)
        .neg()
        .exp()
        .mul(2 / Math.sqrt(Math.PI))
    )
})

// ---- order ----

/** Larger of two, NaN wins; at ties each side takes half of the gradient. */
export const maximum = binary('maximum', {
  self: (g, { self, other }) => where(lt(self, other), 0, where(eq(self, other), g.div(2), g)),
  other: (g, { self, other }) => where(gt(self, other), 0, where(eq(self, other), g.div(2), g))
})

/** Smaller of two, NaN wins; at ties each side takes half of the gradient. */
export const minimum = binary('minimum', {
  self: (g, { self, other }) => where(gt(self, other), 0, where(eq(self, other), g.div(2), g)),
  other: (g, { self, other }) => where(lt(self, other), 0, where(eq(self, other), g.div(2), g))
})

/** Larger of two; NaN loses. */
export const fmax = binary('fmax', {
  self: (g, { self, other }) => where(logicalOr(ge(self, other), isnan(asTensor(other, self))), g, 0),
  other: (g, { self, other }) => where(logicalOr(ge(self, other), isnan(asTensor(other, self))), 0, g)
})

/** Smaller of two; NaN loses. */
export const fmin = binary('fmin', {
  self: (g, { self, other }) => where(logicalOr(le(self, other), isnan(asTensor(other, self))), g, 0),
  other: (g, { self, other }) => where(logicalOr(le(self, other), isnan(asTensor(other, self))), 0, g)
})

const clampNodes = { node: 'ClampBackward0', nodeScalarSecond: 'ClampBackward1' }

const clampMin = binary('clampMin', {
  ...clampNodes,
  forward: (self, min) => self.maximum(min),
  self: (g, { self, other }) => where(ge(self, other), g, 0),
  other: (g, { self, other }) => where(lt(self, other), g, 0)
})

const clampMax = binary('clampMax', {
  ...clampNodes,
  forward: (self, max) => self.minimum(max),
  self: (g, { self, other }) => where(le(self, other), g, 0),
  other: (g, { self, other }) => where(gt(self, other), g, 0)
})

const clampBoth = ternary('clampBoth', {
  ...clampNodes,
  forward: (self, min, max) => self.maximum(min).minimum(max),
  self: (g, { self, other, third }) => where(logicalAnd(ge(self, other), le(self, third)), g, 0),
  other: (g, { self, other, third }) => where(logicalAnd(lt(self, other), lt(other, third)), g, 0),
  third: (g, { self, other, third }) => where(logicalOr(gt(self, third), gt(other, third)), g, 0)
})

/** Limits to [min, max]; either may be left out or null. The gradient passes at the bounds; min > max gives max. */
export function clamp(self: Tensor, min?: Bound | ClampOptions, max?: Bound): Tensor {
  checkArity('clamp', arguments.length, 3)
  if (!((self as object) instanceof Expr)) checkTensor(self, 'clamp', 'self')
  const [low, high] = clampBounds('clamp', self, min, max)
  if (low === null) return clampMax(self, high!)
  return high === null ? clampMin(self, low) : clampBoth(self, low, high)
}

/** `self` where the condition holds, else `other`. */
const select = ternary('where', {
  promotion: 'select',
  other: (g, { self }) => where(self, g, 0),
  third: (g, { self }) => where(self, 0, g)
})

function checkWhereNumbers(self: Operand, other: Operand): void {
  for (const operand of [self, other]) {
    if ((operand as object) instanceof Expr) return
    if (!(operand instanceof Tensor)) scalarValue(operand, 'where')
  }
  checkNumbersFit([self, other])
}

/** `self` where `condition` (bool or uint8) holds, else `other`. */
export function where(condition: Tensor, self: Operand, other: Operand): Tensor {
  checkArity('where', arguments.length, 3)
  if (!((condition as object) instanceof Expr)) checkTensor(condition, 'where', 'condition')
  if (!(condition instanceof Expr) && condition.code < UINT8) {
    throw new TypeError(
      `where expected condition to be a boolean tensor, but got a tensor with dtype ${torchTypeName(condition.code)}`
    )
  }
  if (typeof self === 'number' || typeof other === 'number') checkWhereNumbers(self, other)
  return select(condition, self, other)
}

// ---- comparisons and logic: bool results, never differentiable ----

/** `self == other`; NaN equals nothing. */
export const eq = binary('eq')
/** `self != other`; NaN differs from everything. */
export const ne = binary('ne')
/** `self < other`. */
export const lt = binary('lt')
/** `self <= other`. */
export const le = binary('le')
/** `self > other`. */
export const gt = binary('gt')
/** `self >= other`. */
export const ge = binary('ge')
/** True where both are nonzero; NaN counts as nonzero. */
export const logicalAnd = binary('logicalAnd')
/** True where one or both are nonzero; NaN counts as nonzero. */
export const logicalOr = binary('logicalOr')
/** True where exactly one is nonzero; NaN counts as nonzero. */
export const logicalXor = binary('logicalXor')
/** True where `self` is 0. */
export const logicalNot = unary('logicalNot')
/** Bits set in both; integers and bool only. */
export const bitwiseAnd = binary('bitwiseAnd')
/** Bits set in one or both; integers and bool only. */
export const bitwiseOr = binary('bitwiseOr')
/** Bits set in exactly one; integers and bool only. */
export const bitwiseXor = binary('bitwiseXor')
/** All bits flipped, for bool the opposite; integers and bool only. */
export const bitwiseNot = unary('bitwiseNot')

/** A test of floating values, whose answer for integers is known. */
function classification(name: string, ofIntegers: boolean): Unary {
  const row = kernelRow('pointwise', name)
  return unary(name, {
    forward: (self) => {
      const { builder, code, priority } = self as unknown as Expr
      const known = builder.literal(Number(ofIntegers), BOOL, priority)
      return asValue(isFloating(code) ? builder.instruction(row, code, [self as unknown as Expr]) : known)
    }
  })
}

/** True where an element is NaN. */
export const isnan = classification('isnan', false)
/** True where an element is Infinity or -Infinity. */
export const isinf = classification('isinf', false)
/** True where an element is neither infinite nor NaN. */
export const isfinite = classification('isfinite', true)

/** The same value; throws when an element is outside [0, 1] or NaN. */
export const checkUnit = unary('checkUnit', {
  failure: () => new RangeError('all elements of input should be between 0 and 1'),
  self: (g) => g
})
