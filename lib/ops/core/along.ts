// Elements that an index tensor chooses along a dim.

import { type KernelOperand, callKernel, kernel } from '../../kernel'
import type { Failure } from '../../recording'
import type { Shape } from '../../shape'
import type { Tensor } from '../../tensor'

const gather = kernel('gather')
const accumulate = kernel('accumulate')

/** An operand that repeats along the dims of `shape` that it lacks or has once. */
export function broadcastOver({ storage, byteOffset, code, sizes, steps }: Tensor, shape: Shape): KernelOperand {
  const missing = shape.length - sizes.length
  const repeated: number[] = []
  for (let d = 0; d < shape.length; d++) repeated.push(d < missing || sizes[d - missing] === 1 ? 0 : steps[d - missing])
  return { storage, byteOffset, code, sizes: shape, steps: repeated }
}

/** `data` as the kernels take it: a step of 0 where an index chooses, and the dim that it chooses from behind all others. */
function aroundDim(data: Tensor, shape: Shape, dim: number): KernelOperand {
  const { storage, byteOffset, code, steps } = broadcastOver(data, shape)
  const around = steps.map((step, d) => (d === dim ? 0 : step))
  const missing = shape.length - data.sizes.length
  const [size, step] = dim < missing ? [1, 0] : [data.sizes[dim - missing], data.steps[dim - missing]]
  return { storage, byteOffset, code, sizes: [...shape, size], steps: [...around, step] }
}

/** Fills `values` with the elements of `data` that `index`, which broadcasts to them, chooses along `dim`. No autograd. */
export function takeAlong(values: Tensor, data: Tensor, dim: number, index: Tensor, failure?: Failure): void {
  const { sizes } = values
  const indices = [broadcastOver(index, sizes)]
  callKernel(gather, [values], [aroundDim(data, sizes, dim), indices], undefined, undefined, failure)
}

/** Adds `values` to the elements of `data` that `index` chooses along `dim`. No autograd. */
export function addAlong(data: Tensor, dim: number, index: Tensor, values: Tensor): void {
  const shape = index.sizes
  callKernel(accumulate, [aroundDim(data, shape, dim)], [broadcastOver(values, shape), [broadcastOver(index, shape)]])
}
