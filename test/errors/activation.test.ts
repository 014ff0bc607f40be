// What activations refuse, in PyTorch's sentences.

import { compile, nn, ones, prelu, rrelu, tensor, threshold } from '../../lib'
import { thrown } from '../helpers/check'

const { functional: F } = nn
const x = ones(2, 3)
const ints = tensor([1n, 2n])

test.each<[string, () => unknown]>([
  [`TypeError: "mish_cpu" not implemented for 'Long'; add .float()`, () => F.mish(ints)],
  [`TypeError: "elu_cpu" not implemented for 'Long'; add .float()`, () => F.selu(ints)],
  [`TypeError: "log_sigmoid_cpu" not implemented for 'Long'; add .float()`, () => F.logsigmoid(ints)],
  [`TypeError: "hardsigmoid_cpu" not implemented for 'Long'; add .float()`, () => F.hardsigmoid(ints)],
  [`TypeError: "softshrink_check" not implemented for 'Long'; add .float()`, () => F.softshrink(ints)],
  [`TypeError: "glu_cpu" not implemented for 'Long'; add .float()`, () => F.glu(ints)],
  [`TypeError: "prelu_cpu" not implemented for 'Long'; add .float()`, () => prelu(ints, tensor([1n]))],
  [`TypeError: "threshold_cpu" not implemented for 'Bool'; add .float()`, () => threshold(x.bool(), 0, 1)],
  ['RangeError: ZeroDivisionError: alpha cannot be 0 for CELU', () => F.celu(x, 0)],
  [
    'RangeError: lambda must be in range [0, 3.40282e+38] for input dtype Float, but found -1',
    () => F.softshrink(x, -1)
  ],
  [
    'RangeError: lambda must be in range [0, 1.79769e+308] for input dtype Double, but found NaN',
    () => F.softshrink(x.double(), NaN)
  ],
  [
    'RangeError: lambda must be in range [0, 65504] for input dtype Half, but found -1',
    () => F.softshrink(x.half(), -1)
  ],
  ['RangeError: Halving dimension must be even, but dimension 1 is size 3', () => F.glu(x)],
  ['RangeError: glu does not support scalars because halving size must be even', () => F.glu(tensor(1))],
  ['TypeError: prelu: Type promoting not supported. Got Float and Double', () => prelu(x, ones(1).double())],
  [
    'RangeError: Mismatch of parameter numbers and input channel size. Found parameter numbers = 2 and channel size = 3.',
    () => prelu(x, ones(2))
  ],
  ['RangeError: Not allow zero-dim input tensor.', () => prelu(tensor(1), ones(2))],
  ['RangeError: prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = 2', () => prelu(x, ones(1, 1))],
  ['RangeError: rrelu: lower bound must be finite, got NaN', () => rrelu(x, NaN, 1)],
  ['RangeError: rrelu: upper bound must be finite, got Infinity', () => rrelu(x, 0, Infinity)],
  ['RangeError: Lower bound should be less than or equal to the upper bound', () => rrelu(x, 2, 1)],
  [
    `TypeError: "rrelu_with_noise_out_cpu" not implemented for 'Half'; add .long()`,
    () => rrelu(x.half(), { training: true })
  ],
  [
    'RangeError: value cannot be converted to type uint8_t without overflow; it is 300',
    () => threshold(x.byte(), 0, 300)
  ]
])('%s', (message, call) => expect(thrown(call)).toBe(message))

test('a compiled step refuses slopes that are drawn', () => {
  const step = compile(() => rrelu(x.neg(), { training: true }))
  expect(thrown(() => step())).toMatch(/rrelu\(\) in training/)
})
