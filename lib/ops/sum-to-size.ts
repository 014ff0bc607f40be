// Sums to a shape that broadcasts.

import { declare } from '../declare'
import { sameShape, shapeText } from '../shape'
import type { Tensor } from '../tensor'
import { view } from './movement'
import { sum } from './reduce'

/** Sum over the dims that broadcasting from `size` would repeat; the very same tensor if there are none. */
export const sumToSize = declare(
  'sumToSize(input: Tensor, size: int...)',
  (input, size): Tensor => {
    const { sizes } = input
    const extra = sizes.length - size.length
    if (extra < 0 || size.some((each, d) => each !== sizes[d + extra] && each !== 1)) {
      throw new RangeError(`size {${shapeText(size)}} is not expandable to size {${shapeText(sizes)}}.`)
    }
    if (sameShape(sizes, size)) return input
    if (size.length === 0) return sum(input)
    const dims = [...sizes.keys()].filter((d) => d < extra || (size[d - extra] === 1 && sizes[d] !== 1))
    const result = sum(input, dims, true)
    return extra === 0 ? result : view(result, size)
  },
  ['Tensor']
)
