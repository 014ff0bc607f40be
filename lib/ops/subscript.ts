// `x.at(...)` and `x.setAt(...)`: Python's subscripts, from views and index tensors.

import { declare, installMethod } from '../declare'
import { BOOL, INT64, UINT8 } from '../dtype'
import { checkArity, isList, usualAdvice, valueText } from '../kinds'
import { forbidInCapture, recording, sealed } from '../recording'
import { MAX_RANK, type Shape } from '../shape'
import { Signature, defineCheck, isKeywords } from '../signature'
import { Tensor } from '../tensor'
import { tracing } from '../tracing'
import { full } from './creation'
import { literal } from './core/data'
import { type IndexList, checkMask, indexPut_, indexTensors } from './indexing'
import { nonzeroList } from './nonzero'
import { cast } from './core/copy'
import { copy_ } from './copy'
import { rule } from './define/operation'
import { checkTensor } from './define/result'
import { makeView } from './define/view'
import { expand, reshape, unsqueeze } from './movement'
import { sliceDim } from './core/slice'
import { select } from './selection'

/** A range of a dim, as Python's `start:end:step`. */
export class Slice {
  constructor(
    /** First index, null for 0. */
    readonly start: number | null,
    /** The index after the last, null for the end. */
    readonly end: number | null,
    /** Distance from one index to the next, at least 1. */
    readonly step: number
  ) {
    if (step === undefined)
      throw new TypeError('new Slice() is not for users: use slice(end) or slice(start, end, step)')
  }
}

/** `slice(end)` or `slice(start, end, step)`; null leaves a bound open. */
export function slice(start: number | null = null, end?: number | null, step: number | null = 1): Slice {
  checkArity('slice', arguments.length, 3)
  return end === undefined ? new Slice(null, start, step ?? 1) : new Slice(start, end, step ?? 1)
}

/** One subscript: an index, a slice, null for a new dim, '...', a list of indices, an index tensor or a bool mask. */
export type Subscript = number | Slice | null | '...' | Tensor | boolean | readonly (number | boolean)[]

declare module '../signature/types' {
  interface KindTypes {
    subscripts: Subscript | readonly Subscript[]
  }
}

// What is no subscript is told one by one.
defineCheck(
  'subscripts',
  'subscripts',
  (value) => !isKeywords(value),
  () => undefined
)

/** Dims of `self` that a subscript uses up. */
function dimsTaken(subscript: Subscript): number {
  if (subscript === null || subscript === '...' || typeof subscript === 'boolean') return 0
  return subscript instanceof Tensor && isMask(subscript) ? subscript.sizes.length : 1
}

const isMask = (index: Tensor): boolean => index.code === BOOL || index.code === UINT8

const forbidMask = (): void => {
  forbidInCapture('indexing with a mask', 'gives a shape that depends on values; use where(), or a list of booleans')
}

/** The value of a 0-d mask, which acts as a boolean. */
function truth(mask: Tensor): boolean {
  forbidMask()
  return Boolean(mask.item<number | boolean>())
}

/** True for a 0-d index tensor, which acts as a number. */
const isIndex = (subscript: unknown): subscript is Tensor =>
  subscript instanceof Tensor && subscript.sizes.length === 0 && !subscript.isFloatingPoint() && !isMask(subscript)

/**
 * The element of a dim at a 0-d index tensor. A capture must not read it: there it is a copy that follows the index at
 * each replay, and may not be written, unless the caller writes by the index itself.
 */
function selectTensor(view: Tensor, dim: number, index: Tensor, source: number): Tensor {
  if (recording.recorder === null) return selectIndex(view, dim, Number(index.item()), source)
  const one = reshape(cast(index, INT64), [1])
  const copy = indexTensors(
    view,
    view.sizes.map((_, d) => (d === dim ? one : null))
  )
  sealed(
    copy.storage,
    'at() with an index tensor copies inside a step, so that its result cannot be written in place; use setAt()'
  )
  return select(copy, dim, 0)
}

/** Applies views and gathers the index tensors, each at its dim of the resulting view. */
function applyViews(
  self: Tensor,
  subscripts: readonly Subscript[],
  isWrite: boolean
): { view: Tensor; indices: (Tensor | null)[] } {
  // Each takes a dim or makes one, but for '...'; a list may say that it has billions.
  if (subscripts.length > self.sizes.length + MAX_RANK + 1) {
    throw new RangeError(`too many indices for tensor of dimension ${self.sizes.length}`)
  }
  const taken = subscripts.reduce<number>((sum, subscript) => sum + dimsTaken(subscript), 0)
  if (taken > 0 && self.sizes.length === 0) {
    throw new RangeError('invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number')
  }
  if (taken > self.sizes.length) throw new RangeError(`too many indices for tensor of dimension ${self.sizes.length}`)
  if (subscripts.filter((subscript) => subscript === '...').length > 1) {
    throw new RangeError("an index can only have a single ellipsis ('...')")
  }
  let view = self
  let dim = 0
  let source = 0 // the dim of self that the next subscript takes
  const indices: (Tensor | null)[] = []
  const gather = (index: Tensor): void => {
    while (indices.length < dim) indices.push(null)
    indices.push(index)
    dim++
  }
  for (const given of subscripts) {
    const subscript = given instanceof Tensor && given.sizes.length === 0 && isMask(given) ? truth(given) : given
    if (typeof subscript === 'number') view = selectIndex(view, dim, subscript, source)
    else if (isIndex(subscript) && !(isWrite && recording.recorder !== null)) {
      view = selectTensor(view, dim, subscript, source)
    } else if (subscript === null) view = unsqueeze(view, dim++)
    else if (subscript === '...') {
      dim += self.sizes.length - taken
      source += self.sizes.length - taken
    } else if (subscript instanceof Slice) {
      // As in PyTorch, one that leaves all as it is makes no node beside other subscripts.
      if (subscripts.length === 1 || !isWhole(subscript, view.sizes[dim])) {
        view = sliceDim(view, dim, subscript.start ?? 0, subscript.end ?? Infinity, subscript.step)
      }
      dim++
    } else if (typeof subscript === 'boolean') {
      view = unsqueeze(view, dim)
      gather(indexList(subscript ? [0] : []))
    } else {
      for (const index of indexTensorsOf(subscript, view.sizes, dim)) gather(index)
    }
    source += dimsTaken(subscript)
  }
  return { view, indices }
}

/** True for a slice of all of a dim. */
const isWhole = ({ start, end, step }: Slice, size: number): boolean =>
  step === 1 && (start === null || start === 0) && (end === null || (Number.isInteger(end) && end >= size))

const aliasRule = rule<null>('AliasBackward0', (g) => g)

/** All elements, as a tensor of its own. */
const alias = (input: Tensor): Tensor =>
  makeView(input, { shape: input.sizes, strides: input.steps, offset: 0 }, aliasRule, null)

function noSubscript(given: unknown): TypeError {
  return new TypeError(
    "only integers, slices, '...', null, lists and long, byte or bool Tensors are valid indices " +
      `(got ${valueText(given)})${subscriptAdvice(given)}`
  )
}

function subscriptAdvice(given: unknown): string {
  if (ArrayBuffer.isView(given)) return '; use a list: [...indices]'
  if (typeof given === 'bigint') return `; use ${given}`
  if (typeof given !== 'string') return usualAdvice(given)
  const parts = given.split(',').map((part) => subscriptOf(part.trim()))
  return parts.includes(null) ? '' : `; use ${parts.join(', ')}`
}

/** What stands for one of Python's subscripts here, null for no subscript. */
function subscriptOf(text: string): string | null {
  if (/^-?\d+$/.test(text)) return text
  if (text === '...') return "'...'"
  if (text === 'None') return 'null'
  const range = /^(-?\d*):(-?\d*)(?::(-?\d*))?$/.exec(text)
  if (range === null) return null
  const [start, end, step] = range.slice(1).map((bound) => bound || 'null')
  if (step !== 'null' && step !== undefined) return `slice(${start}, ${end}, ${step})`
  return start === 'null' && end === 'null' ? 'slice()' : `slice(${start}, ${end})`
}

function selectIndex(view: Tensor, dim: number, index: number, source: number): Tensor {
  const size = view.sizes[dim]
  if (!Number.isInteger(index)) throw noSubscript(index)
  if (index < -size || index >= size) {
    throw new RangeError(`index ${index} is out of bounds for dimension ${source} with size ${size}`)
  }
  return select(view, dim, index)
}

function indexTensorsOf(subscript: Tensor | readonly (number | boolean)[], shape: Shape, dim: number): Tensor[] {
  if (!(subscript instanceof Tensor)) {
    if (!isList(subscript)) throw noSubscript(subscript)
    return [listTensor(subscript as readonly (number | boolean)[], shape, dim)]
  }
  if (!isMask(subscript)) {
    if (subscript.isFloatingPoint()) {
      throw new TypeError('tensors used as indices must be long, int, byte or bool tensors')
    }
    return [cast(subscript, INT64)]
  }
  forbidMask()
  checkMask(subscript.sizes, shape, dim)
  return nonzeroList(subscript)
}

const indexList = (indices: readonly number[]): Tensor => literal(indices, [indices.length], INT64)

/** A copy of a list, since what a proxy says may change; stops at the first element that no list may hold. */
function readList(given: readonly unknown[]): (number | boolean)[] {
  const list: (number | boolean)[] = []
  for (let i = 0; i < given.length; i++) {
    const value = given[i]
    if (typeof value !== 'boolean' && !Number.isInteger(value)) throw noIndex(value)
    list.push(value as number | boolean)
  }
  return list
}

const noIndex = (value: unknown): TypeError =>
  new TypeError(`at: a list of indices must hold integers, got ${valueText(value)}`)

/** A list of indices as it is, of a list of booleans the numbers of those that are true. */
function listTensor(given: readonly (number | boolean)[], shape: Shape, dim: number): Tensor {
  const list = readList(given)
  const isMaskList = list.length > 0 && list.every((value) => typeof value === 'boolean')
  if (isMaskList) {
    checkMask([list.length], shape, dim)
    return indexList([...list.keys()].filter((i) => list[i]))
  }
  for (const value of list) if (typeof value === 'boolean') throw noIndex(value)
  return indexList(list as readonly number[])
}

/** The elements that the subscripts name: a view for indices and slices, a copy for index tensors, lists and masks. */
export function at(input: Tensor, ...subscripts: Subscript[]): Tensor {
  if (tracing.tracer !== null) return tracing.tracer.call(ofAt, [input, subscripts], elementsAt as Body) as Tensor
  return elementsAt(input, subscripts)
}

type Body = (...values: unknown[]) => unknown

const ofAt = new Signature('at(input: Tensor, indices: subscripts)')

function elementsAt(input: Tensor, subscripts: readonly Subscript[]): Tensor {
  checkTensor(input, 'at', 'input')
  const { view, indices } = applyViews(input, subscripts, false)
  if (indices.length > 0) return indexTensors(view, padded(indices, view))
  return view === input ? alias(input) : view
}

declare module '../tensor' {
  interface Tensor {
    /**
     * The elements that the subscripts name: a view for indices and slices, a copy for index tensors, lists and masks.
     */
    at(...subscripts: Subscript[]): Tensor
  }
}

installMethod('at', function (...subscripts) {
  return at(this, ...(subscripts as Subscript[]))
})

const padded = (indices: (Tensor | null)[], view: Tensor): IndexList => view.sizes.map((_, d) => indices[d] ?? null)

/** Writes a value, broadcast, to the elements that the subscripts name, in place. */
export const setAt = declare(
  'setAt(input: Tensor, indices: subscripts, value: operand)',
  (input, indices, value): Tensor => {
    const list = (isSubscriptList(indices) ? indices : [indices]) as Subscript[]
    const { view, indices: tensors } = applyViews(input, list, true)
    const values = value instanceof Tensor ? value : full([], value, { dtype: input.dtype })
    if (tensors.length > 0) indexPut_(view, padded(tensors, view), values)
    else copy_(view, expand(withoutLeadingOnes(values, view.sizes.length), view.sizes))
    return input
  }
)

// A list of numbers alone is a list of subscripts, as `x[1, 2]`; nest it to mean an index list.
const isSubscriptList = isList

function withoutLeadingOnes(values: Tensor, rank: number): Tensor {
  let extra = values.sizes.length - rank
  let start = 0
  while (extra > 0 && values.sizes[start] === 1) {
    start++
    extra--
  }
  return start === 0 ? values : reshape(values, values.sizes.slice(start))
}
