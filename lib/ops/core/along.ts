// Elements that an index tensor chooses along a dim, and their adjoint.

import { type KernelOperand, callKernel, kernel } from '../../kernel'
import type { Failure } from '../../recording'
import type { Shape } from '../../shape'
import type { Tensor } from '../../tensor'
import { computed, writeComputed } from '../define/convert'
import { record, rule } from '../define/operation'
import { emptyResult } from '../define/result'
import { filled } from './fill'

const gather = kernel('gather')

/** What becomes of an element where a value comes to it: kernels by what they do. */
const writers = {
  put: kernel('put'),
  add: kernel('accumulate'),
  multiply: kernel('accumulateProduct'),
  greatest: kernel('accumulateGreatest'),
  least: kernel('accumulateLeast')
}
export type Writing = keyof typeof writers

/** Integers of a call whose indices do not count from the end where they are negative, and of one where they do. */
export const FROM_START: readonly number[] = [0]
export const FROM_END: readonly number[] = [1]

/** An operand that repeats along the dims of `shape` that it lacks or has once. */
export function broadcastOver({ storage, byteOffset, code, sizes, steps }: Tensor, shape: Shape): KernelOperand {
  const missing = shape.length - sizes.length
  const repeated: number[] = []
  for (let d = 0; d < shape.length; d++) repeated.push(d < missing || sizes[d - missing] === 1 ? 0 : steps[d - missing])
  return { storage, byteOffset, code, sizes: shape, steps: repeated }
}

/**
 * `data` as the kernels take it: a step of 0 where an index chooses, and the dim that it chooses from behind all
 * others.
 */
function aroundDim(data: Tensor, shape: Shape, dim: number): KernelOperand {
  const { storage, byteOffset, code, steps } = broadcastOver(data, shape)
  const around = steps.map((step, d) => (d === dim ? 0 : step))
  const missing = shape.length - data.sizes.length
  const at = dim - missing
  const [size, step] = at < 0 ? [1, 0] : [data.sizes[at] ?? 1, data.steps[at] ?? 1]
  return { storage, byteOffset, code, sizes: [...shape, size], steps: [...around, step] }
}

/**
 * Fills `values` with the elements of `data` that `index`, which broadcasts to them, chooses along `dim`. No autograd.
 */
export function takeAlong(values: Tensor, data: Tensor, dim: number, index: Tensor, failure?: Failure): void {
  const { sizes } = values
  const indices = [broadcastOver(index, sizes)]
  callKernel(gather, [values], [aroundDim(data, sizes, dim), indices], FROM_START, undefined, failure)
}

/** The first elements of each dim, as many as `shape` has; what has no dims is repeated. */
const firstOf = (values: Tensor, shape: Shape): KernelOperand => {
  if (values.sizes.length === 0) return broadcastOver(values, shape)
  if (values.sizes.length !== shape.length || shape.some((size, d) => size > values.sizes[d])) {
    throw new Error('internal: there are more indices than values')
  }
  const { storage, byteOffset, code, steps } = values
  return { storage, byteOffset, code, sizes: shape, steps }
}

/**
 * Puts `values` in place of the elements of `data` that `index` chooses along `dim`, or adds to them and so on, in the
 * order of the index. No autograd.
 */
export function writeAlong(
  writing: Writing,
  data: Tensor,
  dim: number,
  index: Tensor,
  values: Tensor,
  failure?: Failure
): void {
  const shape = index.sizes
  const write = (to: Tensor, from: Tensor): void => {
    const operands = [firstOf(from, shape), [broadcastOver(index, shape)]]
    callKernel(writers[writing], [aroundDim(to, shape, dim)], operands, FROM_START, undefined, failure)
  }
  if (writing === 'put') write(data, values)
  else writeComputed(data, true, (to) => write(to, computed(values)))
}

/** Adds `values`, which broadcast to `index`, to the elements of `data` that it chooses along `dim`. No autograd. */
export function addAlong(data: Tensor, dim: number, index: Tensor, values: Tensor): void {
  const shape = index.sizes
  const summands = broadcastOver(computed(values), shape)
  writeComputed(data, true, (to) =>
    callKernel(writers.add, [aroundDim(to, shape, dim)], [summands, [broadcastOver(index, shape)]], FROM_START)
  )
}

interface Along {
  readonly dim: number
  readonly shape: Shape
}

const gatherRule = rule<Along>('GatherBackward0', (g, [index], { dim, shape }) => scatterAdd(g, shape, dim, index!))
const scatterAddRule = rule<Along>('GatherBackwardBackward0', (g, [index], { dim }) => gatherAt(g, dim, index!))

/** Gathers at indices that are known to be in range, or not negative. */
export function gatherAt(self: Tensor, dim: number, index: Tensor, failure?: Failure): Tensor {
  const result = emptyResult(index.sizes, self.code)
  takeAlong(result, self, dim, index, failure)
  const parameters = { dim, shape: self.sizes }
  return record({ outputs: result, rule: gatherRule, inputs: [self], parameters, save: [index] })
}

/** The adjoint of gather: zeros of `shape` with `g` added at `index` along `dim`. */
export function scatterAdd(g: Tensor, shape: Shape, dim: number, index: Tensor): Tensor {
  const result = filled(shape, 0, g.code)
  addAlong(result, dim, index, g)
  return record({ outputs: result, rule: scatterAddRule, inputs: [g], parameters: { dim, shape }, save: [index] })
}
