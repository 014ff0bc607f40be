// Losses of elements: each as a row program, its checks, and the public function.

import { declare } from '../../declare'
import { isFloating } from '../../dtype'
import { cast } from '../../ops/core/copy'
import { checkedUnit } from '../../ops/define/checks'
import { program } from '../../ops/define/program'
import { torchTypeName } from '../../ops/define/result'
import { type Value, sub as difference } from '../../ops/define/value'
import { type Shape, broadcastShapes, sameShape, shapeText } from '../../shape'
import { type Tensor, warnOnce } from '../../tensor'
import { sizeText } from '../describe'
import { PLAIN, WEIGHTED, eachOf, overAll, taken, weighted } from './reduction'

// ---- squared error ----

const squaredError = program('mseLoss(input: Tensor, target: Tensor, reduction: str)', {
  node: 'MseLossBackward0',
  forward: ({ input, target }, { reduction }) => taken(input.sub(target).square(), reduction),
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
    if (!isFloating(input.code) && !isFloating(target.code)) throw notImplemented('mse_cpu', input)
    return squaredError(overAll, input, target, reduction)[0]
  },
  ['nn.functional']
)

// ---- binary cross entropy ----

// PyTorch clamps the logarithms at -100 and the gradient's denominator at float32's 1e-12.
const MIN_LOG = -100
const MIN_DENOMINATOR = Math.fround(1e-12)

const inputsOutside = (): Error => new RangeError('all elements of input should be between 0 and 1')
const targetsOutside = (): Error => new RangeError('all elements of target should be between 0 and 1')

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
      throw new TypeError(`Found dtype ${torchTypeName(target.code)} but expected ${torchTypeName(input.code)}`)
    }
    if (!isFloating(input.code)) throw notImplemented('binary_cross_entropy', input)
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
    if (!isFloating(input.code)) throw notImplemented('log_sigmoid_cpu', input)
    if (!isFloating(target.code)) {
      throw new TypeError(
        `result type ${torchTypeName(input.code)} can't be cast to the desired output type ` +
          torchTypeName(target.code)
      )
    }
    checkBroadcastsInto(target.sizes, weight, 'binaryCrossEntropyWithLogits')
    checkBroadcastsInto(target.sizes, posWeight, 'binaryCrossEntropyWithLogits')
    return bceLogits(overAll, input, target, weight, posWeight, reduction)[0]
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

const notImplemented = (kernel: string, { code }: Tensor): TypeError =>
  new TypeError(`"${kernel}" not implemented for '${torchTypeName(code)}'`)

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
