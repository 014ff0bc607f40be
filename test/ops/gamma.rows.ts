// Rows of the gamma function's logarithm, its derivatives and integrals; PyTorch's cases tell their values.
// See helpers/rows.ts.

import * as dyngrad from '../../lib'
import { POSITIVE, binary, floating, noBool, noHalves, row, unary } from '../helpers/rows'

unary('lgamma', null, { domain: POSITIVE })
unary('gammaln', null, { domain: POSITIVE })
unary('digamma', null, { domain: POSITIVE })
unary('psi', null, { domain: POSITIVE })
for (const n of [0, 1, 2])
  unary('polygamma', null, { variant: `of order ${n}`, call: (x) => dyngrad.polygamma(n, x), domain: [1, 3] })
for (const name of ['mvlgamma', 'multigammaln'] as const)
  row(name, {
    variant: 'of dimension 3',
    call: (x) => dyngrad.mvlgamma(x, 3),
    shapes: [[[2, 3]], [[]], [[0, 3]]],
    domain: [1.5, 4],
    roundsOnce: false,
    ...noBool
  })
const density = { domain: [0.5, 3], tracked: [1], rejects: floating } as const
for (const name of ['igamma', 'igammac', 'gammainc', 'gammaincc']) binary(name, null, density)
binary('zeta', null, {
  domain: [
    [1.5, 4],
    [0.5, 3]
  ],
  tracked: [1],
  ...noHalves
})
