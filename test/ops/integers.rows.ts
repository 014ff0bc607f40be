// Rows of integers. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import type { Tensor } from '../../lib'
import { binary } from '../helpers/rows'

// The checks of every row hand floats; PyTorch's cases tell the values.
const toInts =
  (op: (a: Tensor, b: Tensor) => Tensor) =>
  (...inputs: Tensor[]): Tensor => {
    const [a, b] = inputs.map((input) => (input.isFloatingPoint() ? input.int() : input))
    return op(a, b)
  }
const integers = { differentiable: false, ulps: 0, inPlaceElsewhere: true, rejects: ['bool'] as const }
const about = { ...integers, domain: [0, 20] as const }
binary('gcd', null, { ...about, call: toInts((a, b) => dyngrad.gcd(a, b)) })
binary('lcm', null, { ...about, call: toInts((a, b) => dyngrad.lcm(a, b)) })
binary('bitwiseLeftShift', null, { ...about, call: toInts((a, b) => dyngrad.bitwiseLeftShift(a, b)) })
binary('bitwiseRightShift', null, { ...about, call: toInts((a, b) => dyngrad.bitwiseRightShift(a, b)) })
