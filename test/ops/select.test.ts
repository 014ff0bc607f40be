// Elements that values choose: what PyTorch's small cases do not show.

import {
  type Tensor,
  arange,
  argwhere,
  bucketize,
  nonzero,
  nonzeroStatic,
  rand,
  randn,
  searchsorted,
  tensor,
  zeros
} from '../../lib'

/** Coordinates of what is not 0, by hand. */
function coordinates(x: Tensor): number[][] {
  const found: number[][] = []
  const values = x.contiguous().reshape(-1).tolist<number[]>()
  values.forEach((value, flat) => {
    if (value === 0) return
    const at: number[] = []
    for (let d = x.dim() - 1, left = flat; d >= 0; left = Math.floor(left / x.shape[d--])) at.unshift(left % x.shape[d])
    found.push(at)
  })
  return found
}

test('finds elements of large, strided and repeated tensors in logical order', () => {
  const holds = rand(180, 201).lt(0.3).float()
  for (const x of [holds, holds.t(), holds.at(3), holds.at(2).expand(20, 201), holds.reshape(12, 15, 201)]) {
    const expected = coordinates(x)
    expect(nonzero(x).tolist()).toEqual(expected)
    expect(argwhere(x).tolist()).toEqual(expected)
    expect(nonzero(x, { asTuple: true }).map((each) => each.tolist())).toEqual(
      x.shape.map((_, d) => expected.map((at) => at[d]))
    )
    const values = randn(...x.shape)
    const [flat, flags] = [values, x].map((each) => each.reshape(-1).tolist<number[]>())
    expect(values.maskedSelect(x.ne(0)).tolist()).toEqual(flat.filter((_, i) => flags[i] !== 0))
  }
})

test('fills what nonzeroStatic does not find, and leaves out what exceeds its size', () => {
  const x = tensor([0, 2, 0, 3])
  expect(nonzeroStatic(x, { size: 3 }).tolist()).toEqual([[1], [3], [-1]])
  expect(nonzeroStatic(x, { size: 1 }).tolist()).toEqual([[1]])
  expect(nonzeroStatic(zeros(2, 2), { size: 1, fillValue: 9 }).tolist()).toEqual([[9, 9]])
})

test('puts values of a line where a large mask holds, in order', () => {
  const mask = rand(300, 150).lt(0.5)
  const source = arange(300 * 150).float()
  const filled = zeros(300, 150).maskedScatter(mask, source)
  expect(filled.maskedSelect(mask).equal(source.narrow(0, 0, Number(mask.sum().item())))).toBe(true)
  expect(filled.maskedSelect(mask.logicalNot()).any().item()).toBe(false)
  const turned = zeros(150, 300).t().maskedScatter_(mask, source)
  expect(turned.equal(filled)).toBe(true)
})

test('meets at one element in the order of the index, however many threads there are', () => {
  const [rows, columns] = [1500, 33]
  const index = rand(rows, columns).mul(7).long()
  const src = randn(rows, columns)
  const expected = zeros(7, columns).tolist<number[][]>()
  const [places, values] = [index.tolist<number[][]>(), src.tolist<number[][]>()]
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = places[i][j]
      expected[at][j] = Math.fround(expected[at][j] + values[i][j])
    }
  }
  expect(zeros(7, columns).scatterAdd(0, index, src).tolist()).toEqual(expected)
})

test('refuses a write to what it reads', () => {
  const x = zeros(4)
  expect(() => x.scatter_(0, tensor([0, 1], { dtype: 'int64' }), x.at(0).expand(2))).toThrow(/^unsupported operation/)
  expect(() => x.maskedFill_(x.expand(2, 4).ne(0), 1)).toThrow(RangeError)
})

test('searchsorted and bucketize find a number that the dtype of the line does not hold', () => {
  const line = tensor([1, 2, 3], { dtype: 'uint8' })
  expect([0.5, 2.5, 2, 300].map((value) => searchsorted(line, value).item())).toEqual([0, 2, 1, 3])
  expect(bucketize(3.7, line).item()).toBe(3)
  expect(searchsorted(tensor([1, 2]), 1).item()).toBe(0)
  expect(searchsorted(tensor([1n, 2n ** 53n + 1n]), 2n ** 60n).item()).toBe(2)
})
