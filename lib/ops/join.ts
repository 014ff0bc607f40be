// Tensors joined along an old or a new dim.

import { attach, isTracked, Node } from '../autograd/node'
import { DIMENSIONED, isFloating, kindOf, promoteKinds } from '../dtype'
import { type Shape, sameShape, shapeText, wrapDim } from '../shape'
import { Tensor, aliasTensor } from '../tensor'
import { cast, copyInto, filled } from './copy'
import { edgesOf, rule } from './define/operation'
import { checkTensor, emptyResult } from './define/result'
import { narrow, select } from './selection'

function checkTensors(tensors: unknown, op: string): asserts tensors is readonly Tensor[] {
  if (!Array.isArray(tensors))
    throw new TypeError(`${op}: tensors must be an array of Tensors, got ${tensors === null ? 'null' : typeof tensors}`)
  tensors.forEach((tensor, i) => {
    if (!(tensor instanceof Tensor)) checkTensor(tensor, op, `tensor ${i}`)
  })
}

/** A [0] tensor does, for PyTorch's sake. */
const joinsAnything = (shape: Shape): boolean => shape.length === 1 && shape[0] === 0

/** Tensors joined along an existing dim; their other sizes are equal, their dtypes are promoted. */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  checkTensors(tensors, 'cat')
  if (tensors.length === 0) throw new RangeError('torch.cat(): expected a non-empty list of Tensors')
  tensors.forEach((tensor, i) => {
    if (tensor.shape.length === 0)
      throw new RangeError(`zero-dimensional tensor (at position ${i}) cannot be concatenated`)
  })
  const parts = tensors.filter(({ shape }) => !joinsAnything(shape))
  const [first] = parts.length > 0 ? parts : tensors
  const d = wrapDim(dim, first.shape.length)
  const code = promotedCode(tensors)
  parts.forEach((tensor, i) => checkJoins(first, tensor, d, i))
  const shape = [...first.shape]
  shape[d] = parts.reduce((sum, tensor) => sum + tensor.shape[d], 0)
  const result = emptyResult(shape, code)
  let start = 0
  const starts: number[] = []
  for (const tensor of tensors) {
    starts.push(start)
    if (joinsAnything(tensor.shape)) continue
    const length = tensor.shape[d]
    copyInto(aliasTensor(result, tensor.shape, result.strides, start * result.strides[d]), tensor)
    start += length
  }
  return recordCat(result, tensors, d, starts)
}

function recordCat(result: Tensor, tensors: readonly Tensor[], dim: number, starts: readonly number[]): Tensor {
  if (!isFloating(result.code) || !tensors.some(isTracked)) return result
  const [edges, outputs] = edgesOf(tensors)
  const formulas = tensors.map(({ shape, code }, i) => (g: Tensor) => {
    const piece = joinsAnything(shape) ? filled(shape, 0, g.code) : narrow(g, dim, starts[i], shape[dim])
    return cast(piece, code)
  })
  const back = rule<null>('CatBackward0', ...formulas)
  attach(result, new Node(back.nodeName, back, edges, outputs, undefined, null))
  return result
}

function checkJoins(first: Tensor, tensor: Tensor, dim: number, position: number): void {
  if (tensor.shape.length !== first.shape.length) {
    throw new RangeError(
      `Tensors must have same number of dimensions: got ${first.shape.length} and ${tensor.shape.length}`
    )
  }
  tensor.shape.forEach((size, d) => {
    if (d !== dim && size !== first.shape[d]) {
      throw new RangeError(
        `Sizes of tensors must match except in dimension ${dim}. Expected size ${first.shape[d]} but got size ${size} for tensor ` +
          `number ${position} in the list.`
      )
    }
  })
}

function promotedCode(tensors: readonly Tensor[]): number {
  return tensors
    .map((tensor) => tensor.code)
    .reduce((a, b) => promoteKinds(kindOf(a, DIMENSIONED), kindOf(b, DIMENSIONED)))
}

/** Tensors of one shape joined along a new dim. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  checkTensors(tensors, 'stack')
  if (tensors.length === 0) throw new RangeError('stack expects a non-empty TensorList')
  tensors.forEach((tensor, i) => {
    if (!sameShape(tensor.shape, tensors[0].shape)) {
      throw new RangeError(
        `stack expects each tensor to be equal size, but got ${shapeText(tensors[0].shape)} at entry 0 and ${shapeText(tensor.shape)} at entry ${i}`
      )
    }
  })
  const rank = tensors[0].shape.length
  const d = wrapDim(dim, rank + 1)
  const shape = [...tensors[0].shape.slice(0, d), tensors.length, ...tensors[0].shape.slice(d)]
  const result = emptyResult(shape, promotedCode(tensors))
  tensors.forEach((tensor, i) => {
    const strides = result.strides.filter((_, j) => j !== d)
    copyInto(aliasTensor(result, tensor.shape, strides, i * result.strides[d]), tensor)
  })
  if (!isFloating(result.code) || !tensors.some(isTracked)) return result
  const [edges, outputs] = edgesOf(tensors)
  const back = rule<null>(
    'StackBackward0',
    ...tensors.map(
      ({ code }, i) =>
        (g: Tensor) =>
          cast(select(g, d, i), code)
    )
  )
  attach(result, new Node(back.nodeName, back, edges, outputs, undefined, null))
  return result
}
