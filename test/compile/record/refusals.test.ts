// What a replay would have to do outside of launches: it does what eager mode does, or is refused; nothing differs
// silently.

import { type Tensor, full, noGrad, ones, optim, zeros } from 'dyngrad'
import { CALLS, SEED, type Wrap, attempt, compiling, leaf, plain, told } from '../../helpers/scenarios'

/** What a replay would have to do outside of launches; to refuse it is right as well. */
const asEagerOrRefused: Record<string, (wrap: Wrap) => unknown> = {
  'a returned view is written to, and its base has a graph': (wrap) => {
    const step = wrap((x: Tensor) => {
      const y = x.mul(2)
      return [y, y.at(0)]
    })
    return CALLS.map((i) => {
      const x = leaf(i)
      const [y, first] = step(x)
      first.mul_(3)
      y.sum().backward()
      return plain([y, x.grad])
    })
  },
  'a returned base is written to, and its view has a graph': (wrap) => {
    const step = wrap((x: Tensor) => {
      const y = x.mul(2)
      return [y, y.at(0)]
    })
    return CALLS.map((i) => {
      const x = leaf(i)
      const [y, first] = step(x)
      y.mul_(3)
      first.sum().backward()
      return [plain([y, first, x.grad]), first.base === y]
    })
  },
  'a returned view of an argument is written to': (wrap) => {
    const step = wrap((x: Tensor) => x.at(0))
    return CALLS.map((i) => {
      const a = leaf(i)
      const x = a.mul(2)
      const first = step(x)
      first.mul_(3)
      x.sum().backward()
      return [plain([x, a.grad]), first.base === x]
    })
  },
  'a returned view of a leaf is written to': (wrap) => {
    const step = wrap((x: Tensor) => x.at(0))
    return CALLS.map((i) => attempt(() => step(leaf(i)).mul_(3)))
  },
  'a returned view that noGrad made is written to': (wrap) => {
    const step = wrap((x: Tensor) => noGrad(() => x.at(0)))
    return CALLS.map((i) => attempt(() => step(leaf(i).mul(2)).mul_(3)))
  },
  'an argument with a graph is written to': (wrap) => {
    const step = wrap((x: Tensor, y: Tensor) => void x.mul_(y))
    return CALLS.map((i) => {
      const [a, b] = [leaf(i), leaf(3)]
      const x = a.mul(2)
      step(x, b)
      x.sum().backward()
      return plain([x, a.grad, b.grad])
    })
  },
  'a view of an argument with a graph is written to': (wrap) => {
    const step = wrap((x: Tensor, y: Tensor) => void x.at(0).mul_(y.at(1)))
    return CALLS.map((i) => {
      const [a, b] = [leaf(i), leaf(3)]
      const x = a.mul(2)
      step(x, b)
      x.square().sum().backward()
      return plain([x, a.grad, b.grad])
    })
  },
  'an argument with a graph is written to twice': (wrap) => {
    const step = wrap((x: Tensor, y: Tensor) => [x.mul_(2).sub_(y), y.add(x)])
    return CALLS.map((i) => {
      const [a, b] = [leaf(i), leaf(3)]
      const x = a.mul(2)
      const [, sum] = step(x, b)
      x.sum().add(sum.square().sum()).backward()
      return [plain([x, a.grad, b.grad]), x.gradFn!.name]
    })
  },
  'an argument is written to with what has a graph': (wrap) => {
    const step = wrap((x: Tensor, y: Tensor) => void x.add_(y))
    return CALLS.map((i) => {
      const [x, y] = [zeros(2), leaf(i)]
      step(x, y)
      x.sum().backward()
      return plain([x, y.grad])
    })
  },
  'a tensor from outside is written to with what has a graph': (wrap) => {
    const total = zeros(2)
    const step = wrap((x: Tensor) => void total.add_(x))
    return CALLS.map((i) => {
      const x = leaf(i)
      step(x)
      return [plain(total), total.requiresGrad, attempt(() => total.sum().backward()), plain(x.grad)]
    })
  },
  'an argument begins to require a gradient': (wrap) => {
    const step = wrap((x: Tensor) => x.requiresGrad_().mul(2))
    return CALLS.map((i) => {
      const x = full([2], i)
      const y = step(x)
      return [x.requiresGrad, y.requiresGrad]
    })
  },
  'a tensor from outside begins to require a gradient': (wrap) => {
    const p = ones(2)
    const step = wrap((x: Tensor) => {
      p.requiresGrad_(true)
      p.grad = null
      p.mul(x).sum().backward()
    })
    return CALLS.map((i) => {
      step(full([2], i))
      const after = [p.requiresGrad, plain(p.grad)]
      p.requiresGrad_(i % 2 === 0)
      return after
    })
  },
  'an argument leaves its graph': (wrap) => {
    const step = wrap((x: Tensor) => x.detach_().mul(2))
    return CALLS.map((i) => {
      const x = leaf(i).mul(2)
      const y = step(x)
      return [x.requiresGrad, y.requiresGrad]
    })
  },
  'an argument gets a hook': (wrap) => {
    const step = wrap((x: Tensor) => {
      x.registerHook((gradient) => gradient.mul(5))
      return x.square().sum()
    })
    return CALLS.map((i) => {
      const x = leaf(i)
      step(x).backward()
      return plain(x.grad)
    })
  },
  'an argument keeps its gradient from now on': (wrap) => {
    const step = wrap((x: Tensor) => {
      x.retainGrad()
      x.square().sum().backward()
    })
    return CALLS.map((i) => {
      const x = leaf(i).mul(2)
      step(x)
      return plain(x.grad)
    })
  },
  'the learning rate is changed inside': (wrap) => {
    const p = leaf(1)
    const optimizer = new optim.SGD([p], { lr: 1 })
    const step = wrap((x: Tensor) => {
      optimizer.zeroGrad()
      p.mul(x).sum().backward()
      optimizer.step()
      optimizer.paramGroups[0].lr *= 0.5
    })
    return CALLS.map((i) => [step(full([2], i)), plain(p), optimizer.paramGroups[0].lr])
  }
}

describe(`compiled, as in eager mode or refused (seed ${SEED}):`, () => {
  test.each(Object.entries(asEagerOrRefused))('%s', (_, scenario) => {
    const compiled = told(scenario, compiling)
    // A replayed view must not be written in place where its base would miss the gradient.
    const isRefused = /^CompileError: compile: |^Error: Output \d+ of \w+ is a view and is being modified inplace/.test(
      compiled
    )
    if (!isRefused) expect(compiled).toBe(told(scenario, (fn) => fn))
  })
})
