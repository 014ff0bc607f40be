// What nn says of arguments that it does not take.

import { type Tensor, nn, ones, tensor } from 'dyngrad'
import { thrown } from '../helpers/check'

const x = ones(2, 3)
const ints = tensor([1n, 2n])
const doubles = (...shape: number[]): Tensor => ones(shape, { dtype: 'float64' })

test.each<[() => unknown, string]>([
  [
    () => nn.functional.nllLoss(ints.view(1, 2), tensor([0n])),
    `TypeError: "nll_loss_out_frame" not implemented for 'Long'; add .float()`
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
    'TypeError: mseLoss: weight is not supported; it may only be null, got Tensor'
  ],
  [() => nn.functional.smoothL1Loss(ints, ints), `TypeError: "smooth_l1_cpu" not implemented for 'Long'; add .float()`],
  [() => nn.functional.huberLoss(ints, ints), `TypeError: "huber_cpu" not implemented for 'Long'; add .float()`],
  [
    () => nn.functional.huberLoss(ints, ones(2)),
    "TypeError: result type Float can't be cast to the desired output type Long; add .float()"
  ],
  [() => nn.functional.klDiv(x, x.long()), 'TypeError: klDiv: Integral inputs not supported; add .float()'],
  [
    () => nn.functional.smoothL1Loss(x, x, { beta: -1 }),
    'RangeError: smoothL1Loss does not support negative values for beta.'
  ],
  [
    () => nn.functional.smoothL1Loss(x, x, { beta: NaN }),
    'RangeError: smoothL1Loss does not support negative values for beta.'
  ],
  [
    () => nn.functional.huberLoss(x, x, { delta: 0 }),
    'RangeError: huberLoss does not support non-positive values for delta.'
  ],
  [() => nn.functional.huberLoss(x, x, { weight: ones(3) }), 'RangeError: Weights and input must have the same size.'],
  [() => nn.functional.l1Loss(x, x, { weight: ones(3) }), 'RangeError: Weights and input must have the same size.'],
  [
    () => nn.functional.l1Loss(ints, ints),
    'TypeError: mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long; add .float()'
  ],
  [
    () => nn.functional.l1Loss(x, x.gt(0)),
    'TypeError: Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, ' +
      'use `logicalNot()` instead.'
  ],
  [
    () => nn.functional.l1Loss(x, x, { reduction: 'batchmean' as never }),
    'RangeError: batchmean is not a valid value for reduction'
  ],
  [() => new nn.HuberLoss({ delta: 'x' as never }), "TypeError: HuberLoss: delta must be a number, got 'x'"],
  [
    () => nn.functional.softmax(x, 1, 4 as never),
    'TypeError: softmax: _stacklevel is not supported; it may only be 3, got 4'
  ],
  [
    () => new nn.Linear(2, 3, true, 'cuda' as never),
    "TypeError: Linear: device must be 'cpu', got 'cuda'; dyngrad computes on the CPU only"
  ],
  [
    () => new nn.ModuleList(new nn.Tanh() as never),
    'TypeError: ModuleList: modules must be an iterable of Modules, got Tanh; pass an array: [module, ...]'
  ],
  [
    () => new nn.Sequential([new nn.Tanh()] as never),
    'TypeError: Array is not a Module subclass; pass its modules: ...modules'
  ],
  [() => Reflect.construct(nn.Tanh, [1]) as unknown, 'TypeError: Tanh() takes 0 positional arguments but 1 was given'],
  [() => nn.init.calculateGain('leakyRelu', 'a' as never), "TypeError: calculateGain: param must be a number, got 'a'"]
])('%#', (call, message) => {
  expect(thrown(call)).toBe(message)
})
