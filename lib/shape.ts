// Shapes, strides and dimensions as plain arithmetic. Pure; imports nothing.

/** Sizes of dims, or steps along them, outermost first. */
export type Shape = readonly number[]

/** Prints a shape as messages do: `[2, 3]`. */
export const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`

/** Most dims of a tensor: those of a launch. */
export const MAX_RANK = 16

export const NUMEL_OVERFLOW = 'numel: integer multiplication overflow'
export const STORAGE_OVERFLOW = 'Storage size calculation overflowed'

/** Number of elements. Throws on what is no shape: every geometry that is made is counted here. */
export function numelOf(shape: Shape, overflow = NUMEL_OVERFLOW): number {
  let count = 1
  let reach = 1 // without the zeros
  for (let d = 0; d < shape.length; d++) {
    const size = shape[d]
    if (size >>> 0 !== size) checkSize(size, shape)
    count *= size
    if (size !== 0) reach *= size
  }
  if (reach > Number.MAX_SAFE_INTEGER || shape.length > MAX_RANK) throw tooLarge(shape, reach, overflow)
  return count
}

const tooLarge = (shape: Shape, reach: number, overflow: string): RangeError =>
  reach > Number.MAX_SAFE_INTEGER
    ? new RangeError(`${overflow} with sizes=${shapeText(shape)}`)
    : new RangeError(`tensors of more than ${MAX_RANK} dims are not supported, got ${shape.length}`)

function checkSize(size: number, shape: Shape): void {
  if (size < 0) throw new RangeError(`Trying to create tensor with negative dimension ${size}: ${shapeText(shape)}`)
  if (!Number.isInteger(size)) throw new TypeError(`internal: sizes must be integers, got ${shapeText(shape)}`)
}

export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = step
    step *= Math.max(shape[d], 1)
  }
  return strides
}

/** Distance in elements from the first element to behind the last; 0 where there is none. */
export function reachOf(shape: Shape, strides: Shape): number {
  let reach = 1
  for (let d = 0; d < shape.length; d++) {
    if (shape[d] === 0) return 0
    reach += (shape[d] - 1) * strides[d]
  }
  return reach
}

/** True when the elements follow each other in row-major order; dims of size 1 and empty shapes do not matter. */
export function isContiguous(shape: Shape, strides: Shape): boolean {
  let step = 1
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== step) return shape.includes(0)
    step *= shape[d]
  }
  return true
}

/** True when the elements fill one block of memory, whatever the order of the dims. */
export function isPacked(shape: Shape, strides: Shape): boolean {
  let step = 1
  for (let left = shape.filter((size) => size !== 1).length; left > 0; left--) {
    const d = strides.findIndex((stride, i) => stride === step && shape[i] !== 1)
    if (d < 0) return shape.includes(0)
    step *= shape[d]
  }
  return true
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false
  return true
}

/** The shape that two operands broadcast to; throws PyTorch's sentence when they do not. */
export function broadcastShapes(a: Shape, b: Shape, op: string): Shape {
  const rank = Math.max(a.length, b.length)
  const extraA = rank - a.length
  const extraB = rank - b.length
  const shape = new Array<number>(rank)
  for (let d = rank - 1; d >= 0; d--) {
    const sizeA = d < extraA ? 1 : a[d - extraA]
    const sizeB = d < extraB ? 1 : b[d - extraB]
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new RangeError(
        `The size of tensor a (${sizeA}) must match the size of tensor b (${sizeB}) at non-singleton dimension ${d}; ` +
          `${op}: cannot broadcast ${shapeText(a)} with ${shapeText(b)}`
      )
    }
    shape[d] = sizeA === 1 ? sizeB : sizeA
  }
  return shape
}

/** Wraps a possibly negative dim into 0..rank-1; a 0-d tensor accepts 0 and -1. */
export function wrapDim(dim: number, rank: number): number {
  const limit = Math.max(rank, 1)
  if (!Number.isInteger(dim)) throw new TypeError(`dim must be an integer, got ${String(dim)}`)
  if (dim < -limit || dim >= limit) {
    throw new RangeError(
      `Dimension out of range (expected to be in range of [${-limit}, ${limit - 1}], but got ${dim})`
    )
  }
  return dim < 0 ? dim + limit : dim
}

const allDims: number[][] = []

/** Wraps a list of dims (all of them for null or []) and rejects repeats. */
export function wrapDims(dims: number | readonly number[] | null | undefined, rank: number): readonly number[] {
  if (dims === null || dims === undefined || (Array.isArray(dims) && dims.length === 0)) {
    return (allDims[rank] ??= Array.from({ length: rank }, (_, d) => d))
  }
  const list: readonly number[] = Array.isArray(dims) ? dims : [dims as number]
  const wrapped: number[] = []
  // The first that is wrong ends it, however long the list is.
  for (let i = 0; i < list.length; i++) {
    const dim = wrapDim(list[i], rank)
    if (wrapped.includes(dim)) throw new RangeError(`dim ${dim} appears multiple times in the list of dims`)
    wrapped.push(dim)
  }
  return rank === 0 ? [] : wrapped
}

/** The shape after reducing `dims`. */
export function reducedShape(shape: Shape, dims: readonly number[], keepdim: boolean): number[] {
  if (keepdim) return shape.map((size, d) => (dims.includes(d) ? 1 : size))
  return shape.filter((_, d) => !dims.includes(d))
}

/** The shape with size 1 in each dim whose bit is set. */
export function keptShape(shape: Shape, mask: number): number[] {
  const kept: number[] = []
  for (let d = 0; d < shape.length; d++) kept.push((mask >> d) & 1 ? 1 : shape[d])
  return kept
}

/** A bit for each dim along which broadcasting to `whole` repeats `shape`. */
export function repeatsOf(shape: Shape, whole: Shape): number {
  const missing = whole.length - shape.length
  let mask = 0
  for (let d = 0; d < whole.length; d++) {
    if (d < missing || (shape[d - missing] === 1 && whole[d] !== 1)) mask |= 1 << d
  }
  return mask
}

/** Resolves one -1 in a requested shape from the number of elements. */
export function inferShape(requested: Shape, numel: number): Shape {
  const inferred = requested.indexOf(-1)
  let known = 1
  for (let d = 0; d < requested.length; d++) {
    const size = requested[d]
    if (d === inferred) continue
    if (size === -1) throw new RangeError('only one dimension can be inferred')
    if (size < 0) throw new RangeError(`invalid shape dimension ${size} at index ${d} of shape ${shapeText(requested)}`)
    known *= size
  }
  const invalid = (): RangeError =>
    new RangeError(`shape '${shapeText(requested)}' is invalid for input of size ${numel}`)
  if (inferred < 0) {
    if (known !== numel) throw invalid()
    return requested
  }
  if (known === 0) {
    if (numel !== 0) throw invalid()
    throw new RangeError(
      `cannot reshape tensor of 0 elements into shape ${shapeText(requested)} because the unspecified dimension size -1 can be any value and is ambiguous`
    )
  }
  if (numel % known !== 0) throw invalid()
  return requested.map((size, d) => (d === inferred ? numel / known : size))
}

/** Strides that show `shape` over the same elements without a copy, or null when there are none. */
export function viewStrides(oldShape: Shape, oldStrides: Shape, shape: Shape): number[] | null {
  if (numelOf(oldShape) === 0) return contiguousStrides(shape)
  const strides = new Array<number>(shape.length)
  let d = shape.length - 1
  let runSize = 1 // elements in the current run of old dims that lie evenly in memory
  let runStep = oldShape.length === 0 ? 1 : oldStrides[oldShape.length - 1]
  for (let old = oldShape.length - 1; old >= 0; old--) {
    runSize *= oldShape[old]
    const runEnds = old === 0 || (oldShape[old - 1] !== 1 && oldStrides[old - 1] !== runSize * runStep)
    if (!runEnds) continue
    let covered = 1
    while (d >= 0 && (covered < runSize || shape[d] === 1)) {
      strides[d] = covered * runStep
      covered *= shape[d]
      d--
    }
    if (covered !== runSize) return null
    if (old > 0) {
      runStep = oldStrides[old - 1]
      runSize = 1
    }
  }
  for (; d >= 0; d--) strides[d] = 1
  return strides
}
