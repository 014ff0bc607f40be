// Rows of one bound alone, and of steps. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import { lower, upper } from '../helpers/formulas'
import { binary, exact, extreme, unary } from '../helpers/rows'

binary('clampMin', lower, extreme)
binary('clampMax', upper, extreme)
unary('clampMin', (a) => (a < 0.25 ? 0.25 : a), {
  variant: 'of a number',
  call: (x) => dyngrad.clampMin(x, 0.25),
  ...exact
})
unary('clampMax', (a) => (a > 0.25 ? 0.25 : a), {
  variant: 'of a number',
  call: (x) => dyngrad.clampMax(x, 0.25),
  ...exact
})
binary('heaviside', (a, b) => (a === 0 ? b : Number(a > 0)), {
  call: (x, values) => dyngrad.heaviside(x.detach(), values.detach()),
  differentiable: false,
  inPlaceElsewhere: true,
  ...exact
})
