import { inspect } from 'node:util'
import { type Tensor, nn, noGrad, ones, tensor, zeros } from 'dyngrad'
import { longs, thrown, values } from '../helpers/check'

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
    expect(thrown(() => new nn.Parameter([1] as never))).toBe(
      'TypeError: Parameter: data must be a Tensor, got Array; use tensor([...])'
    )
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
    expect(thrown(() => net.train(3 as never))).toBe("TypeError: train(): argument 'mode' must be bool, not number")
    expect(thrown(() => (net.training = 3 as never))).toBe('TypeError: training mode is expected to be boolean')
  })

  test('applies a function to children first', () => {
    const names: string[] = []
    const net = new nn.Sequential(new LR(), new nn.ReLU())
    expect(net.apply((module) => names.push(module.constructor.name))).toBe(net)
    expect(thrown(() => net.apply((() => Promise.reject(new Error('later'))) as never))).toBe(
      'TypeError: apply: fn returns a Promise, but apply does not wait for it; await first and pass a synchronous function'
    )
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
    ['TypeError: registerBuffer: name must be a string, got 3', () => linear().registerBuffer(3 as never, ones(1))],
    ["RangeError: attribute 'weight' already exists", () => linear().registerBuffer('weight', ones(1))],
    [
      "TypeError: cannot assign 'Array' object to buffer 'a' (Tensor or null required)",
      () => linear().registerBuffer('a', [1] as never)
    ],
    ['RangeError: parameter name can\'t contain "."', () => linear().registerParameter('a.b', null)],
    ["RangeError: attribute 'forward' already exists", () => linear().registerParameter('forward', null)],
    [
      "TypeError: cannot assign 'torch.FloatTensor' object to parameter 'a' (nn.Parameter or null required)",
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
  test('changes nothing where it throws', () => {
    const model = new nn.Linear(2, 1)
    const before = model.weight.tolist()
    const refused: object[] = [
      { weight: zeros(1, 2), bias: zeros(3) },
      { weight: zeros(1, 2) },
      { weight: zeros(1, 2), bias: 1 },
      { weight: zeros(1, 2), bias: zeros(1), other: zeros(1) },
      {
        weight: zeros(1, 2),
        get bias() {
          throw new Error('read')
        }
      }
    ]
    for (const stateDict of refused) {
      expect(() => model.loadStateDict(stateDict as never)).toThrow()
      expect(model.weight.tolist()).toEqual(before)
    }
  })

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
      'RangeError: Error(s) in loading stateDict for Linear:\n\tMissing key(s) in stateDict: "bias". \n\tsize mismatch for ' +
        'weight: copying a param with shape torch.Size([1, 3]) from checkpoint, the shape in current model is torch.Size([1, 2]).',
      () => linear().loadStateDict({ weight: ones(1, 3) })
    ],
    [
      'RangeError: Error(s) in loading stateDict for Linear:\n\tMissing key(s) in stateDict: "weight", "bias". \n\t' +
        'Unexpected key(s) in stateDict: "weigh". ',
      () => linear().loadStateDict({ weigh: ones(1, 2) })
    ],
    [
      'RangeError: Error(s) in loading stateDict for Sequential:\n\tMissing key(s) in stateDict: "0.bias", "2.weight". \n\t' +
        'Unexpected key(s) in stateDict: "5.x", "top", "0.zz", "2.bias". ',
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
      'RangeError: Error(s) in loading stateDict for Linear:\n\tsize mismatch for weight: copying a param with shape ' +
        'torch.Size([2]) from checkpoint, the shape in current model is torch.Size([1, 2]).',
      () => linear().loadStateDict({ weight: ones(2) }, { strict: false })
    ],
    [
      'RangeError: Error(s) in loading stateDict for Linear:\n\tWhile copying the parameter named "weight", expected ' +
        'Tensor or Tensor-like object from checkpoint but received number',
      () => linear().loadStateDict({ weight: 3 as never, bias: ones(1) })
    ],
    ['TypeError: Expected stateDict to be dict-like, got number.', () => linear().loadStateDict(3 as never)]
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
