// What may stand in a field that is a parameter, a buffer or a submodule.

import { type Tensor, nn, ones, optim, randn, tensor } from '../../lib'
import { thrown } from '../helpers/check'

const PARAMETER =
  "TypeError: cannot assign 'torch.FloatTensor' as parameter 'weight' (nn.Parameter or null expected); " +
  'wrap it in new nn.Parameter(), or write with copy_() under noGrad()'

class Own extends nn.Module {
  weight: Tensor | null = new nn.Parameter(ones(2))
  inner: nn.Module | null = new nn.ReLU()
  override forward(x: Tensor): Tensor {
    return x
  }
}

const uses: Record<string, (net: nn.Module) => unknown> = {
  'parameters()': (net) => net.parameters(),
  'namedParameters()': (net) => net.namedParameters(),
  'stateDict()': (net) => net.stateDict(),
  'zeroGrad()': (net) => net.zeroGrad(),
  'an optimizer': (net) => new optim.SGD(net.parameters(), { lr: 1 })
}

describe.each(Object.entries(uses))('%s throws where a tensor stands', (_, use) => {
  test('in place of the parameter of a layer that is just made', () => {
    for (const layer of [new nn.Linear(1, 3), new nn.LayerNorm(3), new nn.RMSNorm(3)]) {
      layer.weight = randn([3, 1])
      expect(thrown(() => use(layer))).toBe(PARAMETER)
      expect(thrown(() => use(new nn.Sequential(layer)))).toBe(PARAMETER)
    }
  })

  test('in place of the parameter of a class that was looked through', () => {
    const own = new Own()
    own.parameters()
    own.weight = ones(2)
    expect(thrown(() => use(own))).toBe(PARAMETER)
  })
})

test('forward throws, too', () => {
  for (const layer of [new nn.Linear(3, 3), new nn.LayerNorm(3), new nn.RMSNorm(3)]) {
    layer.weight = randn([3, 3])
    expect(thrown(() => layer.forward(ones([2, 3])))).toBe(PARAMETER)
  }
  const layer = new nn.Linear(3, 3)
  layer.bias = 5 as never
  expect(thrown(() => layer.forward(ones([2, 3])))).toContain("cannot assign 'number' as parameter 'bias'")
})

test.each<[string, () => nn.Module, string]>([
  [
    'a number as a buffer',
    () => {
      const own = new Own()
      own.registerBuffer('seen', ones(1))
      return Object.assign(own, { seen: 3 })
    },
    "TypeError: cannot assign 'number' as buffer 'seen' (Tensor or null expected)"
  ],
  [
    'a tensor as a submodule',
    () => Object.assign(new nn.Sequential(new nn.ReLU()), { 0: ones(1) }),
    "TypeError: cannot assign 'torch.FloatTensor' as child module '0' (nn.Module or null expected)"
  ],
  [
    'a number in a ModuleList',
    () => Object.assign(new nn.ModuleList([new nn.ReLU()]), { 0: 1 }),
    "TypeError: cannot assign 'number' as child module '0' (nn.Module or null expected)"
  ],
  [
    'undefined as a registered parameter',
    () => {
      const own = new Own()
      own.registerParameter('extra', new nn.Parameter(ones(1)))
      return Object.assign(own, { extra: undefined })
    },
    "TypeError: cannot assign 'undefined' as parameter 'extra' (nn.Parameter or null expected); " +
      'wrap it in new nn.Parameter(), or write with copy_() under noGrad()'
  ]
])('%s is refused', (_, make, message) => {
  expect(thrown(() => make().stateDict())).toBe(message)
})

describe('what may be assigned', () => {
  test('is another Parameter, or null', () => {
    const layer = new nn.Linear(2, 2)
    const weight = new nn.Parameter(ones([2, 2]))
    layer.weight = weight
    layer.bias = null
    expect(layer.parameters()).toEqual([weight])
    layer.forward(ones(2))
    layer.bias = new nn.Parameter(ones(2))
    expect(layer.parameters()).toHaveLength(2)
  })

  test('is another module in place of one, or of a parameter', () => {
    const own = new Own()
    own.parameters()
    own.inner = new nn.Linear(1, 1)
    expect(own.parameters()).toHaveLength(3)
    ;(own as { weight: unknown }).weight = new nn.ReLU()
    expect(own.children()).toHaveLength(2)
    own.inner = null
    own.weight = null
    expect([own.parameters(), own.children()]).toEqual([[], []])
  })

  test('is anything once the field was deleted', () => {
    const layer = new nn.Linear(2, 2)
    delete (layer as { bias?: unknown }).bias
    expect(layer.parameters()).toHaveLength(1)
    Object.assign(layer, { bias: 'none' })
    expect(Object.keys(layer.stateDict())).toEqual(['weight'])
  })

  test('is a tensor in a field that never was a parameter', () => {
    const own = Object.assign(new Own(), { mask: ones(2) })
    own.parameters()
    own.mask = ones(3)
    expect(own.parameters()).toHaveLength(1)
  })
})

test('modules named __proto__ stay names', () => {
  const named = JSON.parse('{"__proto__": 1}') as Record<string, unknown>
  Object.defineProperty(named, '__proto__', { value: new nn.Linear(1, 1), enumerable: true })
  const net = new nn.Sequential(named as Record<string, nn.Module>)
  expect(net).toBeInstanceOf(nn.Sequential)
  expect(Object.keys(net.stateDict())).toEqual(['__proto__.weight', '__proto__.bias'])
  expect(net.forward(ones([1, 1])).shape).toEqual([1, 1])
  const own = new Own()
  own.registerBuffer('__proto__', ones(1))
  expect(Object.keys(own.stateDict())).toEqual(['weight', '__proto__'])
  expect(Object.getPrototypeOf(own)).toBe(Own.prototype)
  expect(own.loadStateDict(own.stateDict()).missingKeys).toEqual([])
  expect(({} as Record<string, unknown>).weight).toBeUndefined()
})

test('a revoked Proxy in a field is no member, and throws nothing', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const net = Object.assign(new nn.Linear(2, 1), { spoiled: proxy })
  expect([...net.namedModules()].map(([name]) => name)).toEqual([''])
  expect([...net.parameters()].length).toBe(2)
  expect(net.requiresGrad_(false)).toBe(net)
})

test.each<[string, object, string, unknown, (module: never) => unknown]>([
  ['alpha must be a number', new nn.ELU(), 'alpha', [1], (m: nn.ELU) => m.forward(ones(2))],
  ['negativeSlope must be a number', new nn.LeakyReLU(), 'negativeSlope', {}, (m: nn.LeakyReLU) => m.forward(ones(2))],
  ['beta must be a number', new nn.Softplus(), 'beta', null, (m: nn.Softplus) => m.forward(ones(2))],
  [
    'eps must be a number',
    new nn.PairwiseDistance(),
    'eps',
    'x',
    (m: nn.PairwiseDistance) => m.forward(ones(2), ones(2))
  ],
  ['ignoreIndex must be an integer', new nn.CrossEntropyLoss(), 'ignoreIndex', 1.5, cross],
  ['weight must be a Tensor', new nn.CrossEntropyLoss(), 'weight', 'x', cross]
])('%s, whatever somebody has put in its field', (sentence, module, field, value, call) => {
  call(module as never)
  Object.assign(module, { [field]: value })
  expect(thrown(() => call(module as never))).toContain(sentence)
})

function cross(loss: nn.CrossEntropyLoss): Tensor {
  return loss.forward(ones(2, 3), tensor([0n, 1n]))
}
