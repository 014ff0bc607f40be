// Messages about elements that are moved, repeated and cut, as a whole; see errors.test.ts.

import {
  type Tensor,
  broadcastShapes,
  columnStack,
  diag,
  diagEmbed,
  dsplit,
  hsplit,
  hstack,
  linalg,
  ones,
  repeatInterleave,
  rot90,
  tensor,
  trilIndices,
  vsplit
} from '../../lib'
import { thrown } from '../helpers/check'

type Row = [call: () => unknown, message: string]

const [v, x, y] = [ones(3), ones(2, 3), ones(2, 3, 4)]
const scalar = tensor(1)
const counts = (...list: number[]): Tensor => tensor(list, { dtype: 'int64' })

const LEAF =
  'Error: a leaf Variable that requires grad is being used in an in-place operation. Wrap the update in noGrad() to ' +
  'change it.'

const table: Record<string, Row[]> = {
  order: [
    [() => v.fliplr(), 'RangeError: Input must be >= 2-d.'],
    [() => scalar.flipud(), 'RangeError: Input must be >= 1-d.'],
    [() => x.flip(0, -2), 'RangeError: dim 0 appears multiple times in the list of dims'],
    [() => x.roll([], 0), 'RangeError: `shifts` required'],
    [
      () => x.roll([1, 2], 0),
      'RangeError: shifts and dimensions must align. shifts: 2, dims:1; they are [1, 2] and [0]'
    ],
    [() => scalar.roll(1, 0), 'RangeError: Dimension specified as 0 but tensor has no dimensions'],
    [() => rot90(x, 1, [0]), 'RangeError: expected total rotation dims == 2, but got dims = 1'],
    [() => rot90(v), 'RangeError: expected total dims >= 2, but got total dims = 1'],
    [() => rot90(x, 1, [0, -2]), 'RangeError: expected rotation dims to be different, but got dim0 = 0 and dim1 = -2'],
    [
      () => y.movedim([0, 1], 2),
      'RangeError: movedim: Invalid source or destination dims: source ([0, 1] dims) should contain the same number of dims as ' +
        'destination ([2] dims)'
    ],
    [() => y.movedim([0, -3], [1, 2]), 'RangeError: movedim: repeated dim in `source` ([0, -3])'],
    [() => y.moveaxis([0, 1], [2, 2]), 'RangeError: movedim: repeated dim in `destination` ([2, 2])'],
    [() => x.squeeze([0, -2]), 'RangeError: dim 0 appears multiple times in the list of dims']
  ],

  shapes: [
    [() => x.unflatten(1, []), 'RangeError: unflatten: sizes must be non-empty'],
    [() => scalar.unflatten(0, [1]), 'RangeError: Dimension specified as 0 but tensor has no dimensions'],
    [
      () => x.unflatten(-1, [2, -1]),
      "RangeError: unflatten: Provided sizes [2, -1] don't multiply up to the size of dim 1 (3) in the input tensor"
    ],
    [() => v.mT, 'RangeError: tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor.'],
    [
      () => v.adjoint(),
      'RangeError: tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor.'
    ],
    [
      () => y.H,
      'RangeError: tensor.H is only supported on matrices (2-D tensors). Got 3-D tensor. For batches of matrices, consider using ' +
        'tensor.mH'
    ],
    [
      () => x.view('float64'),
      'RangeError: self.size(-1) must be divisible by 2 to view Float as Double (different element sizes), but got 3'
    ],
    [() => scalar.view('uint8'), 'RangeError: self.dim() cannot be 0 to view Float as Byte (different element sizes)'],
    [
      () => ones(4, 2).t().view('int64'),
      'RangeError: self.stride(-1) must be 1 to view Float as Long (different element sizes), but got 2'
    ],
    [
      () => broadcastShapes([2], [3, 1], [4]),
      'RangeError: Attempting to broadcast a dimension of length 4 at -1! Mismatching argument at index 2 had [4]; but expected ' +
        'shape should be broadcastable to [3, 2]'
    ],
    [() => broadcastShapes([-1], [3]), 'RangeError: Attempting to broadcast a dimension with negative length!'],
    [() => x.unfold(1, -1, 1), 'RangeError: size is -1 but must be >= 0'],
    [() => x.unfold(-1, 4, 1), 'RangeError: maximum size for tensor at dimension 1 is 3 but size is 4'],
    [() => x.unfold(1, 2, 0), 'RangeError: step is 0 but must be > 0'],
    [() => ones(2, 3, { requiresGrad: true }).t_(), LEAF]
  ],

  repeats: [
    [
      () => x.repeat(2),
      'RangeError: Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor; they are 1 and 2'
    ],
    [() => x.repeat(-1, 1), 'RangeError: Trying to create tensor with negative dimension -2: [-2, 3]'],
    [
      () => ones(new Array<number>(9).fill(2)).repeat(new Array<number>(9).fill(2)),
      'RangeError: repeat: 18 dims of repeats and sizes, more than 16'
    ],
    [() => x.repeatInterleave(-2), 'RangeError: Repeats must be non-negative'],
    [
      () => x.repeatInterleave(2, 0, { outputSize: 5 }),
      'RangeError: repeatInterleave: Invalid outputSize, expected 4 but got 5'
    ],
    [
      () => scalar.repeatInterleave(2, 0),
      'RangeError: Dimension out of range (expected to be in range of [-1, 0], but got 1)'
    ],
    [
      () => x.repeatInterleave(counts(1, 2, 3), 0),
      'RangeError: repeats must have the same size as input along dim, but got repeats.size(0) = 3 and input.size(0) = 2'
    ],
    [() => x.repeatInterleave(counts(1, 2).view(1, 2), 0), 'RangeError: repeats must be 0-dim or 1-dim tensor'],
    [() => x.repeatInterleave(counts(1, -2), 0), 'RangeError: repeats can not be negative'],
    [
      () => repeatInterleave(counts(1, 2), { outputSize: 4 }),
      'RangeError: allocated size does not match required size: outputSize is 4, not 3'
    ],
    [
      () => repeatInterleave(counts(1).view(1, 1)),
      'RangeError: repeatInterleave only accept 1D vector as repeat; its shape is [1, 1]'
    ],
    [() => repeatInterleave(v), `TypeError: "repeat_interleave_cpu" not implemented for 'Float'; add .long()`]
  ],

  parts: [
    [() => x.diagonal(0, 0, -2), 'RangeError: diagonal dimensions cannot be identical 0, -2'],
    [() => linalg.diagonal(v), 'RangeError: Dimension out of range (expected to be in range of [-1, 0], but got -2)'],
    [() => diagEmbed(x, 0, 1, 1), 'RangeError: diagonal dimensions cannot be identical 1, 1'],
    [() => diag(y), 'RangeError: diag(): Supports 1D or 2D tensors. Got 3D'],
    [() => v.fillDiagonal_(1), 'RangeError: dimensions must larger than 1'],
    [() => y.fillDiagonal_(1), 'RangeError: all dimensions of input must be of equal length'],
    [() => v.tril(), 'RangeError: tril: input tensor must have at least 2 dimensions'],
    [() => trilIndices(-1, 3), 'RangeError: row must be non-negative, got-1'],
    [() => trilIndices(3, -1), 'RangeError: col must be non-negative, got-1'],
    [
      () => trilIndices(3, 3, { dtype: 'float32' }),
      `TypeError: "tril_indices" not implemented for 'Float'; add .long()`
    ],
    [
      () => hsplit(x, 2),
      'RangeError: torch.hsplit attempted to split along dimension 1, but the size of the dimension 3 is not divisible by the ' +
        'splitSize 2!'
    ],
    [
      () => vsplit(v, 3),
      'RangeError: torch.vsplit requires a tensor with at least 2 dimension, but got a tensor with 1 dimensions!'
    ],
    [
      () => dsplit(x, 3),
      'RangeError: torch.dsplit requires a tensor with at least 3 dimension, but got a tensor with 2 dimensions!'
    ],
    [() => hstack([]), 'RangeError: hstack expects a non-empty TensorList'],
    [() => columnStack([]), 'RangeError: columnStack expects a non-empty TensorList']
  ]
}

describe.each(Object.entries(table))('messages about %s', (_, rows) => {
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})
