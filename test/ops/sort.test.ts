// Order along a dim: what the rows of test/ops/sort.rows.ts and PyTorch's small cases do not show.

import {
  Generator,
  type Tensor,
  arange,
  autograd,
  compile,
  full,
  getNumThreads,
  median,
  ones,
  randint,
  randn,
  setNumThreads,
  slice,
  sort,
  tensor,
  topk,
  zeros
} from 'dyngrad'

const SEED = 41
const generator = new Generator().manualSeed(SEED)
const bits = (x: Tensor): string => Buffer.from(x.contiguous().toTypedArray().buffer).toString('base64')

const NaNs = tensor([3, NaN, -0, 0, 1, NaN, -Infinity])

describe('sort()', () => {
  test('puts NaN last, and first where it descends', () => {
    expect(NaNs.sort().values.tolist()).toEqual([-Infinity, -0, 0, 1, 3, NaN, NaN])
    expect(NaNs.sort({ descending: true }).values.tolist()).toEqual([NaN, NaN, 3, 1, -0, 0, -Infinity])
    expect(NaNs.argsort({ descending: true }).tolist()).toEqual([1, 5, 0, 4, 2, 3, 6])
  })

  test('keeps the order of equal elements, zeros of both signs among them', () => {
    const x = randint(0, 5, [2000], { generator })
    const signed = x.to('float32').mul(x.eq(0).logicalAnd(arange(2000).remainder(2).eq(0)).to('float32').mul(-2).add(1))
    for (const descending of [false, true]) {
      const { values, indices } = signed.sort({ descending })
      const [order, sorted] = [indices.tolist() as number[], values.tolist() as number[]]
      const source = signed.tolist() as number[]
      expect(sorted).toEqual(order.map((i) => source[i]))
      for (let i = 1; i < order.length; i++) {
        const [before, after] = [sorted[i - 1], sorted[i]]
        if (before === after) expect(order[i - 1]).toBeLessThan(order[i])
        else expect(descending ? before > after : before < after).toBe(true)
      }
    }
  })

  test('gives its results in two ways', () => {
    const [values, indices] = sort(tensor([2, 1]))
    expect([values.tolist(), indices.tolist()]).toEqual([
      [1, 2],
      [1, 0]
    ])
    expect(indices.dtype).toBe('int64')
  })

  test('takes its arguments by position, by name, or both', () => {
    const x = randn(3, 4, { generator })
    const wanted = x.sort(0, true).indices.tolist()
    expect(x.sort({ dim: 0, descending: true }).indices.tolist()).toEqual(wanted)
    expect(x.sort(0, { descending: true, stable: true }).indices.tolist()).toEqual(wanted)
    expect(sort(x, -2, true, { stable: false }).indices.tolist()).toEqual(wanted)
  })

  test('sorts integers beyond 2^53 and what lies far apart', () => {
    const x = tensor([2n ** 62n, -(2n ** 62n), 2n ** 53n + 1n, 2n ** 53n, -1n])
    expect([...x.sort().values.toTypedArray()]).toEqual([-(2n ** 62n), -1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 62n])
  })

  test('sorts 100000 numbers as JavaScript does', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const x = randn(100_000, { generator, dtype })
      expect(x.sort().values.toTypedArray()).toEqual(x.toTypedArray().sort())
    }
  })

  test('leaves empty tensors empty', () => {
    expect(zeros(2, 0).sort().indices.shape).toEqual([2, 0])
    expect(zeros(0, 2).sort(1).values.shape).toEqual([0, 2])
  })
})

describe('topk(), kthvalue(), median() and mode()', () => {
  test('take the first of equal elements', () => {
    const x = tensor([1, 2, 2, 2, 1, 2, 3, NaN, NaN, 0])
    expect(x.topk(5).indices.tolist()).toEqual([7, 8, 6, 1, 2])
    expect(x.topk(3, { largest: false }).indices.tolist()).toEqual([9, 0, 4])
    expect(topk(x, 3, 0, true, false).indices.tolist()).toEqual([7, 8, 6])
    expect(x.kthvalue(5).indices.tolist()).toBe(2)
    expect(x.median(0).indices.tolist()).toBe(7)
    expect(zeros(1000).topk(100).indices.tolist()).toEqual(arange(100).tolist())
  })

  test('mode takes the last of the least of the most frequent', () => {
    expect([...tensor([2, 1, 1, 2, 3]).mode()].map((each) => each.tolist())).toEqual([1, 2])
    expect([...tensor([NaN, NaN, NaN, 5]).mode()].map((each) => each.tolist())).toEqual([5, 3])
    expect([...full([3], NaN).mode()].map((each) => each.tolist())).toEqual([NaN, 0])
    expect(Object.is(tensor([0, -0, 1]).mode().values.item(), -0)).toBe(true)
  })

  test('agree with sort on long lines', () => {
    for (const source of [randn(2, 30_000, { generator }), randint(-50, 50, [2, 30_000], { generator })]) {
      for (const x of [source, source.t().contiguous().t()]) {
        const { values, indices } = x.sort()
        const descending = x.sort({ descending: true })
        for (const k of [1, 17, 1000, 20_000]) {
          const best = x.topk(k)
          expect(
            best.indices
              .eq(descending.indices.narrow(1, 0, k))
              .all()
              .item()
          ).toBe(true)
          expect(
            best.values
              .eq(descending.values.narrow(1, 0, k))
              .all()
              .item()
          ).toBe(true)
          expect(x.kthvalue(k).indices.tolist()).toEqual(indices.select(1, k - 1).tolist())
        }
        expect(x.median(1).values.tolist()).toEqual(values.select(1, 14_999).tolist())
      }
    }
  })

  test('median of nothing is NaN, and of integers what NaN becomes', () => {
    expect(zeros(0).median().item()).toBeNaN()
    expect(zeros(0, { dtype: 'int32' }).median().item()).toBe(-(2 ** 31))
    expect(zeros(0, { dtype: 'uint8' }).median().item()).toBe(0)
  })

  test('take one element all over without walking it', () => {
    const x = tensor([7]).expand(2 ** 40)
    expect([...x.topk(2)].map((each) => each.tolist())).toEqual([
      [7, 7],
      [0, 1]
    ])
    expect(x.kthvalue(2 ** 40).indices.item()).toBe(2 ** 40 - 1)
    expect(x.mode().indices.item()).toBe(2 ** 40 - 1)
    expect(x.median(0).values.item()).toBe(7)
  })
})

describe('derivatives', () => {
  test.each<[name: string, f: (x: Tensor) => Tensor]>([
    ['SortBackward0', (x) => x.sort().values],
    ['TopkBackward0', (x) => x.topk(1).values],
    ['KthvalueBackward0', (x) => x.kthvalue(1).values],
    ['MedianBackward0', (x) => x.median()],
    ['MedianBackward1', (x) => x.median(0).values],
    ['ModeBackward0', (x) => x.mode().values],
    ['Unique2Backward0', (x) => x.unique()],
    ['UniqueDimBackward0', (x) => x.unique({ dim: 0 })]
  ])('%s is the node', (name, f) => {
    expect(f(tensor([2, 1]).requiresGrad_()).gradFn!.name).toBe(name)
    expect(f(tensor(2).requiresGrad_().reshape(1)).gradFn!.name).toBe(name)
  })

  test('of a median share among equals, or go to one index', () => {
    const x = tensor([2, 2, 2, 1]).requiresGrad_()
    expect(autograd.grad(median(x), x)[0].tolist()).toEqual([1 / 3, 1 / 3, 1 / 3, 0].map(Math.fround))
    expect(autograd.grad(x.median(0).values, x)[0].tolist()).toEqual([1, 0, 0, 0])
  })

  test('have every order', () => {
    const x = tensor([3, 1, 2]).requiresGrad_()
    const [first] = autograd.grad(
      x
        .sort()
        .values.mul(tensor([1, 2, 3]))
        .pow(3)
        .sum(),
      x,
      { createGraph: true }
    )
    const [second] = autograd.grad(first.sum(), x, { createGraph: true })
    expect(second.tolist()).toEqual([6 * 27 * 3, 6 * 1 * 1, 6 * 8 * 2])
    expect(autograd.grad(second.sum(), x)[0].tolist()).toEqual([6 * 27, 6, 6 * 8])
  })

  test('of a 0-d tensor pass through', () => {
    for (const f of [(x: Tensor) => x.sort().values, (x: Tensor) => x.topk(1).values, (x: Tensor) => x.mode().values]) {
      const x = tensor(2).requiresGrad_()
      f(x).mul(3).backward()
      expect(x.grad!.item()).toBe(3)
    }
  })
})

test('results do not depend on the number of threads', () => {
  const x = randn(300, 700, { generator })
  const results = (): string[] =>
    [x, x.t(), x.at(slice(null, null, 2))].flatMap((each) =>
      [...each.sort(0), ...each.topk(30), ...each.median(1), ...each.mode(0), ...each.kthvalue(3, 0)].map(bits)
    )
  const before = getNumThreads()
  try {
    setNumThreads(1)
    const wanted = results()
    for (const threads of [2, 3]) {
      setNumThreads(threads)
      expect(results()).toEqual(wanted)
    }
  } finally {
    setNumThreads(before)
  }
})

test('a compiled step sorts what it is called with', () => {
  const step = compile((x: Tensor) => {
    const [values, indices] = x.sort(0, { descending: true })
    return { values, indices, best: x.topk(1, 0).values }
  })
  for (const [x, wanted] of [
    [tensor([1, 3, 2]), [3, 2, 1]],
    [tensor([9, 8, 7]), [9, 8, 7]]
  ] as const) {
    const { values, best } = step(x)
    expect(values.tolist()).toEqual(wanted)
    expect(best.tolist()).toEqual([wanted[0]])
  }
  expect(step.programs).toHaveLength(1)
  expect(ones(2).sort().values.tolist()).toEqual([1, 1])
})
