// Distributions beside the uniform and the normal one: PyTorch's CPU stream.

import { noGrad } from '../autograd/mode'
import { declare } from '../declare'
import { BOOL, FLOAT64, isFloating } from '../dtype'
import { kernel } from '../kernel'
import type { Tensor } from '../tensor'
import { copyInto } from './core/copy'
import { type Drawing, checkFloating, draw, drawEach, drawing } from './draw'
import type { Generator } from './core/generator'
import { div } from './elementwise'
import { checkedUnit } from './define/checks'
import { Fused } from './define/fused'
import { record, rule } from './define/operation'
import { emptyAs, notImplemented, torchTypeName } from './define/result'
import { type Value, where as select } from './define/value'
import { cut, overwriting } from './define/write'
import { fill_ } from './copy'
import { rand } from './random'
import { argmax } from './reduce'
import { cumsum } from './scan'
import { searchsorted } from './searchsorted'
import { narrow } from './selection'
import { topk } from './sort'

// ---- in place ----

const drawExponential = drawing('ExponentialBackward0', kernel('exponential'))
const drawCauchy = drawing('CauchyBackward0', kernel('cauchy'))
const drawLogNormal = drawing('LogNormalBackward0', kernel('logNormal'))

function checkContinuous(distribution: string, { code }: Tensor): void {
  if (isFloating(code)) return
  throw new TypeError(
    `${distribution} distribution is a continuous probability distribution. dtype must be a floating point but you ` +
      `specified ${torchTypeName(code)}`
  )
}

/** Exponential with rate `lambd`, in place. */
export const exponential_ = declare(
  'exponential_(input: Tensor, lambd: float = 1, *, generator: Generator? = null)',
  (input, lambd, generator): Tensor => {
    checkContinuous('Exponential', input)
    if (!(lambd > 0)) throw new RangeError(`exponential_ expects lambda > 0.0, but found lambda=${lambd}`)
    return drawExponential(input, { generator, reals: [lambd] })
  }
)

/** Cauchy with a median and a scale, in place. */
export const cauchy_ = declare(
  'cauchy_(input: Tensor, median: float = 0, sigma: float = 1, *, generator: Generator? = null)',
  (input, median, sigma, generator): Tensor => {
    checkContinuous('Cauchy', input)
    if (!(sigma > 0)) throw new RangeError(`cauchy_ expects sigma > 0.0, but found sigma=${sigma}`)
    return drawCauchy(input, { generator, reals: [median, sigma] })
  }
)

/** The exponential of normal deviates with this mean and standard deviation, in place. */
export const logNormal_ = declare(
  'logNormal_(input: Tensor, mean: float = 1, std: float = 2, *, generator: Generator? = null)',
  (input, mean, std, generator): Tensor => {
    checkFloating(input.code, 'log_normal_cpu')
    if (!(std > 0)) throw new RangeError(`logNormal_ expects std > 0.0, but found std=${std}`)
    return drawLogNormal(input, { generator, reals: [mean, std] })
  }
)

const geometricRow = kernel('geometric')

const drawGeometric = overwriting<Drawing>('GeometricBackward0', (self, of) => {
  if (isFloating(self.code)) return draw(self, geometricRow, of)
  const numbers = emptyAs(self, FLOAT64)
  draw(numbers, geometricRow, of)
  copyInto(self, numbers)
})

/** The number of trials up to the first success, each of probability `p`, in place. */
export const geometric_ = declare(
  'geometric_(input: Tensor, p: float, *, generator: Generator? = null)',
  (input, p, generator): Tensor => {
    if (input.code === BOOL) throw notImplemented('geometric_cpu', BOOL)
    if (!(p > 0 && p < 1)) throw new RangeError(`geometric_ expects p to be in (0, 1), but got p=${p}`)
    return drawGeometric(input, { generator, reals: [p] })
  }
)

// ---- fresh ----

/** The value; where `holds` is false the call throws, and so does a replay. */
function checkedWhere(holds: Value, value: Value, failure: () => Error): Value {
  // -0.5 where it does not hold, else 0.
  const checked = checkedUnit(holds.eq(0).mul(-0.5), failure)
  return select(checked.eq(0), value, value)
}

const checkedRate = new Fused(([rate]) =>
  checkedWhere(rate.ge(0), rate, () => new RangeError('invalid Poisson rate, expected rate to be non-negative'))
)

const poissonRow = kernel('poisson')
const poissonRule = rule('PoissonBackward0', cut)

/** Poisson deviates, each with the rate in an element of `input`. */
export const poisson = declare(
  'poisson(input: Tensor, generator: Generator? = null)',
  (input, generator): Tensor => {
    checkFloating(input.code, 'poisson_cpu')
    const outputs = drawEach(poissonRow, checkedRate.call(input.sizes, [input]), generator, [])
    return record({ outputs, rule: poissonRule, inputs: [input], parameters: null })
  },
  ['torch']
)

const INVALID = 'probability tensor contains either `inf`, `nan` or element < 0'
const INVALID_ENTRY = 'invalid multinomial distribution (encountering probability entry < 0)'
const INVALID_SUM = 'invalid multinomial distribution (sum of probabilities <= 0)'

/** Weights with the sum of their row, checked. */
const checkedWeights = (message: string): Fused =>
  new Fused(([weight, sum]) => {
    const isValid = weight.ge(0).mul(weight.lt(Infinity))
    const valid = checkedWhere(isValid, weight, () => new RangeError(message))
    return checkedWhere(sum.ne(0), valid, () => new RangeError(INVALID_SUM))
  })
const checkedOnce = checkedWeights(INVALID)
const checkedReplaced = checkedWeights(INVALID_ENTRY)

/**
 * Indices without replacement: the greatest of the weights over exponential deviates (P. Efraimidis and P. Spirakis,
 * "Weighted random sampling with a reservoir", 2006).
 */
function withoutReplacement(weights: Tensor, numSamples: number, generator: Generator | null): Tensor {
  const ratios = div(weights, exponential_(emptyAs(weights, weights.code), 1, { generator: generator as never }))
  return numSamples === 1 ? argmax(ratios, -1, true) : topk(ratios, numSamples, -1).indices
}

/** Indices with replacement: where uniform numbers lie among the cumulative sums. */
function withReplacement(cumulative: Tensor, numSamples: number, generator: Generator | null): Tensor {
  const last = narrow(cumulative, -1, cumulative.sizes.at(-1)! - 1, 1)
  const bounds = div(cumulative, last)
  fill_(narrow(bounds, -1, cumulative.sizes.at(-1)! - 1, 1), 1)
  const size = [...cumulative.sizes.slice(0, -1), numSamples]
  return searchsorted(bounds.double(), rand(size, { dtype: 'float64', generator: generator as never }))
}

// Up to 2^24 a float32 has every integer.
const MOST_CATEGORIES = 2 ** 24

/**
 * Indices of the last dim of `input`, drawn with its elements as weights: `numSamples` of its only row, or of each of
 * its rows.
 */
export const multinomial = declare(
  'multinomial(input: Tensor, numSamples: int, replacement: bool = false, *, generator: Generator? = null)',
  (input, numSamples, replacement, generator): Tensor => {
    if (!isFloating(input.code)) {
      const dtype = torchTypeName(input.code)
      throw new TypeError(`multinomial only supports floating-point dtypes for input, got: ${dtype}`)
    }
    const { sizes } = input
    if (sizes.length !== 1 && sizes.length !== 2) throw new RangeError('prob_dist must be 1 or 2 dim')
    const categories = sizes.at(-1)!
    if (numSamples <= 0) throw new RangeError('cannot sample n_sample <= 0 samples')
    if (!replacement && numSamples > categories) {
      throw new RangeError('cannot sample n_sample > prob_dist.size(-1) samples without replacement')
    }
    if (categories === 0) throw new RangeError('multinomial: there is no category to draw')
    if (categories > MOST_CATEGORIES) throw new RangeError('number of categories cannot exceed 2^24')
    return noGrad(() => {
      const sums = cumsum(input, -1)
      const total = narrow(sums, -1, categories - 1, 1)
      const isOnce = !replacement || numSamples === 1
      const weights = (isOnce ? checkedOnce : checkedReplaced).call(sizes, [input, total])
      return isOnce
        ? withoutReplacement(weights, numSamples, generator)
        : withReplacement(cumsum(weights, -1), numSamples, generator)
    })
  }
)
