// State that comes from elsewhere, and options that are set later.

import { type Tensor, nn, ones, optim, zeros } from 'dyngrad'
import { thrown } from '../helpers/check'

type Made = optim.SGD | optim.Adam | optim.RMSprop | optim.Adagrad

const makers: Record<string, (params: Tensor[]) => Made> = {
  SGD: (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9 }),
  Adam: (params) => new optim.Adam(params, { lr: 0.1, amsgrad: true }),
  AdamW: (params) => new optim.AdamW(params, { lr: 0.1 }),
  RMSprop: (params) => new optim.RMSprop(params, { lr: 0.1, momentum: 0.9, centered: true }),
  Adagrad: (params) => new optim.Adagrad(params, { lr: 0.1, lrDecay: 0.1 })
}

const parameters = (): Tensor[] =>
  [ones(2, 3), ones(4), ones([]), zeros(0, 3)].map((each) => {
    const parameter = new nn.Parameter(each)
    parameter.grad = each.detach().mul(0.5)
    return parameter
  })

describe.each(Object.entries(makers))('%s', (_, make) => {
  test('goes on from a state that went through JSON', () => {
    const [a, b] = [parameters(), parameters()]
    const [first, second] = [make(a), make(b)]
    first.step()
    second.step()
    const text = JSON.stringify(second.stateDict())
    second.loadStateDict(JSON.parse(text) as never)
    for (let i = 0; i < 3; i++) {
      first.step()
      second.step()
    }
    expect(b.map((each) => each.tolist())).toEqual(a.map((each) => each.tolist()))
  })

  test('keeps its own state where another does not fit', () => {
    const params = parameters()
    const optimizer = make(params)
    optimizer.step()
    const before = JSON.stringify(optimizer.stateDict())
    const [field] = Object.keys(optimizer.state.get(params[0])!).filter((name) => name !== 'step')
    const load = (value: unknown): string => {
      const dict = optimizer.stateDict() as unknown as { state: Record<number, Record<string, unknown>> }
      dict.state[1][field] = value
      return thrown(() => optimizer.loadStateDict(dict as never))
    }
    expect(load(ones(3))).toBe(`RangeError: loadStateDict: ${field} has shape [3], but its parameter [4]`)
    expect(load([1, 2])).toBe(`RangeError: loadStateDict: ${field} has shape [2], but its parameter [4]`)
    expect(load({})).toBe(`TypeError: loadStateDict: ${field} must be a Tensor, a list or a number, got object`)
    expect(load('x')).toBe(`TypeError: loadStateDict: ${field} must be a Tensor, a list or a number, got 'x'`)
    expect(JSON.stringify(optimizer.stateDict())).toBe(before)
  })

  test.each([[undefined], ['0.1'], [null], [{}], [[0.1]], [1n]])('a rate of %p is refused at the step', (rate) => {
    const params = parameters()
    const optimizer = make(params)
    Object.assign(optimizer.paramGroups[0], { lr: rate })
    expect(thrown(() => optimizer.step())).toMatch(/^TypeError: paramGroups: lr must be a number, got /)
    expect(params[0].tolist()).toEqual(ones(2, 3).tolist())
  })
})

test.each([[undefined], [[0.9]], [[]], ['ab']])('betas of %p are refused at the step', (betas) => {
  const optimizer = new optim.Adam(parameters())
  Object.assign(optimizer.paramGroups[0], { betas })
  expect(thrown(() => optimizer.step())).toMatch(/^TypeError: paramGroups: betas\[[01]\] must be a number, got /)
})

test('state that is no tensor is refused at the step', () => {
  const [parameter] = parameters()
  const optimizer = new optim.SGD([parameter], { lr: 0.1, momentum: 0.9 })
  optimizer.state.set(parameter, { momentumBuffer: [1] as never })
  expect(thrown(() => optimizer.step())).toBe(
    'TypeError: state: momentumBuffer must be a Tensor, got Array; use tensor([...])'
  )
})

describe('loadStateDict refuses', () => {
  const optimizer = new optim.SGD([new nn.Parameter(zeros(2))])
  const rows: readonly (readonly [stateDict: unknown, message: string])[] = [
    [{}, 'loadStateDict: paramGroups is missing; pass what stateDict() gives'],
    [[], 'loadStateDict: paramGroups is missing; pass what stateDict() gives'],
    [{ paramGroups: 1 }, 'loadStateDict: paramGroups must be an array, got 1; pass what stateDict() gives'],
    [
      { paramGroups: [{}], state: {} },
      'loadStateDict: params of paramGroups[0] is missing; pass what stateDict() gives'
    ],
    [
      { paramGroups: [{ params: 1 }], state: {} },
      'loadStateDict: params of paramGroups[0] must be an array of numbers, got 1; pass what stateDict() gives'
    ],
    [{ paramGroups: [{ params: [0] }] }, 'loadStateDict: state is missing; pass what stateDict() gives'],
    [
      { paramGroups: [{ params: [0] }], state: [] },
      'loadStateDict: state must be an object, got Array; pass what stateDict() gives'
    ],
    [optimizer, 'loadStateDict: stateDict is SGD; pass its stateDict()'],
    [new nn.Linear(1, 1), 'loadStateDict: stateDict is Linear; pass its stateDict()'],
    ['a', "loadStateDict: stateDict must be an object, got 'a'"]
  ]
  test.each(rows.map(([stateDict, message]) => [message, stateDict] as const))('%s', (message, stateDict) => {
    expect(thrown(() => optimizer.loadStateDict(stateDict as never))).toBe(`TypeError: ${message}`)
  })
})
