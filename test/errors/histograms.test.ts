// Messages about grids, covariances and histograms, as a whole; see errors.test.ts.

import {
  asTensor,
  blockDiag,
  cartesianProd,
  combinations,
  corrcoef,
  cov,
  fill,
  hannWindow,
  histc,
  histogram,
  logspace,
  meshgrid,
  ones,
  renorm,
  tensor,
  zeros
} from '../../lib'
import { thrown } from '../helpers/check'

type Row = [call: () => unknown, message: string]

const [m, v] = [ones(2, 3), ones(3)]
const ints = tensor([1n, 2n])

const table: Record<string, Row[]> = {
  grids: [
    [() => meshgrid({ indexing: 'ij' }), 'RangeError: meshgrid expects a non-empty TensorList'],
    [
      () => meshgrid(m, { indexing: 'ij' }),
      'RangeError: meshgrid: Expected 0D or 1D tensor in the tensor list but got: 2D'
    ],
    [
      () => meshgrid(v, v.double(), { indexing: 'ij' }),
      'TypeError: meshgrid expects all tensors to have the same dtype'
    ],
    [
      () => meshgrid(v, { indexing: 'x' }),
      'RangeError: meshgrid: indexing must be one of "xy" or "ij", but received: x'
    ],
    [() => cartesianProd(m), 'RangeError: Expect a 1D vector, but got shape [2, 3]'],
    [() => combinations(ones(1), 2 ** 23, true), 'RangeError: combinations: r must be at most 4194304, got 8388608'],
    [() => combinations(v, -1), 'RangeError: Expect a non-negative number, but got -1'],
    [
      () => combinations(ones(70_000)),
      "RangeError: combinations: DefaultCPUAllocator: can't allocate memory: you tried to allocate 39199440000 bytes."
    ],
    [
      () => blockDiag(m, ones(1, 2, 3)),
      'RangeError: blockDiag: Input tensors must have 2 or fewer dimensions. Input 1 has 3 dimensions'
    ],
    [() => fill(v, v), 'RangeError: fill_ only supports 0-dimension value tensor but got tensor with 1 dimensions.'],
    [() => logspace(0, 1, -1), 'RangeError: number of steps must be non-negative'],
    [() => hannWindow(-1), 'RangeError: hannWindow requires non-negative windowLength, got windowLength=-1'],
    [() => hannWindow(3, { dtype: 'int64' }), 'TypeError: hannWindow expects floating point dtypes, got: torch.int64']
  ],

  statistics: [
    [() => renorm(m, 0, 0, 1), 'RangeError: renorm: non-positive-norm not supported'],
    [() => renorm(m, 1, 0, -1), 'RangeError: renorm: expected maxnorm to be >= 0 but got -1'],
    [() => renorm(v, 1, 0, 1), 'RangeError: renorm: input needs at least 2 dimensions, got 1 dimensions'],
    [
      () => cov(ones(1, 2, 3)),
      'RangeError: cov(): expected input to have two or fewer dimensions but got an input with 3 dimensions'
    ],
    [
      () => corrcoef(ones(1, 2, 3)),
      'RangeError: corrcoef(): expected input to have two or fewer dimensions but got an input with 3 dimensions'
    ],
    [() => cov(m.bool()), 'TypeError: cov(): bool dtype is not supported for input'],
    [
      () => cov(m, { fweights: m.long() }),
      'RangeError: cov(): expected fweights to have one or fewer dimensions but got fweights with 2 dimensions'
    ],
    [
      () => cov(m, { fweights: v }),
      'TypeError: cov(): expected fweights to have integral dtype but got fweights with Float dtype'
    ],
    [
      () => cov(m, { aweights: v.long() }),
      'TypeError: cov(): expected aweights to have floating point dtype but got aweights with Long dtype'
    ],
    [
      () => cov(m, { fweights: ints }),
      'RangeError: cov(): expected fweights to have the same numel as there are observations in the input but got 2 != 3'
    ],
    [() => cov(m, { aweights: v.neg() }), 'RangeError: cov(): aweights cannot be negative'],
    [() => cov(m, { aweights: zeros(3) }), "RangeError: cov(): weights sum to zero, can't be normalized"]
  ],

  histograms: [
    [() => histc(ints), `TypeError: "histogram_cpu" not implemented for 'Long'; add .float()`],
    [() => histc(v, 0), 'RangeError: histogram(): bins must be > 0, but got 0 for dimension 0'],
    [() => histc(v, 2, 3, 1), 'RangeError: histc: max must be larger than min'],
    [() => histc(v, 2, 0, Infinity), 'RangeError: histc: range of [0, Infinity] is not finite'],
    [() => histogram(ints, 2), `TypeError: "histogramdd" not implemented for 'Long'; add .float()`],
    [
      () => histogram(v, 2, { range: [3, 1] }),
      'RangeError: histogramdd: min should not exceed max, but got min 3 max 1 for dimension 0'
    ],
    [
      () => histogram(v, 2, { range: [1] }),
      'RangeError: histogramdd: for a 1-dimensional histogram range should have 2 elements, but got 1'
    ],
    [
      () => histogram(v, 2, { range: [0, Infinity] }),
      "RangeError: histogramdd: dimension 0's range [0, Infinity] is not finite"
    ],
    [
      () => histogram(v, 2, { weight: ones(2) }),
      'RangeError: histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding ' +
        'its innermost dimension, but got input with shape [3, 1] and weight with shape [2]'
    ],
    [
      () => histogram(v, 2, { weight: v.double() }),
      'TypeError: histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype, ' +
        'but got input(float), and weight(double)'
    ],
    [
      () => histogram(v, v.double()),
      'TypeError: histogramdd: input tensor and bins tensors should have the same dtype, but got input with dtype float ' +
        'and bins for dimension 0 with dtype double'
    ],
    [
      () => histogram(v, m),
      'RangeError: histogramdd: bins tensor should have one dimension, but got 2 dimensions in the bins tensor for dimension 0'
    ],
    [
      () => histogram(v, ones(0)),
      'RangeError: histogramdd: bins tensor should have at least 1 element, but got 0 elements in the bins tensor for ' +
        'dimension 0'
    ],
    [
      () =>
        histogram(ones(3, { requiresGrad: true }), 2)
          .hist.sum()
          .backward(),
      'Error: derivative for aten::histogram is not implemented'
    ]
  ]
}

describe.each(Object.entries(table))('messages about %s', (_, rows) => {
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})

test('asTensor gives the very tensor, cast where a dtype is named', () => {
  expect(asTensor(v)).toBe(v)
  expect(asTensor(v, 'float64').dtype).toBe('float64')
  expect(asTensor([1, 2]).tolist()).toEqual([1, 2])
})
