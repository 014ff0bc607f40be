import { inspect } from 'node:util'
import { type Tensor, manualSeed, nn, noGrad, ones, tensor, zeros } from 'dyngrad'
import { decodeTensor, type EncodedTensor } from './helpers/fixture'
import fixture from './fixtures/training.json'

const { functional: F, init } = nn

/** The error that a call throws, as text: class and message. */
function thrown(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return String(error)
  }
  throw new Error('nothing was thrown')
}

const longs = (values: (number | number[])[]): Tensor => tensor(values, { dtype: 'int64' })
const values = (x: Tensor): number[] => [...(x.toTypedArray() as Float32Array)]
const floats = (...numbers: number[]): number[] => [...Float32Array.from(numbers)]

/** Holds while every number is within 1e-6 of PyTorch's. */
function expectClose(actual: Tensor, expected: number[]): void {
  const differences = values(actual).map((value, i) => Math.abs(value - expected[i]))
  expect(actual.numel()).toBe(expected.length)
  expect(Math.max(...differences)).toBeLessThan(1e-6)
}

class LR extends nn.Module {
  features = new nn.Linear(2, 1)
  sigmoid = new nn.Sigmoid()

  override forward(x: Tensor): Tensor {
    return this.sigmoid.forward(this.features.forward(x))
  }
}

class Everything extends nn.Module {
  first = new nn.Parameter(ones(2))
  note = 'not a parameter'
  plain = ones(3)
  child = new nn.Linear(1, 1)
  last = new nn.Parameter(ones(1))

  constructor() {
    super()
    this.registerBuffer('mean', zeros(2))
    this.registerBuffer('scratch', zeros(1), { persistent: false })
    this.registerBuffer('nothing', null)
  }
}

class Tied extends nn.Module {
  a = new nn.Linear(2, 2)
  b = new nn.Linear(2, 2, { bias: false })
  same = this.a

  constructor() {
    super()
    this.b.weight = this.a.weight
  }
}

describe('nn.Parameter', () => {
  test('is a leaf that requires a gradient and shares its elements', () => {
    const data = ones(2)
    const parameter = new nn.Parameter(data)
    expect([parameter.requiresGrad, parameter.isLeaf, data.requiresGrad]).toEqual([true, true, false])
    data.mul_(3)
    expect(values(parameter)).toEqual([3, 3])
    expect(parameter.version).toBe(1)
  })

  test('is told from other tensors by instanceof', () => {
    expect(new nn.Parameter(ones(2)) instanceof nn.Parameter).toBe(true)
    expect(ones(2, { requiresGrad: true }) instanceof nn.Parameter).toBe(false)
    expect(new nn.Parameter(ones(2)).detach() instanceof nn.Parameter).toBe(false)
    expect(new nn.Parameter(ones(2)).mul(2) instanceof nn.Parameter).toBe(false)
  })

  test("prints as PyTorch's", () => {
    expect(String(new nn.Parameter(ones(2, 2)))).toBe(
      'Parameter containing:\ntensor([[1., 1.],\n        [1., 1.]], requires_grad=True)'
    )
    expect(inspect(new nn.Parameter(ones(2), { requiresGrad: false }))).toBe('Parameter containing:\ntensor([1., 1.])')
  })

  test('takes integers only without gradient', () => {
    expect(thrown(() => new nn.Parameter(longs([1])))).toBe(
      'TypeError: Only Tensors of floating point and complex dtype can require gradients; this one is int64'
    )
    expect(new nn.Parameter(longs([1]), { requiresGrad: false }).dtype).toBe('int64')
    expect(thrown(() => new nn.Parameter([1] as never))).toBe('TypeError: Parameter: data must be a Tensor, got object')
  })
})

describe('nn.Module', () => {
  test('finds parameters, buffers and modules among its fields, in order', () => {
    const module = new Everything()
    expect(module.namedParameters().map(([name]) => name)).toEqual(['first', 'last', 'child.weight', 'child.bias'])
    expect(module.namedParameters({ recurse: false, prefix: 'p' }).map(([name]) => name)).toEqual(['p.first', 'p.last'])
    expect(module.namedBuffers().map(([name]) => name)).toEqual(['mean', 'scratch'])
    expect(module.namedChildren()).toEqual([['child', module.child]])
    expect(module.namedModules().map(([name]) => name)).toEqual(['', 'child'])
    const expected = [module.first, module.last, module.child.weight, module.child.bias]
    expect(module.parameters().map((parameter, i) => parameter === expected[i])).toEqual([true, true, true, true])
    expect(module.buffers()).toHaveLength(2)
    expect(module.modules()).toEqual([module, module.child])
  })

  test('visits what is shared once, and lists it under each name in the state dict', () => {
    const module = new Tied()
    expect(module.namedParameters().map(([name]) => name)).toEqual(['a.weight', 'a.bias'])
    expect(module.namedParameters({ removeDuplicate: false }).map(([name]) => name)).toEqual([
      'a.weight',
      'a.bias',
      'b.weight',
      'same.weight',
      'same.bias'
    ])
    expect(module.children()).toEqual([module.a, module.b])
    expect(Object.keys(module.stateDict())).toEqual(['a.weight', 'a.bias', 'b.weight', 'same.weight', 'same.bias'])
  })

  test('computes and gives gradients to its parameters', () => {
    const net = new LR()
    net.loadStateDict({ 'features.weight': tensor([[1, -1]]), 'features.bias': tensor([0.5]) })
    const output = net.forward(tensor([[2, 1]]))
    expect(output.item()).toBeCloseTo(1 / (1 + Math.exp(-1.5)), 6)
    output.sum().backward()
    expect(net.features.weight.grad!.shape).toEqual([1, 2])
    net.zeroGrad({ setToNone: false })
    expect(values(net.features.weight.grad!)).toEqual([0, 0])
    net.zeroGrad()
    expect(net.features.weight.grad).toBeNull()
  })

  test('lets zeroGrad cut a gradient from its graph', () => {
    const net = new nn.Linear(1, 1)
    net.forward(ones(1)).square().sum().backward({ createGraph: true })
    expect(net.weight.grad!.requiresGrad).toBe(true)
    net.zeroGrad({ setToNone: false })
    expect([net.weight.grad!.requiresGrad, values(net.weight.grad!)]).toEqual([false, [0]])
  })

  test('switches modes here and below', () => {
    const net = new nn.Sequential(new LR(), new nn.ReLU())
    expect(net.eval()).toBe(net)
    expect(net.modules().map(({ training }) => training)).toEqual([false, false, false, false, false])
    net.train()
    expect(net.modules().every(({ training }) => training)).toBe(true)
    expect(thrown(() => net.train(3 as never))).toBe('TypeError: training mode is expected to be boolean')
  })

  test('applies a function to children first', () => {
    const names: string[] = []
    const net = new nn.Sequential(new LR(), new nn.ReLU())
    expect(net.apply((module) => names.push(module.constructor.name))).toBe(net)
    expect(names).toEqual(['Linear', 'Sigmoid', 'LR', 'ReLU', 'Sequential'])
  })

  test('freezes with requiresGrad_', () => {
    const net = new LR().requiresGrad_(false)
    expect(net.forward(ones(1, 2)).requiresGrad).toBe(false)
  })

  test('converts dtypes and keeps each parameter the same object', () => {
    const net = new Everything()
    const { first } = net
    first.mul(2).sum().backward()
    expect(net.double()).toBe(net)
    expect(net.first).toBe(first)
    expect([first.dtype, first.grad!.dtype, net.child.weight.dtype, net.plain.dtype]).toEqual([
      'float64',
      'float64',
      'float64',
      'float32'
    ])
    expect(net.buffers().map(({ dtype }) => dtype)).toEqual(['float64', 'float64'])
    expect(values(first)).toEqual([1, 1])
    expect([first.isLeaf, first.requiresGrad, first instanceof nn.Parameter]).toEqual([true, true, true])
    expect(net.float().first.dtype).toBe('float32')
    expect(thrown(() => net.to('int64'))).toBe(
      'TypeError: nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.int64'
    )
  })

  test('says when a subclass has no forward', () => {
    class Nothing extends nn.Module {}
    expect(thrown(() => new Nothing().forward())).toBe(
      'Error: Module [Nothing] is missing the required "forward" function'
    )
  })

  test('takes modules with other outputs by their type', () => {
    class Pair extends nn.Module<[Tensor, Tensor]> {
      linear = new nn.Linear(1, 1)

      override forward(x: Tensor, scale: number): [Tensor, Tensor] {
        return [this.linear.forward(x), x.mul(scale)]
      }
    }
    class Holder extends nn.Module {
      pair = new Pair()
    }
    const [, scaled] = new Holder().pair.forward(ones(1, 1), 3)
    expect(scaled.item()).toBe(3)
    expect(new Holder().parameters()).toHaveLength(2)
  })
})

describe('Module.register...()', () => {
  const linear = (): nn.Linear => new nn.Linear(1, 1)

  test('makes members of tensors and modules', () => {
    const net = linear()
    expect(net.registerModule('extra', new nn.ReLU())).toBeInstanceOf(nn.ReLU)
    net.registerParameter('scale', new nn.Parameter(ones(1)))
    net.registerParameter('later', null)
    expect(net.namedParameters().map(([name]) => name)).toEqual(['weight', 'bias', 'scale'])
    expect(net.namedChildren().map(([name]) => name)).toEqual(['extra'])
  })

  test('replaces what it registered', () => {
    const net = new Everything()
    net.registerBuffer('mean', ones(2))
    net.registerParameter('first', new nn.Parameter(ones(3)))
    net.registerModule('child', new nn.ReLU())
    expect([values(net.buffers()[0]), net.first.numel(), net.child]).toEqual([[1, 1], 3, expect.any(nn.ReLU)])
  })

  test.each<[string, () => unknown]>([
    ['RangeError: buffer name can\'t contain "."', () => linear().registerBuffer('a.b', ones(1))],
    ['RangeError: buffer name can\'t be empty string ""', () => linear().registerBuffer('', ones(1))],
    ['TypeError: buffer name should be a string. Got number', () => linear().registerBuffer(3 as never, ones(1))],
    ["RangeError: attribute 'weight' already exists", () => linear().registerBuffer('weight', ones(1))],
    [
      "TypeError: cannot assign 'Array' object to buffer 'a' (torch Tensor or None required)",
      () => linear().registerBuffer('a', [1] as never)
    ],
    ['RangeError: parameter name can\'t contain "."', () => linear().registerParameter('a.b', null)],
    ["RangeError: attribute 'forward' already exists", () => linear().registerParameter('forward', null)],
    [
      "TypeError: cannot assign 'torch.FloatTensor' object to parameter 'a' (torch.nn.Parameter or None required)",
      () => linear().registerParameter('a', ones(1))
    ],
    ['RangeError: module name can\'t contain ".", got: a.b', () => linear().registerModule('a.b', linear())],
    ['RangeError: module name can\'t be empty string ""', () => linear().registerModule('', linear())],
    ["RangeError: attribute 'weight' already exists", () => linear().registerModule('weight', linear())],
    ['TypeError: number is not a Module subclass', () => linear().registerModule('a', 3 as never)]
  ])('%s', (message, call) => expect(thrown(call)).toBe(message))
})

describe('Module.stateDict()', () => {
  test('lists parameters before buffers and children after own', () => {
    expect(Object.keys(new Everything().stateDict())).toEqual(['first', 'last', 'mean', 'child.weight', 'child.bias'])
    expect(Object.keys(new LR().stateDict({ prefix: 'net.' }))).toEqual(['net.features.weight', 'net.features.bias'])
  })

  test('gives detached tensors that share storage', () => {
    const net = new LR()
    const state = net.stateDict()
    expect(state['features.bias'].requiresGrad).toBe(false)
    noGrad(() => net.features.bias!.fill_(7))
    expect(values(state['features.bias'])).toEqual([7])
  })

  test('round-trips', () => {
    const [a, b] = [new LR(), new LR()]
    expect(b.loadStateDict(a.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] })
    expect(values(b.features.weight)).toEqual(values(a.features.weight))
    noGrad(() => a.features.weight.zero_())
    expect(values(b.features.weight)).not.toEqual([0, 0])
  })
})

describe('Module.loadStateDict()', () => {
  const linear = (): nn.Linear => new nn.Linear(2, 1)
  const net = (): nn.Sequential => new nn.Sequential(linear(), new nn.ReLU(), new nn.Linear(3, 1, { bias: false }))

  test('copies into the same parameters, whatever the dtype', () => {
    const model = linear()
    const { weight } = model
    model.loadStateDict({ weight: tensor([[1, 2]], { dtype: 'float64' }), bias: tensor([3]) })
    expect([model.weight === weight, weight.requiresGrad, weight.isLeaf, weight.dtype, values(weight)]).toEqual([
      true,
      true,
      true,
      'float32',
      [1, 2]
    ])
  })

  test('reports what does not match when not strict', () => {
    expect(linear().loadStateDict({ foo: ones(1), weight: ones(1, 2) }, { strict: false })).toEqual({
      missingKeys: ['bias'],
      unexpectedKeys: ['foo']
    })
  })

  test('takes scalars of one dim', () => {
    const module = new nn.Module()
    const scale = module.registerParameter('scale', new nn.Parameter(zeros([])))
    module.loadStateDict({ scale: tensor([5]) })
    expect([scale.item(), scale.shape]).toEqual([5, []])
  })

  test.each<[string, () => unknown]>([
    [
      'RangeError: Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "bias". \n\tsize mismatch for ' +
        'weight: copying a param with shape torch.Size([1, 3]) from checkpoint, the shape in current model is torch.Size([1, 2]).',
      () => linear().loadStateDict({ weight: ones(1, 3) })
    ],
    [
      'RangeError: Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "weight", "bias". \n\t' +
        'Unexpected key(s) in state_dict: "weigh". ',
      () => linear().loadStateDict({ weigh: ones(1, 2) })
    ],
    [
      'RangeError: Error(s) in loading state_dict for Sequential:\n\tMissing key(s) in state_dict: "0.bias", "2.weight". \n\t' +
        'Unexpected key(s) in state_dict: "5.x", "top", "0.zz", "2.bias". ',
      () =>
        net().loadStateDict({
          '5.x': ones(1),
          '0.zz': ones(1),
          '2.bias': ones(1),
          top: ones(1),
          '0.weight': ones(1, 2)
        })
    ],
    [
      'RangeError: Error(s) in loading state_dict for Linear:\n\tsize mismatch for weight: copying a param with shape ' +
        'torch.Size([2]) from checkpoint, the shape in current model is torch.Size([1, 2]).',
      () => linear().loadStateDict({ weight: ones(2) }, { strict: false })
    ],
    [
      'RangeError: Error(s) in loading state_dict for Linear:\n\tWhile copying the parameter named "weight", expected ' +
        'torch.Tensor or Tensor-like object from checkpoint but received number',
      () => linear().loadStateDict({ weight: 3 as never, bias: ones(1) })
    ],
    ['TypeError: Expected state_dict to be dict-like, got number.', () => linear().loadStateDict(3 as never)]
  ])('%j', (message, call) => expect(thrown(call)).toBe(message))
})

describe('Module hooks', () => {
  test('see and replace inputs and outputs until they are removed', () => {
    const calls: unknown[] = []
    const identity = new nn.Identity()
    const one = ones(1)
    const removeBefore = identity.registerForwardPreHook((_, [x]) => (x as Tensor).mul(2))
    const removeAfter = identity.registerForwardHook((module, inputs, output) => {
      calls.push(module, (inputs[0] as Tensor).item(), output.item())
      return output.add(1)
    })
    expect(identity.forward(one).item()).toBe(3)
    expect(calls).toEqual([identity, 2, 2])
    removeBefore()
    expect(identity.forward(one).item()).toBe(2)
    removeAfter()
    removeAfter()
    expect(identity.forward(one)).toBe(one)
    expect(Object.hasOwn(identity, 'forward')).toBe(false)
  })

  test('run in the order of registration, inside Sequential too', () => {
    const order: number[] = []
    const inner = new nn.ReLU()
    inner.registerForwardHook(() => void order.push(1))
    inner.registerForwardHook(() => void order.push(2))
    const net = new nn.Sequential(inner)
    net.forward(ones(1))
    expect(order).toEqual([1, 2])
    expect(String(net)).toBe('Sequential(\n  (0): ReLU()\n)')
  })

  test('wrap a forward that is a field of the instance', () => {
    class Field extends nn.Module {
      override forward = (x: Tensor): Tensor => x.add(1)
    }
    const module = new Field()
    const { forward } = module
    const remove = module.registerForwardPreHook(() => [ones(1).mul(5)])
    expect(module.forward(ones(1)).item()).toBe(6)
    remove()
    expect(module.forward).toBe(forward)
  })
})

describe('Module.toString()', () => {
  class Extra extends nn.Module {
    constructor(readonly text: string) {
      super()
    }

    override extraRepr(): string {
      return this.text
    }
  }

  class ExtraWithChild extends Extra {
    a = new nn.ReLU()
  }

  const cases: [nn.AnyModule, string][] = [
    [new LR(), 'LR(\n  (features): Linear(in_features=2, out_features=1, bias=True)\n  (sigmoid): Sigmoid()\n)'],
    [new nn.Sequential(), 'Sequential()'],
    [new nn.ModuleList(), 'ModuleList()'],
    [
      new nn.ModuleList([new nn.Linear(1, 1), new nn.Linear(1, 1), new nn.Linear(1, 1), new nn.ReLU()]),
      'ModuleList(\n  (0-2): 3 x Linear(in_features=1, out_features=1, bias=True)\n  (3): ReLU()\n)'
    ],
    [
      new nn.Sequential(
        new nn.Sequential(new nn.Linear(1, 2, { bias: false }), new nn.Tanh()),
        new nn.ModuleList([
          new nn.Softmax(1),
          new nn.LogSoftmax(-1),
          new nn.Softmax(),
          new nn.Flatten(),
          new nn.Identity(),
          new nn.ReLU({ inplace: true })
        ])
      ),
      `Sequential(
  (0): Sequential(
    (0): Linear(in_features=1, out_features=2, bias=False)
    (1): Tanh()
  )
  (1): ModuleList(
    (0): Softmax(dim=1)
    (1): LogSoftmax(dim=-1)
    (2): Softmax(dim=None)
    (3): Flatten(start_dim=1, end_dim=-1)
    (4): Identity()
    (5): ReLU(inplace=True)
  )
)`
    ],
    [
      new nn.Sequential({ first: new nn.ReLU(), second: new nn.Tanh() }),
      'Sequential(\n  (first): ReLU()\n  (second): Tanh()\n)'
    ],
    [new Extra('a=1'), 'Extra(a=1)'],
    [new Extra('a\nb'), 'Extra(\n  a\n  b\n)'],
    [new ExtraWithChild('a=1'), 'ExtraWithChild(\n  a=1\n  (a): ReLU()\n)'],
    [new ExtraWithChild(''), 'ExtraWithChild(\n  (a): ReLU()\n)'],
    [new nn.CrossEntropyLoss({ weight: ones(2) }), 'CrossEntropyLoss()']
  ]

  test.each(cases)('%s', (module, text) => {
    expect(module.toString()).toBe(text)
    expect(inspect(module)).toBe(text)
  })
})

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

  test.each<[string, () => unknown]>([
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
    ['Sigmoid', new nn.Sigmoid(), [0.26894143, 0.62245935]],
    ['Tanh', new nn.Tanh(), [-0.7615942, 0.46211717]],
    ['ReLU', new nn.ReLU(), [0, 0.5]],
    ['Softmax', new nn.Softmax(1), [0.18242553, 0.8175745]],
    ['LogSoftmax', new nn.LogSoftmax(1), [-1.7014132, -0.20141332]]
  ])('%s', (_, module, expected) => expectClose(module.forward(x), expected))

  test('write in place when asked to', () => {
    const input = tensor([-1, 1])
    expect(new nn.ReLU({ inplace: true }).forward(input)).toBe(input)
    expect(values(input)).toEqual([0, 1])
  })

  test('softmax without a dim takes the one of old and warns', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    expectClose(new nn.Softmax().forward(x), [0.18242553, 0.8175745])
    expectClose(F.logSoftmax(zeros(2, 2, 2)), new Array<number>(8).fill(-Math.LN2))
    const sentence = (name: string): string =>
      `Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`
    expect(warn.mock.calls.map(([message]) => message)).toEqual([sentence('softmax'), sentence('log_softmax')])
    warn.mockRestore()
  })
})

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

  test('MSE warns when sizes differ', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    expect(F.mseLoss(ones(2, 3), zeros(3)).item()).toBe(1)
    expect(warn.mock.calls).toEqual([
      [
        'Using a target size (torch.Size([3])) that is different to the input size (torch.Size([2, 3])). This will likely lead ' +
          'to incorrect results due to broadcasting. Please ensure they have the same size.',
        'UserWarning'
      ]
    ])
    warn.mockRestore()
  })

  const half = (...shape: number[]): Tensor => ones(shape).mul(0.5)
  const double = (n: number): Tensor => ones([n], { dtype: 'float64' })

  test.each<[string, () => unknown]>([
    [
      'RangeError: Using a target size (torch.Size([2, 1])) that is different to the input size (torch.Size([2])) is ' +
        'deprecated. Please ensure they have the same size.',
      () => F.binaryCrossEntropy(half(2), ones(2, 1))
    ],
    ['TypeError: Found dtype Long but expected Float', () => F.binaryCrossEntropy(half(2), longs([1, 1]))],
    ['TypeError: Found dtype Double but expected Float', () => F.binaryCrossEntropy(half(2), double(2))],
    [
      'TypeError: "binary_cross_entropy" not implemented for \'Long\'',
      () => F.binaryCrossEntropy(longs([1]), longs([1]))
    ],
    [
      'RangeError: all elements of input should be between 0 and 1',
      () => F.binaryCrossEntropy(half(2).mul(3), ones(2).mul(3))
    ],
    [
      'RangeError: all elements of target should be between 0 and 1',
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
      "TypeError: result type Float can't be cast to the desired output type Long",
      () => F.binaryCrossEntropyWithLogits(ones(1), longs([1]))
    ],
    [
      'TypeError: "log_sigmoid_cpu" not implemented for \'Long\'',
      () => F.binaryCrossEntropyWithLogits(longs([1]), ones(1))
    ],
    ['TypeError: "mse_cpu" not implemented for \'Long\'', () => F.mseLoss(longs([1]), longs([1]))],
    [
      'TypeError: "log_softmax_lastdim_kernel_impl" not implemented for \'Long\'',
      () => F.crossEntropy(longs([[1, 2]]), longs([1]))
    ],
    [
      'RangeError: label_smoothing must be between 0.0 and 1.0. Got: 1.1',
      () => F.crossEntropy(x, classes, { labelSmoothing: 1.1 })
    ],
    [
      'RangeError: ignore_index is not supported for floating point target',
      () => F.crossEntropy(x, y, { ignoreIndex: 1 })
    ],
    [
      'TypeError: Expected floating point type for target with class probabilities, got Long; class indices have one dim less ' +
        'than the input',
      () => F.crossEntropy(ones(2, 3), ones([2, 3], { dtype: 'int64' }))
    ],
    [
      'RangeError: cross_entropy: weight tensor should be defined either for all 3 classes or no classes but got weight tensor ' +
        'of shape: [4]',
      () => F.crossEntropy(x, y, { weight: ones(4) })
    ]
  ])('%s', (message, call) => expect(thrown(call)).toBe(message))

  const zeroed = (...shape: number[]): Tensor => zeros(shape, { dtype: 'int64' })
  const classCases: [string, () => [Tensor, Tensor, nn.functional.NllLossOptions?]][] = [
    ['RangeError: Target 3 is out of bounds.', () => [ones(2, 3), longs([1, 3])]],
    ['RangeError: Target -1 is out of bounds.', () => [ones(2, 3), longs([1, -1])]],
    ['RangeError: For 1D input, 1D target must have size 1, but got target size: 2', () => [ones(3), longs([1, 2])]],
    ['RangeError: Expected input batch_size (2) to match target batch_size (1).', () => [ones(2, 3), longs([1])]],
    [
      'RangeError: Expected input batch_size (2) to match target batch_size (0).',
      () => [ones(2, 3), tensor(1, { dtype: 'int64' })]
    ],
    ['RangeError: 0D or 1D target tensor expected, multi-target not supported', () => [ones(2, 3), zeroed(2, 1)]],
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
})
