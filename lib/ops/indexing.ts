// Advanced indexing: gather and scatter along a dim, and lists of index tensors, over one kernel family.

import { declare } from '../declare'
import { defineCheck, refusing } from '../signature'
import { BOOL, INT32, INT64, UINT8 } from '../dtype'
import { isList } from '../kinds'
import { type KernelOperand, callKernel, kernel } from '../kernel'
import type { Failure } from '../recording'
import { type Shape, broadcastShapes, shapeText, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { aliasTensor } from '../tensor/geometry'
import { computed, writeComputed } from './define/convert'
import { rejection } from './define/checks'
import { record, rule } from './define/operation'
import { checkNoOverlap, checkTensor, emptyResult, torchTypeName } from './define/result'
import { FROM_END, FROM_START, broadcastOver, gatherAt } from './core/along'
import { sumToShape } from './core/broadcast'
import { cast, clone, copyInto } from './core/copy'
import { filled } from './core/fill'
import { expand, reshape } from './movement'
import { noGrad } from '../autograd/mode'
import { formOf, recordInPlace } from './define/write'
import { nonzeroList } from './nonzero'

const kernels = { gather: kernel('gather'), put: kernel('put'), accumulate: kernel('accumulate') }

/** One indexed dim: the index tensor, the dim's size and stride in the data. */
interface IndexedDim {
  readonly index: Tensor
  readonly dim: number
  readonly size: number
  readonly stride: number
}

/** The data as a kernel sees it: a step of 0 where a dim is indexed, and the indexed dims behind all others. */
interface Grid extends KernelOperand {
  readonly indexed: readonly IndexedDim[]
}

/** `data` over the grid `shape` with steps of its own, and the dims that indices choose. */
function gridOf(data: Tensor, shape: Shape, steps: Shape, indexed: readonly IndexedDim[]): Grid {
  const sizes = [...shape]
  const allSteps = [...steps]
  for (const { size, stride } of indexed) {
    sizes.push(size)
    allSteps.push(stride)
  }
  return { storage: data.storage, byteOffset: data.byteOffset, code: data.code, sizes, steps: allSteps, indexed }
}

/** Runs a kernel over the places of `shape`. */
function launchIndex(
  mode: keyof typeof kernels,
  shape: Shape,
  grid: Grid,
  values: Tensor,
  failure = outOfBounds(grid.indexed),
  countsFromEnd = true
): void {
  const indices = grid.indexed.map(({ index }) => broadcastOver(index, shape))
  const cells = broadcastOver(values, shape)
  const [output, input] = mode === 'gather' ? [cells, grid] : [grid, cells]
  callKernel(kernels[mode], [output], [input, indices], countsFromEnd ? FROM_END : FROM_START, undefined, failure)
}

/** Says which index the kernel rejected. */
const outOfBounds = (indexed: readonly IndexedDim[]): Failure =>
  rejection(
    indexed.map(({ index }) => index),
    (value, i) => value < -indexed[i].size || value >= indexed[i].size,
    (value, i) => `index ${value} is out of bounds for dimension ${indexed[i].dim} with size ${indexed[i].size}`
  )

// ---- gather and scatter along a dim ----

/** The index as int64. */
export function indexOf(index: Tensor, op: string, dtypes: string): Tensor {
  checkTensor(index, op, 'index')
  if (index.code !== INT64 && index.code !== INT32) {
    throw new TypeError(`${op}(): Expected dtype ${dtypes} for index; it is ${index.dtype}`)
  }
  return cast(index, INT64)
}

function checkIndexShape(data: Shape, index: Shape, dim: number): void {
  if (index.length !== data.length) {
    throw new RangeError('Index tensor must have the same number of dimensions as input tensor')
  }
  index.forEach((size, d) => {
    if (d === dim || size <= data[d]) return
    throw new RangeError(
      `Size does not match at dimension ${d} expected index ${shapeText(index)} to be no larger than self ` +
        `${shapeText(data)} apart from dimension ${dim} (gather)`
    )
  })
}

/** `output[i][j] = self[index[i][j]][j]` for dim 0, and so on. */
export const gather = declare('gather(input: Tensor, dim: int, index: Tensor)', (input, dim, index): Tensor => {
  const indices = indexOf(index, 'gather', 'int32/int64')
  const d = wrapDim(dim, input.sizes.length)
  const size = input.sizes[d] ?? 1
  const failure = rejection(
    [indices],
    (value) => value < 0 || value >= size,
    (value) => `index ${value} is out of bounds for dimension ${d} with size ${size}`
  )
  checkIndexShape(input.sizes, indices.sizes, d)
  return gatherAt(input, d, indices, failure)
})

// ---- lists of index tensors ----

/** Index tensors by dim, null where the dim is kept whole. */
export type IndexList = readonly (Tensor | null)[]

declare module '../signature/types' {
  interface KindTypes {
    indices: IndexList
  }
}

defineCheck('indices', 'an array of Tensors', isList, refusing(isList, 'an array'))

interface IndexPlan {
  readonly shape: Shape
  readonly grid: (data: Tensor) => Grid
}

/** The positions of elements for which `holds` is true. */
function positionsOf<T>(list: readonly T[], holds: (element: T, position: number) => boolean): number[] {
  const positions: number[] = []
  for (let i = 0; i < list.length; i++) if (holds(list[i], i)) positions.push(i)
  return positions
}

/** Where the results go: in place of adjacent indices, else in front (numpy's rule). */
function planIndex(dataShape: Shape, indices: IndexList): IndexPlan {
  const dims = positionsOf(indices, (index) => index !== null)
  const tensors = dims.map((d) => indices[d]!)
  const indexShape = tensors.reduce<Shape>((shape, index) => broadcastIndices(shape, index.sizes, tensors), [])
  const kept = positionsOf(dataShape, (_, d) => !dims.includes(d))
  const adjacent = dims.every((d, i) => i === 0 || d === dims[i - 1] + 1)
  const before = adjacent ? kept.filter((d) => d < dims[0]) : []
  const after = adjacent ? kept.filter((d) => d > dims[0]) : kept
  const sizes = (list: readonly number[]): number[] => list.map((d) => dataShape[d])
  const shape = [...sizes(before), ...indexShape, ...sizes(after)]
  // No kernel looks at the indices of a result without elements.
  if (shape.includes(0) && !indexShape.includes(0) && sizes(dims).includes(0)) {
    throw new RangeError(`index is out of bounds for dimension with size 0; the shape is ${shapeText(dataShape)}`)
  }
  return {
    shape,
    grid: (data) => {
      const steps = [
        ...before.map((d) => data.steps[d]),
        ...indexShape.map(() => 0),
        ...after.map((d) => data.steps[d])
      ]
      const indexed = dims.map((d, i) => ({
        index: alignIndex(tensors[i], indexShape, before.length, after.length),
        dim: d,
        size: data.sizes[d],
        stride: data.steps[d]
      }))
      return gridOf(data, shape, steps, indexed)
    }
  }
}

function broadcastIndices(a: Shape, b: Shape, tensors: readonly Tensor[]): Shape {
  try {
    return broadcastShapes(a, b, 'index')
  } catch {
    const shapes = tensors.map((tensor) => shapeText(tensor.sizes)).join(', ')
    throw new RangeError(`shape mismatch: indexing tensors could not be broadcast together with shapes ${shapes}`)
  }
}

/** An index tensor broadcast to the index shape, with size-1 dims around it. */
function alignIndex(index: Tensor, indexShape: Shape, before: number, after: number): Tensor {
  const front = before + indexShape.length - index.sizes.length
  if (front === 0 && after === 0) return index
  return aliasTensor(index, padded(front, index.sizes, after, 1), padded(front, index.steps, after, 0), 0)
}

/** A list with so many values before and after it. */
function padded(before: number, list: Shape, after: number, value: number): number[] {
  const all: number[] = []
  for (let i = 0; i < before; i++) all.push(value)
  for (const each of list) all.push(each)
  for (let i = 0; i < after; i++) all.push(value)
  return all
}

const [indexRule, indexSelectRule] = ['IndexBackward0', 'IndexSelectBackward0'].map((nodeName) =>
  rule<Shape>(nodeName, (g, indices, shape) => indexAdjoint(g, shape, indices))
)
const indexAdjointRule = rule<null>('IndexPutBackward0', (g, indices) => indexTensors(g, indices))

/** Elements at the given indices, a copy; int64 tensors, null keeps a dim. */
export function indexTensors(
  self: Tensor,
  indices: IndexList,
  failure?: Failure,
  nodeRule = indexRule,
  countsFromEnd = true
): Tensor {
  checkTensor(self, 'index', 'self')
  const plan = planIndex(self.sizes, indices)
  const result = emptyResult(plan.shape, self.code)
  launchIndex('gather', plan.shape, plan.grid(self), result, failure, countsFromEnd)
  return record({ outputs: result, rule: nodeRule, inputs: [self], parameters: self.sizes, save: indices })
}

/** Zeros of `shape` with `g` added at the indices. */
function indexAdjoint(g: Tensor, shape: Shape, indices: IndexList): Tensor {
  const result = noGrad(() => filled(shape, 0, g.code))
  const plan = planIndex(shape, indices)
  accumulateInto(result, plan, g)
  return record({ outputs: result, rule: indexAdjointRule, inputs: [g], parameters: null, save: indices })
}

/** Puts `values`, which broadcast, at the indices, or adds them in their order. No autograd, no version. */
export function putTensors(
  self: Tensor,
  indices: IndexList,
  values: Tensor,
  accumulate: boolean,
  failure?: Failure
): void {
  // Kernels take what they write apart from all else, be it a column beside theirs.
  const apart = indices.map((index) => (index !== null && index.storage === self.storage ? clone(index) : index))
  const plan = planIndex(self.sizes, apart)
  const fitting = emptyResult(plan.shape, self.code)
  checkFits(values.sizes, plan.shape)
  copyInto(
    fitting,
    noGrad(() => expand(values.detach(), plan.shape))
  )
  if (accumulate) accumulateInto(self, plan, fitting, failure)
  else launchIndex('put', plan.shape, plan.grid(self), fitting, failure)
}

/** Adds `values` at the places of a plan. */
function accumulateInto(self: Tensor, plan: IndexPlan, values: Tensor, failure?: Failure): void {
  writeComputed(self, true, (to) => launchIndex('accumulate', plan.shape, plan.grid(to), computed(values), failure))
}

/** Values may be smaller than what is indexed, not larger. */
function checkFits(values: Shape, shape: Shape): void {
  const extra = shape.length - values.length
  if (values.every((size, d) => size === 1 || size === shape[d + extra]) && extra >= 0) return
  throw new RangeError(
    `shape mismatch: value tensor of shape ${shapeText(values)} cannot be broadcast to indexing result of shape ${shapeText(shape)}`
  )
}

/** Throws unless a mask has the sizes of the dims that it stands for. */
export function checkMask(mask: Shape, shape: Shape, dim: number): void {
  mask.forEach((size, d) => {
    if (size === shape[dim + d]) return
    throw new RangeError(
      `The shape of the mask ${shapeText(mask)} at index ${d} does not match the shape of the indexed tensor ` +
        `${shapeText(shape)} at index ${dim + d}`
    )
  })
}

/** A list of a caller's index tensors that changes no more: int64, a mask as the coordinates where it holds. */
function indexList(indices: readonly unknown[], shape: Shape): IndexList {
  const list: (Tensor | null)[] = []
  for (let i = 0; i < indices.length; i++) {
    const index: unknown = indices[i]
    if (index === null) {
      list.push(null)
      continue
    }
    checkTensor(index, 'indexPut_', `index ${i}`)
    if (index.code === BOOL || index.code === UINT8) {
      checkMask(index.sizes, shape, list.length)
      list.push(...nonzeroList(index, 'indexPut_ with a mask'))
    } else if (index.code === INT64 || index.code === INT32) list.push(cast(index, INT64))
    else throw new TypeError('tensors used as indices must be long, int, byte or bool tensors')
  }
  if (list.length > shape.length) {
    throw new RangeError(`too many indices for tensor of dimension ${shape.length} (got ${list.length})`)
  }
  if (list.every((index) => index === null)) throw new RangeError('indexPut_: indices must hold a Tensor')
  return list
}

interface Put {
  readonly indices: IndexList
  /** Of the values. */
  readonly shape: Shape
  readonly code: number
  readonly accumulate: boolean
}

const putForm = formOf<Put>(
  rule(
    'IndexPutBackward0',
    (g, indices, { accumulate }) => (accumulate ? g : putIn(clone(g), indices, filled([], 0, g.code), false)),
    (g, indices, { shape, code }) => cast(sumToShape(indexTensors(g, indices), shape), code)
  ),
  (self, [values], { indices, accumulate }) => {
    putTensors(self, indices, values, accumulate)
  },
  (_self, _values, { indices }) => indices
)

function putIn(self: Tensor, given: IndexList, values: Tensor, accumulate: boolean): Tensor {
  const indices = indexList(given, self.sizes)
  for (const index of indices) if (index !== null) checkNoOverlap(self, index)
  if (values.code !== self.code) {
    throw new TypeError(
      `Index put requires the source and destination dtypes match, got ${torchTypeName(self.code)} for the destination and ` +
        `${torchTypeName(values.code)} for the source.`
    )
  }
  return recordInPlace(putForm, self, [values], { indices, shape: values.sizes, code: values.code, accumulate })
}

/** A copy with `values`, broadcast, at the given indices, or with them added there. */
export const indexPut = declare(
  'indexPut(input: Tensor, indices: indices, values: Tensor, accumulate: bool = false)',
  (input, indices, values, accumulate): Tensor => putIn(clone(input), indices, values, accumulate)
)

/** Writes `values`, broadcast, at the given indices in place, or adds them; a mask stands for where it holds. */
export const indexPut_ = declare(
  'indexPut_(input: Tensor, indices: indices, values: Tensor, accumulate: bool = false)',
  putIn,
  ['torch', 'Tensor']
)

/** Rows of a dim by number. */
export const indexSelect = declare(
  'indexSelect(input: Tensor, dim: int, index: Tensor)',
  (input, dim, index): Tensor => {
    const indices = indexOf(index, 'indexSelect', 'int32 or int64')
    if (index.sizes.length > 1) {
      throw new RangeError(`indexSelect(): Index is supposed to be a vector; its shape is ${shapeText(index.sizes)}`)
    }
    const d = wrapDim(dim, input.sizes.length)
    if (input.sizes.length === 0) {
      if (indices.numelCached === 1) return clone(input)
      throw new RangeError(`indexSelect(): Index to scalar can have only 1 value, got ${indices.numelCached} value(s)`)
    }
    const size = input.sizes[d]
    const rows = reshape(indices, [-1])
    return indexTensors(
      input,
      input.sizes.map((_, i) => (i === d ? rows : null)),
      rejection(
        [indices],
        (value) => value < 0 || value >= size,
        (value) =>
          `index out of range in self; indexSelect: index ${value} is out of bounds for dimension ${d} with size ${size}`
      ),
      indexSelectRule,
      false
    )
  }
)
