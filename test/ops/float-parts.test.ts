// Neighbours and parts of numbers of each floating dtype.

import { type Tensor, autograd, copysign, frexp, nextafter, tensor } from '../../lib'
import type { DType } from '../../lib'
import { thrown } from '../helpers/check'

const numbers = (x: Tensor): number[] => x.double().tolist() as number[]

/** The number of a dtype that is next to another one, by halving the distance until it is no more. */
function neighbour(x: number, towards: number, dtype: DType): number {
  const [round] = [(value: number): number => tensor(value, { dtype: 'float64' }).to(dtype).double().item<number>()]
  let step = towards - x
  while (round(x + step / 2) !== x) step /= 2
  return round(x + step)
}

describe('nextafter()', () => {
  test.each<DType>(['float32', 'float64', 'float16', 'bfloat16'])('is the next number of %s', (dtype) => {
    const [x, y] = [
      [1, 1, -1, 2, 0.5, 2 ** -14, 2 ** -14, 3 * 2 ** -16],
      [2, 0, 0, 1, 1, 1, 0, 0]
    ]
    const next = nextafter(tensor(x, { dtype }), tensor(y, { dtype }))
    expect(next.dtype).toBe(dtype)
    expect(numbers(next)).toEqual(x.map((each, i) => neighbour(each, y[i], dtype)))
  })

  test('goes from 0 to the least number and from the largest to infinity', () => {
    const least = { float16: 2 ** -24, bfloat16: 2 ** -133, float32: 2 ** -149, float64: 5e-324 }
    const largest = {
      float16: 65504,
      bfloat16: (2 - 2 ** -7) * 2 ** 127,
      float32: (2 - 2 ** -23) * 2 ** 127,
      float64: Number.MAX_VALUE
    }
    for (const dtype of ['float16', 'bfloat16', 'float32', 'float64'] as const) {
      const x = tensor([0, 0, -0, largest[dtype], Infinity, NaN, 1], { dtype })
      const next = nextafter(x, tensor([1, -1, 0, Infinity, 0, 1, 1], { dtype }))
      expect(numbers(next)).toEqual([least[dtype], -least[dtype], 0, Infinity, largest[dtype], NaN, 1])
    }
  })

  test('has a gradient where it moves', () => {
    const x = tensor([1, 2], { requiresGrad: true })
    const y = nextafter(x, tensor([2, 2]))
    expect(y.gradFn!.name).toBe('NextafterBackward0')
    expect(autograd.grad(y.sum(), x)[0].tolist()).toEqual([1, 0])
  })
})

describe('frexp()', () => {
  test.each<DType>(['float32', 'float64', 'float16', 'bfloat16'])('gives back %s', (dtype) => {
    const x = tensor([1, -3, 0.1, 2 ** -24, 6e4, 0, -0, Infinity, NaN], { dtype })
    const [mantissa, exponent] = frexp(x)
    expect([mantissa.dtype, exponent.dtype]).toEqual([dtype, 'int32'])
    expect(numbers(mantissa.double().mul(exponent.double().exp2()))).toEqual(numbers(x))
    const sizes = numbers(mantissa.abs()).slice(0, 5)
    expect(sizes.every((size) => size >= 0.5 && size < 1)).toBe(true)
  })

  test('has the slope of the mantissa', () => {
    const x = tensor([1, 8], { requiresGrad: true })
    const [mantissa, exponent] = x.frexp()
    expect([mantissa.gradFn!.name, exponent.requiresGrad]).toEqual(['FrexpBackward0', false])
    expect(autograd.grad(mantissa.sum(), x)[0].tolist()).toEqual([0.5, 0.0625])
  })

  test('takes floats only', () => {
    expect(thrown(() => frexp(tensor([1n])))).toBe('TypeError: frexp() only supports floating-point dtypes')
  })
})

test('copysign has second derivatives at 0', () => {
  const [x, factor] = [tensor([0, 1.5, -2], { requiresGrad: true }), tensor([2, 3, 4], { requiresGrad: true })]
  const gradients = autograd.grad(copysign(x, x).mul(factor).sum(), [x, factor], { createGraph: true })
  const squares = gradients.map((g) => g!.square().sum())
  const [ofX, ofFactor] = autograd.grad(squares[0].add(squares[1]), [x, factor])
  expect([ofX!.tolist(), ofFactor!.tolist()]).toEqual([
    [0, 3, -4],
    [0, 6, 8]
  ])
})
