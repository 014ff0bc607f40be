// Messages about matrices and norms, as a whole; see errors.test.ts.

import { type Tensor, addmm, bmm, dot, linalg, matmul, mm, mv, nn, ones, tensor, zeros } from '../../lib'
import { linear } from '../../lib/nn/functional/linear'
import { thrown } from '../helpers/check'

type Row = [call: () => unknown, message: string]

const [x, y] = [ones(2, 3), ones(2, 3)]
const ints = tensor([1n, 2n])
const bools = tensor([true, false])
const doubles = (...shape: number[]): Tensor => ones(shape, { dtype: 'float64' })

const table: Record<string, Row[]> = {
  norms: [
    [() => ints.var(), 'TypeError: std and var only support floating point and complex dtypes; add .float()'],
    [
      () => ints.norm(),
      'TypeError: linalg.vectorNorm: Expected a floating point or complex tensor as input. Got Long; add .float()'
    ],
    [
      () => x.norm(2, null, false, 'int64'),
      'TypeError: linalg.vectorNorm: dtype should be floating point or complex, but got Long'
    ],
    [
      () => linalg.vectorNorm(x.double(), { dtype: 'float32' }),
      'TypeError: linalg.vectorNorm: the dtype of the input (Double) should be convertible without narrowing to the specified ' +
        'dtype (Float)'
    ],
    [
      () => zeros(0).norm(-1),
      'RangeError: linalg.vectorNorm cannot compute the -1 norm on an empty tensor because the operation does not have an identity'
    ],
    [
      () => zeros(2, 0).norm(Infinity, 1),
      'RangeError: linalg.vectorNorm cannot compute the inf norm on the dimension 1because this dimension is empty and the ' +
        'operation does not have an identity'
    ],
    [() => x.norm('nuc'), 'RangeError: norm: Order nuc not supported.'],
    [
      () => nn.functional.layerNorm(x, []),
      'RangeError: Expected normalizedShape to be at least 1-dimensional, i.e., containing at least one element, but got ' +
        'normalizedShape = []'
    ],
    [
      () => nn.functional.layerNorm(x, [4]),
      'RangeError: Given normalizedShape=[4], expected input with shape [*, 4], but got input of size[2, 3]'
    ],
    [
      () => nn.functional.layerNorm(x, [3], ones(2)),
      'RangeError: Expected weight to be of same shape as normalizedShape, but got weight of shape [2] and normalizedShape = [3]'
    ],
    [
      () => nn.functional.layerNorm(x, [3], ones(3).double()),
      'TypeError: mixed dtype (CPU): expect parameter to have scalar type of Float'
    ],
    [
      () => nn.functional.cosineSimilarity(ints, ints, 0),
      'TypeError: expected common dtype to be floating point, yet common dtype is Long'
    ]
  ],

  matrices: [
    [
      () => mm(x, y),
      'RangeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3); matmul: cannot multiply [2, 3] by [2, 3]: ' +
        'inner sizes 3 and 2 differ'
    ],
    [
      () => matmul(ones(2, 2, 3), ones(4, 5)),
      'RangeError: mat1 and mat2 shapes cannot be multiplied (4x3 and 4x5); matmul: cannot multiply [4, 3] by [4, 5]: ' +
        'inner sizes 3 and 4 differ'
    ],
    [
      () => matmul(ones(6, 2, 2, 3), ones(2, 4, 5)),
      'RangeError: Expected size for first two dimensions of batch2 tensor to be: [12, 3] but got: [12, 4].'
    ],
    [() => matmul(ones(2, 2, 3), ones(4)), 'RangeError: size mismatch, got input (4), mat (4x3), vec (4)'],
    [() => matmul(x, tensor(1)), 'RangeError: both arguments to matmul need to be at least 1D, but they are 2D and 0D'],
    [() => mm(ones(2), x), 'RangeError: self must be a matrix; mm: its shape is [2]'],
    [() => mm(x, ones(3)), 'RangeError: mat2 must be a matrix; mm: its shape is [3]'],
    [
      () => mm(x, doubles(3, 2)),
      'TypeError: expected m1 and m2 to have the same dtype, but got: float != double; add .double() or .float()'
    ],
    [
      () => mm(bools.view(1, 2), bools.view(2, 1)),
      `TypeError: "addmm_impl_cpu_" not implemented for 'Bool'; add .float()`
    ],
    [() => mv(x, ones(2)), 'RangeError: size mismatch, got input (2), mat (2x3), vec (2)'],
    [() => mv(x, y), 'RangeError: vector + matrix @ vector expected, got 1, 2, 2; mv: shapes are [2, 3] and [2, 3]'],
    [
      () => mv(x, doubles(3)),
      'TypeError: addmv input tensors must have the same dtype, but got Double, Float, and Double; add .double() or .float()'
    ],
    [() => dot(x, y), 'RangeError: 1D tensors expected, but got 2D and 2D tensors; dot: use matmul'],
    [
      () => dot(ones(3), ones(2)),
      'RangeError: inconsistent tensor size, expected tensor [3] and src [2] to have the same number of elements, but got 3 and 2 ' +
        'elements respectively'
    ],
    [
      () => dot(ones(3), doubles(3)),
      'TypeError: dot : expected both vectors to have same dtype, but found Float and Double; add .double() or .float()'
    ],
    [() => bmm(ones(1, 2, 3), x), 'RangeError: batch2 must be a 3D tensor; bmm: it has shape [2, 3]'],
    [
      () => bmm(ones(2, 3, 4), ones(3, 4, 5)),
      'RangeError: Expected size for first two dimensions of batch2 tensor to be: [2, 4] but got: [3, 4].'
    ],
    [
      () => bmm(ones(1, 2, 3), doubles(1, 3, 2)),
      'TypeError: expected scalar type Float but found Double; add .double() or .float()'
    ],
    [
      () => addmm(x.at(0), ints.view(1, 2), ints.view(2, 1)),
      'TypeError: self and mat2 must have the same dtype, but got Float and Long; add .float()'
    ],
    [() => addmm(x, x.at(0), y), 'RangeError: mat1 must be a matrix, got 1-D tensor'],
    [
      () => addmm(ones(5), x, y.t()),
      'RangeError: The expanded size of the tensor (2) must match the existing size (5) at non-singleton dimension 1.  ' +
        'Target sizes: [2, 2].  Tensor sizes: [5]'
    ],
    [
      () => addmm(ones(1, 2, 2), x, y.t()),
      'RangeError: expand([1, 2, 2], size=[2, 2]): the number of sizes provided (2) must be greater or equal to the number of ' +
        'dimensions in the tensor (3)'
    ],
    [
      () => linear(ones(2, 2, 5), ones(4, 3), ones(4)),
      'RangeError: mat1 and mat2 shapes cannot be multiplied (4x5 and 3x4); matmul: cannot multiply [4, 5] by [3, 4]: ' +
        'inner sizes 5 and 3 differ'
    ]
  ]
}

describe.each(Object.entries(table))('messages about %s', (_, rows) => {
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})
