// Activations as functions: those that PyTorch has in nn.functional only, and those that take other arguments there.

import { declare } from '../../declare'
import { BOOL, type DType, FLOAT16, UINT8, isFloating, largestOf } from '../../dtype'
import { define, inPlace, pointwise } from '../../ops/define/functions'
import { record, rule } from '../../ops/define/operation'
import { torchTypeName } from '../../ops/define/result'
import { type Value, sub, where } from '../../ops/define/value'
import { neg, relu as reluOp } from '../../ops/elementwise'
import { relu_ } from '../../ops/inplace'
import { cat } from '../../ops/join'
import {
  celu as celuOp,
  celu_,
  rrelu as rreluOp,
  rrelu_,
  selu as seluOp,
  selu_,
  threshold as thresholdOp,
  threshold_
} from '../../ops/rectifiers'
import { narrow } from '../../ops/selection'
import { logSoftmax as logSoftmaxOp, softmax as softmaxOp } from '../../ops/softmax'
import { chunk } from '../../ops/split'
import { wrapDim } from '../../shape'
import { defineLiteral } from '../../signature'
import { type Tensor, warnOnce } from '../../tensor'

/** `max(input, 0)` of each element. */
export const relu = declare(
  'relu(input: Tensor, inplace: bool = false)',
  (input, inplace): Tensor => (inplace ? relu_(input) : reluOp(input)),
  ['nn.functional']
)

/** `log(1 + exp(beta * input)) / beta`, the input itself where `beta * input` exceeds the threshold. */
export const softplus = pointwise('softplus(input: Tensor, beta: float = 1, threshold: float = 20)', {
  places: ['nn.functional'],
  floats: 'softplus_cpu',
  forward: ({ input }, { beta, threshold }) => {
    const x = input.mul(beta)
    return where(x.gt(threshold), input, x.exp().log1p().div(beta))
  },
  gradients: {
    input: (g, { input }, { beta, threshold }) => {
      const x = input.mul(beta)
      return where(x.gt(threshold), g, g.mul(where(x.ge(threshold), threshold, x).sigmoid()))
    }
  }
})

/** The input where it is above 0, else `alpha * (exp(input) - 1)`. */
export const elu = pointwise('elu(input: Tensor, alpha: float = 1, inplace: bool = false)', {
  places: ['nn.functional'],
  floats: 'elu_cpu',
  nodeInPlace: 'EluBackward1',
  forward: ({ input }, { alpha }) => where(input.lt(0), input.expm1().mul(alpha), input),
  gradients: {
    input: (g, { input }, { alpha }) => {
      // Above 0 the exponential may be infinite, which a second derivative would multiply by 0.
      const below = where(input.lt(0), input, 0)
      return where(input.le(0), g.mul(alpha).mul(below.exp()), g)
    }
  }
})

/** The input where it is above 0, else `alpha * (exp(input) - 1)`, in place. */
export const elu_ = inPlace(elu, { places: ['nn.functional'] })

/** The input where it is above 0, else `negativeSlope * input`. */
export const leakyRelu = pointwise('leakyRelu(input: Tensor, negativeSlope: float = 0.01, inplace: bool = false)', {
  places: ['nn.functional'],
  floats: 'leaky_relu_cpu',
  nodeInPlace: 'LeakyReluBackward1',
  forward: ({ input }, { negativeSlope }) => where(input.gt(0), input, input.mul(negativeSlope)),
  gradients: { input: (g, { input }, { negativeSlope }) => where(input.gt(0), g, g.mul(negativeSlope)) }
})

/** The input where it is above 0, else `negativeSlope * input`, in place. */
export const leakyRelu_ = inPlace(leakyRelu, { places: ['nn.functional'] })

/** The input limited to [minVal, maxVal]; the gradient at the limits is 0. */
export const hardtanh = pointwise(
  'hardtanh(input: Tensor, minVal: float = -1, maxVal: float = 1, inplace: bool = false)',
  {
    places: ['nn.functional'],
    check: (input, minVal, maxVal) => {
      if (minVal > maxVal) throw new RangeError('minVal cannot be greater than maxVal')
      if (input.code === UINT8 && (minVal < 0 || maxVal < 0)) {
        throw new RangeError('cannot do hardtanh on an unsigned type with negative limits')
      }
    },
    emit: ({ input }, { minVal, maxVal }) => {
      if (input.code === BOOL) throw new TypeError('Bool inputs not supported for hardtanh')
      const [low, high] = [minVal, maxVal].map((limit) => input.builder.cast(limit, input.code))
      return input.maximum(low).minimum(high)
    },
    gradients: {
      input: (g, { input }, { minVal, maxVal }) => where(input.le(minVal).logicalOr(input.ge(maxVal)), 0, g)
    }
  }
)

/** The input limited to [minVal, maxVal], in place. */
export const hardtanh_ = inPlace(hardtanh, { places: ['nn.functional'] })

/** `input * sigmoid(input)`. */
export const silu = pointwise('silu(input: Tensor, inplace: bool = false)', {
  places: ['nn.functional'],
  floats: 'silu_cpu',
  forward: ({ input }) => input.div(input.neg().exp().add(1)),
  gradients: {
    input: (g, { input }) => {
      const slope = input.sigmoid()
      return g.mul(slope.mul(input.mul(sub(1, slope)).add(1)))
    }
  }
})

/** `input / (1 + |input|)`. */
export const softsign = pointwise('softsign(input: Tensor)', {
  places: ['nn.functional'],
  node: 'DivBackward0',
  forward: ({ input }) => input.div(input.abs().add(1)),
  gradients: {
    // Not from the output, which may be written to, as in PyTorch.
    input: (g, { input }) => {
      const denominator = input.abs().add(1)
      return g.div(denominator).sub(g.mul(input.div(denominator)).div(denominator).mul(input.sign()))
    }
  }
})

const SQRT_HALF = Math.SQRT1_2
const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI)
const CUBIC = 0.044715

/** The normal distribution up to `x`. */
const normal = (x: Value): Value => x.mul(SQRT_HALF).erf().add(1).mul(0.5)
const density = (x: Value): Value =>
  x
    .mul(x)
    .mul(-0.5)
    .exp()
    .mul(SQRT_2_OVER_PI / 2)

/**
 * Near the normal distribution up to `x`: (1 + tanh u)/2 of a cubic u, as the logistic function of 2u, which keeps its
 * digits where tanh is near -1.
 */
const nearNormal = (x: Value): Value =>
  x
    .mul(x)
    .mul(x)
    .mul(CUBIC)
    .add(x)
    .mul(2 * SQRT_2_OVER_PI)
    .sigmoid()

const unknownForm = (): Error => new RangeError('approximate argument must be either none or tanh.')

/** `input` times the normal distribution up to it, or 'tanh' near to that. */
export const gelu = pointwise("gelu(input: Tensor, *, approximate: str = 'none')", {
  places: ['nn.functional'],
  floats: 'GeluKernelImpl',
  forward: ({ input }, { approximate }) => {
    if (approximate === 'none') return input.mul(normal(input))
    if (approximate === 'tanh') return input.mul(nearNormal(input))
    throw unknownForm()
  },
  gradients: {
    input: (g, { input }, { approximate }) => {
      if (approximate === 'none') return g.mul(normal(input).add(input.mul(density(input))))
      const p = nearNormal(input)
      const slope = input
        .mul(input)
        .mul(3 * CUBIC)
        .add(1)
        .mul(2 * SQRT_2_OVER_PI)
      return g.mul(p.add(input.mul(p).mul(sub(1, p)).mul(slope)))
    }
  }
})

/** `input * tanh(softplus(input))`. */
export const mish = pointwise('mish(input: Tensor, inplace: bool = false)', {
  places: ['nn.functional'],
  floats: 'mish_cpu',
  forward: ({ input }) => input.mul(softened(input)),
  gradients: {
    input: (g, { input }) => {
      const t = softened(input)
      return g.mul(t.add(input.mul(input.sigmoid()).mul(sub(1, t.mul(t)))))
    }
  }
})

const softened = (x: Value): Value => x.exp().log1p().tanh()

/** `log(sigmoid(input))`, exact where the sigmoid underflows. */
export const logsigmoid = pointwise('logsigmoid(input: Tensor)', {
  places: ['nn.functional'],
  floats: 'log_sigmoid_cpu',
  node: 'LogSigmoidBackward0',
  forward: ({ input }) => input.minimum(0).sub(input.abs().neg().exp().log1p()),
  gradients: { input: (g, { input }) => g.mul(input.neg().sigmoid()) }
})

/** `input - tanh(input)`. */
export const tanhshrink = pointwise('tanhshrink(input: Tensor)', {
  places: ['nn.functional'],
  node: 'SubBackward0',
  forward: ({ input }) => input.sub(input.tanh()),
  gradients: {
    input: (g, { input }) => {
      const t = input.tanh()
      return g.sub(g.mul(sub(1, t.mul(t))))
    }
  }
})

/** The input drawn towards 0 by `lambd`, 0 where it is within [-lambd, lambd]. */
export const softshrink = pointwise('softshrink(input: Tensor, lambd: float = 0.5)', {
  places: ['nn.functional'],
  floats: 'softshrink_check',
  check: (input, lambd) => {
    const [most, type] = [largestOf(input.code), torchTypeName(input.code)]
    if (!isFloating(input.code) || (lambd >= 0 && lambd <= most)) return
    const limit = input.code === FLOAT16 ? most : most.toExponential(5).replace(/e\+(\d)$/, 'e+0$1')
    throw new RangeError(`lambda must be in range [0, ${limit}] for input dtype ${type}, but found ${lambd}`)
  },
  // A product with 0 keeps sign and NaN.
  forward: ({ input }, { lambd }) =>
    where(input.gt(lambd), input.sub(lambd), where(input.lt(lambd.neg()), input.add(lambd), input.mul(0))),
  gradients: {
    input: (g, { input }, { lambd }) => where(input.ge(lambd.neg()).logicalAnd(input.le(lambd)), 0, g)
  }
})

// ---- piecewise linear and quadratic ----

/** `input / 6 + 1/2`, limited to [0, 1]; the gradient at the limits is 0. */
export const hardsigmoid = pointwise('hardsigmoid(input: Tensor, inplace: bool = false)', {
  places: ['nn.functional'],
  floats: 'hardsigmoid_cpu',
  forward: ({ input }) => sixths(input),
  gradients: { input: (g, { input }) => where(input.gt(-3).logicalAnd(input.lt(3)), g.div(6), 0) }
})

const sixths = (x: Value): Value => x.add(3).maximum(0).minimum(6).div(6)

/** `input * hardsigmoid(input)`. */
export const hardswish = pointwise('hardswish(input: Tensor, inplace: bool = false)', {
  places: ['nn.functional'],
  floats: 'hardswish_cpu',
  forward: ({ input }) => input.mul(input.add(3).maximum(0).minimum(6)).div(6),
  gradients: {
    input: (g, { input }) => where(input.le(-3), 0, where(input.lt(3), g.mul(input.div(3).add(0.5)), g))
  }
})

/** The input limited to [0, 6]; the gradient at the limits is 0. */
export const relu6 = declare(
  'relu6(input: Tensor, inplace: bool = false)',
  (input, inplace): Tensor => (inplace ? hardtanh_(input, 0, 6) : hardtanh(input, 0, 6)),
  ['nn.functional']
)

/** `selu` of the input, written over it with `inplace`. */
export const selu = declare(
  'selu(input: Tensor, inplace: bool = false)',
  (input, inplace): Tensor => (inplace ? selu_(input) : seluOp(input)),
  ['nn.functional']
)

/** `celu` of the input, written over it with `inplace`. */
export const celu = declare(
  'celu(input: Tensor, alpha: float = 1, inplace: bool = false)',
  (input, alpha, inplace): Tensor => (inplace ? celu_(input, alpha) : celuOp(input, alpha)),
  ['nn.functional']
)

/** The input where it is above the threshold, else `value`; written over the input with `inplace`. */
export const threshold = declare(
  'threshold(input: Tensor, threshold: float, value: float, inplace: bool = false)',
  (input, limit, value, inplace): Tensor =>
    inplace ? threshold_(input, limit, value) : thresholdOp(input, limit, value),
  ['nn.functional']
)

/** `rrelu` of the input, written over it with `inplace`. */
export const rrelu = declare(
  'rrelu(input: Tensor, lower: float = 0.125, upper: float = 0.3333333333333333, training: bool = false, inplace: bool = false)',
  (input, lower, upper, training, inplace): Tensor => (inplace ? rrelu_ : rreluOp)(input, lower, upper, training),
  ['nn.functional']
)

// ---- gates ----

const gate = define('gate(input: Tensor, other: Tensor)', {
  floats: 'glu_cpu',
  forward: ({ input, other }) => input.mul(other.sigmoid())
})

const gluRule = rule<number>('GluBackward0', (g, [input], dim) => {
  const [value, other] = chunk(input!, 2, dim)
  const open = other.sigmoid()
  const shut = open.neg().add(1)
  return cat([g.mul(open), g.mul(value).mul(open).mul(shut)], dim)
})

/** The first half of a dim times the sigmoid of its second half. */
export const glu = declare(
  'glu(input: Tensor, dim: int = -1)',
  (input, dim): Tensor => {
    if (input.sizes.length === 0) {
      throw new RangeError('glu does not support scalars because halving size must be even')
    }
    const d = wrapDim(dim, input.sizes.length)
    const size = input.sizes[d]
    if (size % 2 !== 0) {
      throw new RangeError(`Halving dimension must be even, but dimension ${d} is size ${size}`)
    }
    const [value, other] = [0, size / 2].map((start) => narrow(input.detach(), d, start, size / 2))
    return record({ outputs: gate.tensors(value, other), rule: gluRule, inputs: [input], parameters: d, save: [input] })
  },
  ['nn.functional']
)

// ---- softmax ----

declare module '../../signature/types' {
  interface KindTypes {
    '3': 3
  }
}

defineLiteral(3)

/** PyTorch's old rule for a dim that was left out. */
function implicitDim({ sizes: shape }: Tensor, name: string): number {
  warnOnce(
    `Implicit dimension choice for ${name} has been deprecated. Change the call to include dim: X as an argument.`
  )
  return shape.length === 0 || shape.length === 1 || shape.length === 3 ? 0 : 1
}

const along = (op: typeof softmaxOp, input: Tensor, dim: number, dtype: DType | null): Tensor =>
  dtype === null ? op(input, dim) : op(input, dim, { dtype })

/** `exp(x) / sum(exp(x))` along a dim. */
export const softmax = declare(
  'softmax(input: Tensor, dim: int? = null, _stacklevel: 3 = 3, dtype: dtype? = null)',
  (input, dim, _, dtype) => along(softmaxOp, input, dim ?? implicitDim(input, 'softmax'), dtype),
  ['nn.functional']
)

/** `log(softmax(x))` along a dim, exact where softmax underflows. */
export const logSoftmax = declare(
  'logSoftmax(input: Tensor, dim: int? = null, _stacklevel: 3 = 3, dtype: dtype? = null)',
  (input, dim, _, dtype) => along(logSoftmaxOp, input, dim ?? implicitDim(input, 'logSoftmax'), dtype),
  ['nn.functional']
)

/** `exp(-x) / sum(exp(-x))` along a dim. */
export const softmin = declare(
  'softmin(input: Tensor, dim: int? = null, _stacklevel: 3 = 3, dtype: dtype? = null)',
  (input, dim, _, dtype) => along(softmaxOp, neg(input), dim ?? implicitDim(input, 'softmin'), dtype),
  ['nn.functional']
)
