// What is said of values one step away from what is wanted: the class of what was got, and what to do.

import {
  Generator,
  type Tensor,
  add,
  arange,
  autograd,
  cat,
  full,
  manualSeed,
  matmul,
  nn,
  noGrad,
  ones,
  optim,
  rand,
  randperm,
  slice,
  stack,
  tensor,
  zeros,
  zerosLike
} from '../../lib'
import { thrown } from '../helpers/check'

const x = ones(2, 3)
const net = new nn.Linear(2, 1)
const wrong = (value: unknown): never => value as never

class Point {
  readonly a = 1
}

const trap = new Proxy(new Point(), {
  get() {
    throw new Error('read')
  }
})

describe('where a Tensor belongs', () => {
  const F = nn.functional
  const calls: readonly (readonly [call: (value: never) => unknown, where: string])[] = [
    [(value) => F.relu(value), 'relu: input'],
    [(value) => net.forward(value), 'forward: input'],
    [(value) => matmul(x, value), 'matmul: other'],
    [(value) => F.mseLoss(x, value), 'mseLoss: target'],
    [(value) => cat([value]), 'cat: element 0 of tensors'],
    [(value) => stack([x, value]), 'stack: element 1 of tensors'],
    [(value) => new nn.Parameter(value), 'Parameter: data'],
    [(value) => x.mul(1).requiresGrad_().backward(value), 'backward: gradient']
  ]
  const values: readonly (readonly [value: unknown, rest: string])[] = [
    [[1, 2], 'got Array; use tensor([...])'],
    [[[1]], 'got Array; use tensor([...])'],
    [new Float32Array(2), 'got Float32Array; use tensor([...])'],
    [Buffer.from([1]), 'got Buffer; use tensor([...])'],
    [3, 'got 3; use tensor(3)'],
    [3n, 'got 3n; use tensor(3n)'],
    [true, 'got boolean; use tensor(true)'],
    [Promise.resolve(x), 'got Promise; await it'],
    [net, 'got Linear; pass what its forward() gives'],
    [() => x, 'got function; call it and pass its result'],
    [nn.ReLU, 'got class ReLU; use new ReLU(...)'],
    ['a', "got 'a'"],
    [Symbol('a'), 'got symbol'],
    [new Set([1]), 'got Set'],
    [new Map(), 'got Map'],
    [new Date(0), 'got Date'],
    [/a/, 'got RegExp'],
    [new Point(), 'got Point'],
    [trap, 'got object']
  ]

  test.each(calls.map(([call, where]) => [where, call] as const))('%s', (where, call) => {
    for (const [value, rest] of values) {
      expect(thrown(() => call(wrong(value)))).toBe(`TypeError: ${where} must be a Tensor, ${rest}`)
    }
  })

  test('or a number, lists are no operands', () => {
    expect(thrown(() => x.add(wrong([1])))).toBe(
      'TypeError: add: other must be a Tensor or a number, got Array; use tensor([...])'
    )
    expect(thrown(() => add(wrong(Promise.resolve(1)), x))).toBe(
      'TypeError: add: input must be a Tensor or a number, got Promise; await it'
    )
    expect(thrown(() => x.clone().mul_(wrong(undefined)))).toBe(
      'TypeError: mul_: other must be a Tensor or a number, got undefined'
    )
    expect(thrown(() => x.clone().setAt(0, wrong(new Float32Array(3))))).toBe(
      'TypeError: setAt: value must be a Tensor or a number, got Float32Array; use tensor([...])'
    )
  })
})

describe('where others belong', () => {
  const rows: readonly (readonly [call: () => unknown, message: string])[] = [
    [() => full(wrong(2), 3), 'TypeError: full: size must be an array, got 2; pass an array: [2]'],
    [() => zeros(wrong(tensor(3))), 'TypeError: zeros: size must be an array, got Tensor'],
    [() => zeros(wrong(Promise.resolve(1))), 'TypeError: zeros: size must be an array, got Promise; await it'],
    [() => x.add(1, { alpha: wrong(x) }), 'TypeError: add: alpha must be a number, got Tensor; use item()'],
    [() => x.select(0, wrong(tensor(1))), 'TypeError: select: index must be an integer, got Tensor; use item()'],
    [() => cat(wrong(x)), 'TypeError: cat: tensors must be an array of Tensors, got Tensor; pass [tensor, ...]'],
    [
      () => tensor(wrong(new Set([1]))),
      'TypeError: tensor: elements must be numbers, booleans or BigInts, got Set; use tensor([...data])'
    ],
    [
      () => tensor(wrong(Promise.resolve([1]))),
      'TypeError: tensor: elements must be numbers, booleans or BigInts, got Promise; await it'
    ],
    [() => manualSeed(wrong('a')), "TypeError: manualSeed expected a long, but got 'a'; pass an integer"],
    [() => noGrad(wrong(nn.ReLU)), "TypeError: Class constructor ReLU cannot be invoked without 'new'"],
    [() => autograd.grad(wrong([1]), x), 'TypeError: grad: element 0 of outputs must be a Tensor, got 1; use tensor(1)']
  ]
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})

describe('where modules belong', () => {
  const rows: readonly (readonly [call: () => unknown, message: string])[] = [
    [
      () => new (nn.ModuleList as new (...modules: unknown[]) => unknown)(net, net),
      'TypeError: ModuleList: modules must be an iterable of Modules, got Linear; pass an array: [module, ...]'
    ],
    [
      () => new nn.Sequential(wrong([net, net])),
      'TypeError: Array is not a Module subclass; pass its modules: ...modules'
    ],
    [() => new nn.Sequential(wrong(nn.ReLU)), 'TypeError: class ReLU is not a Module subclass; use new ReLU(...)'],
    [
      () =>
        new nn.Sequential(
          net,
          wrong((input: Tensor) => input)
        ),
      'TypeError: function is not a Module subclass; call it in the forward() of a Module'
    ],
    [() => new nn.Sequential(wrong(1)), 'TypeError: number is not a Module subclass'],
    [
      () => net.loadStateDict(wrong(net)),
      'TypeError: Expected stateDict to be dict-like, got Linear; pass its stateDict()'
    ],
    [
      () => net.loadStateDict(wrong(net.stateDict.bind(net))),
      'TypeError: Expected stateDict to be dict-like, got function; call it and pass its result'
    ],
    [
      () => net.loadStateDict(wrong(Promise.resolve({}))),
      'TypeError: Expected stateDict to be dict-like, got Promise; await it'
    ],
    [
      () => net.loadStateDict(wrong(new Map())),
      'TypeError: Expected stateDict to be dict-like, got Map; use Object.fromEntries(map)'
    ],
    [() => net.loadStateDict(wrong([])), 'TypeError: Expected stateDict to be dict-like, got Array.'],
    [() => net.loadStateDict(wrong('a')), 'TypeError: Expected stateDict to be dict-like, got string.']
  ]
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})

describe('where parameters belong', () => {
  const refusal = 'TypeError: params argument given to the optimizer should be an iterable of Tensors or dicts, but got'
  const rows: readonly (readonly [params: unknown, message: string])[] = [
    [net, `${refusal} Linear; pass net.parameters()`],
    [net.parameters, `${refusal} function; pass net.parameters()`],
    [net.weight, `${refusal} torch.FloatTensor; pass an array: [parameter, ...]`],
    [Promise.resolve([]), `${refusal} Promise; await it`],
    [nn.Linear, `${refusal} class Linear; use new Linear(...)`],
    [[net], 'TypeError: optimizer can only optimize Tensors, but one of the params is Linear; pass net.parameters()'],
    [
      net.namedParameters(),
      'TypeError: optimizer can only optimize Tensors, but one of the params is Array; pass net.parameters()'
    ],
    [[{ params: net }], `${refusal} Linear; pass net.parameters()`],
    [[{ params: net.parameters }], `${refusal} function; pass net.parameters()`],
    [[{ params: 1 }], `${refusal} number`],
    [[{ lr: 1 }], 'TypeError: paramGroup must have params: { params: net.parameters(), lr: 0.1 }']
  ]
  test.each(rows.map(([params, message]) => [message, params] as const))('%s', (message, params) => {
    for (const Type of [optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad]) {
      expect(thrown(() => new Type(wrong(params)))).toBe(message)
    }
  })
})

describe('where a device or a dtype belongs', () => {
  const only = "must be 'cpu', got 'cuda'; dyngrad computes on the CPU only"
  const dtypes = 'float32, float64, int32, int64, uint8, bool, int8, int16, float16, bfloat16'
  const rows: readonly (readonly [call: () => unknown, message: string])[] = [
    [() => zeros(2, { device: wrong('cuda') }), `zeros: device ${only}`],
    [() => tensor([1], { device: wrong('cuda') }), `tensor: device ${only}`],
    [() => rand(2, { device: wrong('cuda') }), `rand: device ${only}`],
    [() => full([2], 1, { device: wrong('cuda') }), `full: device ${only}`],
    [() => zerosLike(x, { device: wrong('cuda') }), `zerosLike: device ${only}`],
    [() => new nn.Linear(2, 1, { device: wrong('cuda') }), `Linear: device ${only}`],
    [() => new nn.LayerNorm(2, { device: wrong('cuda') }), `LayerNorm: device ${only}`],
    [() => new Generator(wrong('cuda')), `Generator: device ${only}`],
    [
      () => x.to(wrong('mps')),
      `to: device must be 'cpu' or a dtype (${dtypes}) or a Tensor, got 'mps'; dyngrad computes on the CPU only`
    ],
    [
      () => x.to({ device: wrong('cuda:0') }),
      `to: device must be 'cpu' or a dtype (${dtypes}) or a Tensor, got 'cuda:0'; dyngrad computes on the CPU only`
    ],
    [
      () => net.to(wrong('cuda')),
      `to: device must be 'cpu' or a dtype (${dtypes}), got 'cuda'; dyngrad computes on the CPU only`
    ],
    [
      () => x.to(wrong('double')),
      `to: device must be 'cpu' or a dtype (${dtypes}) or a Tensor, got 'double'; use 'float64'`
    ],
    [() => zeros(2, { dtype: wrong('torch.int64') }), `dtype must be one of ${dtypes}, got 'torch.int64'; use 'int64'`],
    [() => zeros(2, { dtype: wrong('float') }), `dtype must be one of ${dtypes}, got 'float'; use 'float32'`],
    [() => zeros(2, { dtype: wrong('float8') }), `dtype must be one of ${dtypes}, got 'float8'`],
    [
      () => zeros(2, { dtype: wrong(Float64Array) }),
      `dtype must be one of ${dtypes}, got function; call it and pass its result`
    ],
    [() => x.cuda(), 'cuda(): dyngrad computes on the CPU only; leave the call out'],
    [() => net.cuda(), 'cuda(): dyngrad computes on the CPU only; leave the call out'],
    [() => x.to('float32', 'float64'), "to() got multiple values for argument 'dtype'"],
    [() => net.to('float32', 'float64'), "to() got multiple values for argument 'dtype'"]
  ]
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(`TypeError: ${message}`)
  })

  test('the CPU may be named', () => {
    expect(x.device).toBe('cpu')
    for (const same of [
      x.to('cpu'),
      x.to(x.device),
      x.to({ device: 'cpu' }),
      x.to('cpu:0'),
      x.cpu(),
      x.to(ones(1)),
      x.to()
    ]) {
      expect(same).toBe(x)
    }
    for (const double of [x.to('cpu', 'float64'), x.to('cpu', { dtype: 'float64' }), x.to(ones(1).double())]) {
      expect(double.dtype).toBe('float64')
    }
    for (const made of [zeros(2, { device: 'cpu' }), tensor([1], { device: 'cpu' }), arange(3, { device: 'cpu' })]) {
      expect(made.device).toBe('cpu')
    }
    expect(net.to('cpu')).toBe(net)
    expect(net.cpu()).toBe(net)
    expect(new nn.Linear(2, 1, { device: 'cpu' }).to('cpu', 'float64').weight.dtype).toBe('float64')
    expect(new Generator('cpu').device).toBe('cpu')
  })
})

describe('where another dtype belongs', () => {
  const F = nn.functional
  const ints = tensor([[1n, 2n]])
  const doubles = tensor([[1, 2]], { dtype: 'float64' })
  const unary = (kernel: string): string => `"${kernel}" not implemented for 'Long'; add .float()`
  const rows: readonly (readonly [call: () => unknown, message: string])[] = [
    [
      () => net.forward(doubles),
      'mat1 and mat2 must have the same dtype, but got Double and Float; add .float() or net.double()'
    ],
    [() => net.forward(ints), 'mat1 and mat2 must have the same dtype, but got Long and Float; add .float()'],
    [
      () => new nn.Linear(2, 1, { dtype: 'float64' }).forward(ones(1, 2)),
      'mat1 and mat2 must have the same dtype, but got Float and Double; add .double() or net.float()'
    ],
    [
      () => new nn.Linear(2, 1, { bias: false }).forward(doubles),
      'expected m1 and m2 to have the same dtype, but got: double != float; add .float() or .double()'
    ],
    [() => matmul(ints, ones(2, 1)), 'expected m1 and m2 to have the same dtype, but got: long != float; add .float()'],
    [() => F.softmax(ints, 0), unary('softmax_lastdim_kernel_impl')],
    [() => F.logSoftmax(ints, 0), unary('log_softmax_lastdim_kernel_impl')],
    [() => F.silu(ints), unary('silu_cpu')],
    [() => F.gelu(ints), unary('GeluKernelImpl')],
    [() => F.elu(ints), unary('elu_cpu')],
    [() => F.softplus(ints), unary('softplus_cpu')],
    [() => F.leakyRelu(ints), unary('leaky_relu_cpu')],
    [() => F.layerNorm(ints, [2]), unary('LayerNormKernelImpl')],
    [() => F.nllLoss(ints, tensor([0n])), unary('nll_loss_out_frame')],
    [() => F.crossEntropy(ints, tensor([0n])), unary('log_softmax_lastdim_kernel_impl')],
    [
      () => F.binaryCrossEntropy(doubles, ones(1, 2)),
      'Found dtype Float but expected Double; add .double() or .float()'
    ],
    [() => F.binaryCrossEntropy(ones(1, 2), ints), 'Found dtype Long but expected Float; add .float()'],
    [
      () => F.binaryCrossEntropyWithLogits(ones(1, 2), ints),
      "result type Float can't be cast to the desired output type Long; add .float()"
    ],
    [() => F.klDiv(ints, ints, { reduction: 'sum' }), 'klDiv: Integral inputs not supported; add .float()'],
    [
      () => ints.mean({ dtype: 'int32' }),
      'mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Int; ' +
        'name a floating dtype'
    ],
    [() => ints.std(), 'std and var only support floating point and complex dtypes; add .float()'],
    [() => randperm(3, { dtype: 'bool' }), `"randperm" not implemented for 'Bool'`]
  ]
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(`TypeError: ${message}`)
  })

  test('classes are within the input, one for each row', () => {
    for (const loss of [F.nllLoss, F.crossEntropy]) {
      expect(thrown(() => loss(x, tensor([0n, 3n])))).toBe('RangeError: Target 3 is out of bounds for 3 classes')
      expect(thrown(() => loss(ones(1, 1), tensor([-1n])))).toBe('RangeError: Target -1 is out of bounds for 1 class')
      expect(thrown(() => loss(x, tensor([[0n], [1n]])))).toBe(
        'RangeError: 0D or 1D target tensor expected, multi-target not supported; the target has shape [2, 1]: ' +
          'use squeeze(1)'
      )
    }
  })
})

describe('subscripts in words', () => {
  const start = "only integers, slices, '...', null, lists and long, byte or bool Tensors are valid indices (got "
  const rows: readonly (readonly [subscript: unknown, rest: string])[] = [
    ['1:3', "'1:3'); use slice(1, 3)"],
    ['1', "'1'); use 1"],
    ['-1', "'-1'); use -1"],
    [':', "':'); use slice()"],
    ['2:', "'2:'); use slice(2, null)"],
    ['::2', "'::2'); use slice(null, null, 2)"],
    [':, 1', "':, 1'); use slice(), 1"],
    ['..., 0', "'..., 0'); use '...', 0"],
    ['None', "'None'); use null"],
    ['a', "'a')"],
    [1n, '1n); use 1'],
    [new Int32Array(1), 'Int32Array); use a list: [...indices]'],
    [Promise.resolve(1), 'Promise); await it'],
    [net, 'Linear)'],
    [undefined, 'undefined)'],
    [1.5, '1.5)']
  ]
  test.each(rows.map(([subscript, rest]) => [rest, subscript] as const))('%s', (rest, subscript) => {
    expect(thrown(() => x.at(wrong(subscript)))).toBe(`TypeError: ${start}${rest}`)
    expect(thrown(() => x.clone().setAt(wrong([subscript]), 1))).toBe(`TypeError: ${start}${rest}`)
  })

  test('a list holds integers', () => {
    expect(thrown(() => x.at(wrong([0, 'a'])))).toBe("TypeError: at: a list of indices must hold integers, got 'a'")
    expect(thrown(() => x.at(wrong([[0]])))).toBe('TypeError: at: a list of indices must hold integers, got Array')
  })

  test('a step may be null', () => {
    expect(x.at(slice(), slice(0, null, null)).shape).toEqual([2, 3])
  })
})

describe('bounds', () => {
  const rows: readonly (readonly [call: () => unknown, message: string])[] = [
    [
      () => ones(2).requiresGrad_().mul(1).clamp_(),
      "TypeError: clamp: At least one of 'min' or 'max' must not be null"
    ],
    [() => ones(2).uniform_(-Infinity, 1), 'RangeError: from is out of bounds for float32; it is -Infinity'],
    [() => ones(2).uniform_(0, 1e300), 'RangeError: to is out of bounds for float32; it is 1e+300'],
    [() => nn.init.uniform_(ones(2), 0, Infinity), 'RangeError: to is out of bounds for float32; it is Infinity'],
    [
      () => nn.init.xavierUniform_(ones(2, 2), Infinity),
      'RangeError: from is out of bounds for float32; it is -Infinity'
    ],
    [() => nn.init.xavierUniform_(zeros(8, 0, 0)), 'RangeError: float division by zero: the fans of [8, 0, 0] are 0'],
    [() => nn.init.xavierNormal_(zeros(8, 0, 0)), 'RangeError: float division by zero: the fans of [8, 0, 0] are 0']
  ]
  test.each(rows.map(([call, message]) => [message, call] as const))('%s', (message, call) => {
    expect(thrown(call)).toBe(message)
  })
})

test('the base of optimizers is none', () => {
  expect(thrown(() => Reflect.construct(optim.Optimizer, [net.parameters(), {}]) as unknown)).toBe(
    'TypeError: Optimizer is the base of optimizers; use one, such as optim.SGD'
  )
})

test('a proxy that answers nothing is refused by name', () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  expect(thrown(() => x.add(wrong(proxy)))).toBe('TypeError: add: other must be a Tensor or a number, got object')
  expect(thrown(() => zeros(wrong(proxy)))).toBe('TypeError: zeros: size must be an array, got object')
})
