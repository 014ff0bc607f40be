// What is said of values one step away from what is wanted: the class of what was got, and what to do.

import {
  type Tensor,
  add,
  autograd,
  cat,
  full,
  manualSeed,
  matmul,
  nn,
  noGrad,
  ones,
  optim,
  stack,
  tensor,
  zeros
} from '../../lib'
import { thrown } from '../helpers/check'

const x = ones(2, 3)
const net = new nn.Linear(2, 1)
const wrong = (value: unknown): never => value as never

class Point {
  readonly a = 1
}

const trap = new Proxy(new Point(), {
  get() {
    throw new Error('read')
  }
})

describe('where a Tensor belongs', () => {
  const F = nn.functional
  const calls: readonly (readonly [call: (value: never) => unknown, where: string])[] = [
    [(value) => F.relu(value), 'relu: input'],
    [(value) => net.forward(value), 'forward: input'],
    [(value) => matmul(x, value), 'matmul: other'],
    [(value) => F.mseLoss(x, value), 'mseLoss: target'],
    [(value) => cat([value]), 'cat: element 0 of tensors'],
    [(value) => stack([x, value]), 'stack: element 1 of tensors'],
    [(value) => new nn.Parameter(value), 'Parameter: data'],
    [(value) => x.mul(1).requiresGrad_().backward(value), 'backward: gradient']
  ]
  const values: readonly (readonly [value: unknown, rest: string])[] = [
    [[1, 2], 'got Array; use tensor([...])'],
    [[[1]], 'got Array; use tensor([...])'],
    [new Float32Array(2), 'got Float32Array; use tensor([...])'],
    [Buffer.from([1]), 'got Buffer; use tensor([...])'],
    [3, 'got 3; use tensor(3)'],
    [3n, 'got 3n; use tensor(3n)'],
    [true, 'got boolean; use tensor(true)'],
    [Promise.resolve(x), 'got Promise; await it'],
    [net, 'got Linear; pass what its forward() gives'],
    [() => x, 'got function; call it and pass its result'],
    [nn.ReLU, 'got class ReLU; use new ReLU(...)'],
    ['a', 'got string'],
    [Symbol('a'), 'got symbol'],
    [new Set([1]), 'got Set'],
    [new Map(), 'got Map'],
    [new Date(0), 'got Date'],
    [/a/, 'got RegExp'],
    [new Point(), 'got Point'],
    [trap, 'got object']
  ]

  test.each(calls.map(([call, where]) => [where, call] as const))('%s', (where, call) => {
    for (const [value, rest] of values) {
      expect(thrown(() => call(wrong(value)))).toBe(`TypeError: ${where} must be a Tensor, ${rest}`)
    }
  })

  test('or a number, lists are no operands', () => {
    expect(thrown(() => x.add(wrong([1])))).toBe(
      'TypeError: add: other must be a Tensor or a number, got Array; use tensor([...])'
    )
    expect(thrown(() => add(wrong(Promise.resolve(1)), x))).toBe(
      'TypeError: add: input must be a Tensor or a number, got Promise; await it'
    )
    expect(thrown(() => x.clone().mul_(wrong(undefined)))).toBe(
      'TypeError: mul_: other must be a Tensor or a number, got undefined'
    )
    expect(thrown(() => x.clone().setAt(0, wrong(new Float32Array(3))))).toBe(
      'TypeError: setAt: value must be a Tensor or a number, got Float32Array; use tensor([...])'
    )
  })
})

describe('where others belong', () => {
  const rows: readonly (readonly [call: () => unknown, message: string])[] = [
    [() => full(wrong(2), 3), 'TypeError: full: size must be an array, got 2; pass an array: [2]'],
    [() => zeros(wrong(tensor(3))), 'TypeError: zeros: size must be an array, got Tensor'],
    [() => zeros(wrong(Promise.resolve(1))), 'TypeError: zeros: size must be an array, got Promise; await it'],
    [() => zeros(2).fill_(wrong(x)), 'TypeError: fill_: value must be a number, got Tensor; use item()'],
    [() => x.select(0, wrong(tensor(1))), 'TypeError: select: index must be an integer, got Tensor; use item()'],
    [() => cat(wrong(x)), 'TypeError: cat: tensors must be an array of Tensors, got Tensor; pass [tensor, ...]'],
    [
      () => tensor(wrong(new Set([1]))),
      'TypeError: tensor: elements must be numbers, booleans or BigInts, got Set; use tensor([...data])'
    ],
    [
      () => tensor(wrong(Promise.resolve([1]))),
      'TypeError: tensor: elements must be numbers, booleans or BigInts, got Promise; await it'
    ],
    [
      () => manualSeed(wrong('a')),
      'TypeError: manual_seed expected a long, but got string; manualSeed: pass an integer'
    ],
    [() => noGrad(wrong(nn.ReLU)), "TypeError: Class constructor ReLU cannot be invoked without 'new'"],
    [() => autograd.grad(wrong([1]), x), 'TypeError: grad: element 0 of outputs must be a Tensor, got 1; use tensor(1)']
  ]
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})

describe('where modules belong', () => {
  const rows: readonly (readonly [call: () => unknown, message: string])[] = [
    [
      () => new (nn.ModuleList as new (...modules: unknown[]) => unknown)(net, net),
      'TypeError: ModuleList: modules must be an iterable of Modules, got Linear; pass an array: [module, ...]'
    ],
    [
      () => new nn.Sequential(wrong([net, net])),
      'TypeError: Array is not a Module subclass; pass its modules: ...modules'
    ],
    [() => new nn.Sequential(wrong(nn.ReLU)), 'TypeError: class ReLU is not a Module subclass; use new ReLU(...)'],
    [
      () =>
        new nn.Sequential(
          net,
          wrong((input: Tensor) => input)
        ),
      'TypeError: function is not a Module subclass; call it in the forward() of a Module'
    ],
    [() => new nn.Sequential(wrong(1)), 'TypeError: number is not a Module subclass'],
    [
      () => net.loadStateDict(wrong(net)),
      'TypeError: Expected state_dict to be dict-like, got Linear; pass its stateDict()'
    ],
    [
      () => net.loadStateDict(wrong(net.stateDict.bind(net))),
      'TypeError: Expected state_dict to be dict-like, got function; call it and pass its result'
    ],
    [
      () => net.loadStateDict(wrong(Promise.resolve({}))),
      'TypeError: Expected state_dict to be dict-like, got Promise; await it'
    ],
    [
      () => net.loadStateDict(wrong(new Map())),
      'TypeError: Expected state_dict to be dict-like, got Map; use Object.fromEntries(map)'
    ],
    [() => net.loadStateDict(wrong([])), 'TypeError: Expected state_dict to be dict-like, got Array.'],
    [() => net.loadStateDict(wrong('a')), 'TypeError: Expected state_dict to be dict-like, got string.']
  ]
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})

describe('where parameters belong', () => {
  const refusal = 'TypeError: params argument given to the optimizer should be an iterable of Tensors or dicts, but got'
  const rows: readonly (readonly [params: unknown, message: string])[] = [
    [net, `${refusal} Linear; pass net.parameters()`],
    [net.parameters, `${refusal} function; pass net.parameters()`],
    [net.weight, `${refusal} torch.FloatTensor; pass an array: [parameter, ...]`],
    [Promise.resolve([]), `${refusal} Promise; await it`],
    [nn.Linear, `${refusal} class Linear; use new Linear(...)`],
    [[net], 'TypeError: optimizer can only optimize Tensors, but one of the params is Linear; pass net.parameters()'],
    [
      net.namedParameters(),
      'TypeError: optimizer can only optimize Tensors, but one of the params is Array; pass net.parameters()'
    ],
    [[{ params: net }], `${refusal} Linear; pass net.parameters()`],
    [[{ params: net.parameters }], `${refusal} function; pass net.parameters()`],
    [[{ params: 1 }], `${refusal} number`],
    [[{ lr: 1 }], 'TypeError: param_group must have params: { params: net.parameters(), lr: 0.1 }']
  ]
  test.each(rows.map(([params, message]) => [message, params] as const))('%s', (message, params) => {
    for (const Type of [optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad]) {
      expect(thrown(() => new Type(wrong(params)))).toBe(message)
    }
  })
})
