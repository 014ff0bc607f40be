import { type Tensor, nn, ones, tensor, zeros } from 'dyngrad'
import { expectClose, longs, thrown } from '../helpers/check'

const { functional: F } = nn

describe('losses', () => {
  const x = tensor([
    [0.2, -1, 3],
    [0.5, 0.1, -0.7]
  ])
  const y = tensor([
    [0, 1, 0.5],
    [1, 0.25, 0]
  ])
  const weight = tensor([1, 2, 0.5])
  const classes = longs([2, 1])

  test.each<[string, () => Tensor, number[], string]>([
    ['MSELoss', () => new nn.MSELoss().forward(x, y), [1.8420833], 'MseLossBackward0'],
    ['L1Loss', () => new nn.L1Loss().forward(x, y), [1.0083333], 'MeanBackward0'],
    ['SmoothL1Loss', () => new nn.SmoothL1Loss({ beta: 0.5 }).forward(x, y), [0.79375], 'SmoothL1LossBackward0'],
    ['HuberLoss', () => new nn.HuberLoss('sum', 0.5).forward(x, y), [2.38125], 'HuberLossBackward0'],
    ['KLDivLoss', () => new nn.KLDivLoss({ reduction: 'batchmean' }).forward(x, y), [-0.8590736], 'DivBackward0'],
    ['BCELoss', () => new nn.BCELoss({ weight }).forward(y, y), [0.2452073], 'BinaryCrossEntropyBackward0'],
    [
      'BCEWithLogitsLoss',
      () => new nn.BCEWithLogitsLoss({ posWeight: tensor([3, 1, 0.25]) }).forward(x, y),
      [1.0310969],
      'BinaryCrossEntropyWithLogitsBackward0'
    ],
    [
      'NLLLoss',
      () => new nn.NLLLoss({ ignoreIndex: 2 }).forward(x.logSoftmax(1), classes),
      [1.0788019],
      'NllLossBackward0'
    ],
    [
      'CrossEntropyLoss',
      () => new nn.CrossEntropyLoss({ weight, reduction: 'none' }).forward(x, classes),
      [0.038075563, 2.1576037],
      'NllLossBackward0'
    ],
    [
      'CrossEntropyLoss with label smoothing',
      () => new nn.CrossEntropyLoss({ weight, labelSmoothing: 0.1 }).forward(x, classes),
      [0.9883423],
      'AddBackward0'
    ],
    [
      'CrossEntropyLoss with label smoothing and an ignored class',
      () => new nn.CrossEntropyLoss({ labelSmoothing: 0.1, ignoreIndex: 2 }).forward(x, classes),
      [1.0921352],
      'AddBackward0'
    ],
    [
      'CrossEntropyLoss of probabilities',
      () => new nn.CrossEntropyLoss({ weight, labelSmoothing: 0.1 }).forward(x, y),
      [4.4726663],
      'DivBackward0'
    ],
    [
      'CrossEntropyLoss of one row',
      () => new nn.CrossEntropyLoss({ labelSmoothing: 0.1 }).forward(x.at(0), tensor(1, { dtype: 'int64' })),
      [3.9028175],
      'AddBackward0'
    ]
  ])('%s', (name, loss, expected, node) => {
    const input = name === 'BCELoss' ? y : x
    expectClose(loss(), expected)
    input.requiresGrad_()
    expect(loss().gradFn!.name).toBe(node)
    input.requiresGrad_(false)
  })

  test('cross entropy takes further dims', () => {
    const input = tensor([
      [
        [0.2, 0.5],
        [-1, 0.1],
        [3, -0.7]
      ],
      [
        [0.5, 0.2],
        [0.1, -1],
        [-0.7, 3]
      ]
    ])
    const target = longs([
      [2, 1],
      [0, 0]
    ])
    input.requiresGrad_()
    const plain = F.crossEntropy(input, target, { weight, reduction: 'none' })
    expect([plain.shape, plain.gradFn!.name]).toEqual([[2, 2], 'NllLoss2DBackward0'])
    const smoothed = F.crossEntropy(input, target, { weight, labelSmoothing: 0.1 })
    expectClose(smoothed, [1.3700129])
    smoothed.backward()
    expectClose(
      input.grad!,
      [
        -0.00031132592, 0.20863257, -0.012677516, -0.26999885, 0.012988855, 0.061366286, -0.092812285, -0.19467619,
        0.06200059, -0.010980249, 0.03081168, 0.20565645
      ]
    )
  })

  test('all targets ignored: NaN for the mean, 0 for the sum', () => {
    const ignored = longs([-100, -100])
    expect(F.crossEntropy(x, ignored).item()).toBeNaN()
    expect(F.crossEntropy(x, ignored, { labelSmoothing: 0.1 }).item()).toBeNaN()
    expect(F.crossEntropy(x, ignored, { reduction: 'sum' }).item()).toBe(0)
  })

  test.each(['mean', 'sum', 'none'] as const)('ignored rows have gradient 0 whatever they hold (%s)', (reduction) => {
    const input = tensor([[0.5, -1], [NaN, Infinity]], { requiresGrad: true }) // prettier-ignore
    F.nllLoss(input, longs([1, 0]), { weight: tensor([NaN, 2]), ignoreIndex: 0, reduction })
      .sum()
      .backward()
    expect(input.grad!.tolist()).toEqual([[0, reduction === 'mean' ? -1 : -2], [0, 0]]) // prettier-ignore
  })

  test('cross entropy keeps its targets, which must not change before backward', () => {
    const target = classes.clone()
    const loss = F.crossEntropy(x.clone().requiresGrad_(), target)
    target.fill_(0)
    expect(() => loss.backward()).toThrow(
      'one of the variables needed for gradient computation has been modified by an inplace operation: [torch.LongTensor [2]] is at version 1'
    )
  })

  test('BCE of logits takes both weights', () => {
    const input = x.clone().requiresGrad_()
    const loss = new nn.BCEWithLogitsLoss({ weight, posWeight: tensor([3, 1, 0.25]) }).forward(input, y)
    loss.backward()
    expectClose(loss, [1.2087439])
    expectClose(input.grad!, [0.09163899, -0.2436862, 0.03919657, -0.18877034, 0.091659725, 0.02765102])
  })

  test('weights are buffers', () => {
    expect(Object.keys(new nn.CrossEntropyLoss({ weight }).stateDict())).toEqual(['weight'])
    expect(new nn.BCELoss({ weight }).double().weight!.dtype).toBe('float64')
    expect(Object.keys(new nn.BCELoss().stateDict())).toEqual([])
  })

  /** What a call warns of. */
  function warningsOf(call: () => unknown): unknown[][] {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    call()
    const { calls } = warn.mock
    warn.mockRestore()
    return calls
  }

  test.each([
    ['MSE', F.mseLoss, [2, 3], [3]],
    ['L1', F.l1Loss, [2, 3], [1]],
    ['smooth L1', F.smoothL1Loss, [3], [2, 3]],
    ['Huber', F.huberLoss, [2, 2], [2]]
  ] as const)('%s warns when sizes differ', (_, call, own, others) => {
    expect(warningsOf(() => expect(call(ones(...own), ones(...others)).item()).toBe(0))).toEqual([
      [
        `Using a target size (torch.Size([${others.join(', ')}])) that is different to the input size ` +
          `(torch.Size([${own.join(', ')}])). This will likely lead to incorrect results due to broadcasting. ` +
          'Please ensure they have the same size.',
        'UserWarning'
      ]
    ])
  })

  test('the divergence warns of its mean, and of nothing else', () => {
    const sentence =
      "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by the " +
      "batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as 'batchmean' in the " +
      'next major release.'
    expect(warningsOf(() => F.klDiv(x, ones(1), { reduction: 'batchmean' }))).toEqual([])
    expect(warningsOf(() => F.klDiv(x, ones(1)))).toEqual([[sentence, 'UserWarning']])
  })

  test('the mean of a batch is the sum where there are no dims', () => {
    const [one, two] = [tensor(1, { requiresGrad: true }), tensor(2)]
    const loss = F.klDiv(one, two, { reduction: 'batchmean' })
    expectClose(loss, [-0.6137056])
    expect(loss.gradFn!.name).toBe('SumBackward0')
  })

  test('losses of integers', () => {
    const sum = F.l1Loss(longs([1, 2]), longs([3, 5]), { reduction: 'sum' })
    expect([sum.dtype, sum.item()]).toEqual(['int64', 5])
    expect(F.huberLoss(ones(2), double(2)).dtype).toBe('float32')
    expect(F.smoothL1Loss(ones(2), double(2)).dtype).toBe('float64')
  })

  const half = (...shape: number[]): Tensor => ones(shape).mul(0.5)
  const double = (n: number): Tensor => ones([n], { dtype: 'float64' })

  test.each<[string, () => unknown]>([
    [
      'RangeError: Using a target size (torch.Size([2, 1])) that is different to the input size (torch.Size([2])) is ' +
        'deprecated. Please ensure they have the same size.',
      () => F.binaryCrossEntropy(half(2), ones(2, 1))
    ],
    [
      'TypeError: Found dtype Long but expected Float; add .float()',
      () => F.binaryCrossEntropy(half(2), longs([1, 1]))
    ],
    [
      'TypeError: Found dtype Double but expected Float; add .float() or .double()',
      () => F.binaryCrossEntropy(half(2), double(2))
    ],
    [
      'TypeError: "binary_cross_entropy" not implemented for \'Long\'; add .float()',
      () => F.binaryCrossEntropy(longs([1]), longs([1]))
    ],
    [
      'RangeError: all elements of input should be between 0 and 1; one lies outside, or is NaN',
      () => F.binaryCrossEntropy(half(2).mul(3), ones(2).mul(3))
    ],
    [
      'RangeError: all elements of target should be between 0 and 1; one lies outside, or is NaN',
      () => F.binaryCrossEntropy(half(2), ones(2).mul(3))
    ],
    ['RangeError: foo is not a valid value for reduction', () => F.mseLoss(x, y, { reduction: 'foo' as never })],
    [
      "RangeError: output with shape [2] doesn't match the broadcast shape [3, 2]: binaryCrossEntropy: weights must broadcast " +
        'to the losses',
      () => F.binaryCrossEntropy(half(2), ones(2), { weight: ones(3, 2) })
    ],
    [
      'RangeError: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0; ' +
        'binaryCrossEntropyWithLogits: cannot broadcast [2] with [3]',
      () => F.binaryCrossEntropyWithLogits(half(2), ones(2), { weight: ones(3) })
    ],
    [
      'RangeError: Target size (torch.Size([2])) must be the same as input size (torch.Size([2, 3]))',
      () => F.binaryCrossEntropyWithLogits(ones(2, 3), ones(2))
    ],
    [
      "TypeError: result type Float can't be cast to the desired output type Long; add .float()",
      () => F.binaryCrossEntropyWithLogits(ones(1), longs([1]))
    ],
    [
      'TypeError: "log_sigmoid_cpu" not implemented for \'Long\'; add .float()',
      () => F.binaryCrossEntropyWithLogits(longs([1]), ones(1))
    ],
    ['TypeError: "mse_cpu" not implemented for \'Long\'; add .float()', () => F.mseLoss(longs([1]), longs([1]))],
    [
      'TypeError: "log_softmax_lastdim_kernel_impl" not implemented for \'Long\'; add .float()',
      () => F.crossEntropy(longs([[1, 2]]), longs([1]))
    ],
    [
      'RangeError: labelSmoothing must be between 0.0 and 1.0. Got: 1.1',
      () => F.crossEntropy(x, classes, { labelSmoothing: 1.1 })
    ],
    [
      'RangeError: ignoreIndex is not supported for floating point target',
      () => F.crossEntropy(x, y, { ignoreIndex: 1 })
    ],
    [
      'TypeError: Expected floating point type for target with class probabilities, got Long; class indices have one dim less ' +
        'than the input',
      () => F.crossEntropy(ones(2, 3), ones([2, 3], { dtype: 'int64' }))
    ],
    [
      'RangeError: crossEntropy: weight tensor should be defined either for all 3 classes or no classes but got weight tensor ' +
        'of shape: [4]',
      () => F.crossEntropy(x, y, { weight: ones(4) })
    ]
  ])('%s', (message, call) => expect(thrown(call)).toBe(message))

  const zeroed = (...shape: number[]): Tensor => zeros(shape, { dtype: 'int64' })
  const classCases: [string, () => [Tensor, Tensor, { weight: Tensor }?]][] = [
    ['RangeError: Target 3 is out of bounds for 3 classes', () => [ones(2, 3), longs([1, 3])]],
    ['RangeError: Target -1 is out of bounds for 3 classes', () => [ones(2, 3), longs([1, -1])]],
    ['RangeError: For 1D input, 1D target must have size 1, but got target size: 2', () => [ones(3), longs([1, 2])]],
    ['RangeError: Expected input batch_size (2) to match target batch_size (1).', () => [ones(2, 3), longs([1])]],
    [
      'RangeError: Expected input batch_size (2) to match target batch_size (0).',
      () => [ones(2, 3), tensor(1, { dtype: 'int64' })]
    ],
    [
      'RangeError: 0D or 1D target tensor expected, multi-target not supported; the target has shape [2, 1]: use squeeze(1)',
      () => [ones(2, 3), zeroed(2, 1)]
    ],
    [
      "TypeError: expected target dtype to be Long or Byte, but got Float; make class indices with { dtype: 'int64' } or .long()",
      () => [ones(2, 3), ones(2)]
    ],
    [
      "TypeError: expected target dtype to be Long or Byte, but got Int; make class indices with { dtype: 'int64' } or .long()",
      () => [ones(2, 3), ones([2], { dtype: 'int32' })]
    ],
    [
      'RangeError: weight tensor should be defined either for all 3 classes or no classes but got weight tensor of shape: [2]',
      () => [ones(2, 3), longs([1, 1]), { weight: ones(2) }]
    ],
    ['RangeError: Expected target size [2, 4], got [2, 5]', () => [ones(2, 3, 4), zeroed(2, 5)]],
    ['RangeError: Expected target size [0], got []', () => [ones(0, 5), tensor(0, { dtype: 'int64' })]],
    [
      'RangeError: size mismatch (got input: [2, 3, 4, 5] , target: [2, 4, 6]',
      () => [ones(2, 3, 4, 5), zeroed(2, 4, 6)]
    ],
    [
      'RangeError: only batches of spatial targets supported (3D tensors) but got targets of dimension: 2; [2, 3, 4, 5] wants ' +
        '[2, 4, 5]',
      () => [ones(2, 3, 4, 5), zeroed(2, 4)]
    ]
  ]

  test.each(classCases)('class targets: %s', (message, makeArguments) => {
    expect(thrown(() => F.nllLoss(...makeArguments()))).toBe(message)
    expect(thrown(() => F.crossEntropy(...makeArguments()))).toBe(message)
  })

  test('class targets may be uint8', () => {
    expect(F.crossEntropy(ones(2, 3), ones([2], { dtype: 'uint8' })).item()).toBeCloseTo(Math.log(3), 6)
  })

  test('a mask beside floats counts as 0 and 1, on either side', () => {
    const [floats, mask] = [tensor([0.5, -1, 2], { requiresGrad: true }), tensor([true, false, true])]
    for (const loss of [F.mseLoss, F.smoothL1Loss, F.huberLoss]) {
      const [result, expected] = [loss(floats, mask), loss(floats, mask.float())]
      expect([result.dtype, result.item()]).toEqual(['float32', expected.item()])
      result.backward()
      const { grad } = floats
      floats.grad = null
      expected.backward()
      expect(grad!.tolist()).toEqual(floats.grad!.tolist())
      floats.grad = null
    }
    for (const loss of [F.mseLoss, F.smoothL1Loss]) {
      expect(loss(mask, floats).item()).toBe(loss(mask.float(), floats).item())
    }
    expect(thrown(() => F.huberLoss(mask, floats))).toMatch("TypeError: result type Float can't be cast")
    expect(thrown(() => F.l1Loss(floats, mask))).toMatch('TypeError: Subtraction, the `-` operator, with a bool tensor')
  })
})
