// Powers in float64.

import { floatPower, tensor } from '../../lib'
import { thrown } from '../helpers/check'

test('floatPower() gives float64 of every dtype', () => {
  const x = tensor([2, 3], { requiresGrad: true })
  const y = x.floatPower(2)
  expect([y.dtype, y.tolist(), y.gradFn!.name]).toEqual(['float64', [4, 9], 'PowBackward0'])
  y.sum().backward()
  expect([x.grad!.dtype, x.grad!.tolist()]).toEqual(['float32', [4, 6]])
  expect(floatPower(2, tensor([1n, -1n])).tolist()).toEqual([2, 0.5])
  expect(
    tensor([1n, 2n])
      .floatPower(tensor([-1n, -1n]))
      .tolist()
  ).toEqual([1, 0.5])
})

test('floatPower_() writes float64 only', () => {
  const x = tensor([2, 3]).double()
  expect(x.floatPower_(2)).toBe(x)
  expect(x.floatPower_(tensor([1, 0.5])).tolist()).toEqual([4, 3])
  expect(thrown(() => tensor([1]).floatPower_(2))).toBe(
    "TypeError: the base given to floatPower_ has dtype Float but the operation's result requires dtype Double"
  )
})
