// Copies of all elements in another order: reversed, rolled, turned.

import { declare } from '../declare'
import { type Shape, shapeText, wrapDim, wrapDims } from '../shape'
import type { Tensor } from '../tensor'
import { aliasTensor } from '../tensor/geometry'
import { contiguous, emptyPreserved, preserved } from './core/copy'
import { type Piece, copyPieces, reversedDim, wholeDim } from './core/regions'
import { record, rule } from './define/operation'
import { emptyResult } from './define/result'

// ---- reversed ----

const flipRule = rule<readonly number[]>('FlipBackward0', (g, _, dims) => reversed(g, dims))

function reversed(input: Tensor, dims: readonly number[]): Tensor {
  const outputs = emptyPreserved(input, input.code)
  const pieces = input.sizes.map((size, d) => (dims.includes(d) ? reversedDim(size) : wholeDim(size)))
  copyPieces(outputs, input, pieces)
  return record({ outputs, rule: flipRule, inputs: [input], parameters: dims })
}

/** A copy with the elements of the given dims from last to first; dense strides are kept. */
export const flip = declare('flip(input: Tensor, dims: int...)', (input, dims): Tensor => {
  return reversed(input, dims.length === 0 ? [] : wrapDims(dims, input.sizes.length))
})

/** A copy with columns from right to left: dim 1 reversed. */
export const fliplr = declare('fliplr(input: Tensor)', (input): Tensor => {
  if (input.sizes.length < 2) throw new RangeError('Input must be >= 2-d.')
  return reversed(input, [1])
})

/** A copy with rows from bottom to top: dim 0 reversed. */
export const flipud = declare('flipud(input: Tensor)', (input): Tensor => {
  if (input.sizes.length < 1) throw new RangeError('Input must be >= 1-d.')
  return reversed(input, [0])
})

// ---- rolled ----

/** By how many places each dim is rolled forward, less than its size; one number rolls the flattened tensor. */
type Shifts = number | readonly number[]

const rollRule = rule<Shifts>('RollBackward0', (g, _, shifts) =>
  rolled(
    g,
    typeof shifts === 'number' ? modulo(-shifts, g.numelCached) : shifts.map((shift, d) => modulo(-shift, g.sizes[d]))
  )
)

const modulo = (value: number, size: number): number => (size === 0 ? 0 : (((value % size) + size) % size) + 0)

function rolledDim(size: number, shift: number): readonly Piece[] {
  if (shift === 0) return wholeDim(size)
  return [
    { at: 0, from: size - shift, length: shift, step: 1 },
    { at: shift, from: 0, length: size - shift, step: 1 }
  ]
}

function rolled(input: Tensor, shifts: Shifts): Tensor {
  const outputs = emptyResult(input.sizes, input.code)
  if (typeof shifts === 'number') {
    const [to, from] = [outputs, contiguous(input.detach())].map((x) => x.view(-1))
    copyPieces(to, from, [rolledDim(input.numelCached, shifts)])
  } else {
    copyPieces(
      outputs,
      input,
      input.sizes.map((size, d) => rolledDim(size, shifts[d]))
    )
  }
  return record({ outputs, rule: rollRule, inputs: [input], parameters: shifts })
}

const listOf = (value: number | readonly number[]): readonly number[] => (typeof value === 'number' ? [value] : value)

/**
 * A copy whose elements are moved forward along dims, those that leave the end coming in at the beginning; without dims
 * along the flattened tensor.
 */
export const roll = declare(
  'roll(input: Tensor, shifts: int|int[], dims: int|int[] = [])',
  (input, shifts, dims): Tensor => {
    const [by, along] = [listOf(shifts), listOf(dims)]
    if (by.length === 0) throw new RangeError('`shifts` required')
    if (along.length === 0 && by.length === 1) return rolled(input, modulo(by[0], input.numelCached))
    if (by.length !== along.length) {
      throw new RangeError(
        `shifts and dimensions must align. shifts: ${by.length}, dims:${along.length}; they are ${shapeText(by)} and ` +
          shapeText(along)
      )
    }
    const { sizes } = input
    const wrapped = along.map((dim) => {
      if (sizes.length === 0) throw new RangeError(`Dimension specified as ${dim} but tensor has no dimensions`)
      return wrapDim(dim, sizes.length)
    })
    const total = (d: number): number =>
      wrapped.reduce((sum, dim, i) => (dim === d ? modulo(sum + modulo(by[i], sizes[d]), sizes[d]) : sum), 0)
    return rolled(
      input,
      sizes.map((_, d) => total(d))
    )
  }
)

// ---- turned ----

interface Turn {
  /** Quarters of a turn, 0 to 3. */
  readonly k: number
  readonly dims: readonly number[]
}

const rot90Rule = rule<Turn>('Rot90Backward0', (g, _, { k, dims }) => turned(g, { k: (4 - k) % 4, dims }))

function turned(input: Tensor, turn: Turn): Tensor {
  const [a, b] = turn.dims
  return record({ outputs: quarters(input.detach(), turn.k, a, b), rule: rot90Rule, inputs: [input], parameters: turn })
}

function quarters(input: Tensor, k: number, a: number, b: number): Tensor {
  if (k === 0) return input.dense ? preserved(input) : contiguous(input)
  if (k === 2) return reversed(input, [a, b])
  const fresh = reversed(input, [k === 1 ? b : a])
  const exchanged = (list: Shape): Shape => list.map((value, d) => (d === a ? list[b] : d === b ? list[a] : value))
  return aliasTensor(fresh, exchanged(fresh.sizes), exchanged(fresh.steps), 0)
}

/** A copy turned by `k` quarters in the plane of two dims, from the first toward the second. */
export const rot90 = declare('rot90(input: Tensor, k: int = 1, dims: int[] = [0,1])', (input, k, dims): Tensor => {
  const rank = input.sizes.length
  if (dims.length !== 2) throw new RangeError(`expected total rotation dims == 2, but got dims = ${dims.length}`)
  if (rank < 2) throw new RangeError(`expected total dims >= 2, but got total dims = ${rank}`)
  const [a, b] = dims
  if (a === b || Math.abs(a - b) === rank) {
    throw new RangeError(`expected rotation dims to be different, but got dim0 = ${a} and dim1 = ${b}`)
  }
  return turned(input, { k: modulo(k, 4), dims: dims.map((dim) => wrapDim(dim, rank)) })
})
