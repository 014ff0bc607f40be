// Backward through some results of a compiled function, as through the function itself.

import { type Tensor, autograd, compile, full, ones, rand, slice, tensor, zeros } from '../../../lib'
import { thrown } from '../../helpers/check'

const results: Record<string, (x: Tensor) => Tensor[]> = {
  two: (x) => [x.mul(2).sum(), x.log().sum()],
  three: (x) => [x.exp().sum(), x.log().sum(), x.sqrt().mul(x)],
  'five, more than all subsets are recorded of': (x) => [
    x.sum(),
    x.log().sum(),
    x.sqrt().sum(),
    x.mul(x).sum(),
    x.exp().sum()
  ]
}

const lossOf = (outputs: readonly Tensor[], chosen: readonly number[]): Tensor =>
  chosen.map((i) => outputs[i].sum()).reduce((a, b) => a.add(b))

/** All choices of results but none, with a name. */
const subsets = (count: number): [string, number[]][] =>
  Array.from({ length: 2 ** count - 1 }, (_, n) => {
    const chosen = [...Array(count).keys()].filter((i) => ((n + 1) >> i) & 1)
    return [chosen.join(' and '), chosen]
  })

describe.each(Object.keys(results))('of %s', (name) => {
  const f = results[name]
  const count = f(rand([3])).length

  test.each(subsets(count))('from %s: an absent gradient is no zero beside an infinite slope', (_, chosen) => {
    const [eager, compiled] = [f, compile(f)].map((run) => {
      const x = tensor([0, 1, 4], { requiresGrad: true })
      return [0, 1, 2].map(() => autograd.grad(lossOf(run(x), chosen), x)[0].tolist())
    })
    expect(compiled).toEqual(eager)
  })
})

test('an argument that is a view of another one passes its gradient on once', () => {
  const f = (x: Tensor, y: Tensor): Tensor => x.pow(y)
  const [eager, compiled] = [f, compile(f)].map((run) => {
    const x = tensor([2, 3, 4], { requiresGrad: true })
    const y = x.at(slice(1, 2)).mul(1)
    return [0, 1, 2].map(() => {
      x.grad = null
      run(x, y).sum().backward({ retainGraph: true })
      return x.grad!.tolist()
    })
  })
  expect(compiled).toEqual(eager)
})

test('a result that nothing goes back from leaves its own argument without a gradient', () => {
  const f = compile((x: Tensor, y: Tensor) => [x.mul(2).sum(), y.mul(3).sum()])
  const [x, y] = [rand([2]).requiresGrad_(), rand([2]).requiresGrad_()]
  for (let call = 0; call < 2; call++) {
    for (const leaf of [x, y]) leaf.grad = null
    f(x, y)[0].backward()
    expect([x.grad!.tolist(), y.grad]).toEqual([[2, 2], null])
  }
})

test('the sign of a zero gradient stays', () => {
  const f = (x: Tensor): Tensor[] => {
    const y = x.mul(3)
    return [y.mul(0), y]
  }
  const [eager, compiled] = [f, compile(f)].map((run) => {
    const x = tensor([1, 2], { requiresGrad: true })
    return [0, 1].map(() => autograd.grad(run(x)[0], x, { gradOutputs: tensor([-1, -1]) })[0].tolist())
  })
  expect(eager[0]).toEqual([-0, -0])
  expect(compiled).toEqual(eager)
})

test('of two backwards that fail, eager mode and a replay name the same', () => {
  const f = (x: Tensor, weight: Tensor): Tensor[] => {
    const last = (y: Tensor): Tensor => weight.mul(y)
    const y = weight.mul(x)
    const saved = y.mul(1)
    const results = [last(saved), y]
    x.mul_(2)
    saved.mul_(2)
    return results
  }
  const [eager, compiled] = [f, compile(f)].map((run) => {
    const [x, weight] = [zeros(2), rand([2]).requiresGrad_()]
    return [0, 1].map(() => thrown(() => lossOf(run(x, weight), [0, 1]).backward()))
  })
  expect(eager[0]).toMatch(/output 0 of MulBackward0, is at version 1/)
  expect(compiled).toEqual(eager)
})

test('a changed tensor from outside is no argument, though it was given as one once', () => {
  const [outer, other] = [zeros(2), zeros(2)]
  const make = () => {
    const weight = rand([2]).requiresGrad_()
    return (_: Tensor): Tensor => {
      const y = weight.mul(outer)
      outer.mul_(2)
      return y
    }
  }
  const [eager, compiled] = [make(), compile(make())].map((run) =>
    [outer, other, other].map((given) => thrown(() => run(given).sum().backward()))
  )
  expect(eager[2]).toMatch(/is at version 3; expected version 2 instead/)
  expect(compiled[2]).toMatch(/is at version 6; expected version 5 instead/)
})

test('the error for a changed tensor names the versions that it has now', () => {
  const f = (x: Tensor, weight: Tensor): Tensor => {
    const y = weight.mul(x)
    x.mul_(2)
    return y
  }
  const [eager, compiled] = [f, compile(f)].map((run) => {
    const [x, weight] = [zeros(2), rand([2]).requiresGrad_()]
    return [0, 1, 2].map(() => thrown(() => run(x, weight).sum().backward()))
  })
  expect(eager[2]).toMatch(/is at version 3; expected version 2 instead/)
  expect(compiled).toEqual(eager)
})

describe('an argument that requires grad and a tensor of the closure over one memory', () => {
  const base = ones(3, 3).clone().requiresGrad_()
  const [row, whole] = [base.at(0).detach(), base.at(slice(0, 3)).mul(1).detach()]
  const other = full([3, 3], 5).clone().requiresGrad_()

  test.each([
    ['a part of it', base, other, (x: Tensor) => row.sum().add(x.sum())],
    ['a copy', base, other, (x: Tensor) => whole.sum().add(x.sum())],
    ['more than it', base.at(1), other.at(1), (x: Tensor) => base.mean().add(x.sum())]
  ])('are told apart where the closure has %s', (_, first, second, f) => {
    const compiled = compile(f)
    const given = [first, second, first]
    expect(given.map((x) => compiled(x).item())).toEqual(given.map((x) => f(x).item()))
    expect([first.storage, second.storage]).toEqual([base.storage, other.storage])
  })
})
