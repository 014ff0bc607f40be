// Derivatives of results that several elements may equal: they share the gradient.

import type { Tensor } from '../../tensor'
import type { Saved } from '../define/operation'
import { type Reduced, restoreDims, sumOver } from './broadcast'
import { cast } from './copy'

/** Gradient shared by all elements equal to the extreme; with NaN as the extreme, PyTorch's amax gives NaN. */
export const shareTies = (g: Tensor, [self, output]: Saved, reduced: Reduced): Tensor => {
  const extreme = restoreDims(output!, reduced)
  const mask = cast(self!.eq(extreme), self!.code)
  const ties = sumOver(mask, reduced.dims, true, mask.code)
  return mask.mul(restoreDims(g, reduced)).div(ties)
}

/** Where one of all elements is the result, those equal to it share; NaNs share when it is NaN. */
export const shareAll = (g: Tensor, [self, output]: Saved, reduced: Reduced): Tensor => {
  const nan = self!.isnan().logicalAnd(output!.isnan())
  const mask = cast(self!.eq(output!).logicalOr(nan), self!.code)
  const ties = sumOver(mask, [...mask.sizes.keys()], false, mask.code)
  return mask.mul(restoreDims(g, reduced).div(ties))
}
