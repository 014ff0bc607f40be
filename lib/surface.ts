// Written by scripts/surface.mjs from the declarations in lib/ops.

import type { Method } from './declare'
import type * as reduce from './ops/reduce'

export {
  all,
  amax,
  amin,
  any,
  argmax,
  argmin,
  max,
  mean,
  min,
  prod,
  sum
} from './ops/reduce'

declare module './tensor' {
  interface Tensor {
    /** True where all elements are nonzero. */
    readonly all: Method<typeof reduce.all>
    /** Largest value over dims; equal values share the gradient. */
    readonly amax: Method<typeof reduce.amax>
    /** Smallest value over dims; equal values share the gradient. */
    readonly amin: Method<typeof reduce.amin>
    /** True where any element is nonzero. */
    readonly any: Method<typeof reduce.any>
    /** Index of the first largest element, of all (counted row-major) or along a dim. */
    readonly argmax: Method<typeof reduce.argmax>
    /** Index of the first smallest element, of all (counted row-major) or along a dim. */
    readonly argmin: Method<typeof reduce.argmin>
    /** Largest of all elements, values and first indices along a dim, or the elementwise maximum with a tensor. */
    readonly max: Method<typeof reduce.max>
    /** Mean over all elements or over dims; floating dtypes only. */
    readonly mean: Method<typeof reduce.mean>
    /** Smallest of all elements, values and first indices along a dim, or the elementwise minimum with a tensor. */
    readonly min: Method<typeof reduce.min>
    /** Product of all elements, or of a dim; integers and bool give int64. */
    readonly prod: Method<typeof reduce.prod>
    /** Sum over all elements or over dims; integers and bool sum to int64. */
    readonly sum: Method<typeof reduce.sum>
  }
}
