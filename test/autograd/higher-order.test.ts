// Derivatives of derivatives: with createGraph every gradient is ordinary tensor code. (SEMANTICS 18, 22)
import { type Tensor, autograd, cat, matmul, noGrad, tensor } from '../../lib'

const leaf = (...values: number[]): Tensor => tensor(values, { dtype: 'float64', requiresGrad: true })

/** The nth derivative of a function of each element on its own. */
function derivative(f: (x: Tensor) => Tensor, x: Tensor, order: number): Tensor {
  let y = f(x)
  for (let i = 0; i < order; i++) [y] = autograd.grad(y.sum(), x, { createGraph: true })
  return y
}

const close = (actual: Tensor, expected: readonly number[], digits = 10): void => {
  const values = actual.toTypedArray() as Float64Array
  expect(values).toHaveLength(expected.length)
  expected.forEach((value, i) => expect(values[i]).toBeCloseTo(value, digits))
}

const points = [0.3, 0.7, 1.6]

describe('createGraph', () => {
  const cases: [string, (x: Tensor) => Tensor, ((x: number) => number)[]][] = [
    ['x^4', (x) => x.pow(4), [(x) => 4 * x ** 3, (x) => 12 * x ** 2, (x) => 24 * x, () => 24]],
    ['x x x', (x) => x.mul(x).mul(x), [(x) => 3 * x ** 2, (x) => 6 * x, () => 6]],
    ['exp', (x) => x.exp(), [Math.exp, Math.exp, Math.exp, Math.exp]],
    ['sin', (x) => x.sin(), [Math.cos, (x) => -Math.sin(x), (x) => -Math.cos(x), Math.sin]],
    ['log', (x) => x.log(), [(x) => 1 / x, (x) => -1 / x ** 2, (x) => 2 / x ** 3]],
    ['1 / x', (x) => x.reciprocal(), [(x) => -1 / x ** 2, (x) => 2 / x ** 3, (x) => -6 / x ** 4]],
    ['sqrt', (x) => x.sqrt(), [(x) => 0.5 * x ** -0.5, (x) => -0.25 * x ** -1.5, (x) => 0.375 * x ** -2.5]],
    [
      'sigmoid',
      (x) => x.sigmoid(),
      [
        (x) => Math.exp(-x) / (1 + Math.exp(-x)) ** 2,
        (x) => (Math.exp(-x) * (Math.exp(-x) - 1)) / (1 + Math.exp(-x)) ** 3
      ]
    ],
    [
      'tanh',
      (x) => x.tanh(),
      [
        (x) => 1 - Math.tanh(x) ** 2,
        (x) => -2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2),
        (x) => (1 - Math.tanh(x) ** 2) * (6 * Math.tanh(x) ** 2 - 2)
      ]
    ],
    ['relu', (x) => x.relu(), [() => 1]]
  ]

  test.each(cases)('gives every order of derivative of %s', (_name, f, derivatives) => {
    derivatives.forEach((expected, i) => close(derivative(f, leaf(...points), i + 1), points.map(expected), 8))
  })

  test('records the gradients; without it they have no graph', () => {
    const x = leaf(2)
    const [plain] = autograd.grad(x.mul(x), x)
    const [recorded] = autograd.grad(x.mul(x), x, { createGraph: true })
    expect([plain.requiresGrad, recorded.requiresGrad]).toEqual([false, true])
    expect(plain.toTypedArray()).toEqual(recorded.toTypedArray())
  })

  test('gives no graph to a gradient that does not depend on anything', () => {
    const x = leaf(2)
    const [g] = autograd.grad(x.add(1), x, { createGraph: true })
    expect(g.requiresGrad).toBe(false)
  })

  test('keeps the graph, unless retainGraph says otherwise', () => {
    const x = leaf(2)
    const kept = x.mul(x)
    autograd.grad(kept, x, { createGraph: true })
    autograd.grad(kept, x)
    const freed = x.mul(x)
    autograd.grad(freed, x, { createGraph: true, retainGraph: false })
    expect(() => autograd.grad(freed, x)).toThrow('Trying to backward through the graph a second time')
  })

  test('differentiates with respect to gradOutputs too', () => {
    const x = leaf(3)
    const v = leaf(5)
    const [g] = autograd.grad(x.mul(x), x, { gradOutputs: v, createGraph: true })
    close(g, [30])
    close(autograd.grad(g, v)[0], [6])
  })

  test('mixes derivatives of two inputs', () => {
    const [x, y] = [leaf(2), leaf(3)]
    const f = x.mul(x).mul(y.pow(3))
    const [fx] = autograd.grad(f, x, { createGraph: true })
    const [fxy] = autograd.grad(fx, y, { createGraph: true })
    close(fxy, [2 * 2 * 3 * 9])
    close(autograd.grad(fxy, [x, y])[1], [2 * 2 * 6 * 3])
  })

  test('goes through broadcasting, reductions, views, products of matrices and joins', () => {
    const x = tensor([[1, 2], [3, 4]], { dtype: 'float64', requiresGrad: true }) // prettier-ignore
    const f = (m: Tensor): Tensor => {
      const rows = matmul(m, m.t()).sum(1, { keepdim: true })
      return cat([rows.mul(m).mean(0), m.at(0).pow(3)]).sum()
    }
    const [g] = autograd.grad(f(x), x, { createGraph: true })
    const [hessianTimesOnes] = autograd.grad(g.sum(), x)
    const step = 1e-4
    const moved = (by: number): Tensor => {
      const at = x.detach().add(by).requiresGrad_()
      return autograd.grad(f(at), at)[0]
    }
    const difference = moved(step)
      .sub(moved(-step))
      .div(2 * step)
    close(hessianTimesOnes, [...(difference.toTypedArray() as Float64Array)], 5)
  })

  test('goes through in-place writes and the views that they rewrite', () => {
    const x = leaf(1, 1)
    const b = x.mul(x)
    b.setAt(0, b.at(0).clone().mul(3))
    const [g] = autograd.grad(b.sum(), x, { createGraph: true })
    close(g, [6, 2])
    close(autograd.grad(g.sum(), x)[0], [6, 2])
  })

  test('trains through a step of gradient descent', () => {
    const rate = leaf(0.1)
    const w = leaf(2)
    const loss = (at: Tensor): Tensor => at.pow(2).sum()
    const [g] = autograd.grad(loss(w), w, { createGraph: true })
    const after = w.sub(rate.mul(g))
    loss(after).backward()
    // d/dr (w - 2 r w)^2 = -4 w^2 (1 - 2 r).
    close(rate.grad!, [-4 * 4 * 0.8])
  })

  test('backward() with it accumulates gradients that have a graph, apart from each other', () => {
    const [a, b] = [leaf(2), leaf(3)]
    const g = leaf(1)
    a.add(b).backward({ gradient: g, createGraph: true })
    expect([a.grad!.requiresGrad, b.grad!.requiresGrad]).toEqual([true, true])
    expect(new Set([a.grad, b.grad, g].map((each) => each!.storage)).size).toBe(3)
    noGrad(() => a.grad!.detach().mul_(7))
    close(b.grad!, [1])
    close(g, [1])
  })

  test('backward() with it replaces an accumulated gradient by a recorded sum', () => {
    const x = leaf(3)
    x.mul(x).backward({ createGraph: true })
    const before = x.grad!
    x.mul(x).backward({ createGraph: true })
    expect(x.grad).not.toBe(before)
    close(before, [6])
    close(autograd.grad(x.grad!, x)[0], [4])
  })
})

describe('gradients without createGraph', () => {
  test('have no graph, inside noGrad too, where backward works as well', () => {
    const x = leaf(2)
    const y = x.mul(x)
    noGrad(() => y.backward())
    close(x.grad!, [4])
    expect(x.grad!.requiresGrad).toBe(false)
  })
})
