// Rows of square and pow. See helpers/rows.ts.

import { cPow } from '../helpers/formulas'
import { POSITIVE, binary, checkedIn, exact, floating, noBool, unary } from '../helpers/rows'

unary('square', (a) => a * a, exact)
binary('pow', cPow, { domain: [POSITIVE, [-2, 2]], ...noBool })
// PyTorch takes roots and reciprocals for these, which differ from C's pow at -0 and -Infinity.
const powers: Readonly<Record<string, (a: number) => number>> = {
  '0.5': Math.sqrt,
  '-0.5': (a) => 1 / Math.sqrt(a),
  '-1': (a) => 1 / a,
  '-2': (a) => 1 / (a * a)
}
for (const exponent of [0, 1, 2, 3, 4, 1.5, 0.5, -0.5, -1, -2, -3]) {
  const formula = powers[exponent] ?? ((a) => cPow(a, exponent))
  const rejects = exponent < 0 && Number.isInteger(exponent) ? floating : []
  unary('pow', formula, { variant: `${exponent}`, call: (x) => x.pow(exponent), domain: POSITIVE, rejects })
}
checkedIn('ops/float-power.test.ts')('floatPower', '', [[2, 3], [3]], (x, y) => x.floatPower(y), { domain: POSITIVE })
