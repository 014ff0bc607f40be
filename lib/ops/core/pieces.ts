// Pieces of a dim: taking a whole apart and joining pieces are each the other's derivative.

import { itemSizes } from '../../dtype'
import { type KernelOperand, callKernel, kernel } from '../../kernel'
import { MAX_OPERANDS } from '../../launch'
import type { Shape } from '../../shape'
import type { Tensor } from '../../tensor'
import { aliasTensor } from '../../tensor/geometry'
import { type Gradients, Rule, record } from '../define/operation'
import { emptyResult } from '../define/result'
import { type Geometry, makeViews } from '../define/view'
import { cast, copyInto } from './copy'
import { fillInto } from './fill'

/** Pieces of a dim, one behind the other. */
export interface Cut {
  /** Shape of the whole. */
  readonly whole: Shape
  readonly dim: number
  /** Sizes of the pieces along the dim; null where each is one index, without the dim. */
  readonly lengths: readonly number[] | null
}

/** Where the pieces of `whole` lie. */
function geometriesOf(whole: Tensor, { dim, lengths }: Cut): Geometry[] {
  const { sizes, steps } = whole
  if (lengths === null) {
    const [shape, strides] = [sizes, steps].map((list) => list.filter((_, d) => d !== dim))
    return Array.from({ length: sizes[dim] }, (_, i) => ({ shape, strides, offset: i * steps[dim] }))
  }
  let start = 0
  return lengths.map((length) => {
    const shape = sizes.slice()
    shape[dim] = length
    const offset = start * steps[dim]
    start += length
    return { shape, strides: steps, offset }
  })
}

// ---- apart ----

const apartRule = (nodeName: string): Rule<Cut> =>
  new Rule(nodeName, (gradients, _, cut) => [join(gradients, cut, gradients.find((g) => g !== null)!.code)])

export const unbindRule = apartRule('UnbindBackward0')
export const splitRule = apartRule('SplitBackward0')
export const splitWithSizesRule = apartRule('SplitWithSizesBackward0')
export const sliceRule = apartRule('SliceBackward0')
export const unsafeSplitRule = apartRule('UnsafeSplitBackward0')
export const unsafeSplitWithSizesRule = apartRule('UnsafeSplitWithSizesBackward0')

/** The pieces as views, the outputs of one node. Unless they are writable, in-place writes to them are refused. */
export const takeApart = (whole: Tensor, cut: Cut, rule: Rule<Cut>, isWritable = false): Tensor[] =>
  makeViews(whole, geometriesOf(whole, cut), rule, cut, isWritable)

/** The pieces over the same elements, which know of no base. */
export const cutApart = (whole: Tensor, cut: Cut, rule: Rule<Cut>): Tensor[] =>
  record({
    outputs: geometriesOf(whole, cut).map(({ shape, strides, offset }) => aliasTensor(whole, shape, strides, offset)),
    rule,
    inputs: [whole],
    parameters: cut
  })

// ---- together ----

interface Joined {
  readonly cut: Cut
  /** Dtypes of the pieces. */
  readonly codes: readonly number[]
}

const togetherRule = (nodeName: string, inverse: Rule<Cut>): Rule<Joined> =>
  new Rule(nodeName, ([g], _, { cut, codes }, wanted) =>
    takeApart(g!, cut, inverse, true).map((piece, i) => (wanted.needs(i) ? cast(piece, codes[i]) : null))
  )

const stackRule = togetherRule('StackBackward0', unbindRule)
const catRule = togetherRule('CatBackward0', sliceRule)

const cat = kernel('cat')

/** Two are copied one by one as fast. */
const SEVERAL = 3
/** Elements of a piece in the mean; larger ones are copied faster each by itself, past the caches and by threads. */
const SMALL = 2048

/** Joins row-major pieces of the dtype of `whole` in as few calls as hold them; false where there are others. */
function joinSmall(whole: Tensor, pieces: Gradients, { dim }: Cut): boolean {
  const { numelCached, code, storage } = whole
  if (pieces.length < SEVERAL || numelCached === 0 || numelCached > SMALL * pieces.length) return false
  for (const piece of pieces) if (piece === null || !piece.dense || piece.code !== code) return false
  let rows = 1
  for (let d = 0; d < dim; d++) rows *= whole.sizes[d]
  const columns = numelCached / rows
  let list: KernelOperand[] = []
  let [start, end] = [0, 0]
  const call = (): void => {
    const byteOffset = whole.byteOffset + start * itemSizes[code]
    callKernel(cat, [{ storage, byteOffset, code, sizes: [rows, end - start], steps: [columns, 1] }], [list])
    ;[list, start] = [[], end]
  }
  for (const piece of pieces as readonly Tensor[]) {
    const n = piece.numelCached / rows
    if (n === 0) continue
    list.push({ storage: piece.storage, byteOffset: piece.byteOffset, code, sizes: [rows, n], steps: [n, 1] })
    end += n
    if (list.length === MAX_OPERANDS - 1) call()
  }
  if (list.length > 0) call()
  return true
}

/** The whole of dtype `code`, zero where a piece is null. */
export function join(pieces: Gradients, cut: Cut, code: number): Tensor {
  const whole = emptyResult(cut.whole, code)
  if (!joinSmall(whole, pieces, cut)) {
    if (pieces.includes(null)) fillInto(whole, 0)
    geometriesOf(whole, cut).forEach(({ shape, strides, offset }, i) => {
      const piece = pieces[i]
      if (piece !== null && piece.numelCached > 0) copyInto(aliasTensor(whole, shape, strides, offset), piece)
    })
  }
  const codes = pieces.map((piece) => piece?.code ?? code)
  return record({
    outputs: whole,
    rule: cut.lengths === null ? stackRule : catRule,
    inputs: pieces,
    parameters: { cut, codes }
  })
}
