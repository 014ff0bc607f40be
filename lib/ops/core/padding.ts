// Dims with places before and behind: what each shows, and the adjoint of that.

import { noGrad } from '../../autograd/mode'
import { computeCode } from '../../dtype'
import type { Shape } from '../../shape'
import type { Tensor } from '../../tensor'
import { type Rule, record, rule } from '../define/operation'
import { emptyResult } from '../define/result'
import { sumOver } from './broadcast'
import { cast } from './copy'
import { filled } from './fill'
import { type Piece, copyPieces, reversedDim, wholeDim } from './regions'
import { sliceDim } from './slice'

/** How a tensor is padded: the pieces of each dim of the result. */
export interface Padding {
  readonly shape: Shape
  readonly from: Shape
  readonly dims: readonly (readonly Piece[])[]
  /** What stands where no piece is; null where pieces are everywhere. */
  readonly value: number | null
}

/** What a mode shows in a dim of `size`, with `before` and `after` places more. */
export type PaddedDim = (size: number, before: number, after: number) => readonly Piece[]

/** The elements themselves, as far as they are kept. */
function kept(size: number, before: number, after: number): Piece {
  const [at, from] = [Math.max(before, 0), Math.max(-before, 0)]
  return { at, from, length: size - from + Math.min(after, 0), step: 1 }
}

const around = (size: number, before: number, after: number, step: -1 | 0): readonly Piece[] => {
  const total = size + before + after
  const end = Math.max(size + before, 0)
  const inner = kept(size, before, after)
  return [
    { at: 0, from: step === 0 ? 0 : before, length: Math.max(Math.min(before, total), 0), step },
    { ...inner, length: Math.max(inner.length, 0) },
    { at: end, from: step === 0 ? size - 1 : 2 * (size - 1) - (end - before), length: Math.max(total - end, 0), step }
  ]
}

export const constantDim: PaddedDim = (size, before, after) => [kept(size, before, after)]
export const reflectedDim: PaddedDim = (size, before, after) => around(size, before, after, -1)
export const replicatedDim: PaddedDim = (size, before, after) => around(size, before, after, 0)
export const circularDim: PaddedDim = (size, before, after) => {
  const inner = kept(size, before, after)
  const { at, from, length } = inner
  return [
    { at: 0, from: from + length - before, length: Math.max(before, 0), step: 1 },
    inner,
    { at: at + length, from, length: Math.max(after, 0), step: 1 }
  ]
}

const rules = new Map<string, Rule<Padding>>()

function ruleOf(nodeName: string): Rule<Padding> {
  const known = rules.get(nodeName)
  if (known !== undefined) return known
  const made = rule<Padding>(nodeName, (g, _, padding) => gathered(g, padding))
  rules.set(nodeName, made)
  return made
}

/** The input with its padding. */
export function padded(input: Tensor, padding: Padding, nodeName: string): Tensor {
  const outputs =
    padding.value === null ? emptyResult(padding.shape, input.code) : filled(padding.shape, padding.value, input.code)
  copyPieces(outputs, input, padding.dims)
  return record({ outputs, rule: ruleOf(nodeName), inputs: [input], parameters: padding })
}

const adjointRule = rule<Padding>('PadBackwardBackward0', (g, _, padding) =>
  padded(g, { ...padding, value: padding.value === null ? null : 0 }, 'PadBackward0')
)

/** The adjoint: each element takes the sum over the places that show it. */
function gathered(g: Tensor, padding: Padding): Tensor {
  const outputs = noGrad(() => {
    const wide = cast(g.detach(), computeCode(g.code))
    const sums = padding.dims.reduce((sum, pieces, d) => gatheredDim(sum, pieces, d, padding.from[d]), wide)
    return cast(sums === g ? sums.clone() : sums, g.code)
  })
  return record({ outputs, rule: adjointRule, inputs: [g], parameters: padding })
}

function gatheredDim(g: Tensor, pieces: readonly Piece[], dim: number, size: number): Tensor {
  const shown = pieces.filter(({ length }) => length > 0)
  if (shown.length === 1 && shown[0].step === 1 && shown[0].length === size && g.sizes[dim] === size) return g
  const shape = g.sizes.map((each, d) => (d === dim ? size : each))
  const sums = filled(shape, 0, g.code)
  for (const { at, from, length, step } of shown) {
    const part = sliceDim(g, dim, at, at + length)
    if (step === 0) sliceDim(sums, dim, from, from + 1).add_(sumOver(part, [dim], true, g.code))
    else if (step === 1) sliceDim(sums, dim, from, from + length).add_(part)
    else sliceDim(sums, dim, from - length + 1, from + 1).add_(reversedAlong(part, dim))
  }
  return sums
}

function reversedAlong(x: Tensor, dim: number): Tensor {
  const result = emptyResult(x.sizes, x.code)
  copyPieces(
    result,
    x,
    x.sizes.map((size, d) => (d === dim ? reversedDim(size) : wholeDim(size)))
  )
  return result
}
