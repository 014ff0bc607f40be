// Losses: a pointwise op whose mean or sum is taken in the same native call, with one node for both.
// Shapes and dtypes of arguments are checked in nn/functional.

import { type BackwardRule, DelegatingNode, type Node, attach, isTracked } from '../autograd/node'
import { Signature } from '../declare'
import { codeOf, isFloating, priorityOf } from '../dtype'
import { Builder, Expression, noScalars, run } from '../expression'
import { type Shape, broadcastShapes } from '../shape'
import { type Tensor, aliasTensor } from '../tensor'
import { checkedUnit, rejection } from './define/checks'
import { Fused, type FusedForward } from './define/fused'
import { Family } from './define/family'
import type { PointwiseOp } from './define/pointwise'
import type { PointwiseRow } from './define/row'
import { TensorValue, tensorOf } from './define/tensor-value'
import { type Value, sub as difference, where as select } from './define/value'
import { Variants } from './define/variants'
import { record, rule } from './define/operation'
import { reduceKernel } from './define/reduce'
import { emptyResult, kindOfTensor } from './define/result'
import { div, mul } from './elementwise'
import { gather, gatherAt, scatterAdd } from './indexing'
import { expand, squeeze, unsqueeze } from './movement'
import { mean, sum } from './reduce'
import { noGrad } from '../autograd/mode'

/** What becomes of elementwise losses: they stay, or their mean or sum is taken. */
export type Reduction = 'none' | 'mean' | 'sum'

const reduceRows = { mean: reduceKernel('mean'), sum: reduceKernel('sum') }

/** Spreads the gradient of the reduced loss and hands it to the elementwise derivative. */
class ReducedBackward implements BackwardRule {
  constructor(
    readonly op: PointwiseOp,
    readonly inner: Node,
    readonly shape: Shape,
    /** What the sum is divided by. */
    readonly divisor: number
  ) {}

  backward(_node: Node, [g]: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
    const scaled = this.divisor === 1 ? g! : div(g!, this.divisor)
    return this.op.derivative.backward(this.inner, [expand(scaled, this.shape)])
  }
}

/** The one element of a tensor, 0-d. */
const only = (reduced: Tensor): Tensor => aliasTensor(reduced, [], [], 0)

/** A loss of tensors that broadcast against each other. */
class Loss<Text extends string> {
  readonly #family: Family
  /** By reduction and kinds of the inputs. */
  readonly #expressions = new Variants<Expression>()

  constructor(text: Text, row: PointwiseRow<Text>) {
    this.#family = new Family(new Signature(text), row)
  }

  /** With null for an input that is absent. */
  call(given: readonly (Tensor | null)[], reduction: Reduction): Tensor {
    const { op } = this.#family.settle(given)
    const inputs = given.filter((input) => input !== null)
    if (reduction === 'none') return op.apply(inputs)
    const shape = inputs.reduce<Shape>((all, input) => broadcastShapes(all, input.sizes, op.name), [])
    const expression = this.#expression(op, inputs, reduction)
    const kept = emptyResult(
      shape.map(() => 1),
      expression.codes[0]
    )
    run(expression, shape, inputs, [kept], noScalars, 2 ** shape.length - 1)
    const result = only(kept)
    if (isFloating(result.code) && inputs.some(isTracked)) this.#record(op, result, shape, inputs, reduction)
    return result
  }

  #expression(op: PointwiseOp, inputs: readonly Tensor[], reduction: 'mean' | 'sum'): Expression {
    const key = [reduction === 'mean' ? 1 : 0, inputs.length, ...inputs.map(kindOfTensor)]
    return this.#expressions.at(key) ?? this.#expressions.set(key, makeReduced(op, inputs, reduction))
  }

  #record(op: PointwiseOp, result: Tensor, shape: Shape, inputs: readonly Tensor[], reduction: 'mean' | 'sum'): void {
    const elementwise = aliasTensor(
      result,
      shape,
      shape.map(() => 0),
      0
    )
    const inner = op.derivative.makeNode(elementwise, inputs, null, null)
    const divisor = reduction === 'mean' ? elementwise.numelCached : 1
    const backward = new ReducedBackward(op, inner, shape, divisor)
    attach(result, new DelegatingNode(inner.name, backward, inner.edges, inner.edgeOutputs, inner))
  }
}

function makeReduced(op: PointwiseOp, inputs: readonly Tensor[], reduction: 'mean' | 'sum'): Expression {
  const builder = new Builder()
  const symbols = inputs.map((input) => {
    const kind = kindOfTensor(input)
    return builder.input(codeOf(kind), priorityOf(kind))
  })
  return new Expression(builder, [op.emit(symbols)], reduceRows[reduction])
}

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

const weighted = (x: Value, weight: Value | null): Value => (weight === null ? x : x.mul(weight))

const bce = new Loss('binaryCrossEntropy(input: Tensor, target: Tensor, weight: Tensor? = null)', {
  forward: ({ input, target, weight }) => weighted(entropy(input, target), weight),
  gradients: {
    input: (g, { input, target, weight }) => weighted(g.mul(entropySlope(input, target)), weight),
    target: (g, { input, weight }) => weighted(g.mul(logOdds(input)), weight)
  }
})

/** `-(y log p + (1 - y) log(1 - p))`; throws when an input is outside [0, 1]. */
export function binaryCrossEntropyLoss(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  reduction: Reduction
): Tensor {
  return bce.call([input, target, weight], reduction)
}

// log(1 + exp(-x)) without overflow in either tail.
const softplusNegative = (x: Value): Value => x.abs().neg().exp().log1p().sub(x.minimum(0))

const bceLogits = new Loss('binaryCrossEntropyWithLogits(input: Tensor, target: Tensor, posWeight: Tensor? = null)', {
  forward: ({ input, target, posWeight }) => {
    const loss = softplusNegative(input)
    return difference(1, target)
      .mul(input)
      .add(posWeight === null ? loss : posWeight.sub(1).mul(target).add(1).mul(loss))
  },
  gradients: {
    input: (g, { input, target, posWeight }) => {
      if (posWeight === null) return g.mul(input.sigmoid().sub(target))
      const t = posWeight.mul(target)
      return g.mul(t.add(1).sub(target).mul(input.sigmoid()).sub(t))
    },
    target: (g, { input, posWeight }) =>
      posWeight === null ? g.mul(input.neg()) : g.mul(posWeight.sub(1).mul(softplusNegative(input)).sub(input))
  }
})

/** Binary cross entropy of `sigmoid(input)`, finite for any logit. */
export function binaryCrossEntropyWithLogitsLoss(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  posWeight: Tensor | null,
  reduction: Reduction
): Tensor {
  const call = (inner: Reduction): Tensor => bceLogits.call([input, target, posWeight], inner)
  return weight === null ? call(reduction) : reduced(mul(call('none'), weight), reduction)
}

/** Applies a reduction to elementwise losses. */
export function reduced(losses: Tensor, reduction: Reduction): Tensor {
  return reduction === 'none' ? losses : reduction === 'mean' ? mean(losses) : sum(losses)
}

// ---- squared error ----

const squaredError = new Loss('mseLoss(input: Tensor, target: Tensor)', {
  forward: ({ input, target }) => input.sub(target).square(),
  gradients: {
    input: (g, { input, target }) => g.mul(input.sub(target).mul(2)),
    target: (g, { input, target }) => g.mul(target.sub(input).mul(2))
  }
})

/** `(input - target)^2`. */
export function mseLossOp(input: Tensor, target: Tensor, reduction: Reduction): Tensor {
  return squaredError.call([input, target], reduction)
}

// ---- negative log likelihood ----

interface NllParameters {
  readonly shape: Shape
  readonly ignoreIndex: number
}

/**
 * `-weights * x` of the rows that count, 0 of ignored ones whatever they hold: losses from picked log-probabilities, and their
 * gradient from the loss's.
 */
const weighed: FusedForward = ([x, target, weights], [ignored]) =>
  select(target.ne(ignored), (weights === undefined ? x : x.mul(weights)).neg(), 0)

const eachLoss = new Fused(weighed)
const totals = new Fused(
  (inputs, scalars) => {
    const [, target, weights] = inputs
    return [weighed(inputs, scalars) as Value, select(target.ne(scalars[0]), weights ?? 1, 0)]
  },
  ['sum', 'sum']
)

const valueOf = (x: Tensor): Value => new TensorValue(x)

const [nllRule, nll2dRule] = ['NllLossBackward0', 'NllLoss2DBackward0'].map((name) =>
  rule<NllParameters>(name, (g, [target, classes, weights, total], { shape, ignoreIndex }) => {
    const spread = expand(total === null ? g : div(g, total), target!.sizes)
    const inputs = weights === null ? [spread, target!] : [spread, target!, weights]
    const each = isTracked(spread)
      ? tensorOf(weighed(inputs.map(valueOf), [new TensorValue(ignoreIndex)]) as Value)
      : eachLoss.call(target!.sizes, inputs, [ignoreIndex])
    return scatterAdd(unsqueeze(each, 1), shape, 1, unsqueeze(classes!, 1))
  })
)

// Class 0 stands for what is ignored. A negative class becomes one too many, since an index would count from the end.
const settledClasses = new Fused(([target], [ignored, classes]) =>
  select(target.eq(ignored), 0, select(target.lt(0), classes, target))
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
  const { result, classes, weights, total } = noGrad(() => {
    const classes = settledClasses.call(target.sizes, [target], [ignoreIndex, input.sizes[1]])
    const picked = squeeze(pickClasses(input, classes, target, ignoreIndex), 1)
    const weights = weight === null ? null : gather(weight, 0, classes.reshape(-1)).reshape(target.sizes)
    const inputs = weights === null ? [picked, target] : [picked, target, weights]
    if (reduction === 'none') {
      return { result: eachLoss.call(target.sizes, inputs, [ignoreIndex]), classes, weights, total: null }
    }
    const dims = target.sizes.map((_, d) => d)
    const [losses, counted] = totals.reduce(target.sizes, inputs, dims, [ignoreIndex]).map(only)
    return reduction === 'sum'
      ? { result: losses, classes, weights, total: null }
      : { result: div(losses, counted), classes, weights, total: counted }
  })
  const nodeRule = input.sizes.length === 2 ? nllRule : nll2dRule
  return record({
    outputs: result,
    rule: nodeRule,
    inputs: [input],
    parameters: { shape: input.sizes, ignoreIndex },
    save: [target, classes, weights, total]
  })
}

function pickClasses(input: Tensor, classes: Tensor, target: Tensor, ignoreIndex: number): Tensor {
  const isOutside = (value: number): boolean => value !== ignoreIndex && (value < 0 || value >= input.sizes[1])
  const failure = rejection(
    [target],
    (value) => isOutside(Number(value)),
    (value) => `Target ${value} is out of bounds.`
  )
  return gatherAt(input, 1, unsqueeze(classes, 1), failure)
}
