// Steps as people write them: each does compiled what it does in eager mode.

import {
  type Tensor,
  arange,
  autograd,
  full,
  manualSeed,
  nn,
  noGrad,
  ones,
  optim,
  rand,
  randn,
  slice,
  tensor,
  zeros
} from 'dyngrad'
import { CALLS, SEED, type Wrap, attempt, compiling, leaf, plain, told } from '../helpers/scenarios'

const asEager: Record<string, (wrap: Wrap) => unknown> = {
  'two optimizers share a parameter': (wrap) => {
    const p = leaf(1)
    const [a, b] = [new optim.SGD([p], { lr: 0.1, momentum: 0.9 }), new optim.Adam([p], { lr: 0.01 })]
    const step = wrap((x: Tensor) => {
      a.zeroGrad()
      p.mul(x).sum().backward()
      a.step()
      b.step()
      return p.sum()
    })
    return CALLS.map((i) => [plain(step(full([2], i))), plain(p), plain(p.grad)])
  },
  'the gradient is read and scaled inside': (wrap) => {
    const p = leaf(1)
    const step = wrap((x: Tensor) => {
      p.grad = null
      p.mul(x).sum().backward()
      const norm = p.grad!.square().sum().sqrt()
      p.grad!.div_(norm)
      return norm
    })
    return CALLS.map((i) => [plain(step(full([2], i))), plain(p.grad)])
  },
  'gradients are clipped by their norm': (wrap) => {
    const net = new nn.Linear(3, 2)
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.5 })
    const step = wrap((x: Tensor) => {
      optimizer.zeroGrad()
      const loss = net.forward(x).square().sum()
      loss.backward()
      noGrad(() => {
        const total = net.parameters().reduce((sum, { grad }) => sum.add(grad!.square().sum()), zeros([]))
        const factor = total.sqrt().reciprocal().clamp(null, 1)
        for (const { grad } of net.parameters()) grad!.mul_(factor)
      })
      optimizer.step()
      return loss
    })
    return CALLS.map(() => [plain(step(randn(4, 3))), plain(net.parameters())])
  },
  'an update by hand under noGrad': (wrap) => {
    const p = leaf(1)
    const step = wrap((x: Tensor) => {
      p.mul(x).square().sum().backward()
      noGrad(() => p.sub_(p.grad!.mul(0.01)))
      p.grad = null
    })
    return CALLS.map((i) => [step(full([2], i)), plain(p), p.version])
  },
  'an update by hand through data': (wrap) => {
    const p = leaf(1)
    const step = wrap((x: Tensor) => {
      const [gradient] = autograd.grad(p.mul(x).square().sum(), [p])
      p.data.sub_(gradient!, { alpha: 0.1 })
      return gradient
    })
    return CALLS.map((i) => [plain(step(full([2], i))), plain(p), p.version])
  },
  'a moving average of parameters': (wrap) => {
    const [p, average] = [leaf(1), zeros(2)]
    const optimizer = new optim.Adam([p], { lr: 0.1 })
    const step = wrap((x: Tensor) => {
      optimizer.zeroGrad()
      p.mul(x).sum().backward()
      optimizer.step()
      noGrad(() => average.mul_(0.9).add_(p, { alpha: 0.1 }))
    })
    return CALLS.map((i) => [step(full([2], i)), plain(p), plain(average)])
  },
  'a gradient penalty': (wrap) => {
    const net = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 1))
    const optimizer = new optim.Adam(net.parameters(), { lr: 0.1 })
    const step = wrap((x: Tensor) => {
      optimizer.zeroGrad()
      const [gradient] = autograd.grad(net.forward(x).sum(), [x], { createGraph: true })
      const loss = gradient!.square().sum()
      loss.backward()
      optimizer.step()
      return [loss, x.grad]
    })
    return CALLS.map(() => [plain(step(randn(4, 3).requiresGrad_())), plain(net.parameters())])
  },
  'three updates in one step': (wrap) => {
    const p = leaf(1)
    const optimizer = new optim.SGD([p], { lr: 0.1, momentum: 0.9 })
    const step = wrap((x: Tensor) => {
      for (let k = 0; k < 3; k++) {
        optimizer.zeroGrad()
        p.mul(x).square().sum().backward()
        optimizer.step()
      }
    })
    return CALLS.map((i) => [step(full([2], i)), plain(p), plain(p.grad), p.version])
  },
  'outputs that are written to by another compiled function': (wrap) => {
    const double = wrap((x: Tensor) => x.mul(2))
    const increment = wrap((x: Tensor) => void x.add_(1))
    return CALLS.map((i) => {
      const y = double(full([2], i))
      increment(y)
      const z = double(y)
      increment(z)
      return plain([y, z])
    })
  },
  'detached results and parameters that move on': (wrap) => {
    const p = leaf(1)
    const step = wrap((x: Tensor) => [p.mul(x).detach(), p.detach(), p.data])
    return CALLS.map((i) => {
      const results = step(full([2], i))
      const before = results.map((each) => [plain(each), each.requiresGrad])
      noGrad(() => p.add_(1))
      return [before, plain(results)]
    })
  },
  'a parameter as the result': (wrap) => {
    const p = leaf(1)
    const step = wrap(() => p)
    return CALLS.map(() => step() === p)
  },
  'a tensor from outside as the result': (wrap) => {
    const buffer = arange(6).float()
    const step = wrap((x: Tensor) => [buffer, buffer.at(slice(1, 3)), x])
    return CALLS.map((i) => {
      const [same, part] = step(ones(1))
      part.add_(i)
      return [same === buffer, plain(buffer)]
    })
  },
  'views of one parameter as arguments': (wrap) => {
    const p = arange(6).float().requiresGrad_()
    const step = wrap((x: Tensor) => x.square().sum())
    return [0, 2, 4].map((i) => {
      p.grad = null
      step(p.at(slice(i, i + 2))).backward()
      return plain(p.grad)
    })
  },
  'arguments over what the step writes to': (wrap) => {
    const base = arange(8).float()
    const state = base.at(slice(4, 8))
    const step = wrap((x: Tensor) => {
      state.add_(1)
      return x.mul(state)
    })
    return [0, 2, 4, 0].map((i) => plain([step(base.at(slice(i, i + 4))), base]))
  },
  'arguments with another graph below': (wrap) => {
    const step = wrap((x: Tensor) => x.square().sum().backward())
    return CALLS.map((i) => {
      const a = leaf(i)
      step(i % 2 === 0 ? a.mul(3) : a.exp().mul(2))
      return plain(a.grad)
    })
  },
  'arguments that keep their gradients': (wrap) => {
    const step = wrap((x: Tensor) => x.square().sum().backward())
    return CALLS.map((i) => {
      const a = leaf(i)
      const x = a.mul(2)
      if (i > 1) x.retainGrad()
      step(x)
      return plain([a.grad, x.retainsGrad ? x.grad : null])
    })
  },
  'inner arguments with hooks': (wrap) => {
    const step = wrap((x: Tensor) => x.square().sum().backward())
    return CALLS.map((i) => {
      const a = leaf(i)
      const x = a.mul(1)
      if (i % 2 === 1) x.registerHook((gradient) => gradient.mul(10))
      step(x)
      return plain(a.grad)
    })
  },
  'leaves with hooks as arguments': (wrap) => {
    const step = wrap((x: Tensor) => x.square().sum().backward())
    return CALLS.map((i) => {
      const a = leaf(i)
      if (i % 2 === 1) a.registerHook((gradient) => gradient.mul(10))
      step(a)
      return plain(a.grad)
    })
  },
  'a hook on a parameter for one step': (wrap) => {
    const p = leaf(1)
    const step = wrap((x: Tensor) => {
      p.grad = null
      const remove = p.registerHook((gradient) => gradient.mul(5))
      p.mul(x).sum().backward()
      remove()
    })
    return CALLS.map((i) => {
      step(full([2], i))
      const first = plain(p.grad)
      p.grad = null
      p.sum().backward()
      return [first, plain(p.grad)]
    })
  },
  'hooks and kept gradients on results': (wrap) => {
    const step = wrap((x: Tensor) => [x.square(), x.exp()])
    return CALLS.map((i) => {
      const x = leaf(i)
      const [y, z] = step(x)
      y.retainGrad()
      z.registerHook((gradient) => gradient.mul(100))
      y.sin().sum().add(z.sum()).backward()
      return plain([x.grad, y.grad])
    })
  },
  'gradients for some inputs only': (wrap) => {
    const step = wrap((x: Tensor, y: Tensor) =>
      x
        .mul(y)
        .sum()
        .backward({ inputs: [y] })
    )
    return CALLS.map((i) => {
      const [x, y] = [leaf(i), leaf(5)]
      step(x, y)
      return plain([x.grad, y.grad])
    })
  },
  'one half of backward inside, the other outside': (wrap) => {
    const step = wrap((x: Tensor) => {
      const [square, power] = [x.square(), x.exp()]
      square.sum().backward()
      return power
    })
    return CALLS.map((i) => {
      const x = leaf(i)
      const power = step(x)
      power.sum().backward()
      return [plain(x.grad), power.gradFn!.name]
    })
  },
  'a graph that backward inside has kept, and one that it has freed': (wrap) =>
    [true, false].map((retainGraph) => {
      const step = wrap((x: Tensor) => {
        const loss = x.square().sum()
        loss.backward({ retainGraph })
        return loss
      })
      return CALLS.map((i) => {
        const x = leaf(i)
        const loss = step(x)
        return [attempt(() => loss.backward()), plain(x.grad)]
      })
    }),
  'results that are written to before backward': (wrap) =>
    [(x: Tensor) => x.exp(), (x: Tensor) => x.mul(3)].map((fn) => {
      const step = wrap(fn)
      return CALLS.map((i) => {
        const x = leaf(i)
        const y = step(x)
        y.mul_(2)
        return [attempt(() => y.sum().backward()) === undefined, plain(x.grad)]
      })
    }),
  'versions of what a view shows': (wrap) => {
    const step = wrap((x: Tensor) => void x.add_(1))
    return CALLS.map(() => {
      const base = zeros(4)
      for (const each of [base, base.detach(), base.data]) step(each.at(slice(1, 3)))
      return [plain(base), base.version]
    })
  },
  'a group of parameters is added': (wrap) => {
    const [p, q] = [leaf(1), leaf(5)]
    const optimizer = new optim.SGD([p], { lr: 0.1 })
    const step = wrap((x: Tensor) => {
      optimizer.zeroGrad()
      p.mul(x).add(q).sum().backward()
      optimizer.step()
    })
    return CALLS.map((i) => {
      if (i === 3) optimizer.addParamGroup({ params: [q], lr: 1 })
      step(ones(2))
      return plain([p, q, q.grad])
    })
  },
  'a model that becomes float64': (wrap) => {
    const net = new nn.Linear(2, 2)
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 })
    const step = wrap((x: Tensor) => {
      optimizer.zeroGrad()
      net.forward(x).sum().backward()
      optimizer.step()
    })
    return CALLS.map((i) => {
      if (i === 3) net.double()
      step(ones([1, 2], { dtype: i < 3 ? 'float32' : 'float64' }))
      return plain(net.parameters())
    })
  },
  'gradients given from outside, which stay the same object': (wrap) => {
    const p = leaf(1)
    const optimizer = new optim.SGD([p], { lr: 0.1 })
    const step = wrap(() => {
      optimizer.step()
      p.grad!.mul_(2)
    })
    const gradient = ones(2)
    p.grad = gradient
    return CALLS.map(() => [step(), plain([p, gradient]), p.grad === gradient])
  },
  'gradients given from outside, transposed and row-major by turns': (wrap) => {
    const p = new nn.Parameter(zeros(2, 2))
    const optimizer = new optim.SGD([p], { lr: 0.1, momentum: 0.9 })
    const step = wrap(() => void optimizer.step())
    return CALLS.map((i) => {
      const gradient = arange(4).float().reshape(2, 2)
      p.grad = i % 2 === 0 ? gradient : gradient.t()
      step()
      return plain(p)
    })
  },
  'two parameters with one gradient, then with two': (wrap) => {
    const [p, q] = [leaf(1), leaf(1)]
    const optimizer = new optim.SGD([p, q], { lr: 0.1 })
    const step = wrap(() => {
      optimizer.step()
      p.grad!.mul_(2)
    })
    return CALLS.map((i) => {
      p.grad = full([2], i)
      q.grad = i === 2 ? ones(2) : p.grad
      step()
      return plain([p, q, q.grad])
    })
  },
  'two parameters that share memory': (wrap) => {
    const base = arange(4).float()
    const [p, q] = [new nn.Parameter(base.at(slice(0, 2))), new nn.Parameter(base.at(slice(1, 3)))]
    const optimizer = new optim.SGD([p, q], { lr: 0.1 })
    const step = wrap((x: Tensor) => {
      optimizer.zeroGrad()
      p.mul(x).add(q).sum().backward()
      optimizer.step()
    })
    return CALLS.map((i) => [step(full([2], i)), plain(base)])
  },
  'gradients that pile up, while somebody holds them': (wrap) => {
    const p = leaf(1)
    const step = wrap((x: Tensor) => p.mul(x).sum().backward())
    const held: (Tensor | null)[] = []
    return CALLS.map((i) => {
      step(full([2], i))
      held.push(p.grad)
      return [plain(held), held.map((each) => each === held[0])]
    })
  },
  'the gradient as the result, written to outside': (wrap) => {
    const p = leaf(1)
    const step = wrap((x: Tensor): Tensor | null => {
      p.grad = null
      p.mul(x).sum().backward()
      return p.grad
    })
    return CALLS.map((i) => {
      const gradient = step(full([2], i))!
      gradient.mul_(2)
      return [plain([gradient, p.grad]), gradient === p.grad]
    })
  },
  'batches without elements': (wrap) => {
    const net = new nn.Linear(2, 1)
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 })
    const step = wrap((x: Tensor) => {
      optimizer.zeroGrad()
      const loss = net.forward(x).sum()
      loss.backward()
      optimizer.step()
      return loss
    })
    return [0, 0, 2, 0].map((rows) => [plain(step(ones(rows, 2))), plain(net.parameters()), plain(net.weight.grad)])
  },
  'losses that are NaN': (wrap) => {
    const p = tensor([0], { requiresGrad: true })
    const optimizer = new optim.Adam([p], { lr: 0.1 })
    const step = wrap((x: Tensor) => {
      optimizer.zeroGrad()
      const loss = p.div(x).log().sum()
      loss.backward()
      optimizer.step()
      return loss
    })
    return CALLS.map(() => [String(step(zeros(1))), String(p)])
  },
  'the stream is set between calls': (wrap) => {
    const step = wrap((x: Tensor) => x.mul(rand(2)))
    return CALLS.map((i) => {
      manualSeed(i % 2)
      return plain(step(ones(2)))
    })
  },
  'memory exchanged through data of an argument': (wrap) => {
    const step = wrap((x: Tensor) => x.mul(2))
    const x = ones(2)
    return CALLS.map((i) => {
      x.data = full([2], i)
      return plain(step(x))
    })
  },
  'a model is made inside': (wrap) => {
    const step = wrap((x: Tensor) => new nn.Linear(2, 2).forward(x))
    return CALLS.map((i) => plain(step(full([1, 2], i))))
  },
  'an optimizer is made inside': (wrap) => {
    const p = leaf(1)
    const step = wrap((x: Tensor) => {
      const optimizer = new optim.SGD([p], { lr: 0.1, momentum: 0.9 })
      p.grad = null
      p.mul(x).sum().backward()
      optimizer.step()
    })
    return CALLS.map((i) => [step(full([2], i)), plain(p)])
  },
  'weights are loaded inside': (wrap) => {
    const [from, to] = [new nn.Linear(1, 1), new nn.Linear(1, 1)]
    const step = wrap((x: Tensor) => {
      to.loadStateDict(from.stateDict())
      return to.forward(x)
    })
    return CALLS.map((i) => {
      noGrad(() => from.weight.fill_(i))
      return plain([step(ones(1, 1)), to.weight])
    })
  },
  'the mode is changed inside': (wrap) => {
    const net = new nn.Linear(1, 1)
    const step = wrap((x: Tensor) => net.eval().forward(x))
    return CALLS.map(() => {
      net.train()
      step(ones(1, 1))
      return net.training
    })
  }
}

describe(`compiled, as in eager mode (seed ${SEED}):`, () => {
  test.each(Object.entries(asEager))('%s', (_, scenario) => {
    expect(told(scenario, compiling)).toBe(told(scenario, (fn) => fn))
  })
})
