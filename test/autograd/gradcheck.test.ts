// autograd.gradcheck and gradgradcheck: what they find, and that every differentiable op passes them.

import { type Tensor, autograd, compile, manualSeed, randn, tensor } from '../../lib'
import { thrown } from '../helpers/check'
import { isTracked, toTensor, valuesOf } from '../helpers/operands'
import type { Row, Shape } from '../helpers/rows'
import { table } from '../ops/table'

const { gradcheck, gradgradcheck } = autograd

const leaf = (...data: number[]): Tensor => tensor(data, { dtype: 'float64', requiresGrad: true })

describe('gradcheck', () => {
  test('gives true where gradients are right, of several inputs and outputs', () => {
    manualSeed(0)
    const matrix = randn([3, 2], { dtype: 'float64', requiresGrad: true })
    const body = (a: Tensor, b: Tensor): Tensor[] => [a.mul(b).sin(), a.sum(), a.argmax()]
    expect(gradcheck(body, [matrix.detach().t().requiresGrad_(), leaf(1, 2, 3)])).toBe(true)
    expect(gradcheck((a: Tensor) => a.exp(), matrix)).toBe(true)
    expect(gradcheck({ func: (a: Tensor) => a.exp(), inputs: [leaf()] })).toBe(true)
  })

  test('takes values that are no tensors', () => {
    expect(gradcheck((a: Tensor, n: number) => a.mul(n), [leaf(1, 2), 3])).toBe(true)
  })

  test('leaves its inputs as they are', () => {
    const x = leaf(1, 2)
    gradcheck((a: Tensor) => a.exp(), [x])
    expect([x.tolist(), x.grad, x.version]).toEqual([[1, 2], null, 0])
    expect(() =>
      gradcheck(
        (a: Tensor) => {
          if (a.at(1).item() !== 2) throw new Error('moved')
          return a.exp()
        },
        [x]
      )
    ).toThrow('moved')
    expect(x.tolist()).toEqual([1, 2])
  })

  test('says where a gradient is wrong, as PyTorch does', () => {
    const wrong = (a: Tensor): Tensor => a.mul(a.detach())
    expect(thrown(() => gradcheck(wrong, [leaf(1, 2)]))).toBe(
      'GradcheckError: Jacobian mismatch for output 0 with respect to input 0,\n' +
        'numerical:tensor([[2.0000, 0.0000],\n        [0.0000, 4.0000]], dtype=torch.float64)\n' +
        'analytical:tensor([[1., 0.],\n        [0., 2.]], dtype=torch.float64)\n'
    )
    expect(gradcheck(wrong, [leaf(1, 2)], { raiseException: false })).toBe(false)
  })

  test('an unstable backward is told', () => {
    let calls = 0
    const unstable = (a: Tensor): Tensor => {
      const y = a.mul(2)
      y.registerHook((g) => g.mul(1 + 1e-7 * calls++))
      return y
    }
    expect(thrown(() => gradcheck(unstable, [leaf(1)]))).toBe(
      'GradcheckError: Backward is not reentrant, i.e., running backward with same input and gradOutput multiple times gives ' +
        'different values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was 0.'
    )
    expect(gradcheck(unstable, [leaf(1)], { nondetTol: 1e-3 })).toBe(true)
  })

  test('a gradient that does not vanish with that of the output is told', () => {
    const additive = (a: Tensor): Tensor => {
      const y = a.mul(2)
      y.registerHook((g) => g.add(1e-6))
      return y
    }
    expect(thrown(() => gradcheck(additive, [leaf(1)]))).toBe('GradcheckError: backward not multiplied by gradOutput')
  })

  test('an output whose gradient is left out, and counts all the same, is told', () => {
    let calls = 0
    // The Jacobian takes two backwards, the gradient of zeros one.
    const late = (a: Tensor): Tensor[] => {
      const y = a.mul(2)
      y.registerHook((g) => (++calls > 3 ? g.add(1) : g))
      return [y, a.mul(3)]
    }
    expect(thrown(() => gradcheck(late, [leaf(1)]))).toBe(
      'GradcheckError: Expected all input grads to be undefined or zero when all output grads are undefined or zero.'
    )
    calls = 0
    expect(gradcheck(late, [leaf(1)], { checkUndefinedGrad: false })).toBe(true)
  })

  test.each<[string, () => unknown]>([
    [
      'RangeError: gradcheck expects at least one input tensor to require gradient, but none of them have requiresGrad: true.',
      () => gradcheck((a: Tensor) => a, [randn(2)])
    ],
    [
      'Error: The 0th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able ' +
        'to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck.',
      () => gradcheck((a: Tensor) => a, [leaf(1).expand(3)])
    ],
    [
      'GradcheckError: Numerical gradient for function expected to be zero',
      () => gradcheck((a: Tensor) => a.detach(), [leaf(1)])
    ],
    [
      'TypeError: gradcheck: func must return a Tensor or an array of Tensors, got Promise',
      () => gradcheck((a: Tensor) => Promise.resolve(a), [leaf(1)])
    ],
    [
      'GradcheckError: Expected `func` to return outputs with the same shape when inputs are perturbed by 0.000001, but got: ' +
        'shapes [1] and [2].',
      () => gradcheck((a: Tensor) => (a.item() === 1 ? a.mul(1) : a.expand(2)), [leaf(1)])
    ],
    [
      'GradcheckError: Expected `func` to return outputs with the same dtype when inputs are perturbed by 0.000001, but got: ' +
        'dtypes torch.float64 and torch.float32.',
      () => gradcheck((a: Tensor) => (a.item() === 1 ? a.mul(1) : a.float()), [leaf(1)])
    ],
    [
      'TypeError: gradcheck: fastMode is not supported; it may only be false, got boolean',
      () => gradcheck((a: Tensor) => a, [leaf(1)], { fastMode: true as false })
    ]
  ])('throws %s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})

test('gradgradcheck sees a derivative that has none itself', () => {
  const wrong = (a: Tensor): Tensor => a.mul(a.mul(a.detach()))
  expect(gradgradcheck((a: Tensor) => a.mul(a).mul(a), [leaf(1, 2)])).toBe(true)
  expect(gradgradcheck(wrong, [leaf(1, 2)], { raiseException: false })).toBe(false)
  expect(gradgradcheck((a: Tensor) => a.exp(), [leaf(1, 2)], leaf(0.5, -1))).toBe(true)
})

test('a compiled function passes', () => {
  expect(
    gradcheck(
      compile((a: Tensor) => a.exp().mul(a)),
      [leaf(1, 2)]
    )
  ).toBe(true)
})

describe('each differentiable op passes gradcheck and gradgradcheck', () => {
  /** Shapes of few elements, so that Jacobians stay small. */
  function smallest({ shapes }: Row): readonly Shape[] {
    const size = (each: readonly Shape[]): number =>
      each.reduce((sum, shape) => sum + shape.reduce((product, n) => product * n, 1), 0)
    const filled = shapes.filter((each) => each.every((shape) => !shape.includes(0)))
    return (filled.length > 0 ? filled : shapes).reduce((best, each) => (size(each) < size(best) ? each : best))
  }

  const operandsOf = (row: Row): Tensor[] =>
    valuesOf(row, smallest(row)).map((each, i) => toTensor(each, 'float64').requiresGrad_(isTracked(row, i)))

  /** The same random numbers at each call. */
  const callOf =
    (row: Row) =>
    (...args: Tensor[]): Tensor => {
      manualSeed(1)
      return row.call(...args)
    }

  // Central differences are of float64 alone, and of what has a gradient.
  const rows = table.filter((row) => {
    if (!row.differentiable) return false
    const result = callOf(row)(...operandsOf(row))
    // Second names stand beside names of other domains; the first has a row of its own.
    return result.requiresGrad && result.dtype === 'float64' && !result.isnan().any().item()
  })

  test.each(rows.map((row) => [`${row.name} ${row.variant}`, row] as const))('%s', (_, row) => {
    expect(gradcheck(callOf(row), operandsOf(row))).toBe(true)
    expect(gradgradcheck(callOf(row), operandsOf(row))).toBe(true)
  })
})
