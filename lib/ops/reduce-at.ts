// Elements that meet at chosen places: what scatter, indexAdd and their kin write, and the derivatives of reductions.

import { isTracked } from '../autograd/node'
import type { Failure } from '../recording'
import type { Shape } from '../shape'
import type { Tensor } from '../tensor'
import { BOOL, INT64, computeCode, isFloating } from '../dtype'
import { aliasTensor } from '../tensor/geometry'
import { Fused } from './define/fused'
import { type InPlaceForm, beforeWrite } from './define/write'
import { type Adjoint, Rule, type Saved, nodeOf, record } from './define/operation'
import { emptyResult, notImplemented } from './define/result'
import { gatherAt, scatterAdd, writeAlong } from './core/along'
import { clone } from './core/copy'
import { filled } from './core/fill'
import { reshapeTo } from './core/reshape'
import { scatterSelection } from './core/scatter'
import { sliceDim } from './core/slice'

const oneDim: Shape = [1]

/** One of no dims is a line of one element. No autograd. */
export const lineOf = (x: Tensor): Tensor => (x.sizes.length === 0 ? aliasTensor(x, oneDim, oneDim, 0) : x)

/** The same as an op. */
export const lined = (x: Tensor): Tensor => (x.sizes.length === 0 ? reshapeTo(x, oneDim) : x)

export type Reduction = 'sum' | 'prod' | 'mean' | 'amax' | 'amin'

/** Where values go: to the elements that `index` chooses along `dim`. */
export interface Places {
  readonly dim: number
  readonly index: Tensor
  readonly failure: Failure
}

/** Saves the index, which says where gradients go: a write to it before backward is an error. */
export const saveIndex = (_self: Tensor, _inputs: readonly Tensor[], { index }: { readonly index: Tensor }): Saved => [
  index
]

/** The same where only the gradient of the values reads it. */
export const saveIndexOfValues = (
  self: Tensor,
  inputs: readonly Tensor[],
  places: { readonly index: Tensor }
): Saved => (isTracked(inputs[0]) ? saveIndex(self, inputs, places) : [])

/** What kernels write lies apart from all that they read, be it a column beside theirs. */
export const apartFrom = (self: Tensor, other: Tensor): Tensor =>
  other.storage === self.storage ? clone(other.detach()) : other

const quotient = new Fused(([total, count]) => total.div(count.maximum(1)))
const floored = new Fused(([total, count]) => total.floorDivide(count.maximum(1)))

/** Divides sums by how many elements they are of; sums of none stay. */
function divideByCount(self: Tensor, { dim, index }: Places, includesSelf: boolean): void {
  const code = isFloating(self.code) ? computeCode(self.code) : INT64
  const count = filled(self.sizes, includesSelf ? 1 : 0, code)
  writeAlong('add', count, dim, index, filled([], 1, code))
  ;(isFloating(self.code) ? quotient : floored).write([self], [self, count], [])
}

/** Reduces `src` into the chosen elements of `self`, with what was there or without. No autograd, no version. */
function reduceInto(
  self: Tensor,
  places: Places,
  src: Tensor,
  reduction: Reduction,
  includesSelf: boolean,
  kernelName: string
): void {
  const { dim, failure } = places
  const index = lineOf(apartFrom(self, places.index))
  const values = apartFrom(self, src)
  const line = lineOf(self)
  if (reduction === 'mean' && self.code === BOOL) throw notImplemented(kernelName, BOOL)
  if (index.numelCached === 0) return
  const isExtreme = reduction === 'amax' || reduction === 'amin'
  // The extreme of values is that of them and any of them.
  if (!includesSelf) {
    const first = isExtreme ? values : filled([], reduction === 'prod' ? 1 : 0, self.code)
    writeAlong('put', line, dim, index, first, failure)
  }
  const writing = reduction === 'prod' ? 'multiply' : isExtreme ? (reduction === 'amax' ? 'greatest' : 'least') : 'add'
  writeAlong(writing, line, dim, index, values, failure)
  if (reduction === 'mean') divideByCount(line, { ...places, index }, includesSelf)
}

// ---- derivatives ----

/** A gradient of the first elements of each dim, as one of all: zero where no index stands. */
export function spreadFirst(g: Tensor, shape: Shape): Tensor {
  if (shape.length === 0) return reshapeTo(g, shape)
  if (shape.every((size, d) => size === g.sizes[d])) return g
  const { sizes } = g
  const view = (x: Tensor): Tensor => sizes.reduce((part, size, d) => sliceDim(part, d, 0, size), x)
  return scatterSelection(g, { inputShape: shape, view })
}

/** The first elements of each dim, as many as the index has. */
export const takeFirst = (src: Tensor, shape: Shape): Tensor =>
  shape.every((size, d) => size === src.sizes[d])
    ? src
    : shape.reduce((part, size, d) => sliceDim(part, d, 0, size), src)

/** The gradient with zeros where an index chooses. */
export function withoutChosen(g: Tensor, dim: number, index: Tensor): Tensor {
  return g.scatter(dim, index, 0)
}

interface Reduced {
  readonly dim: number
  readonly reduction: Reduction
  readonly includesSelf: boolean
}

const sameDtype = (condition: Tensor, like: Tensor): Tensor => condition.to(like.dtype)

const adjoint: Adjoint<Reduced> = ([g], saved, { dim, reduction, includesSelf }, wanted) => {
  const [old, whole, index, result] = (saved as readonly Tensor[]).map(lined)
  const src = takeFirst(whole, index.sizes)
  const gradients = slopes(lined(g!), old, src, index, result, dim, reduction, includesSelf)
  const ofSelf = (): Tensor => (includesSelf ? gradients.self() : withoutChosen(gradients.self(), dim, index))
  return [
    wanted.needs(0) ? reshapeTo(ofSelf(), saved[0]!.sizes) : null,
    wanted.needs(1) ? spreadFirst(gradients.src(), saved[1]!.sizes) : null
  ]
}

interface Slopes {
  readonly self: () => Tensor
  readonly src: () => Tensor
}

function slopes(
  g: Tensor,
  self: Tensor,
  src: Tensor,
  index: Tensor,
  result: Tensor,
  dim: number,
  reduction: Reduction,
  includesSelf: boolean
): Slopes {
  const at = (x: Tensor): Tensor => gatherAt(x, dim, index)
  switch (reduction) {
    case 'sum':
      return { self: () => g, src: () => at(g) }
    case 'mean': {
      const others = scatterAdd(filled(index.sizes, 1, g.code), g.sizes, dim, index)
      const count = (includesSelf ? others.add(1) : others).clampMin(1)
      const each = g.div(count)
      return { self: () => each, src: () => at(each) }
    }
    case 'prod':
      return slopesOfProduct(g, self, src, index, result, dim, includesSelf)
    default: {
      const [isSelf, isSrc] = [sameDtype(self.eq(result), g), sameDtype(src.eq(at(result)), g)]
      const shared = g.div(isSelf.add(scatterAdd(isSrc, g.sizes, dim, index)))
      return { self: () => isSelf.mul(shared), src: () => isSrc.mul(at(shared)) }
    }
  }
}

/** Exact beside one zero: what is 0 counts as 1 in the product of the others. */
function slopesOfProduct(
  g: Tensor,
  self: Tensor,
  src: Tensor,
  index: Tensor,
  result: Tensor,
  dim: number,
  includesSelf: boolean
): Slopes {
  const at = (x: Tensor): Tensor => gatherAt(x, dim, index)
  return {
    self: () => {
      const nonzero = self.maskedFill(self.eq(0), 1)
      return g.mul(nonzero.scatterReduce(dim, index, src, 'prod', { includeSelf: includesSelf })).div(nonzero)
    },
    src: () => {
      const isZero = src.eq(0)
      const zeros = at(scatterAdd(sameDtype(isZero, g), g.sizes, dim, index))
      const isOnlyZero = isZero.logicalAnd(zeros.eq(1))
      const others = src.maskedFill(isOnlyZero, 1)
      const product = self.scatterReduce(dim, index, others, 'prod', { includeSelf: includesSelf })
      const usual = at(g.mul(result)).div(src.maskedFill(isZero, 1))
      return at(g.mul(product)).where(isOnlyZero, usual)
    }
  }
}

/** The rule of a reduction into `self`; it reads the old elements, the values, the index and the result. */
export const reduceRule = (nodeName: string): Rule<Reduced> => new Rule(nodeName, adjoint)

/** What a call of such a reduction is. */
export interface ReduceCall extends Reduced {
  readonly places: Places
  readonly kernelName: string
}

/** What a call makes of a copy. */
export function reducedCopy(nodeRule: Rule<Reduced>, self: Tensor, src: Tensor, call: ReduceCall): Tensor {
  const { places, reduction, includesSelf, kernelName } = call
  const result = copyOf(self)
  reduceInto(result, places, src, reduction, includesSelf, kernelName)
  const save = [self, src, places.index, result]
  return record({ outputs: result, rule: nodeRule, inputs: [self, src], parameters: call, save })
}

/** The in-place form of a reduction; its inputs are `src` alone. */
export const reduceForm = (nodeRule: Rule<Reduced>): InPlaceForm<ReduceCall> => ({
  makeNode: (self, [src], call) =>
    nodeOf({ rule: nodeRule, parameters: call, save: [beforeWrite(self, true), src, call.places.index, self] }, [
      self,
      src
    ]),
  write: (self, [src], { places, reduction, includesSelf, kernelName }) => {
    reduceInto(self, places, src, reduction, includesSelf, kernelName)
  }
})

/** A copy, in memory of its own, for a result that is written in place before it is recorded. */
function copyOf(self: Tensor): Tensor {
  const copy = emptyResult(self.sizes, self.code)
  copy.copy_(self.detach())
  return copy
}
