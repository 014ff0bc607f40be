// What comparisons, clones, proxies and other tools of JavaScript find in a tensor.

import assert from 'node:assert'
import { inspect } from 'node:util'
import { serialize } from 'node:v8'
import { Slice, Tensor, add, cat, compile, nn, noGrad, ones, optim, tensor, zeros } from '../../lib'
import type * as Library from '../../lib'
import { thrown } from '../helpers/check'

/** The message of a failing comparison; a comparison that passes fails the test. */
function failure(compare: () => void): string {
  try {
    compare()
  } catch (error) {
    return (error as Error).message.replace(/\u001b\[\d+m/g, '')
  }
  throw new Error('the comparison passes')
}

const square = zeros([64, 64])
noGrad(() => square.setAt([3, 60], 1))
const leaf = tensor([1], { requiresGrad: true })
const empty = zeros([4, 4])
const different: Record<string, [Tensor, Tensor]> = {
  'other values': [tensor([1]), tensor([2])],
  'other values without dims': [tensor(1), tensor(2)],
  'other values in rows': [ones([2, 2]), zeros([2, 2])],
  'another shape without elements': [zeros([0, 2]), zeros([0, 3])],
  'another shape of no elements of one storage': [
    empty.narrow(0, 0, 0).narrow(1, 0, 2),
    empty.narrow(0, 0, 0).narrow(1, 0, 3)
  ],
  'another dtype': [tensor([1]), tensor([1], { dtype: 'int32' })],
  'gradients required': [leaf, tensor([1])],
  'elements that are not printed': [square, square.t()],
  'rows of one tensor': [square.at(3), square.at(60)]
}

describe('comparisons that know nothing of tensors', () => {
  for (const [name, [a, b]] of Object.entries(different)) {
    test(`fail for ${name}`, () => {
      failure(() => expect(a).toEqual(b))
      failure(() => expect(a).toStrictEqual(b))
      failure(() => expect({ x: [a] }).toMatchObject({ x: [b] }))
      failure(() => assert.deepStrictEqual(a, b))
      failure(() => assert.deepEqual({ a }, { a: b }))
    })
  }

  test('hold for the very same tensor', () => {
    const spy = jest.fn()
    for (const x of [tensor(1), tensor([1, NaN]), zeros([0, 3]), leaf]) {
      expect(x).toEqual(x)
      expect({ x }).toStrictEqual({ x })
      assert.deepStrictEqual([x], [x])
      spy(x)
      expect(spy).toHaveBeenLastCalledWith(x)
    }
  })

  test('print the values of both', () => {
    const jests = failure(() => expect(tensor([1.5, 2])).toEqual(tensor([1.5, 3])))
    expect(jests).toMatch(/-\s+3,\n\+\s+2,/)
    const text = spawnedAssertion()
    expect(text).toContain('Tensor [tensor([1.])]')
    expect(text).toContain('Tensor [tensor([2.])]')
    expect(text.split('\n').length).toBeLessThan(40)
  })

  test('do not walk through the graph', () => {
    const deep = (): Tensor => {
      let y: Tensor = tensor([1], { requiresGrad: true })
      for (let i = 0; i < 20_000; i++) y = y.add(1)
      return y
    }
    expect(failure(() => assert.deepStrictEqual(deep(), deep())).length).toBeLessThan(5000)
  })
})

/** What `assert` prints; Jest replaces its messages. */
function spawnedAssertion(): string {
  const options = { compact: false, customInspect: false, depth: 1000, sorted: true, getters: true } as const
  return [tensor([1]), tensor([2])].map((each) => inspect(each, options)).join('\n')
}

test('a print into a snapshot has the values', () => {
  expect({ x: tensor([[1, 2]]) }).toMatchInlineSnapshot(`
    {
      "x": [
        [
          1,
          2,
        ],
      ],
    }
  `)
})

test('a capture and a tensor in use print their class where nobody asked for their values', () => {
  const kind = (x: Tensor): string => Object.prototype.toString.call(x)
  expect(kind(tensor([1]))).toBe('[object tensor([1.])]')
  expect(kind(Tensor.prototype)).toBe('[object Tensor]')
  const kinds: string[] = []
  compile((x: Tensor) => {
    kinds.push(kind(x))
    return x.add(1)
  })(ones(2))
  expect(kinds).toEqual(['[object Tensor]'])
})

describe('what JavaScript makes of a tensor', () => {
  const x = tensor([
    [1, 2],
    [3, 4]
  ])
  const line = tensor([1, 2])
  const noLength =
    'TypeError: a Tensor has no length: use size(0) for the number of rows, numel() for that of elements, and ' +
    'toTypedArray() or tolist() for an array of them'

  test('it iterates over its rows', () => {
    expect(Array.from(x, (row) => row.tolist())).toEqual([
      [1, 2],
      [3, 4]
    ])
    expect(new Float32Array(line as never)).toEqual(new Float32Array([1, 2]))
    expect([...zeros([0, 2])]).toEqual([])
  })

  test.each<[string, () => unknown]>([
    ['length', () => (x as unknown as { length: number }).length],
    ['Array.from of a tensor without dims', () => Array.from(tensor(1))],
    ['a typed array of a tensor without dims', () => new Float32Array(tensor(1) as never)],
    ['Buffer.from', () => Buffer.from(line as never)],
    ['apply', () => Math.max.apply(null, line as never)]
  ])('%s is refused', (_, call) => {
    expect(thrown(call)).toBe(noLength)
  })

  test('a tensor without dims does not iterate', () => {
    expect(thrown(() => [...tensor(1)])).toMatch(/^TypeError: .*iterable/)
    expect(thrown(() => new Set(tensor(1)))).toMatch(/^TypeError: .*iterable/)
  })

  test('a typed array of rows with several elements is refused', () => {
    expect(thrown(() => new Float32Array(x as never))).toMatch(/^TypeError: only one element tensors can be converted/)
  })

  test('new Tensor() names the functions that make tensors', () => {
    const Constructor = Tensor as unknown as new (...args: unknown[]) => Tensor
    const message = 'TypeError: new Tensor() is not for users: make tensors with tensor(), zeros() and the like'
    for (const args of [[], [[1, 2]], [2, 3]]) expect(thrown(() => new Constructor(...args))).toBe(message)
    expect(Tensor.name).toBe('Tensor')
  })

  test('so do new Slice() and new Parameter()', () => {
    const New = Slice as unknown as new (...args: unknown[]) => Slice
    const message = 'TypeError: new Slice() is not for users: use slice(end) or slice(start, end, step)'
    for (const args of [[], [1], [1, 2]]) expect(thrown(() => new New(...args))).toBe(message)
    expect(thrown(() => new nn.Parameter([1, 2] as never))).toBe(
      'TypeError: Parameter: data must be a Tensor, got Array; use tensor([...])'
    )
  })
})

describe('a clone', () => {
  const advice =
    'Symbol(a Tensor; send tensor.toTransferable() instead, which fromTransferable() makes a Tensor again) could not be cloned.'
  const tensors = { leaf, view: ones([2, 2]).t(), empty: zeros([0]), Parameter: new nn.Parameter(ones(1)) }

  test.each(Object.entries(tensors))('of %s is refused where it is sent', (_, x) => {
    const { port1 } = new MessageChannel()
    try {
      for (const send of [
        () => structuredClone(x),
        () => structuredClone({ deep: [x] }),
        () => port1.postMessage(x),
        () => serialize(x)
      ])
        expect((failure(send) as unknown as string).split('\n')[0]).toBe(advice)
    } finally {
      port1.close()
    }
  })
})

test.each<[string, () => unknown]>([
  ['Tensor.prototype.add(1)', () => Tensor.prototype.add(1)],
  ['Object.create(Tensor.prototype).add(1)', () => (Object.create(Tensor.prototype) as Tensor).add(1)]
])('%s says that no constructor has made it', (_, call) => {
  expect(thrown(call)).toContain('an object with the prototype of a Tensor, which no constructor has made')
})

test('nn.Module.prototype.parameters() says that no constructor has made it', () => {
  expect(thrown(() => nn.Module.prototype.parameters())).toContain(
    'an object with the prototype of a Module, which no constructor has made'
  )
})

describe('a tensor behind a Proxy', () => {
  const x = ones([2], { requiresGrad: true })
  const proxy = new Proxy(x, { get: (target, key, receiver) => Reflect.get(target, key, receiver) as unknown })
  const why = 'a Proxy of a Tensor (hand over the Tensor itself: Vue has toRaw() and markRaw())'
  const members = Object.entries(Object.getOwnPropertyDescriptors(Tensor.prototype))
  const internal = /^(storage|code|numelCached|dense|cell|node|outputIndex|leafRequiresGrad|meta|ensureMeta)$/

  test.each<[string, () => unknown]>([
    ['add(proxy, 1)', () => add(proxy, 1)],
    ['add(1, proxy)', () => add(x, proxy)],
    ['proxy.add(1)', () => proxy.add(1)],
    ['cat([proxy])', () => cat([proxy])],
    ['new Parameter(proxy)', () => new nn.Parameter(proxy)],
    ['new SGD([proxy])', () => new optim.SGD([proxy], { lr: 1 })],
    ['forward(proxy)', () => new nn.ReLU().forward(proxy)],
    ['[...proxy]', () => [...proxy]],
    ['item()', () => proxy.item()],
    ['inspect', () => inspect(proxy, { showProxy: false }) && String(proxy)]
  ])('%s says why it is refused', (_, call) => {
    expect(thrown(call)).toContain(why)
  })

  test('its members say what this is', () => {
    expect(thrown(() => proxy.shape)).toBe(`TypeError: this is ${why}`)
    expect(thrown(() => proxy.item())).toBe(`TypeError: this is ${why}`)
  })

  test.each(members.filter(([name]) => !internal.test(name) && name !== 'constructor'))(
    '%s does not end in "Cannot read private member"',
    (_, { get, set, value }) => {
      for (const member of [get, value as unknown, set]) {
        if (typeof member !== 'function') continue
        let message = ''
        try {
          message = String((member as (...args: unknown[]) => unknown).call(proxy, ...(set === member ? [x] : [])))
        } catch (error) {
          message = (error as Error).message
        }
        expect(message).not.toMatch(/private|declare/)
      }
    }
  )
})

describe('a tensor of another copy of the library', () => {
  let other!: typeof Library
  jest.isolateModules(() => {
    other = require('../../lib') as typeof Library
  })
  const foreign = other.ones(2)

  test.each<[string, () => unknown]>([
    ['add', () => add(ones(2), foreign)],
    ['tensor', () => tensor([foreign])],
    ['cat', () => cat([foreign])],
    ['forward', () => new nn.Linear(2, 1).forward(foreign)],
    ['SGD', () => new optim.SGD([foreign], { lr: 1 })],
    ['loadStateDict', () => new nn.Linear(2, 1).loadStateDict({ weight: foreign, bias: foreign })]
  ])('%s says whose it is', (_, call) => {
    expect(thrown(call)).toContain('a Tensor of another copy of dyngrad (let all packages share one: npm ls dyngrad)')
  })

  test('works with its own copy', () => {
    expect(foreign.add(1).tolist()).toEqual([2, 2])
  })
})
