// Rows of logarithms. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import { POSITIVE, binary, floating, unary } from '../helpers/rows'

binary('logaddexp2', (a, b) => (a === b ? a + 1 : Math.max(a, b) + Math.log1p(2 ** -Math.abs(a - b)) * Math.LOG2E), {
  ulps: 16,
  rejects: floating
})
binary('xlogy', (a, b) => (a === 0 && b === b ? 0 : a * Math.log(b)), { domain: [[-2, 2], POSITIVE] })
binary('xlog1py', (a, b) => (a === 0 && b === b ? 0 : a * Math.log1p(b)), {
  domain: [
    [-2, 2],
    [-0.8, 3]
  ]
})
// Near 1/2 the logarithm of the rounded quotient has lost its digits.
unary('logit', null, { domain: [0.1, 0.9] })
unary('logit', null, { variant: 'with eps', call: (x) => dyngrad.logit(x, 0.25), domain: [0.3, 0.7] })
