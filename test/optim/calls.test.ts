// PyTorch's orders of the arguments of optimizers, and what they refuse.

import { type Tensor, nn, ones, optim, zeros } from 'dyngrad'
import { thrown } from '../helpers/check'

const params = (): Tensor[] => [new nn.Parameter(zeros(2))]
const optionsOf = <Options extends object>({ paramGroups }: { paramGroups: (Options & { params: Tensor[] })[] }) => {
  return Object.fromEntries(Object.entries(paramGroups[0]).filter(([name]) => name !== 'params'))
}

test('SGD takes its options in their order, and maximize by keyword', () => {
  const options = { lr: 0.1, momentum: 0.9, dampening: 0, weightDecay: 0.01, nesterov: true, maximize: true }
  expect(optionsOf(new optim.SGD(params(), 0.1, 0.9, 0, 0.01, true, { maximize: true }))).toEqual(options)
  expect(optionsOf(new optim.SGD({ params: params(), ...options }))).toEqual(options)
  expect(optionsOf(new optim.SGD(params(), 0.5, { momentum: 0.25 }))).toMatchObject({ lr: 0.5, momentum: 0.25 })
})

test('Adam and AdamW take theirs', () => {
  const options = { lr: 0.1, betas: [0.5, 0.75], eps: 1e-6, weightDecay: 0.1, amsgrad: true, maximize: true }
  expect(optionsOf(new optim.Adam(params(), 0.1, [0.5, 0.75], 1e-6, 0.1, true, { maximize: true }))).toEqual({
    ...options,
    decoupledWeightDecay: false
  })
  expect(optionsOf(new optim.AdamW(params(), 0.1, [0.5, 0.75], 1e-6, 0.1, true, { maximize: true }))).toEqual({
    ...options,
    decoupledWeightDecay: true
  })
  expect(optionsOf(new optim.AdamW(params()))).toMatchObject({ weightDecay: 0.01, betas: [0.9, 0.999] })
})

test('betas are copied, so that no two optimizers share them', () => {
  const betas: [number, number] = [0.5, 0.75]
  const [first, second, third] = [
    new optim.Adam(params(), { betas }),
    new optim.Adam(params()),
    new optim.Adam(params())
  ]
  betas[0] = 0
  second.paramGroups[0].betas[0] = 0
  expect([first, third].map((each) => each.paramGroups[0].betas)).toEqual([
    [0.5, 0.75],
    [0.9, 0.999]
  ])
})

test('methods take theirs', () => {
  const [parameter] = params()
  const optimizer = new optim.SGD([parameter], 1)
  parameter.grad = ones(2)
  optimizer.zeroGrad(false)
  expect(parameter.grad.tolist()).toEqual([0, 0])
  optimizer.zeroGrad({ setToNone: true })
  expect(parameter.grad).toBeNull()
  expect([optimizer.step(null), optimizer.step({ closure: () => 3 })]).toEqual([undefined, 3])
})

test('a group leaves out what is undefined, and may have what is no option', () => {
  const optimizer = new optim.SGD([{ params: params(), lr: undefined, name: 'first' } as never], 0.25)
  optimizer.addParamGroup({ params: params(), initialLr: 1 } as never)
  expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.25, 0.25])
  expect(optimizer.paramGroups[0]).toMatchObject({ name: 'first' })
  expect(optimizer.paramGroups[1]).toMatchObject({ initialLr: 1 })
})

test.each<[string, () => unknown]>([
  [
    "SGD() got an unexpected keyword argument 'weight_decay'; did you mean 'weightDecay'?",
    () => new optim.SGD(params(), { weight_decay: 0.1 } as never)
  ],
  [
    "SGD() got an unexpected keyword argument 'fused'; it takes params, lr, momentum, dampening, weightDecay, nesterov, maximize",
    () => new optim.SGD(params(), { fused: true } as never)
  ],
  [
    'SGD() takes 6 positional arguments but 7 were given; maximize: by keyword only',
    () => Reflect.construct(optim.SGD, [params(), 1, 0, 0, 0, false, true]) as unknown
  ],
  ["SGD: lr must be a number, got 'x'", () => new optim.SGD(params(), 'x' as never)],
  ["SGD: dampening must be a number, got 'x'", () => new optim.SGD([{ params: params(), dampening: 'x' as never }])],
  ['SGD: momentum must be a number, got null', () => new optim.SGD([{ params: params(), momentum: null as never }])],
  [
    "SGD() got an unexpected option 'weight_decay' in a parameter group; did you mean 'weightDecay'?",
    () => new optim.SGD([{ params: params(), weight_decay: 0.1 }] as never)
  ],
  [
    "Adam() got an unexpected option 'beta' in a parameter group; did you mean 'betas'?",
    () => {
      new optim.Adam(params()).addParamGroup({ params: params(), beta: 0.5 } as never)
    }
  ],
  [
    "AdamW() got an unexpected keyword argument 'decoupledWeightDecay'; it takes params, lr, betas, eps, weightDecay, amsgrad, maximize",
    () => new optim.AdamW(params(), { decoupledWeightDecay: true } as never)
  ],
  ['Adam: betas must be an array of two numbers, got 0.9', () => new optim.Adam(params(), 0.1, 0.9 as never)],
  ['Adam: betas must be an array of two numbers, got [0.9]', () => new optim.Adam(params(), { betas: [0.9] as never })],
  [
    'Adam: betas must be an array of two numbers, got 0.9',
    () => new optim.Adam([{ params: params(), betas: 0.9 as never }])
  ],
  ['step: closure must be a function, got 1', () => new optim.SGD(params()).step(1 as never)],
  [
    'loadStateDict: paramGroups is missing; pass what stateDict() gives',
    () => {
      new optim.SGD(params()).loadStateDict({} as never)
    }
  ]
])('%s', (message, call) => expect(thrown(call)).toBe(`TypeError: ${message}`))
