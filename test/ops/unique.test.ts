// Distinct elements and slices: what PyTorch's small cases do not show.

import { Generator, type Tensor, randint, randn, tensor, unique, zeros } from 'dyngrad'

const SEED = 43
const generator = new Generator().manualSeed(SEED)
const lists = (all: readonly Tensor[]): unknown[] => all.map((each) => each.tolist())

test('gives a tensor, or a list of what is asked for', () => {
  const x = tensor([2, 1, 2])
  expect(unique(x).tolist()).toEqual([1, 2])
  expect(lists(x.unique({ returnInverse: true }))).toEqual([
    [1, 2],
    [1, 0, 1]
  ])
  expect(lists(x.unique({ returnCounts: true }))).toEqual([
    [1, 2],
    [1, 2]
  ])
  expect(lists(unique(x, true, true, true) as Tensor[])).toHaveLength(3)
  expect(unique(x, false).tolist()).toEqual([1, 2])
  expect(x.unique({ dim: null }).tolist()).toEqual([1, 2])
})

test('the inverse restores the input, the counts add up to it', () => {
  for (const x of [randint(0, 1000, [300, 70], { generator }), randn(5000, { generator }).mul(8).round().add(0)]) {
    const [values, inverse, counts] = x.t().unique({ returnInverse: true, returnCounts: true })
    expect(values.at(inverse).eq(x.t()).all().item()).toBe(true)
    expect(counts.sum().item()).toBe(x.numel())
    expect(values.shape).toEqual(counts.shape)
    expect(values.toTypedArray()).toEqual(
      x
        .toTypedArray()
        .sort()
        .filter((each, i, all) => i === 0 || each !== all[i - 1])
    )
  }
})

test('each NaN is one of its own, and the first of two zeros stands for both', () => {
  expect(tensor([NaN, 1, NaN, 1]).unique().tolist()).toEqual([1, NaN, NaN])
  expect(Object.is(tensor([-0, 0]).unique().item(), -0)).toBe(true)
  const rows = tensor([
    [NaN, 1],
    [0, NaN],
    [NaN, 1],
    [-0, 3],
    [0, 3]
  ])
  expect(lists(rows.unique({ dim: 0, returnCounts: true }))).toEqual([
    [
      [-0, 3],
      [0, NaN],
      [NaN, 1],
      [NaN, 1]
    ],
    [2, 1, 1, 1]
  ])
})

test('slices of a dim are in lexicographic order', () => {
  const x = randint(0, 3, [2, 500, 3], { generator })
  const [values, inverse, counts] = x.unique({ dim: 1, returnInverse: true, returnCounts: true })
  expect(values.indexSelect(1, inverse).eq(x).all().item()).toBe(true)
  expect(counts.sum().item()).toBe(500)
  const keys = (values.permute(1, 0, 2).reshape(-1, 6).tolist() as number[][]).map((row) => row.join(''))
  expect(keys).toEqual([...new Set(keys)].sort())
})

test('the result owns no more memory than it shows', () => {
  const x = randint(0, 2, [1000], { generator })
  expect(x.unique().storageOffset()).toBe(0)
  expect(
    zeros(0)
      .unique({ returnCounts: true })
      .map(({ shape }) => shape)
  ).toEqual([[0], [0]])
})
