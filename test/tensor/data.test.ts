// What tensor() takes besides numbers and nested arrays of them.

import { runInNewContext } from 'node:vm'
import { type DType, Tensor, ones, tensor, zeros } from 'dyngrad'
import { thrown } from '../helpers/check'

const arrays: [ArrayLike<number | bigint>, DType, (number | boolean)[]][] = [
  [new Float32Array([1.5, -2]), 'float32', [1.5, -2]],
  [new Float64Array([0.1]), 'float64', [0.1]],
  [new Int32Array([-1]), 'int32', [-1]],
  [new BigInt64Array([-5n]), 'int64', [-5]],
  [new Uint8Array([255]), 'uint8', [255]],
  [new Uint8ClampedArray([255, 0]), 'uint8', [255, 0]],
  [new Int8Array([-128, 127]), 'int8', [-128, 127]],
  [new Int16Array([-32768]), 'int16', [-32768]],
  [new Uint16Array([65535]), 'int32', [65535]],
  [new Uint32Array([4294967295]), 'int64', [4294967295]],
  [new BigUint64Array([7n]), 'int64', [7]],
  [Buffer.from([1, 2]), 'uint8', [1, 2]]
]

test.each(arrays)('%p', (array, dtype, values) => {
  const made = tensor(array as never)
  expect([made.dtype, made.tolist()]).toEqual([dtype, values])
  expect(tensor(array as never, { dtype: 'float64' }).tolist()).toEqual(values.map(Number))
  const nested = tensor([array, array] as never)
  expect([nested.dtype, nested.shape, nested.tolist()]).toEqual([dtype, [2, array.length], [values, values]])
  const view = (array as unknown as Uint8Array).subarray(0, 0)
  expect([tensor(view).shape, tensor(view).dtype]).toEqual([[0], dtype])
})

test('typed arrays of another realm, and part of a buffer', () => {
  const foreign = runInNewContext('new Uint16Array([1, 65535]).subarray(1)') as Uint16Array
  expect([tensor(foreign as never).dtype, tensor(foreign as never).tolist()]).toEqual(['int32', [65535]])
})

test('lists of tensors are stacked, in the dtype that they promote to, without history', () => {
  expect(tensor([ones(2), zeros(2)]).tolist()).toEqual([
    [1, 1],
    [0, 0]
  ])
  const mixed = tensor([tensor(1n), tensor(2.5)])
  expect([mixed.dtype, mixed.tolist()]).toEqual(['float32', [1, 2.5]])
  expect(tensor([tensor([true]), tensor([false])]).dtype).toBe('bool')
  const beside = tensor([tensor(true), 2, tensor(0.1, { dtype: 'float64' })])
  expect([beside.dtype, beside.tolist()]).toEqual(['float64', [1, 2, 0.1]])
  const leaf = ones(2, { requiresGrad: true })
  expect(tensor([leaf, leaf.mul(2)]).requiresGrad).toBe(false)
  expect(tensor([[leaf], [leaf]]).shape).toEqual([2, 1, 2])
  const large = tensor([tensor([9007199254740993n]), tensor([1n])])
  expect(large.toTypedArray()).toEqual(new BigInt64Array([9007199254740993n, 1n]))
})

test.each<[string, () => unknown]>([
  ['RangeError: expected elements of shape [2] at dim 1 (got [3])', () => tensor([ones(2), ones(3)])],
  [
    'RangeError: expected elements of shape [1] at dim 1 (got [2])',
    () => tensor([new Float32Array(1), new Float32Array(2)])
  ],
  ['RangeError: expected sequence of length 2 at dim 1 (got a scalar)', () => tensor([ones(2), 1])],
  ['TypeError: tensor: elements must be numbers, booleans or BigInts, got Tensor', () => tensor([1, ones(1)])],
  [
    'TypeError: tensor: elements must be numbers, booleans or BigInts, got Set; use tensor([...data])',
    () => tensor(new Set([1]) as never)
  ],
  ['TypeError: tensor: elements must be numbers, booleans or BigInts, got Date', () => tensor(new Date(0) as never)],
  [
    'TypeError: tensor: elements must be numbers, booleans or BigInts, got DataView',
    () => tensor(new DataView(new ArrayBuffer(8)) as never)
  ],
  ['RangeError: Overflow when unpacking long long; int64 does not hold 9223372036854775808', () => tensor(2n ** 63n)],
  [
    'RangeError: Overflow when unpacking long long; int64 does not hold -9223372036854775809',
    () => tensor([-(2n ** 63n) - 1n])
  ],
  [
    'RangeError: Overflow when unpacking long long; int64 does not hold 18446744073709551615',
    () => tensor(new BigUint64Array([2n ** 64n - 1n]))
  ]
])('%s', (message, call) => expect(thrown(call)).toBe(message))

test('a copy of a tensor warns once', () => {
  const warned: string[] = []
  const listen = jest.spyOn(process, 'emitWarning').mockImplementation((message) => void warned.push(String(message)))
  const copies = [tensor(ones(2)), tensor(ones(2))]
  listen.mockRestore()
  expect(copies.every((each) => each instanceof Tensor)).toBe(true)
  expect(warned).toEqual([
    'To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or ' +
      'sourceTensor.detach().clone().requiresGrad_(true), rather than tensor(sourceTensor).'
  ])
})
