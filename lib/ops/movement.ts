// Views and copies: how elements are arranged. Bijective views undo themselves in their derivative; selecting views
// scatter the gradient into zeros.

import { isTracked } from '../autograd/node'
import { DIMENSIONED, type DType, dtypeCode, elementOf, isFloating, kindOf, promoteKinds } from '../dtype'
import { Builder, Expression, noScalars, run } from '../expression'
import {
  type Shape,
  contiguousStrides,
  inferShape,
  numelOf,
  sameShape,
  shapeArguments,
  shapeText,
  viewStrides,
  wrapDim
} from '../shape'
import { type Tensor, aliasTensor } from '../tensor'
import { checkInPlace, checkShapeKept, copies } from './define/inplace'
import { type Rule, edgesOf, record, rule } from './define/operation'
import { adjoints } from './define/derivative'
import { checkTensor, emptyResult } from './define/result'
import { type StridedParameters, makeView, rebaseHistory, slices, stridedView } from './define/view'
import { Node, attach } from '../autograd/node'
import { noGrad } from '../autograd/mode'

// ---- copies ----

const copyExpressions = new Map<number, Expression>()

/** Writes `source`, broadcast and cast, into `target`. No autograd, no version. */
export function copyInto(target: Tensor, source: Tensor): void {
  const key = source.code * 8 + target.code
  let expression = copyExpressions.get(key)
  if (expression === undefined) {
    const builder = new Builder()
    expression = new Expression(builder, [builder.cast(builder.input(source.code, DIMENSIONED), target.code)])
    copyExpressions.set(key, expression)
  }
  run(expression, target.shape, [source], [target], noScalars)
}

function copied(self: Tensor, shape: Shape, code: number): Tensor {
  const copy = emptyResult(shape, code)
  copyInto(copy, self)
  return copy
}

/** Dims from the outermost in memory to the innermost. */
const memoryOrder = ({ strides }: Tensor): number[] =>
  [...strides.keys()].sort((a, b) => strides[b] - strides[a] || a - b)

/** The same elements with their dims in the order of memory. No autograd. */
export function inMemoryOrder(self: Tensor): Tensor {
  const order = memoryOrder(self)
  return aliasTensor(
    self,
    order.map((d) => self.shape[d]),
    order.map((d) => self.strides[d]),
    0
  )
}

/** Fresh elements with the strides of `self` where those are dense, as PyTorch's preserve_format, else row-major. */
export function emptyPreserved(
  self: Tensor,
  code: number,
  make: (shape: Shape, code: number) => Tensor = emptyResult
): Tensor {
  if (self.dense || !inMemoryOrder(self).dense) return make(self.shape, code)
  const order = memoryOrder(self)
  const permuted = make(
    order.map((d) => self.shape[d]),
    code
  )
  return aliasTensor(
    permuted,
    self.shape,
    self.shape.map((_, d) => permuted.strides[order.indexOf(d)]),
    0
  )
}

function preserved(self: Tensor, code: number): Tensor {
  const copy = emptyPreserved(self, code)
  copyInto(copy, self)
  return copy
}

const cloneRule = rule<null>('CloneBackward0', (g) => g)

/** A copy with a gradient back to `self`. Dense strides are kept. */
export function clone(self: Tensor): Tensor {
  checkTensor(self, 'clone', 'self')
  return record(preserved(self, self.code), cloneRule, [self], null)
}
copies.clone = (self) => preserved(self, self.code)

const castRule = rule<number>('ToCopyBackward0', (g, _, code) => cast(g, code))

/** The same values in another dtype code; the very same tensor when nothing changes. */
export function cast(self: Tensor, code: number): Tensor {
  checkTensor(self, 'cast', 'self')
  if (self.code === code) return self
  return record(preserved(self, code), castRule, [self], self.code)
}
adjoints.cast = cast

/** Converts to a dtype; the very same tensor when it has it. */
export function to(self: Tensor, dtype: DType): Tensor {
  checkTensor(self, 'to', 'self')
  return cast(self, dtypeCode(dtype))
}

/** A row-major tensor of the same values; the very same tensor when it is one. */
export function contiguous(self: Tensor): Tensor {
  checkTensor(self, 'contiguous', 'self')
  return self.dense ? self : record(copied(self, self.shape, self.code), cloneRule, [self], null)
}

/** Copies `source`, broadcast and cast, into `self` in place. */
export function copy_(self: Tensor, source: Tensor): Tensor {
  checkTensor(source, 'copy_', 'source')
  checkInPlace(self, [source])
  checkShapeKept(self, source.shape, 'copy_')
  const tracked = isFloating(self.code) && (isTracked(self) || isTracked(source))
  let node: Node | null = null
  if (tracked) {
    const [edges, outputs] = edgesOf([source])
    const shape = source.shape
    const back = rule<null>('CopyBackwards', zeroRuleFormula, (g) => cast(sumToShape(g, shape), source.code))
    node = new Node(back.nodeName, back, [self.gradFn, edges[0]], [self.outputIndex, outputs[0]], undefined, null)
  }
  copyInto(self, source)
  self.cell.version++
  if (node !== null) rebaseHistory(self, node)
  return self
}

const fillExpressions = new Map<number, Expression>()

/** Writes a number into every element. No autograd, no version. */
export function fillInto(target: Tensor, value: number): void {
  let expression = fillExpressions.get(target.code)
  if (expression === undefined) {
    const builder = new Builder()
    expression = new Expression(builder, [builder.slot(0, target.code, DIMENSIONED)])
    fillExpressions.set(target.code, expression)
  }
  run(expression, target.shape, [], [target], [value])
}

const zeroRuleFormula = (g: Tensor): Tensor => noGrad(() => filled(g.shape, 0, g.code))

/** An owned-by-nobody dense tensor of one value. */
export function filled(shape: Shape, value: number, code: number): Tensor {
  const result = emptyResult(shape, code)
  fillInto(result, value)
  return result
}

/** The rule of a write that lets no gradient through. */
export const cutRule = (nodeName: string): Rule<null> => rule<null>(nodeName, zeroRuleFormula)

/** Runs `write`, which sets every element of `self` in place whatever it was. */
export function overwrite(self: Tensor, nodeRule: Rule<null>, write: () => void): Tensor {
  checkInPlace(self, [])
  const node = isTracked(self)
    ? new Node(nodeRule.nodeName, nodeRule, [self.gradFn], [self.outputIndex], undefined, null)
    : null
  write()
  self.cell.version++
  if (node !== null) rebaseHistory(self, node)
  return self
}

const fillRule = cutRule('FillBackward2')
const zeroRule = cutRule('ZeroBackward0')

/** Sets every element in place. */
export function fill_(self: Tensor, value: number | boolean): Tensor {
  checkTensor(self, 'fill_', 'self')
  const element = elementOf(Number(value), self.code)
  return overwrite(self, fillRule, () => {
    fillInto(self, element)
  })
}

/** Sets every element to 0 in place. */
export function zero_(self: Tensor): Tensor {
  checkTensor(self, 'zero_', 'self')
  return overwrite(self, zeroRule, () => {
    fillInto(self, 0)
  })
}

// ---- bijective views ----

const viewRule = rule<Shape>('ViewBackward0', (g, _, shape) => reshape(g, shape))
const unsafeViewRule = rule<Shape>('UnsafeViewBackward0', (g, _, shape) => reshape(g, shape))

/** The same elements in another shape, never a copy; one size may be -1. */
export function view(self: Tensor, ...sizes: (number | Shape)[]): Tensor {
  checkTensor(self, 'view', 'self')
  const shape = inferShape(shapeArguments(sizes), self.numelCached)
  const strides = viewStrides(self.shape, self.strides, shape)
  if (strides === null) {
    throw new RangeError(
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous " +
        `subspaces). Use .reshape(...) instead. view: ${shapeText(self.shape)} with strides ${shapeText(self.strides)} to ${shapeText(shape)}`
    )
  }
  return makeView(self, { shape, strides, offset: 0 }, viewRule, self.shape)
}

/** The same elements in another shape: a view where the strides allow it, else a copy. */
export function reshape(self: Tensor, ...sizes: (number | Shape)[]): Tensor {
  checkTensor(self, 'reshape', 'self')
  const shape = inferShape(shapeArguments(sizes), self.numelCached)
  const strides = viewStrides(self.shape, self.strides, shape)
  if (strides !== null) return makeView(self, { shape, strides, offset: 0 }, viewRule, self.shape)
  const copy = contiguous(self)
  const result = aliasTensor(copy, shape, contiguousStrides(shape), 0)
  return record(result, unsafeViewRule, [copy], self.shape)
}

/** Merges dims `start` to `end` into one. */
export function flatten(self: Tensor, start = 0, end = -1): Tensor {
  checkTensor(self, 'flatten', 'self')
  const rank = self.shape.length
  if (rank === 0) return reshape(self, [1])
  const first = wrapDim(start, rank)
  const last = wrapDim(end, rank)
  if (first > last) throw new RangeError('flatten() has invalid args: start_dim cannot come after end_dim')
  if (first === last) return self
  const merged = numelOf(self.shape.slice(first, last + 1))
  return reshape(self, [...self.shape.slice(0, first), merged, ...self.shape.slice(last + 1)])
}

const permuteRule = rule<readonly number[]>('PermuteBackward0', (g, _, dims) =>
  permute(
    g,
    dims.map((_, d) => dims.indexOf(d))
  )
)

/** Dims in another order. */
export function permute(self: Tensor, ...order: (number | readonly number[])[]): Tensor {
  checkTensor(self, 'permute', 'self')
  const requested = shapeArguments(order)
  if (requested.length !== self.shape.length) {
    throw new RangeError(
      'permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of ' +
        `dimensions i.e. input.dim() = ${self.shape.length} is not equal to len(dims) = ${requested.length}`
    )
  }
  const dims = requested.map((dim) => wrapDim(dim, self.shape.length))
  if (new Set(dims).size !== dims.length) throw new RangeError('permute(): duplicate dims are not allowed.')
  const shape = dims.map((d) => self.shape[d])
  const strides = dims.map((d) => self.strides[d])
  return makeView(self, { shape, strides, offset: 0 }, permuteRule, dims)
}

const transposeRule = rule<readonly [number, number]>('TransposeBackward0', (g, _, [a, b]) => transpose(g, a, b))
const tRule = rule<null>('TBackward0', (g) => t(g))

function swapped(self: Tensor, a: number, b: number): { shape: number[]; strides: number[]; offset: number } {
  const shape = [...self.shape]
  const strides = [...self.strides]
  ;[shape[a], shape[b]] = [shape[b], shape[a]]
  ;[strides[a], strides[b]] = [strides[b], strides[a]]
  return { shape, strides, offset: 0 }
}

/** Two dims exchanged. */
export function transpose(self: Tensor, dim0: number, dim1: number): Tensor {
  checkTensor(self, 'transpose', 'self')
  const rank = self.shape.length
  const a = wrapDim(dim0, rank)
  const b = wrapDim(dim1, rank)
  if (rank === 0) return makeView(self, { shape: [], strides: [], offset: 0 }, transposeRule, [0, 0])
  return makeView(self, swapped(self, a, b), transposeRule, [a, b])
}

/** The transpose of a matrix; tensors of fewer dims as they are. */
export function t(self: Tensor): Tensor {
  checkTensor(self, 't', 'self')
  const rank = self.shape.length
  if (rank > 2) throw new RangeError(`t() expects a tensor with <= 2 dimensions, but self is ${rank}D`)
  const geometry = rank < 2 ? { shape: self.shape, strides: self.strides, offset: 0 } : swapped(self, 0, 1)
  return makeView(self, geometry, tRule, null)
}

const unsqueezeRule = rule<number>('UnsqueezeBackward0', (g, _, dim) => squeeze(g, dim))

/** A new dim of size 1 before `dim`. */
export function unsqueeze(self: Tensor, dim: number): Tensor {
  checkTensor(self, 'unsqueeze', 'self')
  const rank = self.shape.length
  const at = wrapDim(dim, rank + 1)
  const shape = [...self.shape.slice(0, at), 1, ...self.shape.slice(at)]
  const step = at < rank ? self.shape[at] * self.strides[at] : 1
  const strides = [...self.strides.slice(0, at), step, ...self.strides.slice(at)]
  return makeView(self, { shape, strides, offset: 0 }, unsqueezeRule, at)
}

const squeezeRules = ['SqueezeBackward0', 'SqueezeBackward1', 'SqueezeBackward2'].map((name) =>
  rule<Shape>(name, (g, _, shape) => reshape(g, shape))
)

/** Without dims of size 1: all of them, or those named. */
export function squeeze(self: Tensor, dim?: number | readonly number[]): Tensor {
  checkTensor(self, 'squeeze', 'self')
  const rank = self.shape.length
  const wanted = dim === undefined ? null : (typeof dim === 'number' ? [dim] : dim).map((d) => wrapDim(d, rank))
  const keep = self.shape.map((size, d) => size !== 1 || (wanted !== null && !wanted.includes(d)))
  const shape = self.shape.filter((_, d) => keep[d])
  const strides = self.strides.filter((_, d) => keep[d])
  const overload = dim === undefined ? 0 : typeof dim === 'number' ? 1 : 2
  return makeView(self, { shape, strides, offset: 0 }, squeezeRules[overload], self.shape)
}

// ---- expand ----

const expandRule = rule<Shape>('ExpandBackward0', (g, _, shape) => sumToShape(g, shape))

/** Dims of size 1 repeated without a copy; -1 keeps a size, new dims go in front. */
export function expand(self: Tensor, ...sizes: (number | Shape)[]): Tensor {
  checkTensor(self, 'expand', 'self')
  const requested = shapeArguments(sizes)
  const extra = requested.length - self.shape.length
  if (extra < 0) {
    throw new RangeError(
      `expand(${shapeText(self.shape)}, size=${shapeText(requested)}): the number of sizes provided (${requested.length}) must be ` +
        `greater or equal to the number of dimensions in the tensor (${self.shape.length})`
    )
  }
  const shape = new Array<number>(requested.length)
  const strides = new Array<number>(requested.length)
  requested.forEach((size, d) => {
    const old = d < extra ? 1 : self.shape[d - extra]
    if (size === -1 && d < extra) {
      throw new RangeError(
        `The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ${d}`
      )
    }
    shape[d] = size === -1 ? old : size
    if (shape[d] !== old && old !== 1) {
      throw new RangeError(
        `The expanded size of the tensor (${size}) must match the existing size (${old}) at non-singleton dimension ${d}.  ` +
          `Target sizes: ${shapeText(requested)}.  Tensor sizes: ${shapeText(self.shape)}`
      )
    }
    strides[d] = d < extra || (old === 1 && shape[d] !== 1) ? 0 : self.strides[d - extra]
  })
  return makeView(self, { shape, strides, offset: 0 }, expandRule, self.shape)
}

/** Expanded to the shape of another tensor. */
export function expandAs(self: Tensor, other: Tensor): Tensor {
  checkTensor(other, 'expandAs', 'other')
  return expand(self, other.shape)
}

const sumToShape = (g: Tensor, shape: Shape): Tensor => adjoints.sumToShape(g, shape)

// ---- selecting views ----

/** A logical view that can be taken of any tensor of one shape; its adjoint scatters into zeros. */
interface Selection {
  readonly inputShape: Shape
  /** Strides of the input where they matter. */
  readonly inputStrides?: Shape
  readonly view: (self: Tensor) => Tensor
}

const scatterRule = rule<Selection>('SelectBackwardBackward0', (g, _, selection) => selection.view(g))

/** Adds into zeros. Elements that a view shows more than once take the sum. */
function addInto(zeros: Tensor, g: Tensor): void {
  if (!overlaps(zeros)) copyInto(zeros, g)
  else for (let i = 0; i < zeros.shape[0]; i++) addSlice(select(zeros, 0, i), select(g, 0, i))
}

function addSlice(target: Tensor, g: Tensor): void {
  if (!overlaps(target)) target.add_(g)
  else for (let i = 0; i < target.shape[0]; i++) addSlice(select(target, 0, i), select(g, 0, i))
}

/** True when two dims may lead to the same element. */
function overlaps({ shape, strides }: Tensor): boolean {
  const dims = shape.map((size, d) => ({ size, step: strides[d] })).filter(({ size }) => size > 1)
  dims.sort((a, b) => a.step - b.step)
  let reach = 0
  for (const { size, step } of dims) {
    if (step <= reach) return true
    reach += (size - 1) * step
  }
  return false
}

/** The adjoint of a selecting view: zeros with `g` in the selected place. */
function scatter(g: Tensor, selection: Selection): Tensor {
  const result = noGrad(() => {
    const { inputShape, inputStrides } = selection
    const zeros =
      inputStrides === undefined ? emptyResult(inputShape, g.code) : emptyStrided(inputShape, inputStrides, g.code)
    fillInto(zeros, 0)
    addInto(selection.view(zeros), g)
    return zeros
  })
  return record(result, scatterRule, [g], selection)
}

const selectRule = rule<Selection>('SelectBackward0', (g, _, selection) => scatter(g, selection))
const unbindRule = rule<Selection>('UnbindBackward0', (g, _, selection) => scatter(g, selection))
const sliceRule = rule<Selection>('SliceBackward0', (g, _, selection) => scatter(g, selection))
const splitRule = rule<Selection>('SplitBackward0', (g, _, selection) => scatter(g, selection))

function selectWith(self: Tensor, dim: number, index: number, viewRule: typeof selectRule): Tensor {
  const rank = self.shape.length
  if (rank === 0) throw new RangeError('select() cannot be applied to a 0-dim tensor.')
  const d = wrapDim(dim, rank)
  const size = self.shape[d]
  if (!Number.isInteger(index)) throw new TypeError(`select: index must be an integer, got ${index}`)
  if (index < -size || index >= size) {
    throw new RangeError(
      `select(): index ${index} out of range for tensor of size ${shapeText(self.shape)} at dimension ${d}`
    )
  }
  const at = index < 0 ? index + size : index
  const shape = self.shape.filter((_, i) => i !== d)
  const strides = self.strides.filter((_, i) => i !== d)
  const selection: Selection = { inputShape: self.shape, view: (x) => selectWith(x, d, at, viewRule) }
  return makeView(self, { shape, strides, offset: at * self.strides[d] }, viewRule, selection, viewRule === unbindRule)
}

/** One index of a dim, which goes. */
export function select(self: Tensor, dim: number, index: number): Tensor {
  checkTensor(self, 'select', 'self')
  return selectWith(self, dim, index, selectRule)
}

function sliceWith(
  self: Tensor,
  dim: number,
  start: number,
  end: number,
  step: number,
  viewRule: typeof sliceRule
): Tensor {
  const d = wrapDim(dim, self.shape.length)
  if (self.shape.length === 0) throw new RangeError('slice() cannot be applied to a 0-dim tensor.')
  if (!(step > 0)) throw new RangeError('step must be greater than zero')
  const size = self.shape[d]
  const clampBound = (bound: number): number => Math.min(Math.max(bound < 0 ? bound + size : bound, 0), size)
  const from = clampBound(start)
  const until = Math.max(clampBound(end), from)
  const shape = [...self.shape]
  const strides = [...self.strides]
  shape[d] = Math.ceil((until - from) / step)
  strides[d] *= step
  const selection: Selection = { inputShape: self.shape, view: (x) => sliceWith(x, d, from, until, step, viewRule) }
  const offset = shape[d] === 0 ? 0 : from * self.strides[d]
  return makeView(self, { shape, strides, offset }, viewRule, selection, viewRule === splitRule)
}

/** Elements `start` to `end` (exclusive) of a dim, every `step`th; bounds clamp, negative ones count from the end. */
export function sliceDim(self: Tensor, dim: number, start = 0, end = Infinity, step = 1): Tensor {
  checkTensor(self, 'sliceDim', 'self')
  return sliceWith(self, dim, start, end, step, sliceRule)
}

/** `length` elements of a dim from `start`. */
export function narrow(self: Tensor, dim: number, start: number, length: number): Tensor {
  checkTensor(self, 'narrow', 'self')
  if (self.shape.length === 0) throw new RangeError('narrow() cannot be applied to a 0-dim tensor.')
  const d = wrapDim(dim, self.shape.length)
  const size = self.shape[d]
  if (length < 0) throw new RangeError('narrow(): length must be non-negative.')
  if (start < -size || start > size) {
    throw new RangeError(`start out of range (expected to be in range of [${-size}, ${size}], but got ${start})`)
  }
  const from = start < 0 ? start + size : start
  if (from + length > size)
    throw new RangeError(`start (${from}) + length (${length}) exceeds dimension size (${size}).`)
  return sliceWith(self, d, from, from + length, 1, sliceRule)
}

/** Tells each view of one call its position, for messages. */
function numbered(views: Tensor[]): Tensor[] {
  views.forEach((view, i) => {
    const info = view.meta?.view
    if (info) info.outputNumber = i
  })
  return views
}

/** The slices of a dim, which goes. */
export function unbind(self: Tensor, dim = 0): Tensor[] {
  checkTensor(self, 'unbind', 'self')
  const d = wrapDim(dim, self.shape.length)
  if (self.shape.length === 0) throw new RangeError('Dimension specified as 0 but tensor has no dimensions')
  return numbered(Array.from({ length: self.shape[d] }, (_, i) => selectWith(self, d, i, unbindRule)))
}

/** Pieces of `size` along a dim (the last may be smaller), or of the given sizes. */
export function split(self: Tensor, size: number | readonly number[], dim = 0): Tensor[] {
  checkTensor(self, 'split', 'self')
  if (self.shape.length === 0) throw new RangeError('split expects at least a 1-dimensional tensor')
  const d = wrapDim(dim, self.shape.length)
  const sizes = typeof size === 'number' ? equalSizes(self.shape[d], size) : checkSizes(self.shape[d], size, d)
  let start = 0
  return numbered(sizes.map((n) => sliceWith(self, d, start, (start += n), 1, splitRule)))
}

function equalSizes(total: number, size: number): number[] {
  if (size < 0) throw new RangeError(`split expects split_size be non-negative, but got split_size=${size}`)
  if (size === 0 && total !== 0) {
    throw new RangeError(`split_size can only be 0 if dimension size is 0, but got dimension size of ${total}`)
  }
  const count = size === 0 ? 1 : Math.max(Math.ceil(total / size), 1)
  return Array.from({ length: count }, (_, i) => Math.min(size, total - i * size))
}

function checkSizes(total: number, sizes: readonly number[], dim: number): readonly number[] {
  if (sizes.some((size) => size < 0)) {
    throw new RangeError(
      `split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=${shapeText(sizes)}`
    )
  }
  if (sizes.reduce((sum, size) => sum + size, 0) === total) return sizes
  throw new RangeError(
    `split_with_sizes expects split_sizes to sum exactly to ${total} (input tensor's size at dimension ${dim}), but got ` +
      `split_sizes=${shapeText(sizes)}`
  )
}

/** At most `chunks` pieces of equal size along a dim; the last may be smaller. */
export function chunk(self: Tensor, chunks: number, dim = 0): Tensor[] {
  checkTensor(self, 'chunk', 'self')
  if (self.shape.length === 0) throw new RangeError('chunk expects at least a 1-dimensional tensor')
  if (!(chunks > 0)) throw new RangeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`)
  return split(self, Math.max(Math.ceil(self.shape[wrapDim(dim, self.shape.length)] / chunks), 1), dim)
}

const diagonalRule = rule<Selection>('DiagonalBackward0', (g, _, selection) => scatter(g, selection))

/** The diagonal of the first two dims, as the last dim. */
export function diagonal(self: Tensor): Tensor {
  checkTensor(self, 'diagonal', 'self')
  if (self.shape.length < 2) throw new RangeError(`diagonal: needs at least 2 dims, got ${self.shape.length}`)
  const shape = [...self.shape.slice(2), Math.min(self.shape[0], self.shape[1])]
  const strides = [...self.strides.slice(2), self.strides[0] + self.strides[1]]
  const selection: Selection = { inputShape: self.shape, view: (x) => diagonal(x) }
  return makeView(self, { shape, strides, offset: 0 }, diagonalRule, selection)
}

// ---- strided views and the history of in-place writes ----

/** Fresh memory with the given strides, which may leave gaps. */
function emptyStrided(shape: Shape, strides: Shape, code: number): Tensor {
  return aliasTensor(emptyResult([reachOf(shape, strides)], code), shape, strides, 0)
}

/** A copy of `x` with its elements where the base of `part` has them. */
function copyLaidOut(x: Tensor, { baseStrides }: StridedParameters): Tensor {
  const copy = emptyStrided(x.shape, baseStrides, x.code)
  copyInto(copy, x)
  return record(copy, cloneRule, [x], null)
}

/** The very same tensor when its elements are where the base of `part` has them, else a copy where they are. */
const laidOut = (x: Tensor, part: StridedParameters): Tensor =>
  x.shape.every((size, d) => size === 1 || x.strides[d] === part.baseStrides[d]) ? x : copyLaidOut(x, part)

/** The view that `part` describes, of a tensor laid out as the base. */
function partOf(base: Tensor, part: StridedParameters): Tensor {
  return makeView(base, part, asStridedRule, part)
}

const asStridedRule = rule<StridedParameters>('AsStridedBackward0', (g, _, part) =>
  scatter(sumRepeated(g, part), {
    inputShape: part.baseShape,
    inputStrides: part.baseStrides,
    view: (x) => partOf(laidOut(x, part), withoutRepeats(part))
  })
)
stridedView.rule = asStridedRule

/** Expanded dims show one element many times: their gradients add up. */
function sumRepeated(g: Tensor, { shape, strides }: StridedParameters): Tensor {
  return sumToShape(
    g,
    shape.map((size, d) => (strides[d] === 0 ? 1 : size))
  )
}

function withoutRepeats(part: StridedParameters): StridedParameters {
  return { ...part, shape: part.shape.map((size, d) => (part.strides[d] === 0 ? 1 : size)) }
}

/** A view with explicit strides and offset in elements of the storage; must stay inside of it. */
export function asStrided(self: Tensor, shape: Shape, strides: Shape, storageOffset?: number): Tensor {
  checkTensor(self, 'asStrided', 'self')
  const offset = storageOffset ?? self.storageOffset()
  // A leaf stands for itself, even where it shows another tensor's elements.
  const base = self.leafRequiresGrad ? self : (self.base ?? self)
  checkStrides(self, shape, strides, offset)
  const first = offset - base.storageOffset()
  if (isTracked(base) && (first < 0 || first + reachOf(shape, strides) > reachOf(base.shape, base.strides))) {
    throw new RangeError('asStrided: the view reaches outside of the tensor that has the gradient; detach() it first')
  }
  return partOf(base, { shape, strides, offset: first, baseShape: base.shape, baseStrides: base.strides })
}

const reachOf = (shape: Shape, strides: Shape): number =>
  numelOf(shape) === 0 ? 0 : shape.reduce((last, size, d) => last + (size - 1) * strides[d], 1)

function checkStrides(self: Tensor, shape: Shape, strides: Shape, offset: number): void {
  if (strides.length !== shape.length) throw new RangeError('mismatch in length of strides and shape')
  if (strides.some((step) => step < 0)) {
    throw new RangeError(
      `as_strided: Negative strides are not supported at the moment, got strides: ${shapeText(strides)}`
    )
  }
  if (offset < 0) throw new RangeError(`Tensor: invalid storage offset ${offset}`)
  const itemSize = self.elementSize()
  const needed = numelOf(shape) === 0 ? 0 : (offset + reachOf(shape, strides)) * itemSize
  const { byteLength } = self.storage
  if (needed <= byteLength) return
  throw new RangeError(
    `setStorage: sizes ${shapeText(shape)}, strides ${shapeText(strides)}, storage offset ${offset}, and itemsize ${itemSize} ` +
      `requiring a storage size of ${needed} are out of bounds for storage of size ${byteLength}`
  )
}

slices.split = (g, part, rewrite) => {
  const result = copyLaidOut(g, part)
  const before = clone(partOf(result, part))
  const rewritten = rewrite(before)
  const target = partOf(result, part)
  if (rewritten === null) noGrad(() => fillInto(target, 0))
  else if (isTracked(result) || isTracked(rewritten)) copy_(target, rewritten)
  else copyInto(target, rewritten)
  return result
}

// ---- joining ----

function checkTensors(tensors: unknown, op: string): asserts tensors is readonly Tensor[] {
  if (!Array.isArray(tensors))
    throw new TypeError(`${op}: tensors must be an array of Tensors, got ${tensors === null ? 'null' : typeof tensors}`)
  tensors.forEach((tensor, i) => {
    checkTensor(tensor, op, `tensor ${i}`)
  })
}

/** Tensors joined along an existing dim; their other sizes are equal, their dtypes are promoted. */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  checkTensors(tensors, 'cat')
  if (tensors.length === 0) throw new RangeError('torch.cat(): expected a non-empty list of Tensors')
  tensors.forEach((tensor, i) => {
    if (tensor.shape.length === 0)
      throw new RangeError(`zero-dimensional tensor (at position ${i}) cannot be concatenated`)
  })
  // A [0] tensor joins anything, for PyTorch's sake.
  const parts = tensors.filter((tensor) => !(tensor.shape.length === 1 && tensor.shape[0] === 0))
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
    if (!parts.includes(tensor)) continue
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
    const piece =
      shape.length === 1 && shape[0] === 0 ? filled(shape, 0, g.code) : narrow(g, dim, starts[i], shape[dim])
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
