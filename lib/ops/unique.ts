// Distinct elements, or distinct slices of a dim. Their number depends on values, so no step can be compiled with them.

import { declare } from '../declare'
import { noGrad } from '../autograd/mode'
import { INT64 } from '../dtype'
import { countKernel, flatOf, kernel } from '../kernel'
import { shapeText, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { computed, converted } from './define/convert'
import { record, undifferentiable } from './define/operation'
import { emptyResult } from './define/result'
import { clone, contiguous } from './core/copy'
import { indexSelect } from './indexing'
import { permute, reshape } from './movement'
import { narrow } from './selection'

interface Found {
  readonly values: Tensor
  readonly inverse: Tensor | null
  readonly counts: Tensor | null
}

const uniqueRule = undifferentiable('Unique2Backward0', "the derivative for '_unique2' is not implemented.")
const uniqueDimRule = undifferentiable('UniqueDimBackward0', "the derivative for 'unique_dim' is not implemented.")

const uniqueKernel = kernel('unique')
const uniqueRowsKernel = kernel('uniqueRows')

/** The first elements, in memory of their own. */
const head = (all: Tensor, count: number): Tensor => (count === all.sizes[0] ? all : clone(narrow(all, 0, 0, count)))

const optionalResult = (isWanted: boolean, size: number): Tensor | null =>
  isWanted ? emptyResult([size], INT64) : null

function uniqueElements(self: Tensor, returnInverse: boolean, returnCounts: boolean): Found {
  const flat = contiguous(computed(self))
  const size = self.numelCached
  const values = emptyResult([size], flat.code)
  const inverse = optionalResult(returnInverse, size)
  const counts = optionalResult(returnCounts, size)
  const count = countKernel('unique', uniqueKernel, [values, inverse, counts], [flatOf(flat)])
  return {
    values: converted(head(values, count), self.code),
    inverse: inverse && reshape(inverse, self.sizes),
    counts: counts && head(counts, count)
  }
}

/** The dim whose slices are told apart, where they have elements. */
export function checkSlices(self: Tensor, dim: number): number {
  if (self.sizes.length === 0) {
    throw new RangeError(`Dimension specified as ${dim} but tensor has no dimensions`)
  }
  const d = wrapDim(dim, self.sizes.length)
  const size = self.sizes[d]
  const empty = self.sizes.filter((each) => each === 0).length
  if (size === 0 && empty > 1) {
    throw new RangeError(
      `Number of zero sized dimensions is more than one, so unique cannot be applied to ${shapeText(self.sizes)}`
    )
  }
  if (size > 0 && empty > 0) {
    throw new RangeError(
      "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied; " +
        `the shape is ${shapeText(self.sizes)}, dim ${d}`
    )
  }
  return d
}

function uniqueSlices(self: Tensor, dim: number, returnInverse: boolean, returnCounts: boolean): Found {
  const d = checkSlices(self, dim)
  const size = self.sizes[d]
  const firsts = emptyResult([size], INT64)
  const inverse = optionalResult(returnInverse, size)
  const counts = optionalResult(returnCounts, size)
  const others = [...self.sizes.keys()].filter((each) => each !== d)
  const rows = reshape(permute(self, [d, ...others]), [size, size === 0 ? 1 : -1])
  const count = countKernel('unique', uniqueRowsKernel, [firsts, inverse, counts], [computed(rows)])
  return { values: indexSelect(self, d, head(firsts, count)), inverse, counts: counts && head(counts, count) }
}

/** Calls of `unique` behind the tensor, by what they give. */
interface UniqueMethod {
  (sorted?: boolean): Tensor
  (keywords: UniqueKeywords & { readonly returnInverse?: false; readonly returnCounts?: false }): Tensor
  (keywords: UniqueKeywords): Tensor[]
  (sorted: boolean, returnInverse: boolean, returnCounts?: boolean, dim?: number | null): Tensor | Tensor[]
}

interface UniqueKeywords {
  readonly sorted?: boolean
  readonly returnInverse?: boolean
  readonly returnCounts?: boolean
  readonly dim?: number | null
}

interface Unique {
  (input: Tensor, sorted?: boolean): Tensor
  (input: Tensor, keywords: UniqueKeywords & { readonly returnInverse?: false; readonly returnCounts?: false }): Tensor
  (input: Tensor, keywords: UniqueKeywords): Tensor[]
  (
    input: Tensor,
    sorted: boolean,
    returnInverse: boolean,
    returnCounts?: boolean,
    dim?: number | null
  ): Tensor | Tensor[]
  /** @internal */
  readonly method: UniqueMethod
}

/**
 * Distinct elements in order, or distinct slices of a dim in lexicographic order; each NaN is one of its own. With
 * `returnInverse` or `returnCounts` a list of values, inverse and counts, as far as asked for. Has no derivative.
 */
export const unique: Unique = declare(
  'unique(input: Tensor, sorted: bool = true, returnInverse: bool = false, returnCounts: bool = false, dim: int? = null)',
  (input, _sorted, returnInverse, returnCounts, dim) => {
    const { values, inverse, counts } = noGrad(() =>
      dim === null
        ? uniqueElements(input, returnInverse, returnCounts)
        : uniqueSlices(input, dim, returnInverse, returnCounts)
    )
    record({ outputs: values, rule: dim === null ? uniqueRule : uniqueDimRule, inputs: [input], parameters: null })
    if (inverse === null && counts === null) return values
    return [values, inverse, counts].filter((each) => each !== null)
  }
) as never
