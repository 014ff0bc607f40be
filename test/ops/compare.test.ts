// Whether tensors are the same, or nearly. Expected values are PyTorch's.

import * as dyngrad from '../../lib'
import { type Tensor, allclose, compile, equal, isclose, ones, tensor, zeros } from '../../lib'
import { thrown } from '../helpers/check'

const float64 = { dtype: 'float64' } as const
const int = { dtype: 'int32' } as const

test.each<[string, Tensor, Tensor, boolean]>([
  ['the same', tensor([1, 2]), tensor([1, 2]), true],
  ['other values', tensor([1, 2]), tensor([1, 3]), false],
  ['other dtypes', tensor([1]), tensor([1], float64), true],
  ['integers', tensor([1]), tensor([1], int), true],
  ['NaN', tensor([NaN]), tensor([NaN]), false],
  ['zeros of both signs', tensor([0]), tensor([-0]), true],
  ['another shape', tensor([1]), tensor([[1]]), false],
  ['no dims', tensor(1), tensor(1), true],
  ['no elements', zeros([0, 2]), zeros([0, 2]), true],
  ['no elements in another shape', zeros([0, 2]), zeros([0, 3]), false],
  ['a transposed view', ones([2, 3]).t(), ones([3, 2]), true],
  ['gradients required', ones(2, { requiresGrad: true }), ones(2), true]
])('equal() of %s', (_, a, b, expected) => {
  expect(equal(a, b)).toBe(expected)
  expect(a.equal(b)).toBe(expected)
  expect(equal(b, a)).toBe(expected)
})

test.each<[string, boolean[] | boolean[][], () => Tensor]>([
  ['tolerances', [true, false], () => isclose(tensor([1, 1]), tensor([1.000001, 1.001]))],
  ['rtol', [true, true], () => tensor([1, 5], int).isclose(tensor([1, 6], int), { rtol: 0.5 })],
  ['bool', [true], () => isclose(tensor([true]), tensor([false]), { atol: 1 })],
  ['no tolerance', [true, false], () => isclose(tensor([1, 1]), tensor([1, 1.0000001]), 0, 0)],
  [
    'infinities',
    [true, false, false],
    () => isclose(tensor([Infinity, Infinity, 1]), tensor([Infinity, -Infinity, Infinity]))
  ],
  ['NaN', [false], () => isclose(tensor([NaN]), tensor([NaN]))],
  ['NaN where it may be', [true], () => isclose(tensor([NaN]), tensor([NaN]), { equalNan: true })],
  [
    'broadcast',
    [
      [true, false, false],
      [false, true, false]
    ],
    () => isclose(tensor([1, 2, 3]), tensor([[1], [2]]))
  ]
])('isclose() with %s', (_, expected, call) => {
  expect(call().tolist()).toEqual(expected)
})

test('allclose() is whether all are', () => {
  expect(allclose(tensor([1, 2]), tensor([1, 2.00001]))).toBe(true)
  expect(tensor([1]).allclose(tensor([1, 2]))).toBe(false)
  expect(allclose(zeros(0), zeros(0))).toBe(true)
  expect(allclose(tensor([NaN]), tensor([NaN]), { equalNan: true })).toBe(true)
})

test.each<[string, () => unknown]>([
  ['TypeError: Float did not match Double; convert one with to()', () => allclose(ones(1), ones(1, float64))],
  ['RangeError: rtol must be greater than or equal to zero, but got -1', () => isclose(ones(1), ones(1), -1)],
  ['RangeError: atol must be greater than or equal to zero, but got NaN', () => isclose(ones(1), ones(1), 0, NaN)]
])('%s', (message, call) => {
  expect(thrown(call)).toBe(message)
})

test('what reads values is refused in a capture, isclose() is not', () => {
  expect(thrown(() => compile((x: Tensor) => (x.equal(x) ? x : x.mul(2)))(ones(1)))).toMatch(
    /^CompileError: .*equal\(\)/
  )
  expect(thrown(() => compile((x: Tensor) => (x.allclose(x) ? x : x.mul(2)))(ones(1)))).toMatch(
    /^CompileError: .*allclose\(\)/
  )
  const step = compile((x: Tensor) => x.isclose(ones(1)))
  expect([step(ones(1)).item(), step(zeros(1)).item()]).toEqual([true, false])
})

test('comparisons, logic and extremes take numbers on either side', () => {
  const x = tensor([1, 2, 3])
  for (const [name, first, second] of [
    ['eq', [false, true, false], [false, true, false]],
    ['ne', [true, false, true], [true, false, true]],
    ['lt', [false, false, true], [true, false, false]],
    ['le', [false, true, true], [true, true, false]],
    ['gt', [true, false, false], [false, false, true]],
    ['ge', [true, true, false], [false, true, true]]
  ] as const) {
    expect([name, dyngrad[name](2, x).tolist(), dyngrad[name](x, 2).tolist()]).toEqual([name, first, second])
  }
  const zeroOrNot = tensor([0, 2])
  expect(dyngrad.logicalAnd(1, zeroOrNot).tolist()).toEqual([false, true])
  expect(zeroOrNot.logicalOr(0).tolist()).toEqual([false, true])
  expect(dyngrad.logicalXor(true, zeroOrNot).tolist()).toEqual([true, false])
  expect(dyngrad.maximum(2, x).add(x.minimum(1)).tolist()).toEqual([3, 3, 4])
  expect(compile((y: Tensor) => dyngrad.lt(2, y))(x).tolist()).toEqual([false, false, true])
})
