// Calls that TypeScript takes, and those that it flags: tsc fails where a line below `@ts-expect-error` has no error.
// Nothing runs this file.

import { type Tensor, autograd, compile, nn, noGrad, ones, optim } from '../../lib'

const x: Tensor = ones(2, 3)
const params = [ones(2)]
const { functional: F, init } = nn

export const taken = {
  linear: new nn.Linear(2, 3, false),
  linearByKeyword: new nn.Linear({ inFeatures: 2, outFeatures: 3, dtype: 'float64' }),
  loss: new nn.CrossEntropyLoss(null, null, -100, null, 'sum', 0.1).forward(x, x),
  crossEntropy: F.crossEntropy(x, x, x, { reduction: 'sum' }),
  relu: F.relu(x, true),
  uniform: init.uniform_(x, 0, { b: 2 }),
  sgd: new optim.SGD(params, 0.1, 0.9, { maximize: true }),
  adam: new optim.Adam([{ params, lr: 0.1 }], 1e-3, [0.9, 0.99]),
  names: new nn.Tanh().namedParameters('net', false),
  buffer: new nn.Tanh().registerBuffer('b', x, false).shape,
  nothing: new nn.Tanh().registerBuffer('c', null) satisfies null,
  loaded: new nn.Tanh().loadStateDict({}, false).missingKeys,
  size: x.size(0) + x.size({ dim: 1 }),
  gradients: autograd.grad(x, [x], x, { createGraph: true }).map((gradient) => gradient.shape),
  orNull: autograd.grad(x, x, { allowUnused: true }).map((gradient) => gradient?.shape),
  result: noGrad(() => 'text').length,
  compiled: compile((input: Tensor) => input, { maxPrograms: 2 })
}

export const flagged = [
  // @ts-expect-error bias is a boolean
  () => new nn.Linear(2, 3, 4),
  // @ts-expect-error outFeatures is missing
  () => new nn.Linear(2),
  // @ts-expect-error a misspelt keyword
  () => new nn.Linear(2, 3, { biass: false }),
  // @ts-expect-error there is no such device
  () => new nn.Linear(2, 3, true, 'cuda'),
  // @ts-expect-error Tanh takes nothing
  () => new nn.Tanh(true),
  // @ts-expect-error a forward takes no more than its input
  () => new nn.ReLU().forward(x, true),
  // @ts-expect-error not a reduction
  () => new nn.MSELoss({ reduction: 'average' }),
  // @ts-expect-error the place of size_average
  () => new nn.BCELoss(x, true),
  // @ts-expect-error a surplus argument
  () => F.relu(x, true, 1),
  // @ts-expect-error keywords come last
  () => F.softmax({ dim: 1 }, x),
  // @ts-expect-error not a nonlinearity
  () => init.kaimingUniform_(x, 0, 'fanIn', 'leaky'),
  // @ts-expect-error PyTorch's spelling
  () => new optim.SGD(params, { weight_decay: 0.1 }),
  // @ts-expect-error lr is a number
  () => new optim.SGD(params, 'x'),
  // @ts-expect-error maximize goes by keyword only
  () => new optim.SGD(params, 0.1, 0, 0, 0, false, true),
  // @ts-expect-error betas are a pair
  () => new optim.Adam(params, 1e-3, 0.9),
  // @ts-expect-error mode is a boolean
  () => new nn.Tanh().train(1),
  // @ts-expect-error a misspelt keyword
  () => new nn.Tanh().zeroGrad({ set_to_none: true }),
  // @ts-expect-error prefix goes by keyword only
  () => new nn.Tanh().stateDict('net.'),
  // @ts-expect-error item takes nothing
  () => x.item(1),
  // @ts-expect-error one dim, not two
  () => x.size(0, 1),
  // @ts-expect-error a gradient is a tensor
  () => x.backward(1),
  // @ts-expect-error a misspelt keyword
  () => x.backward({ retain_graph: true }),
  // @ts-expect-error onlyInputs is true
  () => autograd.grad(x, x, null, null, false, false),
  // @ts-expect-error a function is missing
  () => noGrad(),
  // @ts-expect-error maxPrograms goes by keyword only
  () => compile((input: Tensor) => input, 2)
]
