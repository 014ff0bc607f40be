// Deep copies of what the library makes, as Python's copy.deepcopy makes them.

import {
  Generator,
  type Tensor,
  compile,
  deepcopy,
  manualSeed,
  nn,
  ones,
  optim,
  rand,
  slice,
  tensor,
  zeros
} from '../lib'
import { thrown } from './helpers/check'

const network = (): nn.Sequential => new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 1))
const values = (state: Record<string, Tensor>): unknown => Object.entries(state).map(([k, v]) => [k, v.tolist()])

describe('a module', () => {
  test('is copied with parameters, buffers and mode', () => {
    const net = network()
    net.registerBuffer('seen', ones(2))
    net.registerBuffer('passing', ones(1), false)
    net.at(1).eval()
    net.at(0).requiresGrad_(false)
    const copy = deepcopy(net)
    expect(copy).toBeInstanceOf(nn.Sequential)
    expect(String(copy)).toBe(String(net))
    expect(values(copy.stateDict())).toEqual(values(net.stateDict()))
    expect(copy.modules().map(({ training }) => training)).toEqual(net.modules().map(({ training }) => training))
    expect(copy.parameters().map(({ requiresGrad }) => requiresGrad)).toEqual([false, false, true, true])
    expect(copy.namedBuffers().map(([name]) => name)).toEqual(['seen', 'passing'])
    expect(copy.parameters().every((each) => each instanceof nn.Parameter && each.isLeaf)).toBe(true)
    const before = values(copy.stateDict())
    for (const each of net.parameters()) each.data.fill_(7)
    net.buffers()[0].zero_()
    net.train()
    expect(values(copy.stateDict())).toEqual(before)
    expect(copy.at(1).training).toBe(false)
    expect(copy.forward(ones([2, 3])).shape).toEqual([2, 1])
  })

  test('trains apart from its original', () => {
    const net = network()
    net
      .forward(ones([2, 3]))
      .sum()
      .backward()
    const copy = deepcopy(net)
    expect(copy.parameters().map(({ grad }) => grad)).toEqual([null, null, null, null])
    copy
      .forward(ones([2, 3]))
      .sum()
      .backward()
    new optim.SGD(copy.parameters(), { lr: 1 }).step()
    expect(values(copy.stateDict())).not.toEqual(values(net.stateDict()))
    const step = compile((x: Tensor) => copy.forward(x).sum())
    expect([step(ones([2, 3])).item(), step(ones([2, 3])).item()]).toEqual(
      Array(2).fill(
        copy
          .forward(ones([2, 3]))
          .sum()
          .item()
      )
    )
  })

  test('shares what its original shares', () => {
    const shared = new nn.Linear(2, 2)
    const net = new nn.Sequential(shared, shared)
    class Tied extends nn.Module {
      readonly encoder = new nn.Linear(2, 2)
      readonly decoder = new nn.Linear(2, 2)
      constructor() {
        super()
        this.decoder.weight = this.encoder.weight
      }
    }
    expect(deepcopy(net).parameters()).toHaveLength(2)
    const tied = deepcopy(new Tied())
    expect(tied.decoder.weight).toBe(tied.encoder.weight)
  })

  test('keeps fields of users: lists, Maps, plain ones, and itself', () => {
    class Own extends nn.Module {
      readonly sizes = [1, [2]]
      readonly table = new Map<unknown, unknown>([['layer', new nn.Linear(1, 1)]])
      readonly names = new Set(['a'])
      readonly options = { rate: 0.5, when: new Date(5), data: new Float32Array([1, 2]) }
      readonly list = new nn.ModuleList([new nn.Linear(1, 1)])
      readonly self = { me: this }
      readonly run = (x: number): number => x + 1
    }
    const own = new Own()
    const copy = deepcopy(own)
    expect(copy.self.me).toBe(copy)
    expect([copy.sizes, copy.names, copy.options]).toEqual([own.sizes, own.names, own.options])
    for (const key of ['sizes', 'table', 'names', 'options', 'list', 'self'] as const)
      expect(copy[key]).not.toBe(own[key])
    expect(copy.options.data.buffer).not.toBe(own.options.data.buffer)
    expect(copy.table.get('layer')).not.toBe(own.table.get('layer'))
    expect(copy.run).toBe(own.run)
    expect(copy.list.at(0).weight).not.toBe(own.list.at(0).weight)
  })

  test('takes its hooks along, and both lists go on apart', () => {
    const relu = new nn.ReLU()
    const heard: unknown[] = []
    const remove = relu.registerForwardHook((module) => void heard.push(module))
    relu.registerForwardPreHook(() => ones(1).mul(5))
    const copy = deepcopy(relu)
    expect(copy.forward(ones(1)).item()).toBe(5)
    remove()
    copy.forward(ones(1))
    relu.forward(ones(1))
    expect(heard.map((each) => each === copy)).toEqual([true, true])
  })

  test('keeps a forward that is a field', () => {
    class Field extends nn.Module {
      override forward: (x: Tensor) => Tensor = (x) => x.mul(3)
    }
    const hooked = new Field()
    hooked.registerForwardHook(() => undefined)
    for (const field of [new Field(), hooked]) expect(deepcopy(field).forward(ones(1)).item()).toBe(3)
  })
})

describe('a tensor', () => {
  test.each<[string, () => Tensor]>([
    ['dense', () => rand([2, 3])],
    ['transposed', () => rand([2, 3]).t()],
    ['empty', () => zeros([0, 2])],
    ['bool', () => tensor([true, false])],
    ['without dims', () => tensor(2)],
    ['large', () => rand([100, 100])]
  ])('that is %s is copied with its strides', (_, make) => {
    const x = make()
    const y = deepcopy(x)
    expect([String(y), y.strides, y.dtype]).toEqual([String(x), x.strides, x.dtype])
    x.zero_()
    expect(y.base).toBeNull()
    expect(y.numel() === 0 || y.any().item()).toBe(true)
  })

  test('keeps its gradient, a Parameter does not', () => {
    const x = tensor([1, 2], { requiresGrad: true })
    const p = new nn.Parameter(ones(2))
    x.mul(p).sum().backward()
    expect(deepcopy(x).grad!.tolist()).toEqual([1, 1])
    expect(deepcopy(p).grad).toBeNull()
    expect(deepcopy(p)).toBeInstanceOf(nn.Parameter)
  })

  test('shares its memory with the copies of its views', () => {
    const base = rand([4])
    const [copy, view] = deepcopy([base, base.narrow(0, 1, 2)])
    copy.zero_()
    expect(view.tolist()).toEqual([0, 0])
    expect(base.any().item()).toBe(true)
  })

  test('that is no leaf is refused', () => {
    expect(thrown(() => deepcopy([ones(1, { requiresGrad: true }).mul(2)]))).toBe(
      'Error: Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment; ' +
        'copy its detach().clone() instead'
    )
  })
})

describe('a state', () => {
  test('of a module is a snapshot', () => {
    const net = network()
    const [shared, snapshot] = [net.stateDict(), deepcopy(net.stateDict())]
    for (const each of net.parameters()) each.data.zero_()
    expect(values(shared)).toEqual(values(net.stateDict()))
    expect(values(snapshot)).not.toEqual(values(net.stateDict()))
    net.loadStateDict(snapshot)
    expect(values(net.stateDict())).toEqual(values(snapshot))
  })

  test('keeps a key __proto__, and pollutes nothing', () => {
    const state = JSON.parse('{"__proto__": {"polluted": [1]}}') as Record<string, unknown>
    const copy = deepcopy(state)
    expect(Object.keys(copy)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('of a Map or an object without prototype keeps its kind', () => {
    const map = new Map([[{ key: 1 }, ones(1)]])
    expect([...deepcopy(map).values()][0].tolist()).toEqual([1])
    expect(Object.getPrototypeOf(deepcopy(Object.create(null)))).toBeNull()
  })
})

describe.each<[string, (params: Tensor[]) => optim.SGD]>([
  ['SGD', (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9 })],
  ['Adam', (params) => new optim.Adam(params) as unknown as optim.SGD],
  ['RMSprop', (params) => new optim.RMSprop(params) as unknown as optim.SGD],
  ['Adagrad', (params) => new optim.Adagrad(params) as unknown as optim.SGD]
])('%s', (_, make) => {
  const train = (net: nn.Module, optimizer: optim.SGD): void => {
    optimizer.zeroGrad()
    net
      .forward(ones([2, 3]))
      .sum()
      .backward()
    optimizer.step()
  }

  test('copied with its network trains the copy as the original would', () => {
    manualSeed(1)
    const net = network()
    const optimizer = make(net.parameters())
    train(net, optimizer)
    const copy = deepcopy({ net, optimizer })
    expect(copy.optimizer.paramGroups[0].params).toEqual(copy.net.parameters())
    expect(copy.optimizer.paramGroups[0].params[0]).toBe(copy.net.parameters()[0])
    const before = values(net.stateDict())
    train(copy.net, copy.optimizer)
    expect(values(net.stateDict())).toEqual(before)
    train(net, optimizer)
    expect(values(copy.net.stateDict())).toEqual(values(net.stateDict()))
    copy.optimizer.paramGroups[0].lr = 5
    expect(optimizer.paramGroups[0].lr).not.toBe(5)
  })

  test('copied alone updates copies of the parameters', () => {
    const net = network()
    const copy = deepcopy(make(net.parameters()))
    expect(copy.paramGroups[0].params[0]).not.toBe(net.parameters()[0])
  })
})

test('a generator goes on as its original', () => {
  const generator = new Generator().manualSeed(4)
  rand(3, { generator })
  const copy = deepcopy(generator)
  expect(copy.initialSeed()).toBe(4n)
  expect(rand(3, { generator: copy }).tolist()).toEqual(rand(3, { generator }).tolist())
})

test('what does not change is not copied', () => {
  const part = slice(1, 2)
  const fn = (): number => 1
  for (const value of [1, 'a', null, undefined, 2n, part, fn]) expect(deepcopy(value)).toBe(value)
})

test('what JavaScript cannot copy is refused', () => {
  const sentence = (name: string): string =>
    `TypeError: deepcopy: a ${name} cannot be copied; take it out of what is copied`
  expect(thrown(() => deepcopy({ a: new WeakMap() }))).toBe(sentence('WeakMap'))
  expect(thrown(() => deepcopy(Promise.resolve(1)))).toBe(sentence('Promise'))
  const sent = Float32Array.of(1)
  structuredClone(sent, { transfer: [sent.buffer] })
  expect(thrown(() => deepcopy([sent]))).toBe(sentence('detached ArrayBuffer'))
})

test('takes one argument, outside of a capture', () => {
  expect(thrown(() => (deepcopy as (...args: unknown[]) => unknown)(1, 2))).toMatch(/^TypeError: deepcopy\(\)/)
  expect(thrown(() => compile((x: Tensor) => deepcopy(x))(ones(1)))).toMatch(/^CompileError: .*deepcopy\(\)/)
})

test('an array that lies about its length is refused', () => {
  for (const length of [NaN, -1, 0.5, 2 ** 32, '2']) {
    const list = new Proxy([1, 2], { get: (_, key) => (key === 'length' ? length : undefined) })
    expect(thrown(() => deepcopy(list))).toBe(`RangeError: deepcopy: an array has the length ${length}`)
  }
})
