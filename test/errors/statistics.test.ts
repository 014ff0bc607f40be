// Messages of sums, medians, quantiles and differences, as a whole; see errors.test.ts.

import {
  aminmax,
  arange,
  cumulativeTrapezoid,
  diff,
  linalg,
  nanmedian,
  nansum,
  nanquantile,
  ones,
  quantile,
  tensor,
  trapezoid,
  unravelIndex,
  zeros
} from '../../lib'
import { thrown } from '../helpers/check'

type Row = [call: () => unknown, message: string]

const x = arange(6).float().reshape(2, 3)
const bools = tensor([true, false])

const table: Record<string, Row[]> = {
  sums: [
    [() => nansum(x.clone().requiresGrad_(), { dtype: 'int64' }), 'TypeError: Autograd not support dtype: Long'],
    [
      () => aminmax(zeros(0, 3)),
      'RangeError: aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.'
    ],
    [() => aminmax(zeros(0, 3), { dim: 0 }), 'RangeError: aminmax: Expected reduction dim 0 to have non-zero size.']
  ],

  shapes: [
    [() => x.sumToSize(2, 2), 'RangeError: size {[2, 2]} is not expandable to size {[2, 3]}.'],
    [() => unravelIndex(x, [2, 3]), "TypeError: expected 'indices' to be integer dtype, but got float32; add .long()"],
    [() => unravelIndex(x.long(), [-2]), "RangeError: 'shape' cannot have negative values, but got [-2]"],
    [
      () => x.diagonalScatter(ones(1)),
      'RangeError: expected src to have a size equal to the slice of self. src size = [1], slice size = [2]'
    ],
    [
      () => linalg.vecdot(x.long(), x),
      'TypeError: linalg.vecdot: Expected a floating point or complex tensor as input. Got Long; add .float()'
    ],
    [
      () => linalg.vecdot(x, x.double()),
      'TypeError: linalg.vecdot: Expected x and y to have the same dtype, but found x of type Float and y of type Double ' +
        'instead'
    ],
    [
      () => x.clone().requiresGrad_().uniqueConsecutive().sum().backward(),
      "Error: the derivative for 'unique_consecutive' is not implemented."
    ],
    [() => tensor(1).uniqueConsecutive({ dim: 0 }), 'RangeError: Dimension specified as 0 but tensor has no dimensions']
  ],

  differences: [
    [() => diff(tensor(1)), 'RangeError: diff expects input to be at least one-dimensional'],
    [() => diff(x, -1), 'RangeError: order must be non-negative but got -1'],
    [
      () => diff(x, { prepend: ones(1) }),
      'RangeError: diff expects prepend or append to be the same dimension as input'
    ],
    [
      () => diff(x, { append: ones(1, 1) }),
      'RangeError: diff expects the shape of tensor to prepend or append to match that of input except along the ' +
        'differencing dimension; input.size(0) = 2, but got tensor.size(0) = 1'
    ],
    [() => trapezoid(tensor(1)), 'RangeError: Dimension specified as -1 but tensor has no dimensions'],
    [() => trapezoid(bools), 'TypeError: trapezoid: received a bool input for `y`, but bool is not supported'],
    [
      () => trapezoid(ones(2), bools),
      'TypeError: trapezoid: received a bool input for `x` or `y`, but bool is not supported'
    ],
    [() => trapezoid(x, ones(2)), 'RangeError: trapezoid: There must be one `x` value for each sample point'],
    [
      () => cumulativeTrapezoid(x, ones(2)),
      'RangeError: cumulativeTrapezoid: There must be one `x` value for each sample point'
    ],
    [() => cumulativeTrapezoid(tensor(1)), 'RangeError: slice() cannot be applied to a 0-dim tensor.']
  ],

  order: [
    [() => nanmedian(bools), 'TypeError: "median_cpu" not implemented for \'Bool\'; add .float()'],
    [() => nanmedian(bools, 0), 'TypeError: "median_out" not implemented for \'Bool\'; add .float()'],
    [() => nanmedian(zeros(2, 0), 1), 'RangeError: median(): Expected reduction dim 1 to have non-zero size.'],
    [() => quantile(x, 1.5), 'RangeError: quantile() q must be in the range [0, 1] but got 1.5'],
    [() => quantile(x, NaN), 'RangeError: quantile() q must be in the range [0, 1] but got NaN'],
    [() => nanquantile(x, tensor([-1])), 'RangeError: quantile() q values must be in the range [0, 1]'],
    [() => quantile(x, ones(1, 1)), 'RangeError: quantile() q must be a scalar or 1D tensor'],
    [
      () => quantile(x, tensor([1], { dtype: 'float64' })),
      'TypeError: quantile() q tensor must be same dtype as the input tensor'
    ],
    [
      () => quantile(x.long(), 0.5),
      'TypeError: quantile() input tensor must be either float or double dtype; add .float()'
    ],
    [() => quantile(zeros(0), 0.5), 'RangeError: quantile() input tensor must be non-empty'],
    [
      () => quantile(x, 0.5, { interpolation: 'cubic' }),
      'RangeError: quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got cubic'
    ]
  ]
}

describe('an error about statistics tells what is wrong', () => {
  test.each(Object.entries(table))('%s', (_, rows) => {
    for (const [call, message] of rows) expect(thrown(call)).toBe(message)
  })
})
