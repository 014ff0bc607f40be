// Distinct elements, or distinct slices of a dim. Their number depends on values, so no step can be compiled with them.

import { noGrad } from '../autograd/mode'
import { INT64 } from '../dtype'
import { countKernel, flatOf, kernel } from '../kernel'
import { shapeText, wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { keywords } from './define/keywords'
import { record, rule } from './define/operation'
import { checkTensor, emptyResult } from './define/result'
import { clone, contiguous } from './core/copy'
import { indexSelect } from './indexing'
import { permute, reshape } from './movement'
import { narrow } from './selection'

/** Options of `unique`. */
export interface UniqueOptions {
  /** The result is in order either way. */
  readonly sorted?: boolean
  /** Gives for each element the index of its value in the result as well. */
  readonly returnInverse?: boolean
  /** Gives how often each value occurs as well. */
  readonly returnCounts?: boolean
  /** Compares slices of this dim, lexicographically. */
  readonly dim?: number | null
}

interface Found {
  readonly values: Tensor
  readonly inverse: Tensor | null
  readonly counts: Tensor | null
}

const undifferentiable = (node: string, name: string) =>
  rule<null>(node, () => {
    throw new Error(`the derivative for '${name}' is not implemented.`)
  })
const uniqueRule = undifferentiable('Unique2Backward0', '_unique2')
const uniqueDimRule = undifferentiable('UniqueDimBackward0', 'unique_dim')

const uniqueKernel = kernel('unique')
const uniqueRowsKernel = kernel('uniqueRows')

/** The first elements, in memory of their own. */
const head = (all: Tensor, count: number): Tensor => (count === all.sizes[0] ? all : clone(narrow(all, 0, 0, count)))

const optionalResult = (isWanted: boolean, size: number): Tensor | null =>
  isWanted ? emptyResult([size], INT64) : null

function uniqueElements(self: Tensor, returnInverse: boolean, returnCounts: boolean): Found {
  const flat = contiguous(self)
  const size = self.numelCached
  const values = emptyResult([size], self.code)
  const inverse = optionalResult(returnInverse, size)
  const counts = optionalResult(returnCounts, size)
  const count = countKernel('unique', uniqueKernel, [values, inverse, counts], [flatOf(flat)])
  return {
    values: head(values, count),
    inverse: inverse && reshape(inverse, self.sizes),
    counts: counts && head(counts, count)
  }
}

function uniqueSlices(self: Tensor, dim: number, returnInverse: boolean, returnCounts: boolean): Found {
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
  const firsts = emptyResult([size], INT64)
  const inverse = optionalResult(returnInverse, size)
  const counts = optionalResult(returnCounts, size)
  const others = [...self.sizes.keys()].filter((each) => each !== d)
  const rows = reshape(permute(self, [d, ...others]), [size, size === 0 ? 1 : -1])
  const count = countKernel('unique', uniqueRowsKernel, [firsts, inverse, counts], [rows])
  return { values: indexSelect(self, d, head(firsts, count)), inverse, counts: counts && head(counts, count) }
}

/** Distinct values; with `returnInverse` or `returnCounts` a list of values, inverse and counts, as far as asked for. */
export interface Unique {
  (self: Tensor, options?: UniqueOptions & { readonly returnInverse?: false; readonly returnCounts?: false }): Tensor
  (self: Tensor, options: UniqueOptions): Tensor[]
  (self: Tensor, sorted: boolean): Tensor
  (
    self: Tensor,
    sorted: boolean,
    returnInverse: boolean | UniqueOptions,
    returnCounts?: boolean | UniqueOptions,
    dim?: number | null
  ): Tensor | Tensor[]
}

const uniqueKinds = { sorted: 'flag', returnInverse: 'flag', returnCounts: 'flag', dim: 'integer or null' } as const

/**
 * Distinct elements in order, or distinct slices of a dim in lexicographic order; each NaN is one of its own. Has no derivative.
 */
export const unique = ((self: Tensor, ...args: unknown[]) => {
  checkTensor(self, 'unique', 'self')
  const {
    returnInverse = false,
    returnCounts = false,
    dim = null
  } = keywords<UniqueOptions>('unique', uniqueKinds, args)
  const { values, inverse, counts } = noGrad(() =>
    dim === null
      ? uniqueElements(self, returnInverse, returnCounts)
      : uniqueSlices(self, dim, returnInverse, returnCounts)
  )
  record({ outputs: values, rule: dim === null ? uniqueRule : uniqueDimRule, inputs: [self], parameters: null })
  if (inverse === null && counts === null) return values
  return [values, inverse, counts].filter((each) => each !== null)
}) as Unique
