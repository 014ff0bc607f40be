// Layers and losses of settled arguments, with PyTorch's checks of shapes and dtypes and its sentences. Functions and modules stand on these.

import { type DType, INT64, UINT8, isFloating } from '../dtype'
import { torchTypeName } from '../ops/define/result'
import { add, div, mul, neg, relu as reluOp, where } from '../ops/elementwise'
import { gather } from '../ops/indexing'
import { relu_ } from '../ops/inplace'
import {
  type Reduction,
  binaryCrossEntropyLoss,
  binaryCrossEntropyWithLogitsLoss,
  mseLossOp,
  nllLossOp
} from '../ops/loss'
import { cast } from '../ops/core/copy'
import { reshape, unsqueeze } from '../ops/movement'
import { sum } from '../ops/reduce'
import { logSoftmax as logSoftmaxOp, softmax as softmaxOp } from '../ops/softmax'
import { type Shape, broadcastShapes, sameShape, shapeText } from '../shape'
import { type Tensor, warnOnce } from '../tensor'
import { sizeText } from './describe'

// ---- layers ----

export const relu = (input: Tensor, inplace: boolean): Tensor => (inplace ? relu_(input) : reluOp(input))

export const softmax = (input: Tensor, dim: number | null, dtype: DType | null): Tensor =>
  along(softmaxOp, input, dim ?? implicitDim(input, 'softmax'), dtype)

export const logSoftmax = (input: Tensor, dim: number | null, dtype: DType | null): Tensor =>
  along(logSoftmaxOp, input, dim ?? implicitDim(input, 'log_softmax'), dtype)

const along = (op: typeof softmaxOp, input: Tensor, dim: number, dtype: DType | null): Tensor =>
  dtype === null ? op(input, dim) : op(input, dim, { dtype })

/** PyTorch's old rule for a dim that was left out. */
function implicitDim({ sizes: shape }: Tensor, name: string): number {
  warnOnce(
    `Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`
  )
  return shape.length === 0 || shape.length === 1 || shape.length === 3 ? 0 : 1
}

// ---- losses ----

/** Options of losses of class indices. */
interface ClassOptions {
  readonly weight: Tensor | null
  /** Class whose rows do not count. */
  readonly ignoreIndex: number
  readonly reduction: Reduction
}

/** Options of cross entropy. */
interface SmoothedOptions extends ClassOptions {
  /** Share of a target that is spread evenly over the classes. */
  readonly labelSmoothing: number
}

/** A weight may be smaller than the losses, not larger. */
function checkBroadcastsInto(shape: Shape, weight: Tensor | null, op: string): void {
  if (weight === null) return
  const grown = broadcastShapes(shape, weight.sizes, op)
  if (sameShape(grown, shape)) return
  throw new RangeError(
    `output with shape ${shapeText(shape)} doesn't match the broadcast shape ${shapeText(grown)}: ${op}: weights must ` +
      'broadcast to the losses'
  )
}

export function mse(input: Tensor, target: Tensor, reduction: Reduction): Tensor {
  if (!sameShape(input.sizes, target.sizes)) {
    warnOnce(
      `Using a target size (${sizeText(target.sizes)}) that is different to the input size (${sizeText(input.sizes)}). ` +
        'This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.'
    )
  }
  if (!isFloating(input.code) && !isFloating(target.code)) {
    throw new TypeError(`"mse_cpu" not implemented for '${torchTypeName(input.code)}'`)
  }
  return mseLossOp(input, target, reduction)
}

export function bce(input: Tensor, target: Tensor, weight: Tensor | null, reduction: Reduction): Tensor {
  if (!sameShape(input.sizes, target.sizes)) {
    throw new RangeError(
      `Using a target size (${sizeText(target.sizes)}) that is different to the input size (${sizeText(input.sizes)}) is ` +
        'deprecated. Please ensure they have the same size.'
    )
  }
  if (input.code !== target.code) {
    throw new TypeError(`Found dtype ${torchTypeName(target.code)} but expected ${torchTypeName(input.code)}`)
  }
  if (!isFloating(input.code)) {
    throw new TypeError(`"binary_cross_entropy" not implemented for '${torchTypeName(input.code)}'`)
  }
  checkBroadcastsInto(target.sizes, weight, 'binaryCrossEntropy')
  return binaryCrossEntropyLoss(input, target, weight && cast(weight, input.code), reduction)
}

export function bceWithLogits(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  reduction: Reduction,
  posWeight: Tensor | null
): Tensor {
  if (!sameShape(input.sizes, target.sizes)) {
    throw new RangeError(
      `Target size (${sizeText(target.sizes)}) must be the same as input size (${sizeText(input.sizes)})`
    )
  }
  if (!isFloating(input.code)) {
    throw new TypeError(`"log_sigmoid_cpu" not implemented for '${torchTypeName(input.code)}'`)
  }
  if (!isFloating(target.code)) {
    throw new TypeError(
      `result type ${torchTypeName(input.code)} can't be cast to the desired output type ${torchTypeName(target.code)}`
    )
  }
  checkBroadcastsInto(target.sizes, weight, 'binaryCrossEntropyWithLogits')
  checkBroadcastsInto(target.sizes, posWeight, 'binaryCrossEntropyWithLogits')
  return binaryCrossEntropyWithLogitsLoss(input, target, weight, posWeight, reduction)
}

export function nll(input: Tensor, target: Tensor, options: ClassOptions): Tensor {
  checkClassIndices(input.sizes, target)
  if (!isFloating(input.code)) {
    throw new TypeError(`"nll_loss_out_frame" not implemented for '${torchTypeName(input.code)}'`)
  }
  return classLoss(input, target, options)
}

function classLoss(input: Tensor, target: Tensor, { weight, ignoreIndex, reduction }: ClassOptions): Tensor {
  if (weight !== null) checkClassWeight(input, weight)
  const classes = cast(target, INT64)
  if (input.sizes.length > 1) return nllLossOp(input, classes, weight, ignoreIndex, reduction)
  const loss = nllLossOp(unsqueeze(input, 0), reshape(classes, [1]), weight, ignoreIndex, reduction)
  return reduction === 'none' ? reshape(loss, target.sizes) : loss
}

function checkClassIndices(shape: Shape, target: Tensor): void {
  const rank = shape.length
  if (rank === 0) throw new RangeError('Expected 1 or more dimensions (got 0)')
  const batch = target.sizes[0] ?? 0
  if (rank > 1 && batch !== shape[0]) {
    throw new RangeError(`Expected input batch_size (${shape[0]}) to match target batch_size (${batch}).`)
  }
  if (rank <= 2 && target.sizes.length > 1) {
    throw new RangeError('0D or 1D target tensor expected, multi-target not supported')
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
  if (rank > 2 && !sameShape(target.sizes, expected)) {
    throw new RangeError(`Expected target size ${shapeText(expected)}, got ${shapeText(target.sizes)}`)
  }
  if (target.code !== INT64 && target.code !== UINT8) {
    throw new TypeError(
      `expected target dtype to be Long or Byte, but got ${torchTypeName(target.code)}; ` +
        "make class indices with { dtype: 'int64' } or .long()"
    )
  }
}

const classDim = (shape: Shape): number => (shape.length === 1 ? 0 : 1)

function checkClassWeight(input: Tensor, weight: Tensor, prefix = ''): void {
  const classes = input.sizes[classDim(input.sizes)]
  if (weight.sizes.length !== 1 || weight.numelCached !== classes) {
    throw new RangeError(
      `${prefix}weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of ` +
        `shape: ${shapeText(weight.sizes)}`
    )
  }
  if (weight.code !== input.code) {
    throw new TypeError(
      `expected scalar type ${torchTypeName(input.code)} but found ${torchTypeName(weight.code)} in the weight`
    )
  }
}

export function softmaxNll(input: Tensor, target: Tensor, options: SmoothedOptions): Tensor {
  const { labelSmoothing } = options
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`label_smoothing must be between 0.0 and 1.0. Got: ${labelSmoothing}`)
  }
  if (sameShape(input.sizes, target.sizes)) return probabilityLoss(input, target, options)
  checkClassIndices(input.sizes, target)
  const logs = logSoftmaxOp(input, classDim(input.sizes))
  const loss = classLoss(logs, target, options)
  if (labelSmoothing === 0) return loss
  const share = labelSmoothing / input.sizes[classDim(input.sizes)]
  return add(mul(loss, 1 - labelSmoothing), mul(uniformLoss(logs, target, options), share))
}

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
  { weight, ignoreIndex, reduction, labelSmoothing }: SmoothedOptions
): Tensor {
  if (!isFloating(target.code)) {
    throw new TypeError(
      'Expected floating point type for target with class probabilities, got ' +
        `${torchTypeName(target.code)}; class indices have one dim less than the input`
    )
  }
  if (ignoreIndex >= 0) throw new RangeError('ignore_index is not supported for floating point target')
  if (weight !== null) checkClassWeight(input, weight, 'cross_entropy: ')
  const dim = classDim(input.sizes)
  const classes = input.sizes[dim]
  const logs = logSoftmaxOp(input, dim)
  const smoothed = labelSmoothing === 0 ? target : add(mul(target, 1 - labelSmoothing), labelSmoothing / classes)
  const products = mul(logs, smoothed)
  const weighted = weight === null ? products : mul(products, alongClasses(weight, input.sizes))
  if (reduction === 'none') return neg(sum(weighted, dim))
  const total = neg(sum(weighted))
  return reduction === 'sum' ? total : div(total, input.numelCached / classes)
}

/** A weight per class, shaped to broadcast against the input. */
const alongClasses = (weight: Tensor, shape: Shape): Tensor =>
  reshape(
    weight,
    shape.map((size, d) => (d === classDim(shape) ? size : 1))
  )
