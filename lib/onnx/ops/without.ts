// What has no counterpart, and why.

import { without } from './table'

without(
  'no node of ONNX computes it, nor do a few together',
  'i0 special.i0e special.i1 special.i1e special.besselJ0 special.besselJ1 special.besselY0 special.besselY1 ' +
    'special.modifiedBesselI0 special.modifiedBesselI1 special.modifiedBesselK0 special.modifiedBesselK1 ' +
    'special.scaledModifiedBesselK0 special.scaledModifiedBesselK1 special.airyAi special.erfcx erfinv special.ndtri ' +
    'special.logNdtr lgamma special.gammaln digamma special.psi polygamma Tensor.polygamma mvlgamma ' +
    'special.multigammaln igamma special.gammainc igammac special.gammaincc special.zeta nextafter frexp gcd lcm ' +
    'special.chebyshevPolynomialT special.chebyshevPolynomialU special.chebyshevPolynomialV ' +
    'special.chebyshevPolynomialW special.shiftedChebyshevPolynomialT special.shiftedChebyshevPolynomialU ' +
    'special.shiftedChebyshevPolynomialV special.shiftedChebyshevPolynomialW special.hermitePolynomialH ' +
    'special.hermitePolynomialHe special.laguerrePolynomialL special.legendrePolynomialP cumprod cummax cummin ' +
    'logcumsumexp nanmedian mode quantile nanquantile indexReduce maskedScatter diagonalScatter histc histogram ' +
    'bincount'
)
without(
  'it reads or writes memory by strides',
  'asStrided asStridedCopy asStridedScatter Tensor.asStrided_ Tensor.fillDiagonal_'
)
without('it gives a value of JavaScript, which would be that of the example', 'equal allclose isNonzero Tensor.type')
without('its size depends on values in a way that ONNX has not', 'nonzeroStatic uniqueConsecutive')
without(
  'it draws random numbers, which would be those of the example',
  'rand randn randLike randnLike randint randintLike normal randperm bernoulli poisson multinomial Tensor.uniform_ ' +
    'Tensor.normal_ Tensor.bernoulli_ Tensor.exponential_ Tensor.cauchy_ Tensor.logNormal_ Tensor.geometric_ ' +
    'Tensor.random_ nn.init.uniform_ nn.init.normal_ nn.init.truncNormal_ nn.init.orthogonal_ nn.init.xavierUniform_ ' +
    'nn.init.xavierNormal_ nn.init.kaimingUniform_ nn.init.kaimingNormal_'
)
without(
  'it makes what a model begins with; call it before',
  'nn.init.constant_ nn.init.zeros_ nn.init.ones_ nn.init.eye_ nn.init.dirac_ Tensor.newTensor'
)
without(
  'ONNX computes forward alone',
  'autograd.backward autograd.grad autograd.gradcheck autograd.gradgradcheck Tensor.registerPostAccumulateGradHook'
)

export {}
