// A copy with other values in place of a view: the out-of-place forms of writes to views.

import { declare } from '../declare'
import { type Shape, reachOf, sameShape, shapeText } from '../shape'
import type { Tensor } from '../tensor'
import { aliasTensor } from '../tensor/geometry'
import { noGrad } from '../autograd/mode'
import { cast, clone } from './core/copy'
import { filled } from './core/fill'
import { sliceDim } from './core/slice'
import { replacePart } from './core/strided'
import { type Rule, record, rule } from './define/operation'
import { checkDistinct } from './define/result'
import { diagonal } from './diagonal'
import { select } from './selection'
import { checkStrides } from './strided'

/** A view that can be taken of any tensor of one shape. */
interface Part {
  readonly view: (x: Tensor) => Tensor
  readonly shape: Shape
  readonly code: number
}

const partRule = (nodeName: string): Rule<Part> => {
  const made: Rule<Part> = rule<Part>(
    nodeName,
    (g, _, part) =>
      replaced(
        g,
        noGrad(() => filled(part.shape, 0, g.code)),
        part,
        made
      ),
    (g, _, { view, code }) => cast(view(g), code)
  )
  return made
}

function checkSize(src: Shape, slice: Shape): void {
  if (sameShape(slice, src)) return
  throw new RangeError(
    `expected src to have a size equal to the slice of self. src size = ${shapeText(src)}, slice size = ${shapeText(slice)}`
  )
}

/** A copy of `input` with `src` in place of its part. */
function replaced(input: Tensor, src: Tensor, part: Part, nodeRule: Rule<Part>): Tensor {
  const result = noGrad(() => {
    const copy = clone(input)
    const view = part.view(copy)
    checkSize(src.sizes, view.sizes)
    view.copy_(src)
    return copy
  })
  return record({ outputs: result, rule: nodeRule, inputs: [input, src], parameters: part })
}

const selectRule = partRule('SelectScatterBackward0')
const sliceRule = partRule('SliceScatterBackward0')
const diagonalRule = partRule('DiagonalScatterBackward0')

const partOf = (src: Tensor, view: (x: Tensor) => Tensor): Part => ({ view, shape: src.sizes, code: src.code })

/** A copy with `src` in place of one index of a dim. */
export const selectScatter = declare(
  'selectScatter(input: Tensor, src: Tensor, dim: int, index: int)',
  (input, src, dim, index): Tensor =>
    replaced(
      input,
      src,
      partOf(src, (x) => select(x, dim, index)),
      selectRule
    )
)

/** A copy with `src` in place of the elements from `start` to `end` of a dim, every `step`th. */
export const sliceScatter = declare(
  'sliceScatter(input: Tensor, src: Tensor, dim: int = 0, start: int? = null, end: int? = null, step: int = 1)',
  (input, src, dim, start, end, step): Tensor =>
    replaced(
      input,
      src,
      partOf(src, (x) => sliceDim(x, dim, start ?? 0, end ?? Infinity, step)),
      sliceRule
    )
)

/** A copy with `src` in place of a diagonal of two dims. */
export const diagonalScatter = declare(
  'diagonalScatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1)',
  (input, src, offset, dim1, dim2): Tensor =>
    replaced(
      input,
      src,
      partOf(src, (x) => diagonal(x, offset, dim1, dim2)),
      diagonalRule
    )
)

/**
 * A copy with `src` in place of the elements that `asStrided` of it shows, which must lie apart and inside of the
 * tensor.
 */
export const asStridedScatter = declare(
  'asStridedScatter(input: Tensor, src: Tensor, size: int[], stride: int[], storageOffset: int? = null)',
  (input, src, size, stride, storageOffset): Tensor => {
    const first = (storageOffset ?? input.storageOffset()) - input.storageOffset()
    checkStrides(size, stride, first)
    checkSize(src.sizes, size)
    if (first + reachOf(size, stride) > reachOf(input.sizes, input.steps)) {
      throw new RangeError('asStridedScatter: the elements lie outside of the tensor; clone() its base first')
    }
    const part = { shape: size, strides: stride, offset: first, baseShape: input.sizes, baseStrides: input.steps }
    checkDistinct(aliasTensor(input, size, stride, first))
    return replacePart(input, cast(src, input.code), part)
  }
)
