// Every message of the library, as a whole: PyTorch's sentence first where it has one, then our values and the way out.

import {
  type Tensor,
  add,
  arange,
  autograd,
  bitwiseAnd,
  cat,
  clamp,
  div,
  floorDivide,
  fmod,
  logaddexp,
  manualSeed,
  max,
  mean,
  neg,
  nn,
  noGrad,
  ones,
  pow,
  relu,
  remainder,
  setNumThreads,
  sigmoid,
  slice,
  stack,
  sub,
  sum,
  tensor,
  where,
  zeros
} from '../../lib'
import { sliceDim } from '../../lib/ops/core/slice'
import { thrown } from '../helpers/check'
import { libraryMessages, testStrings } from '../helpers/messages'

type Row = [call: () => unknown, message: string]

const [x, y] = [ones(2, 3), ones(2, 3)]
const ints = tensor([1n, 2n])
const bools = tensor([true, false])
const INVERT = 'If you are trying to invert a mask, use `logicalNot()` instead.'

const table: Record<string, Row[]> = {
  operands: [
    [() => add('a' as never, x), "TypeError: add: input must be a Tensor or a number, got 'a'"],
    [() => add(x, null as never), 'TypeError: add: other must be a Tensor or a number, got null'],
    [() => add(1, 2), 'TypeError: add: one operand must be a Tensor, got two scalars'],
    [() => clamp(1 as never, 0, 2), 'TypeError: clamp: input must be a Tensor, got 1; use tensor(1)'],
    [() => sigmoid(1 as never), 'TypeError: sigmoid: input must be a Tensor, got 1; use tensor(1)'],
    [
      () => add(ints, 2n ** 60n),
      'RangeError: add: 1152921504606846976 is not exact as a scalar operand; pass tensor([1152921504606846976n])'
    ],
    [
      () => x.sum().backward([] as never),
      'TypeError: backward: gradient must be a Tensor, got Array; use tensor([...])'
    ],
    [() => sum(5 as never), 'TypeError: sum: input must be a Tensor, got 5; use tensor(5)'],
    [() => x.add_.call(5 as never, 1), 'TypeError: add_: input must be a Tensor, got 5; use tensor(5)'],
    [
      () => add(x, ones(2, 4)),
      'RangeError: The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1; ' +
        'add: cannot broadcast [2, 3] with [2, 4]'
    ],
    [
      () =>
        zeros([2, ...new Array<number>(15).fill(1), 3])
          .transpose(0, -1)
          .add(zeros([3, ...new Array<number>(15).fill(1), 2])),
      'RangeError: tensors of more than 16 dims are not supported, got 17'
    ]
  ],

  dtypes: [
    [
      () => sub(bools, bools),
      'TypeError: Subtraction, the `-` operator, with two bool tensors is not supported. Use `logicalXor()` ' +
        'instead.'
    ],
    [
      () => sub(ints, bools),
      `TypeError: Subtraction, the \`-\` operator, with a bool tensor is not supported. ${INVERT}`
    ],
    [() => neg(bools), `TypeError: Negation, the \`-\` operator, on a bool tensor is not supported. ${INVERT}`],
    [() => relu(bools), 'TypeError: Boolean inputs not supported for relu'],
    [() => pow(bools, bools), `TypeError: "pow" not implemented for 'Bool'; add .float()`],
    [() => bitwiseAnd(x, 1), `TypeError: "bitwiseAnd" not implemented for 'Float'; add .long()`],
    [() => bools.argmax(), 'TypeError: argmax(): does not support bool input'],
    [
      () => mean(ints),
      'TypeError: mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long; add .float()'
    ],
    [
      () => ints.nanmean(),
      'TypeError: nanmean(): expected input to have floating point or complex dtype but got Long; add .float()'
    ],
    [
      () => x.nanmean({ dtype: 'int64' }),
      'TypeError: nanmean(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. ' +
        'Got: Long'
    ],
    [() => bools.topk(1), 'TypeError: topk does not support bool dtypes on CPU'],
    [() => bools.kthvalue(1), `TypeError: "kthvalue_cpu" not implemented for 'Bool'; add .float()`],
    [() => bools.median(), `TypeError: "median_cpu" not implemented for 'Bool'; add .float()`],
    [() => bools.median(0), `TypeError: "median_out" not implemented for 'Bool'; add .float()`],
    [() => ints.softmax(0), `TypeError: "softmax_lastdim_kernel_impl" not implemented for 'Long'; add .float()`],
    [() => ints.logSoftmax(0), `TypeError: "log_softmax_lastdim_kernel_impl" not implemented for 'Long'; add .float()`],
    [
      () => where(x, x, y),
      'TypeError: where expected condition to be a boolean tensor, but got a tensor with dtype Float'
    ],
    [
      () => ints.add(ints, { alpha: 2.5 }),
      'TypeError: For integral input tensors, argument alpha must not be a floating point number. It is 2.5.'
    ],
    [() => x.add(x, { alpha: true }), 'TypeError: Boolean alpha only supported for Boolean results.'],
    [() => bools.addcmul(bools, bools), `TypeError: "addcmul_cpu_out" not implemented for 'Bool'; add .float()`],
    [
      () => x.addcdiv(ints, ints),
      'TypeError: Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true ' +
        'division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as ' +
        '(input + value * trunc(tensor1 / tensor2)).'
    ],
    [() => ints.lerp(ints, 0.5), `TypeError: "lerp_kernel_scalar" not implemented for 'Long'; add .float()`],
    [() => x.lerp(x.double(), 0.5), 'TypeError: expected dtype float for `end` but got dtype double'],
    [() => x.lerp(x, ones(3).long()), 'TypeError: expected dtype float for `weight` but got dtype long int'],
    [() => logaddexp(ints, ints), `TypeError: "logaddexp_cpu" not implemented for 'Long'; add .float()`],
    [() => nn.functional.softplus(ints), `TypeError: "softplus_cpu" not implemented for 'Long'; add .float()`],
    [() => nn.functional.hardtanh(bools), 'TypeError: Bool inputs not supported for hardtanh'],
    [
      () => x.to('float8' as never),
      "TypeError: to: device must be 'cpu' or a dtype (float32, float64, int32, int64, uint8, bool, int8, int16, float16, bfloat16) or a Tensor, got 'float8'"
    ]
  ],

  values: [
    [() => floorDivide(ints, 0), 'RangeError: ZeroDivisionError: integer division or modulo by zero'],
    [
      () => div(ints, 0, { roundingMode: 'trunc' }),
      'RangeError: ZeroDivisionError: integer division or modulo by zero'
    ],
    [() => remainder(ints, 0), 'RangeError: ZeroDivisionError: integer division or modulo by zero'],
    [() => fmod(ints, 0), 'RangeError: ZeroDivisionError: integer division or modulo by zero'],
    [() => pow(ints, -1), 'RangeError: Integers to negative integer powers are not allowed.'],
    [() => pow(ints, tensor([-1n, 1n])), 'RangeError: Integers to negative integer powers are not allowed.'],
    [
      () => div(x, y, { roundingMode: 'up' as never }),
      "RangeError: div expected roundingMode to be one of null, 'trunc', or 'floor' but found 'up'"
    ],
    [() => nn.functional.hardtanh(x, 2, 1), 'RangeError: minVal cannot be greater than maxVal'],
    [
      () => nn.functional.hardtanh(ints.byte()),
      'RangeError: cannot do hardtanh on an unsigned type with negative limits'
    ],
    [
      () => nn.functional.gelu(x, { approximate: 'sigmoid' }),
      'RangeError: approximate argument must be either none or tanh.'
    ],
    [() => clamp(x), "TypeError: clamp: At least one of 'min' or 'max' must not be null"],
    [
      () => clamp(tensor([1n], { dtype: 'uint8' }), -1, 300),
      'RangeError: value cannot be converted to type uint8_t without overflow; it is 300'
    ],
    [() => tensor([true]).positive(), 'TypeError: The `+` operator, on a bool tensor is not supported.'],
    [
      () => nn.functional.binaryCrossEntropy(tensor([1.5]), tensor([1])),
      'RangeError: all elements of input should be between 0 and 1; one lies outside, or is NaN'
    ],
    [() => setNumThreads(0), 'RangeError: setNumThreads: count must be a positive integer, got 0']
  ],

  dims: [
    [() => x.sum(2), 'RangeError: Dimension out of range (expected to be in range of [-2, 1], but got 2)'],
    [() => x.sum([0, -2]), 'RangeError: dim 0 appears multiple times in the list of dims'],
    [() => x.prod([0, 1] as never), 'TypeError: prod: dim must be an integer, got Array'],
    [() => x.sum(0.5), 'TypeError: sum: dim must be an integer or an array of integers, got 0.5'],
    [
      () => max(zeros(0)),
      "RangeError: max(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument."
    ],
    [() => zeros(0, 3).amax(0), 'RangeError: amax(): Expected reduction dim 0 to have non-zero size.'],
    [() => zeros(0, 3).max(0), 'RangeError: max(): Expected reduction dim 0 to have non-zero size.'],
    [() => zeros(0).argmax(), 'RangeError: argmax(): Expected reduction dim to be specified for input.numel() == 0.'],
    [() => zeros(0, 3).argmin(0), 'RangeError: argmin(): Expected reduction dim 0 to have non-zero size.']
  ],

  order: [
    [() => x.sort(2), 'RangeError: Dimension out of range (expected to be in range of [-2, 1], but got 2)'],
    [() => x.sort(0.5), 'TypeError: sort: dim must be an integer, got 0.5'],
    [() => x.sort(0, 1 as never), "TypeError: sort(): argument 'descending' must be bool, not number"],
    [
      () => x.sort({ descend: true } as never),
      "TypeError: sort() got an unexpected keyword argument 'descend'; did you mean 'descending'?"
    ],
    [() => x.sort(0, { dim: 1 } as never), "TypeError: sort() got multiple values for argument 'dim'"],
    [() => x.sort({ dim: 1 } as never, true), 'TypeError: sort: dim must be an integer, got object'],
    [
      () => (x.argsort as (...args: unknown[]) => Tensor)(0, true, true, 1),
      'TypeError: argsort() takes 3 positional arguments but 5 were given; stable: by keyword only'
    ],
    [() => x.topk(4), 'RangeError: selected index k out of range; topk: k is 4, dim 1 has size 3'],
    [() => x.topk(-1, 0), 'RangeError: selected index k out of range; topk: k is -1, dim 0 has size 2'],
    [() => x.topk(1.5), 'TypeError: topk: k must be an integer, got 1.5'],
    [
      () => x.kthvalue(0),
      'RangeError: kthvalue(): selected number k out of range for dimension 1; k is 0, the dim has size 3'
    ],
    [
      () => x.kthvalue(3, 0),
      'RangeError: kthvalue(): selected number k out of range for dimension 0; k is 3, the dim has size 2'
    ],
    [() => zeros(2, 0).kthvalue(1), 'RangeError: kthvalue(): Expected reduction dim 1 to have non-zero size.'],
    [() => zeros(0, 2).median(0), 'RangeError: median(): Expected reduction dim 0 to have non-zero size.'],
    [() => x.median({ keepdim: true } as never), "TypeError: median() missing 1 required argument: 'dim'"],
    [() => ones(2).bincount(), `TypeError: "bincount_cpu" not implemented for 'Float'; add .long()`],
    [() => bools.bincount(), `TypeError: "bincount_cpu" not implemented for 'Bool'; add .long()`],
    [() => tensor([1], { dtype: 'int64' }).bincount({ minlength: -1 }), 'RangeError: minlength should be >= 0'],
    [
      () => tensor([[1]], { dtype: 'int64' }).bincount(),
      'RangeError: bincount only supports 1-d non-negative integral inputs.'
    ],
    [
      () => tensor(1, { dtype: 'int64' }).bincount(),
      'RangeError: bincount only supports 1-d non-negative integral inputs.'
    ],
    [
      () => tensor([2, -1], { dtype: 'int64' }).bincount(),
      'RangeError: bincount only supports 1-d non-negative integral inputs.'
    ],
    [
      () => tensor([-2, -1], { dtype: 'int64' }).bincount(),
      'RangeError: bincount only supports 1-d non-negative integral inputs.'
    ],
    [
      () => tensor([-1], { dtype: 'int64' }).bincount(ones(1)),
      'RangeError: bincount only supports 1-d non-negative integral inputs.'
    ],
    [
      () => tensor([1], { dtype: 'int64' }).bincount(ones(2)),
      'RangeError: weights should be 1-d and have the same length as input'
    ],
    [
      () => tensor([1], { dtype: 'int64' }).bincount(ones(1, 1)),
      'RangeError: weights should be 1-d and have the same length as input'
    ],
    [
      () =>
        tensor([1], { dtype: 'int64' })
          .bincount(ones(1, { requiresGrad: true }))
          .sum()
          .backward(),
      'Error: derivative for aten::bincount is not implemented'
    ],
    [() => zeros(0).mode(), 'RangeError: mode(): Expected reduction dim 0 to have non-zero size.'],
    [
      () => ones(2).requiresGrad_().unique().sum().backward(),
      "Error: the derivative for '_unique2' is not implemented."
    ],
    [
      () => ones(2).requiresGrad_().unique({ dim: 0 }).sum().backward(),
      "Error: the derivative for 'unique_dim' is not implemented."
    ],
    [() => tensor(1).unique({ dim: 0 }), 'RangeError: Dimension specified as 0 but tensor has no dimensions'],
    [
      () => zeros(2, 0).unique({ dim: 0 }),
      "RangeError: There are 0 sized dimensions, and they aren't selected, so unique cannot be applied; the shape is [2, 0], dim 0"
    ],
    [
      () => zeros(0, 0).unique({ dim: 0 }),
      'RangeError: Number of zero sized dimensions is more than one, so unique cannot be applied to [0, 0]'
    ]
  ],

  scans: [
    [() => x.cumsum(2), 'RangeError: Dimension out of range (expected to be in range of [-2, 1], but got 2)'],
    [() => x.cumprod(undefined as never), 'TypeError: cumprod: dim must be an integer, got undefined'],
    [() => tensor(1).cummax(1), 'RangeError: cummax(): Expected reduction dim -1 or 0 for scalar but got 1'],
    [() => x.cumsum(0, { dtype: 'bool' }), `TypeError: "cumsum_out_cpu" not implemented for 'Bool'; add .float()`],
    [() => bools.cumprod_(0), `TypeError: "cumprod_out_cpu" not implemented for 'Bool'; add .float()`],
    [() => ints.logcumsumexp(0), `TypeError: "logcumsumexp_out_cpu" not implemented for 'Long'; add .float()`],
    [
      () => ints.cumsum_(0, { dtype: 'float32' }),
      'TypeError: Bad in-place call: input tensor dtype long int and output tensor dtype float should match'
    ],
    [() => x.cumsum(0, { dim: 1 } as never), "TypeError: cumsum() got multiple values for argument 'dim'"],
    [
      () => x.cumsum(0, 'float64' as never),
      'TypeError: cumsum() takes 2 positional arguments but 3 were given; dtype: by keyword only'
    ],
    [
      () => x.cumsum(0, { dtype: 5 as never }),
      'TypeError: dtype must be one of float32, float64, int32, int64, uint8, bool, int8, int16, float16, bfloat16, got 5'
    ],
    [
      () => x.cummin({ dim: 1, dtype: 'int64' } as never),
      "TypeError: cummin() got an unexpected keyword argument 'dtype'; it takes input, dim"
    ],
    [() => x.cumsum({ dim: 1 } as never, { dtype: 'float64' }), 'TypeError: cumsum: dim must be an integer, got object']
  ],

  shapes: [
    [() => x.flatten(1, 0), 'RangeError: flatten() has invalid args: startDim cannot come after endDim'],
    [
      () => x.permute(0),
      'RangeError: permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering ' +
        'of dimensions i.e. input.dim() = 2 is not equal to len(dims) = 1'
    ],
    [() => x.permute(0, -2), 'RangeError: permute(): duplicate dims are not allowed.'],
    [() => ones(1, 2, 3).t(), 'RangeError: t() expects a tensor with <= 2 dimensions, but self is 3D'],
    [
      () => x.expand(3),
      'RangeError: expand([2, 3], size=[3]): the number of sizes provided (1) must be greater or equal to the number of dimensions ' +
        'in the tensor (2)'
    ],
    [
      () => x.expand(3, 3),
      'RangeError: The expanded size of the tensor (3) must match the existing size (2) at non-singleton dimension 0.  ' +
        'Target sizes: [3, 3].  Tensor sizes: [2, 3]'
    ],
    [
      () => x.expand(-1, 2, 3),
      "RangeError: The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension 0"
    ],
    [
      () => arange(6, { dtype: 'float32' }).at(slice(2, 4)).detach().requiresGrad_().asStrided([3], [1], 0),
      'RangeError: asStrided: the view reaches outside of the tensor that has the gradient; detach() it first'
    ]
  ],

  selections: [
    [() => tensor(1).select(0, 0), 'RangeError: select() cannot be applied to a 0-dim tensor.'],
    [() => x.select(0, 2), 'RangeError: select(): index 2 out of range for tensor of size [2, 3] at dimension 0'],
    [() => x.select(0, 0.5), 'TypeError: select: index must be an integer, got 0.5'],
    [() => sliceDim(tensor(1), 0), 'RangeError: slice() cannot be applied to a 0-dim tensor.'],
    [() => tensor(1).narrow(0, 0, 1), 'RangeError: narrow() cannot be applied to a 0-dim tensor.'],
    [() => x.narrow(1, 2, 2), 'RangeError: start (2) + length (2) exceeds dimension size (3).'],
    [() => x.narrow(1, -1, 2), 'RangeError: start (2) + length (2) exceeds dimension size (3).'],
    [() => x.narrow(1, 5, 1), 'RangeError: start out of range (expected to be in range of [-3, 3], but got 5)'],
    [() => x.narrow(1, 0, -1), 'RangeError: narrow(): length must be non-negative.'],
    [() => tensor(1).unbind(), 'RangeError: Dimension specified as 0 but tensor has no dimensions'],
    [() => tensor(1).split(1), 'RangeError: split expects at least a 1-dimensional tensor'],
    [() => x.split(0), 'RangeError: splitSize can only be 0 if dimension size is 0, but got dimension size of 2'],
    [() => x.split(-1), 'RangeError: split expects splitSize be non-negative, but got splitSize=-1'],
    [
      () => x.split([1, 2]),
      "RangeError: split expects splitSizes to sum exactly to 2 (input tensor's size at dimension 0), but got splitSizes=[1, 2]"
    ],
    [
      () => x.split([3, -1]),
      'RangeError: split expects splitSizes have only non-negative entries, but got splitSizes=[3, -1]'
    ],
    [() => tensor(1).chunk(1), 'RangeError: chunk expects at least a 1-dimensional tensor'],
    [() => x.chunk(0), 'RangeError: chunk expects `chunks` to be greater than 0, got: 0'],
    [
      () => tensor(1).tensorSplit(1),
      'RangeError: tensorSplit expected at least a 1-dimensional tensor, but got a tensor with 0 dims'
    ],
    [() => x.tensorSplit(0), 'RangeError: number of sections must be larger than 0, got 0'],
    [
      () => x.tensorSplit('a' as never),
      "TypeError: tensorSplit: indicesOrSections must be an integer or an array of integers or a Tensor, got 'a'"
    ],
    [
      () => x.tensorSplit(tensor([1])),
      'TypeError: tensorSplit expected indicesOrSections to have dtype of long, but got Float'
    ],
    [
      () => x.tensorSplit(tensor([[1n]])),
      'RangeError: tensorSplit expected indicesOrSections to be a zero-dimensional or one-dimensional tensor, but got a ' +
        'tensor with 2 dims'
    ]
  ],

  joins: [
    [() => cat([]), 'RangeError: cat(): expected a non-empty list of Tensors'],
    [() => cat(x as never), 'TypeError: cat: tensors must be an array of Tensors, got Tensor; pass [tensor, ...]'],
    [() => cat([x, 1 as never]), 'TypeError: cat: element 1 of tensors must be a Tensor, got 1; use tensor(1)'],
    [() => cat([ones(1), tensor(1)]), 'RangeError: zero-dimensional tensor (at position 1) cannot be concatenated'],
    [() => cat([x, ones(3)]), 'RangeError: Tensors must have same number of dimensions: got 2 and 1'],
    [
      () => cat([x, ones(2, 2)]),
      'RangeError: Sizes of tensors must match except in dimension 0. Expected size 3 but got size 2 for tensor number 1 in the list.'
    ],
    [() => stack([]), 'RangeError: stack expects a non-empty TensorList'],
    [
      () => stack([x, ones(3)]),
      'RangeError: stack expects each tensor to be equal size, but got [2, 3] at entry 0 and [3] at entry 1'
    ]
  ],

  'writes in place': [
    [
      () => ones(1).expand(3).add_(1),
      'Error: unsupported operation: more than one element of the written-to tensor refers to a single memory location. ' +
        'Please clone() the tensor before performing the operation.'
    ],
    [
      () => {
        const z = arange(4)
        return z.at(slice(1, 4)).add_(z.at(slice(0, 3)))
      },
      'Error: unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. ' +
        'Please clone() the tensor before performing the operation.'
    ],
    [
      () => ones(3, { requiresGrad: true }).add_(1),
      'Error: a leaf Variable that requires grad is being used in an in-place operation. Wrap the update in noGrad() to change it.'
    ],
    [
      () => ones(3, { requiresGrad: true }).at(0).add_(1),
      'Error: a view of a leaf Variable that requires grad is being used in an in-place operation. Wrap the update in noGrad() to ' +
        'change it.'
    ],
    [
      () => {
        const z = ones(3, { requiresGrad: true }).mul(1)
        return noGrad(() => z.at(0)).add_(1)
      },
      'Error: A view was created in noGrad mode and is being modified inplace with grad mode enabled. Given that this use case is ' +
        'ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both ' +
        "inside the noGrad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
    ]
  ],

  autograd: [
    [() => new nn.Identity().apply(1 as never), 'TypeError: apply: fn must be a function, got 1'],
    [
      () => new nn.Identity().registerForwardHook(null as never),
      'TypeError: registerForwardHook: hook must be a function, got null'
    ],
    [() => manualSeed([1] as never), 'TypeError: manualSeed expected a long, but got Array; pass an integer'],
    [() => autograd.noGrad(1 as never), 'TypeError: noGrad: body must be a function, got 1'],
    [() => nn.functional.mseLoss(x, 1 as never), 'TypeError: mseLoss: target must be a Tensor, got 1; use tensor(1)'],
    [() => nn.functional.linear(1 as never, x), 'TypeError: linear: input must be a Tensor, got 1; use tensor(1)'],
    [
      () => autograd.backward([1 as never]),
      'TypeError: backward: element 0 of tensors must be a Tensor, got 1; use tensor(1)'
    ],
    [
      () => autograd.backward(undefined as never),
      'TypeError: backward: tensors must be a Tensor or an array of Tensors, got undefined'
    ],
    [
      () => autograd.grad(ones(1, { requiresGrad: true }), [1 as never]),
      'TypeError: grad: element 0 of inputs must be a Tensor, got 1; use tensor(1)'
    ],
    [
      () =>
        ones(1, { requiresGrad: true })
          .mul(1)
          .backward({ gradient: 1 as never }),
      'TypeError: backward: gradient must be a Tensor, got 1; use tensor(1)'
    ],
    [
      () => {
        ones(1, { requiresGrad: true }).data = ints
      },
      'TypeError: data set to a tensor that requires gradients must be floating point or complex dtype'
    ]
  ]
}

describe.each(Object.entries(table))('messages about %s', (_, rows) => {
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})

describe('every message of the library', () => {
  test('stands in a test', () => {
    const text = testStrings()
    const longest = (pieces: readonly string[]): string => pieces.reduce((a, b) => (b.length > a.length ? b : a), '')
    // Those of compile/ stand in its own tests.
    const messages = libraryMessages().filter(({ place }) => !place.startsWith('lib/compile/'))
    const missing = messages.filter(({ pieces }) => !text.includes(longest(pieces)))
    expect(messages.length).toBeGreaterThan(150)
    expect(missing.map(({ place, pieces }) => `${place}: ${pieces.join('…')}`)).toEqual([])
  })
})
