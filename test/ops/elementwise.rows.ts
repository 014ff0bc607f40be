// Rows of the pointwise ops. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import type { Tensor } from '../../lib'
import { lower, upper } from '../helpers/formulas'
import { POSITIVE, TERNARY_SHAPES, binary, exact, extreme, floating, noBool, row, truth, unary } from '../helpers/rows'

binary('add', (a, b) => a + b, exact)
binary('sub', (a, b) => a - b, { ...exact, ...noBool })
binary('rsub', (a, b) => b - a, { ...exact, ...noBool })
binary('mul', (a, b) => a * b, exact)
binary('div', (a, b) => a / b, { ...exact, domain: [[-2, 2], POSITIVE] })
binary('add', (a, b) => a + 2.5 * b, {
  variant: 'with alpha',
  call: (a, b) => a.add(b, { alpha: 2.5 }),
  domain: POSITIVE,
  ulps: 1,
  rejects: ['int32', 'int64', 'uint8', 'bool']
})
binary('sub', (a, b) => a - 0.5 * b, {
  variant: 'with alpha',
  call: (a, b) => a.sub(b, { alpha: 0.5 }),
  ulps: 1,
  rejects: ['int32', 'int64', 'uint8', 'bool']
})
binary('div', null, {
  variant: 'rounded down',
  call: (a, b) => a.div(b, { roundingMode: 'floor' }),
  domain: [[-9, 9], POSITIVE],
  ...exact,
  ...noBool
})
binary('div', (a, b) => Math.trunc(a / b), {
  variant: 'rounded to zero',
  call: (a, b) => a.div(b, { roundingMode: 'trunc' }),
  domain: [[-9, 9], POSITIVE],
  ...exact,
  ...noBool
})
binary('floorDivide', null, {
  call: (a, b) => a.detach().floorDivide(b.detach()),
  domain: [[-9, 9], POSITIVE],
  differentiable: false,
  inPlaceElsewhere: true,
  ...exact,
  ...noBool
})
binary('remainder', null, {
  domain: [
    [-9, 9],
    [1, 2]
  ],
  ...exact,
  ...noBool
})
binary('fmod', (a, b) => a % b, {
  domain: [
    [-9, 9],
    [1, 2]
  ],
  ...exact,
  ...noBool
})
unary('neg', (a) => -a, { ...exact, ...noBool })
unary('abs', Math.abs, { ...exact, ...noBool })
unary('sign', (a) => (a > 0 ? 1 : a < 0 ? -1 : 0), exact)
unary('reciprocal', (a) => 1 / a, { ...exact, domain: POSITIVE })
unary('sqrt', Math.sqrt, { ...exact, domain: POSITIVE })
unary('rsqrt', (a) => 1 / Math.sqrt(a), { domain: POSITIVE })
unary('floor', Math.floor, { ...exact, ...noBool })
unary('ceil', Math.ceil, { ...exact, ...noBool })
unary('trunc', Math.trunc, { ...exact, ...noBool })
unary('round', null, { ...exact, ...noBool })
for (const decimals of [1, -1])
  unary('round', null, {
    variant: `to ${decimals} decimals`,
    call: (x) => x.round({ decimals }),
    domain: [-90, 90],
    rejects: floating
  })
unary('exp', Math.exp)
unary('exp2', (a) => 2 ** a)
unary('expm1', Math.expm1)
unary('log', Math.log, { domain: POSITIVE })
unary('log2', Math.log2, { domain: POSITIVE })
unary('log10', Math.log10, { domain: POSITIVE })
unary('log1p', Math.log1p, { domain: [-0.8, 3] })
unary('sin', Math.sin)
unary('cos', Math.cos)
unary('tan', Math.tan, { domain: [-1.2, 1.2] })
unary('asin', Math.asin, { domain: [-0.9, 0.9] })
unary('acos', Math.acos, { domain: [-0.9, 0.9] })
unary('atan', Math.atan)
unary('sinh', Math.sinh)
unary('cosh', Math.cosh)
unary('asinh', Math.asinh)
unary('acosh', Math.acosh, { domain: [1.2, 3] })
unary('atanh', Math.atanh, { domain: [-0.9, 0.9] })
unary('tanh', Math.tanh)
binary('atan2', Math.atan2)
unary('sigmoid', (a) => (a < 0 ? Math.exp(a) / (1 + Math.exp(a)) : 1 / (1 + Math.exp(-a))))
unary('relu', (a) => (a <= 0 ? 0 : a), { ...exact, ...noBool })
unary('erf', null)
binary('maximum', (a, b) => (a !== a || b !== b ? NaN : Math.max(a, b)), extreme)
binary('minimum', (a, b) => (a !== a || b !== b ? NaN : Math.min(a, b)), extreme)
binary('fmax', (a, b) => (a !== a ? b : b !== b ? a : Math.max(a, b)), extreme)
binary('fmin', (a, b) => (a !== a ? b : b !== b ? a : Math.min(a, b)), extreme)
unary('clamp', (a) => (a < -0.5 ? -0.5 : a > 1 ? 1 : a), {
  variant: 'between numbers',
  call: (x) => x.clamp(-0.5, 1),
  ...exact
})
unary('clamp', (a) => (a < 0.25 ? 0.25 : a), { variant: 'from below', call: (x) => x.clamp({ min: 0.25 }), ...exact })
unary('clamp', (a) => (a > 0.25 ? 0.25 : a), { variant: 'from above', call: (x) => x.clamp(null, 0.25), ...exact })
binary('clamp', lower, { variant: 'from below by a tensor', ...extreme })
binary('clamp', upper, { variant: 'from above by a tensor', call: (x, max) => x.clamp(null, max), ...extreme })
row('clamp', {
  variant: 'between tensors',
  shapes: TERNARY_SHAPES,
  formula: (a, low, high) => upper(lower(a, low), high),
  ...extreme
})

// ---- mixtures ----

const nearlyOne = 1 + 2 ** -20
for (const value of [1, 1.5]) {
  const option = value === 1 ? {} : { value }
  const variant = value === 1 ? '' : 'with a value'
  row('addcmul', {
    variant,
    shapes: TERNARY_SHAPES,
    call: (input, a, b) => dyngrad.addcmul(input, a, b, option),
    formula: (input, a, b) => input + value * a * b,
    domain: POSITIVE,
    rejects: ['bool']
  })
  row('addcdiv', {
    variant,
    shapes: TERNARY_SHAPES,
    call: (input, a, b) => dyngrad.addcdiv(input, a, b, option),
    formula: (input, a, b) => input + (value * a) / b,
    domain: POSITIVE,
    rejects: floating
  })
}
row('lerp', { shapes: TERNARY_SHAPES, isPointwise: true, rejects: floating })
for (const weight of [0, 0.25, 0.75, nearlyOne]) {
  binary('lerp', null, {
    variant: `by ${weight}`,
    call: (input, end) => dyngrad.lerp(input, end, weight),
    rejects: floating
  })
}
binary('logaddexp', (a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))), {
  ulps: 16,
  rejects: floating
})
unary('nanToNum', (a) => (Number.isNaN(a) ? 2 : a === Infinity ? 3 : a === -Infinity ? -4 : a), {
  call: (x) => dyngrad.nanToNum(x, 2, 3, { neginf: -4 }),
  ...exact
})

row('where', {
  shapes: TERNARY_SHAPES,
  call: (condition, a, b) => dyngrad.where(condition.detach().gt(0), a, b),
  formula: (condition, a, b) => (condition > 0 ? a : b),
  tracked: [1, 2],
  ...exact
})

const compare = { differentiable: false, ...exact }
binary('eq', (a, b) => Number(a === b), compare)
binary('ne', (a, b) => Number(a !== b), compare)
binary('lt', (a, b) => Number(a < b), compare)
binary('le', (a, b) => Number(a <= b), compare)
binary('gt', (a, b) => Number(a > b), compare)
binary('ge', (a, b) => Number(a >= b), compare)
binary('logicalAnd', (a, b) => Number(truth(a) && truth(b)), compare)
binary('logicalOr', (a, b) => Number(truth(a) || truth(b)), compare)
binary('logicalXor', (a, b) => Number(truth(a) !== truth(b)), compare)
unary('logicalNot', (a) => Number(!truth(a)), compare)
unary('isnan', (a) => Number(Number.isNaN(a)), compare)
unary('isinf', (a) => Number(Math.abs(a) === Infinity), compare)
unary('isfinite', (a) => Number(Number.isFinite(a)), compare)
// Bits of integers only; the checks of every row hand floats.
const toInts =
  (op: (...ints: never) => Tensor) =>
  (...inputs: Tensor[]): Tensor =>
    (op as (...ints: Tensor[]) => Tensor)(...inputs.map((input) => (input.isFloatingPoint() ? input.int() : input)))
const bits = { ...compare, inPlaceElsewhere: true, domain: [0, 200] as const, specials: false }
binary('bitwiseAnd', (a, b) => a & b, { ...bits, call: toInts(dyngrad.bitwiseAnd) })
binary('bitwiseOr', (a, b) => a | b, { ...bits, call: toInts(dyngrad.bitwiseOr) })
binary('bitwiseXor', (a, b) => a ^ b, { ...bits, call: toInts(dyngrad.bitwiseXor) })
unary('bitwiseNot', (a) => ~a, { ...bits, call: toInts(dyngrad.bitwiseNot) })
