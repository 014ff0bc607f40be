// Random differentiable graphs over a few matrices, the same for the same seed.
import { type Tensor, cat, matmul, maximum, where } from '../../lib'
import type { Chooser } from './chooser'

/** Sizes of the matrices in a graph. */
export interface GraphSize {
  readonly rows: number
  readonly columns: number
}

type Step = (chooser: Chooser, pick: () => Tensor) => Tensor

const smooth: readonly Step[] = [
  (_, pick) => pick().add(pick()),
  (_, pick) => pick().sub(pick()),
  (_, pick) => pick().mul(pick()).tanh(),
  (_, pick) => pick().tanh(),
  (_, pick) => pick().sigmoid(),
  (_, pick) => pick().sin(),
  (_, pick) => pick().mul(0.7),
  (_, pick) => pick().neg(),
  (_, pick) => pick().clone(),
  (_, pick) => pick().div(pick().square().add(1)),
  // The same tensor twice, and its gradient passed on unchanged twice.
  (_, pick) => {
    const x = pick()
    return x.add(x)
  },
  // Sums and broadcasting.
  (_, pick) => pick().mean(0, { keepdim: true }).add(pick()),
  (_, pick) => pick().mul(pick().mean(1, { keepdim: true })),
  (_, pick) => pick().mean().expand(pick().shape).mul(pick()),
  // Views.
  (_, pick) => pick().t().mul(2).t(),
  (_, pick) => {
    const x = pick()
    return x.reshape(-1).sin().view(x.shape)
  },
  (chooser, pick) => {
    const x = pick()
    const at = chooser.between(1, x.shape[0] - 1)
    return cat([x.narrow(0, at, x.shape[0] - at), x.narrow(0, 0, at).tanh()])
  },
  (_, pick) => {
    const [first, ...rest] = pick().split(Math.ceil(pick().shape[1] / 3), 1)
    return cat([...rest.map((part) => part.mul(0.5)), first], 1)
  },
  (chooser, pick) =>
    pick()
      .at(chooser.between(0, pick().shape[0] - 1))
      .add(pick()),
  (_, pick) => pick().at([0, 1, 1, 0]).mean(0).add(pick()),
  // Products of matrices.
  (_, pick) => {
    const x = pick()
    return matmul(matmul(x, x.t()).mul(1 / (x.shape[0] * x.shape[1])), pick())
  },
  // In place.
  (_, pick) => pick().mul(1).add_(pick()),
  (_, pick) => pick().add(1).mul_(pick()).tanh_(),
  (chooser, pick) => {
    const x = pick().mul(0.9)
    x.at(chooser.between(0, x.shape[0] - 1)).mul_(3)
    return x
  },
  (_, pick) => pick().mul(1).setAt(0, pick().at(1))
]

const kinked: readonly Step[] = [
  (_, pick) => pick().relu(),
  (_, pick) => pick().abs(),
  (_, pick) => maximum(pick(), pick()),
  (_, pick) => where(pick().gt(0), pick(), pick()),
  (_, pick) => pick().clamp(-0.5, 0.5),
  (_, pick) => pick().max(1, { keepdim: true }).values.add(pick())
]

/** Builds a graph of `steps` operations over the leaves; returns the loss and the tensors on the way. */
export function randomGraph(
  chooser: Chooser,
  leaves: readonly Tensor[],
  steps: number,
  { onlySmooth = false } = {}
): { loss: Tensor; inner: Tensor[] } {
  const choices = onlySmooth ? smooth : [...smooth, ...kinked]
  const inner: Tensor[] = []
  const pick = (): Tensor => {
    const all = [...leaves, ...inner]
    return chooser.chance(0.5) ? all[all.length - 1] : chooser.pick(all)
  }
  for (let i = 0; i < steps; i++) inner.push(chooser.pick(choices)(chooser, pick))
  const loss = inner.slice(-4).reduce((sum, x) => sum.add(x.sin().mean()), leaves[0].mean())
  return { loss, inner }
}

/** Leaves for a graph: values in (-1, 1). */
export function randomLeaves(
  count: number,
  chooser: Chooser,
  make: (values: number[]) => Tensor,
  { rows, columns }: GraphSize
): Tensor[] {
  return Array.from({ length: count }, () =>
    make(chooser.list(rows * columns))
      .view(rows, columns)
      .detach()
      .requiresGrad_()
  )
}
