// Shapes as plain arithmetic, and the ops that change them.

import { type Tensor, arange, ones, tensor, zeros } from '../../lib'
import {
  broadcastShapes,
  contiguousStrides,
  inferShape,
  isContiguous,
  numelOf,
  viewStrides,
  wrapDim
} from '../../lib/shape'
import { thrown } from '../helpers/check'
import { Random } from '../helpers/random'
import { indicesOf } from '../helpers/formulas'

const shapeOf = (x: Tensor): readonly number[] => x.shape

describe('strides', () => {
  test('of a row-major tensor count its inner elements', () => {
    expect(contiguousStrides([2, 3, 4])).toEqual([12, 4, 1])
    expect(contiguousStrides([])).toEqual([])
    expect(contiguousStrides([2, 0, 3])).toEqual([3, 3, 1])
  })

  test('of size-1 dims and of empty tensors do not matter to contiguity', () => {
    expect(isContiguous([2, 1, 3], [3, 99, 1])).toBe(true)
    expect(isContiguous([0, 3], [7, 9])).toBe(true)
    expect(isContiguous([2, 3], [1, 2])).toBe(false)
    expect(ones(1, 3).t().isContiguous()).toBe(true)
  })
})

describe('broadcastShapes()', () => {
  test.each([
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3]
    ],
    [[], [2], [2]],
    [[1], [], [1]],
    [[0], [1], [0]],
    [
      [2, 0],
      [2, 1],
      [2, 0]
    ],
    [
      [4, 1, 2],
      [3, 1],
      [4, 3, 2]
    ]
  ])('of %j and %j is %j', (a, b, shape) => {
    expect(broadcastShapes(a, b, 'add')).toEqual(shape)
    expect(broadcastShapes(b, a, 'add')).toEqual(shape)
  })

  test('rejects sizes that differ and are not 1', () => {
    expect(thrown(() => broadcastShapes([2, 3], [2, 4], 'add'))).toBe(
      'RangeError: The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1; ' +
        'add: cannot broadcast [2, 3] with [2, 4]'
    )
    expect(() => broadcastShapes([0], [2], 'add')).toThrow(RangeError)
  })
})

describe('wrapDim()', () => {
  test('counts negative dims from the end; a 0-d tensor has 0 and -1', () => {
    expect([wrapDim(-1, 3), wrapDim(2, 3), wrapDim(0, 0), wrapDim(-1, 0)]).toEqual([2, 2, 0, 0])
    expect(() => wrapDim(3, 3)).toThrow('Dimension out of range (expected to be in range of [-3, 2], but got 3)')
    expect(() => wrapDim(1, 0)).toThrow('Dimension out of range (expected to be in range of [-1, 0], but got 1)')
  })
})

describe('inferShape()', () => {
  test('fills in one -1', () => {
    expect(inferShape([-1, 3], 6)).toEqual([2, 3])
    expect(inferShape([], 1)).toEqual([])
    expect(inferShape([3, -1], 0)).toEqual([3, 0])
  })

  test.each([
    [[4], 6, "RangeError: shape '[4]' is invalid for input of size 6"],
    [[-1, 4], 6, "RangeError: shape '[-1, 4]' is invalid for input of size 6"],
    [[-1, -1], 6, 'RangeError: only one dimension can be inferred'],
    [[-2, 3], 6, 'RangeError: invalid shape dimension -2 at index 0 of shape [-2, 3]'],
    [
      [-1, 0],
      0,
      'RangeError: cannot reshape tensor of 0 elements into shape [-1, 0] because the unspecified dimension size -1 can be any ' +
        'value and is ambiguous'
    ]
  ])('rejects %j for %i elements', (shape, numel, message) => {
    expect(thrown(() => inferShape(shape, numel))).toBe(message)
  })
})

describe('viewStrides()', () => {
  test.each([
    [[2, 3], [3, 1], [6], [1]],
    [[2, 3], [1, 2], [6], null],
    [
      [3, 4],
      [1, 3],
      [3, 2, 2],
      [1, 6, 3]
    ],
    [
      [2, 3, 4],
      [24, 4, 1],
      [2, 12],
      [24, 1]
    ],
    [[2, 1, 3], [3, 77, 1], [6], [1]],
    [[1], [5], [], []],
    [[], [], [1, 1], [1, 1]],
    [
      [0, 3],
      [3, 1],
      [0, 7],
      [7, 1]
    ],
    [[3, 2], [0, 0], [6], [0]]
  ])('of %j with strides %j as %j are %j', (shape, strides, wanted, expected) => {
    expect(viewStrides(shape, strides, wanted)).toEqual(expected)
  })

  test('show the elements in the order of a copy (seed 11)', () => {
    const random = new Random(11)
    for (let trial = 0; trial < 300; trial++) {
      const shape = Array.from({ length: random.integer(4) }, () => 1 + random.integer(3))
      const order = [...shape.keys()].sort(() => random.uniform(-1, 1))
      const x = arange(numelOf(shape)).reshape(shape).permute(order)
      const flat = [1 + random.integer(4), -1]
      if (x.numel() % flat[0] !== 0) continue
      const copied = x.clone().contiguous().view(flat)
      expect(x.reshape(flat).tolist()).toEqual(copied.tolist())
      const strides = viewStrides(x.shape, x.strides, copied.shape)
      if (strides === null) continue
      const values = indicesOf(copied.shape).map((index) =>
        x
          .asStrided(copied.shape, strides)
          .at(...index)
          .item()
      )
      expect(values).toEqual([...copied.view(-1)].map((each) => each.item()))
    }
  })
})

describe('squeeze() and unsqueeze()', () => {
  const x = zeros(1, 2, 1)

  test('remove and add dims of size 1', () => {
    expect(shapeOf(x.squeeze())).toEqual([2])
    expect(shapeOf(x.squeeze(0))).toEqual([2, 1])
    expect(shapeOf(x.squeeze([0, -1]))).toEqual([2])
    expect(shapeOf(x.unsqueeze(-1))).toEqual([1, 2, 1, 1])
    expect(shapeOf(tensor(1).unsqueeze(0))).toEqual([1])
  })

  test('leave a dim that is not 1 as it is', () => {
    expect(shapeOf(x.squeeze(1))).toEqual([1, 2, 1])
    expect(shapeOf(tensor(1).squeeze(0))).toEqual([])
  })
})

describe('expand()', () => {
  test('repeats dims of size 1 with stride 0; -1 keeps a size; new dims go in front', () => {
    const x = arange(2).reshape(2, 1).expand(3, -1, 4)
    expect([x.shape, x.strides]).toEqual([
      [3, 2, 4],
      [0, 1, 0]
    ])
    expect(shapeOf(ones(1).expand(0))).toEqual([0])
    expect(shapeOf(ones(3).expandAs(zeros(2, 3)))).toEqual([2, 3])
  })
})

describe('reshape(), flatten() and view()', () => {
  test('flatten() merges a range of dims; that of a 0-d tensor is [1]', () => {
    const x = zeros(2, 3, 4)
    expect([x.flatten(), x.flatten(1), x.flatten(0, 1), x.flatten(1, 1), tensor(1).flatten()].map(shapeOf)).toEqual([
      [24],
      [2, 12],
      [6, 4],
      [2, 3, 4],
      [1]
    ])
  })

  test('take sizes one by one or in an array', () => {
    const x = arange(6)
    expect(x.view(2, 3).tolist()).toEqual(x.view([2, 3]).tolist())
    expect(x.reshape(-1, 2).shape).toEqual([3, 2])
    expect(tensor([5]).reshape([]).item()).toBe(5)
  })

  test('a view of a transposed matrix may split a dim', () => {
    expect(arange(12).reshape(3, 4).t().view(2, 2, 3).tolist()).toEqual([
      [
        [0, 4, 8],
        [1, 5, 9]
      ],
      [
        [2, 6, 10],
        [3, 7, 11]
      ]
    ])
  })
})

describe('split() and chunk()', () => {
  const sizes = (parts: Tensor[]): number[] => parts.map((part) => part.shape[0])

  test('give pieces of one size, the last one smaller; chunk may give fewer', () => {
    const x = arange(7)
    expect([sizes(x.split(3)), sizes(x.chunk(3)), sizes(x.chunk(4)), sizes(arange(5).chunk(4))]).toEqual([
      [3, 3, 1],
      [3, 3, 1],
      [2, 2, 2, 1],
      [2, 2, 1]
    ])
    expect(x.split([1, 2, 4]).map((part) => part.tolist())).toEqual([[0], [1, 2], [3, 4, 5, 6]])
    expect(sizes(zeros(0, 2).split(3))).toEqual([0])
    expect(sizes(zeros(0).split(0))).toEqual([0])
  })
})
