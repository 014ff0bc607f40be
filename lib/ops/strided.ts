// Views with explicit strides, which stand for any view whose history an in-place write has changed.

import { adjoints } from './define/derivative'
import { noGrad } from '../autograd/mode'
import { isTracked } from '../autograd/node'
import { checkInteger, integerList } from '../kinds'
import { type Shape, numelOf, reachOf, shapeText } from '../shape'
import { type Tensor } from '../tensor'
import { clone, cloneRule, copy_, copyInto, fillInto } from './copy'
import { record, rule } from './define/operation'
import { checkTensor, emptyStrided } from './define/result'
import { makeView, slices, type StridedParameters, stridedView } from './define/view'
import { scatter } from './selection'

/** A copy of `x` with its elements where the base of `part` has them. */
function copyLaidOut(x: Tensor, { baseStrides }: StridedParameters): Tensor {
  const copy = emptyStrided(x.sizes, baseStrides, x.code)
  copyInto(copy, x)
  return record(copy, cloneRule, [x], null)
}

/** The very same tensor when its elements are where the base of `part` has them, else a copy where they are. */
const laidOut = (x: Tensor, part: StridedParameters): Tensor =>
  x.sizes.every((size, d) => size === 1 || x.steps[d] === part.baseStrides[d]) ? x : copyLaidOut(x, part)

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
  return adjoints.sumToShape(
    g,
    shape.map((size, d) => (strides[d] === 0 ? 1 : size))
  )
}

function withoutRepeats(part: StridedParameters): StridedParameters {
  return { ...part, shape: part.shape.map((size, d) => (part.strides[d] === 0 ? 1 : size)) }
}

/** A view with explicit strides and offset in elements of the storage; must stay inside of it. */
export function asStrided(self: Tensor, size: Shape, stride: Shape, storageOffset?: number): Tensor {
  checkTensor(self, 'asStrided', 'self')
  const shape = integerList(size, 'asStrided', 'size')
  const strides = integerList(stride, 'asStrided', 'stride')
  const offset = storageOffset ?? self.storageOffset()
  checkInteger(offset, 'asStrided', 'storageOffset')
  // A leaf stands for itself, even where it shows another tensor's elements.
  const base = self.leafRequiresGrad ? self : (self.base ?? self)
  checkStrides(shape, strides, offset)
  const first = offset - base.storageOffset()
  if (isTracked(base) && (first < 0 || first + reachOf(shape, strides) > reachOf(base.sizes, base.steps))) {
    throw new RangeError('asStrided: the view reaches outside of the tensor that has the gradient; detach() it first')
  }
  return partOf(base, { shape, strides, offset: first, baseShape: base.sizes, baseStrides: base.steps })
}

function checkStrides(shape: Shape, strides: Shape, offset: number): void {
  if (strides.length !== shape.length) throw new RangeError('mismatch in length of strides and shape')
  if (strides.some((step) => step < 0)) {
    throw new RangeError(
      `as_strided: Negative strides are not supported at the moment, got strides: ${shapeText(strides)}`
    )
  }
  if (offset < 0) throw new RangeError(`Tensor: invalid storage offset ${offset}`)
  numelOf(shape)
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
