// Rows of rectifiers. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import { exact, floating, noBool, row, unary } from '../helpers/rows'

const onlyFloats = { rejects: floating }
unary('selu', (a) => 1.0507009873554805 * (a < 0 ? 1.6732632423543772 * Math.expm1(a) : a), onlyFloats)
unary('celu', (a) => (a < 0 ? Math.expm1(a) : a), onlyFloats)
unary('celu', (a) => (a < 0 ? 2 * Math.expm1(a / 2) : a), {
  variant: 'with alpha',
  call: (x) => dyngrad.celu(x, 2),
  ...onlyFloats
})
unary('threshold', (a) => (a <= 0.5 ? -3 : a), {
  variant: 'of numbers',
  call: (x) => dyngrad.threshold(x, 0.5, -3),
  ...noBool,
  ...exact
})
unary('hardshrink', (a) => (a >= -0.5 && a <= 0.5 ? 0 : a), { ...onlyFloats, ...exact })
unary('rrelu', (a) => (a > 0 ? a : (11 / 48) * a), { ...onlyFloats })
row('prelu', {
  shapes: [
    [[2, 3, 2], [3]],
    [[4], [1]],
    [[], []],
    [[0, 3], [3]]
  ],
  ...onlyFloats
})
