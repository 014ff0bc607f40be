// Answers about tensors, in JavaScript.

import * as dyngrad from '../../lib'
import { ones, tensor } from '../../lib'
import { thrown } from '../helpers/check'

test('dtypes are floating, signed, never complex', () => {
  const dtypes = ['float32', 'bfloat16', 'int8', 'int64', 'uint8', 'bool'] as const
  const all = dtypes.map((dtype) => ones(1, { dtype }))
  expect(all.map((x) => dyngrad.isFloatingPoint(x))).toEqual([true, true, false, false, false, false])
  expect(all.map((x) => x.isSigned())).toEqual([true, true, true, true, false, false])
  expect(all.map((x) => x.isComplex())).toEqual([false, false, false, false, false, false])
})

test('shapes are the same, whatever the dtypes', () => {
  expect(ones(2, 3).isSameSize(ones(2, 3).int())).toBe(true)
  expect(ones(2, 3).isSameSize(ones(3, 2))).toBe(false)
})

test('one element is nonzero or not', () => {
  expect([1, 0, -0, NaN].map((value) => tensor([value]).isNonzero())).toEqual([true, false, false, true])
  expect(tensor(2n).isNonzero()).toBe(true)
  const refused = 'RangeError: Boolean value of Tensor with '
  expect(thrown(() => ones(2).isNonzero())).toBe(`${refused}more than one value is ambiguous`)
  expect(thrown(() => ones(0).isNonzero())).toBe(`${refused}no values is ambiguous`)
})

test('detach() and detach_() are functions, too', () => {
  const x = tensor([1, 2], { requiresGrad: true }).mul(2)
  expect(dyngrad.detach(x).requiresGrad).toBe(false)
  expect(dyngrad.detach_(x)).toBe(x)
  expect(x.requiresGrad).toBe(false)
})

test('properties say dims, bytes and the output of the node', () => {
  const x = ones(2, 3, { dtype: 'float64', requiresGrad: true })
  expect([x.ndim, x.itemsize, x.nbytes, x.outputNr]).toEqual([2, 8, 48, 0])
  expect(x.unbind().map((row) => row.outputNr)).toEqual([0, 1])
  expect([tensor(1).ndim, ones(0, 4).nbytes, ones(3, { dtype: 'bool' }).nbytes]).toEqual([0, 0, 3])
})

test('views and detached tensors share storage, copies do not', () => {
  const x = ones(4, 3)
  expect([x.t(), x.at(1), x.detach(), x].map((other) => dyngrad.sharesStorage(x, other))).toEqual([
    true,
    true,
    true,
    true
  ])
  expect([x.clone(), x.add(0), ones(4, 3)].map((other) => dyngrad.sharesStorage(x, other))).toEqual([
    false,
    false,
    false
  ])
})

test('the numbers of elements and dims are functions of both names', () => {
  const x = ones(2, 3)
  expect([dyngrad.numel(x), x.nelement(), x.ndimension()]).toEqual([6, 6, 2])
})
