// What scans do beside their values, which the rows of scan.rows.ts check.

import { type Tensor, autograd, cummax, cummin, cumprod, cumsum, logcumsumexp, ones, tensor, zeros } from '../../lib'

const matrix = (): Tensor =>
  tensor([
    [1, 2, 3],
    [4, 0, 6]
  ])

describe('a scan', () => {
  const scans = {
    cumsum: (x: Tensor) => cumsum(x, 0),
    cumprod: (x: Tensor) => cumprod(x, 0),
    'cummax values': (x: Tensor) => cummax(x, 0).values,
    'cummin indices': (x: Tensor) => cummin(x, 0).indices,
    logcumsumexp: (x: Tensor) => logcumsumexp(x, 0)
  }

  test.each(Object.entries(scans))('%s of a transposed tensor is contiguous', (_, scan) => {
    expect(scan(matrix().t()).stride()).toEqual([2, 1])
  })

  test.each(Object.entries(scans))('%s of no elements has none', (_, scan) => {
    expect(scan(zeros(0, 3)).shape).toEqual([0, 3])
    expect(scan(zeros(3, 0)).shape).toEqual([3, 0])
  })

  test('the gradient of no sums has the shape of their elements', () => {
    const x = zeros(0, 3, { requiresGrad: true })
    cumsum(x, 1).sum().backward()
    expect(x.grad!.shape).toEqual([0, 3])
  })

  test('takes its dim and dtype by name', () => {
    const sums = cumsum(matrix(), { dim: 1, dtype: 'int32' })
    expect(sums.dtype).toBe('int32')
    expect(sums.tolist()).toEqual([
      [1, 3, 6],
      [4, 4, 10]
    ])
    expect(matrix().cumprod({ dim: -1 }).tolist()).toEqual([
      [1, 2, 6],
      [4, 0, 0]
    ])
    expect(cummin(matrix(), { dim: 0 }).values.tolist()).toEqual([
      [1, 2, 3],
      [1, 0, 3]
    ])
  })

  test('keeps the gradient in the dtype of its input', () => {
    const x = tensor([1, 2, 3], { requiresGrad: true })
    for (const y of [x.cumsum(0, { dtype: 'float64' }), x.cumprod(0, { dtype: 'float64' })]) {
      expect(y.dtype).toBe('float64')
      expect(autograd.grad(y.sum(), x)[0].dtype).toBe('float32')
      expect(y.gradFn?.nextFunctions[0][0]?.name).toBe('AccumulateGrad')
    }
  })

  test('gives extremes that can be taken apart', () => {
    const [values, indices] = matrix().cummax(1)
    expect(values.tolist()).toEqual([
      [1, 2, 3],
      [4, 4, 6]
    ])
    expect(indices.tolist()).toEqual([
      [0, 1, 2],
      [0, 0, 2]
    ])
  })

  test('names its nodes as PyTorch does', () => {
    const x = matrix().requiresGrad_()
    const results = [x.cumsum(0), x.cumprod(0), x.cummax(0).values, x.cummin(0).values, x.logcumsumexp(0)]
    expect(results.map(({ gradFn }) => gradFn?.name)).toEqual([
      'CumsumBackward0',
      'CumprodBackward0',
      'CummaxBackward0',
      'CumminBackward0',
      'LogcumsumexpBackward0'
    ])
  })
})

describe('a scan in place', () => {
  test('refuses a view that shows an element more than once', () => {
    const x = tensor([1, 2, 3])
    expect(() => x.asStrided([2, 2], [1, 1]).cumsum_(1)).toThrow(
      'unsupported operation: more than one element of the written-to tensor refers to a single memory location.'
    )
    expect(x.tolist()).toEqual([1, 2, 3])
  })

  test('writes rows that lie apart', () => {
    const x = tensor([
      [1, 2, 9],
      [3, 4, 9]
    ])
    x.narrow(1, 0, 2).cumsum_(1)
    expect(x.tolist()).toEqual([
      [1, 3, 9],
      [3, 7, 9]
    ])
  })

  test('keeps integers in their dtype, where they wrap', () => {
    const x = tensor([200, 100], { dtype: 'uint8' })
    expect(x.cumsum_(0)).toBe(x)
    expect(x.tolist()).toEqual([200, 44])
  })

  test('writes through a view to the history of its base', () => {
    const x = tensor([1, 2, 3, 4], { requiresGrad: true })
    const base = x.mul(1)
    base.narrow(0, 1, 3).cumprod_(0)
    expect(base.tolist()).toEqual([1, 2, 6, 24])
    expect(autograd.grad(base.sum(), x)[0].tolist()).toEqual([1, 16, 10, 6])
  })

  test('spoils what was saved before', () => {
    const x = ones(3, { requiresGrad: true })
    const y = x.mul(2)
    const product = y.cumprod(0)
    y.cumsum_(0)
    expect(() => product.sum().backward()).toThrow(
      'one of the variables needed for gradient computation has been modified by an inplace operation'
    )
  })
})

describe('the gradient of cumprod', () => {
  test('has every order beside zeros', () => {
    const x = tensor([2, 0, 3, 0], { dtype: 'float64', requiresGrad: true })
    const [first] = autograd.grad(x.cumprod(0).sum(), x, { createGraph: true })
    expect(first.tolist()).toEqual([1, 8, 0, 0])
    // d2 (x0 x1 + x0 x1 x2 + x0 x1 x2 x3): x1's gradient is x0 (1 + x2 (1 + x3)).
    const [second] = autograd.grad(first, x, {
      gradOutputs: tensor([0, 1, 0, 0], { dtype: 'float64' }),
      createGraph: true
    })
    expect(second.tolist()).toEqual([4, 0, 2, 6])
    const [third] = autograd.grad(second, x, { gradOutputs: tensor([0, 0, 0, 1], { dtype: 'float64' }) })
    expect(third.tolist()).toEqual([3, 0, 2, 0])
  })
})

describe('the gradient of logcumsumexp', () => {
  test('reaches over results that infinities keep equal', () => {
    const x = tensor([1, 0, Infinity, 2], { requiresGrad: true })
    expect(autograd.grad(x.logcumsumexp(0), x, { gradOutputs: tensor([1, 0, 1, 1]) })[0].tolist()).toEqual([
      1,
      0,
      NaN,
      0
    ])
  })
})
