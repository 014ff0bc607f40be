// Messages about products and distances, as a whole; see errors.test.ts.

import {
  addbmm,
  addmm,
  addmv,
  addr,
  baddbmm,
  bilinear,
  cdist,
  chainMatmul,
  cross,
  dist,
  inner,
  linalg,
  matrixPower,
  nn,
  ones,
  pdist,
  tensor,
  trace,
  vander
} from '../../lib'
import { thrown } from '../helpers/check'

type Row = [call: () => unknown, message: string]

const [m, v, w] = [ones(2, 3), ones(3), ones(2)]
const [batch, other] = [ones(2, 2, 3), ones(2, 3, 4)]
const ints = tensor([1n, 2n])
const bools = tensor([true, false])
const square = ones([2, 2], { dtype: 'int64' })

const table: Record<string, Row[]> = {
  'added products': [
    [() => addmv(ones(2, 2), m, v), 'RangeError: vector + matrix @ vector expected, got 2, 2, 1'],
    [() => addmv(v, m, v), 'RangeError: size mismatch, got input (3), mat (2x3), vec (3)'],
    [
      () => addmv(w.double(), m, v),
      'TypeError: addmv input tensors must have the same dtype, but got Double, Float, and Float; add .double() or .float()'
    ],
    [
      () => ones(1).addmv_(m, v),
      'RangeError: Bad in-place call: input tensor size [1] and output tensor size [2] should match'
    ],
    [
      () => ones(4).addmm_(m, ones(3, 4)),
      'RangeError: Bad in-place call: input tensor size [4] and output tensor size [2, 4] should match'
    ],
    [() => addmm(w, m, v), 'RangeError: mat2 must be a matrix, got 1-D tensor'],
    [() => addr(m, m, v), 'RangeError: addr: Expected 1-D argument vec1, but got 2-D'],
    [
      () => addr(square, ints, ints, { alpha: 0.5 }),
      'TypeError: For integral input tensors, argument alpha must not be a floating point number.'
    ],
    [() => addr(m, w, v, { beta: true }), 'TypeError: Boolean beta only supported for Boolean results.'],
    [
      () => addr(ones(2, 2), w, v),
      'RangeError: The expanded size of the tensor (3) must match the existing size (2) at non-singleton dimension 1.  ' +
        'Target sizes: [2, 3].  Tensor sizes: [2, 2]'
    ],
    [() => v.addr_(w, v), 'RangeError: 2D tensor expected, got 1D tensor for input'],
    [() => ones(2, 2).addr_(w, v), 'RangeError: size mismatch, input: [2, 2], v1: [2], v2: [3]'],
    [
      () => addbmm(ones(2, 4), batch, ones(3, 3, 4)),
      'RangeError: batch1 and batch2 must have same number of batches, got 2 and 3'
    ],
    [() => addbmm(ones(2, 4), batch, ones(2, 2, 4)), 'RangeError: Incompatible matrix sizes for bmm (2x3 and 2x4)'],
    [
      () => baddbmm(ones(4).double(), batch, other),
      'TypeError: Input dtypes must be the same, got: input double, batch1: float, batch2: float; ' +
        'add .double() or .float()'
    ],
    [
      () => baddbmm(bools, ones([1, 2, 2], { dtype: 'bool' }), ones([1, 2, 2], { dtype: 'bool' })),
      `TypeError: "baddbmm" not implemented for 'Bool'; add .float()`
    ]
  ],

  'products of several': [
    [
      () => inner(m, w),
      'RangeError: inner() the last dimension must match on both input tensors but got shapes [2, 3] and [2]'
    ],
    [() => inner(v, v.double()), 'TypeError: both inputs should have same dtype'],
    [() => linalg.multiDot([m]), 'RangeError: multiDot(): expected at least 2 tensors but got 1'],
    [() => linalg.multiDot([batch, m]), 'RangeError: multiDot(): the first tensor must be 1D or 2D but got 3D'],
    [() => linalg.multiDot([m, batch]), 'RangeError: multiDot(): the last tensor must be 1D or 2D but got 3D'],
    [() => linalg.multiDot([m, v, m]), 'RangeError: multiDot(): tensor 1 must be 2D but got 1D'],
    [
      () => linalg.multiDot([m, m]),
      'RangeError: multiDot(): tensors 0 and 1 with shapes [2, 3] and [2, 3] cannot be multiplied'
    ],
    [
      () => linalg.multiDot([m, m.double()]),
      'TypeError: multiDot(): all tensors must have be the same dtype but tensor 0 is float and tensor 1 double'
    ],
    [() => chainMatmul(m, v), 'RangeError: Tensor dimension is 1, expected 2 instead.'],
    [() => chainMatmul(), 'RangeError: chainMatmul(): Expected one or more matrices'],
    [
      () => matrixPower(m, 2),
      'RangeError: linalg.matrixPower: A must be batches of square matrices, but they are 2 by 3 matrices'
    ],
    [() => matrixPower(v, 2), 'RangeError: linalg.matrixPower: The input tensor A must have at least 2 dimensions.'],
    [
      () => matrixPower(ones(2, 2), -1),
      'RangeError: linalg.matrixPower: a negative power, -1, needs an inverse, which comes with the decompositions of ' +
        'linear algebra'
    ],
    [() => trace(v), 'RangeError: trace: expected a matrix, but got tensor with dim 1'],
    [() => trace(bools.view(1, 2)), `TypeError: "trace" not implemented for 'Bool'; add .float()`],
    [() => vander(m), 'RangeError: x must be a one-dimensional tensor.'],
    [() => vander(v, -1), 'RangeError: N must be non-negative.'],
    [() => linalg.vander(ones(1)), 'RangeError: N must be greater than 1.'],
    [
      () => linalg.vander(bools),
      'TypeError: linalg.vander supports floating point, complex, and integer tensors, but got Bool'
    ]
  ],

  'vector products': [
    [() => cross(ones(2, 2), ones(2, 2)), 'RangeError: no dimension of size 3 in input'],
    [
      () => cross(ones(2, 2), ones(2, 2), 1),
      'RangeError: linalg.cross: inputs dimension 1 must have length 3. Got 2 and 2'
    ],
    [() => linalg.cross(m, v), 'RangeError: linalg.cross: inputs must have the same number of dimensions.'],
    [() => linalg.cross(v, v.long()), 'TypeError: expected scalar type Float but found Long'],
    [() => linalg.cross(v.bool(), v.bool()), `TypeError: "cross" not implemented for 'Bool'; add .float()`]
  ],

  'bilinear forms': [
    [() => bilinear(m, v, ones(5, 3, 3)), 'RangeError: bilinear(): input dimensions do not match: got 2 and 1'],
    [
      () => bilinear(m, ones(3, 3), ones(5, 3, 3)),
      'RangeError: bilinear(): input batch dimensions do not match at dim 0: got 2 and 3'
    ],
    [
      () => bilinear(m, m, ones(5, 3, 4)),
      'RangeError: bilinear(): input2 size does not match weight size: got 3 but expected 4'
    ],
    [
      () => bilinear(m, m, ones(5, 3, 3), ones(4)),
      'RangeError: bilinear(): bias size does not match weight size: got 4 but expected 5'
    ],
    [
      () => bilinear(m.double(), m, ones(5, 3, 3)),
      'TypeError: All tensors must have the same dtype, got input1: double, input2: float, weight: float'
    ],
    [() => new nn.Bilinear(0, 3, 4), 'RangeError: in1Features must be > 0, but got (in1Features=0)']
  ],

  distances: [
    [
      () => dist(ints, ints),
      'TypeError: norm(): input dtype should be either floating point or complex. Got Long instead.'
    ],
    [
      () => dist(w, bools),
      'TypeError: Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, ' +
        'use `logicalNot()` instead.'
    ],
    [
      () => nn.functional.pairwiseDistance(bools, bools),
      'TypeError: Subtraction, the `-` operator, with two bool tensors is not supported. Use `logicalXor()` instead.'
    ],
    [() => cdist(v, m), 'RangeError: cdist only supports at least 2D tensors, X1 got: 1D'],
    [() => cdist(m, ones(2, 2)), 'RangeError: X1 and X2 must have the same number of columns. X1: 3 X2: 2'],
    [
      () => cdist(m, ones([2, 3], { dtype: 'int64' })),
      'TypeError: cdist only supports floating-point dtypes, X2 got: Long'
    ],
    [() => cdist(m, m, -1), 'RangeError: cdist only supports non-negative p values'],
    [() => cdist(m, m.double()), 'TypeError: expected scalar type Float but found Double'],
    [() => cdist(m, m, 2, 'fast'), 'RangeError: fast is not a valid value for computeMode'],
    [() => cdist(m.half(), m.half()), `TypeError: "cdist" not implemented for 'Half'; add .float()`],
    [() => pdist(v), 'RangeError: pdist only supports 2D tensors, got: 1D'],
    [() => pdist(square), 'TypeError: pdist only supports floating-point dtypes'],
    [() => pdist(m, -1), 'RangeError: pdist only supports non-negative p values']
  ],

  'norms of matrices': [
    [() => linalg.matrixNorm(v), 'RangeError: linalg.matrixNorm: The input tensor A must have at least 2 dimensions.'],
    [() => linalg.matrixNorm(m, 3), 'RangeError: linalg.matrixNorm: Order 3 not supported.'],
    [() => linalg.matrixNorm(m, 'x'), 'RangeError: linalg.matrixNorm: Order x not supported.'],
    [
      () => linalg.matrixNorm(m, 'nuc'),
      'RangeError: linalg.matrixNorm: Order nuc needs singular values, which come with the decompositions of linear algebra'
    ],
    [() => linalg.matrixNorm(m, 1, [0]), 'RangeError: linalg.matrixNorm: dim must be a 2-tuple. Got 0'],
    [() => linalg.matrixNorm(m, 1, [0, 0]), 'RangeError: linalg.matrixNorm: dims must be different. Got (0, 0)'],
    [
      () => linalg.norm(batch, 1),
      'RangeError: linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got 3D.'
    ],
    [
      () => linalg.norm(batch, 1, [0, 1, 2]),
      'RangeError: linalg.norm: If dim is specified, it must be of length 1 or 2. Got [0, 1, 2]'
    ]
  ]
}

describe.each(Object.entries(table))('messages about %s', (_, rows) => {
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})
