// Gradients of means of nothing, and their own with respect to the gradient that came in, as in PyTorch.

import { type Tensor, autograd, nn, ones, tensor, zeros } from 'dyngrad'

const F = nn.functional

/** The gradient of the sum of a gradient with respect to the one that it was made from. */
function ofIncoming(loss: (input: Tensor) => Tensor): number[] {
  const input = zeros([0, 3]).requiresGrad_()
  const output = loss(input)
  const incoming = ones(output.shape).requiresGrad_()
  const [gradient] = autograd.grad(output, input, { gradOutputs: incoming, createGraph: true })
  expect(gradient.shape).toEqual([0, 3])
  return [...(autograd.grad(gradient.sum(), incoming)[0].reshape(-1).toTypedArray() as Float32Array)].map((x) => x + 0)
}

const target = zeros([0, 3])
test.each<[string, (input: Tensor) => Tensor]>([
  ['mean', (input) => input.mean()],
  ['var', (input) => input.var()],
  ['norm', (input) => input.norm()],
  ['mseLoss', (input) => F.mseLoss(input, target)],
  ['l1Loss', (input) => F.l1Loss(input, target)],
  ['smoothL1Loss', (input) => F.smoothL1Loss(input, target)],
  ['huberLoss', (input) => F.huberLoss(input, target)],
  ['binaryCrossEntropy', (input) => F.binaryCrossEntropy(input, target)],
  ['binaryCrossEntropyWithLogits', (input) => F.binaryCrossEntropyWithLogits(input, target)],
  ['klDiv', (input) => F.klDiv(input, target)]
])('%s of nothing has the derivative 0 of its gradient', (_, loss) => {
  expect(ofIncoming(loss)).toEqual([0])
})

test('means of nothing in each column, too', () => {
  expect(ofIncoming((input) => input.mean(0))).toEqual([0, 0, 0])
  expect(ofIncoming((input) => input.var(0))).toEqual([0, 0, 0])
})

test('PyTorch divides by the number of nothing in std and class losses', () => {
  expect(ofIncoming((input) => input.std())).toEqual([NaN])
  const classes = zeros(0, { dtype: 'int64' })
  expect(ofIncoming((input) => F.nllLoss(input, classes))).toEqual([NaN])
  expect(ofIncoming((input) => F.crossEntropy(input, classes))).toEqual([NaN])
})

test('the loss of one row is no view', () => {
  for (const loss of [F.nllLoss, F.crossEntropy]) {
    const input = tensor([0.5, 1, 2], { requiresGrad: true })
    for (const classes of [tensor(1n), tensor([1n])]) {
      const output = loss(input, classes, { reduction: 'none' })
      expect(output.shape).toEqual([])
      expect(output.gradFn?.name).toBe('NllLossBackward0')
      expect(output.detach_().add_(1).requiresGrad).toBe(false)
    }
  }
})
