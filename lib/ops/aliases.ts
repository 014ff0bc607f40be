// Second names that PyTorch has for functions.

import { alias, declare } from '../declare'
import { BOOL } from '../dtype'
import type { Tensor } from '../tensor'
import {
  abs,
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  clamp,
  div,
  ge,
  gt,
  le,
  lt,
  mul,
  ne,
  neg,
  sigmoid,
  sub,
  trunc
} from './elementwise'
import {
  abs_,
  acos_,
  acosh_,
  asin_,
  asinh_,
  atan2_,
  atan_,
  atanh_,
  clamp_,
  div_,
  ge_,
  gt_,
  le_,
  lt_,
  mul_,
  ne_,
  neg_,
  sub_,
  trunc_
} from './inplace'
import { cat } from './join'

/** `abs`. */
export const absolute = alias('absolute', abs)
/** `acos`. */
export const arccos = alias('arccos', acos)
/** `acosh`. */
export const arccosh = alias('arccosh', acosh)
/** `asin`. */
export const arcsin = alias('arcsin', asin)
/** `asinh`. */
export const arcsinh = alias('arcsinh', asinh)
/** `atan`. */
export const arctan = alias('arctan', atan)
/** `atan2`. */
export const arctan2 = alias('arctan2', atan2)
/** `atanh`. */
export const arctanh = alias('arctanh', atanh)
/** `clamp`. */
export const clip = alias('clip', clamp)
/** `cat`. */
export const concat = alias('concat', cat)
/** `cat`. */
export const concatenate = alias('concatenate', cat)
/** `div`. */
export const divide = alias('divide', div)
/** `trunc`. */
export const fix = alias('fix', trunc)
/** `gt`. */
export const greater = alias('greater', gt)
/** `ge`. */
export const greaterEqual = alias('greaterEqual', ge)
/** `lt`. */
export const less = alias('less', lt)
/** `le`. */
export const lessEqual = alias('lessEqual', le)
/** `mul`. */
export const multiply = alias('multiply', mul)
/** `neg`. */
export const negative = alias('negative', neg)
/** `ne`. */
export const notEqual = alias('notEqual', ne)
/** `sub`. */
export const subtract = alias('subtract', sub)
/** `abs_`. */
export const absolute_ = alias('absolute_', abs_, ['Tensor'])
/** `acos_`. */
export const arccos_ = alias('arccos_', acos_)
/** `acosh_`. */
export const arccosh_ = alias('arccosh_', acosh_)
/** `asin_`. */
export const arcsin_ = alias('arcsin_', asin_)
/** `asinh_`. */
export const arcsinh_ = alias('arcsinh_', asinh_)
/** `atan_`. */
export const arctan_ = alias('arctan_', atan_)
/** `atan2_`. */
export const arctan2_ = alias('arctan2_', atan2_)
/** `atanh_`. */
export const arctanh_ = alias('arctanh_', atanh_)
/** `clamp_`. */
export const clip_ = alias('clip_', clamp_)
/** `div_`. */
export const divide_ = alias('divide_', div_)
/** `trunc_`. */
export const fix_ = alias('fix_', trunc_)
/** `gt_`. */
export const greater_ = alias('greater_', gt_)
/** `ge_`. */
export const greaterEqual_ = alias('greaterEqual_', ge_)
/** `lt_`. */
export const less_ = alias('less_', lt_)
/** `le_`. */
export const lessEqual_ = alias('lessEqual_', le_)
/** `mul_`. */
export const multiply_ = alias('multiply_', mul_)
/** `neg_`. */
export const negative_ = alias('negative_', neg_)
/** `ne_`. */
export const notEqual_ = alias('notEqual_', ne_)
/** `sub_`. */
export const subtract_ = alias('subtract_', sub_)

/** `sigmoid`. */
export const expit = alias('expit', sigmoid, ['special'])

/** The quotient, whatever the dtypes: `div` without a rounding mode. */
export const trueDivide = declare('trueDivide(input: operand, other: operand)', (input, other): Tensor =>
  div.settled(input, other, null)
)

/** The quotient in place: `div_` without a rounding mode. */
export const trueDivide_ = declare('trueDivide_(input: Tensor, other: operand)', (input, other): Tensor =>
  div_.settled(input, other, null)
)

/** The very same tensor; bool is refused. */
export const positive = declare('positive(input: Tensor)', (input): Tensor => {
  if (input.code === BOOL) throw new TypeError('The `+` operator, on a bool tensor is not supported.')
  return input
})
