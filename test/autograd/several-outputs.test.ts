// Ops of several outputs: one node in the graph, a gradient for each output, null where none came.

import {
  type Tensor,
  arange,
  autograd,
  cat,
  compile,
  noGrad,
  ones,
  rand,
  split,
  stack,
  tensor,
  tensorSplit,
  unbind,
  zeros
} from '../../lib'
import { thrown } from '../helpers/check'
import { listen } from '../helpers/listen'
import { Random } from '../helpers/random'

const matrix = (rows: number, columns: number): Tensor =>
  arange(1, rows * columns + 1, { dtype: 'float32' })
    .view(rows, columns)
    .requiresGrad_()

/** Every way to take a tensor apart, for a first dim of six rows. */
const ways: Readonly<Record<string, { readonly node: string; readonly apart: (x: Tensor) => Tensor[] }>> = {
  'unbind()': { node: 'UnbindBackward0', apart: (x) => unbind(x) },
  'an iterator': { node: 'UnbindBackward0', apart: (x) => [...x] },
  'split()': { node: 'SplitBackward0', apart: (x) => split(x, 2) },
  'split() whose last piece is smaller': { node: 'SplitBackward0', apart: (x) => x.split(4) },
  'split() by sizes': { node: 'SplitWithSizesBackward0', apart: (x) => x.split([1, 0, 3, 2]) },
  'chunk()': { node: 'SplitBackward0', apart: (x) => x.chunk(3) },
  'tensorSplit()': { node: 'SliceBackward0', apart: (x) => tensorSplit(x, 4) },
  'tensorSplit() at indices': { node: 'SliceBackward0', apart: (x) => x.tensorSplit([1, 4]) },
  'split() of the last dim': { node: 'SplitBackward0', apart: (x) => x.split(1, -1) },
  'unbind() of the last dim': { node: 'UnbindBackward0', apart: (x) => x.unbind(1) }
}
const rows = Object.entries(ways)

const namesOf = (x: Tensor): string[] => x.gradFn!.nextFunctions.map(([node, output]) => `${node} ${output}`)

describe('the graph', () => {
  test.each(rows)('of %s has one node', (_, { node, apart }) => {
    const y = matrix(6, 4).mul(1)
    const pieces = apart(y)
    expect(new Set(pieces.map(({ gradFn }) => gradFn)).size).toBe(1)
    expect(String(pieces[0].gradFn)).toBe(`<${node}>`)
    expect(namesOf(pieces[1])).toEqual(['<MulBackward0> 0'])
    expect(pieces.map((piece) => namesOf(piece.exp()))).toEqual(pieces.map((_, i) => [`<${node}> ${i}`]))
    expect(pieces.map((piece) => namesOf(stack([piece, piece])))).toEqual(
      pieces.map((_, i) => [`<${node}> ${i}`, `<${node}> ${i}`])
    )
  })

  test('of an empty dim: a chunk is one of as many as asked for', () => {
    const y = zeros(0, 2, { requiresGrad: true }).mul(1)
    expect(y.chunk(3).map(({ shape, gradFn }) => `${shape} ${gradFn}`)).toEqual(
      new Array(3).fill('0,2 <SplitWithSizesBackward0>')
    )
    expect(y.split(3).map(String)).toEqual(['tensor([], size=(0, 2), grad_fn=<SplitBackward0>)'])
    expect(y.unbind()).toEqual([])
  })

  test('has no node for integers, under noGrad and for what needs no gradient', () => {
    expect(arange(3).unbind()[1].gradFn).toBe(null)
    expect(noGrad(() => matrix(2, 2).unbind())[1].gradFn).toBe(null)
    expect(zeros(2, 2).split(1)[1].requiresGrad).toBe(false)
  })

  test('pieces can be destructured, and leave it by detach() only', () => {
    const [a, b] = matrix(2, 3)
    expect([a.tolist(), b.tolist()]).toEqual([
      [1, 2, 3],
      [4, 5, 6]
    ])
    expect([b.detach().gradFn, b.detach().requiresGrad]).toEqual([null, false])
    expect(thrown(() => b.detach_())).toMatch(/^Error: Can't detach views in-place/)
  })
})

describe('values and indices', () => {
  const ops: Readonly<Record<string, (x: Tensor) => Iterable<Tensor>>> = {
    MaxBackward0: (x) => x.max(0),
    MinBackward0: (x) => x.min(0),
    SortBackward0: (x) => x.sort(),
    TopkBackward0: (x) => x.topk(2),
    KthvalueBackward0: (x) => x.kthvalue(2, 0),
    MedianBackward1: (x) => x.median(0),
    ModeBackward0: (x) => x.mode(0),
    CummaxBackward0: (x) => x.cummax(0),
    CumminBackward0: (x) => x.cummin(0)
  }

  test.each(Object.entries(ops))('%s: the values are its first output, the indices need no gradient', (node, op) => {
    const [values, indices] = op(matrix(3, 3).mul(1))
    expect(String(values.gradFn)).toBe(`<${node}>`)
    expect(namesOf(values.exp())).toEqual([`<${node}> 0`])
    expect([indices.gradFn, indices.requiresGrad, indices.dtype]).toEqual([null, false, 'int64'])
    expect([...op(arange(9).view(3, 3))].map(({ gradFn }) => gradFn)).toEqual([null, null])
  })
})

describe('gradients', () => {
  /** As `apart`, but each piece a view of its own, in PyTorch's graph of one output per node. */
  const sliced = (x: Tensor, pieces: readonly Tensor[]): Tensor[] => {
    const isLast = pieces[0].size(0) === x.size(0) || (pieces[0].dim() < x.dim() && pieces.length === x.size(1))
    const dim = isLast ? 1 : 0
    let start = 0
    return pieces.map((piece) => {
      if (piece.dim() < x.dim()) return x.select(dim, start++)
      const part = x.narrow(dim, start, piece.size(dim))
      start += piece.size(dim)
      return part
    })
  }

  test.each(rows)('of %s: the same whichever outputs are used', (_, { apart }) => {
    const count = apart(matrix(6, 4)).length
    for (let bits = 1; bits < 2 ** count; bits++) {
      const gradientOf = (pieces: (x: Tensor) => Tensor[]): string => {
        const x = matrix(6, 4)
        const chosen = pieces(x).filter((_, i) => (bits >> i) & 1)
        const terms = chosen.map((piece, i) =>
          piece
            .mul(piece)
            .mul(i + 1)
            .sum()
        )
        return String(
          autograd.grad(
            terms.reduce((a, b) => a.add(b)),
            x
          )[0]
        )
      }
      expect(gradientOf(apart)).toBe(gradientOf((x) => sliced(x, apart(x))))
    }
  })

  test('are those of a transposed, expanded or cast input', () => {
    const x = tensor([[1, 2, 3]], { requiresGrad: true })
    const [a, , c] = x.expand(2, 3).t()
    a.mul(c).sum().backward()
    expect(String(x.grad)).toBe('tensor([[6., 0., 2.]])')
    const y = tensor([1, 2, 3, 4], { requiresGrad: true })
    const [first, second] = y.double().chunk(2)
    cat([second, first.float()])
      .mul(tensor([1, 2, 3, 4]))
      .sum()
      .backward()
    expect(String(y.grad)).toBe('tensor([3., 4., 1., 2.])')
  })

  test('arrive at outputs that are asked for, and at no other', () => {
    const x = matrix(4, 3)
    const y = x.mul(1)
    const rows = y.unbind()
    const loss = rows[1].sum().mul(2).add(rows[3].sum())
    const [first, last, whole] = autograd.grad(loss, [rows[1], rows[3], y], { retainGraph: true })
    expect([first.tolist(), last.tolist()]).toEqual([
      [2, 2, 2],
      [1, 1, 1]
    ])
    expect(whole.sum(1).tolist()).toEqual([0, 6, 0, 3])
    expect(autograd.grad(loss, [rows[0], rows[3]], { allowUnused: true, retainGraph: true })[0]).toBe(null)
    expect(thrown(() => autograd.grad(loss, rows[0], { retainGraph: true }))).toMatch(
      /^Error: The differentiated Tensor at index 0 appears to not have been used in the graph\./
    )
    autograd.backward(loss, { inputs: [rows[3]] })
    expect([rows[3].grad!.tolist(), x.grad]).toEqual([[1, 1, 1], null])
  })

  test('are kept for the output that asked, and seen and replaced by its hooks alone', () => {
    const x = matrix(3, 2)
    const [a, b, c] = x.split(1)
    const seen: string[] = []
    b.registerHook((g) => {
      seen.push(`b ${g.tolist()}`)
      return g.mul(10)
    })
    c.registerHook((g) => void seen.push(`c ${g.tolist()}`))
    const remove = c.registerHook(() => void seen.push('removed'))
    remove()
    b.retainGrad()
    c.retainGrad()
    const loss = a.sum().add(b.sum().mul(3))
    loss.backward({ retainGraph: true })
    expect(seen).toEqual(['b 3,3'])
    expect([b.grad!.tolist(), c.grad]).toEqual([[[30, 30]], null])
    expect(x.grad!.tolist()).toEqual([
      [1, 1],
      [30, 30],
      [0, 0]
    ])
    c.sum().backward()
    expect(seen).toEqual(['b 3,3', 'c 1,1'])
    expect(c.grad!.tolist()).toEqual([[1, 1]])
  })

  test('do not share memory where one gradient reaches several outputs', () => {
    const x = matrix(2, 3)
    const [a, b] = x.unbind()
    const seen: Tensor[] = []
    for (const row of [a, b]) row.registerHook((g) => void seen.push(g))
    // The same gradient for both, to which more is added for one of them.
    a.add(b).add(a.mul(a)).sum().backward()
    expect(seen.map((g) => g.tolist())).toEqual([
      [3, 5, 7],
      [1, 1, 1]
    ])
    expect(x.grad!.tolist()).toEqual([
      [3, 5, 7],
      [1, 1, 1]
    ])
  })

  test('come again in a second backward, since nothing was saved', () => {
    const x = matrix(2, 2)
    const total = x.unbind()[1].sum()
    total.backward()
    total.backward()
    expect(x.grad!.tolist()).toEqual([
      [0, 0],
      [2, 2]
    ])
  })

  test('of a run inside a hook on another output of the node stay apart from those of the outer run', () => {
    const x = matrix(3, 2)
    const rows = x.unbind()
    const inner: unknown[] = []
    const other = rows[0].sum()
    rows[2].registerHook(() => {
      inner.push(autograd.grad(other, x, { retainGraph: true })[0].tolist())
    })
    rows[2].sum().mul(5).add(rows[1].sum()).backward()
    expect(inner).toEqual([
      [
        [1, 1],
        [0, 0],
        [0, 0]
      ]
    ])
    expect(x.grad!.tolist()).toEqual([
      [0, 0],
      [1, 1],
      [5, 5]
    ])
  })

  test('that a replaced hook value has the wrong shape are refused by the shape of that output', () => {
    const [a, b] = tensor([1, 2, 3], { requiresGrad: true }).split([1, 2])
    b.registerHook(() => ones(1))
    expect(thrown(() => a.sum().add(b.sum()).backward())).toMatch(/^RangeError: hook has changed the size of value/)
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('of random graphs of pieces are those of single views (seed %i)', (seed) => {
    const build = (x: Tensor, isSingle: boolean): Tensor => {
      const random = new Random(seed)
      const apart = (y: Tensor, pieces: Tensor[]): Tensor[] => (isSingle ? sliced(y, pieces) : pieces)
      let y = x
      for (let step = 0; step < 6; step++) {
        const size = 1 + random.integer(3)
        const pieces =
          random.integer(2) === 0 ? apart(y, y.split(size)) : apart(y, y.unbind()).map((row) => row.unsqueeze(0))
        const factors = pieces.map(() => random.uniform(-1, 1))
        const mixed = pieces.map((piece, i) => {
          const chosen = random.integer(4)
          if (chosen === 0) return piece.detach()
          return chosen === 1 ? piece.mul(piece).mul(factors[i]) : piece.mul(factors[i])
        })
        mixed.reverse()
        y = random.integer(2) === 0 ? cat(mixed) : stack(mixed.flatMap((piece) => [...piece])).add(y)
      }
      return y.mul(y).sum()
    }
    const [several, single] = [false, true].map((isSingle) => {
      const x = tensor(new Random(seed + 100).list(24))
        .view(6, 4)
        .requiresGrad_()
      const [g] = autograd.grad(build(x, isSingle), x, { createGraph: true })
      const [second] = autograd.grad(g.mul(g).sum(), x)
      // Sums with zeros lose the sign of a zero that is copied.
      return [g.add(0).tolist(), second.add(0).tolist()]
    })
    expect(several).toEqual(single)
  })
})

describe('derivatives of derivatives', () => {
  test.each(rows)('of %s, up to the third', (_, { apart }) => {
    const x = tensor(new Random(3).list(24, 0.5, 2), { dtype: 'float64' })
      .view(6, 4)
      .requiresGrad_()
    const used = [...apart(x).keys()].filter((i) => i !== 1)
    const mask = noGrad(() => {
      const m = zeros(6, 4, { dtype: 'float64' })
      const pieces = apart(m)
      for (const i of used) pieces[i].fill_(1)
      return m
    })
    const pieces = apart(x)
    const loss = used.map((i) => pieces[i].pow(4).sum()).reduce((a, b) => a.add(b))
    const derivatives = [x.pow(3).mul(4), x.pow(2).mul(12), x.mul(24)]
    let y = loss
    for (const expected of derivatives) {
      const [g] = autograd.grad(y, x, { createGraph: true })
      expect(g.sub(expected.mul(mask)).abs().max().item()).toBeLessThan(1e-12)
      y = g.sum()
    }
  })

  test('are of stack() and cat(), with zeros where no gradient came', () => {
    const x = matrix(4, 3)
    const [g] = autograd.grad(x.unbind()[1].pow(3).sum(), x, { createGraph: true })
    expect(String(g.gradFn)).toBe('<StackBackward0>')
    expect(namesOf(g)).toEqual(['null 0', '<MulBackward0> 0', 'null 0', 'null 0'])
    const [h] = autograd.grad(x.split(2)[1].pow(3).sum(), x, { createGraph: true })
    expect(String(h.gradFn)).toBe('<CatBackward0>')
    expect(namesOf(h)).toEqual(['null 0', '<MulBackward0> 0'])
  })

  test('are the same bits with createGraph and without', () => {
    for (const [, { apart }] of rows) {
      const [x] = [rand([6, 4]).requiresGrad_()]
      const loss = (): Tensor =>
        apart(x)
          .map((piece, i) => piece.exp().mul(i).sum())
          .reduce((a, b) => a.add(b))
      const plain = autograd.grad(loss(), x)[0]
      expect(autograd.grad(loss(), x, { createGraph: true })[0].tolist()).toEqual(plain.tolist())
    }
  })

  test('through joined pieces of several dtypes and empty ones', () => {
    const empty = zeros(0, { requiresGrad: true })
    const single = tensor([[1, 2]], { requiresGrad: true })
    const double = tensor([[3, 4]], { dtype: 'float64', requiresGrad: true })
    const joined = cat([empty, single, double])
    const gradients = autograd.grad(joined.pow(3).sum(), [empty, single, double], { createGraph: true })
    expect(gradients.map(({ dtype, shape }) => `${dtype} ${shape}`)).toEqual([
      'float32 0',
      'float32 1,2',
      'float64 1,2'
    ])
    const [a, b] = autograd.grad(gradients[1].sum().add(gradients[2].sum()), [single, double])
    expect([a.tolist(), b.tolist()]).toEqual([[[6, 12]], [[18, 24]]])
  })
})

describe('rules', () => {
  test('are one for all calls of an op', () => {
    const x = matrix(2, 2)
    const index = [tensor([0n])]
    const calls: Readonly<Record<string, () => Tensor>> = {
      copy_: () => x.mul(1).copy_(x),
      fill_: () => x.mul(1).fill_(1),
      cat: () => cat([x, x]),
      stack: () => stack([x, x]),
      indexPut_: () => x.mul(1).indexPut_(index, ones(2)),
      cumsum_: () => x.mul(1).cumsum_(0),
      split: () => x.split(1)[0]
    }
    for (const [name, call] of Object.entries(calls))
      expect([name, call().gradFn!.rule]).toEqual([name, call().gradFn!.rule])
    for (const call of Object.values(calls)) expect(call().gradFn!.rule).toBe(call().gradFn!.rule)
  })

  test('of an index that was written to since throw', () => {
    const index = tensor([0n])
    const y = matrix(2, 2).mul(1).indexPut_([index], ones(2))
    index.fill_(1)
    expect(thrown(() => y.sum().backward())).toMatch(
      /^Error: one of the variables needed for gradient computation has been modified/
    )
  })

  test('of indexPut_() cut derivatives of every order', () => {
    const x = tensor([1, 2, 3], { requiresGrad: true })
    const value = tensor([5], { requiresGrad: true })
    const y = x.mul(1).indexPut_([tensor([1n])], value)
    const [g] = autograd.grad(y.pow(3).sum(), x, { createGraph: true })
    expect(g.tolist()).toEqual([3, 0, 27])
    const [ofX, ofValue] = autograd.grad(g.sum(), [x, value], { allowUnused: true })
    expect(ofX!.tolist()).toEqual([6, 0, 18])
    expect(ofValue === null ? [0] : ofValue.tolist()).toEqual([0])
  })
})

describe('launches of a backward', () => {
  const launchesOf = (count: number, apart: (x: Tensor) => Tensor[], createGraph: boolean): number => {
    const x = rand([count, 8]).requiresGrad_()
    const total = stack(apart(x).map((piece) => piece.sum())).sum()
    return listen(() => autograd.grad(total, x, { createGraph })).launches.length
  }

  test.each<[string, (x: Tensor) => Tensor[]]>([
    ['unbind()', (x) => x.unbind()],
    ['split()', (x) => x.split(1)],
    ['tensorSplit()', (x) => x.tensorSplit(x.size(0))]
  ])('of %s grow with the number of rows', (_, apart) => {
    for (const createGraph of [false, true]) {
      const [some, twice, many] = [100, 200, 2000].map((count) => launchesOf(count, apart, createGraph))
      const perRow = (twice - some) / 100
      expect(perRow).toBeLessThan(4)
      expect(many).toBe(some + 1900 * perRow)
    }
  })

  test('of one row among many are few', () => {
    const x = rand([2000, 8]).requiresGrad_()
    const total = x.unbind()[5].sum()
    expect(listen(() => autograd.grad(total, x)).launches.length).toBeLessThan(5)
  })
})

describe('compiled, as in eager mode:', () => {
  test.each(rows)('%s inside of a step', (_, { apart }) => {
    const step = (x: Tensor): Tensor => {
      const terms = apart(x).map((piece, i) => (i === 1 ? piece.detach() : piece.exp().mul(i + 1)).sum())
      const loss = terms.reduce((a, b) => a.add(b))
      loss.backward()
      return loss.detach()
    }
    const [eager, compiled] = [step, compile(step)].map((run) =>
      [1, 2, 3].map((seed) => {
        const x = tensor(new Random(seed).list(24)).view(6, 4).requiresGrad_()
        return [run(x).tolist(), x.grad!.tolist()]
      })
    )
    expect(compiled).toEqual(eager)
  })

  test.each(rows)('%s as results, with a backward from some of them', (_, { apart }) => {
    const f = (x: Tensor): Tensor[] => apart(x.mul(x)).slice(0, 3)
    const [eager, compiled] = [f, compile(f)].map((run) =>
      [1, 2, 3, 4].map((seed) => {
        const x = tensor(new Random(seed).list(24)).view(6, 4).requiresGrad_()
        const pieces = run(x)
        const chosen = pieces.filter((_, i) => i !== seed % 2)
        pieces[0].retainGrad()
        chosen
          .map((piece) => piece.exp().sum())
          .reduce((a, b) => a.add(b))
          .backward()
        return [pieces.map((piece) => piece.tolist()), pieces[0].grad?.tolist(), x.grad!.tolist()]
      })
    )
    expect(compiled).toEqual(eager)
  })

  test('pieces that were made outside get the gradient of their own output', () => {
    const f = (a: Tensor, b: Tensor): Tensor => a.mul(b).sum()
    const [eager, compiled] = [f, compile(f)].map((run) =>
      [1, 2, 3].map((seed) => {
        const x = tensor(new Random(seed).list(12)).view(3, 4).requiresGrad_()
        const [, b, c] = x.unbind()
        run(c, b).backward()
        return x.grad!.tolist()
      })
    )
    expect(compiled).toEqual(eager)
  })

  test('a split by a tensor cannot be captured', () => {
    const index = tensor([1n])
    const step = compile((x: Tensor) => x.tensorSplit(index)[0].sum())
    expect(thrown(() => step(ones(3)))).toMatch(/tensorSplit\(\) by a tensor/)
  })
})
