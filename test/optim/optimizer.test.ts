import { inspect } from 'node:util'
import { type Tensor, cat, isGradEnabled, manualSeed, nn, normal, ones, optim, tensor, zeros } from 'dyngrad'
import { farthest, thrown, values } from '../helpers/check'
import { decodeTensor, type EncodedTensor } from '../helpers/fixture'
import { listen } from '../helpers/listen'
import fixture from '../fixtures/training.json'

// Sums are taken in another order than PyTorch's.
const LOSS_TOLERANCE = 1e-6
// With amsgrad, PyTorch's own parameters in float32 lie 1.5e-6 from those in float64.
const PARAMETER_TOLERANCE = 2e-6
// A thousand steps carry the differences along.
const LONG_TOLERANCE = 1e-5

type Parameters = Record<string, EncodedTensor>

interface Run {
  name: string
  optimizer: 'SGD' | 'Adam' | 'AdamW'
  options: Partial<optim.SGDOptions & optim.AdamOptions>
  groups?: (Partial<optim.SGDOptions & optim.AdamOptions> & { params: string[] })[]
  losses: number[]
  final: Parameters
}

function expectParameters(module: nn.Module, expected: Parameters, tolerance: number): void {
  const actual = module.stateDict()
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, wanted] of Object.entries(expected)) {
    expect(farthest(values(actual[name]), values(decodeTensor(wanted)))).toBeLessThan(tolerance)
  }
}

function network(): nn.Sequential {
  const net = new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Linear(8, 3))
  const initial = Object.entries(fixture.network.initial as Parameters)
  net.loadStateDict(Object.fromEntries(initial.map(([name, value]) => [name, decodeTensor(value)])))
  return net
}

function makeOptimizer(net: nn.Module, { optimizer, options, groups }: Run): optim.SGD | optim.Adam {
  const named = Object.fromEntries(net.namedParameters())
  const spread = groups?.map((group) => ({ ...group, params: group.params.map((name) => named[name]) }))
  const Optimizer = optim[optimizer] as typeof optim.Adam
  return new Optimizer(spread ?? net.parameters(), options)
}

const x = decodeTensor(fixture.network.x as EncodedTensor)
const y = decodeTensor(fixture.network.y as EncodedTensor)
const lossFn = new nn.CrossEntropyLoss()

/** One training step; returns the loss before it. */
function trainStep(net: nn.Module, optimizer: optim.SGD | optim.Adam): number {
  const loss = lossFn.forward(net.forward(x), y)
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  return loss.item() as number
}

/** A parameter with a gradient of ones. */
function parameterWithGrad(...numbers: number[]): Tensor {
  const parameter = new nn.Parameter(tensor(numbers))
  parameter.grad = ones(numbers.length)
  return parameter
}

describe('training as in PyTorch', () => {
  test.each((fixture.optimizers as Run[]).map((run) => [run.name, run] as const))('%s', (_, run) => {
    const net = network()
    const optimizer = makeOptimizer(net, run)
    const losses = run.losses.map(() => trainStep(net, optimizer))
    expect(farthest(losses, run.losses)).toBeLessThan(LOSS_TOLERANCE)
    expectParameters(net, run.final, PARAMETER_TOLERANCE)
  })

  test.each(fixture.logistic.map((run) => [run.name, run] as const))(
    'logistic regression from a seed: %s',
    (_, run) => {
      class LogisticRegression extends nn.Module {
        features = new nn.Linear(2, 1)
        sigmoid = new nn.Sigmoid()

        override forward(input: Tensor): Tensor {
          return this.sigmoid.forward(this.features.forward(input))
        }
      }
      manualSeed(run.seed)
      const clouds = [1.7, -1.7].map((centre) => normal(ones(100, 2).mul(centre), 1).add(1))
      const inputs = cat(clouds, 0)
      const targets = cat([zeros(100), ones(100)], 0)
      const net = new LogisticRegression()
      expectParameters(net, run.initial as Parameters, 1e-9)
      const bce = new nn.BCELoss()
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.01, momentum: 0.9 })
      const losses = run.losses.map(() => {
        const loss = bce.forward(net.forward(inputs).squeeze(), targets)
        optimizer.zeroGrad()
        loss.backward()
        optimizer.step()
        return loss.item() as number
      })
      expect(farthest(losses, run.losses)).toBeLessThan(LONG_TOLERANCE)
      expectParameters(net, run.final as Parameters, LONG_TOLERANCE)
    }
  )
})

describe('Optimizer.step()', () => {
  test('skips parameters without gradient, moves those whose gradient is zero', () => {
    const [still, moving] = [new nn.Parameter(ones(1)), parameterWithGrad(1)]
    const optimizer = new optim.SGD([still, moving], { lr: 1, momentum: 0.5, weightDecay: 0.1 })
    optimizer.step()
    moving.grad!.zero_()
    optimizer.step()
    expect(values(still)).toEqual([1])
    expect(moving.item()).toBeCloseTo(1 - 1.1 - (0.55 - 0.01), 6)
    expect([...optimizer.state.keys()].map((key) => key === moving)).toEqual([true])
  })

  test('calls a closure with gradients on and returns its result', () => {
    const parameter = parameterWithGrad(1)
    const optimizer = new optim.SGD([parameter], { lr: 1 })
    expect(optimizer.step(() => isGradEnabled())).toBe(true)
    expect(optimizer.step()).toBeUndefined()
    expect(values(parameter)).toEqual([-1])
  })

  test('refuses a closure that goes on after it has returned, and updates nothing', () => {
    const parameter = parameterWithGrad(1)
    const optimizer = new optim.SGD([parameter], { lr: 1 })
    const closures: readonly (readonly [closure: () => unknown, message: string])[] = [
      [
        () => Promise.reject(new Error('later')),
        'step: the closure returns a Promise, but the update does not wait for it; await first, then call step()'
      ],
      [
        function* () {
          yield 1
        },
        'step: the closure is a generator, whose body does not run; pass a function that returns the loss'
      ]
    ]
    for (const [closure, message] of closures) {
      expect(thrown(() => optimizer.step(closure as never))).toBe(`TypeError: ${message}`)
    }
    expect(values(parameter)).toEqual([1])
  })

  test('reads options anew at each step', () => {
    const parameter = parameterWithGrad(0)
    const optimizer = new optim.SGD([parameter], { lr: 1 })
    optimizer.step()
    optimizer.paramGroups[0].lr = 0.5
    optimizer.step()
    optimizer.paramGroups[0].maximize = true
    optimizer.step()
    expect(values(parameter)).toEqual([-1])
  })

  test('records nothing and counts a version', () => {
    const parameter = parameterWithGrad(1, 2)
    const { version } = parameter
    const optimizer = new optim.Adam([parameter])
    optimizer.step()
    expect([parameter.isLeaf, parameter.requiresGrad, parameter.version]).toEqual([true, true, version + 1])
  })

  test('makes a later backward through the old values fail', () => {
    const parameter = parameterWithGrad(2)
    const loss = parameter.mul(parameter).sum()
    new optim.SGD([parameter]).step()
    expect(() => loss.backward()).toThrow('one of the variables needed for gradient computation has been modified')
  })

  test('takes gradients that are not row-major', () => {
    const parameter = new nn.Parameter(zeros(2, 3))
    parameter.grad = tensor([
      [1, 2],
      [3, 4],
      [5, 6]
    ]).t()
    new optim.SGD([parameter], { lr: 1, momentum: 0.9 }).step()
    expect(values(parameter)).toEqual([-1, -3, -5, -2, -4, -6])
  })

  test('takes parameters that are not row-major', () => {
    const parameter = new nn.Parameter(zeros(3, 2).t())
    parameter.grad = tensor([
      [1, 2, 3],
      [4, 5, 6]
    ])
    const optimizer = new optim.SGD([parameter], { lr: 1, momentum: 0.5 })
    optimizer.step()
    optimizer.step()
    expect(values(parameter)).toEqual([-2.5, -5, -7.5, -10, -12.5, -15])
  })

  test('works in float64, on scalars and on nothing', () => {
    const parameters = [
      new nn.Parameter(ones([2], { dtype: 'float64' })),
      new nn.Parameter(tensor(1)),
      new nn.Parameter(zeros(0))
    ]
    for (const optimizer of [new optim.SGD(parameters, 0.25), new optim.Adam(parameters, { lr: 0.25 })]) {
      parameters.forEach((parameter) => (parameter.grad = ones(parameter.shape, { dtype: parameter.dtype })))
      optimizer.step()
    }
    expect(values(parameters[0])[0]).toBeCloseTo(0.5, 8)
    expect(parameters[1].item()).toBeCloseTo(0.5, 6)
  })

  test('takes gradients that have a graph of their own', () => {
    const parameter = new nn.Parameter(tensor([2]))
    parameter.pow(3).sum().backward({ createGraph: true })
    const optimizer = new optim.SGD([parameter], { lr: 0.5, momentum: 0.9 })
    optimizer.step()
    expect([values(parameter), optimizer.state.get(parameter)!.momentumBuffer!.requiresGrad]).toEqual([[-4], false])
  })

  test('turns amsgrad on in the middle of a run', () => {
    const parameter = parameterWithGrad(1)
    const optimizer = new optim.Adam([parameter], { lr: 0.5 })
    optimizer.step()
    optimizer.paramGroups[0].amsgrad = true
    optimizer.step()
    expect(optimizer.state.get(parameter)!.maxExpAvgSq!.item()).toBeCloseTo(0.001999, 6)
    optimizer.paramGroups[0].amsgrad = false
    optimizer.step()
    expect(optimizer.state.get(parameter)!.step.item()).toBe(3)
  })
})

describe('Optimizer.zeroGrad()', () => {
  test('sets gradients to null, or to zeros', () => {
    const parameter = parameterWithGrad(1, 2)
    const optimizer = new optim.SGD([parameter])
    const { grad } = parameter
    optimizer.zeroGrad({ setToNone: false })
    expect(parameter.grad).toBe(grad)
    expect(values(grad!)).toEqual([0, 0])
    optimizer.zeroGrad()
    expect(parameter.grad).toBeNull()
  })
})

describe('parameter groups', () => {
  test('take the defaults for what they leave out', () => {
    const [a, b] = [parameterWithGrad(0), parameterWithGrad(0)]
    const optimizer = new optim.SGD([{ params: a }, { params: [b], lr: 2 }], { lr: 1 })
    optimizer.step()
    expect([values(a), values(b)]).toEqual([[-1], [-2]])
    expect(optimizer.paramGroups.map(({ params, ...options }) => [params.length, options])).toEqual([
      [1, { lr: 1, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false }],
      [1, { lr: 2, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false }]
    ])
  })

  test('can be added later', () => {
    const [a, b] = [parameterWithGrad(0), parameterWithGrad(0)]
    const optimizer = new optim.SGD([a], { lr: 1 })
    optimizer.addParamGroup({ params: [b], lr: 3 })
    optimizer.step()
    expect([values(a), values(b)]).toEqual([[-1], [-3]])
  })

  test('may be given by any iterable', () => {
    const named = new Map([['a', parameterWithGrad(0)]])
    const optimizer = new optim.SGD(named.values(), { lr: 1 })
    optimizer.step()
    expect(values(named.get('a')!)).toEqual([-1])
  })

  test('warn about parameters that stand twice in one group', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const parameter = new nn.Parameter(ones(1))
    new optim.SGD([parameter, parameter]).step()
    expect(warn.mock.calls).toEqual([
      [
        'optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see ' +
          'github.com/pytorch/pytorch/issues/40967 for more information',
        'UserWarning'
      ]
    ])
    warn.mockRestore()
  })
})

describe('Optimizer.stateDict()', () => {
  test("has PyTorch's layout", () => {
    const [a, b] = [new nn.Parameter(ones(1)), parameterWithGrad(1, 2)]
    const optimizer = new optim.SGD([{ params: [a] }, { params: [b], lr: 2 }], { momentum: 0.5 })
    optimizer.step()
    const { state, paramGroups } = optimizer.stateDict()
    const common = { momentum: 0.5, dampening: 0, weightDecay: 0, nesterov: false, maximize: false }
    expect(paramGroups).toEqual([
      { lr: 0.001, ...common, params: [0] },
      { lr: 2, ...common, params: [1] }
    ])
    expect(Object.keys(state)).toEqual(['1'])
    expect(values(state[1].momentumBuffer!)).toEqual([1, 1])
  })

  test('is empty before the first step and without momentum', () => {
    const optimizer = new optim.SGD([parameterWithGrad(1)])
    optimizer.step()
    expect(optimizer.stateDict().state).toEqual({})
  })

  test("lists Adam's averages", () => {
    const optimizer = new optim.Adam([parameterWithGrad(1, 2)])
    optimizer.step()
    const { state, paramGroups } = optimizer.stateDict()
    expect(Object.entries(state[0]).map(([name, value]) => `${name} ${String(value)}`)).toEqual([
      'step tensor(1.)',
      'expAvg tensor([0.1000, 0.1000])',
      'expAvgSq tensor([0.0010, 0.0010])',
      'maxExpAvgSq null'
    ])
    expect(paramGroups[0]).toEqual({
      lr: 0.001,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      amsgrad: false,
      maximize: false,
      decoupledWeightDecay: false,
      params: [0]
    })
  })
})

describe('Optimizer.loadStateDict()', () => {
  const optimizers: [string, (net: nn.Module) => optim.SGD | optim.Adam][] = [
    ['SGD', (net) => new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 })],
    ['Adam', (net) => new optim.Adam(net.parameters(), { lr: 0.01, amsgrad: true })]
  ]

  test.each(optimizers)('%s goes on exactly where it was', (_, make) => {
    const [net, copy] = [network(), network()]
    const [optimizer, resumed] = [make(net), make(copy)]
    for (let i = 0; i < 3; i++) trainStep(net, optimizer)
    trainStep(copy, resumed)
    copy.loadStateDict(net.stateDict())
    resumed.paramGroups[0].lr = 7
    resumed.loadStateDict(optimizer.stateDict() as never)
    for (let i = 0; i < 3; i++) expect(trainStep(copy, resumed)).toBe(trainStep(net, optimizer))
  })

  test('copies the state, in the dtype of the parameter', () => {
    const [a, b] = [parameterWithGrad(1), new nn.Parameter(ones([1], { dtype: 'float64' }))]
    const [from, to] = [new optim.Adam([a]), new optim.Adam([b])]
    from.step()
    to.loadStateDict(from.stateDict())
    from.step()
    const { step, expAvg } = to.state.get(b)!
    expect([step.dtype, step.item(), expAvg.dtype]).toEqual(['float32', 1, 'float64'])
    expect(expAvg.item()).toBeCloseTo(0.1, 6)
  })

  test('forgets state that is not in the dict', () => {
    const optimizer = new optim.SGD([parameterWithGrad(1)], { momentum: 0.5 })
    const before = optimizer.stateDict()
    optimizer.step()
    optimizer.loadStateDict(before)
    expect(optimizer.state.size).toBe(0)
  })

  test('throws when groups differ', () => {
    const parameters = [new nn.Parameter(ones(1)), new nn.Parameter(ones(1))]
    const one = new optim.SGD(parameters)
    const two = new optim.SGD(parameters.map((params) => ({ params })))
    const fewer = new optim.SGD(parameters.slice(1))
    expect(thrown(() => one.loadStateDict(two.stateDict()))).toBe(
      'RangeError: loaded state dict has a different number of parameter groups'
    )
    expect(thrown(() => one.loadStateDict(fewer.stateDict()))).toBe(
      "RangeError: loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
    )
  })
})

describe('arguments of optimizers', () => {
  const parameter = new nn.Parameter(ones(1))
  const params = [parameter]
  const sgd = (options: Partial<optim.SGDOptions>): optim.SGD => new optim.SGD(params, options)
  const adam = (options: Partial<optim.AdamOptions>): optim.Adam => new optim.Adam(params, options)

  test.each<[string, () => unknown]>([
    ['RangeError: optimizer got an empty parameter list', () => new optim.SGD([])],
    [
      'TypeError: params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor; pass an array: [parameter, ...]',
      () => new optim.SGD(parameter)
    ],
    [
      'TypeError: params argument given to the optimizer should be an iterable of Tensors or dicts, but got number',
      () => new optim.SGD(3 as never)
    ],
    [
      'TypeError: optimizer can only optimize Tensors, but one of the params is number',
      () => new optim.SGD([1] as never)
    ],
    [
      'TypeError: optimizer can only optimize Tensors, but one of the params is object',
      () => new optim.SGD([parameter, { params }] as never)
    ],
    [
      'TypeError: paramGroup must be a dict, but got torch.FloatTensor',
      () => new optim.SGD([{ params }, parameter] as never)
    ],
    ["Error: can't optimize a non-leaf Tensor", () => new optim.SGD([parameter.mul(1)])],
    [
      'RangeError: some parameters appear in more than one parameter group',
      () => new optim.SGD([{ params }, { params: parameter }])
    ],
    ['RangeError: Invalid learning rate: -0.1', () => sgd({ lr: -0.1 })],
    ['RangeError: Invalid learning rate: NaN', () => sgd({ lr: NaN })],
    ['RangeError: Invalid momentum value: -1', () => sgd({ momentum: -1 })],
    ['RangeError: Invalid weightDecay value: -1', () => sgd({ weightDecay: -1 })],
    ['RangeError: Nesterov momentum requires a momentum and zero dampening', () => sgd({ nesterov: true })],
    [
      'RangeError: Nesterov momentum requires a momentum and zero dampening',
      () => sgd({ nesterov: true, momentum: 0.9, dampening: 0.1 })
    ],
    ['RangeError: Invalid learning rate: -1', () => new optim.SGD([{ params, lr: -1 }])],
    ['RangeError: Invalid learning rate: -1', () => adam({ lr: -1 })],
    ['RangeError: Invalid epsilon value: -1', () => adam({ eps: -1 })],
    ['RangeError: Invalid weightDecay value: -1', () => adam({ weightDecay: -1 })],
    ['RangeError: Invalid beta parameter at index 0: 1.5', () => adam({ betas: [1.5, 0.9] })],
    ['RangeError: Invalid beta parameter at index 1: 1', () => adam({ betas: [0.5, 1] })]
  ])('%s', (message, call) => expect(thrown(call)).toBe(message))

  test('AdamW decays by default', () => {
    const [group] = new optim.AdamW(params).paramGroups
    expect([group.weightDecay, group.decoupledWeightDecay]).toEqual([0.01, true])
  })
})

describe('Optimizer.toString()', () => {
  test('lists the options of each group', () => {
    const text = `Adam (
Parameter Group 0
    amsgrad: false
    betas: [0.9, 0.999]
    decoupledWeightDecay: false
    eps: 1e-8
    lr: 0.001
    maximize: false
    weightDecay: 0
)`
    const optimizer = new optim.Adam([new nn.Parameter(ones(1))])
    expect(String(optimizer)).toBe(text)
    expect(inspect(optimizer)).toBe(text)
  })
})

describe('what a capture of a step sees', () => {
  /** The values that `step` branched on, and how many live scalars each launch has. */
  function announced(step: () => unknown): { guards: Record<string, unknown>; live: number[] } {
    const { guards, launches } = listen(step)
    return {
      guards: Object.fromEntries(guards.map(({ key, value }) => [key, value])),
      live: launches.map(({ live }) => live.length)
    }
  }

  test('SGD: its branches, the state of the buffer, and live scalars', () => {
    const parameter = parameterWithGrad(1)
    const optimizer = new optim.SGD([parameter], { lr: 0.5, momentum: 0.9 })
    const first = announced(() => optimizer.step())
    // Of numbers, whether they are neutral.
    expect(first.guards).toMatchObject({ momentum: false, weightDecay: true, nesterov: false, maximize: false })
    expect(first.live).toHaveLength(1)
    expect(first.live[0]).toBeGreaterThanOrEqual(1)
    const second = announced(() => optimizer.step())
    expect(second.guards.momentumBuffer).not.toBeNull()
    expect(second.live[0]).toBeGreaterThanOrEqual(3)
  })

  test('Adam: its branches, and live scalars in a launch before the one that counts the step', () => {
    const parameter = parameterWithGrad(1)
    const optimizer = new optim.Adam([parameter])
    optimizer.step()
    const { guards, live } = announced(() => optimizer.step())
    expect(guards).toMatchObject({
      weightDecay: true,
      amsgrad: false,
      decoupledWeightDecay: false,
      maximize: false,
      maxExpAvgSq: null
    })
    expect(live).toEqual([5, 0])
  })
})
