// Orthogonal polynomials of degree `n` at `input`. Degrees below 0 give 0; PyTorch has neither derivatives nor kernels
// for the half types.

import { declare } from '../declare'
import { itemSizes } from '../dtype'
import { Tensor } from '../tensor'
import { checkedUnit } from './define/checks'
import { define } from './define/functions'
import { Fused } from './define/fused'
import type { PointwiseOp } from './define/pointwise'
import { where as select } from './define/value'

const plain = { promotion: 'float' } as const

// A recurrence takes a step for each degree: 7 ms an element at this one, hours for what a float holds.
const GREATEST_DEGREE = 2 ** 16

const tooGreat = (): Error =>
  new RangeError(`the degree n of an orthogonal polynomial may be up to ${GREATEST_DEGREE}: each one costs a step`)

const checkedDegrees = new Fused(([n]) => {
  // -0.5 where a degree is too great, else 0: what is infinite takes no steps.
  const checked = checkedUnit(n.gt(GREATEST_DEGREE).logicalAnd(n.sub(n).eq(0)).mul(-0.5), tooGreat)
  return select(checked.eq(0), n, n)
})

type Operand = Tensor | number | bigint | boolean

/** The call of a polynomial, whose degrees are checked; a replay checks them, too. */
const ofDegree =
  (op: PointwiseOp) =>
  (input: Operand, n: Operand): Tensor => {
    // Narrower ones hold no such degree.
    if (n instanceof Tensor && itemSizes[n.code] >= 4) return op.binary(input, checkedDegrees.call(n.sizes, [n]))
    if (n instanceof Tensor) return op.binary(input, n)
    if (Number(n) > GREATEST_DEGREE && Number(n) < Infinity) throw tooGreat()
    return op.binary(input, n)
  }

/** Chebyshev polynomial of the first kind. */
export const chebyshevPolynomialT = declare(
  'chebyshevPolynomialT(input: operand, n: operand)',
  ofDegree(
    define('chebyshevPolynomialT(input: operand, n: operand)', { ...plain, noHalves: 'chebyshev_polynomial_t_cpu' })
  ),
  ['special']
)
/** Chebyshev polynomial of the second kind. */
export const chebyshevPolynomialU = declare(
  'chebyshevPolynomialU(input: operand, n: operand)',
  ofDegree(
    define('chebyshevPolynomialU(input: operand, n: operand)', { ...plain, noHalves: 'chebyshev_polynomial_u_cpu' })
  ),
  ['special']
)
/** Chebyshev polynomial of the third kind. */
export const chebyshevPolynomialV = declare(
  'chebyshevPolynomialV(input: operand, n: operand)',
  ofDegree(
    define('chebyshevPolynomialV(input: operand, n: operand)', { ...plain, noHalves: 'chebyshev_polynomial_v_cpu' })
  ),
  ['special']
)
/** Chebyshev polynomial of the fourth kind. */
export const chebyshevPolynomialW = declare(
  'chebyshevPolynomialW(input: operand, n: operand)',
  ofDegree(
    define('chebyshevPolynomialW(input: operand, n: operand)', { ...plain, noHalves: 'chebyshev_polynomial_w_cpu' })
  ),
  ['special']
)
/** Chebyshev polynomial of the first kind, at `2 * input - 1`. */
export const shiftedChebyshevPolynomialT = declare(
  'shiftedChebyshevPolynomialT(input: operand, n: operand)',
  ofDegree(
    define('shiftedChebyshevPolynomialT(input: operand, n: operand)', {
      ...plain,
      noHalves: 'shifted_chebyshev_polynomial_t_cpu'
    })
  ),
  ['special']
)
/** Chebyshev polynomial of the second kind, at `2 * input - 1`. */
export const shiftedChebyshevPolynomialU = declare(
  'shiftedChebyshevPolynomialU(input: operand, n: operand)',
  ofDegree(
    define('shiftedChebyshevPolynomialU(input: operand, n: operand)', {
      ...plain,
      noHalves: 'shifted_chebyshev_polynomial_u_cpu'
    })
  ),
  ['special']
)
/** Chebyshev polynomial of the third kind, at `2 * input - 1`. */
export const shiftedChebyshevPolynomialV = declare(
  'shiftedChebyshevPolynomialV(input: operand, n: operand)',
  ofDegree(
    define('shiftedChebyshevPolynomialV(input: operand, n: operand)', {
      ...plain,
      noHalves: 'shifted_chebyshev_polynomial_v_cpu'
    })
  ),
  ['special']
)
/** Chebyshev polynomial of the fourth kind, at `2 * input - 1`. */
export const shiftedChebyshevPolynomialW = declare(
  'shiftedChebyshevPolynomialW(input: operand, n: operand)',
  ofDegree(
    define('shiftedChebyshevPolynomialW(input: operand, n: operand)', {
      ...plain,
      noHalves: 'shifted_chebyshev_polynomial_w_cpu'
    })
  ),
  ['special']
)
/** Hermite polynomial of physics, of the weight `exp(-x ** 2)`. */
export const hermitePolynomialH = declare(
  'hermitePolynomialH(input: operand, n: operand)',
  ofDegree(
    define('hermitePolynomialH(input: operand, n: operand)', { ...plain, noHalves: 'hermite_polynomial_h_cpu' })
  ),
  ['special']
)
/** Hermite polynomial of probability, of the weight `exp(-x ** 2 / 2)`. */
export const hermitePolynomialHe = declare(
  'hermitePolynomialHe(input: operand, n: operand)',
  ofDegree(
    define('hermitePolynomialHe(input: operand, n: operand)', { ...plain, noHalves: 'hermite_polynomial_he_cpu' })
  ),
  ['special']
)
/** Laguerre polynomial. */
export const laguerrePolynomialL = declare(
  'laguerrePolynomialL(input: operand, n: operand)',
  ofDegree(
    define('laguerrePolynomialL(input: operand, n: operand)', { ...plain, noHalves: 'laguerre_polynomial_l_cpu' })
  ),
  ['special']
)
/** Legendre polynomial. */
export const legendrePolynomialP = declare(
  'legendrePolynomialP(input: operand, n: operand)',
  ofDegree(
    define('legendrePolynomialP(input: operand, n: operand)', { ...plain, noHalves: 'legendre_polynomial_p_cpu' })
  ),
  ['special']
)
