// Losses of classes: each as a row program or as ops, its checks, and the public function.

import { declare } from '../../declare'
import { INT64, UINT8, isFloating } from '../../dtype'
import { cast } from '../../ops/core/copy'
import { reshaped } from '../../ops/core/reshape'
import { rejection } from '../../ops/define/checks'
import { rule } from '../../ops/define/operation'
import { program } from '../../ops/define/program'
import { notImplemented, torchTypeName } from '../../ops/define/result'
import { type Value, where as select } from '../../ops/define/value'
import { add, div, mul, neg, where } from '../../ops/elementwise'
import { gather } from '../../ops/indexing'
import { reshape, unsqueeze } from '../../ops/movement'
import { sum } from '../../ops/reduce'
import { logSoftmax } from '../../ops/softmax'
import { countText } from '../../kinds'
import type { Failure } from '../../recording'
import { type Shape, sameShape, shapeText } from '../../shape'
import type { Tensor } from '../../tensor'
import { OF_CLASSES, type Reduction, weighted } from './reduction'

/** Options of losses of class indices. */
interface ClassOptions {
  readonly weight: Tensor | null
  /** Class whose rows do not count. */
  readonly ignoreIndex: number
  readonly reduction: Reduction
}

const classDim = (shape: Shape): number => (shape.length === 1 ? 0 : 1)

// ---- negative log likelihood ----

/**
 * Which rows count, and their classes. An ignored one has class 0; a negative class is one too many, since it would
 * count from the end.
 */
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
 * The loss of rows [N, C, ...] and int64 targets [N, ...]; 'mean' divides by the sum of the weights of targets that
 * count.
 */
function lossOfRows(input: Tensor, target: Tensor, { weight, ignoreIndex, reduction }: ClassOptions): Tensor {
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
    (value) => `Target ${value} is out of bounds for ${countText(classes, 'class', 'classes')}`
  )
}

/** The loss of one row as a number; PyTorch has one node for both. */
const onlyRow = rule<Shape>('NllLossBackward0', (g, _, shape) => reshape(g, shape))

function lossOf(input: Tensor, target: Tensor, options: ClassOptions): Tensor {
  if (options.weight !== null) checkClassWeight(input, options.weight)
  const classes = cast(target, INT64)
  if (input.sizes.length > 1) return lossOfRows(input, classes, options)
  const loss = lossOfRows(unsqueeze(input, 0), reshape(classes, [1]), options)
  return options.reduction === 'none' ? reshaped(loss, [], onlyRow) : loss
}

/**
 * `-weight[target] * input[target]` for log-probabilities [C], [N, C] or [N, C, d1, ...] and class indices; rows of
 * class `ignoreIndex` do not count.
 */
export const nllLoss = declare(
  `nllLoss(input: Tensor, target: Tensor, ${OF_CLASSES})`,
  (input, target, weight, _, ignoreIndex, __, reduction) => {
    checkClassIndices(input.sizes, target)
    if (!isFloating(input.code)) {
      throw notImplemented('nll_loss_out_frame', input.code)
    }
    return lossOf(input, target, { weight, ignoreIndex, reduction })
  },
  ['nn.functional']
)

function checkClassIndices(shape: Shape, target: Tensor): void {
  const rank = shape.length
  if (rank === 0) throw new RangeError('Expected 1 or more dimensions (got 0)')
  const batch = target.sizes[0] ?? 0
  if (rank > 1 && batch !== shape[0]) {
    throw new RangeError(`Expected input batch_size (${shape[0]}) to match target batch_size (${batch}).`)
  }
  if (rank <= 2 && target.sizes.length > 1) {
    const isColumn = target.sizes.length === 2 && target.sizes[1] === 1
    throw new RangeError(
      `0D or 1D target tensor expected, multi-target not supported; the target has shape ${shapeText(target.sizes)}` +
        (isColumn ? ': use squeeze(1)' : '')
    )
  }
  if (rank === 1 && target.sizes.length === 1 && batch !== 1) {
    throw new RangeError(`For 1D input, 1D target must have size 1, but got target size: ${batch}`)
  }
  const expected = [shape[0], ...shape.slice(2)]
  if (rank === 4 && target.sizes.length !== 3) {
    throw new RangeError(
      'only batches of spatial targets supported (3D tensors) but got targets of dimension: ' +
        `${target.sizes.length}; ${shapeText(shape)} wants ${shapeText(expected)}`
    )
  }
  if (rank === 4 && !sameShape(target.sizes, expected)) {
    throw new RangeError(`size mismatch (got input: ${shapeText(shape)} , target: ${shapeText(target.sizes)}`)
  }
  if (rank > 1 && !sameShape(target.sizes, expected)) {
    throw new RangeError(`Expected target size ${shapeText(expected)}, got ${shapeText(target.sizes)}`)
  }
  if (target.code !== INT64 && target.code !== UINT8) {
    throw new TypeError(
      `expected target dtype to be Long or Byte, but got ${torchTypeName(target.code)}; ` +
        "make class indices with { dtype: 'int64' } or .long()"
    )
  }
}

function checkClassWeight(input: Tensor, weight: Tensor, prefix = ''): void {
  const classes = input.sizes[classDim(input.sizes)]
  if (weight.sizes.length !== 1 || weight.numelCached !== classes) {
    throw new RangeError(
      `${prefix}weight tensor should be defined either for all ${classes} classes or no classes but got weight ` +
        `tensor of shape: ${shapeText(weight.sizes)}`
    )
  }
  if (weight.code !== input.code) {
    throw new TypeError(
      `expected scalar type ${torchTypeName(input.code)} but found ${torchTypeName(weight.code)} in the weight`
    )
  }
}

// ---- cross entropy ----

/**
 * Cross entropy of logits [C], [N, C] or [N, C, d1, ...] with class indices, or with probabilities of the same shape.
 * `weight` scales each class, rows of class `ignoreIndex` do not count, and `labelSmoothing` is the share of a target
 * that is spread evenly over the classes.
 */
export const crossEntropy = declare(
  `crossEntropy(input: Tensor, target: Tensor, ${OF_CLASSES}, labelSmoothing: float = 0)`,
  (input, target, weight, _, ignoreIndex, __, reduction, labelSmoothing) => {
    const options = { weight, ignoreIndex, reduction }
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new RangeError(`labelSmoothing must be between 0.0 and 1.0. Got: ${labelSmoothing}`)
    }
    if (sameShape(input.sizes, target.sizes)) return probabilityLoss(input, target, options, labelSmoothing)
    checkClassIndices(input.sizes, target)
    const logs = logSoftmax(input, classDim(input.sizes))
    const loss = lossOf(logs, target, options)
    if (labelSmoothing === 0) return loss
    const share = labelSmoothing / input.sizes[classDim(input.sizes)]
    return add(mul(loss, 1 - labelSmoothing), mul(uniformLoss(logs, target, options), share))
  },
  ['nn.functional']
)

/** The loss of targets that are equally likely to be any class. */
function uniformLoss(logs: Tensor, target: Tensor, { weight, ignoreIndex, reduction }: ClassOptions): Tensor {
  const dim = classDim(logs.sizes)
  const each = neg(sum(weight === null ? logs : mul(logs, alongClasses(weight, logs.sizes)), dim))
  const indices = reshape(cast(target, INT64), each.sizes)
  const ignored = indices.eq(ignoreIndex)
  const losses = where(ignored, 0, each)
  if (reduction === 'none') return losses
  if (reduction === 'sum') return sum(losses)
  if (weight === null) return div(sum(losses), sum(ignored.logicalNot()))
  const weights = reshape(gather(weight, 0, reshape(where(ignored, 0, indices), [-1])), each.sizes)
  return div(sum(losses), sum(where(ignored, 0, weights)))
}

function probabilityLoss(
  input: Tensor,
  target: Tensor,
  { weight, ignoreIndex, reduction }: ClassOptions,
  labelSmoothing: number
): Tensor {
  if (!isFloating(target.code)) {
    throw new TypeError(
      'Expected floating point type for target with class probabilities, got ' +
        `${torchTypeName(target.code)}; class indices have one dim less than the input`
    )
  }
  if (ignoreIndex >= 0) throw new RangeError('ignoreIndex is not supported for floating point target')
  if (weight !== null) checkClassWeight(input, weight, 'crossEntropy: ')
  const dim = classDim(input.sizes)
  const classes = input.sizes[dim]
  const logs = logSoftmax(input, dim)
  const smoothed = labelSmoothing === 0 ? target : add(mul(target, 1 - labelSmoothing), labelSmoothing / classes)
  const products = mul(logs, smoothed)
  const shares = weight === null ? products : mul(products, alongClasses(weight, input.sizes))
  if (reduction === 'none') return neg(sum(shares, dim))
  const total = neg(sum(shares))
  return reduction === 'sum' ? total : div(total, input.numelCached / classes)
}

/** A weight per class, shaped to broadcast against the input. */
const alongClasses = (weight: Tensor, shape: Shape): Tensor =>
  reshape(
    weight,
    shape.map((size, d) => (d === classDim(shape) ? size : 1))
  )
