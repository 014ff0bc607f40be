// Coordinates of flat indices.

import { declare } from '../declare'
import { BOOL, INT64, dtypeNames, isFloating } from '../dtype'
import { shapeText } from '../shape'
import type { Tensor } from '../tensor'
import { cast } from './core/copy'

/** Coordinates from indices that count the elements of a shape row-major: int64, one tensor for each dim. */
export const unravelIndex = declare(
  'unravelIndex(indices: Tensor, shape: int|int[])',
  (indices, shape): Tensor[] => {
    if (isFloating(indices.code) || indices.code === BOOL) {
      throw new TypeError(`expected 'indices' to be integer dtype, but got ${dtypeNames[indices.code]}; add .long()`)
    }
    const sizes = typeof shape === 'number' ? [shape] : [...shape]
    if (sizes.some((size) => size < 0)) {
      throw new RangeError(`'shape' cannot have negative values, but got ${shapeText(sizes)}`)
    }
    const flat = cast(indices, INT64)
    return sizes.map((size, d) => flat.floorDivide(sizes.slice(d + 1).reduce((a, b) => a * b, 1)).remainder(size))
  },
  ['torch']
)
