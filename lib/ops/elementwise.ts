// Rows of the pointwise ops: kernel or forward over symbols, and one derivative per argument.
// A kernel row of the same name is the forward unless `forward` says otherwise.

import { dtypeNames } from '../dtype'
import { Expr } from '../expression'
import type { Tensor } from '../tensor'
import { type Operand, torchTypeName } from './define/result'
import { type Formula, binary, ternary, unary } from './define/pointwise'

const LN2 = Math.LN2
const LN10 = Math.LN10

/** Zeros like `self`, whatever its values. */
const zeroOf = unary('zeroOf', {
  forward: (self) => {
    const symbol = self as unknown as Expr
    return symbol.builder.literal(0, symbol.code, symbol.priority) as unknown as Tensor
  },
  self: (g) => zeroOf(g)
})

/** The gradient of steps: 0 everywhere, for an infinite `g` too. */
const zero: Formula = (g) => zeroOf(g)

// ---- arithmetic ----

/** Sum, elementwise. */
export const add = binary('add', { self: (g) => g, other: (g) => g })

/** Difference, elementwise. */
export const sub = binary('sub', {
  nodeScalarFirst: 'RsubBackward1',
  unsupported: (code) =>
    new TypeError(
      code === 5
        ? 'Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.'
        : `"sub" not implemented for '${dtypeNames[code]}'`
    ),
  self: (g) => g,
  other: (g) => g.neg()
})

/** Product, elementwise. */
export const mul = binary('mul', { self: (g, { other }) => g.mul(other), other: (g, { self }) => g.mul(self) })

/** True quotient, elementwise; integers give float32. */
export const div = binary('div', {
  promotion: 'float',
  self: (g, { other }) => g.div(other),
  other: (g, { self, other }) => g.neg().mul(div(self, other).div(other))
})

/** `-self`. */
export const neg = unary('neg', { self: (g) => g.neg() })

/** Absolute value; the gradient at 0 is 0. */
export const abs = unary('abs', { self: (g, { self }) => g.mul(self.sign()) })

/** -1, 0 or 1. */
export const sign = unary('sign', { self: zero })

/** `1 / self`. */
export const reciprocal = unary('reciprocal', {
  promotion: 'float',
  self: (g, { output }) => g.neg().mul(output.mul(output))
})

/** `self * self`. */
export const square = unary('square', { node: 'PowBackward0', self: (g, { self }) => g.mul(self.mul(2)) })

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
      : g.mul(pow(self, other - 1).mul(other))
    : where(eq(other, 0), 0, g.mul(pow(self, other.sub(1)).mul(other)))

/** `self ** other`; see `pow`. */
const powGeneral = binary('pow', {
  node: 'PowBackward1',
  nodeScalarSecond: 'PowBackward0',
  nodeScalarFirst: 'PowBackward2',
  failure: () => new RangeError('Integers to negative integer powers are not allowed.'),
  self: powSelf,
  // x^y log x, which is 0 where x = 0 and y >= 0.
  other: (g, { self, other, output }) =>
    where(logicalAnd(eq(self, zeroOf(other)), ge(other, 0)), 0, g.mul(output.mul(log(asTensor(self, other)))))
})

/** A formula's value as tensor or symbol where the op may have had a number, in the dtype that `like` promotes it to. */
const asTensor = (value: Tensor, like: Tensor): Tensor => add(value, zeroOf(like))

/** `self ** other`, elementwise. A negative integer power of integers throws. */
export function pow(self: Operand, other: Operand): Tensor {
  return other === 2 && typeof self === 'object' ? square(self) : powGeneral(self, other)
}

/** Division rounded toward minus infinity; integer division by zero throws. */
export const floorDivide = binary('floorDivide', {
  failure: () => new RangeError('ZeroDivisionError: integer division or modulo by zero')
})

/** Division rounded toward zero; integer division by zero throws. */
export const truncDivide = binary('truncDivide', {
  failure: () => new RangeError('ZeroDivisionError: integer division or modulo by zero')
})

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

export const floor = unary('floor', { self: zero })
export const ceil = unary('ceil', { self: zero })
export const trunc = unary('trunc', { self: zero })
/** Rounds half to even. */
export const round = unary('round', { self: zero })

// ---- exponentials and logarithms ----

export const exp = unary('exp', { promotion: 'float', self: (g, { output }) => g.mul(output) })
export const exp2 = unary('exp2', { promotion: 'float', self: (g, { output }) => g.mul(output).mul(LN2) })
/** `exp(self) - 1`, exact near 0. */
export const expm1 = unary('expm1', { promotion: 'float', self: (g, { output }) => g.mul(output.add(1)) })
export const log = unary('log', { promotion: 'float', self: (g, { self }) => g.div(self) })
export const log2 = unary('log2', { promotion: 'float', self: (g, { self }) => g.div(self.mul(LN2)) })
export const log10 = unary('log10', { promotion: 'float', self: (g, { self }) => g.div(self.mul(LN10)) })
/** `log(1 + self)`, exact near 0. */
export const log1p = unary('log1p', { promotion: 'float', self: (g, { self }) => g.div(self.add(1)) })

// ---- trigonometry ----

export const sin = unary('sin', { promotion: 'float', self: (g, { self }) => g.mul(self.cos()) })
export const cos = unary('cos', { promotion: 'float', self: (g, { self }) => g.mul(self.sin().neg()) })
export const tan = unary('tan', { promotion: 'float', self: (g, { output }) => g.mul(output.mul(output).add(1)) })
export const asin = unary('asin', { promotion: 'float', self: (g, { self }) => g.mul(sub(1, self.mul(self)).rsqrt()) })
export const acos = unary('acos', { promotion: 'float', self: (g, { self }) => g.mul(sub(1, self.mul(self)).rsqrt().neg()) })
export const atan = unary('atan', { promotion: 'float', self: (g, { self }) => g.div(self.mul(self).add(1)) })
export const sinh = unary('sinh', { promotion: 'float', self: (g, { self }) => g.mul(self.cosh()) })
export const cosh = unary('cosh', { promotion: 'float', self: (g, { self }) => g.mul(self.sinh()) })
/** Angle of the point (other, self). */
export const atan2 = binary('atan2', {
  promotion: 'float',
  self: (g, { self, other }) => g.mul(div(other, square(self).add(square(other)))),
  other: (g, { self, other }) => g.mul(div(neg(self), square(self).add(square(other))))
})

// ---- sigmoids ----

export const tanh = unary('tanh', { promotion: 'float', self: (g, { output }) => g.mul(sub(1, output.mul(output))) })
/** Logistic function, `1 / (1 + exp(-self))`. */
export const sigmoid = unary('sigmoid', {
  promotion: 'float',
  self: (g, { output }) => g.mul(sub(1, output)).mul(output)
})
/** `max(self, 0)`; the gradient at 0 is 0. */
export const relu = unary('relu', {
  forward: (self) => self.maximum(0),
  self: (g, { output }) => where(output.le(0), 0, g)
})
/** Error function. */
export const erf = unary('erf', {
  promotion: 'float',
  self: (g, { self }) => g.mul(self.mul(self).neg().exp().mul(2 / Math.sqrt(Math.PI)))
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
  self: (g, { self, other }) => where(lt(self, other), 0, g),
  other: (g, { self, other }) => where(lt(self, other), g, 0)
})

const clampMax = binary('clampMax', {
  ...clampNodes,
  forward: (self, max) => self.minimum(max),
  self: (g, { self, other }) => where(gt(self, other), 0, g),
  other: (g, { self, other }) => where(gt(self, other), g, 0)
})

const clampBoth = ternary('clampBoth', {
  ...clampNodes,
  forward: (self, min, max) => self.maximum(min).minimum(max),
  self: (g, { self, other, third }) => where(logicalOr(lt(self, other), gt(self, third)), 0, g),
  other: (g, { self, other, third }) => where(logicalAnd(lt(self, other), lt(other, third)), g, 0),
  third: (g, { self, other, third }) => where(logicalOr(gt(self, third), gt(other, third)), g, 0)
})

/** Limits to [min, max]; either may be left out. The gradient passes at the bounds; min > max gives max. */
export function clamp(self: Tensor, min?: Operand | null, max?: Operand | null): Tensor {
  if (min === undefined || min === null) {
    if (max === undefined || max === null) {
      throw new TypeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    }
    return clampMax(self, max)
  }
  return max === undefined || max === null ? clampMin(self, min) : clampBoth(self, min, max)
}

/** `self` where the condition holds, else `other`. */
const select = ternary('where', {
  promotion: 'select',
  other: (g, { self }) => where(self, g, 0),
  third: (g, { self }) => where(self, 0, g)
})

/** `self` where `condition` (bool or uint8) holds, else `other`. */
export function where(condition: Tensor, self: Operand, other: Operand): Tensor {
  if (!(condition instanceof Expr) && condition.code < 4) {
    throw new TypeError(
      `where expected condition to be a boolean tensor, but got a tensor with dtype ${torchTypeName(condition.code)}`
    )
  }
  return select(condition, self, other)
}

// ---- comparisons and logic: bool results, never differentiable ----

export const eq = binary('eq')
export const ne = binary('ne')
export const lt = binary('lt')
export const le = binary('le')
export const gt = binary('gt')
export const ge = binary('ge')
export const logicalAnd = binary('logicalAnd')
export const logicalOr = binary('logicalOr')
export const logicalXor = binary('logicalXor')
export const logicalNot = unary('logicalNot')
export const bitwiseAnd = binary('bitwiseAnd')
export const bitwiseOr = binary('bitwiseOr')
export const bitwiseXor = binary('bitwiseXor')
export const bitwiseNot = unary('bitwiseNot')
export const isnan = unary('isnan')
export const isinf = unary('isinf')
export const isfinite = unary('isfinite')

/** The same value; throws when an element is outside [0, 1] or NaN. */
export const checkUnit = unary('checkUnit', {
  failure: () => new RangeError('all elements of input should be between 0 and 1'),
  self: (g) => g
})
