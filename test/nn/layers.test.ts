import { type Tensor, eye, manualSeed, nn, ones, slice, tensor, zeros } from 'dyngrad'
import { expectClose, floats, thrown, values } from '../helpers/check'
import { decodeTensor, type EncodedTensor } from '../helpers/fixture'
import fixture from '../fixtures/training.json'

const { functional: F, init } = nn

describe('nn.Linear', () => {
  test("draws PyTorch's weights from the same seed", () => {
    manualSeed(7)
    const linear = new nn.Linear(3, 2)
    expect(values(linear.weight)).toEqual(
      floats(0.040325075, -0.34779212, 0.18384182, 0.18116128, -0.30858037, -0.08653163)
    )
    expect(values(linear.bias!)).toEqual(floats(-0.33822793, 0.14980665))
  })

  test("draws PyTorch's weights in float64", () => {
    manualSeed(7)
    const { weight, bias } = new nn.Linear(3, 2, { dtype: 'float64' })
    expect(values(weight)).toEqual([
      -0.2547495363640743, -0.26131599068491523, 0.4181089374922697, 0.1809282151579961, 0.4878948880790089,
      0.39207322819701307
    ])
    expect(values(bias!)).toEqual([-0.23704603940026484, 0.07011526117687616])
  })

  test('draws whole networks as PyTorch does', () => {
    manualSeed(0)
    // What the script draws before the network: randn(16, 4) and randint(0, 3, 16).
    nn.init.normal_(zeros(16, 4))
    nn.init.uniform_(zeros(16))
    const net = new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Linear(8, 3))
    const initial = fixture.network.initial as Record<string, EncodedTensor>
    for (const [name, parameter] of net.namedParameters()) {
      expect([name, values(parameter)]).toEqual([name, values(decodeTensor(initial[name]))])
    }
  })

  test('leaves out the bias', () => {
    const linear = new nn.Linear(2, 3, { bias: false })
    expect(linear.bias).toBeNull()
    expect(Object.keys(linear.stateDict())).toEqual(['weight'])
    expect(linear.forward(ones(5, 2)).gradFn!.name).toBe('MmBackward0')
    expect(new nn.Linear(2, 3).forward(ones(5, 2)).gradFn!.name).toBe('AddmmBackward0')
  })

  test.each<[string, () => unknown]>([
    ['both arguments to linear need to be at least 1D, but they are 0D and 2D', () => F.linear(tensor(1), ones(1, 2))],
    [
      'mat1 and mat2 must have the same dtype, but got Double and Float',
      () => new nn.Linear(2, 1).forward(ones([3, 2], { dtype: 'float64' }))
    ]
  ])('%s', (message, call) => expect(thrown(call)).toContain(`Error: ${message}`))
})

describe('nn.init', () => {
  const drawn = (fill: (x: Tensor) => Tensor, shape = [2, 3]): number[] => {
    manualSeed(3)
    return values(fill(zeros(shape)))
  }

  test.each<[string, (x: Tensor) => Tensor, number[]]>([
    [
      'uniform_',
      (x) => init.uniform_(x, -2, 3),
      [-1.9786824, -1.4721532, -0.5707876, -1.8652258, 0.3580718, -1.6994185]
    ],
    ['normal_', (x) => init.normal_(x, 1, 0.5), [1.401638, 1.0874166, 1.044489, 0.693141, 1.0230912, 0.3158704]],
    [
      'xavierUniform_',
      (x) => init.xavierUniform_(x, { gain: 2 }),
      [-2.1722085, -1.7283086, -0.93839127, -2.0727801, -0.12437964, -1.9274739]
    ],
    [
      'xavierNormal_',
      (x) => init.xavierNormal_(x),
      [0.5080364, 0.11057435, 0.05627469, -0.38814935, 0.029208347, -0.86536306]
    ],
    [
      'kaimingUniform_',
      (x) => init.kaimingUniform_(x, { mode: 'fanOut', nonlinearity: 'relu' }),
      [-1.7172815, -1.3663478, -0.7418634, -1.6386765, -0.098330736, -1.5238018]
    ],
    [
      'kaimingNormal_',
      (x) => init.kaimingNormal_(x, { a: 0.2 }),
      [0.64313555, 0.13997874, 0.071239494, -0.49136767, 0.036975555, -1.0954841]
    ],
    [
      'kaimingUniform_ for tanh',
      (x) => init.kaimingUniform_(x, { nonlinearity: 'tanh' }),
      [-1.6524549, -1.3147688, -0.71385837, -1.5768172, -0.0946188, -1.466279]
    ]
  ])("%s draws PyTorch's numbers", (_, fill, expected) => {
    drawn(fill).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6))
  })

  test('counts the receptive field', () => {
    expect(drawn((x) => init.xavierUniform_(x), [1, 2, 2])).toEqual(
      floats(-0.99147296, -0.7888613, -0.42831504, -0.94609034)
    )
    expect(drawn((x) => init.kaimingUniform_(x, { mode: 'fanOut' }), [1, 2, 2])[3]).toBeCloseTo(
      drawn((x) => init.uniform_(x, -Math.sqrt(3), Math.sqrt(3)), [1, 2, 2])[3],
      6
    )
  })

  test('writes constants into parameters and returns them', () => {
    const weight = new nn.Parameter(zeros(2))
    expect(init.constant_(weight, 3)).toBe(weight)
    expect(values(weight)).toEqual([3, 3])
    expect(values(init.ones_(weight))).toEqual([1, 1])
    expect(values(init.zeros_(weight))).toEqual([0, 0])
    expect([weight.isLeaf, weight.requiresGrad]).toEqual([true, true])
  })

  test('calculateGain', () => {
    const gains = (['linear', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'selu'] as const).map((name) =>
      init.calculateGain(name)
    )
    expect(gains).toEqual([1, 1, 1.6666666666666667, 1.4142135623730951, 1.4141428569978354, 0.75])
    expect(init.calculateGain('leakyRelu', 0.2)).toBe(1.3867504905630728)
  })

  test("modes and nonlinearities have PyTorch's spelling, too", () => {
    const drawn = (...args: [number, 'fanOut' | 'fan_out', 'leakyRelu' | 'leaky_relu']): unknown => {
      manualSeed(0)
      return init.kaimingNormal_(zeros(3, 5), ...args).tolist()
    }
    expect(drawn(0.2, 'fan_out', 'leaky_relu')).toEqual(drawn(0.2, 'fanOut', 'leakyRelu'))
    expect(init.calculateGain('conv_transpose2d')).toBe(1)
  })

  test("truncNormal_ draws PyTorch's numbers, within its bounds", () => {
    const drawn = (size: number, ...args: [] | [number, number, number, number]): Tensor => {
      manualSeed(0)
      return init.truncNormal_(zeros(size), ...args)
    }
    expectClose(
      drawn(6),
      [1.5409960746765137, -0.293428897857666, -0.7192575931549072, 0.5684312582, -1.0845223665237427, -1.398595452308]
    )
    expectClose(drawn(4, 1, 0.5, 0, 2), [1.7704980373, 0.8532855511, 1.2016733885, 1.2842156887])
    // Beyond the bounds lies most of this one.
    const narrow = drawn(3, 5, 0.5, 0, 2)
    expectClose(narrow, [1.9853849411010742, 1.8640007972717285, 1.8702073097229004])
    expect([init.truncNormal_(zeros(0)).shape, narrow.le(2).all().item()]).toEqual([[0], true])
  })

  test('eye_ and dirac_ keep what passes through', () => {
    expect(init.eye_(ones(2, 3)).tolist()).toEqual([
      [1, 0, 0],
      [0, 1, 0]
    ])
    const weight = init.dirac_(ones(4, 2, 3), 2)
    expect(weight.at(slice(), slice(), 1).tolist()).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
      [0, 1]
    ])
    expect(weight.sum().item()).toBe(4)
  })

  test("orthogonal_ makes PyTorch's matrices, whose fewer rows or columns are orthonormal", () => {
    manualSeed(3)
    expectClose(
      init.orthogonal_(zeros(3, 2), 2).flatten(),
      [1.984604, 0.194871, 0.219833, -0.817218, 0.1141, -1.814987]
    )
    expectClose(
      init.orthogonal_(zeros(2, 3), 2).flatten(),
      [0.377567, 1.131169, -1.605584, 1.360153, 1.028865, 1.044711]
    )
    expectClose(
      init.orthogonal_(zeros(2, 2, 2), 2).flatten(),
      [-1.712995, 0.592294, 0.830546, -0.158205, 0.987646, 1.408938, 0.97628, -0.293814]
    )
    const wide = init.orthogonal_(zeros(20, 5, 8, { dtype: 'float64' }), 3).flatten(1)
    expect(wide.matmul(wide.T).sub(eye(20).mul(9)).abs().max().item()).toBeLessThan(1e-13)
    expect(init.orthogonal_(zeros(0, 2)).shape).toEqual([0, 2])
  })

  test.each<[string, () => unknown]>([
    ['RangeError: Only tensors with 2 or more dimensions are supported', () => init.orthogonal_(zeros(2))],
    ['RangeError: Only tensors with 2 dimensions are supported', () => init.eye_(zeros(2))],
    ['RangeError: Only tensors with 3, 4, or 5 dimensions are supported', () => init.dirac_(zeros(2, 2))],
    ['RangeError: dim 0 must be divisible by groups', () => init.dirac_(zeros(3, 2, 3), 2)],
    [
      'RangeError: Fan in and fan out can not be computed for tensor with fewer than 2 dimensions',
      () => init.xavierUniform_(zeros(3))
    ],
    ['RangeError: Unsupported nonlinearity foo', () => init.calculateGain('foo' as never)],
    [
      "RangeError: Mode foo not supported, please use one of ['fanIn', 'fanOut']",
      () => init.kaimingUniform_(zeros(3, 3), { mode: 'foo' as never })
    ],
    [
      'RangeError: uniform_ expects to return a [from, to) range, but found from=2 > to=1',
      () => init.uniform_(zeros(3), 2, 1)
    ],
    ['RangeError: normal expects std >= 0.0, but found std -1', () => init.normal_(zeros(3), 0, -1)]
  ])('%s', (message, call) => expect(thrown(call)).toBe(message))

  test('warns about tensors without elements', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    expect(new nn.Linear(0, 2).weight.shape).toEqual([2, 0])
    expect(warn.mock.calls).toEqual([['Initializing zero-element tensors is a no-op', 'UserWarning']])
    warn.mockRestore()
  })
})

describe('nn.Sequential', () => {
  test('runs its modules in order', () => {
    const net = new nn.Sequential(new nn.Flatten(), new nn.ReLU({ inplace: true }), new nn.Softmax(1))
    expect(net.forward(zeros(2, 2, 2)).tolist()).toEqual([
      [0.25, 0.25, 0.25, 0.25],
      [0.25, 0.25, 0.25, 0.25]
    ])
  })

  test('is a list', () => {
    const [relu, tanh] = [new nn.ReLU(), new nn.Tanh()]
    const net = new nn.Sequential(relu).append(tanh)
    expect([net.length, net.at(0), net.at(-1), [...net]]).toEqual([2, relu, tanh, [relu, tanh]])
    expect(thrown(() => net.at(2))).toBe('RangeError: index 2 is out of range')
    expect(thrown(() => new nn.Sequential(3 as never))).toBe('TypeError: number is not a Module subclass')
  })

  test('takes names', () => {
    const net = new nn.Sequential({ input: new nn.Linear(2, 3), activation: new nn.Tanh() })
    expect(Object.keys(net.stateDict())).toEqual(['input.weight', 'input.bias'])
    expect(net.forward(ones(1, 2)).shape).toEqual([1, 3])
    expect(thrown(() => new nn.Sequential({ forward: new nn.ReLU() }))).toBe(
      "RangeError: attribute 'forward' already exists"
    )
  })

  test('runs more than ten modules in order', () => {
    const order: number[] = []
    const layers = Array.from({ length: 12 }, (_, i) => {
      const layer = new nn.Identity()
      layer.registerForwardHook(() => void order.push(i))
      return layer
    })
    new nn.Sequential(...layers).forward(ones(1))
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })
})

describe('nn.ModuleList', () => {
  test('finds the parameters of its members', () => {
    class Stack extends nn.Module {
      layers = new nn.ModuleList([new nn.Linear(1, 1), new nn.Linear(1, 1)])

      override forward(x: Tensor): Tensor {
        for (const layer of this.layers) x = layer.forward(x)
        return x
      }
    }
    const net = new Stack()
    expect(net.namedParameters().map(([name]) => name)).toEqual([
      'layers.0.weight',
      'layers.0.bias',
      'layers.1.weight',
      'layers.1.bias'
    ])
    expect(net.forward(ones(1)).shape).toEqual([1])
    expect(net.layers.at(-1).inFeatures).toBe(1)
    expect(thrown(() => net.layers.at(-3))).toBe('RangeError: index -3 is out of range')
  })

  test('grows', () => {
    const modules = [new nn.Linear(1, 1), new nn.Linear(2, 2), new nn.Linear(3, 3)]
    const list = new nn.ModuleList(modules.slice(1)).insert(0, modules[0]).extend([modules[1]])
    expect([...list].map(({ inFeatures }) => inFeatures)).toEqual([1, 2, 3, 2])
  })
})

describe('activations', () => {
  const x = tensor([[-1, 0.5]])

  test.each<[string, nn.Module, number[]]>([
    ['Sigmoid()', new nn.Sigmoid(), [0.26894143, 0.62245935]],
    ['Tanh()', new nn.Tanh(), [-0.7615942, 0.46211717]],
    ['ReLU()', new nn.ReLU(), [0, 0.5]],
    ['Softmax(dim=1)', new nn.Softmax(1), [0.18242553, 0.8175745]],
    ['LogSoftmax(dim=1)', new nn.LogSoftmax(1), [-1.7014132, -0.20141332]],
    ['Softmin(dim=1)', new nn.Softmin(1), [0.8175745, 0.18242553]],
    ['Softsign()', new nn.Softsign(), [-0.5, 0.3333333]],
    ['Softplus(beta=1.0, threshold=20.0)', new nn.Softplus(), [0.3132617, 0.974077]],
    ['Softplus(beta=2.0, threshold=0.5)', new nn.Softplus(2, 0.5), [0.0634640008, 0.5]],
    ['ELU(alpha=1.0)', new nn.ELU(), [-0.63212055, 0.5]],
    ['ELU(alpha=0.5)', new nn.ELU({ alpha: 0.5 }), [-0.316060275, 0.5]],
    ['LeakyReLU(negative_slope=0.01)', new nn.LeakyReLU(), [-0.01, 0.5]],
    ['LeakyReLU(negative_slope=1e-05)', new nn.LeakyReLU(1e-5), [-1e-5, 0.5]],
    ['Hardtanh(min_val=-1.0, max_val=1.0)', new nn.Hardtanh(), [-1, 0.5]],
    ['Hardtanh(min_val=-0.5, max_val=0.25)', new nn.Hardtanh(-0.5, { maxVal: 0.25 }), [-0.5, 0.25]],
    ['SiLU()', new nn.SiLU(), [-0.26894143, 0.31122968]],
    ["GELU(approximate='none')", new nn.GELU(), [-0.15865526, 0.34573123]],
    ["GELU(approximate='tanh')", new nn.GELU('tanh'), [-0.158808, 0.345714]],
    ['Mish()', new nn.Mish(), [-0.30340144, 0.37524524]],
    ['SELU()', new nn.SELU(), [-1.11133075, 0.52535051]],
    ['CELU(alpha=2.0)', new nn.CELU(2), [-0.78693867, 0.5]],
    ['Hardsigmoid()', new nn.Hardsigmoid(), [0.33333334, 0.58333331]],
    ['Hardswish()', new nn.Hardswish(), [-0.33333334, 0.29166666]],
    ['Hardshrink(0.75)', new nn.Hardshrink(0.75), [-1, 0]],
    ['Softshrink(0.25)', new nn.Softshrink(0.25), [-0.75, 0.25]],
    ['Tanhshrink()', new nn.Tanhshrink(), [-0.23840582, 0.03788283]],
    ['LogSigmoid()', new nn.LogSigmoid(), [-1.31326175, -0.47407699]],
    ['Threshold(threshold=0.1, value=20.0)', new nn.Threshold(0.1, 20), [20, 0.5]],
    ['GLU(dim=1)', new nn.GLU(1), [-0.62245933]],
    ['ReLU6()', new nn.ReLU6(), [0, 0.5]],
    ['RReLU(lower=0.125, upper=0.3333333333333333)', new nn.RReLU().eval(), [-0.22916667, 0.5]],
    ['PReLU(num_parameters=1)', new nn.PReLU(), [-0.25, 0.5]]
  ])('%s', (text, module, expected) => {
    expect(String(module)).toBe(text)
    expectClose(module.forward(x.clone()), expected)
  })

  test.each<[string, nn.Module]>([
    ['ReLU(inplace=True)', new nn.ReLU({ inplace: true })],
    ['ELU(alpha=1.0, inplace=True)', new nn.ELU(1, true)],
    ['LeakyReLU(negative_slope=0.01, inplace=True)', new nn.LeakyReLU({ inplace: true })],
    ['Hardtanh(min_val=-2.0, max_val=2.0, inplace=True)', new nn.Hardtanh(-2, 2, true)],
    ['SiLU(inplace=True)', new nn.SiLU(true)],
    ['Mish(inplace=True)', new nn.Mish(true)],
    ['SELU(inplace=True)', new nn.SELU(true)],
    ['CELU(alpha=2.0, inplace=True)', new nn.CELU(2, true)],
    ['Hardsigmoid(inplace=True)', new nn.Hardsigmoid(true)],
    ['Hardswish(inplace=True)', new nn.Hardswish(true)],
    ['Threshold(threshold=0.1, value=20.0, inplace=True)', new nn.Threshold(0.1, 20, true)],
    ['ReLU6(inplace=True)', new nn.ReLU6(true)],
    ['RReLU(lower=0.1, upper=0.3, inplace=True)', new nn.RReLU(0.1, 0.3, { inplace: true }).eval()]
  ])('%s writes in place', (text, module) => {
    const input = tensor([-4, 1])
    const ours = module as nn.Module & { inplace: boolean }
    ours.inplace = false
    const expected = values(module.forward(input))
    ours.inplace = true
    expect([String(module), module.forward(input)]).toEqual([text, input])
    expect(values(input)).toEqual(expected)
  })

  test.each<[string, () => unknown]>([
    ['RangeError: maxVal (-1.0) must be greater than minVal (2.5)', () => new nn.Hardtanh(2.5, -1)],
    [
      'RangeError: approximate argument must be either none or tanh.',
      () => new nn.GELU({ approximate: 'erf' }).forward(x)
    ],
    [
      'TypeError: Hardtanh: minValue is not supported; it may only be null, got 1',
      () => new nn.Hardtanh({ minValue: 1 as never })
    ],
    ["TypeError: ELU(): argument 'inplace' must be bool, not number", () => new nn.ELU(1, 1 as never)]
  ])('%s', (message, call) => expect(thrown(call)).toBe(message))

  test('softmax without a dim takes the one of old and warns', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    expectClose(new nn.Softmax().forward(x), [0.18242553, 0.8175745])
    expectClose(F.logSoftmax(zeros(2, 2, 2)), new Array<number>(8).fill(-Math.LN2))
    expectClose(new nn.Softmin().forward(x), [0.8175745, 0.18242553])
    const sentence = (name: string): string =>
      `Implicit dimension choice for ${name} has been deprecated. Change the call to include dim: X as an argument.`
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      sentence('softmax'),
      sentence('logSoftmax'),
      sentence('softmin')
    ])
    warn.mockRestore()
  })
})
