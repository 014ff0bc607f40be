// Reductions of views that lie in memory in another order, their accuracy, and that threads do not matter.
import * as dg from '../../lib'
import { type DType, type Tensor, arange, getNumThreads, manualSeed, randn, setNumThreads, tensor } from '../../lib'

const bits = (x: Tensor): number[] => [...new Uint8Array(x.contiguous().toTypedArray().buffer)]

/** Bits of the same reduction of each view. */
const reductions: Record<string, (x: Tensor, dims?: number | number[], keepdim?: boolean) => Tensor> = {
  sum: (x, dims, keepdim) => x.sum(dims ?? null, { keepdim }),
  mean: (x, dims, keepdim) => x.mean(dims ?? null, { keepdim }),
  amax: (x, dims, keepdim) => x.amax(dims ?? null, { keepdim })
}

describe.each(Object.entries(reductions))('%s', (_, reduce) => {
  test.each([
    [3, 1003],
    [1001, 37],
    [600, 700]
  ])('of a transposed %i x %i matrix has the bits of the matrix over the other dim', (rows, columns) => {
    const x = randn(rows, columns)
    expect(bits(reduce(x.t()))).toEqual(bits(reduce(x)))
    expect(bits(reduce(x.t(), 0))).toEqual(bits(reduce(x, 1)))
    expect(bits(reduce(x.t(), 1))).toEqual(bits(reduce(x, 0)))
  })

  test('of permuted dims keeps the logical order of the result', () => {
    const x = randn(5, 6, 7, 8)
    const view = x.permute(2, 0, 3, 1)
    expect(bits(reduce(view, [1, 2]))).toEqual(bits(reduce(x, [0, 3]).t()))
    expect(reduce(view, [1, 2]).strides).toEqual([6, 1])
    expect(bits(reduce(view, 3, true))).toEqual(bits(reduce(x, 1, true).permute(2, 0, 3, 1)))
  })

  test('of a broadcast view is that of its copy', () => {
    const row = randn(1, 300).expand(200, 300)
    for (const dim of [undefined, 0, 1]) expect(bits(reduce(row, dim))).toEqual(bits(reduce(row.clone(), dim)))
  })

  test('does not depend on the number of threads', () => {
    const before = getNumThreads()
    const x = randn(700, 900)
    const results = [1, 2, 3].map((threads) => {
      setNumThreads(threads)
      return [undefined, 0, 1].map((dim) => [bits(reduce(x, dim)), bits(reduce(x.t(), dim))])
    })
    setNumThreads(before)
    expect(results[1]).toEqual(results[0])
    expect(results[2]).toEqual(results[0])
  })
})

test('a sum of a million floats is off by no more than the rounding of small sums', () => {
  manualSeed(1)
  for (const x of [arange(1e6).float().add(1).sin(), randn(1e6), randn(1e6).add(100)]) {
    const exact = x.double().sum().item() as number
    const error = Math.abs((x.sum().item() as number) - exact)
    // PyTorch's error for such numbers is about 1e-7 of the root of the sum of squares.
    const size = Math.sqrt(x.double().square().sum().item() as number)
    expect(error).toBeLessThan(2e-7 * size + 2 ** -24 * Math.abs(exact))
  }
})

test.each([
  [300, 400],
  [50, 37],
  [3, 2000]
])('softmax and its logarithm of %i x %i rows have the same bits for each layout', (rows, columns) => {
  const x = randn(rows, columns)
  const view = x.t().clone().contiguous().t()
  for (const dim of [0, 1]) {
    expect(bits(view.softmax(dim))).toEqual(bits(x.softmax(dim)))
    expect(bits(view.logSoftmax(dim))).toEqual(bits(x.logSoftmax(dim)))
    expect(view.softmax(dim).isContiguous()).toBe(true)
    const total = x.double().exp().sum(dim, { keepdim: true })
    const wanted = x.double().exp().div(total)
    expect(x.softmax(dim).double().sub(wanted).abs().max().item()).toBeLessThan(1e-6)
    expect(x.logSoftmax(dim).double().sub(wanted.log()).abs().max().item()).toBeLessThan(3e-6)
  }
})

test('extremes along a dim are the elements at their indices', () => {
  for (const shape of [
    [1000, 3],
    [3, 1000],
    [40, 37],
    [70, 600]
  ]) {
    const x = randn(...shape)
    for (const view of [x, x.t()]) {
      for (const dim of [0, 1]) {
        const { values, indices } = view.max(dim, { keepdim: true })
        expect(bits(view.gather(dim, indices))).toEqual(bits(values))
        const least = view.min(dim, { keepdim: true })
        expect(bits(view.gather(dim, least.indices))).toEqual(bits(least.values))
      }
    }
  }
})

test.each<[DType, number | boolean, number | boolean]>([
  ['bool', true, true],
  ['uint8', 44, 0],
  ['int32', 300, 0],
  ['int64', 300, 0]
])('sums and products in %s convert first, and have that dtype', (dtype, total, product) => {
  const x = tensor([100.5, 200.5, 0.5])
  for (const [result, value] of [
    [x.sum({ dtype }), total],
    [x.sum(0, { dtype }), total],
    [x.prod({ dtype }), product],
    [x.prod(0, false, { dtype }), product]
  ] as const) {
    expect([result.dtype, result.item()]).toEqual([dtype, value])
  }
})

test('dtypes have PyTorch’s names', () => {
  expect([dg.float32, dg.float, dg.float64, dg.double]).toEqual(['float32', 'float32', 'float64', 'float64'])
  expect([dg.int32, dg.int, dg.int64, dg.long]).toEqual(['int32', 'int32', 'int64', 'int64'])
  expect([dg.uint8, dg.bool]).toEqual(['uint8', 'bool'])
  expect(tensor([1], { dtype: dg.long }).dtype).toBe('int64')
})
