// Tensors of the dtype of another one.

import { type DType, tensor, zeros } from '../../lib'

describe.each(['float32', 'float64', 'int64', 'uint8', 'bool', 'float16'] as DType[])('of a tensor of %s', (dtype) => {
  const x = zeros(2, { dtype })
  const isBool = dtype === 'bool'

  test('new tensors have its dtype', () => {
    expect(x.newEmpty(2, 3).dtype).toBe(dtype)
    expect([x.newZeros(2).dtype, x.newZeros(2).tolist()]).toEqual([dtype, isBool ? [false, false] : [0, 0]])
    expect([x.newOnes([2]).dtype, x.newOnes([2]).tolist()]).toEqual([dtype, isBool ? [true, true] : [1, 1]])
    expect([x.newFull([1], 3).dtype, x.newFull([1], 3).tolist()]).toEqual([dtype, isBool ? [true] : [3]])
    expect([x.newTensor([0, 2]).dtype, x.newTensor([0, 2]).tolist()]).toEqual([dtype, isBool ? [false, true] : [0, 2]])
  })

  test('another dtype may be named', () => {
    expect(x.newOnes(2, { dtype: 'int32' }).dtype).toBe('int32')
    expect(x.newTensor([1.5], { dtype: 'float64', requiresGrad: true }).requiresGrad).toBe(true)
    expect(x.typeAs(tensor([1n])).dtype).toBe('int64')
    expect(x.typeAs(x)).toBe(x)
  })
})
