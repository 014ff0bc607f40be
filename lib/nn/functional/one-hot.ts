// Classes as vectors with one 1.

import { declare } from '../../declare'
import { INT64 } from '../../dtype'
import { writeAlong } from '../../ops/core/along'
import { filled } from '../../ops/core/fill'
import { rejection } from '../../ops/define/checks'
import { unsqueeze } from '../../ops/movement'
import { amax, amin } from '../../ops/reduce'
import { SIZED_BY_VALUES, forbidInCapture } from '../../recording'
import type { Tensor } from '../../tensor'

/** One more than the greatest class. Reads it, so it cannot be captured. */
function countOf(classes: Tensor): number {
  forbidInCapture('oneHot() without numClasses', SIZED_BY_VALUES)
  if (classes.numelCached === 0) {
    throw new RangeError('Can not infer total number of classes from empty tensor.')
  }
  if (amin(classes).item() < 0) throw new RangeError('Class values must be non-negative.')
  return amax(classes).item() + 1
}

/** Zeros with a 1 at each element of an int64 tensor, along a new last dim of `numClasses`. */
export const oneHot = declare(
  'oneHot(input: Tensor, numClasses: int = -1)',
  (input, numClasses): Tensor => {
    if (input.code !== INT64) {
      throw new TypeError('oneHot is only applicable to index tensor of type LongTensor.; add .long()')
    }
    const count = numClasses === -1 ? countOf(input) : numClasses
    if (count <= 0) throw new RangeError('Class values must be smaller than numClasses.')
    const result = filled([...input.sizes, count], 0, INT64)
    if (result.numelCached === 0) return result
    const failure = rejection(
      [input],
      (value) => value < 0 || value >= count,
      (value) =>
        value < 0
          ? 'Class values must be non-negative.'
          : `Class values must be smaller than numClasses.; one is ${value}`
    )
    const index = unsqueeze(input.detach(), -1)
    writeAlong('put', result, input.sizes.length, index, filled(index.sizes, 1, INT64), failure)
    return result
  },
  ['nn.functional']
)
