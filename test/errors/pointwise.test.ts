// What pointwise ops refuse, in PyTorch's sentences.

import { bitwiseLeftShift, bitwiseRightShift, clampMin, gcd, heaviside, hypot, lcm, ones, tensor } from '../../lib'
import { thrown } from '../helpers/check'

const x = ones(2)
const ints = tensor([1n, 2n])

test.each<[string, () => unknown]>([
  [`TypeError: "gcd_cpu" not implemented for 'Float'; add .long()`, () => gcd(x, x)],
  [`TypeError: "lcm_cpu" not implemented for 'Bool'; add .long()`, () => lcm(x.bool(), x.bool())],
  [`TypeError: "lshift_cpu" not implemented for 'Float'; add .long()`, () => bitwiseLeftShift(x, 1)],
  [`TypeError: "rshift_cpu" not implemented for 'Float'; add .long()`, () => bitwiseRightShift(1, x)],
  [`TypeError: "nextafter_cpu" not implemented for 'Long'; add .float()`, () => ints.nextafter(ints)],
  [`TypeError: "frac_cpu" not implemented for 'Long'; add .float()`, () => ints.frac()],
  [`TypeError: "hypot_cpu" not implemented for 'Long'; add .float()`, () => hypot(ints, ints)],
  [`TypeError: "logaddexp2_cpu" not implemented for 'Long'; add .float()`, () => ints.logaddexp2(ints)],
  ['TypeError: heaviside is not yet implemented for tensors with different dtypes.', () => heaviside(ints, x)],
  [
    'Error: derivative for aten::heaviside is not implemented',
    () =>
      heaviside(ones(2, { requiresGrad: true }), x)
        .sum()
        .backward()
  ],
  ['RangeError: value cannot be converted to type uint8_t without overflow; it is 300', () => clampMin(x.byte(), 300)]
])('%s', (message, call) => expect(thrown(call)).toBe(message))
