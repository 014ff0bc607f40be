// What comparisons, clones and proxies find in modules, optimizers and generators.

import assert from 'node:assert'
import { Generator, type Tensor, manualSeed, nn, ones, optim } from '../../lib'
import type * as Library from '../../lib'
import { thrown } from '../helpers/check'

const linear = (): nn.Linear => {
  manualSeed(0)
  return new nn.Linear(2, 1)
}
const sgd = (): optim.SGD => new optim.SGD(linear().parameters(), { lr: 1, momentum: 0.9 })

describe('comparisons that know nothing of the library', () => {
  const different: Record<string, [object, object]> = {
    'modules with other parameters': [linear(), linear()],
    'modules in another mode': [new nn.ReLU(), new nn.ReLU().eval()],
    optimizers: [sgd(), sgd()],
    'generators at another place': [new Generator().manualSeed(1), new Generator().manualSeed(1)]
  }
  test.each(Object.entries(different))('fail for %s', (_, [a, b]) => {
    for (const compare of [
      () => expect(a).toEqual(b),
      () => expect({ a }).toStrictEqual({ a: b }),
      () => assert.deepStrictEqual(a, b)
    ])
      expect(thrown(compare)).not.toBe('')
  })

  test('hold for modules that have no parameters and are alike', () => {
    expect(new nn.ReLU()).toEqual(new nn.ReLU())
    assert.deepStrictEqual(new nn.ReLU().eval(), new nn.ReLU().eval())
  })
})

describe('a clone is refused where it is sent, and names the way out', () => {
  const stateDict = 'send its stateDict(), each tensor by toTransferable(), and load it into a new one'
  test.each<[string, object, string]>([
    ['a module', linear(), `Symbol(a Module in training mode; ${stateDict})`],
    ['a module without parameters', new nn.ReLU().eval(), `Symbol(a Module in evaluation mode; ${stateDict})`],
    ['an optimizer', sgd(), `Symbol(an Optimizer; ${stateDict})`],
    [
      'a generator',
      new Generator(),
      'Symbol(a Generator; send getState().toTransferable() instead, and setState() of a new one)'
    ]
  ])('of %s', (_, value, symbol) => {
    expect(thrown(() => structuredClone([value]))).toBe(`DataCloneError: ${symbol} could not be cloned.`)
  })
})

describe('behind a Proxy', () => {
  const behind = <T extends object>(target: T): T =>
    new Proxy(target, { get: (object, key, receiver) => Reflect.get(object, key, receiver) as unknown })

  test('a module works', () => {
    const raw = new nn.Sequential(linear(), new nn.LayerNorm(1))
    const net = behind(raw)
    const x = ones([3, 2])
    expect(net.forward(x).tolist()).toEqual(raw.forward(x).tolist())
    expect(net.parameters()).toEqual(raw.parameters())
    net.eval()
    expect([raw.training, net.training]).toEqual([false, false])
    const heard: unknown[] = []
    const remove = net.registerForwardHook((module) => void heard.push(module))
    net.forward(x)
    remove()
    expect(heard).toHaveLength(1)
    net.registerBuffer('extra', ones(1))
    expect(Object.keys(raw.stateDict())).toEqual(Object.keys(net.stateDict()))
    expect(net.loadStateDict(raw.stateDict()).missingKeys).toEqual([])
    expect(String(net)).toBe(String(raw))
    net.zeroGrad()
    net.to('float64')
    expect(raw.parameters()[0].dtype).toBe('float64')
  })

  test.each<[string, (params: Tensor[]) => { step(): void; zeroGrad(): void; stateDict(): object }]>([
    ['SGD', (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9 })],
    ['Adam', (params) => new optim.Adam(params)],
    ['RMSprop', (params) => new optim.RMSprop(params)],
    ['Adagrad', (params) => new optim.Adagrad(params)]
  ])('%s works', (_, make) => {
    const layer = linear()
    const before = layer.weight.tolist()
    const optimizer = behind(make(layer.parameters()))
    layer
      .forward(ones([3, 2]))
      .sum()
      .backward()
    optimizer.step()
    optimizer.zeroGrad()
    expect(layer.weight.tolist()).not.toEqual(before)
    expect(optimizer.stateDict()).toHaveProperty('paramGroups')
  })

  test('a generator works', () => {
    const generator = behind(new Generator())
    generator.manualSeed(3)
    const state = generator.getState()
    generator.setState(state)
    expect(generator.initialSeed()).toBe(3n)
  })
})

describe('of another copy of the library', () => {
  let other!: typeof Library
  jest.isolateModules(() => {
    other = require('../../lib') as typeof Library
  })
  const whose = (name: string): string =>
    `a ${name} of another copy of dyngrad (let all packages share one: npm ls dyngrad)`

  test('a module is told apart', () => {
    const foreign = new other.nn.Linear(1, 1) as unknown as nn.Linear
    expect(thrown(() => new nn.Sequential(foreign))).toContain(whose('Module'))
    expect(thrown(() => new nn.ModuleList([foreign]))).toContain(whose('Module'))
    expect(thrown(() => new nn.Linear(1, 1).registerModule('inner', foreign))).toContain(whose('Module'))
  })

  test('its parameters are, too', () => {
    const foreign = new other.nn.Linear(1, 1).parameters() as unknown as Tensor[]
    expect(thrown(() => new optim.SGD(foreign, { lr: 1 }))).toContain(whose('Tensor'))
  })

  test('a generator is', () => {
    const foreign = new other.Generator() as unknown as Generator
    expect(thrown(() => ones(1).normal_({ generator: foreign }))).toContain(whose('Generator'))
  })
})

describe('what a forward returns', () => {
  class Later extends nn.Module<unknown> {
    override forward(x: Tensor): unknown {
      return Promise.resolve(x)
    }
  }

  test('is no Promise', () => {
    expect(thrown(() => new Later().forward(ones(1)))).toBe(
      'TypeError: Later: forward returns a Promise, but a forward is synchronous; await what it needs before the call'
    )
  })

  test('is no Promise with hooks either', () => {
    const later = new Later()
    later.registerForwardHook(() => undefined)
    expect(thrown(() => later.forward(ones(1)))).toContain('forward returns a Promise')
  })

  test.each(['registerForwardHook', 'registerForwardPreHook'] as const)('%s refuses a hook that is async', (name) => {
    const relu = new nn.ReLU()
    relu[name]((async () => Promise.resolve(undefined)) as never)
    expect(thrown(() => relu.forward(ones(1)))).toBe(
      `TypeError: ${name}: the hook returns a Promise, but the forward does not wait for it; hooks are synchronous`
    )
  })
})

test.each(['parameters', 'namedParameters', 'stateDict', 'modules', 'zeroGrad'] as const)(
  '%s of what is no module is refused',
  (name) => {
    const method = nn.Module.prototype[name] as (this: unknown) => unknown
    expect(thrown(() => method.call(ones(1)))).toMatch(/^TypeError: /)
  }
)

test('a walk of what is no module says what it is', () => {
  const { namedParameters } = nn.Module.prototype
  expect(thrown(() => namedParameters.call(ones(1) as never))).toBe(
    'TypeError: torch.FloatTensor is not a Module subclass'
  )
})

describe('what no constructor has made says so', () => {
  const { Linear, Sequential } = nn
  const unmade = (name: string): string =>
    `TypeError: ${name}: the constructor of this object has not run; make it with new`

  test.each<[string, () => unknown]>([
    ['the state of a prototype', () => Linear.prototype.stateDict()],
    ['the parameters of a prototype', () => Linear.prototype.parameters()],
    ['the mode of an object', () => (Object.create(Linear.prototype) as nn.Linear).train()],
    [
      'a prototype as a submodule',
      () => Object.assign(new Sequential(linear()), { extra: Linear.prototype }).stateDict()
    ]
  ])('%s', (_, call) => {
    expect(thrown(call)).toBe(unmade('Module'))
  })

  test('optimizers and generators', () => {
    expect(thrown(() => new Generator().getState.call(Generator.prototype))).toBe(unmade('Generator'))
    const optimizer = Object.assign(Object.create(optim.SGD.prototype) as optim.SGD, { paramGroups: [] })
    expect(thrown(() => optimizer.step())).toBe(unmade('Optimizer'))
  })
})
