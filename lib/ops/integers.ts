// Divisors, multiples and shifts of integers.

import { inPlace, pointwise } from './define/functions'
import { notImplemented } from './define/result'

const everywhere = { places: ['torch', 'Tensor'] } as const

/** Greatest common divisor, of integers. */
export const gcd = pointwise('gcd(input: Tensor, other: Tensor)', {
  unsupported: (code) => notImplemented('gcd_cpu', code, 'long')
})
/** Greatest common divisor, in place. */
export const gcd_ = inPlace(gcd, everywhere)
/** Least common multiple, of integers. */
export const lcm = pointwise('lcm(input: Tensor, other: Tensor)', {
  unsupported: (code) => notImplemented('lcm_cpu', code, 'long')
})
/** Least common multiple, in place. */
export const lcm_ = inPlace(lcm, everywhere)

/** `input << other` of integers; 0 where `other` is negative or not below the number of bits. */
export const bitwiseLeftShift = pointwise('bitwiseLeftShift(input: operand, other: operand)', {
  unsupported: (code) => notImplemented('lshift_cpu', code, 'long')
})
/** `input <<= other`. */
export const bitwiseLeftShift_ = inPlace(bitwiseLeftShift)
/** `input >> other` of integers, the sign filling up; all of it where `other` is negative or not below the bits. */
export const bitwiseRightShift = pointwise('bitwiseRightShift(input: operand, other: operand)', {
  unsupported: (code) => notImplemented('rshift_cpu', code, 'long')
})
/** `input >>= other`. */
export const bitwiseRightShift_ = inPlace(bitwiseRightShift)
