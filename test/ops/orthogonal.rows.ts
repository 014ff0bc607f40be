// Rows of orthogonal polynomials. See helpers/rows.ts.

import { binary, noHalves } from '../helpers/rows'

const names = ['T', 'U', 'V', 'W'].flatMap((kind) => [
  `chebyshevPolynomial${kind}`,
  `shiftedChebyshevPolynomial${kind}`
])
names.push('hermitePolynomialH', 'hermitePolynomialHe', 'laguerrePolynomialL', 'legendrePolynomialP')

const plain = {
  differentiable: false,
  domain: [
    [-2, 2],
    [-1, 12]
  ],
  ...noHalves
} as const
for (const name of names) binary(name, null, plain)
