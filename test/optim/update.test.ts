// One launch over all parameters of a group gives what launches one by one give, and compiled steps follow options and
// step counts.

import { type Tensor, compile, full, nn, noGrad, ones, optim, randn, manualSeed, tensor } from 'dyngrad'
import type { ParamGroup } from '../../lib/optim'
import { Optimizer } from '../../lib/optim/optimizer'
import { updateRule } from '../../lib/optim/update'
import { zeros } from '../../lib'
import { where } from '../../lib/ops/define/value'
import { thrown } from '../helpers/check'

type Make = (params: Tensor[]) => optim.SGD | optim.RMSprop | optim.Adagrad

const makers: Record<string, Make> = {
  SGD: (params) => new optim.SGD(params, { lr: 0.1 }),
  'SGD with all': (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9, dampening: 0.5, weightDecay: 0.01 }),
  RMSprop: (params) => new optim.RMSprop(params),
  'RMSprop with all': (params) =>
    new optim.RMSprop(params, { lr: 0.1, momentum: 0.9, centered: true, weightDecay: 0.01, maximize: true }),
  Adagrad: (params) => new optim.Adagrad(params),
  'Adagrad with all': (params) =>
    new optim.Adagrad(params, {
      lrDecay: 0.1,
      lr: 0.1,
      weightDecay: 0.01,
      initialAccumulatorValue: 0.5,
      maximize: true
    })
}

const sizes = [
  [3],
  [2, 5],
  [4, 4],
  [],
  [1],
  [7, 3],
  [0],
  [64],
  [300],
  [2, 2, 2],
  [5],
  [33],
  [12],
  [9],
  [40, 40],
  [6],
  [8]
]

/**
 * Parameters of many shapes, the odd ones transposed, every fourth of float64, with gradients that lie as they do or do
 * not.
 */
function parameters(): Tensor[] {
  manualSeed(1)
  return sizes.map((size, i) => {
    const made = randn(size, { dtype: i % 4 === 3 ? 'float64' : 'float32' })
    const shown = i % 2 === 1 && size.length === 2 ? made.t() : made
    const parameter = shown.requiresGrad_()
    parameter.grad =
      i % 3 !== 1 || size.length !== 2 ? randn(parameter.shape).to(parameter.dtype) : shown.detach().mul(0.5)
    return parameter
  })
}

const values = (tensors: readonly Tensor[]): unknown[] => tensors.map((each) => each.tolist())

describe.each(Object.entries(makers))('%s', (name, make) => {
  test('updates many parameters as it does each alone, bit for bit', () => {
    const [together, alone] = [parameters(), parameters()]
    const all = make(together)
    const each = alone.map((parameter) => make([parameter]))
    for (let i = 0; i < 3; i++) {
      all.step()
      for (const optimizer of each) optimizer.step()
    }
    expect(values(together)).toEqual(values(alone))
    expect(together.map(({ version }) => version)).toEqual(alone.map(({ version }) => version))
    const states = each.map((optimizer) => [...optimizer.state.values()][0] as unknown as Record<string, Tensor | null>)
    for (const [parameter, state] of all.state) {
      const other = states[together.indexOf(parameter)]
      for (const [name, value] of Object.entries(state) as [string, Tensor | null][]) {
        expect(value?.tolist()).toEqual(other[name]?.tolist())
      }
    }
  })

  test('leaves out what has no gradient, and takes a parameter twice in its turn', () => {
    const [first, second] = [ones(20), ones(20)].map((each) => each.requiresGrad_())
    second.grad = ones(20)
    make([first, second]).step()
    expect(first.tolist()).toEqual(ones(20).tolist())
    const [twice, once] = [ones(20), ones(20)].map((each) => each.requiresGrad_())
    for (const each of [twice, once]) each.grad = ones(20)
    make([twice, twice]).step()
    const optimizer = make([once])
    optimizer.step()
    optimizer.step()
    // The first step with momentum finds no buffer, neither time.
    const expected = name === 'SGD with all' ? full([20], 0.798101007938385) : once
    expect(twice.tolist()).toEqual(expected.tolist())
  })

  test('parameters over one memory are updated one after the other', () => {
    const shared = ones(40)
    const [left, whole] = [shared.narrow(0, 0, 30).detach(), shared.detach()].map((each) => each.requiresGrad_())
    left.grad = ones(30)
    whole.grad = ones(40)
    const [apartLeft, apartWhole] = [ones(30), ones(40)].map((each) => each.requiresGrad_())
    apartLeft.grad = ones(30)
    apartWhole.grad = ones(40)
    make([left, whole]).step()
    make([apartLeft]).step()
    noGrad(() => apartWhole.narrow(0, 0, 30).copy_(apartLeft))
    make([apartWhole]).step()
    expect(shared.tolist()).toEqual(apartWhole.tolist())
  })
})

test('state of another shape is refused before anything is written', () => {
  const parameter = ones(4).requiresGrad_()
  parameter.grad = ones(4)
  const optimizer = new optim.SGD([parameter], { lr: 1, momentum: 0.9 })
  optimizer.state.set(parameter, { momentumBuffer: ones(2, 2) })
  expect(thrown(() => optimizer.step())).toBe(
    'RangeError: momentumBuffer has shape [2, 2], but its parameter [4]: was the state loaded for other parameters?'
  )
  expect(parameter.tolist()).toEqual([1, 1, 1, 1])
})

test('RMSprop keeps a step count in float32, and takes PyTorch’s order', () => {
  const parameter = ones(2).requiresGrad_()
  parameter.grad = ones(2)
  const optimizer = new optim.RMSprop([parameter], 0.5, 0.9, 1e-6, 0.1, 0.25, true, { maximize: true })
  optimizer.step()
  optimizer.step()
  const { step, gradAvg } = optimizer.state.get(parameter)!
  expect([step.dtype, step.shape, step.item(), gradAvg?.shape]).toEqual(['float32', [], 2, [2]])
  expect(optimizer.paramGroups[0]).toMatchObject({
    lr: 0.5,
    alpha: 0.9,
    eps: 1e-6,
    weightDecay: 0.1,
    momentum: 0.25,
    centered: true,
    maximize: true
  })
  expect(thrown(() => new optim.RMSprop([parameter], { alpha: -1 }))).toBe('RangeError: Invalid alpha value: -1')
  expect(thrown(() => new optim.RMSprop([parameter], { momentum: -1 }))).toBe('RangeError: Invalid momentum value: -1')
})

test('Adagrad keeps a step count and sums, which begin with the value of the constructor, and takes PyTorch’s order', () => {
  const parameter = ones(2).requiresGrad_()
  parameter.grad = ones(2)
  const optimizer = new optim.Adagrad([{ params: [parameter], initialAccumulatorValue: 7 }], 0.5, 0.25, 0, 2, 1e-6)
  optimizer.step()
  optimizer.step()
  const { step, sum } = optimizer.state.get(parameter)!
  expect([step.dtype, step.shape, step.item(), sum.tolist()]).toEqual(['float32', [], 2, [4, 4]])
  expect(parameter.at(0).item()).toBeCloseTo(1 - 0.5 / Math.sqrt(3) - 0.4 / 2, 6)
  expect(thrown(() => new optim.Adagrad([parameter], { lrDecay: -1 }))).toBe('RangeError: Invalid lrDecay value: -1')
  expect(thrown(() => new optim.Adagrad([parameter], { initialAccumulatorValue: -1 }))).toBe(
    'RangeError: Invalid initialAccumulatorValue value: -1'
  )
})

// ---- step counts ----

interface WarmOptions {
  lr: number
  /** Steps of a tenth of the rate. */
  warm: number
}

interface WarmState {
  step: Tensor
}

const warmRule = updateRule<WarmOptions, WarmState>()({
  state: ['step'],
  update: ({ param, grad, step }, { lr, warm }) => ({
    param: param.sub(grad.mul(where(step.le(warm), lr.mul(0.1), lr)))
  })
})

/** Branches on its step count, as RAdam does. */
class Warm extends Optimizer<WarmOptions, WarmState> {
  constructor(params: Tensor[], options: WarmOptions) {
    super(params, options, warmRule)
  }

  protected override check({ lr }: WarmOptions): void {
    if (!(lr >= 0)) throw new RangeError(`Invalid learning rate: ${lr}`)
  }

  protected override newState(_parameter: Tensor, _group: ParamGroup<WarmOptions>): WarmState {
    return { step: zeros([]) }
  }
}

test('a compiled step follows a step count without a program for each', () => {
  const [eager, compiled] = [new nn.Linear(3, 2), new nn.Linear(3, 2)]
  compiled.loadStateDict(eager.stateDict())
  const [slow, fast] = [eager, compiled].map((net) => new Warm(net.parameters(), { lr: 0.5, warm: 4 }))
  const run = (net: nn.Linear, optimizer: Warm, x: Tensor): Tensor => {
    const loss = net.forward(x).square().mean()
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    return loss
  }
  const step = compile((x: Tensor) => run(compiled, fast, x))
  const x = tensor([[1, 2, 3]])
  for (let i = 0; i < 8; i++) {
    if (i === 6) for (const { paramGroups } of [slow, fast]) paramGroups[0].lr = 0.25
    expect(step(x).item()).toBe(run(eager, slow, x).item())
  }
  expect(values(compiled.parameters())).toEqual(values(eager.parameters()))
  expect(step.programs).toHaveLength(2)
})

describe('what an update refuses', () => {
  const parameter = (): Tensor => {
    const made = new nn.Parameter(tensor([1, 2]))
    made.grad = ones(2)
    return made
  }

  test('a class with neither a rule nor an update of its own', () => {
    class Idle extends Optimizer<WarmOptions, WarmState> {
      constructor(params: Tensor[]) {
        super(params, { lr: 1, warm: 0 })
      }

      protected override check(): void {
        return
      }

      protected override newState(): WarmState {
        return { step: zeros([]) }
      }
    }
    expect(thrown(() => new Idle([parameter()]).step())).toBe(
      'Error: Idle has neither an update rule nor its own update()'
    )
  })

  test('a step count that is no number', () => {
    const w = parameter()
    const optimizer = new Warm([w], { lr: 1, warm: 0 })
    optimizer.step()
    const { step, ...rest } = optimizer.state.get(w)!
    optimizer.state.set(w, { ...rest, step: zeros([1], { dtype: 'float64' }) })
    expect(step.item()).toBe(1)
    expect(thrown(() => optimizer.step())).toBe('TypeError: step must be a 0-d float32 tensor, got float64 [1]')
  })
})
