// Losses of elements: each as a row program, its checks, and the public function.

import { declare } from '../../declare'
import { BOOL, isFloating } from '../../dtype'
import { cast } from '../../ops/core/copy'
import { checkedUnit } from '../../ops/define/checks'
import { program } from '../../ops/define/program'
import { dtypeAdvice, notImplemented, torchTypeName } from '../../ops/define/result'
import { type Value, sub as difference, where } from '../../ops/define/value'
import { abs, div, mul, sub } from '../../ops/elementwise'
import { sum } from '../../ops/reduce'
import { type Shape, broadcastShapes, sameShape, shapeText } from '../../shape'
import { type Tensor, warnOnce } from '../../tensor'
import { sizeText } from '../describe'
import {
  OF_BATCHES,
  PLAIN,
  type Reduction,
  WEIGHTED,
  byLastNode,
  eachOf,
  overAll,
  reduced,
  taken,
  weighted
} from './reduction'

/** A mask beside floats counts as 0 and 1; no derivative comes to it. */
const besideFloat = (x: Tensor, other: Tensor): Tensor =>
  x.code === BOOL && isFloating(other.code) ? cast(x, other.code) : x

// ---- squared error ----

const squaredError = program('mseLoss(input: Tensor, target: Tensor, reduction: str)', {
  node: 'MseLossBackward0',
  forward: ({ input, target }, { reduction }) => taken(input.sub(target).square(), reduction),
  leastCount: 1,
  gradients: {
    input: (g, { input, target }, options) => eachOf(g, options).mul(input.sub(target).mul(2)),
    target: (g, { input, target }, options) => eachOf(g, options).mul(target.sub(input).mul(2))
  }
})

/** `(input - target)^2`; shapes broadcast with a warning. `reduction` says what becomes of the elementwise losses. */
export const mseLoss = declare(
  `mseLoss(input: Tensor, target: Tensor, ${PLAIN}, weight: null = null)`,
  (input, target, _, __, reduction): Tensor => {
    if (!sameShape(input.sizes, target.sizes)) warnOfSizes(input, target)
    if (!isFloating(input.code) && !isFloating(target.code)) throw notImplemented('mse_cpu', input.code)
    return squaredError(overAll, besideFloat(input, target), besideFloat(target, input), reduction)[0]
  },
  ['nn.functional']
)

// ---- absolute error ----

const absoluteError = byLastNode('AbsBackward0', (node) =>
  program('l1Loss(input: Tensor, target: Tensor, reduction: str)', {
    node,
    forward: ({ input, target }, { reduction }) => taken(input.sub(target).abs(), reduction),
    leastCount: 1,
    gradients: {
      input: (g, { input, target }, options) => eachOf(g, options).mul(input.sub(target).sign()),
      target: (g, { input, target }, options) => eachOf(g, options).mul(target.sub(input).sign())
    }
  })
)

/** Integers keep their dtype, and booleans are refused, as by the ops. */
function absoluteErrors(input: Tensor, target: Tensor, reduction: Reduction): Tensor {
  const isFloat = isFloating(input.code) ? target.code !== BOOL : isFloating(target.code) && input.code !== BOOL
  return isFloat
    ? absoluteError[reduction](overAll, input, target, reduction)[0]
    : reduced(abs(sub(input, target)), reduction)
}

/**
 * `|input - target|`; shapes broadcast with a warning. `weight`, of the input's shape, scales errors and their mean.
 */
export const l1Loss = declare(
  `l1Loss(input: Tensor, target: Tensor, ${PLAIN}, weight: Tensor? = null)`,
  (input, target, _, __, reduction, weight): Tensor => {
    if (!sameShape(input.sizes, target.sizes)) warnOfSizes(input, target)
    if (weight === null) return absoluteErrors(input, target, reduction)
    checkWeightSize(input, weight)
    const errors = mul(absoluteErrors(input, target, 'none'), weight)
    return reduction === 'mean' ? div(sum(errors), sum(weight)) : reduced(errors, reduction)
  },
  ['nn.functional']
)

// ---- squared near 0, absolute elsewhere ----

/** `x` limited to [-limit, limit], constant at the limits. */
const limited = (x: Value, limit: Value): Value => where(x.le(limit.neg()), limit.neg(), where(x.ge(limit), limit, x))

const smooth = program('smoothL1Loss(input: Tensor, target: Tensor, reduction: str, beta: float)', {
  node: 'SmoothL1LossBackward0',
  forward: ({ input, target }, { reduction, beta }) => {
    const x = input.sub(target).abs()
    return taken(where(x.lt(beta), x.mul(0.5).mul(x).div(beta), x.sub(beta.mul(0.5))), reduction)
  },
  leastCount: 1,
  gradients: {
    input: (g, { input, target }, options) =>
      eachOf(g, options).mul(limited(input.sub(target), options.beta).div(options.beta)),
    target: (g, { input, target }, options) =>
      eachOf(g, options).mul(limited(target.sub(input), options.beta).div(options.beta))
  }
})

/** With `x = |input - target|`, `x^2 / (2 beta)` below `beta`, else `x - beta / 2`; shapes broadcast with a warning. */
export const smoothL1Loss = declare(
  `smoothL1Loss(input: Tensor, target: Tensor, ${PLAIN}, beta: float = 1)`,
  (input, target, _, __, reduction, beta): Tensor => {
    if (!sameShape(input.sizes, target.sizes)) warnOfSizes(input, target)
    if (beta === 0) return absoluteErrors(input, target, reduction)
    if (!(beta > 0)) throw new RangeError('smoothL1Loss does not support negative values for beta.')
    if (!isFloating(input.code) && !isFloating(target.code)) throw notImplemented('smooth_l1_cpu', input.code)
    return smooth(overAll, besideFloat(input, target), besideFloat(target, input), reduction, beta)[0]
  },
  ['nn.functional']
)

const huber = program('huberLoss(input: Tensor, target: Tensor, reduction: str, delta: float)', {
  node: 'HuberLossBackward0',
  forward: ({ input, target }, { reduction, delta }) => {
    const x = input.sub(target).abs()
    return taken(where(x.lt(delta), x.mul(0.5).mul(x), x.sub(delta.mul(0.5)).mul(delta)), reduction)
  },
  leastCount: 1,
  gradients: {
    input: (g, { input, target }, options) => eachOf(g, options).mul(limited(input.sub(target), options.delta)),
    target: (g, { input, target }, options) => eachOf(g, options).mul(limited(target.sub(input), options.delta))
  }
})

/**
 * With `x = |input - target|`, `x^2 / 2` below `delta`, else `delta * (x - delta / 2)`, in the input's dtype; shapes
 * broadcast with a warning. `weight`, of the input's shape, scales each element.
 */
export const huberLoss = declare(
  "huberLoss(input: Tensor, target: Tensor, reduction: reduction = 'mean', delta: float = 1, weight: Tensor? = null)",
  (input, target, reduction, delta, weight): Tensor => {
    if (!sameShape(input.sizes, target.sizes)) warnOfSizes(input, target)
    if (weight !== null) checkWeightSize(input, weight)
    if (!(delta > 0)) throw new RangeError('huberLoss does not support non-positive values for delta.')
    if (!isFloating(input.code)) {
      throw isFloating(target.code) ? notCastable(target, input) : notImplemented('huber_cpu', input.code)
    }
    const of = (each: Reduction): Tensor =>
      cast(huber(overAll, input, besideFloat(target, input), each, delta)[0], input.code)
    return weight === null ? of(reduction) : reduced(mul(of('none'), weight), reduction)
  },
  ['nn.functional']
)

// ---- binary cross entropy ----

// PyTorch clamps the logarithms at -100 and the gradient's denominator at float32's 1e-12.
const MIN_LOG = -100
const MIN_DENOMINATOR = Math.fround(1e-12)

const inputsOutside = (): Error =>
  new RangeError('all elements of input should be between 0 and 1; one lies outside, or is NaN')
const targetsOutside = (): Error =>
  new RangeError('all elements of target should be between 0 and 1; one lies outside, or is NaN')

const entropy = (p: Value, target: Value): Value => {
  const checked = checkedUnit(p, inputsOutside)
  const y = checkedUnit(target, targetsOutside)
  return y
    .sub(1)
    .mul(checked.neg().log1p().maximum(MIN_LOG))
    .sub(y.mul(p.log().maximum(MIN_LOG)))
}

const entropySlope = (p: Value, target: Value): Value =>
  p.sub(target).div(difference(1, p).mul(p).maximum(MIN_DENOMINATOR))

const logOdds = (p: Value): Value => p.neg().log1p().sub(p.log())

const bce = program('binaryCrossEntropy(input: Tensor, target: Tensor, weight: Tensor?, reduction: str)', {
  node: 'BinaryCrossEntropyBackward0',
  forward: ({ input, target, weight }, { reduction }) => taken(weighted(entropy(input, target), weight), reduction),
  leastCount: 1,
  gradients: {
    input: (g, { input, target, weight }, options) =>
      weighted(eachOf(g, options).mul(entropySlope(input, target)), weight),
    target: (g, { input, weight }, options) => weighted(eachOf(g, options).mul(logOdds(input)), weight)
  }
})

/**
 * `-(y log p + (1 - y) log(1 - p))` for probabilities `input` and targets of the same shape and dtype; `weight` scales
 * each element.
 */
export const binaryCrossEntropy = declare(
  `binaryCrossEntropy(input: Tensor, target: Tensor, ${WEIGHTED})`,
  (input, target, weight, _, __, reduction): Tensor => {
    if (!sameShape(input.sizes, target.sizes)) {
      throw new RangeError(
        `Using a target size (${sizeText(target.sizes)}) that is different to the input size ` +
          `(${sizeText(input.sizes)}) is deprecated. Please ensure they have the same size.`
      )
    }
    if (input.code !== target.code) {
      throw new TypeError(
        `Found dtype ${torchTypeName(target.code)} but expected ${torchTypeName(input.code)}` +
          dtypeAdvice(target.code, input.code)
      )
    }
    if (!isFloating(input.code)) throw notImplemented('binary_cross_entropy', input.code)
    checkBroadcastsInto(target.sizes, weight, 'binaryCrossEntropy')
    return bce(overAll, input, target, weight && cast(weight, input.code), reduction)[0]
  },
  ['nn.functional']
)

// ---- binary cross entropy of logits ----

// log(1 + exp(-x)) without overflow in either tail.
const softplusNegative = (x: Value): Value => x.abs().neg().exp().log1p().sub(x.minimum(0))

const logitLoss = (x: Value, target: Value, posWeight: Value | null): Value => {
  const loss = softplusNegative(x)
  return difference(1, target)
    .mul(x)
    .add(posWeight === null ? loss : posWeight.sub(1).mul(target).add(1).mul(loss))
}

const bceLogits = program(
  'binaryCrossEntropyWithLogits(input: Tensor, target: Tensor, weight: Tensor?, posWeight: Tensor?, reduction: str)',
  {
    node: 'BinaryCrossEntropyWithLogitsBackward0',
    forward: ({ input, target, weight, posWeight }, { reduction }) =>
      taken(weighted(logitLoss(input, target, posWeight), weight), reduction),
    leastCount: 1,
    gradients: {
      input: (g, { input, target, weight, posWeight }, options) => {
        const each = weighted(eachOf(g, options), weight)
        if (posWeight === null) return each.mul(input.sigmoid().sub(target))
        const t = posWeight.mul(target)
        return each.mul(t.add(1).sub(target).mul(input.sigmoid()).sub(t))
      },
      target: (g, { input, weight, posWeight }, options) => {
        const each = weighted(eachOf(g, options), weight)
        return each.mul(posWeight === null ? input.neg() : posWeight.sub(1).mul(softplusNegative(input)).sub(input))
      },
      weight: (g, { input, target, posWeight }, options) => eachOf(g, options).mul(logitLoss(input, target, posWeight))
    }
  }
)

/** Binary cross entropy of `sigmoid(input)`, finite for any logit; `posWeight` scales positive targets. */
export const binaryCrossEntropyWithLogits = declare(
  `binaryCrossEntropyWithLogits(input: Tensor, target: Tensor, ${WEIGHTED}, posWeight: Tensor? = null)`,
  (input, target, weight, _, __, reduction, posWeight): Tensor => {
    if (!sameShape(input.sizes, target.sizes)) {
      throw new RangeError(
        `Target size (${sizeText(target.sizes)}) must be the same as input size (${sizeText(input.sizes)})`
      )
    }
    if (!isFloating(input.code)) throw notImplemented('log_sigmoid_cpu', input.code)
    if (!isFloating(target.code)) throw notCastable(input, target)
    checkBroadcastsInto(target.sizes, weight, 'binaryCrossEntropyWithLogits')
    checkBroadcastsInto(target.sizes, posWeight, 'binaryCrossEntropyWithLogits')
    return bceLogits(overAll, input, target, weight, posWeight, reduction)[0]
  },
  ['nn.functional']
)

// ---- divergence ----

const divergence = [false, true].map((logTarget) =>
  byLastNode(logTarget ? 'MulBackward0' : 'SubBackward0', (node) =>
    program('klDiv(input: Tensor, target: Tensor, reduction: str)', {
      node,
      forward: ({ input, target }, { reduction }) => {
        if (logTarget) return taken(target.exp().mul(target.sub(input)), reduction)
        return taken(where(target.eq(0), 0, target.mul(target.log())).sub(target.mul(input)), reduction)
      },
      leastCount: 1,
      gradients: {
        input: (g, { target }, options) =>
          eachOf(g, options)
            .mul(logTarget ? target.exp() : target)
            .neg(),
        target: (g, { input, target }, options) => {
          const each = eachOf(g, options)
          if (logTarget) return each.mul(target.exp()).mul(target.sub(input).add(1))
          // NaN at 0, where PyTorch divides the target by itself.
          const slope = where(target.eq(0), 0, target.log()).add(target.div(target))
          return each.mul(slope.sub(input))
        }
      }
    })
  )
)

/**
 * Divergence of log-probabilities `input` from a `target`: `target * (log(target) - input)`, with `logTarget` from its
 * logarithm, `exp(target) * (target - input)`; shapes broadcast. 'batchmean' divides the sum by the first size.
 */
export const klDiv = declare(
  `klDiv(input: Tensor, target: Tensor, ${OF_BATCHES}, logTarget: bool = false)`,
  (input, target, _, __, reduction, logTarget): Tensor => {
    if (reduction === 'mean') {
      warnOnce(
        "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides " +
          "only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the " +
          "same as 'batchmean' in the next major release."
      )
    }
    if (!isFloating(input.code) || !isFloating(target.code)) {
      throw new TypeError('klDiv: Integral inputs not supported; add .float()')
    }
    const how = reduction === 'batchmean' ? 'sum' : reduction
    const loss = divergence[logTarget ? 1 : 0][how](overAll, input, target, how)[0]
    return reduction === 'batchmean' && input.sizes.length > 0 ? div(loss, input.sizes[0]) : loss
  },
  ['nn.functional']
)

// ---- checks ----

function warnOfSizes(input: Tensor, target: Tensor): void {
  warnOnce(
    `Using a target size (${sizeText(target.sizes)}) that is different to the input size (${sizeText(input.sizes)}). ` +
      'This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.'
  )
}

function checkWeightSize(input: Tensor, weight: Tensor): void {
  if (!sameShape(input.sizes, weight.sizes)) throw new RangeError('Weights and input must have the same size.')
}

const notCastable = (from: Tensor, to: Tensor): TypeError =>
  new TypeError(
    `result type ${torchTypeName(from.code)} can't be cast to the desired output type ${torchTypeName(to.code)}; ` +
      'add .float()'
  )

/** A weight may be smaller than the losses, not larger. */
function checkBroadcastsInto(shape: Shape, weight: Tensor | null, op: string): void {
  if (weight === null) return
  const grown = broadcastShapes(shape, weight.sizes, op)
  if (sameShape(grown, shape)) return
  throw new RangeError(
    `output with shape ${shapeText(shape)} doesn't match the broadcast shape ${shapeText(grown)}: ${op}: weights ` +
      'must broadcast to the losses'
  )
}
