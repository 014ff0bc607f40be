// Whether two tensors are the same, or nearly: answers in JavaScript, and by element.

import { declare } from '../declare'
import { isFloating } from '../dtype'
import { forbidInCapture } from '../recording'
import { sameShape } from '../shape'
import type { Tensor } from '../tensor'
import { torchTypeName } from './define/result'
import { abs, add, eq, isfinite, isnan, le, logicalAnd, logicalOr, mul, sub } from './elementwise'
import { all } from './reduce'

/** True where all elements of a bool tensor are. */
const allTrue = (condition: Tensor): boolean => all(condition).item<boolean>()

/** True when both have the same shape and equal elements, whatever their dtypes; NaN equals nothing. */
export const equal = declare('equal(input: Tensor, other: Tensor)', (input, other): boolean => {
  forbidInCapture('equal()')
  return sameShape(input.sizes, other.sizes) && allTrue(eq(input.detach(), other.detach()))
})

function checkTolerance(name: string, value: number): void {
  if (!(value >= 0)) throw new RangeError(`${name} must be greater than or equal to zero, but got ${value}`)
}

/** `|input - other| <= atol + rtol * |other|`, elementwise; NaN is close to NaN where `equalNan` is true. */
export const isclose = declare(
  'isclose(input: Tensor, other: Tensor, rtol: float = 0.00001, atol: float = 0.00000001, equalNan: bool = false)',
  (input, other, rtol, atol, equalNan): Tensor => {
    if (input.code !== other.code) {
      throw new TypeError(
        `${torchTypeName(input.code)} did not match ${torchTypeName(other.code)}; convert one with to()`
      )
    }
    checkTolerance('rtol', rtol)
    checkTolerance('atol', atol)
    const [a, b] = [input.detach(), other.detach()]
    const isFloat = isFloating(a.code)
    const equals = eq(a, b)
    const same = equalNan && isFloat ? logicalOr(equals, logicalAnd(isnan(a), isnan(b))) : equals
    if (rtol === 0 && atol === 0) return same
    const expected = isFloat ? b : b.to('float32')
    const allowed = add(abs(mul(expected, rtol)), atol)
    const actual = abs(sub(isFloat ? a : a.to('float32'), expected))
    // Infinities that differ are as far apart as nothing allows.
    return logicalOr(same, logicalAnd(isfinite(actual), le(actual, allowed)))
  }
)

/** True when all elements are close, as `isclose` has it; shapes broadcast. */
export const allclose = declare(
  'allclose(input: Tensor, other: Tensor, rtol: float = 0.00001, atol: float = 0.00000001, equalNan: bool = false)',
  (input, other, rtol, atol, equalNan): boolean => {
    forbidInCapture('allclose()')
    return allTrue(isclose(input, other, rtol, atol, equalNan))
  }
)
