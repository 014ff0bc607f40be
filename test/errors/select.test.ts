// Messages about chosen elements, as a whole; see errors.test.ts.

import {
  type Tensor,
  arange,
  bucketize,
  isin,
  nonzeroStatic,
  ones,
  searchsorted,
  slice,
  tensor,
  zeros
} from '../../lib'
import { longs, thrown } from '../helpers/check'

type Row = [call: () => unknown, message: string]

const x = arange(6).float().reshape(2, 3)
const [index, wide] = [longs([[0, 1]]), longs([0, 1])]
const bools = tensor([true, false])
const holds = x.gt(2)
const doubles = (...shape: number[]): Tensor => ones(shape, { dtype: 'float64' })

const table: Record<string, Row[]> = {
  scatter: [
    [
      () => x.scatter(0, index, doubles(1, 2)),
      'TypeError: scatter(): Expected self.dtype to be equal to src.dtype; they are float32 and float64'
    ],
    [() => x.scatter(0, x, 1), 'TypeError: scatter(): Expected dtype int32/int64 for index; it is float32'],
    [() => x.scatter(0, wide, 1), 'RangeError: Index tensor must have the same number of dimensions as self tensor'],
    [
      () => x.scatter(0, index, ones(2)),
      'RangeError: Index tensor must have the same number of dimensions as src tensor'
    ],
    [
      () => x.scatter(0, longs([[0], [0]]).expand(2, 4), 1),
      'RangeError: Expected index [2, 4] to be no larger than self [2, 3] apart from dimension 0'
    ],
    [
      () => x.scatterAdd(0, longs([[0], [0]]).expand(2, 3), ones(1, 3)),
      'RangeError: Expected index [2, 3] to be no larger than self [2, 3] apart from dimension 0 and to be no larger size ' +
        'than src [1, 3]'
    ],
    [() => x.scatter(0, index.sub(1), 1), 'RangeError: index -1 is out of bounds for dimension 0 with size 2'],
    [
      () => x.scatterReduce(0, index.add(5), ones(1, 2), 'amax'),
      'RangeError: index 5 is out of bounds for dimension 0 with size 2'
    ],
    [
      () => x.scatter(0, index, 1, { reduce: 'sum' }),
      "RangeError: reduce argument must be either add or multiply; got 'sum'"
    ],
    [
      () => x.scatterReduce(0, index, ones(1, 2), 'add'),
      'RangeError: reduce argument must be either sum, prod, mean, amax or amin, got add'
    ],
    [
      () => bools.scatterReduce(0, wide, bools, 'mean'),
      'TypeError: "scatter_gather_tensor_cpu_reduce_mean" not implemented for \'Bool\'; add .float()'
    ],
    [
      () => x.clone().requiresGrad_().scatter(0, index, 1, { reduce: 'add' }).sum().backward(),
      'Error: derivative for aten::scatter is not implemented'
    ]
  ],

  slices: [
    [
      () => x.indexAdd(0, index, x),
      'RangeError: indexAdd_(): Index is supposed to be a vector, but got dim: 2 with type: Long and size: [1, 2]'
    ],
    [
      () => x.indexAdd(0, wide.float(), x),
      'TypeError: indexAdd_(): Expected dtype int32/int64 for index but got: Float'
    ],
    [
      () => x.indexReduce(0, wide, x.double(), 'mean'),
      'TypeError: indexReduce_(): self (Float) and source (Double) must have the same scalar type'
    ],
    [
      () => x.indexAdd(0, wide, ones(3)),
      'RangeError: indexAdd_(): Number of indices (2) should be equal to source.size(dim): (3), for dim: 0'
    ],
    [
      () => ones(3).indexAdd(0, wide, tensor(1)),
      'RangeError: indexAdd_(): When source is scalar, index should have one element (got 2)'
    ],
    [
      () => x.indexAdd(0, wide, ones(2, 2)),
      'RangeError: source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = ' +
        '[2, 3] source.shape = [2, 2]'
    ],
    [() => x.indexAdd(0, wide.add(3), x), 'RangeError: index 3 is out of bounds for dimension 0 with size 2'],
    [
      () => x.indexReduce(0, wide, x, 'sum'),
      'RangeError: indexReduce(): Expected reduce to be one of prod, mean, amax or amin but got sum.'
    ],
    [
      () => bools.indexReduce(0, wide, bools, 'amax'),
      'TypeError: "index_func_" not implemented for \'Bool\'; add .float()'
    ],
    [() => x.indexCopy(0, index, x), 'RangeError: indexCopy_(): Index should have dimension 1 or 0 (got 2)'],
    [
      () => x.indexCopy(0, wide, tensor(1)),
      'RangeError: indexCopy_(): When source is scalar, index should have one element (got 2)'
    ],
    [
      () => x.indexCopy(0, wide, ones(2)),
      'RangeError: indexCopy_(): When source and destination are not scalars, their dimensionality must match. Source ' +
        'dimensionality (1), destination dimensionality (2)'
    ],
    [() => x.indexCopy(0, wide.int(), x), 'TypeError: indexCopy_(): Expected a long tensor for index, but got Int'],
    [
      () => x.indexCopy(0, wide, x.double()),
      'TypeError: indexCopy_(): self and source expected to have the same dtype, but got (self) Float and (source) Double'
    ],
    [
      () => x.indexCopy(0, wide, ones(2, 2)),
      'RangeError: indexCopy_(): Source/destination tensor must have same slice shapes. Destination slice shape: 3 at ' +
        'dimension 0 and source slice shape: 2 at dimension 0.'
    ],
    [
      () => x.indexCopy(0, wide, ones(1, 3)),
      'RangeError: indexCopy_(): Number of indices (2) should be equal to source.size(dim) (1)'
    ],
    [
      () => x.indexCopy(0, wide.add(3), x),
      'RangeError: indexCopy_(): index 3 is out of bounds for dimension 0 with size 2'
    ],
    [() => x.indexFill(0, wide.int(), 1), 'TypeError: indexFill_(): Expected dtype int64 for index; it is int32'],
    [() => x.indexFill(0, index, 1), 'RangeError: Index has to be a vector/scalar; its shape is [1, 2]'],
    [
      () => x.indexFill(0, wide, ones(1)),
      'RangeError: indexFill_ only supports a 0-dimensional value tensor, but got tensor with 1 dimension(s).'
    ]
  ],

  masks: [
    [
      () => x.maskedFill(x, 1),
      'TypeError: maskedFill_ only supports boolean masks, but got mask with dtype float; add .bool()'
    ],
    [
      () => x.maskedFill(x.bfloat16(), 1),
      'TypeError: maskedFill_ only supports boolean masks, but got mask with dtype c10::BFloat16; add .bool()'
    ],
    [
      () => x.maskedFill(holds, ones(1)),
      'RangeError: maskedFill_ only supports a 0-dimensional value tensor, but got tensor with 1 dimension(s).'
    ],
    [() => x.maskedSelect(x), 'TypeError: maskedSelect: expected BoolTensor for mask; add .bool()'],
    [
      () => x.maskedScatter(holds, doubles(6)),
      'TypeError: maskedScatter: expected self and source to have same dtypes but gotFloat and Double'
    ],
    [
      () => x.maskedScatter(x, x),
      'TypeError: maskedScatter_ only supports boolean masks, but got mask with dtype Float; add .bool()'
    ],
    [() => x.maskedScatter(holds, ones(2)), 'RangeError: Number of elements of source < number of ones in mask'],
    [
      () => ones(3).maskedScatter_(holds, x),
      'RangeError: maskedScatter_: the mask of shape [2, 3] does not broadcast to [3]'
    ]
  ],

  'elements of a line': [
    [() => x.take(wide.int()), 'TypeError: take(): Expected a long tensor for index, but got Int'],
    [() => x.take(wide.add(7)), 'RangeError: out of range: tried to access index 7 on a tensor of 6 elements.'],
    [() => zeros(0).take(wide), 'RangeError: take(): tried to take from an empty tensor'],
    [
      () => x.takeAlongDim(index.int(), 1),
      'TypeError: takeAlongDim(): dtype of indices should be Long but got Int; add .long()'
    ],
    [
      () => x.takeAlongDim(wide, 1),
      'RangeError: takeAlongDim(): input and indices should have the same number of dimensions, but got 2 dimensions for ' +
        'input, and 1 dimensions for indices'
    ],
    [
      () => x.takeAlongDim(longs([[0], [0], [0]]), 1),
      'RangeError: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0; ' +
        'takeAlongDim: cannot broadcast [2, 3] with [3, 1]'
    ],
    [() => x.put(wide.int(), ones(2)), 'TypeError: put_(): Expected a long tensor for index, but got Int'],
    [
      () => x.put(wide, doubles(2)),
      'TypeError: put_(): self and source expected to have the same dtype, but got self.dtype = Float and source.dtype = ' +
        'Double'
    ],
    [
      () => x.put(wide, ones(3)),
      'RangeError: put_(): Expected source and index to have the same number of elements, but got source.numel() = 3, ' +
        'index.numel() = 2'
    ],
    [() => zeros(0).put(wide, ones(2)), 'RangeError: put_(): Tried to put elements into an empty tensor']
  ],

  parts: [
    [
      () => x.selectScatter(ones(2), 0, 0),
      'RangeError: expected src to have a size equal to the slice of self. src size = [2], slice size = [3]'
    ],
    [
      () => x.asStridedScatter(ones(2), [2], [5], 1),
      'RangeError: asStridedScatter: the elements lie outside of the tensor; clone() its base first'
    ]
  ],

  search: [
    [() => isin(bools, bools), 'TypeError: Unsupported input type encountered for isin(): Bool; add .byte()'],
    [() => nonzeroStatic(x, { size: -1 }), "RangeError: nonzeroStatic: 'size' must be an non-negative integer"],
    [
      () => searchsorted(x, x, { side: 'up' }),
      "RangeError: searchsorted(): side can only be 'left' or 'right' but got up"
    ],
    [
      () => searchsorted(x, x, { side: 'left', right: true }),
      "RangeError: searchsorted(): side and right can't be set to opposites, got side of left while right was true"
    ],
    [
      () => searchsorted(tensor(1), x),
      'RangeError: searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension'
    ],
    [
      () => searchsorted(x, ones(3, 2)),
      'RangeError: searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and ' +
        'input value tensor must match, but we got boundaries tensor [2, 3] and input value tensor [3, 2]'
    ],
    [
      () => searchsorted(x, x.double()),
      'TypeError: searchsorted(): boundary tensor and input value tensor should have same dtype, but got boundary tensor ' +
        'dtype Float and input value tensor dtype Double'
    ],
    [() => searchsorted(bools, bools), 'TypeError: "searchsorted_out_cpu" not implemented for \'Bool\'; add .float()'],
    [
      () => searchsorted(x, x, { sorter: wide }),
      'RangeError: searchsorted(): boundary and sorter must have the same size, but got boundary tensor [2, 3] and got ' +
        'sorter tensor [2]'
    ],
    [
      () => searchsorted(x, x, { sorter: x }),
      'TypeError: searchsorted(): sorter must be a tensor of long dtype but got dtype Float'
    ],
    [
      () => searchsorted(ones(2), x, { sorter: longs([0, 2]) }),
      'RangeError: searchsorted(): sorter index out of range; it is 2 of 2'
    ],
    [() => bucketize(x, x), 'RangeError: bucketize(): boundaries tensor must be 1 dimension, but got dim(2)']
  ]
}

describe('an error about chosen elements tells what is wrong, and what to do', () => {
  test.each(Object.entries(table))('%s', (_, rows) => {
    for (const [call, message] of rows) expect(thrown(call)).toBe(message)
  })
})

test('an index into a dim of size 0 is out of bounds where the result is empty, too', () => {
  const message = 'RangeError: index is out of bounds for dimension with size 0; the shape is [0, 0]'
  const index = longs([1])
  expect(thrown(() => zeros(0, 0).at(index))).toBe(message)
  expect(thrown(() => zeros(0, 0).setAt([index], 1))).toBe(message)
  expect(thrown(() => zeros(0, 3).at(index, slice(1, 1)))).toMatch('index is out of bounds for dimension with size 0')
  expect(zeros(0, 3).at(longs([])).shape).toEqual([0, 3])
  expect(zeros(3, 0).at(longs([2])).shape).toEqual([1, 0])
})
