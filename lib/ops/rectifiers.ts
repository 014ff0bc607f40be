// Rectifiers and shrinkers: the activations that PyTorch has as functions of its own, beside those in nn.functional.

import { declare } from '../declare'
import { BOOL, FLOAT16, elementOf, isFloating } from '../dtype'
import { forbidInCapture } from '../recording'
import type { Tensor } from '../tensor'
import { empty, ones } from './creation'
import { define, inPlace, pointwise } from './define/functions'
import { writeRow } from './define/inplace'
import type { PointwiseOp } from './define/pointwise'
import { notImplemented, torchTypeName } from './define/result'
import { type Value, div, where } from './define/value'
import type { Generator } from './core/generator'
import { uniform_ } from './random'
import { reshape } from './movement'
import { setAt } from './subscript'

// ---- exponential below 0 ----

/**
 * `scale * input` above 0, else `scale * alpha * (exp(input * steepness) - 1)`, and its slope: at 0 that of the
 * exponential. Above 0 the exponential may be infinite, which a second derivative would multiply by 0.
 */
const exponential = {
  value: (x: Value, alpha: Value | number, scale: number, steepness: Value | number): Value =>
    where(x.lt(0), x.mul(steepness).expm1().mul(alpha).mul(scale), x.mul(scale)),
  slope: (g: Value, x: Value, alpha: Value | number, scale: number, steepness: Value | number): Value => {
    const below = where(x.lt(0), x, 0)
    return where(x.le(0), g.mul(below.mul(steepness).exp().mul(steepness).mul(alpha).mul(scale)), g.mul(scale))
  }
}

const SELU_ALPHA = 1.6732632423543772
const SELU_SCALE = 1.0507009873554805

/** `scale * max(input, 0)`, below 0 `scale * alpha * (exp(input) - 1)`, with the two numbers of self-normalisation. */
export const selu = pointwise('selu(input: Tensor)', {
  places: ['torch'],
  floats: 'elu_cpu',
  node: 'EluBackward0',
  nodeInPlace: 'EluBackward1',
  forward: ({ input }) => exponential.value(input, SELU_ALPHA, SELU_SCALE, 1),
  gradients: { input: (g, { input }) => exponential.slope(g, input, SELU_ALPHA, SELU_SCALE, 1) }
})

/** `selu` in place. */
export const selu_ = inPlace(selu, { places: ['torch', 'nn.functional'] })

/** The input where it is above 0, else `alpha * (exp(input / alpha) - 1)`. */
export const celu = pointwise('celu(input: Tensor, alpha: float = 1)', {
  places: ['torch'],
  floats: 'elu_cpu',
  nodeInPlace: 'CeluBackward1',
  check: (_, alpha) => {
    if (alpha === 0) throw new RangeError('ZeroDivisionError: alpha cannot be 0 for CELU')
  },
  forward: ({ input }, { alpha }) => exponential.value(input, alpha, 1, div(1, alpha)),
  gradients: { input: (g, { input }, { alpha }) => exponential.slope(g, input, alpha, 1, div(1, alpha)) }
})

/** `celu` in place. */
export const celu_ = inPlace(celu, { places: ['torch', 'nn.functional'] })

// ---- thresholds ----

/** The input where it is above the threshold, else `value`. */
export const threshold = pointwise('threshold(input: Tensor, threshold: scalar, value: scalar)', {
  places: ['torch'],
  nodeInPlace: 'ThresholdBackward1',
  check: (input, limit, value) => {
    for (const each of [limit, value]) elementOf(Number(each), input.code)
  },
  emit: ({ input }, options) => {
    if (input.code === BOOL) throw notImplemented('threshold_cpu', input.code)
    const [limit, value] = [options.threshold, options.value].map((each) => input.builder.cast(each, input.code))
    return where(input.le(limit), value, input)
  },
  gradients: { input: (g, { input }, options) => where(input.le(options.threshold), 0, g) }
})

/** `threshold` in place. */
export const threshold_ = inPlace(threshold, { places: ['torch', 'nn.functional'] })

/** 0 where the input is within [-lambd, lambd], else the input. */
export const hardshrink = pointwise('hardshrink(input: Tensor, lambd: float = 0.5)', {
  places: ['torch', 'Tensor', 'nn.functional'],
  floats: 'hardshrink_cpu',
  forward: ({ input }, { lambd }) => where(isWithin(input, lambd), 0, input),
  gradients: { input: (g, { input }, { lambd }) => where(isWithin(input, lambd), 0, g) }
})

const isWithin = (x: Value, limit: Value): Value => x.ge(limit.neg()).logicalAnd(x.le(limit))

// ---- a slope below 0 that is learned or drawn ----

const leaky = define('preluKernel(input: Tensor, weight: Tensor)', {
  floats: 'prelu_cpu',
  forward: ({ input, weight }) => where(input.gt(0), input, input.mul(weight)),
  gradients: {
    input: (g, { input, weight }) => where(input.gt(0), g, g.mul(weight)),
    weight: (g, { input }) => where(input.gt(0), 0, g.mul(input))
  }
})

/** The input where it is above 0, else `weight * input`: one weight, or one for each index of dim 1. */
export const prelu = declare(
  'prelu(input: Tensor, weight: Tensor)',
  (input, weight): Tensor => {
    if (input.code !== weight.code) {
      const types = `${torchTypeName(input.code)} and ${torchTypeName(weight.code)}`
      throw new TypeError(`prelu: Type promoting not supported. Got ${types}`)
    }
    const [dims, count] = [input.sizes.length, weight.numelCached]
    if (count !== 1) {
      if (dims === 0) throw new RangeError('Not allow zero-dim input tensor.')
      const channels = dims < 2 ? 1 : input.sizes[1]
      if (channels !== count) {
        throw new RangeError(
          `Mismatch of parameter numbers and input channel size. Found parameter numbers = ${count} and channel size = ` +
            `${channels}.`
        )
      }
    }
    if (weight.sizes.length > 1) {
      throw new RangeError(
        `prelu: Expected \`weight\` to be a scalar or 1D tensor, but got: ndim = ${weight.sizes.length}`
      )
    }
    const shape = input.sizes.map((_, d) => (d === 1 ? count : 1))
    return leaky.tensors(input, reshape(weight, shape))
  },
  ['torch', 'Tensor', 'nn.functional']
)

const drawn = define('rreluWithNoise(input: Tensor, noise: Tensor)', {
  nodeInPlace: 'RreluWithNoiseBackward1',
  forward: ({ input, noise }) => input.mul(noise),
  gradients: { input: (g, { noise }) => g.mul(noise) }
})

const meant = define('rreluWithMean(input: Tensor, slope: operand)', {
  floats: 'leaky_relu_cpu',
  node: 'RreluWithNoiseBackward0',
  nodeInPlace: 'RreluWithNoiseBackward1',
  forward: ({ input, slope }) => where(input.gt(0), input, input.mul(slope)),
  gradients: { input: (g, { input, slope }) => where(input.gt(0), g, g.mul(slope)) }
})

/** A slope from U(lower, upper) for each element that is not above 0, in logical order; 1 for all others. */
function noiseFor(input: Tensor, lower: number, upper: number, generator: Generator | null): Tensor {
  if (!isFloating(input.code) || input.code === FLOAT16) throw notImplemented('rrelu_with_noise_out_cpu', input.code)
  forbidInCapture('rrelu() in training')
  const takesPart = input.detach().le(0)
  const noise = ones(input.sizes, { dtype: input.dtype })
  const slopes = empty([takesPart.sum().item<number>()], { dtype: 'float64' })
  setAt(noise, takesPart, uniform_(slopes, lower, upper, { generator }).to(input.dtype))
  return noise
}

/** The row of a call and what stands beside its input. */
function rectifier(
  input: Tensor,
  lower: number,
  upper: number,
  training: boolean,
  generator: Generator | null
): [PointwiseOp, Tensor | number] {
  for (const [name, bound] of Object.entries({ lower, upper })) {
    if (!Number.isFinite(bound)) throw new RangeError(`rrelu: ${name} bound must be finite, got ${bound}`)
  }
  if (lower > upper) throw new RangeError('Lower bound should be less than or equal to the upper bound')
  return training ? [drawn, noiseFor(input, lower, upper, generator)] : [meant, (lower + upper) / 2]
}

/**
 * The input where it is above 0, else the input times a slope: one drawn from U(lower, upper) for each element in
 * training, as PyTorch draws it, else their mean. In training, a compiled step refuses it.
 */
export const rrelu = declare(
  'rrelu(input: Tensor, lower: float = 0.125, upper: float = 0.3333333333333333, training: bool = false, generator: Generator? = null)',
  (input, lower, upper, training, generator): Tensor => {
    const [op, slope] = rectifier(input, lower, upper, training, generator)
    return op.binary(input, slope)
  },
  ['torch']
)

/** `rrelu` in place. */
export const rrelu_ = declare(
  'rrelu_(input: Tensor, lower: float = 0.125, upper: float = 0.3333333333333333, training: bool = false, generator: Generator? = null)',
  (input, lower, upper, training, generator): Tensor => {
    const [op, slope] = rectifier(input, lower, upper, training, generator)
    return writeRow(op, [input, slope])
  },
  ['torch', 'nn.functional']
)
