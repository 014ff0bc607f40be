// The models of the other tests, trained compiled: outputs, gradients and updates are those of eager mode.

import { type Tensor, cat, nn, noGrad, normal, ones, rand, randint, randn, zeros } from 'dyngrad'
import { counted } from '../helpers/compiled'
import {
  type Loss,
  Noisy,
  type Optimizer,
  adam,
  dense,
  expectAsEager,
  momentum,
  mse,
  runTask,
  sgd,
  whole
} from '../helpers/steps'

const crossEntropy = new nn.CrossEntropyLoss()

class LR extends nn.Module {
  features = new nn.Linear(2, 1)
  sigmoid = new nn.Sigmoid()

  override forward(x: Tensor): Tensor {
    return this.sigmoid.forward(this.features.forward(x)).squeeze()
  }
}

class Tied extends nn.Module {
  a = new nn.Linear(3, 3)
  b = new nn.Linear(3, 3, { bias: false })

  constructor() {
    super()
    this.b.weight = this.a.weight
  }

  override forward(x: Tensor): Tensor {
    return this.b.forward(this.a.forward(x).tanh())
  }
}

/** Counts its batches in a buffer and averages them in another. */
class Running extends nn.Module {
  linear = new nn.Linear(3, 3)
  mean = this.registerBuffer('mean', zeros(3))
  count = this.registerBuffer('count', zeros([], { dtype: 'int64' }))

  override forward(x: Tensor): Tensor {
    const output = this.linear.forward(x)
    this.mean.mul_(0.9).add_(output.detach().mean(0), { alpha: 0.1 })
    this.count.add_(1)
    return output.sub(this.mean)
  }
}

class Pair extends nn.Module<{ scores: Tensor; parts: [Tensor, Tensor] }> {
  left = new nn.Linear(3, 2)
  right = new nn.Linear(3, 2)

  override forward(x: Tensor): { scores: Tensor; parts: [Tensor, Tensor] } {
    const parts: [Tensor, Tensor] = [this.left.forward(x).relu(), this.right.forward(x).sigmoid()]
    return { scores: cat(parts, 1), parts }
  }
}

class Listed extends nn.Module {
  layers = new nn.ModuleList([new nn.Linear(3, 3), new nn.Linear(3, 3), new nn.Linear(3, 3)])

  override forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = layer.forward(x).relu().add(x)
    return x
  }
}

const labelled = (): Tensor[][] => [
  [randn(5, 4), randint(3, [5])],
  [randn(5, 4), randint(3, [5])]
]

const models: Record<string, () => { net: nn.AnyModule; loss: Loss; batches: Tensor[][] }> = {
  'logistic regression with BCELoss': () => ({
    net: new LR(),
    loss: (output, y) => new nn.BCELoss().forward(output, y),
    batches: [
      [cat([normal(ones(6, 2).mul(1.7), 1), normal(ones(6, 2).mul(-1.7), 1)]), cat([zeros(6), ones(6)])],
      [randn(12, 2), cat([ones(6), zeros(6)])]
    ]
  }),
  'BCELoss with weights, summed': () => {
    const lossFn = new nn.BCELoss({ weight: rand(2), reduction: 'sum' })
    const net = new nn.Sequential(new nn.Linear(3, 2), new nn.Sigmoid())
    return { net, loss: (output, y) => lossFn.forward(output, y), batches: dense(4, 3, 2) }
  },
  'BCEWithLogitsLoss with positive weights': () => {
    const lossFn = new nn.BCEWithLogitsLoss({ posWeight: rand(2) })
    return { net: new nn.Linear(3, 2), loss: (output, y) => lossFn.forward(output, y), batches: dense(4, 3, 2) }
  },
  'ReLU and MSELoss': () => ({
    net: new nn.Sequential(new nn.Linear(3, 8), new nn.ReLU(), new nn.Linear(8, 3)),
    loss: mse,
    batches: dense(4, 3)
  }),
  'ReLU in place': () => ({
    net: new nn.Sequential(new nn.Linear(3, 8), new nn.ReLU({ inplace: true }), new nn.Linear(8, 3)),
    loss: mse,
    batches: dense(4, 3)
  }),
  'Softmax, Flatten, Identity': () => ({
    net: new nn.Sequential({
      flatten: new nn.Flatten(),
      linear: new nn.Linear(6, 4),
      same: new nn.Identity(),
      softmax: new nn.Softmax(1)
    }),
    loss: mse,
    batches: [
      [randn(5, 2, 3), rand(5, 4)],
      [randn(5, 2, 3), rand(5, 4)]
    ]
  }),
  'LogSoftmax and NLLLoss that ignores a class': () => ({
    net: new nn.Sequential(new nn.Linear(4, 3), new nn.LogSoftmax(1)),
    loss: (output, y) => new nn.NLLLoss({ ignoreIndex: 1 }).forward(output, y),
    batches: labelled()
  }),
  'CrossEntropyLoss with weights and label smoothing': () => {
    const lossFn = new nn.CrossEntropyLoss({ weight: rand(3), labelSmoothing: 0.1 })
    return { net: new nn.Linear(4, 3), loss: (output, y) => lossFn.forward(output, y), batches: labelled() }
  },
  'CrossEntropyLoss of probabilities': () => ({
    net: new nn.Linear(3, 3),
    loss: (output, y) => crossEntropy.forward(output, y),
    batches: dense(4, 3)
  }),
  'a large layer': () => ({
    net: new nn.Sequential(new nn.Linear(70, 130), new nn.Tanh(), new nn.Linear(130, 5)),
    loss: mse,
    batches: dense(33, 70, 5)
  }),
  'no bias, batch of one': () => ({ net: new nn.Linear(3, 3, { bias: false }), loss: mse, batches: dense(1, 3) }),
  'tied weights': () => ({ net: new Tied(), loss: mse, batches: dense(4, 3) }),
  'buffers that follow the batches': () => ({ net: new Running(), loss: mse, batches: dense(4, 3) }),
  'noise from the generator': () => ({ net: new Noisy(), loss: mse, batches: dense(4, 3) }),
  'outputs in an object': () => {
    const pair = new Pair()
    const net = pair as unknown as nn.Module
    const loss: Loss = (output, y) => {
      const { scores, parts } = output as unknown as { scores: Tensor; parts: [Tensor, Tensor] }
      return scores.sub(y).square().mean().add(parts[0].mul(parts[1]).sum())
    }
    return { net, loss, batches: dense(4, 3, 4) }
  },
  'a list of layers with skips': () => ({ net: new Listed(), loss: mse, batches: dense(4, 3) })
}

const optimizers: [string, (net: nn.AnyModule) => Optimizer, number][] = [
  ['SGD', sgd(), 1],
  ['SGD with momentum', momentum, 2],
  ['Adam', adam(), 2]
]

describe.each(Object.entries(models))('a compiled model: %s', (_, make) => {
  test.each(optimizers)('%s', (__, makeOne, programs) => {
    expectAsEager(
      () => {
        const { net, loss, batches: given } = make()
        const optimizer = makeOne(net)
        return { step: whole(net, optimizer, loss), batches: given, modules: [net], optimizers: [optimizer] }
      },
      { programs }
    )
  })

  test('returns outputs, gradients outside', () => {
    expectAsEager(() => {
      const { net, batches: given } = make()
      const forward = (x: Tensor): unknown => (net as nn.Module).forward(x)
      return { step: forward, batches: given.map(([x]) => [x]), modules: [net] }
    })
  })

  test('runs without gradients', () => {
    expectAsEager(() => {
      const { net, batches: given } = make()
      const forward = (x: Tensor): unknown => noGrad(() => (net as nn.Module).forward(x))
      return { step: forward, batches: given.map(([x]) => [x]), modules: [net] }
    })
  })

  test('is a compiled model in an eager step', () => {
    const train = (isCompiled: boolean) => {
      let replays = 0
      const { states } = runTask(
        () => {
          const { net, loss, batches: given } = make()
          const optimizer = momentum(net)
          const model = counted((x: Tensor): Tensor => (net as nn.Module).forward(x))
          const step = (x: Tensor, y: Tensor): Tensor => {
            optimizer.zeroGrad()
            const result = loss(isCompiled ? model.call(x) : (net as nn.Module).forward(x), y)
            result.backward()
            optimizer.step()
            replays = model.replays()
            return result
          }
          return { step, batches: given, modules: [net], optimizers: [optimizer] }
        },
        6,
        () => false
      )
      return { states, replays }
    }
    const compiled = train(true)
    expect(compiled.states).toEqual(train(false).states)
    expect(compiled.replays).toBe(5)
  })
})
