// x.at(...) and x.setAt(...) against what PyTorch gives for the same subscripts, and the ops that take index tensors.

import { type Subscript, type Tensor, arange, gather, indexSelect, ones, slice, tensor, zeros } from '../../lib'
import { thrown } from '../helpers/check'

const longs = (list: unknown): Tensor => tensor(list as number[], { dtype: 'int64' })
const mask = (list: unknown): Tensor => tensor(list as boolean[], { dtype: 'bool' })
const cube = (): Tensor => arange(24).reshape(2, 3, 4)
const all = slice()

describe('at()', () => {
  const rows: [string, Subscript[], unknown][] = [
    [
      '[:, -1, 1:3]',
      [all, -1, slice(1, 3)],
      [
        [9, 10],
        [21, 22]
      ]
    ],
    [
      '[0, :, [0, 3]]',
      [0, all, [0, 3]],
      [
        [0, 3],
        [4, 7],
        [8, 11]
      ]
    ],
    [
      '[[0, 1], :, [0, 3]]',
      [[0, 1], all, [0, 3]],
      [
        [0, 4, 8],
        [15, 19, 23]
      ]
    ],
    [
      '[:, [0, 2], [1, 3]]',
      [all, [0, 2], [1, 3]],
      [
        [1, 11],
        [13, 23]
      ]
    ],
    ['[[1], ..., 0]', [[1], '...', 0], [[12, 16, 20]]],
    [
      '[..., [0, -1]]',
      ['...', [0, -1]],
      [
        [
          [0, 3],
          [4, 7],
          [8, 11]
        ],
        [
          [12, 15],
          [16, 19],
          [20, 23]
        ]
      ]
    ],
    ['[0, [2, 0], 1]', [0, [2, 0], 1], [9, 1]],
    [
      '[[0, 1], [1, 2], [2, 3]]',
      [
        [0, 1],
        [1, 2],
        [2, 3]
      ],
      [6, 23]
    ],
    [
      '[0, [True, False, True]]',
      [0, [true, false, true]],
      [
        [0, 1, 2, 3],
        [8, 9, 10, 11]
      ]
    ],
    [
      '[mask, [0, 1]]',
      [mask([true, false]), [0, 1]],
      [
        [0, 1, 2, 3],
        [4, 5, 6, 7]
      ]
    ],
    [
      '[:, mask of 2 dims]',
      [
        all,
        mask([
          [true, false, false, false],
          [false, false, false, false],
          [false, false, true, true]
        ])
      ],
      [
        [0, 10, 11],
        [12, 22, 23]
      ]
    ],
    [
      '[:, [[0], [2]], [1, 3]]',
      [all, longs([[0], [2]]), longs([1, 3])],
      [
        [
          [1, 3],
          [9, 11]
        ],
        [
          [13, 15],
          [21, 23]
        ]
      ]
    ],
    ['[None, [0, 1], None, 1]', [null, [0, 1], null, 1], [[[[4, 5, 6, 7]], [[16, 17, 18, 19]]]]],
    [
      '[tensor(1)]',
      [longs(1)],
      [
        [12, 13, 14, 15],
        [16, 17, 18, 19],
        [20, 21, 22, 23]
      ]
    ]
  ]

  test.each(rows)('%s is PyTorch’s', (_, subscripts, expected) => {
    expect(
      cube()
        .at(...subscripts)
        .tolist()
    ).toEqual(expected)
  })

  const shapes: [string, Subscript[], number[]][] = [
    ['[1:, ::2, -2:]', [slice(1, null), slice(null, null, 2), slice(-2, null)], [1, 2, 2]],
    ['[5:]', [slice(5, null)], [0, 3, 4]],
    ['[-100:1]', [slice(-100, 1)], [1, 3, 4]],
    ['[True]', [true], [1, 2, 3, 4]],
    ['[False]', [false], [0, 2, 3, 4]],
    ['[0, True]', [0, true], [1, 3, 4]],
    ['[[]]', [[]], [0, 3, 4]],
    ['[0, None, [0, 1]]', [0, null, [0, 1]], [1, 2, 4]],
    ['[[0], None, [0]]', [[0], null, [0]], [1, 1, 4]],
    ['[:, None, [0]]', [all, null, [0]], [2, 1, 1, 4]],
    ['[tensor(True)]', [tensor(true)], [1, 2, 3, 4]],
    ['[bytes]', [tensor(Uint8Array.of(1, 0))], [1, 3, 4]],
    ['[int32]', [tensor(Int32Array.of(1))], [1, 3, 4]],
    ['[None, ..., None]', [null, '...', null], [1, 2, 3, 4, 1]],
    ['[]', [], [2, 3, 4]]
  ]

  test.each(shapes)('%s has PyTorch’s shape', (_, subscripts, shape) => {
    expect(cube().at(...subscripts).shape).toEqual(shape)
  })

  test('a mask follows the row-major order of the logical tensor', () => {
    const x = cube()
    expect(x.at(x.remainder(5).eq(0)).tolist()).toEqual([0, 5, 10, 15, 20])
    const transposed = arange(6).reshape(2, 3).t()
    expect(
      transposed
        .at(
          mask([
            [true, false],
            [true, true],
            [false, true]
          ])
        )
        .tolist()
    ).toEqual([0, 1, 4, 5])
    expect(x.at(x.lt(0)).shape).toEqual([0])
  })

  test('a slice reads as Python’s', () => {
    const x = arange(5)
    const read = (...args: Parameters<typeof slice>): unknown => x.at(slice(...args)).tolist()
    expect([read(2), read(1, 3), read(null, null, 2), read(-2, null), read(3, 1), read(0, -1, 3)]).toEqual([
      [0, 1],
      [1, 2],
      [0, 2, 4],
      [3, 4],
      [],
      [0, 3]
    ])
  })

  const errors: [string, Subscript[], string][] = [
    ['[2]', [2], 'RangeError: index 2 is out of bounds for dimension 0 with size 2'],
    ['[0, 3]', [0, 3], 'RangeError: index 3 is out of bounds for dimension 1 with size 3'],
    ['[0, ..., -5]', [0, '...', -5], 'RangeError: index -5 is out of bounds for dimension 2 with size 4'],
    ['[0, 0, 0, 0]', [0, 0, 0, 0], 'RangeError: too many indices for tensor of dimension 3'],
    ['[..., ...]', ['...', '...'], "RangeError: an index can only have a single ellipsis ('...')"],
    ['[[0, 2]]', [[0, 2]], 'RangeError: index 2 is out of bounds for dimension 0 with size 2'],
    ['[[0, -3]]', [[0, -3]], 'RangeError: index -3 is out of bounds for dimension 0 with size 2'],
    [
      '[[0, 1], [0, 1, 2]]',
      [
        [0, 1],
        [0, 1, 2]
      ],
      'RangeError: shape mismatch: indexing tensors could not be broadcast together with shapes [2], [3]'
    ],
    [
      '[mask of 3]',
      [mask([true, false, true])],
      'RangeError: The shape of the mask [3] at index 0 does not match the shape of the indexed tensor [2, 3, 4] at index 0'
    ],
    [
      '[:, mask of 2]',
      [all, mask([true, false])],
      'RangeError: The shape of the mask [2] at index 0 does not match the shape of the indexed tensor [2, 3, 4] at index 1'
    ],
    ['[floats]', [tensor([1.5])], 'TypeError: tensors used as indices must be long, int, byte or bool tensors'],
    [
      '[1.5]',
      [1.5],
      "TypeError: only integers, slices, '...', null, lists and long, byte or bool Tensors are valid indices (got 1.5)"
    ],
    ['[[1.5]]', [[1.5]], 'TypeError: at: a list of indices must hold integers, got 1.5'],
    ['[::-1]', [slice(null, null, -1)], 'RangeError: step must be greater than zero']
  ]

  test.each(errors)('%s throws', (_, subscripts, message) => {
    expect(thrown(() => cube().at(...subscripts))).toBe(message)
  })

  test('a 0-d tensor has no elements to index', () => {
    expect(thrown(() => tensor(1).at(0))).toBe(
      'RangeError: invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number'
    )
    expect(tensor(1).at(null).shape).toEqual([1])
  })

  test('gradients of duplicates add up', () => {
    const x = ones(2, 3, { requiresGrad: true })
    x.at([0, 0, 1], [1, 1, 2])
      .mul(tensor([1, 2, 4]))
      .sum()
      .backward()
    expect(x.grad!.tolist()).toEqual([
      [0, 3, 0],
      [0, 0, 4]
    ])
  })
})

describe('setAt()', () => {
  test('refuses indices in the memory that it writes, and takes those beside it', () => {
    const x = longs([0, 1, 2])
    expect(thrown(() => x.setAt([x], 9))).toMatch(
      /^Error: unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory/
    )
    expect(x.tolist()).toEqual([0, 1, 2])
    const pairs = longs([
      [5, 2],
      [6, 0]
    ]).reshape(2, 2)
    const [left, right] = [pairs.select(1, 0), pairs.select(1, 1).remainder(2)]
    left.setAt([pairs.select(1, 1).at(slice(1, 2))], 9)
    expect(pairs.tolist()).toEqual([
      [9, 2],
      [6, 0]
    ])
    expect(right.tolist()).toEqual([0, 0])
  })

  test('writes numbers and tensors where the subscripts point', () => {
    const y = zeros(2, 3)
    const steps: [Parameters<Tensor['setAt']>, unknown][] = [
      [
        [[all, [0, 2]], tensor([1, 2])],
        [
          [1, 0, 2],
          [1, 0, 2]
        ]
      ],
      [
        [[mask([true, false])], 7],
        [
          [7, 7, 7],
          [1, 0, 2]
        ]
      ],
      [
        [[mask([true, false]), all], 0],
        [
          [0, 0, 0],
          [1, 0, 2]
        ]
      ],
      [
        [[0, 1], 9],
        [
          [0, 9, 0],
          [1, 0, 2]
        ]
      ],
      [
        [['...', -1], tensor([5, 6])],
        [
          [0, 9, 5],
          [1, 0, 6]
        ]
      ],
      [
        [
          [[0, 0]],
          tensor([
            [1, 1, 1],
            [2, 2, 2]
          ])
        ],
        [
          [2, 2, 2],
          [1, 0, 6]
        ]
      ],
      [
        [
          [
            mask([
              [true, false, true],
              [false, false, true]
            ])
          ],
          tensor([10, 20, 30])
        ],
        [
          [10, 2, 20],
          [1, 0, 30]
        ]
      ],
      [
        [0, tensor([[1, 2, 3]])],
        [
          [1, 2, 3],
          [1, 0, 30]
        ]
      ],
      [
        [[slice(0, 0)], 5],
        [
          [1, 2, 3],
          [1, 0, 30]
        ]
      ]
    ]
    for (const [args, expected] of steps) expect(y.setAt(...args).tolist()).toEqual(expected)
    expect(y.version).toBe(steps.length)
  })

  test('takes a mask of the tensor itself', () => {
    const x = tensor([1, 6, 7])
    expect(x.setAt([x.gt(5)], -1).tolist()).toEqual([1, -1, -1])
  })

  test('truncates numbers for integers', () => {
    const x = zeros(2, { dtype: 'int32' })
    expect(
      x
        .setAt(0, 2.7)
        .setAt([[1]], -1.5)
        .tolist()
    ).toEqual([2, -1])
    expect(x.setAt(0, tensor(9.9)).tolist()).toEqual([9, -1])
  })

  test('gives the gradient to the value, and cuts that of what it overwrites', () => {
    const x = ones(4, { requiresGrad: true })
    const value = ones(2, { requiresGrad: true })
    const y = x.mul(2).setAt([slice(1, 3)], value)
    y.mul(tensor([1, 2, 4, 8]))
      .sum()
      .backward()
    expect([y.gradFn!.name, x.grad!.tolist(), value.grad!.tolist()]).toEqual(['CopySlices', [2, 0, 0, 16], [2, 4]])
  })

  test('at a list of indices has the gradients of both sides', () => {
    const x = ones(3, { requiresGrad: true })
    const value = ones(2, { requiresGrad: true })
    const y = x.mul(2).setAt([[0, 2]], value.mul(3))
    y.mul(tensor([1, 2, 4]))
      .sum()
      .backward()
    expect([y.gradFn!.name, x.grad!.tolist(), value.grad!.tolist()]).toEqual(['IndexPutBackward0', [0, 4, 0], [3, 12]])
  })

  test('at a mask sums the gradient of a 0-d value', () => {
    const x = ones(3, { requiresGrad: true })
    const value = tensor(1, { requiresGrad: true })
    const y = x.mul(2)
    y.setAt([y.gt(1)], value)
      .sum()
      .backward()
    expect([x.grad!.tolist(), value.grad!.item()]).toEqual([[0, 0, 0], 3])
  })

  test('throws where the value does not fit', () => {
    const y = zeros(2, 3)
    expect(thrown(() => y.setAt(0, ones(2)))).toBe(
      'RangeError: The expanded size of the tensor (3) must match the existing size (2) at non-singleton dimension 0.  ' +
        'Target sizes: [3].  Tensor sizes: [2]'
    )
    expect(thrown(() => y.setAt([[0, 1]], ones(3, 3)))).toBe(
      'RangeError: shape mismatch: value tensor of shape [3, 3] cannot be broadcast to indexing result of shape [2, 3]'
    )
    expect(thrown(() => y.long().setAt([[0]], tensor(2.5)))).toBe(
      'TypeError: Index put requires the source and destination dtypes match, got Long for the destination and Float for the source.'
    )
    expect(thrown(() => y.setAt([[5]], 1))).toBe('RangeError: index 5 is out of bounds for dimension 0 with size 2')
    expect(y.sum().item()).toBe(0)
  })
})

describe('gather() and indexSelect()', () => {
  const x = arange(6, { dtype: 'float32' }).reshape(2, 3)

  test('take an index smaller than the input in other dims', () => {
    expect(gather(x, 1, longs([[2, 0]])).tolist()).toEqual([[2, 0]])
    expect(gather(x, 0, longs([[1, 0, 1]])).tolist()).toEqual([[3, 1, 5]])
    expect(gather(tensor(3), 0, longs(0)).item()).toBe(3)
    expect(indexSelect(x, -1, tensor(Int32Array.of(2, 2))).tolist()).toEqual([
      [2, 2],
      [5, 5]
    ])
    expect(indexSelect(x, 0, longs(1)).shape).toEqual([1, 3])
  })

  const errors: [string, () => Tensor, string][] = [
    [
      'an index too large',
      () => gather(x, 1, longs([[3]])),
      'RangeError: index 3 is out of bounds for dimension 1 with size 3'
    ],
    [
      'a negative index',
      () => gather(x, 1, longs([[-1]])),
      'RangeError: index -1 is out of bounds for dimension 1 with size 3'
    ],
    [
      'another rank',
      () => gather(x, 1, longs([0])),
      'RangeError: Index tensor must have the same number of dimensions as input tensor'
    ],
    [
      'floats',
      () => gather(x, 1, tensor([[0]])),
      'TypeError: gather(): Expected dtype int32/int64 for index; it is float32'
    ],
    [
      'an index larger in other dims',
      () => gather(x, 1, longs([[0], [0], [0]])),
      'RangeError: Size does not match at dimension 0 expected index [3, 1] to be no larger than self [2, 3] apart from dimension 1 (gather)'
    ],
    [
      'a row that there is not',
      () => indexSelect(x, 0, longs([2])),
      'RangeError: index out of range in self; indexSelect: index 2 is out of bounds for dimension 0 with size 2'
    ],
    [
      'a negative row',
      () => indexSelect(x, 0, longs([-1])),
      'RangeError: index out of range in self; indexSelect: index -1 is out of bounds for dimension 0 with size 2'
    ],
    [
      'an index of two dims',
      () => indexSelect(x, 0, longs([[0]])),
      'RangeError: indexSelect(): Index is supposed to be a vector; its shape is [1, 1]'
    ],
    [
      'rows by floats',
      () => indexSelect(x, 0, tensor([0])),
      'TypeError: indexSelect(): Expected dtype int32 or int64 for index; it is float32'
    ]
  ]

  test.each(errors)('reject %s', (_, call, message) => {
    expect(thrown(call)).toBe(message)
  })
})

describe('indexPut_()', () => {
  test('takes tensors of integers and masks, one for each dim at most, and null', () => {
    const put = (indices: unknown, x = zeros(3)): string => thrown(() => x.indexPut_(indices as Tensor[], ones(1)))
    expect(put(longs([0]))).toBe('TypeError: indexPut_: indices must be an array, got Tensor')
    expect(put([1])).toBe('TypeError: indexPut_: index 0 must be a Tensor, got number')
    expect(put([ones(1)])).toBe('TypeError: tensors used as indices must be long, int, byte or bool tensors')
    expect(put([longs([0]), longs([0])])).toBe('RangeError: too many indices for tensor of dimension 1 (got 2)')
    expect(put([null])).toBe('RangeError: indexPut_: indices must hold a Tensor')
    expect(put([])).toBe('RangeError: indexPut_: indices must hold a Tensor')
    const columns = zeros(2, 2).indexPut_([null, longs([1])], ones(1))
    expect(columns.flatten().tolist()).toEqual([0, 1, 0, 1])
  })
})
