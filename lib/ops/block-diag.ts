// Matrices side by side on the diagonal of a larger one.

import { declare } from '../declare'
import { codeOf, defaults, promoteKinds } from '../dtype'
import type { Tensor } from '../tensor'
import { cast, copyInto } from './core/copy'
import { filled } from './core/fill'
import { reshapeTo } from './core/reshape'
import { sliceDim } from './core/slice'
import { Rule, record } from './define/operation'
import { kindOfTensor } from './define/result'

/** Where a block lies, and what it was. */
interface Block {
  readonly row: number
  readonly column: number
  readonly height: number
  readonly width: number
  readonly input: { readonly sizes: readonly number[]; readonly code: number }
}

const partOf = (x: Tensor, { row, column, height, width }: Block): Tensor =>
  sliceDim(sliceDim(x, 0, row, row + height), 1, column, column + width)

const blocksRule = new Rule<readonly Block[]>('BlockDiagBackward0', ([g], _, blocks, wanted) =>
  blocks.map((block, i) =>
    wanted.needs(i) ? cast(reshapeTo(partOf(g!, block), block.input.sizes), block.input.code) : null
  )
)

function blocksOf(tensors: readonly Tensor[]): Block[] {
  let [row, column] = [0, 0]
  return tensors.map(({ sizes, code, numelCached }, i) => {
    if (sizes.length > 2) {
      throw new RangeError(
        `blockDiag: Input tensors must have 2 or fewer dimensions. Input ${i} has ${sizes.length} dimensions`
      )
    }
    const [height, width] = sizes.length === 2 ? sizes : [1, numelCached]
    const block = { row, column, height, width, input: { sizes, code } }
    row += height
    column += width
    return block
  })
}

/** Zeros with each matrix below and to the right of the one before; a line is a row. */
export const blockDiag = declare(
  'blockDiag(tensors: Tensor...)',
  (tensors): Tensor => {
    if (tensors.length === 0) return filled([1, 0], 0, defaults.float)
    const blocks = blocksOf(tensors)
    const last = blocks[blocks.length - 1]
    const code = codeOf(tensors.map(kindOfTensor).reduce(promoteKinds))
    const outputs = filled([last.row + last.height, last.column + last.width], 0, code)
    tensors.forEach((each, i) => {
      const { height, width } = blocks[i]
      copyInto(partOf(outputs, blocks[i]), reshapeTo(each.detach(), [height, width]))
    })
    return record({ outputs, rule: blocksRule, inputs: tensors, parameters: blocks })
  },
  ['torch']
)
