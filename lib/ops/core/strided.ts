// Views by strides and offset in the tensor that they show, which stand for any view whose history an in-place write
// has changed.

import { noGrad } from '../../autograd/mode'
import type { Shape } from '../../shape'
import type { Tensor } from '../../tensor'
import { record, rule } from '../define/operation'
import { type Geometry, makeView } from '../define/view'
import { sumToShape } from './broadcast'
import { cloneStrided, copyInto } from './copy'
import { filled } from './fill'
import { scatterSelection } from './scatter'

/** How a view lies in its base, whose elements need not be in row-major order. */
export interface StridedParameters extends Geometry {
  readonly baseShape: Shape
  readonly baseStrides: Shape
}

export function stridedParameters(view: Tensor, base: Tensor): StridedParameters {
  const offset = (view.byteOffset - base.byteOffset) / view.elementSize()
  return { shape: view.sizes, strides: view.steps, offset, baseShape: base.sizes, baseStrides: base.steps }
}

/** The very same tensor when its elements are where the base of `part` has them, else a copy where they are. */
const laidOut = (x: Tensor, { baseStrides }: StridedParameters): Tensor =>
  x.sizes.every((size, d) => size === 1 || x.steps[d] === baseStrides[d]) ? x : cloneStrided(x, baseStrides)

/** Rule of a view of the base itself. */
export const asStridedRule = rule<StridedParameters>('AsStridedBackward0', (g, _, part) =>
  scatterSelection(sumRepeated(g, part), {
    inputShape: part.baseShape,
    inputStrides: part.baseStrides,
    view: (x) => partOf(laidOut(x, part), withoutRepeats(part))
  })
)

/** The view that `part` describes, of a tensor laid out as the base. */
export const partOf = (base: Tensor, part: StridedParameters): Tensor => makeView(base, part, asStridedRule, part)

/** Expanded dims show one element many times: their gradients add up. */
const sumRepeated = (g: Tensor, { shape, strides }: StridedParameters): Tensor =>
  sumToShape(
    g,
    shape.map((size, d) => (strides[d] === 0 ? 1 : size))
  )

function withoutRepeats(part: StridedParameters): StridedParameters {
  return { ...part, shape: part.shape.map((size, d) => (part.strides[d] === 0 ? 1 : size)) }
}

const replacePartRule = rule<StridedParameters>(
  'AsStridedScatterBackward0',
  (g, _, part) => replacePart(g, filled([], 0, g.code), part),
  (g, _, part) => takePart(g, part)
)

/** The elements of `x`, shaped as the base, that `part` describes. */
export const takePart = (x: Tensor, part: StridedParameters): Tensor => partOf(laidOut(x, part), part)

/** A copy of `x`, shaped as the base, with `source` in place of what `part` describes. */
export function replacePart(x: Tensor, source: Tensor, part: StridedParameters): Tensor {
  const result = noGrad(() => {
    const copy = cloneStrided(x, part.baseStrides)
    copyInto(partOf(copy, part), source)
    return copy
  })
  return record({ outputs: result, rule: replacePartRule, inputs: [x, source], parameters: part })
}
