// Orthogonal polynomials of degree `n` at `input`. Degrees below 0 give 0; PyTorch has neither derivatives nor kernels
// for the half types.

import { pointwise } from './define/functions'

const plain = { promotion: 'float', places: ['special'] } as const

/** Chebyshev polynomial of the first kind. */
export const chebyshevPolynomialT = pointwise('chebyshevPolynomialT(input: operand, n: operand)', {
  ...plain,
  noHalves: 'chebyshev_polynomial_t_cpu'
})
/** Chebyshev polynomial of the second kind. */
export const chebyshevPolynomialU = pointwise('chebyshevPolynomialU(input: operand, n: operand)', {
  ...plain,
  noHalves: 'chebyshev_polynomial_u_cpu'
})
/** Chebyshev polynomial of the third kind. */
export const chebyshevPolynomialV = pointwise('chebyshevPolynomialV(input: operand, n: operand)', {
  ...plain,
  noHalves: 'chebyshev_polynomial_v_cpu'
})
/** Chebyshev polynomial of the fourth kind. */
export const chebyshevPolynomialW = pointwise('chebyshevPolynomialW(input: operand, n: operand)', {
  ...plain,
  noHalves: 'chebyshev_polynomial_w_cpu'
})
/** Chebyshev polynomial of the first kind, at `2 * input - 1`. */
export const shiftedChebyshevPolynomialT = pointwise('shiftedChebyshevPolynomialT(input: operand, n: operand)', {
  ...plain,
  noHalves: 'shifted_chebyshev_polynomial_t_cpu'
})
/** Chebyshev polynomial of the second kind, at `2 * input - 1`. */
export const shiftedChebyshevPolynomialU = pointwise('shiftedChebyshevPolynomialU(input: operand, n: operand)', {
  ...plain,
  noHalves: 'shifted_chebyshev_polynomial_u_cpu'
})
/** Chebyshev polynomial of the third kind, at `2 * input - 1`. */
export const shiftedChebyshevPolynomialV = pointwise('shiftedChebyshevPolynomialV(input: operand, n: operand)', {
  ...plain,
  noHalves: 'shifted_chebyshev_polynomial_v_cpu'
})
/** Chebyshev polynomial of the fourth kind, at `2 * input - 1`. */
export const shiftedChebyshevPolynomialW = pointwise('shiftedChebyshevPolynomialW(input: operand, n: operand)', {
  ...plain,
  noHalves: 'shifted_chebyshev_polynomial_w_cpu'
})
/** Hermite polynomial of physics, of the weight `exp(-x ** 2)`. */
export const hermitePolynomialH = pointwise('hermitePolynomialH(input: operand, n: operand)', {
  ...plain,
  noHalves: 'hermite_polynomial_h_cpu'
})
/** Hermite polynomial of probability, of the weight `exp(-x ** 2 / 2)`. */
export const hermitePolynomialHe = pointwise('hermitePolynomialHe(input: operand, n: operand)', {
  ...plain,
  noHalves: 'hermite_polynomial_he_cpu'
})
/** Laguerre polynomial. */
export const laguerrePolynomialL = pointwise('laguerrePolynomialL(input: operand, n: operand)', {
  ...plain,
  noHalves: 'laguerre_polynomial_l_cpu'
})
/** Legendre polynomial. */
export const legendrePolynomialP = pointwise('legendrePolynomialP(input: operand, n: operand)', {
  ...plain,
  noHalves: 'legendre_polynomial_p_cpu'
})
