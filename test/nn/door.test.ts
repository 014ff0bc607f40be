// Calling a module is a door: hooks run there, and a compiled step notices what changes in the fields of a module.

import { mock } from 'node:test'
import { CompileError, Tensor, compile, nn, noGrad, ones, tensor, zeros } from '../../lib'
import { thrown } from '../helpers/check'

const x = tensor([1, 2])

describe('hooks run once for each call', () => {
  class Doubled extends nn.Module {
    override forward(input: Tensor): Tensor {
      return input.mul(2)
    }
  }
  class Shifted extends Doubled {
    override forward(input: Tensor): Tensor {
      return super.forward(input).add(1)
    }
  }
  class Field extends nn.Module {
    override forward = (input: Tensor): Tensor => input.mul(3)
  }

  /** How often hooks of `module` run in a call, and the result. */
  function counted(module: nn.Module, prepare: () => void = () => undefined): [hooks: number, result: number] {
    let hooks = 0
    const removes = [module.registerForwardPreHook(() => void hooks++), module.registerForwardHook(() => void hooks++)]
    prepare()
    const result = module.forward(ones(1)).item() as number
    removes.forEach((remove) => remove())
    const after = module.forward(ones(1)).item()
    expect([hooks, after]).toEqual([2, result])
    return [hooks, result]
  }

  test('of a class, and of one that calls super.forward()', () => {
    expect([counted(new Doubled()), counted(new Shifted())]).toEqual([
      [2, 2],
      [2, 3]
    ])
  })

  test('of a forward that is a field, or assigned before or after', () => {
    const before = new Doubled()
    before.forward = (input) => input.mul(5)
    const after = new Doubled()
    expect(counted(new Field())).toEqual([2, 3])
    expect(counted(before)).toEqual([2, 5])
    expect(counted(after, () => (after.forward = (input) => input.mul(7)))).toEqual([2, 7])
    const handing = new Doubled()
    const { forward } = handing
    handing.forward = (input) => forward.call(handing, input).add(1) as Tensor
    expect(counted(handing)).toEqual([2, 3])
  })

  test('of spies, which see the calls', () => {
    const [jested, hooked, noded, classed] = [new Doubled(), new Doubled(), new Doubled(), new Shifted()]
    const spy = jest.spyOn(jested, 'forward')
    expect(counted(jested)).toEqual([2, 2])
    expect(spy).toHaveBeenCalledTimes(2)
    expect(jested.forward).toHaveBeenCalledTimes(2)
    spy.mockRestore()
    expect(jested.forward(ones(1)).item()).toBe(2)
    const remove = hooked.registerForwardHook((_, __, output) => output.add(10))
    const later = jest.spyOn(hooked, 'forward')
    expect([hooked.forward(ones(1)).item(), later.mock.calls.length]).toEqual([12, 1])
    later.mockRestore()
    remove()
    expect(hooked.forward(ones(1)).item()).toBe(2)
    const method = mock.method(noded, 'forward')
    expect(counted(noded)).toEqual([2, 2])
    expect(method.mock.callCount()).toBe(2)
    const ofClass = jest.spyOn(Shifted.prototype, 'forward')
    expect(counted(classed)).toEqual([2, 3])
    expect(ofClass).toHaveBeenCalledTimes(2)
    ofClass.mockRestore()
  })

  test('a forward that throws leaves the door open', () => {
    class Failing extends nn.Module {
      override forward(input: Tensor): Tensor {
        if (input.item() === 0) throw new Error('zero')
        return input
      }
    }
    const module = new Failing()
    let hooks = 0
    module.registerForwardPreHook(() => void hooks++)
    expect(thrown(() => module.forward(zeros(1)))).toBe('Error: zero')
    expect([module.forward(ones(1)).item(), hooks]).toEqual([1, 2])
  })
})

/**
 * Calls the module compiled and eager, before and after each change; the compiled calls record no more than `programs`
 * times.
 */
function follows(module: nn.Module, programs: number, ...changes: (() => void)[]): void {
  const step = compile((input: Tensor) => module.forward(input))
  const both = (): void => {
    const expected = noGrad(() => module.forward(x)).tolist()
    for (let i = 0; i < 3; i++) expect(noGrad(() => step(x)).tolist()).toEqual(expected)
  }
  both()
  for (const change of changes) {
    change()
    both()
  }
  expect(step.programs).toHaveLength(programs)
}

describe('a compiled step follows the fields of a user’s module', () => {
  class Layer extends nn.Module {
    constructor(public factor: number) {
      super()
    }

    override forward(input: Tensor): Tensor {
      return input.mul(this.factor)
    }
  }

  class Net extends nn.Module {
    shift = 1
    mode: 'plain' | 'squared' = 'plain'
    layers = [[new Layer(2)], [new Layer(3), new Layer(4)]]
    named: Record<string, nn.Module> = { first: new Layer(1) }
    table = new Map<string, Layer>([['a', new Layer(1)]])
    powers = [1]
    extra?: Layer
    last = new Layer(1)

    override forward(input: Tensor): Tensor {
      for (const layer of this.layers.flat()) input = layer.forward(input)
      for (const layer of Object.values(this.named)) input = layer.forward(input)
      for (const layer of this.table.values()) input = layer.forward(input)
      for (const power of this.powers) input = input.pow(power)
      if (this.extra) input = this.extra.forward(input)
      if (this.mode === 'squared') input = input.square()
      return this.last.forward(input.add(this.shift))
    }
  }

  test('numbers, flags, lists, objects and Maps, and those of its children', () => {
    const net = new Net()
    follows(
      net,
      13,
      () => (net.shift = 2),
      () => (net.mode = 'squared'),
      () => (net.layers[1][0].factor = 5),
      () => (net.layers[0][0] = new Layer(7)),
      () => net.layers[0].push(new Layer(2)),
      () => net.layers.pop(),
      () => (net.named.second = new Layer(3)),
      () => delete net.named.first,
      () => net.table.set('b', new Layer(2)),
      () => net.powers.push(2),
      () => (net.extra = new Layer(3)),
      () => (net.last = new Layer(9))
    )
  })

  test('fields that are added and deleted, and the order of members', () => {
    class Walking extends nn.Module {
      override forward(input: Tensor): Tensor {
        for (const [, layer] of this.namedChildren()) input = (layer as Layer).forward(input).add(1)
        return input
      }
    }
    const walking = new Walking() as Walking & Record<string, Layer>
    walking.first = new Layer(2)
    walking.second = new Layer(3)
    follows(
      walking,
      4,
      () => (walking.third = new Layer(4)),
      () => Reflect.deleteProperty(walking, 'first'),
      () => {
        const { second } = walking
        Reflect.deleteProperty(walking, 'second')
        walking.second = second
      }
    )
  })

  test('a forward that is a field, or assigned, of a module that is called by nobody else', () => {
    class Field extends nn.Module {
      factor = 2
      override forward = (input: Tensor): Tensor => input.mul(this.factor)
    }
    const field = new Field()
    follows(field, 2, () => (field.factor = 3))
    const assigned = new Layer(2)
    assigned.forward = (input) => input.add(assigned.factor)
    follows(assigned, 2, () => (assigned.factor = 3))
    const spied = new Layer(2)
    jest.spyOn(spied, 'forward')
    follows(spied, 2, () => (spied.factor = 3))
  })

  test('many numbers by name or in a list', () => {
    class Vocabulary extends nn.Module {
      weights: Record<string, number> = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`w${i}`, i]))
      list = Array.from({ length: 5000 }, (_, i) => i)
      seen = new Set([1])
      override forward(input: Tensor): Tensor {
        return input.mul(this.weights.w4999 + this.list[4999] + this.seen.size)
      }
    }
    const module = new Vocabulary()
    follows(
      module,
      5,
      () => (module.weights.w4999 = -1),
      () => (module.list[4999] = -1),
      () => Reflect.deleteProperty(module.weights, 'w3'),
      () => module.seen.add(2)
    )
  })

  test('a child whose weight is used without a call', () => {
    class Tied extends nn.Module {
      layer = new nn.Linear(2, 2)
      override forward(input: Tensor): Tensor {
        return input.matmul(this.layer.weight)
      }
    }
    const tied = new Tied()
    follows(
      tied,
      3,
      () => (tied.layer = new nn.Linear(2, 2)),
      () => (tied.layer.weight = new nn.Parameter(ones(2, 2)))
    )
  })
})

describe('what a forward leaves in fields', () => {
  test('tensors are state that each replay leaves anew', () => {
    class Counting extends nn.Module {
      n = this.registerBuffer('n', zeros([]))
      last: Tensor | null = null
      sums: Tensor[] = [zeros([])]

      override forward(input: Tensor): Tensor {
        this.n = this.n.add(1)
        this.last = input.mul(this.n)
        this.sums[0] = this.sums[0].add(input.sum())
        return this.last
      }
    }
    const [eager, compiled] = [new Counting(), new Counting()]
    const step = compile((input: Tensor) => compiled.forward(input))
    const stateOf = ({ n, last, sums }: Counting): unknown => [n.item(), last?.tolist(), sums[0].item()]
    for (let i = 1; i <= 5; i++) {
      expect(step(x).tolist()).toEqual(eager.forward(x).tolist())
      expect(stateOf(compiled)).toEqual(stateOf(eager))
      expect(compiled.n.item()).toBe(i)
    }
    expect(step.programs).toHaveLength(2)
    compiled.n = tensor(10)
    step(x)
    expect(compiled.n.item()).toBe(11)
  })

  test('a buffer that a forward adds to itself counts', () => {
    class Running extends nn.Module {
      mean = this.registerBuffer('mean', zeros(2))
      override forward(input: Tensor): Tensor {
        if (this.training) this.mean.lerp_(input, 0.5)
        return input.sub(this.mean)
      }
    }
    const [eager, compiled] = [new Running(), new Running()]
    const step = compile((input: Tensor) => compiled.forward(input))
    for (let i = 0; i < 4; i++) expect(step(x).tolist()).toEqual(eager.forward(x).tolist())
    compiled.eval()
    eager.eval()
    for (let i = 0; i < 2; i++) expect(step(x).tolist()).toEqual(eager.forward(x).tolist())
    expect(step.programs).toHaveLength(2)
  })

  const repeats =
    'which a replay does not repeat: only a tensor is state of a compiled step; count in a tensor, or do it outside the step'
  class Base extends nn.Module {
    k = 0
    list = [1]
    kept: unknown = null
    table = new Map<string, number>()
  }
  test.each<[string, (this: Base & Record<string, unknown>, input: Tensor) => void]>([
    [
      `it sets Faulty.k, ${repeats}`,
      function () {
        this.k++
      }
    ],
    [
      `it changes what is in Faulty.list, ${repeats}`,
      function () {
        this.list.push(2)
      }
    ],
    [
      `it changes what is in Faulty.table, ${repeats}`,
      function () {
        this.table.set(`${this.table.size}`, 1)
      }
    ],
    [
      `it sets Faulty.kept, ${repeats}`,
      function () {
        this.kept = { a: 1 }
      }
    ],
    [
      `it sets Faulty.added, ${repeats}`,
      function () {
        this.added = Number(this.added ?? 0) + 1
      }
    ],
    [
      `it deletes Faulty.k, ${repeats}`,
      function () {
        Reflect.deleteProperty(this, 'k')
      }
    ],
    [
      'it leaves a tensor with a graph in Faulty.kept; detach() what is kept for the next step',
      function (input) {
        this.kept = input.mul(ones(2, { requiresGrad: true }))
      }
    ]
  ])('%s', (message, write) => {
    class Faulty extends Base {
      override forward(input: Tensor): Tensor {
        write.call(this as never, input)
        return input.mul(2)
      }
    }
    const step = compile((module: Faulty, input: Tensor) => module.forward(input))
    const module = new Faulty()
    for (let i = 0; i < 3; i++) {
      // What is deleted is gone, and all else goes on.
      if (!Object.hasOwn(module, 'k')) Object.assign(module, { k: 0 })
      expect(thrown(() => step(module, x))).toBe(`CompileError: compile: the step cannot be captured: ${message}`)
    }
    expect(step.programs).toHaveLength(0)
  })

  test('prepare() takes back what the trial left', () => {
    class Lazy extends nn.Module {
      n: Tensor = zeros([])
      override forward(input: Tensor): Tensor {
        this.n = this.n.add(1)
        ;(this as unknown as { seen: Tensor }).seen = input.sum()
        return input.mul(this.n)
      }
    }
    const module = new Lazy()
    const step = compile((input: Tensor) => module.forward(input))
    step.prepare(x)
    expect([module.n.item(), Object.keys(module)]).toEqual([0, ['dyngrad', 'n']])
    expect([step(x).tolist(), step(x).tolist(), module.n.item()]).toEqual([[1, 2], [2, 4], 2])
    expect(step.programs).toHaveLength(2)
  })

  test('the error is a CompileError', () => {
    class Counter extends nn.Module {
      k = 0
      override forward(input: Tensor): Tensor {
        this.k++
        return input
      }
    }
    const module = new Counter()
    expect(() => compile((input: Tensor) => module.forward(input))(x)).toThrow(CompileError)
  })
})

describe('a compiled step follows every field of the library’s modules', () => {
  const matrix = tensor([
    [0.5, -1, 2],
    [3, 0.25, -0.5]
  ])
  const share = matrix.sigmoid()
  const classes = tensor([2, 0], { dtype: 'int64' })
  const samples: Record<string, [module: () => nn.AnyModule, ...inputs: Tensor[]]> = {
    BCELoss: [() => new nn.BCELoss(ones(3)), share, share],
    BCEWithLogitsLoss: [() => new nn.BCEWithLogitsLoss(ones(3), { posWeight: ones(3) }), matrix, share],
    Bilinear: [() => new nn.Bilinear(3, 3, 2), matrix, share],
    CELU: [() => new nn.CELU(), matrix],
    CosineSimilarity: [() => new nn.CosineSimilarity(), matrix, share],
    CrossEntropyLoss: [() => new nn.CrossEntropyLoss(ones(3)), matrix, classes],
    ELU: [() => new nn.ELU(), matrix],
    Flatten: [() => new nn.Flatten(), ones(2, 3, 4)],
    GELU: [() => new nn.GELU(), matrix],
    GLU: [() => new nn.GLU(0), matrix],
    Hardshrink: [() => new nn.Hardshrink(), matrix],
    Hardsigmoid: [() => new nn.Hardsigmoid(), matrix],
    Hardswish: [() => new nn.Hardswish(), matrix],
    Hardtanh: [() => new nn.Hardtanh(), matrix],
    HuberLoss: [() => new nn.HuberLoss(), matrix, share],
    Identity: [() => new nn.Identity(), matrix],
    KLDivLoss: [() => new nn.KLDivLoss(), matrix, share],
    L1Loss: [() => new nn.L1Loss(), matrix, share],
    LayerNorm: [() => new nn.LayerNorm([3]), matrix],
    LeakyReLU: [() => new nn.LeakyReLU(), matrix],
    Linear: [() => new nn.Linear(3, 2), matrix],
    LogSigmoid: [() => new nn.LogSigmoid(), matrix],
    LogSoftmax: [() => new nn.LogSoftmax(1), matrix],
    MSELoss: [() => new nn.MSELoss(), matrix, share],
    Mish: [() => new nn.Mish(), matrix],
    ModuleList: [() => new nn.ModuleList([new nn.Tanh()]), matrix],
    NLLLoss: [() => new nn.NLLLoss(ones(3)), matrix, classes],
    PReLU: [() => new nn.PReLU(), matrix],
    PairwiseDistance: [() => new nn.PairwiseDistance(3, 0.5, true), matrix, share],
    RMSNorm: [() => new nn.RMSNorm([3], 0.5), matrix],
    RReLU: [() => new nn.RReLU().eval(), matrix],
    ReLU6: [() => new nn.ReLU6(), matrix],
    ReLU: [() => new nn.ReLU(), matrix],
    SELU: [() => new nn.SELU(), matrix],
    Sequential: [() => new nn.Sequential(new nn.Tanh(), new nn.Tanh()), matrix],
    SiLU: [() => new nn.SiLU(), matrix],
    Sigmoid: [() => new nn.Sigmoid(), matrix],
    SmoothL1Loss: [() => new nn.SmoothL1Loss(), matrix, share],
    Softmax: [() => new nn.Softmax(1), matrix],
    Softmin: [() => new nn.Softmin(1), matrix],
    Softplus: [() => new nn.Softplus(), matrix],
    Softshrink: [() => new nn.Softshrink(), matrix],
    Softsign: [() => new nn.Softsign(), matrix],
    Tanh: [() => new nn.Tanh(), matrix],
    Tanhshrink: [() => new nn.Tanhshrink(), matrix],
    Threshold: [() => new nn.Threshold(0.1, 20), matrix]
  }
  const exported = Object.entries(nn).flatMap(([name, value]) =>
    typeof value === 'function' && (value as { prototype: unknown }).prototype instanceof nn.Module ? [name] : []
  )

  test('all of them', () => expect(Object.keys(samples).sort()).toEqual(exported.sort()))

  /** Other values for a field. */
  function othersOf(value: unknown): unknown[] {
    if (value instanceof nn.Module) return [new nn.Sigmoid()]
    if (value instanceof Tensor) {
      const doubled = value.detach().mul(2)
      return [value.requiresGrad ? new nn.Parameter(doubled) : doubled, null]
    }
    if (typeof value === 'boolean') return [!value]
    if (typeof value === 'number') return [value + 1, 0.5, 0]
    if (typeof value === 'string') return ['sum', 'none', 'mean', 'batchmean', 'tanh', 'odd']
    return Array.isArray(value) ? [[2, 3], [...(value as unknown[])]] : [1]
  }

  const cases = Object.entries(samples).flatMap(([name, [make]]) =>
    Object.keys(make()).map((field): [string, string] => [name, field])
  )
  test.each(cases)('%s.%s', (name, field) => {
    const [make, ...inputs] = samples[name]
    const module = make()
    const fields = module as unknown as Record<string, unknown>
    const call = (): unknown => noGrad(() => (module.forward(...inputs.map((each) => each.clone())) as Tensor).tolist())
    const step = compile((...given: Tensor[]) => module.forward(...given) as Tensor)
    const replay = (): unknown => noGrad(() => step(...inputs.map((each) => each.clone())).tolist())
    const outcome = (run: () => unknown): unknown => {
      try {
        return run()
      } catch (error) {
        return String(error)
      }
    }
    const same = (): void => {
      for (let i = 0; i < 2; i++) expect(outcome(replay)).toEqual(outcome(call))
    }
    same()
    for (const other of othersOf(fields[field])) {
      fields[field] = other
      same()
    }
    Reflect.deleteProperty(fields, field)
    same()
  })
})
