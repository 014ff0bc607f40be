// Losses: a pointwise op whose mean or sum is taken in the same native call, with one node for both.
// Shapes and dtypes of arguments are checked in nn/functional.

import { type BackwardRule, DelegatingNode, type Node, attach, isTracked } from '../autograd/node'
import { isFloating } from '../dtype'
import { Builder, type Expr, Expression, noScalars, run } from '../expression'
import { type Shape, broadcastShapes } from '../shape'
import { type Tensor, aliasTensor } from '../tensor'
import { checkedUnit, rejection } from './define/checks'
import { Fused, type FusedForward } from './define/fused'
import { PointwiseOp } from './define/pointwise'
import type { PointwiseRow } from './define/row'
import { record, rule } from './define/operation'
import { reduceKernel } from './define/reduce'
import { KINDS, emptyResult, kindOfTensor } from './define/result'
import { div, mul, sub, where } from './elementwise'
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
class Loss {
  readonly #op: PointwiseOp
  /** By reduction and kinds of the inputs. */
  readonly #expressions = new Map<number, Expression>()

  constructor(
    readonly name: string,
    readonly arity: number,
    row: PointwiseRow
  ) {
    this.#op = new PointwiseOp(name, arity, row)
  }

  call(inputs: readonly Tensor[], reduction: Reduction): Tensor {
    if (reduction === 'none') return this.#op.apply(inputs)
    const shape = inputs.reduce<Shape>((all, input) => broadcastShapes(all, input.sizes, this.name), [])
    const expression = this.#expression(inputs, reduction)
    const kept = emptyResult(
      shape.map(() => 1),
      expression.codes[0]
    )
    run(expression, shape, inputs, [kept], noScalars, 2 ** shape.length - 1)
    const result = only(kept)
    if (isFloating(result.code) && inputs.some(isTracked)) this.#record(result, shape, inputs, reduction)
    return result
  }

  #expression(inputs: readonly Tensor[], reduction: 'mean' | 'sum'): Expression {
    let key = reduction === 'mean' ? 1 : 2
    for (const input of inputs) key = key * KINDS + kindOfTensor(input)
    let expression = this.#expressions.get(key)
    if (expression === undefined) {
      const builder = new Builder()
      const symbols = inputs.map((input) => {
        const kind = kindOfTensor(input)
        return builder.input(kind & 7, kind >> 3)
      })
      expression = new Expression(builder, [this.#op.emit(symbols as Expr[])], reduceRows[reduction])
      this.#expressions.set(key, expression)
    }
    return expression
  }

  #record(result: Tensor, shape: Shape, inputs: readonly Tensor[], reduction: 'mean' | 'sum'): void {
    const elementwise = aliasTensor(
      result,
      shape,
      shape.map(() => 0),
      0
    )
    const inner = this.#op.derivative.makeNode(elementwise, inputs, null)
    const divisor = reduction === 'mean' ? elementwise.numelCached : 1
    const backward = new ReducedBackward(this.#op, inner, shape, divisor)
    attach(result, new DelegatingNode(inner.name, backward, inner.edges, inner.edgeOutputs, inner))
  }
}

// ---- binary cross entropy ----

// PyTorch clamps the logarithms at -100 and the gradient's denominator at float32's 1e-12.
const MIN_LOG = -100
const MIN_DENOMINATOR = Math.fround(1e-12)

const entropy = (p: Tensor, target: Tensor): Tensor => {
  const checked = p.checkUnit()
  const y = checkedUnit(target, targetsOutside)
  return sub(y, 1)
    .mul(checked.neg().log1p().maximum(MIN_LOG))
    .sub(y.mul(p.log().maximum(MIN_LOG)))
}

const targetsOutside = (): Error => new RangeError('all elements of target should be between 0 and 1')

const entropySlope = (p: Tensor, target: Tensor): Tensor => p.sub(target).div(sub(1, p).mul(p).maximum(MIN_DENOMINATOR))

const logOdds = (p: Tensor): Tensor => p.neg().log1p().sub(p.log())

const bce = new Loss('binaryCrossEntropy', 2, {
  forward: entropy,
  self: (g, { self, other }) => g.mul(entropySlope(self, other)),
  other: (g, { self }) => g.mul(logOdds(self))
})

const weightedBce = new Loss('binaryCrossEntropy', 3, {
  forward: (p, target, weight) => entropy(p, target).mul(weight),
  self: (g, { self, other, third }) => g.mul(entropySlope(self, other)).mul(third),
  other: (g, { self, third }) => g.mul(logOdds(self)).mul(third)
})

/** `-(y log p + (1 - y) log(1 - p))`; throws when an input is outside [0, 1]. */
export function binaryCrossEntropyLoss(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  reduction: Reduction
): Tensor {
  return weight === null ? bce.call([input, target], reduction) : weightedBce.call([input, target, weight], reduction)
}

// log(1 + exp(-x)) without overflow in either tail.
const softplusNegative = (x: Tensor): Tensor => x.abs().neg().exp().log1p().sub(x.minimum(0))

const bceLogits = new Loss('binaryCrossEntropyWithLogits', 2, {
  forward: (x, target) => sub(1, target).mul(x).add(softplusNegative(x)),
  self: (g, { self, other }) => g.mul(self.sigmoid().sub(other)),
  other: (g, { self }) => g.mul(self.neg())
})

const weightedPositive = new Loss('binaryCrossEntropyWithLogits', 3, {
  forward: (x, target, positive) =>
    sub(1, target)
      .mul(x)
      .add(positive.sub(1).mul(target).add(1).mul(softplusNegative(x))),
  self: (g, { self, other, third }) => {
    const t = third.mul(other)
    return g.mul(t.add(1).sub(other).mul(self.sigmoid()).sub(t))
  },
  other: (g, { self, third }) => g.mul(third.sub(1).mul(softplusNegative(self)).sub(self))
})

/** Binary cross entropy of `sigmoid(input)`, finite for any logit. */
export function binaryCrossEntropyWithLogitsLoss(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  posWeight: Tensor | null,
  reduction: Reduction
): Tensor {
  const call = (inner: Reduction): Tensor =>
    posWeight === null
      ? bceLogits.call([input, target], inner)
      : weightedPositive.call([input, target, posWeight], inner)
  return weight === null ? call(reduction) : reduced(mul(call('none'), weight), reduction)
}

/** Applies a reduction to elementwise losses. */
export function reduced(losses: Tensor, reduction: Reduction): Tensor {
  return reduction === 'none' ? losses : reduction === 'mean' ? mean(losses) : sum(losses)
}

// ---- squared error ----

const squaredError = new Loss('mseLoss', 2, {
  forward: (input, target) => input.sub(target).square(),
  self: (g, { self, other }) => g.mul(self.sub(other).mul(2)),
  other: (g, { self, other }) => g.mul(other.sub(self).mul(2))
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
  where(target.ne(ignored), (weights === undefined ? x : x.mul(weights)).neg(), 0)

const eachLoss = new Fused(weighed)
const totals = new Fused(
  (inputs, scalars) => {
    const [, target, weights] = inputs
    return [weighed(inputs, scalars) as Tensor, where(target.ne(scalars[0]), weights ?? 1, 0)]
  },
  ['sum', 'sum']
)

const [nllRule, nll2dRule] = ['NllLossBackward0', 'NllLoss2DBackward0'].map((name) =>
  rule<NllParameters>(name, (g, [target, classes, weights, total], { shape, ignoreIndex }) => {
    const spread = expand(total === null ? g : div(g, total), target!.sizes)
    const inputs = weights === null ? [spread, target!] : [spread, target!, weights]
    const each = isTracked(spread)
      ? (weighed(inputs, [ignoreIndex as unknown as Tensor]) as Tensor)
      : eachLoss.call(target!.sizes, inputs, [ignoreIndex])
    return scatterAdd(unsqueeze(each, 1), shape, 1, unsqueeze(classes!, 1))
  })
)

// Class 0 stands for what is ignored. A negative class becomes one too many, since an index would count from the end.
const settledClasses = new Fused(([target], [ignored, classes]) =>
  where(target.eq(ignored), 0, where(target.lt(0), classes, target))
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
