// PyTorch's orders of arguments: what stands in its place means what it means by keyword.

import { Generator, type Tensor, nn, ones, tensor, zeros } from 'dyngrad'
import { longs, thrown, values } from '../helpers/check'

const { functional: F, init } = nn

const x = tensor([[0.5, -1, 2], [0, 1, 0.25]]) // prettier-ignore
const classes = longs([2, 0])
const weight = tensor([1, 2, 0.5])

test('of layers', () => {
  expect(new nn.Linear(2, 3, false).bias).toBeNull()
  expect(new nn.Linear(2, 3, true, null, 'float64').weight.dtype).toBe('float64')
  expect(new nn.Linear({ outFeatures: 3, inFeatures: 2, bias: false }).weight.shape).toEqual([3, 2])
  expect([new nn.ReLU(true).inplace, new nn.Softmax(0).dim, new nn.LogSoftmax({ dim: 1 }).dim]).toEqual([true, 0, 1])
  const { startDim, endDim } = new nn.Flatten(0, { endDim: 1 })
  expect([startDim, endDim]).toEqual([0, 1])
  const identity = new nn.Identity(54, { unused: 1 })
  expect([identity.forward(x), identity.forward({ input: x })]).toEqual([x, x])
  expect(new nn.Parameter(ones(1), false).requiresGrad).toBe(false)
  expect(String(new nn.ModuleList({ modules: [new nn.Tanh()] }))).toBe('ModuleList(\n  (0): Tanh()\n)')
})

test.each<[string, () => Tensor, () => Tensor]>([
  ['linear', () => F.linear(x, ones(2, 3), ones(2)), () => F.linear({ input: x, weight: ones(2, 3), bias: ones(2) })],
  ['relu', () => F.relu(x.clone(), true), () => F.relu(x.clone(), { inplace: true })],
  ['softmax', () => F.softmax(x, 0, 3, 'float64'), () => F.softmax({ dtype: 'float64', dim: 0, input: x })],
  ['logSoftmax', () => F.logSoftmax(x, 0), () => F.logSoftmax(x, { dim: 0 })],
  ['mseLoss', () => F.mseLoss(x, ones(2, 3), null, null, 'sum'), () => F.mseLoss(x, ones(2, 3), { reduction: 'sum' })],
  [
    'binaryCrossEntropy',
    () => F.binaryCrossEntropy(x.sigmoid(), ones(2, 3), weight, null, null, 'none'),
    () => F.binaryCrossEntropy(x.sigmoid(), ones(2, 3), { weight, reduction: 'none' })
  ],
  [
    'binaryCrossEntropyWithLogits',
    () => F.binaryCrossEntropyWithLogits(x, ones(2, 3), null, null, null, 'sum', weight),
    () => F.binaryCrossEntropyWithLogits(x, ones(2, 3), { posWeight: weight, reduction: 'sum' })
  ],
  [
    'nllLoss',
    () => F.nllLoss(x, classes, weight, null, 2, null, 'sum'),
    () => F.nllLoss(x, classes, { weight, ignoreIndex: 2, reduction: 'sum' })
  ],
  [
    'crossEntropy',
    () => F.crossEntropy(x, classes, weight, null, -100, null, 'sum', 0.25),
    () => F.crossEntropy(x, classes, { weight, reduction: 'sum', labelSmoothing: 0.25 })
  ],
  [
    'MSELoss',
    () => new nn.MSELoss(null, null, 'sum').forward(x, ones(2, 3)),
    () => new nn.MSELoss({ reduction: 'sum' }).forward({ target: ones(2, 3), input: x })
  ],
  [
    'SmoothL1Loss',
    () => new nn.SmoothL1Loss(null, null, 'sum', 0.25).forward(x, ones(2, 3)),
    () => new nn.SmoothL1Loss({ reduction: 'sum', beta: 0.25 }).forward(x, ones(2, 3))
  ],
  [
    'HuberLoss',
    () => new nn.HuberLoss('sum', 0.25).forward(x, ones(2, 3)),
    () => new nn.HuberLoss({ reduction: 'sum', delta: 0.25 }).forward(x, ones(2, 3))
  ],
  [
    'KLDivLoss',
    () => new nn.KLDivLoss(null, null, 'batchmean', true).forward(x, ones(2, 3)),
    () => new nn.KLDivLoss({ reduction: 'batchmean', logTarget: true }).forward(x, ones(2, 3))
  ],
  [
    'BCELoss',
    () => new nn.BCELoss(weight, null, null, 'sum').forward(x.sigmoid(), ones(2, 3)),
    () => new nn.BCELoss({ weight, reduction: 'sum' }).forward(x.sigmoid(), { target: ones(2, 3) })
  ],
  [
    'BCEWithLogitsLoss',
    () => new nn.BCEWithLogitsLoss(null, null, null, 'none', weight).forward(x, ones(2, 3)),
    () => new nn.BCEWithLogitsLoss({ posWeight: weight, reduction: 'none' }).forward(x, ones(2, 3))
  ],
  [
    'NLLLoss',
    () => new nn.NLLLoss(weight, null, 2, null, 'sum').forward(x, classes),
    () => new nn.NLLLoss({ weight, ignoreIndex: 2, reduction: 'sum' }).forward(x, classes)
  ],
  [
    'CrossEntropyLoss',
    () => new nn.CrossEntropyLoss(weight, null, 2, null, 'sum', 0.25).forward(x, classes),
    () =>
      new nn.CrossEntropyLoss({ weight, ignoreIndex: 2, reduction: 'sum', labelSmoothing: 0.25 }).forward(x, classes)
  ]
])('of %s', (_, inOrder, byKeyword) => {
  expect([inOrder().dtype, values(inOrder())]).toEqual([byKeyword().dtype, values(byKeyword())])
})

test('of nn.init', () => {
  const stream = (): Generator => new Generator().manualSeed(3)
  const calls: [(into: Tensor) => Tensor, (into: Tensor) => Tensor][] = [
    [(t) => init.uniform_(t, 1, 2, stream()), (t) => init.uniform_(t, { a: 1, b: 2, generator: stream() })],
    [(t) => init.normal_(t, 1, 2, stream()), (t) => init.normal_(t, { mean: 1, std: 2, generator: stream() })],
    [(t) => init.constant_(t, 3), (t) => init.constant_({ tensor: t, val: 3 })],
    [(t) => init.xavierUniform_(t, 2, stream()), (t) => init.xavierUniform_(t, { gain: 2, generator: stream() })],
    [(t) => init.xavierNormal_(t, 2, stream()), (t) => init.xavierNormal_(t, { gain: 2, generator: stream() })],
    [
      (t) => init.kaimingUniform_(t, 1, 'fanOut', 'relu', stream()),
      (t) => init.kaimingUniform_(t, { a: 1, mode: 'fanOut', nonlinearity: 'relu', generator: stream() })
    ],
    [
      (t) => init.kaimingNormal_(t, 1, 'fanOut', 'leakyRelu', stream()),
      (t) => init.kaimingNormal_(t, { a: 1, mode: 'fanOut', generator: stream() })
    ]
  ]
  for (const [inOrder, byKeyword] of calls) {
    expect(values(inOrder(zeros(2, 3)))).toEqual(values(byKeyword(zeros(2, 3))))
  }
})

test('of modules', () => {
  const net = new nn.Sequential(new nn.Linear(1, 1))
  expect(net.namedParameters('net', false)).toEqual([])
  expect(net.namedParameters('net').map(([name]) => name)).toEqual(['net.0.weight', 'net.0.bias'])
  expect([net.parameters(false), net.buffers(false)]).toEqual([[], []])
  expect(net.namedModules(null, 'net', false).map(([name]) => name)).toEqual(['net', 'net.0'])
  net.registerModule('again', net.at(0))
  expect([net.modules().length, net.modules(false).length]).toEqual([2, 3])
  const module = new nn.Identity()
  module.registerBuffer('kept', ones(1), true)
  expect(module.registerBuffer('scratch', zeros(1), false).shape).toEqual([1])
  module.registerBuffer({ name: 'named', tensor: null, persistent: false })
  expect([Object.keys(module.stateDict()), module.namedBuffers().map(([name]) => name)]).toEqual([
    ['kept'],
    ['kept', 'scratch']
  ])
  expect(module.loadStateDict({ strict: ones(1) }, false)).toEqual({
    missingKeys: ['kept'],
    unexpectedKeys: ['strict']
  })
  expect(module.loadStateDict({ stateDict: {}, strict: false } as never, { strict: false })).toMatchObject({
    unexpectedKeys: ['stateDict', 'strict']
  })
  const grads = net.parameters()
  for (const each of grads) each.grad = ones(...each.shape)
  net.zeroGrad(false)
  expect(grads.map(({ grad }) => values(grad!))).toEqual([[0], [0]])
})

test('of what is not supported: PyTorch keeps its place, and nothing else may stand there', () => {
  expect(thrown(() => new nn.BCELoss(weight, 'sum' as never))).toBe(
    "TypeError: BCELoss: sizeAverage is deprecated, please use reduction instead; it may only be null, got 'sum'"
  )
  expect(thrown(() => new nn.Linear(2, 3, 4 as never))).toBe(
    "TypeError: Linear(): argument 'bias' must be bool, not number"
  )
  expect(thrown(() => new nn.Identity().loadStateDict({}, true, true as never))).toBe(
    'TypeError: loadStateDict: assign is not supported; it may only be false, got boolean'
  )
})

test('a forward takes no more than its operands', () => {
  expect(thrown(() => new nn.ReLU().forward(...([x, true] as unknown as [Tensor])))).toBe(
    'TypeError: forward() takes 1 positional argument but 2 were given'
  )
  expect(thrown(() => new nn.MSELoss().forward({ input: x } as never))).toBe(
    "TypeError: forward() missing 1 required argument: 'target'"
  )
  const loss = new nn.MSELoss()
  loss.reduction = 'foo' as never
  expect(thrown(() => loss.forward(x, x))).toBe('RangeError: foo is not a valid value for reduction')
})
