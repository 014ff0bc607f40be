// Rows of Bessel functions; PyTorch's cases tell their values. See helpers/rows.ts.

import { POSITIVE, noHalves, unary } from '../helpers/rows'

for (const name of ['i0', 'i0e', 'i1', 'i1e']) unary(name, null, { domain: POSITIVE })

const plain = { differentiable: false, ...noHalves }
unary('sphericalBesselJ0', (a) => (Math.abs(a) === Infinity ? 0 : a === 0 ? 1 : Math.sin(a) / a), plain)
for (const name of ['besselJ0', 'besselJ1', 'modifiedBesselI0', 'modifiedBesselI1', 'airyAi']) unary(name, null, plain)
for (const name of ['besselY0', 'besselY1', 'modifiedBesselK0', 'modifiedBesselK1'])
  unary(name, null, { domain: POSITIVE, ...plain })
for (const name of ['scaledModifiedBesselK0', 'scaledModifiedBesselK1'])
  unary(name, null, { domain: POSITIVE, ...plain })
