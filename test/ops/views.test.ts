// Which results show the elements of their input, and which are copies.

import { type Tensor, arange, cat, clone, full, noGrad, slice, stack, tensor, zeros } from '../../lib'
import { thrown } from '../helpers/check'

const matrix = (): Tensor => arange(6, { dtype: 'float32' }).reshape(2, 3).clone()

/** The first element, as a view. */
const firstOf = (x: Tensor): Tensor => x.at(...x.shape.map(() => 0))

describe('views', () => {
  const views: Record<string, (x: Tensor) => Tensor> = {
    'at(0)': (x) => x.at(0),
    'at() of a slice': (x) => x.at(slice(0, 2), slice(0, 3, 2)),
    'at(null)': (x) => x.at(null),
    "at('...')": (x) => x.at('...'),
    select: (x) => x.select(0, 0),
    narrow: (x) => x.narrow(1, 0, 2),
    split: (x) => x.split(1)[0],
    chunk: (x) => x.chunk(2)[0],
    unbind: (x) => x.unbind()[0],
    expand: (x) => x.unsqueeze(0).expand(4, 2, 3),
    view: (x) => x.view(3, 2),
    'reshape of contiguous': (x) => x.reshape(6),
    flatten: (x) => x.flatten(),
    t: (x) => x.t(),
    mT: (x) => x.mT,
    transpose: (x) => x.transpose(0, 1),
    permute: (x) => x.permute(1, 0),
    squeeze: (x) => x.squeeze(),
    unsqueeze: (x) => x.unsqueeze(1),
    diagonal: (x) => x.diagonal(),
    asStrided: (x) => x.asStrided([2], [4]),
    detach: (x) => x.detach(),
    data: (x) => x.data,
    contiguous: (x) => x.contiguous()
  }

  test.each(Object.entries(views))('%s shows the same elements', (_, view) => {
    const x = matrix()
    const shown = view(x)
    x.view(-1).at(0).fill_(99)
    expect(firstOf(shown).item()).toBe(99)
    noGrad(() => firstOf(shown).mul_(2))
    expect(x.at(0, 0).item()).toBe(198)
  })

  const copies: Record<string, (x: Tensor) => Tensor> = {
    'at() of a list': (x) => x.at([0, 1]),
    'at() of a tensor': (x) => x.at(tensor([0n])),
    'at() of a mask': (x) => x.at(x.ge(0)),
    'reshape of a transposed matrix': (x) => x.t().reshape(6),
    'contiguous of a transposed matrix': (x) => x.t().contiguous(),
    clone: (x) => x.clone(),
    'to another dtype': (x) => x.to('float64'),
    cat: (x) => cat([x]),
    stack: (x) => stack([x]),
    gather: (x) => x.gather(1, zeros(2, 1, { dtype: 'int64' })),
    indexSelect: (x) => x.indexSelect(0, tensor([0n])),
    'a row-wise maximum': (x) => x.max(1).values
  }

  test.each(Object.entries(copies))('%s is a copy', (_, copy) => {
    const x = matrix()
    const copied = copy(x)
    const before = copied.tolist()
    x.fill_(99)
    expect(copied.tolist()).toEqual(before)
  })

  test('know their base, which is never a view itself', () => {
    const x = matrix()
    expect(x.at(0).at(slice(1, 3)).base).toBe(x)
    expect([x.base, x.detach().base]).toEqual([null, null])
  })

  test('share the version counter of their base', () => {
    const x = matrix()
    const [row, alias] = [x.at(0), x.detach()]
    row.fill_(1)
    expect([x.version, row.version, alias.version, x.data.version]).toEqual([1, 1, 1, 0])
  })

  test('take and set the offset of their first element', () => {
    const column = matrix().select(1, 2)
    expect([column.storageOffset(), column.strides, column.tolist()]).toEqual([2, [3], [2, 5]])
  })
})

describe('clone()', () => {
  test('keeps the strides of dense tensors, and packs those with gaps or repeats', () => {
    const x = matrix()
    expect([clone(x.t()).strides, clone(x.t()).tolist()]).toEqual([[1, 3], x.t().tolist()])
    expect(clone(x.at(slice(0, 2), slice(0, 3, 2))).strides).toEqual([2, 1])
    expect(clone(tensor([1, 2]).expand(3, 2)).strides).toEqual([2, 1])
  })
})

describe('view()', () => {
  test('throws where the strides do not allow it, and never copies', () => {
    expect(thrown(() => matrix().t().view(6))).toBe(
      "RangeError: view size is not compatible with input tensor's size and stride (at least one dimension spans across two " +
        'contiguous subspaces). Use .reshape(...) instead. view: [3, 2] with strides [1, 3] to [6]'
    )
  })
})

describe('asStrided()', () => {
  test('shows any elements of the storage', () => {
    const x = arange(6, { dtype: 'float32' })
    expect(x.asStrided([2, 2], [1, 2], 1).tolist()).toEqual([
      [1, 3],
      [2, 4]
    ])
    expect(x.at(slice(2, 4)).asStrided([3], [1], 0).tolist()).toEqual([0, 1, 2])
  })

  test('adds up the gradients of elements that it shows more than once', () => {
    const x = tensor([1, 2, 3, 4], { requiresGrad: true })
    const windows = x.asStrided([3, 2], [1, 1])
    expect(windows.tolist()).toEqual([
      [1, 2],
      [2, 3],
      [3, 4]
    ])
    windows
      .mul(tensor([1, 10]))
      .sum()
      .backward()
    expect(x.grad!.tolist()).toEqual([1, 11, 11, 10])
  })

  test('throws outside of the storage', () => {
    const x = full([6], 1)
    expect(thrown(() => x.asStrided([3, 3], [3, 1]))).toBe(
      'RangeError: setStorage: sizes [3, 3], strides [3, 1], storage offset 0, and itemsize 4 requiring a storage size of 36 are ' +
        'out of bounds for storage of size 24'
    )
    expect(thrown(() => x.asStrided([2], [-1]))).toBe(
      'RangeError: asStrided: Negative strides are not supported at the moment, got strides: [-1]'
    )
    expect(thrown(() => x.asStrided([2], [1], -1))).toBe('RangeError: Tensor: invalid storage offset -1')
    expect(thrown(() => x.asStrided([2], [1, 1]))).toBe('RangeError: mismatch in length of strides and shape')
  })
})

describe('empty views', () => {
  test('have shapes, values and gradients', () => {
    const x = zeros(2, 0, { requiresGrad: true })
    const y = x.t().at(slice(0, 0)).reshape(0, 5)
    y.sum().backward()
    expect([y.shape, y.tolist(), x.grad!.shape]).toEqual([[0, 5], [], [2, 0]])
    expect(matrix().at(slice(2, 2)).shape).toEqual([0, 3])
    expect(matrix().at(slice(5, null)).tolist()).toEqual([])
  })
})
