// Spike: a step written down at the door and replayed kernel by kernel leaves, bit for bit, what the eager step leaves.

import { type Tensor, cat, manualSeed, nn, noGrad, normal, ones, optim, randn, slice, tensor, zeros } from 'dyngrad'
import { type Program, capture } from '../lib/compile/replay'

type Step = (x: Tensor, y: Tensor) => Tensor

interface Task {
  readonly step: Step
  readonly batches: readonly [Tensor, Tensor][]
  /** Everything that a step changes. */
  readonly state: () => (Tensor | null)[]
  readonly beforeEach?: (i: number) => void
}

const bits = (tensor: Tensor | null): string =>
  tensor === null ? 'null' : Buffer.from(tensor.toTypedArray().buffer).toString('hex')

/** Runs steps eagerly or, where `replayed` says so, through a program that fits the state, captured when there is none. */
function train(
  task: Task,
  steps: number,
  replayed: (i: number) => boolean
): { trace: string[]; programs: Program[]; replays: number } {
  const programs: Program[] = []
  const trace: string[] = []
  let replays = 0
  for (let i = 0; i < steps; i++) {
    const [x, y] = task.batches[i % task.batches.length]
    task.beforeEach?.(i)
    let loss: Tensor
    if (!replayed(i)) loss = task.step(x, y)
    else {
      const program = programs.find((candidate) => candidate.fits([x, y]))
      if (program === undefined) {
        const captured = capture(task.step, [x, y])
        programs.push(captured.program)
        loss = captured.outputs[0]
      } else {
        loss = program.run([x, y])[0]
        replays++
      }
    }
    trace.push([loss, ...task.state()].map(bits).join(' '))
  }
  return { trace, programs, replays }
}

class LR extends nn.Module {
  features = new nn.Linear(2, 1)
  sigmoid = new nn.Sigmoid()

  override forward(x: Tensor): Tensor {
    return this.sigmoid.forward(this.features.forward(x))
  }
}

function logistic(options: Partial<optim.SGDOptions>, schedule?: (i: number) => number): Task {
  manualSeed(7)
  const x = cat([normal(ones(50, 2).mul(1.7), 1).add(1), normal(ones(50, 2).mul(-1.7), 1).add(1)])
  const y = cat([zeros(50), ones(50)])
  const net = new LR()
  const lossFn = new nn.BCELoss()
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.01, ...options })
  const parameters = [...net.parameters()]
  return {
    batches: [
      [x, y],
      [x.mul(0.5), y]
    ],
    step: (input, target) => {
      optimizer.zeroGrad()
      const loss = lossFn.forward(net.forward(input).squeeze(), target)
      loss.backward()
      optimizer.step()
      return loss
    },
    state: () => [
      ...parameters,
      ...parameters.map((parameter) => parameter.grad),
      ...parameters.map((parameter) => optimizer.state.get(parameter)?.momentumBuffer ?? null)
    ],
    beforeEach: (i) => {
      if (schedule !== undefined) optimizer.paramGroups[0].lr = schedule(i)
    }
  }
}

function classifier(options: Partial<optim.AdamOptions>): Task {
  manualSeed(3)
  const net = new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Linear(8, 3))
  const lossFn = new nn.CrossEntropyLoss()
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.02, ...options })
  const parameters = [...net.parameters()]
  const target = zeros(16, { dtype: 'int64' })
    .setAt([[1, 4, 9]], 2)
    .setAt([[2, 3]], 1)
  return {
    batches: [
      [randn(16, 4), target],
      [randn(16, 4), target]
    ],
    step: (input, classes) => {
      optimizer.zeroGrad()
      const loss = lossFn.forward(net.forward(input), classes)
      loss.backward()
      optimizer.step()
      return loss
    },
    state: () =>
      parameters.flatMap((parameter) => {
        const state = optimizer.state.get(parameter)
        return [parameter, parameter.grad, state?.step ?? null, state?.expAvg ?? null, state?.expAvgSq ?? null]
      })
  }
}

const tasks: Record<string, () => Task> = {
  'SGD with momentum': () => logistic({ momentum: 0.9 }),
  'SGD with Nesterov momentum and weight decay': () => logistic({ momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  'SGD under a learning rate that changes every step': () => logistic({ momentum: 0.9 }, (i) => 0.1 / (1 + i)),
  Adam: () => classifier({}),
  'Adam with amsgrad': () => classifier({ amsgrad: true })
}

const STEPS = 24

describe('a captured training step', () => {
  for (const [name, make] of Object.entries(tasks)) {
    test(`${name}: replays equal eager steps bit for bit`, () => {
      const eager = train(make(), STEPS, () => false)
      const captured = train(make(), STEPS, () => true)
      expect(captured.trace).toEqual(eager.trace)
      expect(captured.replays).toBeGreaterThanOrEqual(STEPS - 3)
    })

    test(`${name}: eager and replayed steps alternate freely`, () => {
      const eager = train(make(), STEPS, () => false)
      const mixed = train(make(), STEPS, (i) => i % 3 !== 1)
      expect(mixed.trace).toEqual(eager.trace)
      expect(mixed.replays).toBeGreaterThan(STEPS / 3)
    })
  }

  test('the first step with momentum and the later ones are different programs', () => {
    const { programs } = train(logistic({ momentum: 0.9 }), 4, () => true)
    expect(programs.length).toBeGreaterThanOrEqual(2)
  })

  test('a gradient handed out before a replay keeps its values', () => {
    const task = logistic({ momentum: 0.9 })
    train(task, 3, () => true)
    const gradient = task.state()[2]!
    const before = bits(gradient)
    train(task, 5, () => true)
    expect(bits(gradient)).toBe(before)
  })

  test('reading a value while a step is recorded throws and says what to do', () => {
    const x = ones(2)
    expect(() => capture((input) => input.mul(input.sum().item()), [x])).toThrow(
      'compile: item() reads a value while recording; return the tensor and read it after the call'
    )
    expect(x.sum().item()).toBe(2)
  })

  test('a constant made while a step is recorded throws and says what to do', () => {
    expect(() => capture((input) => input.mul(tensor([1, 2])), [ones(2)])).toThrow(
      'compile: tensor() makes a constant while recording; make it before the step'
    )
  })

  test('writing a number at an index is captured', () => {
    const step = (input: Tensor): Tensor => input.mul(2).setAt(0, 7)
    const { program } = capture(step, [ones(2)])
    expect(program.run([ones(2).mul(3)])[0].tolist()).toEqual([7, 6])
  })

  test('a program does not fit arguments elsewhere in their storage, of another requiresGrad, or under another grad mode', () => {
    const both = ones(8)
    const { program } = capture((input) => input.mul(2), [both.at(slice(0, 4))])
    expect(program.fits([both.at(slice(0, 4))])).toBe(true)
    expect(program.fits([both.at(slice(4, 8))])).toBe(false)
    expect(program.fits([ones(4, { requiresGrad: true })])).toBe(false)
    expect(noGrad(() => program.fits([both.at(slice(0, 4))]))).toBe(false)
  })

  test('a momentum buffer that was null keeps its program from later steps, when nothing else differs', () => {
    const run = (replayed: boolean) => {
      const parameter = tensor([1, 2], { requiresGrad: true })
      const optimizer = new optim.SGD([parameter], { lr: 0.1, momentum: 0.9 })
      const step = (x: Tensor): Tensor => {
        const loss = parameter.mul(x).sum()
        loss.backward()
        optimizer.step()
        optimizer.zeroGrad()
        return loss
      }
      const task: Task = {
        step,
        batches: [[tensor([3, 4]), tensor([0])]],
        state: () => [parameter, optimizer.state.get(parameter)?.momentumBuffer ?? null]
      }
      return train(task, 6, () => replayed)
    }
    const captured = run(true)
    expect(captured.trace).toEqual(run(false).trace)
    expect(captured.programs.length).toBe(2)
  })

  test('a replay counts the versions of what it writes, so that a stale saved tensor is noticed', () => {
    const weight = tensor([1, 2])
    const { program } = capture((x) => weight.add_(x), [ones(2)])
    const x = ones(2, { requiresGrad: true })
    const product = x.mul(weight).sum()
    program.run([ones(2)])
    expect(weight.tolist()).toEqual([3, 4])
    expect(() => product.backward()).toThrow('modified by an inplace operation')
  })
})
