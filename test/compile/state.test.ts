// What compiled functions close over, the graphs and the gradients that they leave.

import {
  CompileError,
  Generator,
  type Tensor,
  autograd,
  cat,
  compile,
  enableGrad,
  full,
  isGradEnabled,
  nn,
  noGrad,
  ones,
  optim,
  rand,
  setGradEnabled,
  slice,
  tensor,
  zeros
} from 'dyngrad'
import { expectAsEager, leaves, type Make, pair, random } from '../helpers/calls'
import { values } from '../helpers/check'
import { tensorDifference } from '../helpers/close'
import { counted } from '../helpers/compiled'

describe('what a compiled function closes over', () => {
  test('is read anew at each replay', () => {
    const scale = tensor([2, 3])
    const { call, runs } = counted((x: Tensor) => x.mul(scale))
    expect(values(call(ones(2)))).toEqual([2, 3])
    scale.fill_(5)
    expect(values(call(ones(2)))).toEqual([5, 5])
    expect(runs()).toBe(1)
  })

  test('may be an argument in another call', () => {
    const scale = tensor([2, 3])
    const { call } = counted((x: Tensor) => x.mul(scale).add(x))
    expect(values(call(ones(2)))).toEqual([3, 4])
    expect(values(call(scale))).toEqual([6, 12])
    expect(values(call(full([2], 2)))).toEqual([6, 8])
  })

  test('may be written to by the step, and the argument be that tensor', () => {
    const total = zeros(2)
    const { call } = counted((x: Tensor) => total.add_(x))
    call(ones(2))
    call(ones(2))
    call(total)
    call(ones(2))
    expect(values(total)).toEqual([5, 5])
    expect(total.version).toBe(4)
  })

  test('may be given other memory through data', () => {
    const weight = ones(2, { requiresGrad: true })
    const { call } = counted((x: Tensor) => weight.mul(x))
    expect(values(call(ones(2)).detach())).toEqual([1, 1])
    expect(values(call(ones(2)).detach())).toEqual([1, 1])
    weight.data = full([2], 4)
    expect(values(call(ones(2)).detach())).toEqual([4, 4])
    weight.data.fill_(6)
    expect(values(call(ones(2)).detach())).toEqual([6, 6])
  })

  test('may begin and cease to require a gradient', () => {
    const weight = ones(2)
    const { call } = counted((x: Tensor) => weight.mul(x))
    for (const requiresGrad of [false, false, true, true, false]) {
      weight.requiresGrad_(requiresGrad)
      expect(call(ones(2)).requiresGrad).toBe(requiresGrad)
    }
  })

  test('may have a graph of its own, through which gradients go', () => {
    const leaf = tensor([2, 3], { requiresGrad: true })
    const scale = leaf.square()
    const { call, runs } = counted((x: Tensor) => x.mul(scale))
    for (const value of [1, 2, 3]) {
      leaf.grad = null
      call(full([2], value))
        .sum()
        .backward({ retainGraph: true })
      expect(values(leaf.grad!)).toEqual([4 * value, 6 * value])
    }
    expect(runs()).toBe(1)
  })

  test('may be a generator', () => {
    const [ours, theirs] = [new Generator().manualSeed(3), new Generator().manualSeed(3)]
    const { call, runs } = counted(() => rand(4, { generator: ours }))
    for (let i = 0; i < 4; i++) expect(tensorDifference(call(), rand(4, { generator: theirs }))).toBeNull()
    ours.manualSeed(9)
    theirs.manualSeed(9)
    expect(tensorDifference(call(), rand(4, { generator: theirs }))).toBeNull()
    expect(runs()).toBe(1)
  })

  test('may be another compiled function, which is then part of the step', () => {
    const double = compile((x: Tensor) => x.mul(2))
    const { call, runs } = counted((x: Tensor) => double(x).add(1))
    for (const value of [1, 2, 3]) expect(values(call(full([1], value)))).toEqual([2 * value + 1])
    expect(runs()).toBe(1)
    expect(double.programs).toHaveLength(0)
  })

  test('a hook that is registered on a tensor or removed later counts', () => {
    const weight = ones(2, { requiresGrad: true })
    const { call, runs } = counted((x: Tensor) => {
      weight.grad = null
      weight.mul(x).sum().backward()
    })
    const gradient = (): number => {
      call(full([2], 2))
      return values(weight.grad!)[0]
    }
    expect([gradient(), gradient()]).toEqual([2, 2])
    const remove = weight.registerHook((grad) => grad.mul(5))
    expect([gradient(), gradient()]).toEqual([10, 10])
    remove()
    expect([gradient(), gradient()]).toEqual([2, 2])
    expect(runs()).toBe(2)
  })

  test('a forward hook that is registered or removed later counts', () => {
    const net = new nn.Identity()
    const { call } = counted((x: Tensor) => net.forward(x).mul(1))
    expect(values(call(ones(1)))).toEqual([1])
    const remove = net.registerForwardHook((_, __, output) => output.mul(5))
    expect(values(call(ones(1)))).toEqual([5])
    expect(values(call(ones(1)))).toEqual([5])
    remove()
    expect(values(call(ones(1)))).toEqual([1])
  })
})

describe('the graph of a compiled function', () => {
  test('is freed by backward, kept by retainGraph', () => {
    const f = compile((x: Tensor) => x.square().sum())
    for (let i = 0; i < 3; i++) {
      const x = full([2], i, { requiresGrad: true })
      const loss = f(x)
      loss.backward({ retainGraph: true })
      loss.backward()
      expect(values(x.grad!)).toEqual([4 * i, 4 * i])
      expect(() => loss.backward()).toThrow('Trying to backward through the graph a second time')
    }
  })

  test('notices that an argument was changed in place', () => {
    const f = compile((x: Tensor) => x.square().sum())
    for (let i = 0; i < 3; i++) {
      const inner = ones(2, { requiresGrad: true }).mul(2)
      const loss = f(inner)
      inner.add_(1)
      expect(() => loss.backward()).toThrow('modified by an inplace operation')
    }
  })

  test('notices that a tensor it closes over was changed in place', () => {
    const weight = ones(2)
    const f = compile((x: Tensor) => x.mul(weight).sum())
    for (let i = 0; i < 3; i++) {
      const x = ones(2, { requiresGrad: true })
      const loss = f(x)
      weight.add_(1)
      expect(() => loss.backward()).toThrow('modified by an inplace operation')
    }
  })

  test('belongs to its call: two calls, then two backwards in either order', () => {
    const f = compile((x: Tensor) => x.square().mul(3).sum())
    f(ones(1, { requiresGrad: true }))
    const xs = [2, 3].map((value) => full([1], value, { requiresGrad: true }))
    const losses = xs.map((x) => f(x))
    losses.reverse().forEach((loss) => loss.backward())
    expect(xs.map((x) => values(x.grad!))).toEqual([[12], [18]])
  })

  test('refuses createGraph and says what to do', () => {
    const f = compile((x: Tensor) => x.square().sum())
    for (let i = 0; i < 2; i++) {
      const loss = f(ones(1, { requiresGrad: true }))
      expect(() => loss.backward({ createGraph: true })).toThrow(/^compile: .*call the function itself/)
    }
  })

  test('joins a larger graph, before and after', () => {
    const f = compile((x: Tensor, y: Tensor) => x.mul(y).tanh())
    const run = (g: typeof f | ((x: Tensor, y: Tensor) => Tensor)): number[] => {
      const [a, b] = [tensor([1, 2], { requiresGrad: true }), tensor([0.5, -0.5], { requiresGrad: true })]
      g(g(a.exp(), b), g(b, a).sin()).square().sum().backward()
      return [...values(a.grad!), ...values(b.grad!)]
    }
    const eager = run((x, y) => x.mul(y).tanh())
    for (let i = 0; i < 3; i++) expect(run(f)).toEqual(eager)
  })

  test('gives a gradient to what asks for it only', () => {
    const f = compile((x: Tensor, y: Tensor) => x.mul(y).sum())
    for (const [first, second] of [
      [true, false],
      [false, true],
      [true, true],
      [true, false]
    ]) {
      const [x, y] = [ones(2).requiresGrad_(first), full([2], 3).requiresGrad_(second)]
      f(x, y).backward()
      expect([x.grad && values(x.grad), y.grad && values(y.grad)]).toEqual([
        first ? [3, 3] : null,
        second ? [1, 1] : null
      ])
    }
  })

  test('is not recorded where grad mode is switched off inside', () => {
    const f = compile((x: Tensor) => {
      const off = noGrad(() => x.mul(2))
      const on = enableGrad(() => x.mul(3))
      return [off, on]
    })
    for (let i = 0; i < 3; i++) {
      const [off, on] = f(ones(1, { requiresGrad: true }))
      expect([off.requiresGrad, on.requiresGrad]).toEqual([false, true])
    }
    noGrad(() =>
      expect(f(ones(1, { requiresGrad: true })).map(({ requiresGrad }) => requiresGrad)).toEqual([false, true])
    )
  })

  test('grad mode that the function leaves changed is left so by replays', () => {
    const f = compile((x: Tensor) => {
      setGradEnabled(false)
      return x.mul(2)
    })
    for (let i = 0; i < 3; i++) {
      f(ones(1))
      expect(isGradEnabled()).toBe(false)
      setGradEnabled(true)
    }
  })
})

describe('what a step does to graphs', () => {
  test('it may ask for gradients of what it made', () => {
    expectAsEager((x) => {
      const inner = x.detach().requiresGrad_()
      inner.square().sum().backward()
      return inner.grad
    }, pair)
  })

  test('it may keep the gradient of an inner tensor', () => {
    expectAsEager((x, y) => {
      const inner = x.mul(y)
      inner.retainGrad()
      inner.square().sum().backward()
      return inner.grad
    }, leaves)
  })

  test('it may hook an inner tensor', () => {
    expectAsEager((x, y) => {
      const inner = x.mul(y)
      inner.registerHook((gradient) => gradient.mul(3))
      inner.square().sum().backward()
    }, leaves)
  })

  test('it may differentiate twice', () => {
    expectAsEager((x, y) => {
      const [first] = autograd.grad(x.pow(3).mul(y).sum(), [x], { createGraph: true })
      first.square().sum().backward()
    }, leaves)
  })

  test('it may run backward twice through a graph that it keeps', () => {
    expectAsEager((x, y) => {
      const loss = x.square().mul(y).sum()
      loss.backward({ retainGraph: true })
      loss.backward()
      return loss
    }, leaves)
  })

  test('it may accumulate into gradients that its arguments have', () => {
    const make: Make = (source) => {
      const [x, y] = leaves(source)
      x.grad = random(source, 3, 4)
      return [x, y]
    }
    expectAsEager((x, y) => x.mul(y).sum().backward(), make)
  })

  test('it may set and clear gradients of its arguments', () => {
    expectAsEager((x, y) => {
      x.mul(y).sum().backward()
      const { grad } = x
      x.grad = y.detach().mul(2)
      y.grad = null
      return grad
    }, leaves)
  })

  test('it may return a gradient that an argument keeps', () => {
    expectAsEager((x, y) => {
      x.mul(y).sum().backward()
      return [x.grad, y.grad!.mul(2)]
    }, leaves)
  })
})

describe('a gradient that a compiled step leaves', () => {
  const weight = ones(3, { requiresGrad: true })
  const step = compile((x: Tensor) => {
    weight.grad = null
    weight.mul(x).sum().backward()
  })

  test('keeps its values once it was handed out', () => {
    const gradients = [1, 2, 3, 4].map((value) => {
      step(full([3], value))
      return weight.grad!
    })
    expect(gradients.map((gradient) => values(gradient)[0])).toEqual([1, 2, 3, 4])
    expect(weight.grad).toBe(gradients[3])
  })

  test('is that of the last call when nobody looked before', () => {
    for (const value of [5, 6, 7]) step(full([3], value))
    expect(values(weight.grad!)).toEqual([7, 7, 7])
  })

  test('may be changed, and the change counts', () => {
    step(ones(3))
    weight.grad!.mul_(10)
    expect(values(weight.grad!)).toEqual([10, 10, 10])
    weight.mul(2).sum().backward()
    expect(values(weight.grad!)).toEqual([12, 12, 12])
  })

  test('accumulates in eager mode on top of what no one has read', () => {
    step(full([3], 2))
    step(full([3], 3))
    weight.mul(4).sum().backward()
    expect(values(weight.grad!)).toEqual([7, 7, 7])
  })

  test('is read by an eager optimizer', () => {
    const optimizer = new optim.SGD([weight], { lr: 1 })
    const before = values(weight.detach())[0]
    step(full([3], 2))
    step(full([3], 0.5))
    optimizer.step()
    expect(values(weight.detach())[0]).toBe(before - 0.5)
  })

  test('of two programs does not mix', () => {
    step(full([3], 2))
    step(cat([ones(1), ones(2)]).mul(3))
    step(ones(6).at(slice(0, 6, 2)))
    const gradient = weight.grad!
    step(full([3], 8))
    expect([values(gradient), values(weight.grad!)]).toEqual([
      [1, 1, 1],
      [8, 8, 8]
    ])
  })
})

describe('a captured step', () => {
  test('that reads a value throws, and the function still works outside', () => {
    const fn = (x: Tensor): Tensor => x.mul(x.sum().item())
    const f = compile(fn)
    expect(() => f(ones(2))).toThrow(
      'compile: item() reads a value while recording; return the tensor and read it after the call'
    )
    expect(values(fn(ones(2)))).toEqual([2, 2])
  })

  test('that catches the refusal throws nevertheless', () => {
    const f = compile((x: Tensor) => {
      try {
        x.sum().item()
      } catch {
        return x
      }
      return x.mul(2)
    })
    expect(() => f(ones(2))).toThrow(CompileError)
  })

  test('that returns a Promise throws', () => {
    const f = compile(((x: Tensor) => Promise.resolve(x.mul(2))) as (x: Tensor) => unknown)
    expect(() => f(ones(2))).toThrow(/^compile: the function returns a Promise/)
    expect(() => noGrad(() => f(ones(2)))).toThrow(/^compile: the function returns a Promise/)
  })

  test('that throws midway leaves what the eager run left, and no program', () => {
    const state = zeros(2)
    const f = compile((x: Tensor) => {
      state.add_(x)
      throw new Error('stop')
    })
    for (const i of [1, 2, 3]) {
      expect(() => f(ones(2))).toThrow('stop')
      expect(values(state)).toEqual([i, i])
    }
    expect(f.programs).toHaveLength(0)
  })

  test('locks what only it has seen, and nothing else', () => {
    let stash: Tensor | null = null
    const f = compile((x: Tensor) => {
      stash = x.mul(2)
      return stash.add(1)
    })
    const x = ones(2)
    expect(values(f(x))).toEqual([3, 3])
    expect(() => stash!.tolist()).toThrow('was made inside a compiled step')
    expect(() => stash!.add(1)).toThrow('was made inside a compiled step')
    expect(values(x.add(1))).toEqual([2, 2])
  })

  test('writes a number at an index', () => {
    const { call, runs } = counted((x: Tensor) => x.mul(2).setAt(0, 7))
    for (const value of [1, 3]) expect(values(call(full([2], value)))).toEqual([7, 2 * value])
    expect(runs()).toBe(1)
  })

  test('counts the versions of what it writes, so that a stale saved tensor is noticed', () => {
    const weight = tensor([1, 2])
    const f = compile((x: Tensor) => weight.add_(x))
    f(ones(2))
    const product = ones(2, { requiresGrad: true }).mul(weight).sum()
    f(ones(2))
    expect(values(weight)).toEqual([3, 4])
    expect(() => product.backward()).toThrow('modified by an inplace operation')
  })

  test('with momentum but nothing else that differs has a program for the first step and one for the others', () => {
    const parameter = tensor([1, 2], { requiresGrad: true })
    const optimizer = new optim.SGD([parameter], { lr: 0.1, momentum: 0.9 })
    const { call, runs } = counted((x: Tensor) => {
      const loss = parameter.mul(x).sum()
      loss.backward()
      optimizer.step()
      optimizer.zeroGrad()
      return loss
    })
    for (let i = 0; i < 6; i++) call(tensor([3, 4]))
    expect(runs()).toBe(2)
  })

  test('explains itself', () => {
    const f = compile((x: Tensor) => x.mul(2).sum())
    f(ones(3))
    expect(f.explain()).toMatch(/sum\(mul\(/)
    expect(f.programs[0].launches).toBe(1)
    expect(f.programs[0].reason).toBe('first call')
  })
})

describe('arguments of compile()', () => {
  test.each<[string, () => unknown]>([
    ['TypeError: compile: fn must be a function, got 3', () => compile(3 as never)],
    ['RangeError: compile: maxPrograms must be a positive integer, got 0', () => compile(() => 0, { maxPrograms: 0 })]
  ])('%s', (message, call) => {
    let text = ''
    try {
      call()
    } catch (error) {
      text = String(error)
    }
    expect(text).toBe(message)
  })
})
