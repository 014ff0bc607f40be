// In-place writes: what they forbid, which saved tensors they spoil, and how they rewrite history. (SEMANTICS 17,
// 31-40)
import {
  type Tensor,
  autograd,
  cat,
  matmul,
  maximum,
  nn,
  noGrad,
  ones,
  stack,
  stdMean,
  tensor,
  varMean,
  where,
  zeros
} from '../../lib'

const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true })
const gradientOf = (y: Tensor, x: Tensor): string => {
  x.grad = null
  y.sum().backward({ retainGraph: true })
  return String(x.grad)
}

const STALE = 'one of the variables needed for gradient computation has been modified by an inplace operation'
const FREED = 'Trying to backward through the graph a second time'
const LEAF = 'a leaf Variable that requires grad is being used in an in-place operation.'
const VIEW_OF_LEAF = 'a view of a leaf Variable that requires grad is being used in an in-place operation.'
const OVERLAP =
  'unsupported operation: more than one element of the written-to tensor refers to a single memory location. ' +
  'Please clone() the tensor before performing the operation.'

describe('a second backward', () => {
  const runsAgain: Record<string, (x: Tensor) => Tensor> = {
    'x + x': (x) => x.add(x),
    'x - 1': (x) => x.sub(1),
    '-x': (x) => x.neg(),
    sum: (x) => x.sum(),
    mean: (x) => x.mean(),
    views: (x) => x.view(2, 1).t(),
    expand: (x) => x.expand(3, 2),
    select: (x) => x.at(0),
    cat: (x) => cat([x, x]),
    stack: (x) => stack([x, x]),
    clone: (x) => x.clone(),
    cast: (x) => x.double(),
    floor: (x) => x.floor(),
    sign: (x) => x.sign()
  }
  test.each(Object.entries(runsAgain))('runs through %s, which saves nothing', (_name, f) => {
    const y = f(leaf(1, 2)).sum()
    y.backward()
    y.backward()
  })

  const isFreed: Record<string, (x: Tensor) => Tensor> = {
    'x * 3, whose scalar is saved': (x) => x.mul(3),
    'x / 2': (x) => x.div(2),
    'x ** 2': (x) => x.pow(2),
    relu: (x) => x.relu(),
    exp: (x) => x.exp(),
    where: (x) => where(tensor([true, false]), x, 0),
    maximum: (x) => maximum(x, x.mul(1)),
    clamp: (x) => x.clamp(0, 1),
    'an index list': (x) => x.at([0, 1])
  }
  test.each(Object.entries(isFreed))('throws at %s', (_name, f) => {
    const y = f(leaf(1, 2)).sum()
    y.backward()
    expect(() => y.backward()).toThrow(FREED)
  })
})

describe('an in-place operation on a leaf that requires grad', () => {
  test('throws, through views too', () => {
    const w = leaf(1, 2)
    expect(() => w.mul_(2)).toThrow(LEAF)
    expect(() => w.zero_()).toThrow(LEAF)
    expect(() => w.copy_(ones(2))).toThrow(LEAF)
    expect(() => w.narrow(0, 0, 1).mul_(2)).toThrow(VIEW_OF_LEAF)
    expect(() => w.setAt(0, 5)).toThrow(VIEW_OF_LEAF)
    expect(String(w)).toBe('tensor([1., 2.], requires_grad=True)')
  })

  test('throws through views of a leaf that is a view itself', () => {
    const x = tensor([1, 2]).reshape(1, 2).requiresGrad_()
    expect(() => x.mul_(2)).toThrow(VIEW_OF_LEAF)
    expect(() => x.view(2).mul_(2)).toThrow(VIEW_OF_LEAF)
    expect(() => x.at(0, 1).setAt([], 2)).toThrow(VIEW_OF_LEAF)
    expect(noGrad(() => x.view(2)).requiresGrad).toBe(false)
    noGrad(() => x.view(2).mul_(2))
    expect(x.tolist()).toEqual([[2, 4]])
  })

  test('is allowed under noGrad and on detached aliases; the leaf stays a leaf', () => {
    const w = leaf(1, 2)
    noGrad(() => w.add_(1))
    w.detach().add_(1)
    noGrad(() => w.setAt(0, 7))
    expect([w.isLeaf, w.requiresGrad, String(w)]).toEqual([true, true, 'tensor([7., 4.], requires_grad=True)'])
  })
})

describe('an in-place result', () => {
  test('does not grow by broadcasting', () => {
    expect(() => ones(2).add_(ones(2, 2))).toThrow(
      new RangeError("output with shape [2] doesn't match the broadcast shape [2, 2]")
    )
    expect(() => ones(1).add_(ones(2))).toThrow(
      new RangeError("output with shape [1] doesn't match the broadcast shape [2]")
    )
    expect(String(ones(2, 2).add_(ones(2)))).toBe('tensor([[2., 2.],\n        [2., 2.]])')
  })

  test('does not change the category of its dtype', () => {
    const int = ones(2, { dtype: 'int64' })
    const cannot = (from: string, to: string): string =>
      `result type ${from} can't be cast to the desired output type ${to}`
    expect(() => int.add_(1.5)).toThrow(cannot('Float', 'Long'))
    expect(() => int.div_(2)).toThrow(cannot('Float', 'Long'))
    expect(() => int.add_(ones(2))).toThrow(cannot('Float', 'Long'))
    expect(() => tensor([true]).add_(1)).toThrow(cannot('Long', 'Bool'))
    expect(String(int)).toBe('tensor([1, 1])')
  })

  test('takes operands of lower categories and other widths', () => {
    expect(String(ones(2).add_(ones(2, { dtype: 'int64' })))).toBe('tensor([2., 2.])')
    expect(String(ones(2, { dtype: 'int64' }).add_(tensor([true, false])))).toBe('tensor([2, 1])')
    expect(ones(2).add_(ones(2, { dtype: 'float64' })).dtype).toBe('float32')
    expect(String(ones(2, { dtype: 'int64' }).setAt(0, 2.7))).toBe('tensor([2, 1])')
  })
})

describe('the version counter', () => {
  test('is one for a base, its views and its detached aliases', () => {
    const base = leaf(1, 2).mul(1)
    const view = base.narrow(0, 0, 1)
    const alias = base.detach()
    view.add_(1)
    alias.add_(1)
    base.mul_(2)
    expect([base, view, alias].map((each) => each.version)).toEqual([3, 3, 3])
  })

  test('is checked when backward unpacks what was saved, with a message that names tensor and maker', () => {
    const x = leaf(1, 2)
    const b = x.mul(1)
    const y = b.mul(b)
    b.narrow(0, 0, 1).add_(1)
    expect(() => y.sum().backward()).toThrow(
      new Error(
        `${STALE}: [torch.FloatTensor [2]], which is output 0 of CopySlices, is at version 1; expected version 0 instead. ` +
          'MulBackward0 saved this float32 tensor; change a clone() of it, or use the out-of-place form'
      )
    )
  })

  const saves: Record<string, [(x: Tensor) => Tensor, input: boolean, output: boolean]> = {
    exp: [(x) => x.exp(), false, true],
    sigmoid: [(x) => x.sigmoid(), false, true],
    tanh: [(x) => x.tanh(), false, true],
    tan: [(x) => x.tan(), false, true],
    sqrt: [(x) => x.sqrt(), false, true],
    rsqrt: [(x) => x.rsqrt(), false, true],
    reciprocal: [(x) => x.reciprocal(), false, true],
    expm1: [(x) => x.expm1(), false, true],
    relu: [(x) => x.relu(), false, true],
    softmax: [(x) => x.softmax(0), false, true],
    logSoftmax: [(x) => x.logSoftmax(0), false, true],
    sin: [(x) => x.sin(), true, false],
    cos: [(x) => x.cos(), true, false],
    log: [(x) => x.log(), true, false],
    log1p: [(x) => x.log1p(), true, false],
    abs: [(x) => x.abs(), true, false],
    square: [(x) => x.square(), true, false],
    'x * x': [(x) => x.mul(x), true, false],
    'x / y': [(x) => x.div(leaf(1, 1)), true, false],
    'x ** 2': [(x) => x.pow(2), true, false],
    'x @ y': [(x) => matmul(x.view(1, 2), tensor([[1, 0], [0, 1]], { requiresGrad: true })), true, false], // prettier-ignore
    clamp: [(x) => x.clamp(0, 5), true, false],
    maximum: [(x) => maximum(x, ones(2)), true, false],
    amax: [(x) => x.amax().view(1), true, true],
    'x + 1': [(x) => x.add(1), false, false],
    'x - 1': [(x) => x.sub(1), false, false],
    '-x': [(x) => x.neg(), false, false],
    sum: [(x) => x.sum().view(1), false, false],
    mean: [(x) => x.mean().view(1), false, false]
  }
  test.each(Object.entries(saves))(
    '%s saves its input and output exactly where the formula reads them',
    (_name, entry) => {
      const [f, input, output] = entry
      for (const [changesInput, isSaved] of [
        [true, input],
        [false, output]
      ]) {
        // prettier-ignore
        const x = leaf(1, 2).mul(1)
        const y = f(x)
        ;(changesInput ? x : y).add_(1)
        const backward = (): void => y.sum().backward()
        if (isSaved) expect(backward).toThrow(STALE)
        else expect(backward).not.toThrow()
      }
    }
  )

  test.each([
    ['float16', 'Half'],
    ['bfloat16', 'BFloat16'],
    ['int8', 'Char'],
    ['int16', 'Short']
  ] as const)('names a saved tensor of %s', (dtype, name) => {
    const factor = tensor([1, 2], { dtype })
    const y = leaf(1, 2).mul(factor)
    factor.fill_(3)
    expect(() => y.sum().backward()).toThrow(`${STALE}: [torch.${name}Tensor [2]] is at version 1`)
  })

  const indices = (): Tensor => tensor([2, 0]).long()
  const mask = (): Tensor => tensor([true, false, true])
  const chooses: Record<string, [choice: () => Tensor, f: (x: Tensor, choice: Tensor, values: Tensor) => Tensor]> = {
    gather: [indices, (x, index) => x.gather(0, index)],
    indexSelect: [indices, (x, index) => x.indexSelect(0, index)],
    take: [indices, (x, index) => x.take(index)],
    at: [indices, (x, index) => x.at(index)],
    scatter: [indices, (x, index, values) => x.scatter(0, index, values)],
    'scatter of a number': [indices, (x, index) => x.scatter(0, index, 1)],
    scatterAdd: [indices, (x, index, values) => x.scatterAdd(0, index, values)],
    scatterReduce: [indices, (x, index, values) => x.scatterReduce(0, index, values, 'mean')],
    indexAdd: [indices, (x, index, values) => x.indexAdd(0, index, values)],
    indexCopy: [indices, (x, index, values) => x.indexCopy(0, index, values)],
    indexPut: [indices, (x, index, values) => x.indexPut([index], values)],
    indexReduce: [indices, (x, index, values) => x.indexReduce(0, index, values, 'mean')],
    put: [indices, (x, index, values) => x.put(index, values)],
    'put with accumulate': [indices, (x, index, values) => x.put(index, values, true)],
    maskedFill: [mask, (x, holds) => x.maskedFill(holds, 1)],
    'maskedFill with a tensor': [mask, (x, holds, values) => x.maskedFill(holds, values.at(0))],
    maskedScatter: [mask, (x, holds, values) => x.maskedScatter(holds, values)],
    where: [mask, (x, holds) => x.where(holds, 1)]
  }
  test.each(Object.entries(chooses))('is checked of what chooses elements: %s', (_name, [choose, f]) => {
    const choice = choose()
    const y = f(leaf(1, 2, 3), choice, leaf(4, 5))
    choice.fill_(1)
    expect(() => y.sum().backward()).toThrow(STALE)
  })

  test('is not checked of an index that no gradient needs', () => {
    const index = indices()
    const x = leaf(1, 2, 3)
    const y = x
      .scatterAdd(0, index, tensor([4, 5]))
      .indexAdd(0, index, tensor([4, 5]))
      .put(index, tensor([4, 5]), true)
    index.fill_(1)
    expect(gradientOf(y, x)).toBe('tensor([1., 1., 1.])')
  })

  const writable: Record<string, (x: Tensor) => Tensor> = {
    softsign: (x) => nn.functional.softsign(x),
    'the mean of varMean': (x) => varMean(x, 0)[1],
    'the mean of stdMean': (x) => stdMean(x, 0)[1],
    nanmedian: (x) => x.nanmedian(0).values
  }
  test.each(Object.entries(writable))('lets the result be written to where PyTorch reads the input: %s', (_name, f) => {
    const x = leaf(1, -2, 3)
    const [before] = autograd.grad(f(x).mul(2).sum(), x)
    expect(String(autograd.grad(f(x).mul_(2).sum(), x)[0])).toBe(String(before))
  })

  test('is not that of a mean which was written to', () => {
    const x = leaf(1, -2, 3)
    const [variance, mean] = varMean(x, 0)
    mean.fill_(7)
    expect(gradientOf(variance, x)).toBe(gradientOf(x.var(), x))
  })

  test('makes b *= b an error at backward, and leaves b += b alone', () => {
    const x = leaf(1, 2)
    const b = x.mul(1)
    b.mul_(b)
    expect(() => b.sum().backward()).toThrow(STALE)
    const c = x.mul(1)
    c.add_(c)
    expect(gradientOf(c, x)).toBe('tensor([2., 2.])')
  })
})

describe('in-place derivatives', () => {
  test('are those of the out-of-place forms', () => {
    const x = leaf(1, 2)
    const at = (f: (b: Tensor) => Tensor): string => gradientOf(f(x.mul(3)), x)
    expect(at((b) => b.mul_(2))).toBe(at((b) => b.mul(2)))
    expect(at((b) => b.pow_(2))).toBe(at((b) => b.pow(2)))
    expect(at((b) => b.exp_())).toBe(at((b) => b.exp()))
    expect(at((b) => b.sin_())).toBe(at((b) => b.sin()))
    expect(at((b) => b.sigmoid_())).toBe(at((b) => b.sigmoid()))
    expect(at((b) => b.clamp_(4, 5))).toBe(at((b) => b.clamp(4, 5)))
    expect(at((b) => b.div_(leaf(2, 4)))).toBe(at((b) => b.div(leaf(2, 4))))
    expect(at((b) => b.add_(x))).toBe(at((b) => b.add(x)))
  })

  test('name the node after the operation', () => {
    const b = leaf(1, 2).mul(1)
    expect(String(b.exp_().gradFn)).toBe('<ExpBackward0>')
    expect(String(b.add_(1).gradFn)).toBe('<AddBackward0>')
    expect(String(b.zero_().gradFn)).toBe('<ZeroBackward0>')
    expect(String(b.copy_(leaf(1, 2)).gradFn)).toBe('<CopyBackwards>')
  })
})

describe('an in-place operation on a view', () => {
  test('rewrites the history of the base and of other views', () => {
    const x = leaf(1, 1, 1, 1)
    const base = x.mul(1)
    const [first, second] = [base.narrow(0, 0, 2), base.narrow(0, 1, 2)]
    first.mul_(3)
    expect(String(base.gradFn)).toBe('<CopySlices>')
    expect([first, second].map((view) => String(view.gradFn))).toEqual(['<AsStridedBackward0>', '<AsStridedBackward0>'])
    expect(gradientOf(second, x)).toBe('tensor([0., 3., 1., 0.])')
    expect(gradientOf(base, x)).toBe('tensor([3., 3., 1., 1.])')
    expect(gradientOf(first, x)).toBe('tensor([3., 3., 0., 0.])')
  })

  test('goes through a chain of views, and through a transposed one', () => {
    const x = ones(2, 3).requiresGrad_()
    const base = x.mul(1)
    base
      .view(6)
      .narrow(0, 2, 3)
      .mul_(tensor([2, 3, 4]))
    expect(gradientOf(base, x)).toBe('tensor([[1., 1., 2.],\n        [3., 4., 1.]])')

    const y = leaf(1, 1, 1, 1)
    const square = y.mul(1).view(2, 2)
    const turned = square.t()
    turned.at(0).mul_(2)
    expect(gradientOf(turned.mul(tensor([[1, 2], [3, 4]])), y)).toBe('tensor([2., 3., 4., 4.])') // prettier-ignore
  })

  test('lets the gradient of what it writes through', () => {
    const [x, v] = [leaf(1, 1, 1), leaf(5, 6)]
    const base = x.mul(2)
    base.narrow(0, 1, 2).mul_(v)
    base.sum().backward()
    expect([x.grad, v.grad].map(String)).toEqual(['tensor([ 2., 10., 12.])', 'tensor([2., 2.])'])
  })

  test('through the base changes data and gradient of views taken earlier', () => {
    const x = leaf(1, 1, 1, 1)
    const base = x.mul(1)
    const view = base.narrow(0, 0, 2)
    base.mul_(5)
    expect(String(view)).toBe('tensor([5., 5.], grad_fn=<AsStridedBackward0>)')
    expect(gradientOf(view, x)).toBe('tensor([5., 5., 0., 0.])')
  })
})

describe('a plain buffer written with differentiable data', () => {
  test('becomes part of the graph, and views of it taken earlier do too', () => {
    const x = leaf(1, 2)
    const buffer = zeros(3)
    const view = buffer.narrow(0, 0, 2)
    expect([buffer.isLeaf, view.requiresGrad]).toEqual([true, false])
    buffer.narrow(0, 0, 2).copy_(x)
    expect([buffer.isLeaf, buffer.requiresGrad, view.requiresGrad]).toEqual([false, true, true])
    expect([buffer, view].map((each) => String(each.gradFn))).toEqual(['<CopySlices>', '<AsStridedBackward0>'])
    expect(gradientOf(view.mul(3), x)).toBe('tensor([3., 3.])')
  })

  const writes: Record<string, (buffer: Tensor, x: Tensor) => Tensor> = {
    copy_: (buffer, x) => buffer.copy_(x),
    add_: (buffer, x) => buffer.add_(x),
    setAt: (buffer, x) => buffer.setAt('...', x),
    'setAt with an index list': (buffer, x) => buffer.setAt([[0, 1]], x)
  }
  test.each(Object.entries(writes))('by %s', (_name, write) => {
    const x = leaf(1, 2)
    const buffer = zeros(2)
    write(buffer, x)
    expect([buffer.isLeaf, buffer.requiresGrad]).toEqual([false, true])
    expect(gradientOf(buffer.mul(2), x)).toBe('tensor([2., 2.])')
  })
})

describe('constants written in place', () => {
  test('cut the gradient of the overwritten elements only', () => {
    const x = leaf(1, 1, 1, 1)
    const written = (write: (b: Tensor) => void): string => {
      const b = x.mul(1)
      write(b)
      return gradientOf(b.mul(2), x)
    }
    expect(written((b) => b.setAt([0], 5))).toBe('tensor([0., 2., 2., 2.])')
    expect(written((b) => b.narrow(0, 0, 2).zero_())).toBe('tensor([0., 0., 2., 2.])')
    expect(written((b) => b.narrow(0, 1, 2).fill_(3))).toBe('tensor([2., 0., 0., 2.])')
    expect(written((b) => b.setAt([[0, 3]], 1))).toBe('tensor([0., 2., 2., 0.])')
    expect(written((b) => b.fill_(2))).toBe('tensor([0., 0., 0., 0.])')
    expect(written((b) => b.zero_())).toBe('tensor([0., 0., 0., 0.])')
  })
})

describe('forbidden in-place operations', () => {
  const multiOutput = (position: number, maker: string): string =>
    `Output ${position} of ${maker} is a view and is being modified inplace. This view is the output of a function that ` +
    'returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the ' +
    'inplace operation by an out-of-place one.'

  test('are those on outputs of functions that return several views of something tracked', () => {
    const b = leaf(1, 2, 3, 4).mul(1)
    expect(() => b.unbind()[0].add_(1)).toThrow(new Error(multiOutput(0, 'Unbind')))
    expect(() => b.split(2)[1].add_(1)).toThrow(new Error(multiOutput(1, 'Split')))
    expect(() => b.chunk(2)[0].add_(1)).toThrow(new Error(multiOutput(0, 'Split')))
    expect(String(ones(4).split(2)[0].add_(1))).toBe('tensor([2., 2.])')
  })

  test('are those on views made under noGrad', () => {
    const b = leaf(1, 2).mul(1)
    const view = noGrad(() => b.narrow(0, 0, 1))
    expect(() => view.add_(1)).toThrow(
      'A view was created in noGrad mode and is being modified inplace with grad mode enabled.'
    )
  })

  test('are those on expanded tensors', () => {
    expect(() => ones(1).expand(3).add_(1)).toThrow(new Error(OVERLAP))
    expect(() => leaf(1).mul(1).expand(3).add_(1)).toThrow(new Error(OVERLAP))
  })

  test('are those that read and write overlapping parts of one memory', () => {
    const b = ones(4)
    expect(() => b.narrow(0, 0, 3).add_(b.narrow(0, 1, 3))).toThrow(
      'unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location.'
    )
    expect(String(b.narrow(0, 0, 2).add_(b.narrow(0, 2, 2)))).toBe('tensor([2., 2.])')
  })

  test('include detach_() on a view', () => {
    const b = leaf(1, 2).mul(1)
    expect(() => b.narrow(0, 0, 1).detach_()).toThrow("Can't detach views in-place. Use detach() instead.")
    expect([b.detach_().requiresGrad, b.isLeaf]).toEqual([false, true])
  })
})
