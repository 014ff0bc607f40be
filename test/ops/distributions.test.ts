// The CPU stream of PyTorch, distribution by distribution: test/fixtures/distributions.json; and the rules around it.

import {
  type DType,
  Generator,
  type Tensor,
  empty,
  forkRng,
  getRngState,
  initialSeed,
  manualSeed,
  multinomial,
  ones,
  poisson,
  rand,
  randint,
  randintLike,
  seed,
  setRngState,
  tensor,
  zeros
} from '../../lib'
import { thrown } from '../helpers/check'
import fixture from '../fixtures/distributions.json'

type Draw = 'exponential_' | 'geometric_' | 'cauchy_' | 'logNormal_' | 'random_'

interface Case {
  readonly function: Draw | 'poisson' | 'multinomial'
  readonly dtype: DType
  readonly seed: number
  readonly arguments: readonly number[]
  readonly values: string
  readonly next: number
}

const { keep, sizes } = fixture

const numbers = (length: number, value: (i: number) => number, dtype: DType): Tensor =>
  tensor(
    Float64Array.from({ length }, (_, i) => value(i)),
    { dtype }
  )

function drawn({ function: name, dtype, arguments: args }: Case, size: number): Tensor {
  if (name === 'poisson') return poisson(numbers(size, (i) => (i % 23) * 1.7, dtype))
  if (name === 'multinomial')
    return multinomial(
      numbers(10, (i) => i % 5, dtype),
      Math.min(size, 8),
      args[0] === 1
    )
  return empty(size, { dtype })[name](...(args as [number]))
}

describe('the default generator draws PyTorch’s numbers', () => {
  const cases = fixture.cases as unknown as Case[]

  test.each(cases.map((each) => [each.function, each.dtype, each.arguments.join(', '), each.seed, each] as const))(
    '%s of %s (%s) with seed %i',
    (_function, _dtype, _arguments, start, entry) => {
      manualSeed(start)
      const kept = sizes.map((size) => {
        const values = drawn(entry, size)
        const wide = values.dtype === 'float16' ? values.float() : values
        const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = wide.toTypedArray().slice(-keep)
        expect(byteLength / BYTES_PER_ELEMENT).toBeLessThanOrEqual(size)
        return Buffer.from(buffer, byteOffset, byteLength)
      })
      expect(Buffer.concat(kept).equals(Buffer.from(entry.values, 'base64'))).toBe(true)
      expect(randint(0, 2 ** 27, [1]).item()).toBe(entry.next)
    }
  )
})

describe('multinomial', () => {
  test('draws for each row, and never what has no weight', () => {
    manualSeed(0)
    const weights = tensor([
      [0.1, 0.2, 0.3, 0.4],
      [5, 0, 1, 1]
    ])
    expect(multinomial(weights, 3).tolist()).toEqual(multinomial(weights, 3, { generator: seeded(0) }).tolist())
    const many = multinomial(weights, 1000, true)
    expect(many.shape).toEqual([2, 1000])
    expect(many.at(1).eq(1).any().item()).toBe(false)
    expect(many.at(0).eq(3).sum().item()).toBeGreaterThan(300)
  })

  test('of no rows is empty', () => {
    expect(multinomial(ones(0, 3), 2).shape).toEqual([0, 2])
  })
})

const seeded = (start: number): Generator => new Generator().manualSeed(start)

test('draws in place keep the tensor, count a version and cut the gradient', () => {
  const x = ones(3, { requiresGrad: true })
  const draws: [(y: Tensor) => Tensor, string][] = [
    [(y) => y.exponential_(), 'ExponentialBackward0'],
    [(y) => y.geometric_(0.5), 'GeometricBackward0'],
    [(y) => y.cauchy_(), 'CauchyBackward0'],
    [(y) => y.logNormal_(), 'LogNormalBackward0'],
    [(y) => y.random_(1, 5), 'RandomBackward0'],
    [(y) => y.random_(5), 'RandomBackward1'],
    [(y) => y.random_(), 'RandomBackward2']
  ]
  for (const [draw, name] of draws) {
    const y = x.mul(2)
    expect(draw(y)).toBe(y)
    expect([y.gradFn!.name, y.version]).toEqual([name, 1])
    x.grad = null
    y.sum().backward()
    expect(x.grad!.tolist()).toEqual([0, 0, 0])
  }
  expect(poisson(x).gradFn!.name).toBe('PoissonBackward0')
  expect(x.bernoulli().gradFn!.name).toBe('BernoulliBackward0')
  expect(multinomial(x, 1).requiresGrad).toBe(false)
})

test('randintLike keeps shape, order of memory and dtype', () => {
  const like = zeros(2, 3).t()
  manualSeed(3)
  const drawnLike = randintLike(like, 2, 90)
  manualSeed(3)
  expect(drawnLike.t().tolist()).toEqual(randint(2, 90, [2, 3], { dtype: 'float32' }).tolist())
  expect(randintLike(like, 4, { dtype: 'int64' }).dtype).toBe('int64')
})

describe('the default stream', () => {
  test('continues from a state that it gave', () => {
    manualSeed(4)
    rand(3)
    const state = getRngState()
    const next = rand(2).tolist()
    setRngState(state)
    expect(rand(2).tolist()).toEqual(next)
  })

  test('takes a seed from the system and tells it', () => {
    expect(seed()).toBe(initialSeed())
  })

  test('goes on after a fork as if that had not been', () => {
    manualSeed(8)
    const [first, second] = [rand(1).item(), rand(1).item()]
    manualSeed(8)
    expect(rand(1).item()).toBe(first)
    const inside = forkRng(() => {
      expect(rand(1).item()).toBe(second)
      return manualSeed(9).initialSeed()
    })
    expect([inside, initialSeed(), rand(1).item()]).toEqual([9n, 8n, second])
    expect(() => {
      forkRng(() => {
        manualSeed(1)
        throw new Error('stop')
      })
    }).toThrow('stop')
    expect(initialSeed()).toBe(8n)
  })
})

const ints = tensor([1n, 2n])
const x = ones(2)

test.each<[string, () => unknown]>([
  [
    'TypeError: Exponential distribution is a continuous probability distribution. dtype must be a floating point but ' +
      'you specified Long',
    () => ints.clone().exponential_()
  ],
  [
    'TypeError: Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you ' +
      'specified Long',
    () => ints.clone().cauchy_()
  ],
  [`TypeError: "log_normal_cpu" not implemented for 'Long'`, () => ints.clone().logNormal_()],
  [`TypeError: "geometric_cpu" not implemented for 'Bool'; add .float()`, () => x.bool().geometric_(0.5)],
  [`TypeError: "poisson_cpu" not implemented for 'Long'`, () => poisson(ints)],
  ['RangeError: exponential_ expects lambda > 0.0, but found lambda=0', () => x.exponential_(0)],
  ['RangeError: exponential_ expects lambda > 0.0, but found lambda=NaN', () => x.exponential_(NaN)],
  ['RangeError: cauchy_ expects sigma > 0.0, but found sigma=-1', () => x.cauchy_(0, -1)],
  ['RangeError: logNormal_ expects std > 0.0, but found std=0', () => x.logNormal_(0, 0)],
  ['RangeError: geometric_ expects p to be in (0, 1), but got p=1', () => x.geometric_(1)],
  ['RangeError: invalid Poisson rate, expected rate to be non-negative', () => poisson(tensor([2, -1]))],
  ['RangeError: invalid Poisson rate, expected rate to be non-negative', () => poisson(tensor([NaN]))],
  ['TypeError: multinomial only supports floating-point dtypes for input, got: Long', () => multinomial(ints, 1)],
  ['RangeError: prob_dist must be 1 or 2 dim', () => multinomial(tensor(1), 1)],
  ['RangeError: cannot sample n_sample <= 0 samples', () => multinomial(x, 0)],
  ['RangeError: cannot sample n_sample > prob_dist.size(-1) samples without replacement', () => multinomial(x, 3)],
  ['RangeError: multinomial: there is no category to draw', () => multinomial(ones(2, 0), 1, true)],
  ['RangeError: number of categories cannot exceed 2^24', () => multinomial(ones(1).expand(2 ** 24 + 1), 1)],
  ['RangeError: invalid multinomial distribution (sum of probabilities <= 0)', () => multinomial(zeros(2), 1)],
  [
    'RangeError: probability tensor contains either `inf`, `nan` or element < 0',
    () => multinomial(tensor([Infinity, 1]), 1)
  ],
  [
    'RangeError: invalid multinomial distribution (encountering probability entry < 0)',
    () => multinomial(tensor([-1, 2]), 3, true)
  ],
  ["RangeError: random_ expects 'from' to be less than 'to', but got from=5 >= to=3", () => x.random_(5, 3)],
  ['RangeError: to - 1 is out of bounds for unsigned char; it is 299', () => x.byte().random_(300)],
  ['RangeError: to - 1 is out of bounds for c10::Half; it is 69999', () => x.half().random_(70_000)],
  ['RangeError: from is out of bounds for bool; it is -1', () => x.bool().random_(-1, null)],
  ['RangeError: Overflow when unpacking long long; randintLike: high is 1e+30', () => randintLike(x, 1e30)],
  [
    'TypeError: forkRng: the function returns a Promise, but the fork ends when it returns; await first and wrap the ' +
      'synchronous part',
    () => forkRng((() => Promise.resolve(1)) as unknown as () => number)
  ]
])('%s', (message, call) => {
  expect(thrown(call)).toBe(message)
})
