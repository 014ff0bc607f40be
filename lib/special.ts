// Functions that PyTorch has in torch.special.

export { expit } from './ops/aliases'
export { sinc } from './ops/angles'
export {
  airyAi,
  besselJ0,
  besselJ1,
  besselY0,
  besselY1,
  i0,
  i0e,
  i1,
  i1e,
  modifiedBesselI0,
  modifiedBesselI1,
  modifiedBesselK0,
  modifiedBesselK1,
  scaledModifiedBesselK0,
  scaledModifiedBesselK1,
  sphericalBesselJ0
} from './ops/bessel'
export { erf, exp2, expm1, log1p, round } from './ops/elementwise'
export { entr, erfc, erfcx, erfinv, logNdtr, ndtr, ndtri } from './ops/error-functions'
export { digamma, gammainc, gammaincc, gammaln, multigammaln, polygamma, psi, zeta } from './ops/gamma'
export { logit, xlog1py, xlogy } from './ops/logarithms'
export { logsumexp } from './ops/norm'
export * from './ops/orthogonal'
export { logSoftmax, softmax } from './ops/softmax'
