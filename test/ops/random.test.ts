// The CPU stream of PyTorch, draw by draw: test/fixtures/random.json; and the rules around it.

import {
  type DType,
  Generator,
  type Tensor,
  bernoulli,
  empty,
  full,
  manualSeed,
  normal,
  ones,
  rand,
  randLike,
  randint,
  randn,
  randnLike,
  randperm,
  slice,
  tensor,
  zeros
} from '../../lib'
import { thrown } from '../helpers/check'
import fixture from '../fixtures/random.json'

interface Case {
  readonly function: keyof typeof draws
  readonly dtype: DType
  readonly seed: number
  readonly arguments: readonly number[]
  readonly sizes: readonly number[]
  readonly values: string
  readonly next: number
}

const probabilities = (size: number, dtype: DType): Tensor =>
  tensor(
    Float64Array.from({ length: size }, (_, i) => (i % 11) / 10),
    { dtype }
  )

const draws = {
  rand: (size: number, dtype: DType) => rand(size, { dtype }),
  uniform_: (size: number, dtype: DType, low: number, high: number) => empty(size, { dtype }).uniform_(low, high),
  randn: (size: number, dtype: DType) => randn(size, { dtype }),
  normal: (size: number, dtype: DType, mean: number, std: number) => normal(mean, std, [size], { dtype }),
  randint: (size: number, dtype: DType, low: number, high: number) => randint(low, high, [size], { dtype }),
  randperm: (size: number, dtype: DType) => randperm(size, { dtype }),
  bernoulli_: (size: number, dtype: DType, p: number) => empty(size, { dtype }).bernoulli_(p),
  bernoulli: (size: number, dtype: DType) => bernoulli(probabilities(size, dtype))
}

describe('the default generator draws PyTorch’s numbers', () => {
  const cases = fixture.cases as unknown as Case[]

  test.each(cases.map((each) => [each.function, each.dtype, each.arguments.join(', '), each.seed, each] as const))(
    '%s of %s (%s) with seed %i',
    (_function, dtype, _arguments, seed, { function: name, arguments: args, sizes, values, next }) => {
      manualSeed(seed)
      const [a, b] = args
      const kept = sizes.map((size) => draws[name](size, dtype, a, b).toTypedArray().slice(-fixture.keep))
      const bytes = Buffer.concat(
        kept.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))
      )
      expect(bytes.equals(Buffer.from(values, 'base64'))).toBe(true)
      expect(randint(0, 2 ** 27, [1]).item()).toBe(next)
    }
  )
})

/** The values after a seed. */
function seeded(draw: () => Tensor, seed = 3): unknown {
  manualSeed(seed)
  return draw().tolist()
}

/** Four decimals, as PyTorch prints. */
const rounded = (list: unknown): unknown =>
  JSON.parse(JSON.stringify(list), (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toFixed(4)) : value
  )

describe('normal()', () => {
  test('takes tensors for the mean, the deviation or both', () => {
    const [means, deviations] = [tensor([1, 2, 3]), tensor([0.1, 0.2, 0.3])]
    manualSeed(0)
    expect(rounded(normal(means, deviations).tolist())).toEqual([1.1541, 1.9413, 2.3464])
    expect(rounded(normal(means, 2).tolist())).toEqual([2.1369, -0.169, 0.2028])
    expect(rounded(normal(1, deviations).tolist())).toEqual([1.0403, 1.1676, 0.7842])
    expect(rounded(normal(tensor([[1], [2]]), deviations).tolist())).toEqual([
      [0.9597, 0.8807, 1.0546],
      [1.9143, 2.2201, 1.6786]
    ])
    expect(normal(means.double(), deviations).dtype).toBe('float64')
  })
})

describe('draws into memory that is not row-major', () => {
  test('follow the order of memory, as PyTorch’s do', () => {
    expect(rounded(seeded(() => zeros(3, 2).t().normal_()))).toEqual([
      [0.8033, 0.089, 0.0462],
      [0.1748, -0.6137, -1.3683]
    ])
    expect(rounded(seeded(() => zeros(3, 2).t().uniform_()))).toEqual([
      [0.0043, 0.2858, 0.4716],
      [0.1056, 0.027, 0.0601]
    ])
    expect(seeded(() => zeros(3, 2).t().bernoulli_(0.5))).toEqual([
      [1, 0, 0],
      [1, 1, 0]
    ])
    expect(rounded(seeded(() => randLike(zeros(2, 2).t())))).toEqual([
      [0.0043, 0.2858],
      [0.1056, 0.027]
    ])
  })

  test('draw normal deviates one by one, however many', () => {
    const wide = rounded(seeded(() => zeros(20, 2).t().normal_().at(slice(), slice(3))))
    expect(wide).toEqual([
      [0.8033, 0.089, 0.0462],
      [0.1748, -0.6137, -1.3683]
    ])
    const gaps = rounded(
      seeded(() =>
        zeros(4, 40)
          .at(slice(0, 4, 2), slice(0, 40, 2))
          .normal_()
          .at(slice(), slice(3))
      )
    )
    expect(gaps).toEqual([
      [0.8033, 0.1748, 0.089],
      [-0.678, -1.0591, 0.7477]
    ])
  })

  test('leave the elements between alone', () => {
    const memory = zeros(2, 4)
    memory.at(slice(), slice(0, 4, 2)).uniform_(1, 2)
    expect(memory.at(slice(), slice(1, 4, 2)).tolist()).toEqual([
      [0, 0],
      [0, 0]
    ])
  })
})

describe('a generator', () => {
  test('repeats its numbers from a seed; seeds are taken modulo 2^64', () => {
    expect(seeded(() => rand(3))).toEqual(seeded(() => rand(3)))
    expect(rounded(seeded(() => rand(2), -1))).toEqual([0.9938, 0.5713])
    manualSeed(2n ** 64n - 1n)
    expect(rounded(rand(2).tolist())).toEqual([0.9938, 0.5713])
  })

  test('of one’s own has a stream apart from the default one', () => {
    const expected = seeded(() => randperm(6))
    expect(expected).toEqual([4, 0, 3, 2, 1, 5])
    const generator = new Generator().manualSeed(3)
    manualSeed(0)
    expect(randperm(6, { generator }).tolist()).toEqual(expected)
    expect(rounded(rand(1).tolist())).toEqual([0.4963])
  })

  test('continues from a state that it gave, the spare normal deviate included', () => {
    const generator = new Generator().manualSeed(5)
    randn(5, { generator })
    const state = generator.getState()
    const first = randn(3, { generator }).tolist()
    expect(generator.setState(state)).toBe(generator)
    expect(randn(3, { generator }).tolist()).toEqual(first)
    expect([state.dtype, state.dim()]).toEqual(['uint8', 1])
  })

  test('tells its seed, and takes one from the system', () => {
    const generator = new Generator()
    expect(generator.manualSeed(7).initialSeed()).toBe(7n)
    expect(generator.seed()).toBe(generator.initialSeed())
    expect(manualSeed(-1).initialSeed()).toBe(2n ** 64n - 1n)
  })

  test('takes seeds of 64 bits from the system, another each time', () => {
    const seeds = Array.from({ length: 64 }, () => new Generator().seed())
    expect(new Set(seeds).size).toBe(seeds.length)
    expect(seeds.every((seed) => BigInt.asUintN(64, seed) === seed)).toBe(true)
    // Each half is random: 64 seeds that share one are a chance of 2^-2016.
    for (const half of [(seed: bigint) => seed >> 32n, (seed: bigint) => seed & 0xffffffffn])
      expect(new Set(seeds.map(half)).size).toBeGreaterThan(1)
  })

  test('rejects seeds and states of another kind', () => {
    const generator = new Generator()
    expect(thrown(() => generator.manualSeed(1.5))).toBe(
      'TypeError: manualSeed expected a long, but got 1.5; pass an integer'
    )
    expect(thrown(() => generator.setState(zeros(3)))).toMatch(
      /^TypeError: setState: expected a uint8 tensor of \d+ bytes, got float32 \[3\]$/
    )
  })
})

describe('random factories', () => {
  test('have shapes, dtypes and requiresGrad', () => {
    expect([rand(2, 3).shape, randn([2, 3]).shape, randint(5, [2]).dtype, randperm(3).dtype]).toEqual([
      [2, 3],
      [2, 3],
      'int64',
      'int64'
    ])
    expect([rand(1, { dtype: 'float64' }).dtype, randint(0, 9, [1], { dtype: 'uint8' }).dtype]).toEqual([
      'float64',
      'uint8'
    ])
    expect(randn(1, { requiresGrad: true }).requiresGrad).toBe(true)
    expect([rand(0).shape, randperm(0).shape, randint(3, []).shape]).toEqual([[0], [0], []])
    const like = randnLike(zeros(2, { dtype: 'float64', requiresGrad: true }))
    expect([like.dtype, like.requiresGrad]).toEqual(['float64', false])
  })

  test('in place keep the tensor, count a version and cut the gradient', () => {
    const x = ones(3, { requiresGrad: true })
    for (const [draw, name] of [
      ['normal_', 'NormalBackward0'],
      ['uniform_', 'UniformBackward0'],
      ['bernoulli_', 'BernoulliBackward2']
    ] as const) {
      const y = x.mul(2)
      expect(y[draw]()).toBe(y)
      expect([y.gradFn!.name, y.version]).toEqual([name, 1])
      x.grad = null
      y.sum().backward()
      expect(x.grad!.tolist()).toEqual([0, 0, 0])
    }
    expect(thrown(() => x.normal_())).toMatch(
      /^Error: a leaf Variable that requires grad is being used in an in-place operation\./
    )
  })

  const errors: [string, () => unknown, string][] = [
    [
      'integers for uniform numbers',
      () => rand(2, { dtype: 'int64' }),
      `TypeError: "check_uniform_bounds" not implemented for 'Long'`
    ],
    [
      'bools for normal numbers',
      () => randn(2, { dtype: 'bool' }),
      `TypeError: "normal_kernel_cpu" not implemented for 'Bool'`
    ],
    [
      'integers in place',
      () => zeros(2, { dtype: 'int64' }).uniform_(),
      `TypeError: "check_uniform_bounds" not implemented for 'Long'`
    ],
    ['integer means', () => normal(tensor([1n]), 1), `TypeError: "normal_kernel_cpu" not implemented for 'Long'`],
    [
      'integer probabilities',
      () => bernoulli(tensor([1n])),
      `TypeError: "bernoulli_tensor_cpu_p_" not implemented for 'Long'`
    ],
    ['a negative size', () => rand(2, -1), 'RangeError: Trying to create tensor with negative dimension -1: [2, -1]'],
    ['a negative deviation', () => normal(0, -1, [2]), 'RangeError: normal expects std >= 0.0, but found std -1'],
    ['negative deviations', () => normal(0, tensor([-1, 1])), 'RangeError: normal expects all elements of std >= 0.0'],
    ['numbers without a size', () => normal(0, 1), 'TypeError: normal: a size is needed when mean and std are numbers'],
    [
      'a negative deviation in place',
      () => zeros(2).normal_(0, -1),
      'RangeError: normal expects std >= 0.0, but found std -1'
    ],
    [
      'an empty range',
      () => randint(5, 5, [2]),
      "RangeError: random_ expects 'from' to be less than 'to', but got from=5 >= to=5"
    ],
    [
      'a range beyond the dtype',
      () => randint(0, 300, [2], { dtype: 'uint8' }),
      'RangeError: to - 1 is out of bounds for unsigned char; it is 299'
    ],
    [
      'a range below the dtype',
      () => randint(-1, 3, [2], { dtype: 'uint8' }),
      'RangeError: from is out of bounds for unsigned char; it is -1'
    ],
    ['no range', () => randint([2] as never, [2] as never), 'TypeError: randint: high must be an integer, got Array'],
    [
      'a permutation beyond the dtype',
      () => randperm(300, { dtype: 'uint8' }),
      'RangeError: value cannot be converted to type uint8_t without overflow; it is 300'
    ],
    [
      'a reversed range',
      () => zeros(2).uniform_(2, 1),
      'RangeError: uniform_ expects to return a [from, to) range, but found from=2 > to=1'
    ],
    [
      'a probability above 1',
      () => zeros(2).bernoulli_(1.5),
      'RangeError: bernoulli_ expects p to be in [0, 1], but got p=1.5'
    ],
    [
      'probabilities that are none',
      () => bernoulli(full([1], NaN)),
      'RangeError: Expected p_in >= 0 && p_in <= 1 to be true, but got false. bernoulli: p is a tensor of probabilities'
    ]
  ]

  test.each(errors)('reject %s', (_, call, message) => {
    expect(thrown(call)).toBe(message)
  })
})
