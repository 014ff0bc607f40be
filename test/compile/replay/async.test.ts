// step.async() replays on a thread of its own: the same bits as the call, the event loop free.
// step.prepare() captures beforehand and leaves everything as it was.

import {
  type Tensor,
  Generator,
  compile,
  full,
  getNumThreads,
  manualSeed,
  nn,
  noGrad,
  normal,
  ones,
  optim,
  rand,
  randn,
  setGradEnabled,
  setNumThreads,
  zeros
} from 'dyngrad'
import { defaultGenerator } from '../../../lib/ops/core/generator'
import { longStep } from '../../helpers/long-step'
import { counted, stateText } from '../../helpers/compiled'
import { runProgram } from '../../helpers/program'

const bits = (tensor: Tensor | null): string =>
  tensor === null ? 'null' : Buffer.from(tensor.toTypedArray().buffer).toString('hex')

interface Task {
  readonly step: (x: Tensor, y: Tensor) => Tensor
  readonly batches: readonly (readonly [Tensor, Tensor])[]
  readonly optimizer: optim.SGD | optim.Adam
  readonly parameters: readonly Tensor[]
  /** All that a step changes. */
  readonly state: () => string[]
}

function task(make: (parameters: readonly Tensor[]) => optim.SGD | optim.Adam, seed = 11): Task {
  manualSeed(seed)
  const net = new nn.Sequential(new nn.Linear(6, 16), new nn.Tanh(), new nn.Linear(16, 1), new nn.Sigmoid())
  const parameters = [...net.parameters()]
  const optimizer = make(parameters)
  const lossFn = new nn.BCELoss()
  const batches = [1, 2, 3].map(() => [randn(20, 6), rand(20, 1)] as const)
  const step = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad()
    // Noise of the library's generator is part of the step.
    const loss = lossFn.forward(net.forward(x.add(normal(zeros(20, 6), 0.01))), y)
    loss.backward()
    optimizer.step()
    return loss
  }
  const state = (): string[] => [
    ...parameters.flatMap((parameter) => [
      bits(parameter),
      bits(parameter.grad),
      ...Object.values(optimizer.state.get(parameter) ?? {}).map((value) =>
        typeof value === 'number' ? String(value) : bits(value as Tensor | null)
      )
    ]),
    parameters.map(({ version }) => version).join(),
    stateText(defaultGenerator)
  ]
  return { step, batches, optimizer, parameters, state }
}

const optimizers = {
  'SGD with momentum': (parameters: readonly Tensor[]) => new optim.SGD(parameters, { lr: 0.1, momentum: 0.9 }),
  Adam: (parameters: readonly Tensor[]) => new optim.Adam(parameters, { lr: 0.01 })
}

const STEPS = 12

describe('a training loop of awaited steps', () => {
  for (const [name, make] of Object.entries(optimizers)) {
    test(`${name}: equals the loop of plain calls bit for bit`, async () => {
      const run = async (kind: 'eager' | 'call' | 'async') => {
        const { step, batches, state } = task(make)
        const compiled = compile(step)
        const trace: string[][] = []
        for (let i = 0; i < STEPS; i++) {
          const [x, y] = batches[i % batches.length]
          const loss = kind === 'eager' ? step(x, y) : kind === 'call' ? compiled(x, y) : await compiled.async(x, y)
          trace.push([bits(loss), ...state()])
        }
        return trace
      }
      const eager = await run('eager')
      expect(await run('call')).toEqual(eager)
      expect(await run('async')).toEqual(eager)
    })

    test(`${name}: calls and awaited steps alternate freely`, async () => {
      const plain = task(make)
      const losses: string[] = []
      for (let i = 0; i < STEPS; i++) losses.push(bits(plain.step(...plain.batches[i % 3])))
      const expected = [losses, plain.state()]
      const { step, batches, state } = task(make)
      const { call, runs } = counted(step)
      const mixed: string[] = []
      for (let i = 0; i < STEPS; i++) {
        const [x, y] = batches[i % 3]
        mixed.push(bits(i % 2 === 0 ? call(x, y) : await call.async(x, y)))
      }
      expect([mixed, state()]).toEqual(expected)
      expect(runs()).toBeLessThanOrEqual(2)
    })
  }
})

describe('several calls at once', () => {
  test('of one function run in the order in which they were made', async () => {
    const make = optimizers['SGD with momentum']
    const plain = task(make)
    const losses = Array.from({ length: STEPS }, (_, i) => bits(plain.step(...plain.batches[i % 3])))
    const { step, batches, state } = task(make)
    const compiled = compile(step)
    const settled: number[] = []
    const promises = Array.from({ length: STEPS }, async (_, i) => {
      const loss = await compiled.async(...batches[i % 3])
      settled.push(i)
      return loss
    })
    const results = await Promise.all(promises)
    expect(results.map(bits)).toEqual(losses)
    expect(settled).toEqual([...settled.keys()])
    expect(state()).toEqual(plain.state())
  })

  test('of different models run side by side, each as it does alone', async () => {
    const kinds = [optimizers.Adam, optimizers['SGD with momentum'], optimizers.Adam]
    // Without noise: there is one generator.
    const make = (i: number) => {
      const { batches, parameters, optimizer } = task(kinds[i], 20 + i)
      const [w, b] = parameters
      const step = (x: Tensor): Tensor => {
        optimizer.zeroGrad()
        const loss = x.matmul(w.mT).add(b).tanh().square().mean()
        loss.backward()
        optimizer.step()
        return loss
      }
      return { step, x: batches[0][0], state: () => parameters.map(bits) }
    }
    const expected = kinds.map((_, i) => {
      const { step, x, state } = make(i)
      const losses = Array.from({ length: STEPS }, () => bits(step(x)))
      return [losses, state()]
    })
    const together = await Promise.all(
      kinds.map(async (_, i) => {
        const { step, x, state } = make(i)
        const compiled = compile(step)
        const losses: string[] = []
        for (let n = 0; n < STEPS; n++) losses.push(bits(await compiled.async(x)))
        return [losses, state()]
      })
    )
    expect(together).toEqual(expected)
  })

  test('have the same bits with every number of threads', async () => {
    const threads = getNumThreads()
    const x = randn(200, 300)
    const w = randn(300, 250)
    const step = compile(() => x.matmul(w).tanh().sum(0))
    try {
      setNumThreads(1)
      const expected = bits(step())
      for (const count of [1, 2, 3, 8]) {
        setNumThreads(count)
        expect([count, bits(step()), bits(await step.async())]).toEqual([count, expected, expected])
      }
    } finally {
      setNumThreads(threads)
    }
  })

  test('of different functions over one tensor wait for each other', async () => {
    const counter = zeros(300, 300)
    const eye = ones(300, 300)
    const add = compile((x: Tensor) => counter.add_(x.matmul(x).mul(0)).add_(1))
    const double = compile((x: Tensor) => counter.add_(x.matmul(x).mul(0)).mul_(2))
    add(eye)
    double(eye)
    counter.zero_()
    await Promise.all([add.async(eye), double.async(eye), add.async(eye), double.async(eye)])
    const value = counter.at(0, 0).item()
    // Whatever the order of the two functions, no update is lost.
    expect([6, 4, 5, 3, 8, 12]).toContain(value)
    expect(counter.sum().item()).toBe(value * 300 * 300)
  })

  test('the grad mode of the call counts, not that of a later moment', async () => {
    const w = ones(3).requiresGrad_()
    const step = compile((x: Tensor) => x.mul(w))
    step(ones(3))
    noGrad(() => step(ones(3)))
    setGradEnabled(false)
    const running = step.async(ones(3))
    setGradEnabled(true)
    expect((await running).requiresGrad).toBe(false)
    expect((await step.async(ones(3))).requiresGrad).toBe(true)
  })
})

// Steps that take hundreds of milliseconds.
const SIZE = 1500
const CHAIN = 8

const long = () => longStep(SIZE, CHAIN)

describe('while a step runs', () => {
  test('timers fire', async () => {
    const { x, step } = long()
    let ticks = 0
    const timer = setInterval(() => ticks++, 5)
    await step.async(x)
    clearInterval(timer)
    // A call that blocked the event loop would leave none.
    expect(ticks).toBeGreaterThanOrEqual(3)
  })

  test('a tensor that was stashed inside a step is no argument', async () => {
    let stashed: Tensor | null = null
    const keep = compile((x: Tensor) => {
      stashed = x.mul(2)
      return stashed.add(1)
    })
    keep(ones(3))
    const step = compile((x: Tensor) => x.add(1))
    step(ones(3))
    await expect(step.async(stashed!)).rejects.toThrow('made inside a compiled step')
    await expect(Promise.all([step.async(ones(3)), step.async(stashed!)])).rejects.toThrow(
      'made inside a compiled step'
    )
    expect(messageOf(() => stashed!.tolist())).toContain('made inside a compiled step')
  })

  test('what it does not use is free', async () => {
    const { x, step } = long()
    const other = ones(3)
    const running = step.async(x)
    expect(other.add_(1).tolist()).toEqual([2, 2, 2])
    await running
  })
})

function messageOf(use: () => unknown): string {
  try {
    use()
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('an error inside', () => {
  const make = () => {
    const before = zeros(1)
    const after = zeros(1)
    const target = ones(3)
    const step = (x: Tensor): Tensor => {
      before.add_(1)
      const loss = nn.functional.binaryCrossEntropy(x, target)
      after.add_(1)
      return loss
    }
    return { step, state: () => [before.item(), after.item(), before.version, after.version] }
  }

  test("rejects with eager's error, leaves eager's state, and later calls run", async () => {
    const values = [0.5, 7, 0.25, -1, 0.75]
    const eager = make()
    const expected = values.map((value) => [messageOf(() => eager.step(full([3], value))), eager.state()])
    const { step, state } = make()
    const compiled = compile(step)
    const found: unknown[] = []
    for (const value of values) {
      const message = await compiled.async(full([3], value)).then(
        () => '',
        (error: Error) => error.message
      )
      found.push([message, state()])
    }
    expect(found).toEqual(expected)
  })

  test('of one call does not keep the next from running', async () => {
    const { step } = make()
    const compiled = compile(step)
    compiled(full([3], 0.5))
    const outcomes = await Promise.allSettled([7, 0.5].map((value) => compiled.async(full([3], value))))
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  })

  test('of the first call, which is recorded, rejects, too', async () => {
    const { step, state } = make()
    await expect(compile(step).async(full([3], 7))).rejects.toThrow('all elements of input should be between 0 and 1')
    expect(state()).toEqual([1, 0, 1, 0])
  })

  test('that says what cannot be captured rejects', async () => {
    await expect(compile((x: Tensor) => x.item()).async(ones(1))).rejects.toThrow('compile: item()')
  })
})

describe('prepare', () => {
  for (const [name, make] of Object.entries(optimizers)) {
    test(`${name}: leaves parameters, gradients, optimizer state, versions and the generator as they are`, () => {
      const { step, batches, state } = task(make)
      const { call } = counted(step)
      const before = state()
      call.prepare(...batches[0])
      expect(state()).toEqual(before)
      expect(call.programs.length).toBeGreaterThan(0)
    })

    test(`${name}: in the middle of training, too`, () => {
      const { step, batches, state, parameters } = task(make)
      for (let i = 0; i < 3; i++) step(...batches[i])
      const gradients = parameters.map(({ grad }) => grad)
      const before = state()
      compile(step).prepare(...batches[0])
      expect(state()).toEqual(before)
      expect(parameters.map(({ grad }, i) => grad === gradients[i])).toEqual(parameters.map(() => true))
    })

    test(`${name}: the calls that follow run no JavaScript and equal eager ones bit for bit`, () => {
      const plain = task(make)
      const losses = Array.from({ length: STEPS }, (_, i) => bits(plain.step(...plain.batches[i % 3])))
      const { step, batches, state } = task(make)
      const { call, runs } = counted(step)
      call.prepare(...batches[0])
      const prepared = runs()
      const replayed = Array.from({ length: STEPS }, (_, i) => bits(call(...batches[i % 3])))
      expect(runs()).toBe(prepared)
      expect(replayed).toEqual(losses)
      expect(state()).toEqual(plain.state())
    })
  }

  test('of what is prepared does nothing', () => {
    const { step, batches } = task(optimizers.Adam)
    const { call, runs } = counted(step)
    call.prepare(...batches[0])
    const prepared = runs()
    call.prepare(...batches[1])
    expect(runs()).toBe(prepared)
  })

  test('restores arguments that the step writes to', () => {
    const step = compile((x: Tensor) => x.add_(1).mul(2))
    const x = zeros(3)
    step.prepare(x)
    expect([x.tolist(), x.version]).toEqual([[0, 0, 0], 0])
    expect(step(x).tolist()).toEqual([2, 2, 2])
    expect([x.tolist(), x.version]).toEqual([[1, 1, 1], 1])
  })

  test('restores a generator that is given', () => {
    const generator = new Generator()
    generator.manualSeed(3)
    const step = compile(() => rand(2, { generator }))
    const before = stateText(generator)
    step.prepare()
    expect(stateText(generator)).toBe(before)
    const first = step().tolist()
    generator.manualSeed(3)
    expect(rand(2, { generator }).tolist()).toEqual(first)
  })

  test('of a step that throws throws, and leaves everything as it was', () => {
    const counter = zeros(1)
    const step = compile((x: Tensor) => {
      counter.add_(1)
      return nn.functional.binaryCrossEntropy(x, ones(3))
    })
    expect(() => {
      step.prepare(full([3], 7))
    }).toThrow('all elements of input should be between 0 and 1')
    expect([counter.item(), counter.version]).toEqual([0, 0])
    expect(step(full([3], 1)).item()).toBe(0)
  })
})

describe('the end of a thread', () => {
  test('process.exit() in the middle of a step ends the process with its code', () => {
    expect(runProgram('async-end', ['exit'])).toEqual({ started: true })
  })

  test('the end of the main module in the middle of a step lets it finish', () => {
    expect(runProgram('async-end', ['finish'])).toEqual({ finished: true })
  })

  test('terminated workers end in the middle of steps and harm nobody', () => {
    expect(runProgram('async-end', ['terminate', 6])).toEqual({ terminated: 6, unhandled: 0, after: 'fine' })
  })

  test('an error that nobody awaits is an unhandled rejection, and the only one', () => {
    expect(runProgram('async-end', ['unhandled'])).toEqual({
      unhandled: ['all elements of input should be between 0 and 1; one lies outside, or is NaN']
    })
  })
})
