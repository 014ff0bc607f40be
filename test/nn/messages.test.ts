// What nn says of arguments that it does not take.

import { type Tensor, nn, ones, tensor } from 'dyngrad'
import { thrown } from '../helpers/check'

const x = ones(2, 3)
const ints = tensor([1n, 2n])
const doubles = (...shape: number[]): Tensor => ones(shape, { dtype: 'float64' })

test.each<[() => unknown, string]>([
  [
    () => nn.functional.nllLoss(ints.view(1, 2), tensor([0n])),
    `TypeError: "nll_loss_out_frame" not implemented for 'Long'`
  ],
  [() => nn.functional.nllLoss(tensor(1), tensor(0n)), 'RangeError: Expected 1 or more dimensions (got 0)'],
  [
    () => nn.functional.nllLoss(x, tensor([0n, 1n]), { weight: doubles(3) }),
    'TypeError: expected scalar type Float but found Double in the weight'
  ],
  [
    () => nn.functional.mseLoss(x, x, true as never),
    'TypeError: mseLoss: sizeAverage is deprecated, please use reduction instead; it may only be null, got boolean'
  ],
  [
    () => nn.functional.mseLoss(x, x, { reduction: 1 as never }),
    "TypeError: mseLoss: reduction must be 'mean' or 'sum' or 'none', got 1"
  ],
  [
    () => nn.functional.mseLoss(x, x, { weight: x as never }),
    'TypeError: mseLoss: weight is not supported; it may only be null, got object'
  ],
  [
    () => nn.functional.softmax(x, 1, 4 as never),
    'TypeError: softmax: _stacklevel is not supported; it may only be 3, got 4'
  ],
  [
    () => new nn.Linear(2, 3, true, 'cpu' as never),
    'TypeError: Linear: device is not supported; it may only be null, got string'
  ],
  [
    () => new nn.ModuleList(new nn.Tanh() as never),
    'TypeError: ModuleList: modules must be an iterable of Modules, got object'
  ],
  [() => new nn.Sequential([new nn.Tanh()] as never), 'TypeError: Array is not a Module subclass'],
  [() => Reflect.construct(nn.Tanh, [1]) as unknown, 'TypeError: Tanh() takes 0 positional arguments but 1 was given'],
  [
    () => nn.init.calculateGain('leakyRelu', 'a' as never),
    'TypeError: calculateGain: param must be a number, got string'
  ]
])('%#', (call, message) => {
  expect(thrown(call)).toBe(message)
})
