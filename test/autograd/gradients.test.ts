// What arrives where: accumulation, roots, inputs, hooks, dtypes and shapes of gradients. (SEMANTICS 10-16, 19-28)
import { type Tensor, autograd, cat, enableGrad, noGrad, ones, tensor, zeros } from '../../lib'

const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true })

describe('grad', () => {
  test('is null before the first backward, and stays null on leaves that are not reached', () => {
    const [a, b] = [leaf(1), leaf(2)]
    expect(a.grad).toBeNull()
    a.mul(2).backward()
    expect([a.grad, b.grad].map(String)).toEqual(['tensor([2.])', 'null'])
  })

  test('accumulates in place into the same tensor; after null a new one is made', () => {
    const a = leaf(1)
    a.mul(2).backward()
    const first = a.grad!
    a.mul(3).backward()
    expect(a.grad).toBe(first)
    expect(String(first)).toBe('tensor([5.])')
    a.grad = null
    a.mul(2).backward()
    expect(a.grad).not.toBe(first)
    expect(String(first)).toBe('tensor([5.])')
  })

  test('that the user assigned is accumulated into, and must match shape and dtype', () => {
    const a = leaf(1, 2)
    const mine = ones(2)
    a.grad = mine
    a.mul(2).sum().backward()
    expect(a.grad).toBe(mine)
    expect(String(mine)).toBe('tensor([3., 3.])')
    expect(() => (a.grad = ones(3))).toThrow(
      new RangeError(
        "attempting to assign a gradient of size '[3]' to a tensor of size '[2]'. " +
          'Please ensure that the gradient and the tensor are the same size'
      )
    )
    expect(() => (a.grad = ones(2, { dtype: 'float64' }))).toThrow(
      new TypeError(
        "attempting to assign a gradient with dtype 'float64' to a tensor with dtype 'float32'; convert it first"
      )
    )
    expect(() => (a.grad = 3 as unknown as Tensor)).toThrow(
      new TypeError('assigned grad expected to be a Tensor or null but got grad of type number')
    )
  })

  test('that was assigned with other strides keeps them', () => {
    const a = ones(2, 3).requiresGrad_()
    const mine = zeros(3, 2).t()
    a.grad = mine
    a.mul(tensor([[1, 2, 3], [4, 5, 6]])).sum().backward() // prettier-ignore
    expect(a.grad).toBe(mine)
    expect(mine.tolist()).toEqual([[1, 2, 3], [4, 5, 6]]) // prettier-ignore
  })
})

describe('gradient buffers', () => {
  const storages = (...tensors: (Tensor | null)[]): number => new Set(tensors.map((each) => each!.storage)).size

  test.each([3, 5000])('of two operands and the argument are apart (%i elements)', (size) => {
    const [a, b, g] = [ones(size).requiresGrad_(), ones(size).requiresGrad_(), ones(size)]
    const y = a.add(b)
    y.retainGrad()
    y.backward({ gradient: g })
    expect(storages(a.grad, b.grad, g, y, y.grad)).toBe(5)
    a.grad!.mul_(2)
    g.mul_(3)
    expect([a.grad, b.grad, g, y.grad].map((each) => each!.at(0).item())).toEqual([2, 1, 3, 1])
  })

  test.each([3, 5000])('of a leaf that is its own output are copies (%i elements)', (size) => {
    const a = ones(size).requiresGrad_()
    const g = ones(size)
    a.backward({ gradient: g })
    expect(storages(a.grad, g)).toBe(2)
  })

  test('are apart from saved tensors: d(a b)/da is not b', () => {
    const [a, b] = [leaf(1, 1), leaf(2, 3)]
    a.mul(b).sum().backward()
    a.grad!.zero_()
    expect(String(b)).toBe('tensor([2., 3.], requires_grad=True)')
  })

  test('of sums and expanded tensors are dense', () => {
    const x = ones(2, 3).requiresGrad_()
    x.sum().backward()
    expect([x.grad!.stride(), x.grad!.isContiguous()]).toEqual([[3, 1], true])
    x.grad!.setAt([0, 0], 7)
    expect(x.grad!.tolist()).toEqual([[7, 1, 1], [1, 1, 1]]) // prettier-ignore
    const s = leaf(2)
    const y = s.expand(4)
    y.retainGrad()
    y.sum().backward()
    expect([y.grad!.stride(), String(s.grad)]).toEqual([[1], 'tensor([4.])'])
  })

  test('are no views', () => {
    const x = ones(2, 3).requiresGrad_()
    x.view(6).mul(2).sum().backward()
    expect([x.grad!.base, x.grad!.storage.byteLength]).toEqual([null, 24])
    // The derivative of cat hands on a piece of a larger gradient.
    const y = ones(2000).requiresGrad_()
    cat([ones(4000), y.view(2000)])
      .mul(2)
      .sum()
      .backward()
    expect([y.grad!.base, y.grad!.storage.byteLength]).toEqual([null, 8000])
  })
})

describe('the gradient of a root', () => {
  test('is 1 where there is exactly one element', () => {
    for (const shape of [[], [1], [1, 1]]) {
      const x = ones(shape).requiresGrad_()
      x.mul(3).backward()
      expect([x.grad!.shape, x.grad!.item()]).toEqual([shape, 3])
    }
    const none = (count: number): string =>
      `grad can be implicitly created only for scalar outputs; the output has ${count} elements: pass { gradient } or reduce it to one`
    expect(() => leaf().mul(2).backward()).toThrow(new Error(none(0)))
    expect(() => leaf(1, 2).mul(2).backward()).toThrow(new Error(none(2)))
  })

  test('must have the shape of the output', () => {
    const x = leaf(1, 2)
    for (const gradient of [ones(1), ones([]), ones(1, 2), ones(3)]) {
      expect(() => x.mul(2).backward({ gradient })).toThrow(
        new RangeError(
          `Mismatch in shape: gradOutput[0] has a shape of torch.Size([${gradient.shape.join(', ')}]) and ` +
            'output[0] has a shape of torch.Size([2]).'
        )
      )
    }
  })

  test('is cast to the dtype of the output', () => {
    const x = leaf(1, 2)
    x.add(2).backward({ gradient: ones(2, { dtype: 'float64' }) })
    expect(String(x.grad)).toBe('tensor([1., 1.])')
    x.grad = null
    x.backward({ gradient: ones(2, { dtype: 'int64' }) })
    expect(String(x.grad)).toBe('tensor([1., 1.])')
  })
})

describe('autograd.grad()', () => {
  test('leaves every grad as it is', () => {
    const x = leaf(3)
    x.mul(x).backward()
    expect(String(autograd.grad(x.mul(x), x)[0])).toBe('tensor([6.])')
    expect(String(x.grad)).toBe('tensor([6.])')
  })

  test('takes non-leaves, the output itself and one input twice', () => {
    const x = leaf(1, 1)
    const y = x.mul(2)
    const z = y.sum()
    expect(autograd.grad(z, [z, y, x, x]).map(String)).toEqual([
      'tensor(1.)',
      'tensor([1., 1.])',
      'tensor([2., 2.])',
      'tensor([2., 2.])'
    ])
    const given = tensor([4, 5])
    expect(String(autograd.grad(y, y, { gradOutputs: given })[0])).toBe('tensor([4., 5.])')
  })

  test('runs only what leads to its inputs', () => {
    const [x, unrelated] = [leaf(1), leaf(2)]
    const visited: string[] = []
    const [p, q] = [x.mul(2), unrelated.mul(3)]
    p.registerHook(() => void visited.push('p'))
    q.registerHook(() => void visited.push('q'))
    autograd.grad(p.mul(q), x)
    expect(visited).toEqual(['p'])
  })
})

describe('nodes', () => {
  test('run once, with the sum of what arrives', () => {
    const x = leaf(1)
    const y = x.mul(1)
    const seen: number[] = []
    y.registerHook((g) => void seen.push(g.item()))
    y.mul(2).add(y.mul(3)).add(y).backward()
    expect(seen).toEqual([6])
  })

  test('run in reverse topological order, however the graph was built', () => {
    const x = leaf(1)
    const order: string[] = []
    const named = (name: string, y: Tensor): Tensor => {
      y.registerHook(() => void order.push(name))
      return y
    }
    const a = named('a', x.mul(2))
    const b = named('b', a.mul(3))
    const c = named('c', a.mul(b))
    const d = named('d', x.add(c))
    d.add(a).backward()
    expect(order).toEqual(['d', 'c', 'b', 'a'])
    // d = x + 2x 6x, plus 2x: 1 + 24x + 2.
    expect(String(x.grad)).toBe('tensor([27.])')
  })

  test('outputs that nobody uses contribute zeros', () => {
    const x = leaf(1, 2, 3, 4)
    x.split(2)[0].sum().backward()
    expect(String(x.grad)).toBe('tensor([1., 1., 0., 0.])')
    x.grad = null
    x.unbind()[3].backward()
    expect(String(x.grad)).toBe('tensor([0., 0., 0., 1.])')
    const m = ones(2, 2).requiresGrad_()
    m.max(1).values.sum().backward()
    expect(m.grad!.tolist()).toEqual([[1, 0], [1, 0]]) // prettier-ignore
  })
})

describe('hooks', () => {
  test('run in the order of registration, each on what the one before returned', () => {
    const x = leaf(1)
    const seen: number[] = []
    x.registerHook((g) => (seen.push(g.item()), g.mul(2)))
    x.registerHook((g) => void seen.push(g.item()))
    x.mul(3).backward()
    expect(seen).toEqual([3, 6])
    expect(String(x.grad)).toBe('tensor([6.])')
  })

  test('run for autograd.grad too', () => {
    const x = leaf(1)
    x.registerHook((g) => g.mul(10))
    expect(String(autograd.grad(x.mul(3), x)[0])).toBe('tensor([30.])')
  })

  test('of a leaf see the gradient of this backward, not the sum of all', () => {
    const x = leaf(1)
    const seen: number[] = []
    x.registerHook((g) => void seen.push(g.item()))
    x.mul(3).backward()
    x.mul(4).backward()
    expect([seen, x.grad!.item()]).toEqual([[3, 4], 7])
  })

  test('must return the shape and dtype of the gradient', () => {
    const returning = (replacement: unknown): (() => void) => {
      const y = leaf(1, 2).mul(2)
      y.registerHook(() => replacement as Tensor)
      return () => y.sum().backward()
    }
    expect(returning(ones(3))).toThrow(
      new RangeError('hook has changed the size of value: the gradient is [2], the hook returned [3]')
    )
    expect(returning(ones(2, { dtype: 'float64' }))).toThrow(
      new TypeError('hook has changed the type of value (was float32 got float64)')
    )
    expect(returning(3)).toThrow(new TypeError('expected a hook to return a Tensor or nothing, got number'))
  })

  test('need a tensor that requires grad', () => {
    expect(() => ones(1).registerHook(() => undefined)).toThrow(
      new Error("cannot register a hook on a tensor that doesn't require gradient")
    )
  })

  test('that throw leave the graph ready for another backward', () => {
    const x = leaf(1)
    const y = x.mul(2)
    const remove = y.registerHook(() => {
      throw new Error('hook')
    })
    const z = y.add(x)
    expect(() => z.backward({ retainGraph: true })).toThrow('hook')
    remove()
    x.grad = null
    z.backward()
    expect(String(x.grad)).toBe('tensor([3.])')
  })

  test('may run a backward of their own', () => {
    const x = leaf(2)
    const inner = leaf(5)
    const y = x.mul(3)
    y.registerHook((g) => {
      // Hooks run in the mode of the backward: without createGraph nothing is recorded.
      enableGrad(() => inner.mul(inner).mul(g)).backward()
    })
    y.mul(x).backward()
    expect([x.grad, inner.grad].map(String)).toEqual(['tensor([12.])', 'tensor([20.])'])
  })

  test('may run one over the same graph', () => {
    const x = leaf(2)
    const a = x.mul(x)
    const b = a.mul(3)
    let depth = 0
    a.registerHook(() => {
      if (depth++ === 0) b.backward({ retainGraph: true })
    })
    b.backward({ retainGraph: true })
    expect([depth, x.grad!.item()]).toEqual([2, 24])
  })
})

describe('retainGrad()', () => {
  test('does nothing on a leaf, and throws on a tensor that needs no gradient', () => {
    const x = leaf(1)
    x.retainGrad()
    expect(x.retainsGrad).toBe(false)
    expect(() => ones(1).retainGrad()).toThrow(new Error("can't retainGrad on Tensor that has requiresGrad = false"))
  })

  test('accumulates over backwards, and sees what all hooks returned', () => {
    const y = leaf(1, 1).mul(2)
    y.registerHook((g) => g.mul(10))
    y.retainGrad()
    y.registerHook((g) => g.mul(2))
    y.sum().backward({ retainGraph: true })
    expect(String(y.grad)).toBe('tensor([20., 20.])')
    y.sum().backward()
    expect(String(y.grad)).toBe('tensor([40., 40.])')
  })
})

describe('the dtype of a gradient', () => {
  test('is that of the leaf in a graph of several; casts are differentiable', () => {
    const a = leaf(1, 2)
    const b = tensor([3, 4], { dtype: 'float64', requiresGrad: true })
    a.mul(b).add(a.double()).sum().backward()
    expect([a.grad, b.grad].map(String)).toEqual(['tensor([4., 5.])', 'tensor([1., 2.], dtype=torch.float64)'])
  })

  test('is none for integer operands', () => {
    const x = leaf(1, 2)
    const count = tensor([3n, 4n])
    x.mul(count).sum().backward()
    expect([x.grad, count.grad].map(String)).toEqual(['tensor([3., 4.])', 'null'])
  })
})

describe('the gradient of a broadcast operand', () => {
  test('is summed to its shape, for sizes 1 and 0 and for 0-d', () => {
    const [a, b, c] = [ones([]), ones(2, 1), ones(3)].map((each) => each.requiresGrad_())
    a.mul(b).mul(c).sum().backward()
    expect([a.grad, b.grad, c.grad].map((each) => each!.tolist())).toEqual([6, [[3], [3]], [2, 2, 2]])
    const empty = zeros(0, 3).requiresGrad_()
    const row = ones(1, 3).requiresGrad_()
    empty.mul(row).sum().backward()
    expect([empty.grad!.shape, row.grad!.tolist()]).toEqual([[0, 3], [[0, 0, 0]]])
  })
})

describe('backward() under noGrad()', () => {
  test('gives gradients without a graph', () => {
    const x = leaf(2)
    const y = x.mul(x)
    noGrad(() => y.backward())
    expect(String(x.grad)).toBe('tensor([4.])')
  })
})
