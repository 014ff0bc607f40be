// Rows of parts of floating point numbers. See helpers/rows.ts.

import { checkedIn, exact, floating, binary, unary } from '../helpers/rows'

const test = { differentiable: false, ...exact }
unary('sgn', (a) => (a > 0 ? 1 : a < 0 ? -1 : 0), exact)
unary('frac', (a) => a - Math.trunc(a), { ...exact, rejects: floating })
unary('signbit', (a) => Number(a < 0 || Object.is(a, -0)), test)
unary('isposinf', (a) => Number(a === Infinity), test)
unary('isneginf', (a) => Number(a === -Infinity), test)
unary('isreal', () => 1, test)
binary('copysign', (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a)), exact)
binary('ldexp', null, { specials: false })
// The next number of a half type is not that of float32; a step is no slope.
const parts = checkedIn('ops/float-parts.test.ts')
parts('nextafter', '', [[2, 3], [3]], (x, other) => x.nextafter(other), { rejects: floating, differentiable: true })
parts('frexp', '', [[2, 3]], (x) => x.frexp()[0], { rejects: floating })
