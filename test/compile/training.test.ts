// Training once more, compiled: whatever steps are, replays leave bit for bit what eager steps leave.

import { type Tensor, full, manualSeed, nn, noGrad, optim, rand, randint, randn, tensor } from 'dyngrad'
import { counted } from '../helpers/compiled'
import { decodeTensor, type EncodedTensor } from '../helpers/fixture'
import {
  Noisy,
  type Optimizer,
  type Options,
  type Task,
  adam,
  bits,
  dense,
  expectAsEager,
  momentum,
  mse,
  runTask,
  sgd,
  whole
} from '../helpers/steps'
import fixture from '../fixtures/training.json'

interface Run {
  readonly name: string
  readonly optimizer: 'SGD' | 'Adam' | 'AdamW'
  readonly options: Options
  readonly groups?: (Options & { params: string[] })[]
}

const classes = decodeTensor(fixture.network.y as EncodedTensor)
const inputs = decodeTensor(fixture.network.x as EncodedTensor)
const crossEntropy = new nn.CrossEntropyLoss()

const network = (): nn.Sequential => new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Linear(8, 3))
/** Two batches for `network`. */
const batches = (): Tensor[][] => [
  [inputs.clone(), classes],
  [inputs.mul(-0.5), classes]
]

function makeOptimizer(net: nn.AnyModule, { optimizer, options, groups }: Run): Optimizer {
  const named = Object.fromEntries(net.namedParameters())
  const spread = groups?.map((group) => ({ ...group, params: group.params.map((name) => named[name]) }))
  const Optimizer = optim[optimizer] as typeof optim.Adam
  return new Optimizer(spread ?? net.parameters(), options)
}

/** A task of `network` with an optimizer; `change` adds to it. */
function networkTask(
  make: (net: nn.Sequential) => Optimizer,
  change: (task: Task, net: nn.Sequential, optimizer: Optimizer) => Partial<Task> = () => ({})
): () => Task {
  return () => {
    const net = network()
    const optimizer = make(net)
    const task: Task = {
      step: whole(net, optimizer, (output, y) => crossEntropy.forward(output, y)),
      batches: batches(),
      modules: [net],
      optimizers: [optimizer]
    }
    return { ...task, ...change(task, net, optimizer) }
  }
}

/** State that is null before the first step needs a program of its own, and so do gradients that nobody clears. */
const programsOf = ({ optimizer, options, groups = [] }: Run): number =>
  optimizer !== 'SGD' || groups.length === 1 || [options, ...groups].some((each) => (each.momentum ?? 0) !== 0) ? 2 : 1

describe('a compiled training step', () => {
  test.each((fixture.optimizers as unknown as Run[]).map((run) => [run.name, run] as const))(
    '%s: clears, then runs',
    (_, run) =>
      expectAsEager(
        networkTask((net) => makeOptimizer(net, run)),
        { programs: programsOf(run) }
      )
  )

  test.each((fixture.optimizers as unknown as Run[]).map((run) => [run.name, run] as const))(
    '%s: clears between forward and backward',
    (_, run) =>
      expectAsEager(
        networkTask(
          (net) => makeOptimizer(net, run),
          (__, net, optimizer) => ({
            step: (x, y) => {
              const loss = crossEntropy.forward(net.forward(x), y)
              optimizer.zeroGrad()
              loss.backward()
              optimizer.step()
              return loss
            }
          })
        ),
        { programs: programsOf(run) }
      )
  )

  test.each((fixture.optimizers as unknown as Run[]).map((run) => [run.name, run] as const))(
    '%s: in float64',
    (_, run) =>
      expectAsEager(
        () => {
          const net = network().double() as nn.Sequential
          const optimizer = makeOptimizer(net, run)
          const step = whole(net, optimizer, (output, y) => crossEntropy.forward(output, y))
          return { step, batches: [[inputs.double(), classes]], modules: [net], optimizers: [optimizer] }
        },
        { programs: programsOf(run) }
      )
  )
})

// ---- what changes between steps ----

describe('between compiled steps', () => {
  test('the learning rate and other numbers of SGD change without a new program', () => {
    const change = (_: Task, __: unknown, { paramGroups: [group] }: Optimizer): Partial<Task> => ({
      before: (i) => Object.assign(group, { lr: 0.1 / (1 + i), momentum: 0.9 - i / 100, weightDecay: 0.01 * (i + 1) })
    })
    expectAsEager(networkTask(sgd({ momentum: 0.9, weightDecay: 0.1 }), change), { programs: 2 })
  })

  test('the learning rate and other numbers of Adam change without a new program', () => {
    const change = (_: Task, __: unknown, { paramGroups: [group] }: Optimizer): Partial<Task> => ({
      before: (i) => Object.assign(group, { lr: 0.1 / (1 + i), betas: [0.9 - i / 100, 0.99], eps: 1e-8 * (i + 1) })
    })
    expectAsEager(networkTask(adam({ weightDecay: 0.1 }), change), { programs: 2 })
  })

  test('an option that turns a term on or off makes a new program, and goes back to the old one', () => {
    const change = (_: Task, __: unknown, { paramGroups: [group] }: Optimizer): Partial<Task> => ({
      before: (i) => (group.weightDecay = i % 4 < 2 ? 0 : 0.1)
    })
    expectAsEager(networkTask(sgd(), change), { programs: 2 })
  })

  test('maximize, nesterov and amsgrad are turned on', () => {
    for (const key of ['maximize', 'nesterov']) {
      const change = (_: Task, __: unknown, { paramGroups: [group] }: Optimizer): Partial<Task> => ({
        before: (i) => Object.assign(group, { [key]: i > 4 })
      })
      expectAsEager(networkTask(momentum, change), { programs: 3 })
    }
    const change = (_: Task, __: unknown, { paramGroups: [group] }: Optimizer): Partial<Task> => ({
      before: (i) => Object.assign(group, { amsgrad: i > 4 })
    })
    expectAsEager(networkTask(adam(), change), { programs: 4 })
  })

  test('the shape of the batch changes and comes back', () => {
    const change = (): Partial<Task> => ({
      batches: [5, 3, 5, 1].map((rows) => [randn(rows, 4), randint(3, [rows])])
    })
    expectAsEager(networkTask(sgd(), change), { programs: 3 })
  })

  test('a parameter is replaced', () => {
    const change = (_: Task, net: nn.Sequential): Partial<Task> => ({
      before: (i) => {
        if (i === 4) (net.at(0) as nn.Linear).weight = new nn.Parameter(randn(8, 4))
      }
    })
    // The optimizer goes on with the old one, so the gradient of the new one is null only once.
    expectAsEager(networkTask(sgd(), change), { programs: 3 })
  })

  test('a module is replaced', () => {
    const change = (_: Task, net: nn.Sequential): Partial<Task> => ({
      before: (i) => {
        if (i === 4) net.registerModule('1', new nn.ReLU())
        if (i === 7) net.append(new nn.Sigmoid())
      }
    })
    expectAsEager(networkTask(sgd(), change), { programs: 3 })
  })

  test('weights are loaded', () => {
    const change = (_: Task, net: nn.Sequential): Partial<Task> => ({
      before: (i) => {
        if (i % 3 === 2) net.loadStateDict(network().stateDict())
      }
    })
    expectAsEager(networkTask(momentum, change), { programs: 2 })
  })

  test.each([
    ['SGD', momentum],
    ['Adam', adam({ amsgrad: true })]
  ])('the state of %s is loaded', (_, make) => {
    const change = (__: Task, ___: unknown, optimizer: Optimizer): Partial<Task> => {
      let saved: never
      return {
        before: (i) => {
          if (i === 3) saved = optimizer.stateDict() as never
          if (i === 6) optimizer.loadStateDict(saved)
        }
      }
    }
    expectAsEager(networkTask(make, change), { programs: 2 })
  })

  test('the state of a fresh optimizer is loaded, so that the first program runs again', () => {
    const change = (_: Task, __: unknown, optimizer: Optimizer): Partial<Task> => {
      const fresh = optimizer.stateDict()
      return {
        before: (i) => {
          if (i === 5) optimizer.loadStateDict(fresh as never)
        }
      }
    }
    expectAsEager(networkTask(momentum, change), { programs: 2 })
  })

  test('a layer is frozen and set free', () => {
    const change = (_: Task, net: nn.Sequential): Partial<Task> => ({
      before: (i) => (net.at(0) as nn.Linear).requiresGrad_(i < 3 || i > 6)
    })
    expectAsEager(networkTask(sgd(), change), { programs: 2 })
  })

  test('a module goes into evaluation mode and back', () => {
    expectAsEager(
      () => {
        const net = new Noisy()
        const optimizer = sgd()(net)
        return {
          step: whole(net, optimizer, mse),
          batches: dense(4, 3),
          modules: [net],
          optimizers: [optimizer],
          before: (i) => net.train(i % 4 < 2)
        }
      },
      { programs: 2 }
    )
  })

  test('gradients are cleared outside', () => {
    const change = (_: Task, net: nn.Sequential, optimizer: Optimizer): Partial<Task> => ({
      before: () => optimizer.zeroGrad(),
      step: (x, y) => {
        const loss = crossEntropy.forward(net.forward(x), y)
        loss.backward()
        optimizer.step()
        return loss
      }
    })
    expectAsEager(networkTask(momentum, change), { programs: 2 })
  })

  test('gradients are filled with zeros inside the step', () => {
    const change = (_: Task, net: nn.Sequential, optimizer: Optimizer): Partial<Task> => ({
      step: (x, y) => {
        optimizer.zeroGrad({ setToNone: false })
        const loss = crossEntropy.forward(net.forward(x), y)
        loss.backward()
        optimizer.step()
        return loss
      }
    })
    expectAsEager(networkTask(momentum, change), { programs: 2 })
  })

  test('gradients are filled with zeros outside', () => {
    const change = (_: Task, net: nn.Sequential, optimizer: Optimizer): Partial<Task> => ({
      before: () => optimizer.zeroGrad({ setToNone: false }),
      step: (x, y) => {
        const loss = crossEntropy.forward(net.forward(x), y)
        loss.backward()
        optimizer.step()
        return loss
      }
    })
    expectAsEager(networkTask(sgd(), change), { programs: 2 })
  })

  test('gradients are given', () => {
    const change = (_: Task, net: nn.Sequential, optimizer: Optimizer): Partial<Task> => ({
      before: (i) => {
        for (const parameter of net.parameters()) parameter.grad = full(parameter.shape, i + 1)
      },
      step: () => void optimizer.step(),
      batches: [[]]
    })
    expectAsEager(networkTask(adam(), change), { programs: 2 })
  })

  test('gradients accumulate over micro-batches, with the update outside', () => {
    const change = (_: Task, net: nn.Sequential, optimizer: Optimizer): Partial<Task> => ({
      before: (i) => {
        if (i > 0 && i % 3 === 0) {
          optimizer.step()
          optimizer.zeroGrad()
        }
      },
      step: (x, y) => {
        const loss = crossEntropy.forward(net.forward(x), y).div(3)
        loss.backward()
        return loss
      }
    })
    expectAsEager(networkTask(momentum, change), { programs: 2 })
  })

  test('gradients accumulate over compiled micro-batches, with a compiled update', () => {
    const train = (isCompiled: boolean) => {
      manualSeed(7)
      const net = network()
      const optimizer = momentum(net)
      const backward = (x: Tensor, y: Tensor): Tensor => {
        const loss = crossEntropy.forward(net.forward(x), y).div(3)
        loss.backward()
        return loss
      }
      const update = (): void => {
        optimizer.step()
        optimizer.zeroGrad()
      }
      const [one, two] = isCompiled ? [counted(backward), counted(update)] : [null, null]
      const trace = Array.from({ length: 5 }, () => {
        const losses = [...batches(), ...batches()].map(([x, y]) => bits((one?.call ?? backward)(x, y)))
        ;(two?.call ?? update)()
        return [...losses, ...net.parameters().map(bits)]
      })
      return { trace, replays: [one?.replays(), two?.replays()] }
    }
    const compiled = train(true)
    expect(compiled.trace).toEqual(train(false).trace)
    expect(compiled.replays).toEqual([18, 3])
  })

  test('a second optimizer and a second model have programs of their own', () => {
    const step = (net: nn.Module, optimizer: Optimizer) =>
      whole(net, optimizer, (output, y) => crossEntropy.forward(output, y))
    const make = (): Task => {
      const [a, b] = [network(), network()]
      const [first, second] = [momentum(a), adam()(b)]
      const [one, two] = [step(a, first), step(b, second)]
      return {
        step: (x, y) => [one(x, y), two(x, y), b.forward(a.forward(x).mean(1, { keepdim: true }).expand(x.shape))],
        batches: batches(),
        modules: [a, b],
        optimizers: [first, second]
      }
    }
    expectAsEager(make, { programs: 2 })
  })

  test('a model given as a closure variable is a constant of the program', () => {
    const nets = [network(), network()]
    let [net] = nets
    const { call, runs } = counted((x: Tensor) => noGrad(() => net.forward(x)))
    const first = bits(call(inputs))
    net = nets[1]
    expect(bits(call(inputs))).toBe(first)
    expect(runs()).toBe(1)
  })
})

// ---- errors ----

describe('an error in a compiled step', () => {
  const probabilities = (steps: number[]) => (): Task => {
    const net = new nn.Linear(2, 2)
    const optimizer = momentum(net)
    const lossFn = new nn.BCELoss()
    const good = rand(2, 2)
    return {
      // The state changes before the check and after it.
      step: (x, y, p) => {
        optimizer.zeroGrad()
        net.forward(x).square().sum().backward()
        optimizer.step()
        const loss = lossFn.forward(p, y).add(net.forward(x).sum())
        loss.backward()
        optimizer.step()
        return loss
      },
      batches: Array.from({ length: 10 }, (_, i) => [randn(3, 2), rand(2, 2), steps.includes(i) ? good.mul(9) : good]),
      modules: [net],
      optimizers: [optimizer]
    }
  }

  test('of BCELoss out of range is the eager one and leaves what the eager one leaves', () => {
    const { states } = runTask(probabilities([5]), 7, () => true)
    expect(states.map(({ error }) => error !== null)).toEqual([false, false, false, false, false, true, false])
    expect(states[5].error).toMatch(/^RangeError: all elements of input should be between 0 and 1/)
    expectAsEager(probabilities([4, 5, 8]), { programs: 2 })
  })

  test('in the first call leaves no program', () => {
    const { compiled } = runTask(probabilities([0]), 1, () => true)
    expect(compiled.call.programs).toHaveLength(0)
    // It has left the momentum, so the next call makes the one program that all others need.
    expectAsEager(probabilities([0, 4]), { programs: 2 })
  })

  test('of CrossEntropyLoss with a class that does not exist likewise', () => {
    const make = (): Task => {
      const net = network()
      const optimizer = momentum(net)
      return {
        step: whole(net, optimizer, (output, y) => crossEntropy.forward(output, y)),
        batches: Array.from({ length: 10 }, (_, i) => [
          randn(3, 4),
          tensor([0, i === 5 ? 3 : 1, i === 7 ? -1 : 2], { dtype: 'int64' })
        ]),
        modules: [net],
        optimizers: [optimizer]
      }
    }
    const { states } = runTask(make, 8, () => true)
    expect(states[5].error).toMatch(/^RangeError: Target 3 is out of bounds/)
    expect(states[7].error).toMatch(/^RangeError: Target -1 is out of bounds/)
    expectAsEager(make, { programs: 2 })
  })
})
