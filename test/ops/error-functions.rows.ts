// Rows of the error function's complement and of the normal distribution; PyTorch's cases tell their values.
// See helpers/rows.ts.

import { noHalves, unary } from '../helpers/rows'

unary('erfc', null)
unary('erfcx', null, noHalves)
unary('erfinv', null, { domain: [-0.8, 0.8] })
unary('ndtr', null)
unary('ndtri', null, { domain: [0.1, 0.9], ...noHalves })
unary('logNdtr', null, noHalves)
unary('entr', (a) => (a > 0 ? -a * Math.log(a) : a === 0 ? 0 : a === a ? -Infinity : NaN), { domain: [0.2, 3] })
