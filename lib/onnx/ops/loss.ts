// Rows of losses, as the ops that they are made of.

import { type Tensor, sub, where } from '../../index'
import { code } from './table'

type Reduction = 'none' | 'mean' | 'sum' | 'batchmean'

interface Loss {
  readonly input: Tensor
  readonly target: Tensor
  readonly reduction: Reduction
  readonly weight?: Tensor | null
}

function taken(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === 'none') return losses
  return reduction === 'mean' ? losses.mean() : losses.sum()
}

const weighted = (losses: Tensor, weight: Tensor | null | undefined): Tensor =>
  weight === null || weight === undefined ? losses : losses.mul(weight)

code<Loss>('nn.functional.mseLoss', ({ input, target, reduction }) => taken(input.sub(target).square(), reduction))
code<Loss>('nn.functional.l1Loss', ({ input, target, reduction, weight }) => {
  const losses = weighted(input.sub(target).abs(), weight)
  if (weight === null || weight === undefined || reduction !== 'mean') return taken(losses, reduction)
  return losses.sum().div(weight.sum())
})
code<Loss & { beta: number }>('nn.functional.smoothL1Loss', ({ input, target, reduction, beta }) => {
  const x = input.sub(target).abs()
  if (beta === 0) return taken(x, reduction)
  return taken(where(x.lt(beta), x.mul(0.5).mul(x).div(beta), x.sub(beta * 0.5)), reduction)
})
code<Loss & { delta: number }>('nn.functional.huberLoss', ({ input, target, reduction, delta, weight }) => {
  const x = input.sub(target).abs()
  const losses = where(x.lt(delta), x.mul(0.5).mul(x), x.sub(delta * 0.5).mul(delta))
  return taken(weighted(losses, weight), reduction)
})
code<Loss>('nn.functional.binaryCrossEntropy', ({ input, target, reduction, weight }) => {
  const [no, yes] = [input.neg().log1p(), input.log()].map((log) => log.clampMin(-100))
  return taken(weighted(target.sub(1).mul(no).sub(target.mul(yes)), weight), reduction)
})
code<Loss & { posWeight: Tensor | null }>('nn.functional.binaryCrossEntropyWithLogits', (args) => {
  const { input, target, reduction, weight, posWeight } = args
  const tail = input.abs().neg().exp().log1p().sub(input.clampMax(0))
  const factor = posWeight === null ? tail : posWeight.sub(1).mul(target).add(1).mul(tail)
  return taken(weighted(sub(1, target).mul(input).add(factor), weight), reduction)
})
code<Loss & { logTarget: boolean }>('nn.functional.klDiv', ({ input, target, reduction, logTarget }) => {
  const losses = logTarget
    ? target.exp().mul(target.sub(input))
    : where(target.eq(0), 0, target.mul(target.log())).sub(target.mul(input))
  if (reduction !== 'batchmean') return taken(losses, reduction)
  return input.dim() === 0 ? losses.sum() : losses.sum().div(input.shape[0])
})

// ---- of classes ----

interface OfClasses extends Loss {
  readonly ignoreIndex: number
}

const classDim = (x: Tensor): number => (x.dim() === 1 ? 0 : 1)

/** `-weight[target] * input[target]`, and the weights that count. */
function chosen({ input, target, weight, ignoreIndex }: OfClasses): { losses: Tensor; weights: Tensor } {
  const dim = classDim(input)
  const classes = target.long().reshape([...input.select(dim, 0).shape])
  const counts = classes.ne(ignoreIndex)
  const index = where(counts, classes, 0).long()
  const picked = input.gather(dim, index.unsqueeze(dim)).squeeze(dim)
  const each = weight === null || weight === undefined ? counts.to(input) : weight.take(index).mul(counts.to(input))
  return { losses: where(counts, picked.neg().mul(each), 0), weights: each }
}

function classLoss(args: OfClasses): Tensor {
  const { losses, weights } = chosen(args)
  if (args.reduction === 'none') return losses.reshape([...args.target.shape])
  return args.reduction === 'sum' ? losses.sum() : losses.sum().div(weights.sum())
}

code<OfClasses>('nn.functional.nllLoss', classLoss)

code<OfClasses & { labelSmoothing: number }>('nn.functional.crossEntropy', (args) => {
  const { input, target, weight, reduction, labelSmoothing } = args
  const dim = classDim(input)
  const logs = input.logSoftmax(dim)
  const count = input.shape[dim]
  const ofClasses =
    weight === null || weight === undefined
      ? logs
      : logs.mul(weight.reshape(input.shape.map((_, d) => (d === dim ? count : 1))))
  if (target.isFloatingPoint()) {
    const smoothed = labelSmoothing === 0 ? target : target.mul(1 - labelSmoothing).add(labelSmoothing / count)
    const losses = ofClasses.mul(smoothed).sum(dim).neg()
    if (reduction !== 'mean') return taken(losses, reduction)
    return losses.sum().div(input.numel() / count)
  }
  const loss = classLoss({ ...args, input: logs })
  if (labelSmoothing === 0) return loss
  const { weights } = chosen({ ...args, input: logs })
  const isCounted = target.long().ne(args.ignoreIndex)
  const each = where(isCounted, ofClasses.sum(dim).neg(), 0)
  const uniform = reduction === 'none' ? each : reduction === 'sum' ? each.sum() : each.sum().div(weights.sum())
  return loss.mul(1 - labelSmoothing).add(uniform.mul(labelSmoothing / count))
})

export {}
