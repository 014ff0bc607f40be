// Making tensors, reading them, printing them.

import {
  type DType,
  type Tensor,
  arange,
  empty,
  emptyLike,
  eye,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  tensor,
  zeros,
  zerosLike
} from '../../lib'
import { dtypeNames } from '../../lib/dtype'
import { thrown } from '../helpers/check'

const list = (x: Tensor): unknown => x.tolist()

describe('tensor()', () => {
  test('makes float32 from numbers, integral or not', () => {
    const x = tensor([1, 2, 3])
    expect([x.dtype, x.shape, list(x)]).toEqual(['float32', [3], [1, 2, 3]])
    expect(tensor(2.5).shape).toEqual([])
  })

  test('makes bool from booleans and int64 from BigInts', () => {
    expect(tensor([true, false]).dtype).toBe('bool')
    expect(tensor([[1n], [-2n]]).dtype).toBe('int64')
    expect(tensor([true, 2]).dtype).toBe('float32')
    expect(tensor([true, 2n]).dtype).toBe('int64')
  })

  test.each([
    [new Float32Array([0.1, 2]), 'float32'],
    [new Float64Array([0.1, 2]), 'float64'],
    [new Int32Array([-1, 2]), 'int32'],
    [new BigInt64Array([-1n, 2n ** 62n]), 'int64'],
    [new Uint8Array([0, 255]), 'uint8']
  ])('keeps the dtype of %p', (data, dtype) => {
    const x = tensor(data)
    expect(x.dtype).toBe(dtype)
    expect(x.toTypedArray()).toEqual(data)
  })

  test('copies what it is given', () => {
    const data = new Float32Array([1, 2])
    const x = tensor(data)
    const y = tensor(x)
    data[0] = 9
    x.fill_(7)
    expect([list(x), list(y)]).toEqual([
      [7, 7],
      [1, 2]
    ])
  })

  test('takes nested arrays, empty ones too', () => {
    expect(tensor([[[1, 2]], [[3, 4]]]).shape).toEqual([2, 1, 2])
    expect(tensor([]).shape).toEqual([0])
    expect(tensor([[], []]).shape).toEqual([2, 0])
    expect(tensor([]).dtype).toBe('float32')
  })

  test('rejects ragged arrays and values that are no numbers', () => {
    expect(thrown(() => tensor([[1, 2], [3]]))).toBe('RangeError: expected sequence of length 2 at dim 1 (got 1)')
    expect(thrown(() => tensor([[1], 2]))).toBe('RangeError: expected sequence of length 1 at dim 1 (got a scalar)')
    expect(thrown(() => tensor(['a'] as never))).toBe(
      'TypeError: tensor: elements must be numbers, booleans or BigInts, got string'
    )
    expect(thrown(() => tensor(null as never))).toBe(
      'TypeError: tensor: elements must be numbers, booleans or BigInts, got null'
    )
  })

  test('truncates numbers for integer dtypes and rejects those that do not fit', () => {
    expect(list(tensor([1.9, -1.9], { dtype: 'int32' }))).toEqual([1, -1])
    expect(list(tensor([300 - 45.5, -1], { dtype: 'uint8' }))).toEqual([254, 255])
    expect(list(tensor([0, -0, NaN, 0.5], { dtype: 'bool' }))).toEqual([false, false, true, true])
    expect(thrown(() => tensor([300], { dtype: 'uint8' }))).toBe(
      'RangeError: value cannot be converted to type uint8 without overflow; it is 300'
    )
    expect(thrown(() => tensor(NaN, { dtype: 'int32' }))).toBe(
      'RangeError: value cannot be converted to type int32 without overflow; it is NaN'
    )
    expect(thrown(() => tensor([2 ** 63], { dtype: 'int64' }))).toBe(
      'RangeError: value cannot be converted to type int64 without overflow; it is 9223372036854776000'
    )
  })

  test('requires grad when asked, for floating dtypes only', () => {
    const x = tensor([1], { requiresGrad: true })
    expect([x.requiresGrad, x.isLeaf, x.grad]).toEqual([true, true, null])
    expect(thrown(() => tensor([1n], { requiresGrad: true }))).toBe(
      'TypeError: Only Tensors of floating point and complex dtype can require gradients; this one is int64'
    )
  })
})

describe('factories of one value', () => {
  const factories: [
    string,
    (options: { readonly dtype?: DType; readonly requiresGrad?: boolean }) => Tensor,
    number
  ][] = [
    ['zeros', (options) => zeros(2, 3, options), 0],
    ['zeros of a shape', (options) => zeros([2, 3], options), 0],
    ['ones', (options) => ones(2, 3, options), 1],
    ['ones of a shape', (options) => ones([2, 3], options), 1],
    ['full', (options) => full([2, 3], 1, options), 1],
    ['zerosLike', (options) => zerosLike(ones(2, 3), options), 0],
    ['onesLike', (options) => onesLike(zeros(2, 3), options), 1],
    ['fullLike', (options) => fullLike(zeros(2, 3), 1, options), 1]
  ]

  test.each(factories)('%s takes every dtype', (_, make, value) => {
    expect(make({}).dtype).toBe('float32')
    for (const dtype of dtypeNames) {
      const x = make({ dtype })
      expect([x.dtype, x.shape, x.isContiguous()]).toEqual([dtype, [2, 3], true])
      expect(list(x.double())).toEqual([
        [value, value, value],
        [value, value, value]
      ])
    }
  })

  test('full takes its dtype from the value', () => {
    expect(full([], 7).dtype).toBe('float32')
    expect(full([], true).dtype).toBe('bool')
    expect(full([2], 7n).dtype).toBe('int64')
    expect(full([2], 2n ** 62n).toTypedArray()).toEqual(new BigInt64Array(2).fill(2n ** 62n))
    expect(list(full([1], -1, { dtype: 'uint8' }))).toEqual([255])
    expect(thrown(() => full([2], 300, { dtype: 'uint8' }))).toBe(
      'RangeError: value cannot be converted to type uint8_t without overflow; it is 300'
    )
  })

  test('the like of a tensor has its dtype, not its gradient', () => {
    const x = ones(2, { dtype: 'float64', requiresGrad: true })
    for (const like of [zerosLike(x), onesLike(x), emptyLike(x), fullLike(x, 3)]) {
      expect([like.dtype, like.shape, like.requiresGrad]).toEqual(['float64', [2], false])
    }
    expect(zerosLike(x, { dtype: 'int64', requiresGrad: false }).dtype).toBe('int64')
  })

  test('the like of a tensor keeps dense strides', () => {
    const strides = (x: Tensor): readonly number[][] =>
      [emptyLike(x), zerosLike(x), fullLike(x, 2)].map((like) => [...like.strides])
    expect(strides(zeros(2, 3, 4).permute(2, 0, 1))).toEqual([
      [1, 12, 4],
      [1, 12, 4],
      [1, 12, 4]
    ])
    expect(strides(zeros(1, 3).expand(2, 3))[0]).toEqual([3, 1])
    expect(onesLike(zeros(2, 3).t()).tolist()).toEqual([
      [1, 1],
      [1, 1],
      [1, 1]
    ])
  })

  test('empty has a shape and a dtype', () => {
    expect([empty(2, 3).shape, empty([0]).numel(), empty(1, { dtype: 'bool' }).dtype]).toEqual([[2, 3], 0, 'bool'])
  })

  test('reject sizes that are negative or no integers', () => {
    expect(thrown(() => zeros(2, -1))).toBe('RangeError: Trying to create tensor with negative dimension -1: [2, -1]')
    expect(thrown(() => ones(1.5))).toBe('TypeError: ones: size must be integers, got [1.5]')
    expect(thrown(() => zeros(1, { dtype: 'float8' as DType }))).toBe(
      "TypeError: dtype must be one of float32, float64, int32, int64, uint8, bool, int8, int16, float16, bfloat16, got 'float8'"
    )
  })
})

describe('sequences', () => {
  test('arange is int64 exactly when all its arguments are integral', () => {
    expect([arange(3).dtype, list(arange(3))]).toEqual(['int64', [0, 1, 2]])
    expect(list(arange(5, 0, -2))).toEqual([5, 3, 1])
    expect([arange(0.5, 3).dtype, list(arange(0.5, 3))]).toEqual(['float32', [0.5, 1.5, 2.5]])
    expect(list(arange(1, 2, 0.3, { dtype: 'float64' }))).toEqual([1, 1.3, 1.6, 1.9])
    expect(arange(0, 1, 0.1).numel()).toBe(10)
    expect(arange(3, 3).shape).toEqual([0])
    expect(list(arange(0, 300, 100, { dtype: 'uint8' }))).toEqual([0, 100, 200])
  })

  test('arange rejects ranges that never end', () => {
    expect(thrown(() => arange(0, 10, 0))).toBe('RangeError: step must be nonzero')
    expect(thrown(() => arange(5, 0))).toBe('RangeError: upper bound and lower bound inconsistent with step sign')
    expect(thrown(() => arange(Infinity))).toBe('RangeError: unsupported range: 0 -> Infinity')
  })

  test('linspace includes both ends', () => {
    expect(list(linspace(0, 1, 5))).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(list(linspace(1, 0, 1))).toEqual([1])
    expect(list(linspace(0, 1, 0))).toEqual([])
    expect(list(linspace(3, 10, 4, { dtype: 'int64' }))).toEqual([3, 5, 7, 10])
    expect(linspace(0.1, 0.9, 7).at(-1).item()).toBe(Math.fround(0.9))
    expect(thrown(() => linspace(0, 1, -1))).toBe('RangeError: number of steps must be non-negative')
  })

  test('linspace rounds its float32 step as PyTorch does', () => {
    expect(String(linspace(-1, 1, 7))).toBe(
      'tensor([-1.0000e+00, -6.6667e-01, -3.3333e-01, -2.9802e-08,  3.3333e-01,\n         6.6667e-01,  1.0000e+00])'
    )
  })

  test('eye has ones on its diagonal', () => {
    expect(list(eye(2, 3))).toEqual([
      [1, 0, 0],
      [0, 1, 0]
    ])
    expect(list(eye(2, { dtype: 'bool' }))).toEqual([
      [true, false],
      [false, true]
    ])
    expect(eye(0).shape).toEqual([0, 0])
  })
})

describe('reading a tensor', () => {
  test('item() gives the value of one element', () => {
    expect(tensor([[0.1]]).item()).toBe(0.10000000149011612)
    expect(tensor(7n).item()).toBe(7)
    expect(tensor([true]).item<boolean>()).toBe(true)
    expect(arange(6).reshape(2, 3).at(1, 2).item()).toBe(5)
  })

  test('item() rejects other numbers of elements', () => {
    expect(thrown(() => ones(2).item())).toBe(
      'RangeError: a Tensor with 2 elements cannot be converted to Scalar; item() needs exactly one'
    )
    expect(thrown(() => ones(0).item())).toBe(
      'RangeError: a Tensor with 0 elements cannot be converted to Scalar; item() needs exactly one'
    )
  })

  test('tolist() nests by dims and follows views', () => {
    const x = arange(6).reshape(2, 3)
    expect(list(x.t())).toEqual([
      [0, 3],
      [1, 4],
      [2, 5]
    ])
    expect(list(x.at(1))).toEqual([3, 4, 5])
    expect(list(zeros(2, 0, 3))).toEqual([[], []])
    expect(tensor(2.5).tolist<number>()).toBe(2.5)
    expect(list(ones(1).expand(2, 2))).toEqual([
      [1, 1],
      [1, 1]
    ])
  })

  test('int64 is exact: as numbers to 2^53, as BigInts beyond', () => {
    const x = tensor([2n ** 53n - 1n, -(2n ** 53n) + 1n])
    expect(list(x)).toEqual([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])
    const large = x.add(5)
    expect(large.toTypedArray()).toEqual(BigInt64Array.of(2n ** 53n + 4n, -(2n ** 53n) + 6n))
    expect(thrown(() => large.tolist())).toBe(
      'RangeError: int64 value 9007199254740996 is not exact as a number; use toTypedArray() for BigInts'
    )
    expect(thrown(() => large.at(0).item())).toMatch(/^RangeError: int64 value 9007199254740996 is not exact/)
  })

  test('toTypedArray() is a row-major copy', () => {
    const x = arange(6, { dtype: 'float32' }).reshape(2, 3)
    const copy = x.t().toTypedArray()
    expect(copy).toEqual(Float32Array.of(0, 3, 1, 4, 2, 5))
    copy.fill(9 as never)
    expect(x.sum().item()).toBe(15)
    expect(tensor([true, false]).toTypedArray()).toEqual(Uint8Array.of(1, 0))
    expect(zeros(0, 2).toTypedArray()).toEqual(new Float32Array(0))
  })

  test('a tensor iterates over its first dim', () => {
    const rows = [...arange(6).reshape(2, 3)]
    expect(rows.map(list)).toEqual([
      [0, 1, 2],
      [3, 4, 5]
    ])
    const [a, b] = tensor([1, 2])
    expect([a.shape, b.item()]).toEqual([[], 2])
    expect(thrown(() => [...tensor(1)])).toMatch(/^TypeError: .* not iterable/)
  })

  test('a tensor of one element converts to a number', () => {
    expect(Number(tensor([2.5]))).toBe(2.5)
    expect((tensor(2) as unknown as number) < 3).toBe(true)
    expect(`${tensor(2)}`).toBe('tensor(2.)')
    expect(thrown(() => Number(ones(2)))).toBe(
      'TypeError: only one element tensors can be converted to Python scalars; got shape [2]: use add(), mul(), lt() and the ' +
        'like instead of JavaScript operators'
    )
  })

  test('JSON is that of tolist()', () => {
    expect(JSON.stringify({ x: tensor([[1, 2]]), y: tensor([true]) })).toBe('{"x":[[1,2]],"y":[true]}')
  })
})

describe('the geometry of a tensor', () => {
  const x = zeros(2, 3, 4)

  test('is read by size, stride, dim and numel', () => {
    expect([x.size(), x.size(1), x.size(-1), x.dim(), x.numel()]).toEqual([[2, 3, 4], 3, 4, 3, 24])
    expect([x.stride(), x.stride(-3), x.t === undefined, x.storageOffset()]).toEqual([[12, 4, 1], 12, false, 0])
    expect([x.at(1, 2).storageOffset(), x.elementSize(), zeros(1, { dtype: 'int64' }).elementSize()]).toEqual([
      20, 4, 8
    ])
  })

  test('rejects dims that there are not', () => {
    expect(thrown(() => x.size(3))).toBe(
      'RangeError: Dimension out of range (expected to be in range of [-3, 2], but got 3)'
    )
    expect(thrown(() => tensor(1).size(0))).toBe('RangeError: Dimension specified as 0 but tensor has no dimensions')
    expect(thrown(() => x.stride(0.5))).toBe('TypeError: stride: dim must be an integer, got 0.5')
  })
})

describe('conversions', () => {
  test('truncate toward zero, and wrap integers', () => {
    expect(list(tensor([1.9, -1.9, 0.5]).int())).toEqual([1, -1, 0])
    expect(list(tensor([300n, -1n]).byte())).toEqual([44, 255])
    expect(list(tensor([2n ** 31n + 5n]).int())).toEqual([-2147483643])
    expect(list(tensor([3, -0, NaN]).bool())).toEqual([true, false, true])
    expect(list(tensor([true, false]).long())).toEqual([1, 0])
    expect(list(tensor([0.1]).double())).toEqual([0.10000000149011612])
  })

  test('give the very same tensor when nothing changes', () => {
    const x = ones(2, 3)
    expect([x.float(), x.to('float32'), x.contiguous()].every((each) => each === x)).toBe(true)
    expect(x.to('float64')).not.toBe(x)
  })

  test('are differentiable between floating dtypes', () => {
    const x = tensor([1, 2], { requiresGrad: true })
    const y = x
      .double()
      .mul(tensor([3, 4], { dtype: 'float64' }))
      .sum()
    y.backward()
    expect([x.grad!.dtype, list(x.grad!), x.int().requiresGrad]).toEqual(['float32', [3, 4], false])
    expect(x.double().gradFn!.name).toBe('ToCopyBackward0')
  })
})

describe('String(tensor)', () => {
  const x = arange(6).reshape(2, 3)
  const leaf = ones(2, { requiresGrad: true })
  const prints: [string, Tensor, string][] = [
    ['floats', tensor([1, 2, 3]), 'tensor([1., 2., 3.])'],
    ['one float', tensor(3.5), 'tensor(3.5000)'],
    ['a wide range', tensor([0.1, 1e-5, 1000.5]), 'tensor([1.0000e-01, 1.0000e-05, 1.0005e+03])'],
    [
      'float64 with NaN',
      tensor(
        [
          [1.5, -2],
          [NaN, Infinity]
        ],
        { dtype: 'float64' }
      ),
      'tensor([[ 1.5000, -2.0000],\n        [    nan,     inf]], dtype=torch.float64)'
    ],
    ['integers', x, 'tensor([[0, 1, 2],\n        [3, 4, 5]])'],
    ['a transposed tensor', x.t(), 'tensor([[0, 3],\n        [1, 4],\n        [2, 5]])'],
    ['bools', x.gt(2), 'tensor([[False, False, False],\n        [ True,  True,  True]])'],
    ['nothing', tensor([], { dtype: 'int32' }), 'tensor([], dtype=torch.int32)'],
    ['an empty matrix', zeros(2, 0), 'tensor([], size=(2, 0))'],
    ['a leaf', leaf, 'tensor([1., 1.], requires_grad=True)'],
    ['a result', leaf.mul(2), 'tensor([2., 2.], grad_fn=<MulBackward0>)'],
    ['a sum', leaf.sum(), 'tensor(2., grad_fn=<SumBackward0>)'],
    [
      'a strided view',
      arange(24, { dtype: 'float32' }).reshape(2, 3, 4).at('...', 1).permute(1, 0),
      'tensor([[ 1., 13.],\n        [ 5., 17.],\n        [ 9., 21.]])'
    ],
    ['many elements', zeros(1100), 'tensor([0., 0., 0.,  ..., 0., 0., 0.])'],
    ['large integers', tensor([2n ** 53n + 1n, -3n]), 'tensor([9007199254740993,               -3])'],
    ['bytes', tensor(Uint8Array.of(1, 2)), 'tensor([1, 2], dtype=torch.uint8)'],
    ['an expanded tensor', ones(3).expand(2, 3), 'tensor([[1., 1., 1.],\n        [1., 1., 1.]])'],
    ['negative zeros', full([2], -0), 'tensor([-0., -0.])']
  ]

  test.each(prints)('prints %s as PyTorch does', (_, value, text) => {
    expect(String(value)).toBe(text)
  })
})
