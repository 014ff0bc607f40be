// Functions about dtypes, and the default dtype. Expected values are PyTorch's.

import * as dg from '../lib'
import { type DType, compile, finfo, iinfo, nn, ones, setDefaultDtype, tensor } from '../lib'
import { thrown } from './helpers/check'

const I = (value: number): dg.Tensor => tensor(value, { dtype: 'int64' })

test.each<[DType, string]>([
  [
    'float32',
    'finfo(resolution=1e-06, min=-3.40282e+38, max=3.40282e+38, eps=1.19209e-07, smallest_normal=1.17549e-38, ' +
      'tiny=1.17549e-38, dtype=float32)'
  ],
  [
    'float64',
    'finfo(resolution=1e-15, min=-1.79769e+308, max=1.79769e+308, eps=2.22045e-16, smallest_normal=2.22507e-308, ' +
      'tiny=2.22507e-308, dtype=float64)'
  ],
  [
    'float16',
    'finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05, ' +
      'tiny=6.10352e-05, dtype=float16)'
  ],
  [
    'bfloat16',
    'finfo(resolution=0.01, min=-3.38953e+38, max=3.38953e+38, eps=0.0078125, smallest_normal=1.17549e-38, ' +
      'tiny=1.17549e-38, dtype=bfloat16)'
  ]
])('the limits of %s', (dtype, text) => {
  const info = finfo(dtype)
  expect(String(info)).toBe(text)
  // What the dtype itself does with them.
  const one = ones(1, { dtype })
  expect(one.add(info.eps).sub(1).item()).toBe(info.eps)
  expect(
    one
      .add(info.eps / 4)
      .sub(1)
      .item()
  ).toBe(0)
  expect([info.max, info.min].map((limit) => tensor([limit], { dtype }).item())).toEqual([info.max, -info.max])
  expect(tensor([info.tiny], { dtype }).item()).toBe(info.tiny)
  expect([info.smallestNormal, info.bits]).toEqual([info.tiny, 8 * one.elementSize()])
})

test.each<[DType, number | bigint, number | bigint, string]>([
  ['int8', -128, 127, 'iinfo(min=-128, max=127, dtype=int8)'],
  ['int16', -32768, 32767, 'iinfo(min=-32768, max=32767, dtype=int16)'],
  ['int32', -(2 ** 31), 2 ** 31 - 1, 'iinfo(min=-2.14748e+09, max=2.14748e+09, dtype=int32)'],
  ['int64', -(2n ** 63n), 2n ** 63n - 1n, 'iinfo(min=-9.22337e+18, max=9.22337e+18, dtype=int64)'],
  ['uint8', 0, 255, 'iinfo(min=0, max=255, dtype=uint8)']
])('the limits of %s are %s and %s', (dtype, min, max, text) => {
  const info = iinfo(dtype)
  expect([info.min, info.max, info.dtype, String(info)]).toEqual([min, max, dtype, text])
  expect(info.bits).toBe(8 * ones(1, { dtype }).elementSize())
})

test('promoteTypes, resultType and canCast say what operations do', () => {
  expect(dg.promoteTypes('uint8', 'int8')).toBe('int16')
  expect(dg.promoteTypes('float16', 'bfloat16')).toBe('float32')
  expect(dg.resultType(1, 2)).toBe('int64')
  expect(dg.resultType(I(1), 2.5)).toBe('float32')
  expect(dg.resultType(1.5, ones(1, { dtype: 'float16' }))).toBe('float16')
  expect(dg.resultType({ tensor1: ones(1), tensor2: ones([], { dtype: 'float64' }) })).toBe('float32')
  const casts = [dg.canCast('float64', 'int32'), dg.canCast('float64', 'float32'), dg.canCast('int32', 'bool')]
  expect(casts).toEqual([false, true, false])
})

test('isTensor is true for tensors alone', () => {
  const answers = [ones(1), new nn.Parameter(ones(1)), [1], null, 1].map((value) => dg.isTensor(value))
  expect(answers).toEqual([true, true, false, false, false])
})

test('a tensor says its type, and takes another one', () => {
  expect([ones(1).type(), ones(1).half().type(), I(1).type()]).toEqual([
    'torch.FloatTensor',
    'torch.HalfTensor',
    'torch.LongTensor'
  ])
  expect([ones(1).type('float64').dtype, ones(1).type('torch.BoolTensor').dtype]).toEqual(['float64', 'bool'])
  expect(thrown(() => ones(1).type('foo'))).toBe("TypeError: invalid type: 'foo'")
})

test('to() copies where it is told', () => {
  const x = ones(2)
  expect([x.to('float32') === x, x.to('cpu') === x, x.to('float32', { copy: true }) === x]).toEqual([true, true, false])
  expect(x.to({ dtype: 'float64', copy: true }).dtype).toBe('float64')
})

describe('the default dtype', () => {
  afterEach(() => {
    setDefaultDtype('float32')
  })

  test('is that of factories, numbers and quotients of integers', () => {
    const dtypes = (): DType[] => [
      dg.getDefaultDtype(),
      ...[tensor([1.5]), dg.zeros(1), dg.rand(1), dg.linspace(0, 1, 3), dg.arange(0.5, 2)].map(({ dtype }) => dtype),
      ...[I(3).div(2), I(3).sqrt(), I(3).add(1.5), I(1).logsumexp(0), dg.where(I(1).eq(1), 1.5, I(2))].map(
        ({ dtype }) => dtype
      ),
      new nn.Linear(1, 1).weight.dtype,
      finfo().dtype
    ]
    expect(new Set(dtypes())).toEqual(new Set(['float32']))
    setDefaultDtype('float64')
    expect(new Set(dtypes())).toEqual(new Set(['float64']))
    setDefaultDtype('float32')
    expect(new Set(dtypes())).toEqual(new Set(['float32']))
  })

  test('leaves integers, booleans and what is there as they are', () => {
    const before = ones(1)
    setDefaultDtype('float64')
    expect([before, before.add(1.5), I(1).add(1), tensor([true]), dg.arange(3)].map(({ dtype }) => dtype)).toEqual([
      'float32',
      'float32',
      'int64',
      'bool',
      'int64'
    ])
  })

  test('goes without saying in a print', () => {
    const [single, double] = [tensor([1.5]), tensor([1.5], { dtype: 'float64' })]
    setDefaultDtype('float64')
    expect([String(single), String(double)]).toEqual(['tensor([1.5000], dtype=torch.float32)', 'tensor([1.5000])'])
  })

  test('makes another program of a compiled step', () => {
    const half = compile((x: dg.Tensor) => x.div(2))
    expect(half(I(3)).dtype).toBe('float32')
    setDefaultDtype('float64')
    expect(half(I(3)).dtype).toBe('float64')
    expect(half.programs[0].reason).toBe('the default dtype is float64, it was float32')
  })

  test.each<[string, () => unknown]>([
    ['TypeError: only floating-point types are supported as the default type', () => setDefaultDtype('int32')],
    [
      'TypeError: setDefaultDtype: the default is float32 or float64, not torch.float16',
      () => setDefaultDtype('float16')
    ],
    [
      'CompileError: compile: setDefaultDtype() is no part of a step; call it before',
      () => compile(() => setDefaultDtype('float64'))()
    ],
    ['TypeError: finfo() requires a floating point dtype, got torch.int8; use iinfo()', () => finfo('int8')],
    ['TypeError: iinfo() requires an integer dtype, got torch.float32; use finfo()', () => iinfo('float32')],
    ['TypeError: iinfo() has no limits of bool, which is no integer', () => iinfo('bool')]
  ])('throws %s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})
