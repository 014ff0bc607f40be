// Fresh results and the checks that every family shares.

import { DIMENSIONED, ZERO_DIM, isFloating, itemSizes, kindOf, torchName } from '../../dtype'
import { STORAGE_OVERFLOW, type Shape, isContiguous, numelOf, reachOf, shapeText } from '../../shape'
import { allocate, allocateOwn } from '../../storage'
import { Tensor } from '../../tensor'
import { aliasTensor, denseTensor } from '../../tensor/geometry'

/** What a pointwise op takes as an operand. */
export type Operand = Tensor | number | bigint | boolean

/** What a tensor counts for in promotion. */
export const kindOfTensor = (tensor: Tensor): number =>
  kindOf(tensor.code, tensor.sizes.length === 0 ? ZERO_DIM : DIMENSIONED)

/** An uninitialised dense tensor for a result. */
export function emptyResult(shape: Shape, code: number): Tensor {
  const count = numelOf(shape, STORAGE_OVERFLOW)
  return denseTensor(allocate(count * itemSizes[code]), shape, code, count)
}

/**
 * Above 0 where dim `a` lies outside of `b` in memory, below 0 where inside; 0 where every operand repeats along one of
 * them.
 */
function compareDims(shape: Shape, operands: readonly Tensor[], a: number, b: number): number {
  for (const operand of operands) {
    const missing = shape.length - operand.sizes.length
    const [i, j] = [a - missing, b - missing]
    if (i < 0 || j < 0 || operand.sizes[i] !== shape[a] || operand.sizes[j] !== shape[b]) continue
    const [stepA, stepB] = [operand.steps[i], operand.steps[j]]
    if (stepA === 0 || stepB === 0) continue
    if (stepA !== stepB) return stepA - stepB
    if (shape[a] > shape[b]) return 1
  }
  return 0
}

/**
 * Dims of a pointwise result from the innermost in memory to the outermost, as PyTorch's TensorIterator orders them: by
 * the strides of the first operand, then the next where that one repeats.
 */
function memoryOrder(shape: Shape, operands: readonly Tensor[]): number[] {
  const order = shape.map((_, d) => shape.length - 1 - d)
  for (let i = 1; i < order.length; i++) {
    for (let at = i, inner = i - 1; inner >= 0; inner--) {
      const compared = compareDims(shape, operands, order[inner], order[at])
      if (compared < 0) break
      if (compared === 0) continue
      ;[order[inner], order[at]] = [order[at], order[inner]]
      at = inner
    }
  }
  return order
}

/** An uninitialised tensor for a pointwise result, whose dims lie in memory in the order of its operands' dims. */
export function emptyFor(
  shape: Shape,
  operands: readonly Tensor[],
  code: number,
  make: (shape: Shape, code: number) => Tensor = emptyResult
): Tensor {
  // One dim lies in one way only; memoryOrder takes 0.5 us.
  if (shape.length < 2 || operands.every(({ dense }) => dense)) return make(shape, code)
  const order = memoryOrder(shape, operands)
  const strides = new Array<number>(shape.length)
  let step = 1
  for (const d of order) {
    strides[d] = step
    step *= Math.max(shape[d], 1)
  }
  return isContiguous(shape, strides) ? make(shape, code) : aliasTensor(make([step], code), shape, strides, 0)
}

/** An uninitialised tensor shaped as `like`, sharing its shape and strides where those are dense. */
export function emptyAs(like: Tensor, code: number): Tensor {
  if (!like.dense) return emptyFor(like.sizes, [like], code)
  const storage = allocate(like.numelCached * itemSizes[code])
  return new Tensor(storage, storage.byteOffset, like.sizes, like.steps, code, like.numelCached, true, storage)
}

/** An uninitialised dense tensor that lives long and therefore owns its buffer. */
export function emptyOwned(shape: Shape, code: number): Tensor {
  const count = numelOf(shape, STORAGE_OVERFLOW)
  return denseTensor(allocateOwn(count * itemSizes[code]), shape, code, count)
}

/** Fresh memory with the given strides, which may leave gaps. */
export function emptyStrided(shape: Shape, strides: Shape, code: number): Tensor {
  return aliasTensor(emptyResult([reachOf(shape, strides)], code), shape, strides, 0)
}

/** Throws a TypeError unless `value` is a Tensor. */
export function checkTensor(value: unknown, op: string, argument: string): asserts value is Tensor {
  if (!(value instanceof Tensor)) throw notTensor(value, op, argument)
}

const notTensor = (value: unknown, op: string, argument: string): TypeError =>
  new TypeError(`${op}: ${argument} must be a Tensor, got ${value === null ? 'null' : typeof value}`)

const overlapsItself = (): Error =>
  new Error(
    'unsupported operation: more than one element of the written-to tensor refers to a single memory location. ' +
      'Please clone() the tensor before performing the operation.'
  )

/** Throws when a tensor that is written in place is sure to show an element twice. */
function checkNoSelfOverlap(self: Tensor): void {
  if (self.dense) return
  if (self.numelCached > reachOf(self.sizes, self.steps)) throw overlapsItself()
  for (let d = 0; d < self.sizes.length; d++) {
    if (self.steps[d] === 0 && self.sizes[d] > 1) throw overlapsItself()
  }
}

/**
 * Throws unless each dim of a tensor steps over all that the dims of smaller steps reach: no element stands in two
 * places.
 */
export function checkDistinct(self: Tensor): void {
  if (self.dense) return
  const dims = [...self.sizes.keys()].filter((d) => self.sizes[d] > 1).sort((a, b) => self.steps[a] - self.steps[b])
  let reach = 0
  for (const d of dims) {
    if (self.steps[d] <= reach) throw overlapsItself()
    reach += (self.sizes[d] - 1) * self.steps[d]
  }
}

/** Throws when `self` may be written while `other` is read only by accident of shared memory. */
function checkNoPartialOverlap(self: Tensor, other: Tensor): void {
  if (self.storage !== other.storage || self === other) return
  const exact =
    self.byteOffset === other.byteOffset &&
    shapeText(self.sizes) === shapeText(other.sizes) &&
    shapeText(self.steps) === shapeText(other.steps)
  if (!exact) checkNoOverlap(self, other)
}

/** Throws when some element of `other` lies where one of `self` does, which is written. */
export function checkNoOverlap(self: Tensor, other: Tensor): void {
  if (self.storage !== other.storage) return
  const [startA, endA] = reach(self)
  const [startB, endB] = reach(other)
  if (startA < endB && startB < endA && !interleaved(self, other)) {
    throw new Error(
      'unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. ' +
        'Please clone() the tensor before performing the operation.'
    )
  }
}

const reach = ({ byteOffset, sizes, steps, code }: Tensor): [number, number] => [
  byteOffset,
  byteOffset + reachOf(sizes, steps) * itemSizes[code]
]

/** True when the two walk the same grid of rows without meeting, like two columns of one matrix. */
function interleaved(a: Tensor, b: Tensor): boolean {
  const size = itemSizes[a.code]
  const steps = [...a.steps.filter((_, d) => a.sizes[d] > 1), ...b.steps.filter((_, d) => b.sizes[d] > 1)]
  if (steps.length === 0 || a.code !== b.code) return false
  const widest = Math.max(...steps) * size
  if (widest === 0) return false
  const within = (tensor: Tensor): number => {
    let last = 1
    tensor.sizes.forEach((n, d) => {
      if (tensor.steps[d] * size < widest) last += (n - 1) * tensor.steps[d]
    })
    return last * size
  }
  const distance = (((b.byteOffset - a.byteOffset) % widest) + widest) % widest
  return distance >= within(a) && distance + within(b) <= widest
}

/** The memory checks of every in-place op. */
export function checkWritable(self: Tensor, inputs: readonly Tensor[]): void {
  checkNoSelfOverlap(self)
  for (const input of inputs) checkNoPartialOverlap(self, input)
}

/** Throws when a result of dtype `from` cannot be written in place to dtype `to`. */
export function castError(from: number, to: number): TypeError {
  return new TypeError(
    `result type ${torchTypeName(from)} can't be cast to the desired output type ${torchTypeName(to)}; ` +
      `convert the operand to ${torchName(to)} or use the out-of-place form`
  )
}

const conversions = ['float', 'double', 'int', 'long', 'byte', 'bool', 'char', 'short', 'half', 'bfloat16']

/** How two dtypes become one: integers become floats, of two floats either may change; `owner` has the second. */
export function dtypeAdvice(a: number, b: number, owner = ''): string {
  if (isFloating(a) && isFloating(b)) return `; add .${conversions[b]}() or ${owner}.${conversions[a]}()`
  return `; add .${conversions[isFloating(a) ? a : b]}()`
}

/** PyTorch's sentence where a kernel has no such dtype, and the conversion to one that it has. */
export const notImplemented = (
  kernel: string,
  code: number,
  conversion = isFloating(code) ? 'long' : 'float'
): TypeError => new TypeError(`"${kernel}" not implemented for '${torchTypeName(code)}'; add .${conversion}()`)

const torchTypeNames = ['Float', 'Double', 'Int', 'Long', 'Byte', 'Bool', 'Char', 'Short', 'Half', 'BFloat16']
export const torchTypeName = (code: number): string => torchTypeNames[code]
