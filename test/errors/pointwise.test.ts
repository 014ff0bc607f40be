// What pointwise ops refuse, in PyTorch's sentences.

import {
  type Tensor,
  bitwiseLeftShift,
  bitwiseRightShift,
  clampMin,
  floorDivide,
  gcd,
  heaviside,
  hypot,
  igamma,
  igammac,
  lcm,
  mvlgamma,
  ones,
  polygamma,
  special,
  tensor
} from '../../lib'
import { thrown } from '../helpers/check'

const x = ones(2)
const ints = tensor([1n, 2n])
const tracked = (): Tensor => ones(2, { requiresGrad: true })

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
  ['RangeError: polygamma(n, x) does not support negative n.', () => polygamma(-1, x)],
  ['RangeError: polygamma(n, x) does not support negative n.', () => x.clone().polygamma_(-1)],
  ['RangeError: p has to be greater than or equal to 1', () => mvlgamma(x, 0)],
  ['RangeError: mvlgamma: p must be at most 65536, got 4294967296', () => mvlgamma(x, 2 ** 32)],
  ['TypeError: The input tensor may not be a boolean tensor.', () => mvlgamma(x.bool(), 1)],
  [
    "TypeError: result type Float can't be cast to the desired output type Long; convert the operand to torch.int64 or use the " +
      'out-of-place form',
    () => ints.clone().mvlgamma_(1)
  ],
  [`TypeError: "igamma_cpu" not implemented for 'Long'; add .float()`, () => igamma(ints, ints)],
  [`TypeError: "igammac_cpu" not implemented for 'Long'; add .float()`, () => igammac(ints, ints)],
  [`TypeError: "round_cpu" not implemented for 'Long'; add .float()`, () => ints.round({ decimals: 1 })],
  [`TypeError: "erfcx_cpu" not implemented for 'Half'; add .float()`, () => special.erfcx(x.half())],
  [`TypeError: "bessel_j0_cpu" not implemented for 'BFloat16'; add .float()`, () => special.besselJ0(x.bfloat16())],
  ["Error: the derivative for 'igamma: input' is not implemented.", () => igamma(tracked(), x).sum().backward()],
  ["Error: the derivative for 'igammac: input' is not implemented.", () => igammac(tracked(), x).sum().backward()],
  ["Error: the derivative for 'zeta' is not implemented.", () => special.zeta(tracked(), 2).sum().backward()],
  [
    'RangeError: the degree n of an orthogonal polynomial may be up to 65536: each one costs a step',
    () => special.hermitePolynomialH(x, 1e30)
  ],
  [
    'RangeError: the degree n of an orthogonal polynomial may be up to 65536: each one costs a step',
    () => special.legendrePolynomialP(x, tensor([3, 1e30]))
  ],
  [
    'Error: derivative for aten::floor_divide is not implemented',
    () =>
      floorDivide(ones(2, { requiresGrad: true }), 2)
        .sum()
        .backward()
  ],
  ['RangeError: value cannot be converted to type uint8_t without overflow; it is 300', () => clampMin(x.byte(), 300)]
])('%s', (message, call) => expect(thrown(call)).toBe(message))
