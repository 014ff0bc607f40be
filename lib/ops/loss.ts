// Losses: row programs whose rows are all elements, so that a mean or sum is taken in the same native call.
// Shapes and dtypes of arguments are checked in nn/functional.

import type { Failure } from '../recording'
import type { Tensor } from '../tensor'
import { checkedUnit, rejection } from './define/checks'
import { type Over, program } from './define/program'
import { type Value, sub as difference, where as select } from './define/value'
import { reshape } from './movement'
import { mean, sum } from './reduce'

/** What becomes of elementwise losses: they stay, or their mean or sum is taken. */
export type Reduction = 'none' | 'mean' | 'sum'

/** Applies a reduction to elementwise losses. */
export function reduced(losses: Tensor, reduction: Reduction): Tensor {
  return reduction === 'none' ? losses : reduction === 'mean' ? mean(losses) : sum(losses)
}

const overAll: Over = { dims: null }

const taken = (losses: Value, reduction: string): Value =>
  reduction === 'mean' ? losses.mean() : reduction === 'sum' ? losses.sum() : losses

/** The gradient of each loss from that of what was taken of them. */
const eachOf = (g: Value, { reduction, count }: { readonly reduction: string; readonly count: Value }): Value =>
  reduction === 'mean' ? g.div(count) : g

const weighted = (x: Value, weight: Value | null): Value => (weight === null ? x : x.mul(weight))

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

/** `-(y log p + (1 - y) log(1 - p))`; throws when an input is outside [0, 1]. */
export function binaryCrossEntropyLoss(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  reduction: Reduction
): Tensor {
  return bce(overAll, input, target, weight, reduction)[0]
}

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

/** Binary cross entropy of `sigmoid(input)`, finite for any logit. */
export function binaryCrossEntropyWithLogitsLoss(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  posWeight: Tensor | null,
  reduction: Reduction
): Tensor {
  return bceLogits(overAll, input, target, weight, posWeight, reduction)[0]
}

// ---- squared error ----

const squaredError = program('mseLoss(input: Tensor, target: Tensor, reduction: str)', {
  node: 'MseLossBackward0',
  forward: ({ input, target }, { reduction }) => taken(input.sub(target).square(), reduction),
  gradients: {
    input: (g, { input, target }, options) => eachOf(g, options).mul(input.sub(target).mul(2)),
    target: (g, { input, target }, options) => eachOf(g, options).mul(target.sub(input).mul(2))
  }
})

/** `(input - target)^2`. */
export function mseLossOp(input: Tensor, target: Tensor, reduction: Reduction): Tensor {
  return squaredError(overAll, input, target, reduction)[0]
}

// ---- negative log likelihood ----

/** Which rows count, and their classes. An ignored one has class 0; a negative class is one too many, since it would count from the end. */
function settled(target: Value, { ignoreIndex, classes }: { readonly ignoreIndex: Value; readonly classes: Value }) {
  const counts = target.ne(ignoreIndex)
  return { counts, index: select(counts, select(target.lt(0), classes, target), 0) }
}

const [nll, nll2d] = ['NllLossBackward0', 'NllLoss2DBackward0'].map((node) =>
  program('nllLoss(input: Tensor, target: Tensor, weight: Tensor?, ignoreIndex: int, classes: int, reduction: str)', {
    node,
    perRow: ['target'],
    forward: ({ input, target, weight }, options) => {
      const { counts, index } = settled(target, options)
      const weights = weight === null ? null : weight.pick(index)
      // 0 of ignored rows whatever they hold.
      const losses = select(counts, weighted(input.pick(index), weights).neg(), 0)
      const total = select(counts, weights ?? input.zerosLike().add(1), 0).total()
      const sum = options.reduction === 'none' ? losses : losses.total()
      return { output: options.reduction === 'mean' ? sum.div(total) : sum, total }
    },
    gradients: {
      input: (g, values, options) => {
        const { counts, index } = settled(values.target, options)
        // What is not read is not saved.
        const each = options.reduction === 'mean' ? g.div(values.total) : g
        const weights = values.weight === null ? null : values.weight.pick(index)
        return select(counts, weighted(each, weights).neg(), 0).place(index)
      }
    }
  })
)

/**
 * `-weight[target] * input[target]` over log-probabilities [N, C, ...] and int64 targets [N, ...]; 'mean' divides by the sum of
 * the weights of targets other than `ignoreIndex`.
 */
export function nllLossOp(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  ignoreIndex: number,
  reduction: Reduction
): Tensor {
  const { sizes } = input
  const weights = weight && reshape(weight, [-1, ...sizes.slice(2).map(() => 1)])
  const over = { dims: [1], failure: unlessClass(target, ignoreIndex, sizes[1]) }
  const loss = sizes.length === 2 ? nll : nll2d
  return loss(over, input, target, weights, ignoreIndex, sizes[1], reduction)[0]
}

function unlessClass(target: Tensor, ignoreIndex: number, classes: number): Failure {
  const isOutside = (value: number): boolean => value !== ignoreIndex && (value < 0 || value >= classes)
  return rejection(
    [target],
    (value) => isOutside(Number(value)),
    (value) => `Target ${value} is out of bounds.`
  )
}
