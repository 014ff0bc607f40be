// Backward through the dynamic graph: the programs that every user writes first, with their prints and messages.
import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Tensor, add, autograd, cat, enableGrad, isGradEnabled, mul, noGrad, ones, pow, tensor } from '../../lib'

const FREED =
  'Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). ' +
  'Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retainGraph: true ' +
  'if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.'

const NON_LEAF =
  "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during " +
  'autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retainGrad() on the ' +
  'non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See ' +
  'github.com/pytorch/pytorch/pull/30531 for more information.'

const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true })

/** The graph of the first lessons: y = (w + x) * (w + 1) = 6. */
function lesson() {
  const w = leaf(1)
  const x = leaf(2)
  const a = add(w, x)
  const b = add(w, 1)
  return { w, x, a, b, y: mul(a, b) }
}

describe('Tensor.backward()', () => {
  test('gives the gradient of a product of sums', () => {
    const { w, x, y } = lesson()
    y.backward()
    expect(String(w.grad)).toBe('tensor([5.])')
    expect(inspect(w.grad)).toBe('tensor([5.])')
    expect(String(x.grad)).toBe('tensor([2.])')
  })

  test('tells leaves from results', () => {
    const { w, x, a, b, y } = lesson()
    expect([w, x, a, b, y].map((each) => each.isLeaf)).toEqual([true, true, false, false, false])
    expect([w, x, a, b, y].map((each) => each.requiresGrad)).toEqual([true, true, true, true, true])
  })

  test('names the nodes as PyTorch does', () => {
    const { a, b, y } = lesson()
    expect([y, a, b].map((each) => inspect(each.gradFn))).toEqual([
      '<MulBackward0>',
      '<AddBackward0>',
      '<AddBackward0>'
    ])
    expect(String(y)).toBe('tensor([6.], grad_fn=<MulBackward0>)')
    expect(y.gradFn!.nextFunctions.map(([node, output]) => `${node} ${output}`)).toEqual([
      '<AddBackward0> 0',
      '<AddBackward0> 0'
    ])
  })

  test('keeps the gradient of a non-leaf that asked for it', () => {
    const { a, y } = lesson()
    a.retainGrad()
    y.backward()
    expect(String(a.grad)).toBe('tensor([2.])')
  })

  test('warns once per process when the gradient of another non-leaf is read', () => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    try {
      const { a, b, y } = lesson()
      y.backward()
      expect([a.grad, a.grad, b.grad]).toEqual([null, null, null])
      expect(emitWarning.mock.calls).toEqual([[NON_LEAF, 'UserWarning']])
    } finally {
      emitWarning.mockRestore()
    }
  })

  test('takes the gradient of an output of several elements', () => {
    const { w, a, b } = lesson()
    const loss = cat([mul(a, b), add(a, b)], 0)
    loss.backward({ gradient: tensor([1, 1]) })
    expect(String(w.grad)).toBe('tensor([7.])')
  })

  test('throws without it', () => {
    const { a, b } = lesson()
    expect(() => cat([mul(a, b), add(a, b)], 0).backward()).toThrow(
      new Error(
        'grad can be implicitly created only for scalar outputs; the output has 2 elements: pass { gradient } or reduce it to one'
      )
    )
  })

  test('accumulates over rounds of forward and backward', () => {
    const w = leaf(1)
    const x = leaf(2)
    const seen = [1, 2, 3, 4].map(() => {
      mul(add(w, x), add(w, 1)).backward()
      return String(w.grad)
    })
    expect(seen).toEqual(['tensor([5.])', 'tensor([10.])', 'tensor([15.])', 'tensor([20.])'])
    w.grad!.zero_()
    mul(add(w, x), add(w, 1)).backward()
    expect(String(w.grad)).toBe('tensor([5.])')
  })

  test('frees the graph, so that a second one throws', () => {
    const { y } = lesson()
    y.backward()
    expect(() => y.backward()).toThrow(new Error(FREED))
  })

  test('keeps it with retainGraph', () => {
    const { w, y } = lesson()
    y.backward({ retainGraph: true })
    y.backward()
    expect(String(w.grad)).toBe('tensor([10.])')
    expect(() => y.backward()).toThrow(new Error(FREED))
  })

  test('throws for a tensor that needs no gradient', () => {
    expect(() => ones(1).backward()).toThrow(
      new Error('element 0 of tensors does not require grad and does not have a gradFn')
    )
  })
})

describe('autograd.grad()', () => {
  test('records itself with createGraph', () => {
    const x = leaf(3)
    const y = pow(x, 2)
    const first = autograd.grad(y, x, { createGraph: true })
    expect(inspect(first)).toBe('[ tensor([6.], grad_fn=<MulBackward0>) ]')
    expect(inspect(autograd.grad(first[0], x))).toBe('[ tensor([2.]) ]')
    expect(x.grad).toBeNull()
  })

  test('takes outputs, gradOutputs and inputs as lists', () => {
    const [a, b] = [leaf(1, 2), leaf(3, 4)]
    const gradients = autograd.grad([a.mul(b), a.sum()], [a, b], { gradOutputs: [tensor([1, 10]), null] })
    expect(gradients.map(String)).toEqual(['tensor([ 4., 41.])', 'tensor([ 1., 20.])'])
  })

  test('keeps the graph with retainGraph', () => {
    const x = leaf(3)
    const y = x.mul(x)
    expect(String(autograd.grad(y, x, { retainGraph: true })[0])).toBe('tensor([6.])')
    expect(String(autograd.grad(y, x)[0])).toBe('tensor([6.])')
    expect(() => autograd.grad(y, x)).toThrow(new Error(FREED))
  })

  test('throws for an unused input, or gives null with allowUnused', () => {
    const [a, b] = [leaf(1), leaf(2)]
    expect(() => autograd.grad(a.mul(2), [b])).toThrow(
      new Error(
        'The differentiated Tensor at index 0 appears to not have been used in the graph. Set allowUnused: true if this is the ' +
          'desired behavior.'
      )
    )
    const gradients = autograd.grad(a.mul(2), [b, a], { allowUnused: true })
    expect(gradients.map(String)).toEqual(['null', 'tensor([2.])'])
  })

  test('throws for an input that needs no gradient, whatever allowUnused says', () => {
    const a = leaf(1)
    for (const allowUnused of [false, true]) {
      expect(() => autograd.grad(a.mul(2), ones(1), { allowUnused })).toThrow(
        new Error('One of the differentiated Tensors does not require grad')
      )
    }
  })
})

describe('autograd.backward()', () => {
  test('adds the contributions of several roots; null stands for 1', () => {
    const [a, b] = [leaf(1), leaf(1)]
    autograd.backward([a.mul(2), b.mul(3), a.mul(b)], { gradTensors: [null, tensor([2]), null] })
    expect([a.grad, b.grad].map(String)).toEqual(['tensor([3.])', 'tensor([7.])'])
  })

  test('accumulates into the tensors of `inputs` only', () => {
    const { w, x, a, y } = lesson()
    autograd.backward(y, { inputs: [w, a] })
    expect([w.grad, a.grad, x.grad].map(String)).toEqual(['tensor([5.])', 'tensor([2.])', 'null'])
    expect(() => autograd.backward(lesson().y, { inputs: [] })).toThrow(
      new RangeError('`inputs` argument to `backward()` cannot be empty.')
    )
  })

  test('adds to what `inputs` have, in place', () => {
    const { w, y } = lesson()
    y.backward({ inputs: w, retainGraph: true })
    const before = w.grad
    y.backward({ inputs: w })
    expect(w.grad).toBe(before)
    expect(String(before)).toBe('tensor([10.])')
  })

  test('records itself with createGraph, which keeps the graph too', () => {
    const { w, y } = lesson()
    autograd.backward(y, { createGraph: true })
    expect(w.grad!.requiresGrad).toBe(true)
    const gradient = w.grad!
    w.grad = null
    // d/dw (x + w + w + 1) = 2.
    gradient.backward()
    expect(String(w.grad)).toBe('tensor([2.])')
  })

  test('keeps the graph with retainGraph', () => {
    const { w, y } = lesson()
    autograd.backward(y, { retainGraph: true })
    autograd.backward(y)
    expect(String(w.grad)).toBe('tensor([10.])')
  })

  test('throws when there are not as many gradients as tensors', () => {
    const a = leaf(1)
    expect(() => autograd.backward([a.mul(1), a.mul(2)], { gradTensors: [null] })).toThrow(
      new RangeError('got 2 tensors and 1 gradients')
    )
  })
})

describe('in-place operations on leaves', () => {
  test('throw, and work inside noGrad', () => {
    const w = leaf(1)
    expect(() => w.add_(1)).toThrow('a leaf Variable that requires grad is being used in an in-place operation.')
    noGrad(() => w.add_(1))
    expect(String(w)).toBe('tensor([2.], requires_grad=True)')
    expect(w.isLeaf).toBe(true)
  })
})

describe('leaving the graph', () => {
  test('detach() gives the same elements without history', () => {
    const { w, a } = lesson()
    const d = a.detach()
    expect([d.requiresGrad, d.isLeaf, d.gradFn]).toEqual([false, true, null])
    expect(d.storage).toBe(a.storage)
    d.mul(w).backward()
    expect(String(w.grad)).toBe('tensor([3.])')
  })

  test('noGrad() records nothing and gives the result of its function', () => {
    const w = leaf(1)
    const y = noGrad(() => w.mul(2))
    expect([y.requiresGrad, y.gradFn, isGradEnabled()]).toEqual([false, null, true])
  })

  test('enableGrad() records inside noGrad()', () => {
    const w = leaf(1)
    const y = noGrad(() => enableGrad(() => w.mul(2)))
    y.backward()
    expect(String(w.grad)).toBe('tensor([2.])')
  })
})

describe('hooks', () => {
  test('see the gradient; what they return replaces it', () => {
    const { w, a, y } = lesson()
    const seen: string[] = []
    a.registerHook((g) => g.mul(10))
    a.registerHook((g) => void seen.push(`a ${g}`))
    w.registerHook((g) => void seen.push(`w ${g}`))
    y.backward()
    // 20 from a and 3 from b.
    expect(seen).toEqual(['a tensor([20.])', 'w tensor([23.])'])
    expect(String(w.grad)).toBe('tensor([23.])')
  })

  test('are removed by the handle that registration returns, as PyTorch’s are', () => {
    const a = tensor([1], { requiresGrad: true })
    const handle = a.registerHook((g) => g.mul(10))
    handle.remove()
    a.mul(2).sum().backward()
    expect(a.grad!.tolist()).toEqual([2])
  })

  test('are removed by the function that registration returns', () => {
    const { w, a, y } = lesson()
    const remove = a.registerHook((g) => g.mul(10))
    remove()
    remove()
    y.backward()
    expect(String(w.grad)).toBe('tensor([5.])')
  })
})

describe('deep graphs', () => {
  function collectGarbage(): void {
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
  }

  const DEPTH = 1_000_000

  function chain(from: Tensor, depth = DEPTH): Tensor {
    let y = from
    for (let i = 0; i < depth; i++) y = y.add(1)
    return y
  }

  test('a chain of a million operations backpropagates', () => {
    const w = leaf(1)
    const y = chain(w)
    expect(String(y)).toBe('tensor([1000001.], grad_fn=<AddBackward0>)')
    y.backward()
    expect(String(w.grad)).toBe('tensor([1.])')
  })

  test('autograd.grad() finds its way through one', () => {
    const w = leaf(2)
    const [gradient] = autograd.grad(chain(w.mul(3), 200_000), w)
    expect(String(gradient)).toBe('tensor([3.])')
  })

  test('one is released without overflowing the stack', () => {
    const w = leaf(1)
    let y: Tensor | null = chain(w)
    expect(y.requiresGrad).toBe(true)
    y = null
    collectGarbage()
    expect(w.grad).toBeNull()
  })
})
