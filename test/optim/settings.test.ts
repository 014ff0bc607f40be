// Groups, options and state that are set later are looked at when a step reads them.

import { type Tensor, nn, ones, optim, zeros } from '../../lib'
import { thrown } from '../helpers/check'

function parameter(): nn.Parameter {
  const made = new nn.Parameter(zeros(2))
  made.grad = ones(2)
  return made
}

type AnyOptimizer = Omit<optim.SGD, 'paramGroups'> & { paramGroups: Record<string, unknown>[] }

const makers = {
  SGD: () => new optim.SGD([parameter()], { momentum: 0.9 }),
  Adam: () => new optim.Adam([parameter()]),
  AdamW: () => new optim.AdamW([parameter()]),
  RMSprop: () => new optim.RMSprop([parameter()]),
  Adagrad: () => new optim.Adagrad([parameter()])
} as unknown as Record<string, () => AnyOptimizer>

describe.each(Object.entries(makers))('%s', (_, make) => {
  const after = (change: (optimizer: AnyOptimizer) => void): string => {
    const optimizer = make()
    change(optimizer)
    return thrown(() => optimizer.step())
  }

  test('steps with numbers and flags only', () => {
    for (const [value, got] of [
      ['evil', "'evil'"],
      [undefined, 'undefined'],
      [null, 'null'],
      [3n, '3n'],
      [[0.1], 'Array']
    ] as const) {
      const message = `TypeError: paramGroups: lr must be a number, got ${got}`
      expect(after(({ paramGroups: [group] }) => (group.lr = value))).toBe(message)
    }
    expect(after(({ paramGroups: [group] }) => (group.lr = NaN))).toBe('RangeError: paramGroups: lr is NaN')
    expect(after(({ paramGroups: [group] }) => (group.maximize = 1))).toBe(
      'TypeError: paramGroups: maximize must be a boolean, got 1'
    )
  })

  test('steps with groups of tensors only', () => {
    const refusals: readonly (readonly [change: (optimizer: AnyOptimizer) => void, message: string])[] = [
      [
        ({ paramGroups: [group] }) => (group.params = [1]),
        'TypeError: optimizer can only optimize Tensors, but one of the params is number'
      ],
      [
        ({ paramGroups: [group] }) => (group.params = new nn.ReLU()),
        'TypeError: params of paramGroups[0] must be an array of Tensors, got ReLU; pass net.parameters()'
      ],
      [
        ({ paramGroups: [group] }) => (group.params = undefined),
        'TypeError: params of paramGroups[0] must be an array of Tensors, got undefined'
      ],
      [
        ({ paramGroups }) => paramGroups.push(null as never),
        'TypeError: paramGroups[1] must be a group of parameters, got null'
      ],
      [
        (optimizer) => Object.assign(optimizer, { paramGroups: 1 }),
        'TypeError: paramGroups must be an array of groups, got 1'
      ]
    ]
    for (const [change, message] of refusals) {
      expect(after(change)).toBe(message)
      const optimizer = make()
      change(optimizer)
      expect(thrown(() => optimizer.zeroGrad())).toBe(message)
      expect(thrown(() => optimizer.stateDict())).toBe(message)
      expect(thrown(() => optimizer.addParamGroup({ params: [parameter()] }))).toBe(message)
      expect(thrown(() => optimizer.toString())).toBe(message)
    }
  })

  test('reads an option that runs ops, and refuses one that steps', () => {
    const [plain, odd, nested] = [make(), make(), make()]
    const define = (optimizer: AnyOptimizer, get: () => number): void =>
      void Object.defineProperty(optimizer.paramGroups[0], 'lr', { get, enumerable: true })
    plain.paramGroups[0].lr = 0.25
    define(odd, () => zeros(2).add(0.125).sum().item() as number)
    define(nested, () => (nested.step(), 0.25))
    plain.step()
    odd.step()
    const valueOf = (optimizer: AnyOptimizer): unknown => (optimizer.paramGroups[0].params as Tensor[])[0].tolist()
    expect(valueOf(odd)).toEqual(valueOf(plain))
    expect(thrown(() => nested.step())).toBe(
      'Error: step: the optimizer is in the middle of a step; an option calls step() again'
    )
  })
})

test('state must stay a map', () => {
  const optimizer = makers.Adam()
  Object.assign(optimizer, { state: {} })
  expect(thrown(() => optimizer.step())).toBe('TypeError: Adam: state must be a Map, got object')
})

test('betas are two numbers at each step', () => {
  for (const [betas, message] of [
    [[0.9], 'TypeError: paramGroups: betas[1] must be a number, got undefined'],
    [[0.9, NaN], 'RangeError: paramGroups: betas[1] is NaN'],
    ['a', "TypeError: paramGroups: betas[0] must be a number, got 'a'"]
  ] as const) {
    const optimizer = makers.Adam()
    optimizer.paramGroups[0].betas = betas
    expect(thrown(() => optimizer.step())).toBe(message)
  }
})

test('defaults that one optimizer changes reach no other', () => {
  const spoiled = new optim.Adagrad([parameter()])
  Object.assign(spoiled.defaults, { lr: 'a', eps: null })
  spoiled.step()
  const other = new optim.Adagrad([parameter()])
  other.step()
  expect(other.paramGroups[0].params[0].tolist()).toEqual(spoiled.paramGroups[0].params[0].tolist())
})

test('a step without defaults says so', () => {
  for (const [name, make] of Object.entries(makers)) {
    const optimizer = make()
    Object.assign(optimizer, { defaults: undefined })
    const messages = [thrown(() => optimizer.addParamGroup({ params: [parameter()] }))]
    if (name === 'Adagrad') messages.push(thrown(() => optimizer.step()))
    for (const message of messages)
      expect(message).toBe(`TypeError: ${name}: defaults must be an object, got undefined`)
  }
})
