// Elements, or slices of a dim, without those that equal the one before. Their number depends on values, so no step can
// be compiled with them.

import { declare } from '../declare'
import { noGrad } from '../autograd/mode'
import { BOOL, INT64 } from '../dtype'
import { SIZED_BY_VALUES, forbidInCapture } from '../recording'
import type { Tensor } from '../tensor'
import { cast } from './core/copy'
import { filled } from './core/fill'
import { record, undifferentiable } from './define/operation'
import { ne } from './elementwise'
import { indexSelect } from './indexing'
import { cat } from './join'
import { movedim, reshape } from './movement'
import { nonzero } from './nonzero'
import { any } from './reduce'
import { cumsum } from './scan'
import { narrow } from './selection'
import { checkSlices } from './unique'

const uniqueConsecutiveRule = undifferentiable(
  'UniqueConsecutiveBackward0',
  "the derivative for 'unique_consecutive' is not implemented."
)

interface Runs {
  readonly firsts: Tensor
  readonly inverse: Tensor
  readonly counts: Tensor
}

/** Where each of so many elements begins a run, given which differ from the one before. */
function runsOf(size: number, differs: Tensor): Runs {
  const begins = size === 0 ? filled([0], 0, BOOL) : cat([filled([1], 1, BOOL), differs])
  const firsts = reshape(nonzero(begins), [-1])
  const ends = cat([
    narrow(firsts, 0, Math.min(1, size), Math.max(firsts.sizes[0] - 1, 0)),
    filled([Math.min(1, size)], size, INT64)
  ])
  return { firsts, inverse: cumsum(cast(begins, INT64), 0).sub(1), counts: ends.sub(firsts) }
}

function runsOfElements(self: Tensor): Runs & { readonly values: Tensor } {
  const line = reshape(self, [-1])
  const rest = Math.max(line.sizes[0] - 1, 0)
  const runs = runsOf(line.sizes[0], ne(narrow(line, 0, line.sizes[0] - rest, rest), narrow(line, 0, 0, rest)))
  return { ...runs, values: indexSelect(line, 0, runs.firsts), inverse: reshape(runs.inverse, self.sizes) }
}

function runsOfSlices(self: Tensor, dim: number): Runs & { readonly values: Tensor } {
  const d = checkSlices(self, dim)
  const size = self.sizes[d]
  const rows = reshape(movedim(self, d, 0), [size, size === 0 ? 1 : -1])
  const rest = Math.max(size - 1, 0)
  const runs = runsOf(size, any(ne(narrow(rows, 0, size - rest, rest), narrow(rows, 0, 0, rest)), 1))
  return { ...runs, values: indexSelect(self, d, runs.firsts) }
}

interface Keywords {
  readonly returnInverse?: boolean
  readonly returnCounts?: boolean
  readonly dim?: number | null
}

/** Calls of `uniqueConsecutive` behind the tensor, by what they give. */
interface UniqueConsecutiveMethod {
  (keywords?: Keywords & { readonly returnInverse?: false; readonly returnCounts?: false }): Tensor
  (keywords: Keywords): Tensor[]
  (returnInverse: boolean, returnCounts?: boolean, dim?: number | null): Tensor | Tensor[]
}

interface UniqueConsecutive {
  (input: Tensor, keywords?: Keywords & { readonly returnInverse?: false; readonly returnCounts?: false }): Tensor
  (input: Tensor, keywords: Keywords): Tensor[]
  (input: Tensor, returnInverse: boolean, returnCounts?: boolean, dim?: number | null): Tensor | Tensor[]
  /** @internal */
  readonly method: UniqueConsecutiveMethod
}

/**
 * Elements in their order, or slices of a dim, without those that equal the one before; NaN equals nothing. With
 * `returnInverse` or `returnCounts` a list of values, inverse and counts, as far as asked for. Has no derivative.
 */
export const uniqueConsecutive: UniqueConsecutive = declare(
  'uniqueConsecutive(input: Tensor, returnInverse: bool = false, returnCounts: bool = false, dim: int? = null)',
  (input, returnInverse, returnCounts, dim) => {
    forbidInCapture('uniqueConsecutive()', SIZED_BY_VALUES)
    const { values, inverse, counts } = noGrad(() => (dim === null ? runsOfElements(input) : runsOfSlices(input, dim)))
    record({ outputs: values, rule: uniqueConsecutiveRule, inputs: [input], parameters: null })
    if (!returnInverse && !returnCounts) return values
    return [values, ...(returnInverse ? [inverse] : []), ...(returnCounts ? [counts] : [])]
  }
) as never
