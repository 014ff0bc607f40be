// Which elements occur among others.

import { overload, way } from '../declare'
import { BOOL, codeOf, promoteKinds } from '../dtype'
import type { Tensor } from '../tensor'
import { cast, contiguous } from './core/copy'
import { filled } from './core/fill'
import { operandKind } from './define/pointwise'
import { torchTypeName } from './define/result'
import { eq, logicalNot } from './elementwise'
import { reshape, unsqueeze } from './movement'
import { any } from './reduce'
import { search } from './searchsorted'

/** Fewer others than this are compared one by one: sorting costs more. PyTorch's bound. */
const isFew = (others: number, elements: number): boolean => others < 10 * elements ** 0.145

function areIn(elements: Tensor, others: Tensor, invert: boolean): Tensor {
  const code = codeOf(promoteKinds(operandKind(elements), operandKind(others)))
  for (const each of [elements, others]) {
    if (each.code === BOOL) {
      throw new TypeError(`Unsupported input type encountered for isin(): ${torchTypeName(BOOL)}; add .byte()`)
    }
  }
  const [x, y] = [cast(elements.detach(), code), reshape(cast(others.detach(), code), [-1])]
  const found = occurring(x, y)
  return invert ? logicalNot(found) : found
}

function occurring(x: Tensor, y: Tensor): Tensor {
  const count = y.numelCached
  if (count === 0) return filled(x.sizes, 0, BOOL)
  if (isFew(count, x.numelCached)) {
    if (count === 1) return eq(x, y)
    return any(eq(unsqueeze(x, -1), y), -1)
  }
  const sorted = y.sort().values
  const line = reshape(contiguous(x), [-1])
  const place = search(sorted, line, null, false).clamp(null, count - 1)
  return reshape(eq(sorted.gather(0, place), line), x.sizes)
}

/** True where an element equals one of `testElements`, or with `invert` none; NaN equals nothing. */
export const isin = overload(
  ['torch'],
  way(
    'isin(elements: Tensor, testElements: Tensor, *, assumeUnique: bool = false, invert: bool = false)',
    (elements, testElements, _, invert) => areIn(elements, testElements, invert)
  ),
  way(
    'isin(elements: Tensor, testElement: scalar, *, assumeUnique: bool = false, invert: bool = false)',
    (elements, testElement, _, invert) => {
      const found = eq(elements, testElement)
      return invert ? logicalNot(found) : found
    }
  ),
  way(
    'isin(element: scalar, testElements: Tensor, *, assumeUnique: bool = false, invert: bool = false)',
    (element, testElements, _, invert) => {
      const found = any(eq(testElements, element))
      return invert ? logicalNot(found) : found
    }
  )
)
