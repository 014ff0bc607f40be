// How results lie in memory: as PyTorch's TensorIterator lays them, whatever values say.

import { type Tensor, add, arange, cat, exp, ones, randn, slice, tensor, where, zeros, zerosLike } from 'dyngrad'

const permuted = (): Tensor => randn([2, 3, 4, 5]).permute(0, 2, 3, 1)
const transposed = (): Tensor => randn([4, 3]).t()
const dense = (): Tensor => randn([3, 4])
const stepped = (): Tensor => randn([6, 8]).at(slice(null, null, 2), slice(null, null, 2))
const column = (): Tensor => randn([3, 1]).expand(3, 4)
const row = (): Tensor => randn([1, 4]).expand(3, 4)

// The strides are PyTorch's own.
const cases: [name: string, run: () => Tensor, strides: number[]][] = [
  ['exp of a transpose', () => exp(transposed()), [1, 3]],
  ['comparison', () => transposed().gt(0), [1, 3]],
  ['scalar second', () => transposed().add(1), [1, 3]],
  ['scalar first', () => add(1, transposed()), [1, 3]],
  ['two transposes', () => transposed().add(transposed()), [1, 3]],
  ['transposed and dense', () => transposed().add(dense()), [1, 3]],
  ['dense and transposed', () => dense().add(transposed()), [4, 1]],
  ['transposed and a row', () => transposed().add(randn([4])), [1, 3]],
  ['a row and transposed', () => randn([4]).add(transposed()), [1, 3]],
  ['a column and transposed', () => randn([3, 1]).add(transposed()), [1, 3]],
  ['promotion', () => ones([4, 3], { dtype: 'int32' }).t().add(transposed()), [1, 3]],
  ['permuted', () => exp(permuted()), [60, 5, 1, 20]],
  ['permuted and broadcast', () => permuted().add(randn([5, 3])), [60, 5, 1, 20]],
  ['dense and permuted', () => randn([2, 4, 5, 3]).add(permuted()), [60, 15, 3, 1]],
  ['steps', () => exp(stepped()), [4, 1]],
  ['transposed steps', () => exp(stepped().t()), [1, 4]],
  ['expanded', () => exp(column()), [4, 1]],
  ['expanded and transposed', () => exp(column().t()), [3, 1]],
  ['expanded column first', () => column().add(transposed()), [1, 3]],
  ['expanded row first', () => row().add(transposed()), [1, 3]],
  ['where', () => where(transposed().gt(0), dense(), transposed()), [1, 3]],
  ['where of a dense condition', () => where(dense().gt(0), transposed(), transposed()), [4, 1]],
  ['zerosLike', () => zerosLike(transposed()), [1, 3]],
  ['zerosLike of transposed steps', () => zerosLike(stepped().t()), [1, 4]],
  ['clone of transposed steps', () => stepped().t().clone(), [1, 4]],
  ['sort of permuted', () => permuted().sort(1).values, [60, 5, 1, 20]],
  ['indices of a sort of permuted', () => permuted().sort(-1).indices, [60, 5, 1, 20]],
  ['sort of steps', () => stepped().sort().values, [4, 1]],
  ['sort of expanded', () => column().sort(0).values, [4, 1]],
  ['topk of permuted', () => permuted().topk(2, 1).values, [30, 15, 3, 1]],
  ['median of transposed', () => transposed().median(0, true).values, [4, 1]],
  ['rot90 by no quarter of transposed', () => transposed().rot90(0), [4, 1]],
  ['maskedFill of transposed', () => transposed().maskedFill(dense().gt(0), 1), [4, 1]],
  ['maskedScatter of transposed', () => transposed().maskedScatter(dense().gt(0), dense()), [4, 1]],
  ['scatter of transposed', () => transposed().scatter(0, zeros([3, 4]).long(), dense()), [4, 1]],
  ['scatter of a number', () => transposed().scatter(0, zeros([3, 4]).long(), 1), [4, 1]],
  ['scatterAdd of transposed', () => transposed().scatterAdd(0, zeros([3, 4]).long(), dense()), [4, 1]],
  ['indexAdd of transposed', () => transposed().indexAdd(0, arange(3).long(), dense()), [4, 1]],
  ['indexCopy of transposed', () => transposed().indexCopy(0, arange(3).long(), dense()), [4, 1]],
  ['indexFill of transposed', () => transposed().indexFill(0, arange(3).long(), 1), [1, 3]],
  ['cast of transposed steps', () => stepped().t().to('float64'), [1, 4]]
]

test.each(cases)('%s', (_, run, strides) => {
  expect(run().strides).toEqual(strides)
})

test('a permuted result reads, reshapes and differentiates as its values say', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6]
  ]).requiresGrad_()
  const y = x.t().mul(2)
  expect(y.tolist()).toEqual([
    [2, 8],
    [4, 10],
    [6, 12]
  ])
  expect(y.reshape(-1).tolist()).toEqual([2, 8, 4, 10, 6, 12])
  y.mul(y).sum().backward()
  expect(x.grad!.tolist()).toEqual([
    [8, 16, 24],
    [32, 40, 48]
  ])
  expect(x.grad!.isContiguous()).toBe(true)
})

test('a permuted tensor changes in place', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6]
  ])
  const y = x.t()
  y.add_(tensor([10, 20])).mul_(y)
  expect(x.tolist()).toEqual([
    [121, 144, 169],
    [576, 625, 676]
  ])
})

// ---- large operands: the walk goes by rows, tiles and past the caches ----

const numbers = (rows: number, columns: number): Tensor =>
  tensor(Array.from({ length: rows * columns }, (_, i) => i % 251)).view(rows, columns)

describe.each(['uint8', 'float32', 'float64'] as const)('%s', (dtype) => {
  test.each([
    [1, 1],
    [17, 3],
    [16, 16],
    [130, 67],
    [131, 517]
  ])('%i x %i', (rows, columns) => {
    const x = numbers(rows, columns).to(dtype)
    const values = x.tolist() as number[][]
    const at = (f: (r: number, c: number) => number): number[][] =>
      Array.from({ length: columns }, (_, c) => Array.from({ length: rows }, (_, r) => f(r, c)))
    const copy = x.t().contiguous()
    expect(copy.tolist()).toEqual(at((r, c) => values[r][c]))
    const mixed = copy.sub(x.t()).add(x.t().to('float64'))
    expect(mixed.tolist()).toEqual(at((r, c) => values[r][c]))
    const byRow = x.t().to('float64').add(x.to('float64').at(slice(), 0))
    expect(byRow.tolist()).toEqual(at((r, c) => values[r][c] + values[r][0]))
    const byColumn = copy.to('float64').mul(x.to('float64').at(0).unsqueeze(1))
    expect(byColumn.tolist()).toEqual(at((r, c) => values[r][c] * values[0][c]))
    const second = cat([x, x], 1)
      .at(slice(), slice(null, null, 2))
      .contiguous()
    const doubled = values.map((line) => [...line, ...line].filter((_, c) => c % 2 === 0))
    expect(second.tolist()).toEqual(doubled)
  })
})

test('dims in any order are copied and computed', () => {
  const [a, b, c] = [19, 5, 37]
  const x = numbers(a, b * c)
    .to('float32')
    .view(a, b, c)
  const values = x.tolist() as number[][][]
  const orders: [number, number, number][] = [
    [2, 1, 0],
    [1, 0, 2],
    [2, 0, 1],
    [1, 2, 0],
    [0, 2, 1]
  ]
  for (const order of orders) {
    const view = x.permute(order)
    const [l, m, n] = view.shape
    const expected = Array.from({ length: l }, (_, i) =>
      Array.from({ length: m }, (_, j) =>
        Array.from({ length: n }, (_, k) => {
          const at = [0, 0, 0]
          order.forEach((dim, d) => (at[dim] = [i, j, k][d]))
          return values[at[0]][at[1]][at[2]]
        })
      )
    )
    expect(view.contiguous().tolist()).toEqual(expected)
    expect(zerosLike(view.contiguous()).add(view).tolist()).toEqual(expected)
    expect(view.contiguous().sub_(view).abs().sum().item()).toBe(0)
  }
})
