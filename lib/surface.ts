// Written by scripts/surface.mjs from the declarations in lib/ops.

import './ops/casts'
import './ops/copy'
import './ops/creation'
import './ops/indexing'
import './ops/join'
import './ops/linalg'
import './ops/movement'
import './ops/random'
import './ops/reduce'
import './ops/scan'
import './ops/selection'
import './ops/sort'
import './ops/split'
import './ops/strided'
import './ops/subscript'
import './ops/unique'
import type { Method } from './declare'
import type * as casts from './ops/casts'
import type * as copy from './ops/copy'
import type * as indexing from './ops/indexing'
import type * as linalg from './ops/linalg'
import type * as movement from './ops/movement'
import type * as random from './ops/random'
import type * as reduce from './ops/reduce'
import type * as scan from './ops/scan'
import type * as selection from './ops/selection'
import type * as sort from './ops/sort'
import type * as split from './ops/split'
import type * as strided from './ops/strided'
import type * as subscript from './ops/subscript'
import type * as unique from './ops/unique'

export {
  clone
} from './ops/copy'
export {
  arange,
  empty,
  emptyLike,
  eye,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  tensor,
  zeros,
  zerosLike
} from './ops/creation'
export {
  gather,
  indexSelect
} from './ops/indexing'
export {
  cat,
  stack
} from './ops/join'
export {
  addmm,
  bmm,
  dot,
  matmul,
  mm,
  mv
} from './ops/linalg'
export {
  flatten,
  permute,
  reshape,
  squeeze,
  t,
  transpose,
  unsqueeze
} from './ops/movement'
export {
  bernoulli,
  normal,
  rand,
  randLike,
  randint,
  randn,
  randnLike,
  randperm
} from './ops/random'
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
export {
  cummax,
  cummin,
  cumprod,
  cumsum,
  logcumsumexp
} from './ops/scan'
export {
  diagonal,
  narrow,
  select
} from './ops/selection'
export {
  argsort,
  kthvalue,
  median,
  mode,
  sort,
  topk
} from './ops/sort'
export {
  chunk,
  split,
  tensorSplit,
  unbind
} from './ops/split'
export {
  asStrided
} from './ops/strided'
export {
  setAt
} from './ops/subscript'
export {
  unique
} from './ops/unique'

declare module './tensor' {
  interface Tensor {
    /** `beta * input + alpha * mat1 @ mat2`, in one kernel where both are 1; `input` broadcasts. */
    readonly addmm: Method<typeof linalg.addmm>
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
    /** The indices that sort a dim, as `sort` gives them. */
    readonly argsort: Method<typeof sort.argsort>
    /** A view with explicit strides and offset in elements of the storage; must stay inside of it. */
    readonly asStrided: Method<typeof strided.asStrided>
    /** 0 or 1, with the probability of 1 in each element of `input`. */
    readonly bernoulli: Method<typeof random.bernoulli>
    /** 1 with probability `p`, else 0, in place. */
    readonly bernoulli_: Method<typeof random.bernoulli_>
    /** Products of two batches of matrices, [b, m, k] and [b, k, n]. */
    readonly bmm: Method<typeof linalg.bmm>
    /** Converts to bool: true where an element is not 0. */
    readonly bool: Method<typeof casts.bool>
    /** Converts to uint8, modulo 256. */
    readonly byte: Method<typeof casts.byte>
    /** At most `chunks` pieces of equal size along a dim, the last may be smaller; exactly as many where the dim is empty. */
    readonly chunk: Method<typeof split.chunk>
    /** A copy with a gradient back to `self`. Dense strides are kept. */
    readonly clone: Method<typeof copy.clone>
    /** A row-major tensor of the same values; the very same tensor when it is one. */
    readonly contiguous: Method<typeof copy.contiguous>
    /** Copies `src`, broadcast and cast, into `input` in place. */
    readonly copy_: Method<typeof copy.copy_>
    /** Largest of the elements up to each one along a dim, and the index of its last occurrence, which gets the gradient. */
    readonly cummax: Method<typeof scan.cummax>
    /** Smallest of the elements up to each one along a dim, and the index of its last occurrence, which gets the gradient. */
    readonly cummin: Method<typeof scan.cummin>
    /** Products of the elements up to each one along a dim; integers and bool give int64. The gradient is exact beside zeros. */
    readonly cumprod: Method<typeof scan.cumprod>
    /** Products of the elements up to each one along a dim, in place. */
    readonly cumprod_: Method<typeof scan.cumprod_>
    /** Sums of the elements up to each one along a dim; integers and bool give int64. */
    readonly cumsum: Method<typeof scan.cumsum>
    /** Sums of the elements up to each one along a dim, in place. */
    readonly cumsum_: Method<typeof scan.cumsum_>
    /** The diagonal of the first two dims, as the last dim. */
    readonly diagonal: Method<typeof selection.diagonal>
    /** Inner product of two vectors of one length and dtype, 0-d. */
    readonly dot: Method<typeof linalg.dot>
    /** Converts to float64. */
    readonly double: Method<typeof casts.double>
    /** Dims of size 1 repeated without a copy; -1 keeps a size, new dims go in front. */
    readonly expand: Method<typeof movement.expand>
    /** Expanded to the shape of another tensor. */
    readonly expandAs: Method<typeof movement.expandAs>
    /** Sets every element in place. */
    readonly fill_: Method<typeof copy.fill_>
    /** Merges dims `start` to `end` into one. */
    readonly flatten: Method<typeof movement.flatten>
    /** Converts to float32. */
    readonly float: Method<typeof casts.float>
    /** `output[i][j] = self[index[i][j]][j]` for dim 0, and so on. */
    readonly gather: Method<typeof indexing.gather>
    /** Writes `values`, broadcast, at the given indices in place. */
    readonly indexPut_: Method<typeof indexing.indexPut_>
    /** Rows of a dim by number. */
    readonly indexSelect: Method<typeof indexing.indexSelect>
    /** Converts to int32, toward zero. */
    readonly int: Method<typeof casts.int>
    /**
     * The `k`-th smallest element of a dim, the last by default, counted from 1, and where a stable sort would take it from. NaN
     * counts as the greatest.
     */
    readonly kthvalue: Method<typeof sort.kthvalue>
    /** `log(sum exp)` of the elements up to each one along a dim, without overflow; floating dtypes only. */
    readonly logcumsumexp: Method<typeof scan.logcumsumexp>
    /** Converts to int64, toward zero. */
    readonly long: Method<typeof casts.long>
    /** Matrix product by rank: vectors, matrices, or batches [..., m, k] and [..., k, n] that broadcast; of one dtype. */
    readonly matmul: Method<typeof linalg.matmul>
    /** Largest of all elements, values and first indices along a dim, or the elementwise maximum with a tensor. */
    readonly max: Method<typeof reduce.max>
    /** Mean over all elements or over dims; floating dtypes only. */
    readonly mean: Method<typeof reduce.mean>
    /**
     * Median of all elements, whose gradient equal elements share; or with a dim its medians and where a stable sort would take them
     * from. The lower of two in the middle; NaN where there is one, then the first of them.
     */
    readonly median: Method<typeof sort.median>
    /** Smallest of all elements, values and first indices along a dim, or the elementwise minimum with a tensor. */
    readonly min: Method<typeof reduce.min>
    /** Product of two matrices, [m, k] and [k, n], of one dtype; bool throws. */
    readonly mm: Method<typeof linalg.mm>
    /**
     * The most frequent element of a dim, the last by default, and the last of its indices; the least of several that are equally
     * frequent. NaN equals nothing and comes after all others.
     */
    readonly mode: Method<typeof sort.mode>
    /** Product of a matrix [m, k] and a vector [k] of one dtype. */
    readonly mv: Method<typeof linalg.mv>
    /** `length` elements of a dim from `start`. */
    readonly narrow: Method<typeof selection.narrow>
    /** Normal, in place. */
    readonly normal_: Method<typeof random.normal_>
    /** Dims in another order. */
    readonly permute: Method<typeof movement.permute>
    /** Product of all elements, or of a dim; integers and bool give int64. */
    readonly prod: Method<typeof reduce.prod>
    /** The same elements in another shape: a view where the strides allow it, else a copy. */
    readonly reshape: Method<typeof movement.reshape>
    /** One index of a dim, which goes. */
    readonly select: Method<typeof selection.select>
    /** Writes a value, broadcast, to the elements that the subscripts name, in place. */
    readonly setAt: Method<typeof subscript.setAt>
    /**
     * Elements in order along a dim, the last by default, and where they stood. Equal elements, 0 and -0 among them, keep their
     * order; NaN counts as the greatest.
     */
    readonly sort: Method<typeof sort.sort>
    /** Pieces of one size along a dim, the last may be smaller, or of the given sizes. */
    readonly split: Method<typeof split.split>
    /** Without dims of size 1: all of them, or those named. */
    readonly squeeze: Method<typeof movement.squeeze>
    /** Sum over all elements or over dims; integers and bool sum to int64. */
    readonly sum: Method<typeof reduce.sum>
    /** The transpose of a matrix; tensors of fewer dims as they are. */
    readonly t: Method<typeof movement.t>
    /**
     * So many pieces along a dim whose sizes differ by at most 1, the larger ones first, or those that begin at 0 and at each of the
     * indices: a list, or an int64 tensor of them or of the number of pieces. The pieces may be written in place.
     */
    readonly tensorSplit: Method<typeof split.tensorSplit>
    /** Converts to a dtype; the very same tensor when it has it. */
    readonly to: Method<typeof copy.to>
    /**
     * The `k` largest or smallest elements of a dim, the last by default, in order, and where they stood; the first of equal ones
     * come first. NaN counts as the largest.
     */
    readonly topk: Method<typeof sort.topk>
    /** Two dims exchanged. */
    readonly transpose: Method<typeof movement.transpose>
    /** The slices of a dim, which goes. */
    readonly unbind: Method<typeof split.unbind>
    /** Uniform on [from, to), in place. */
    readonly uniform_: Method<typeof random.uniform_>
    /**
     * Distinct elements in order, or distinct slices of a dim in lexicographic order; each NaN is one of its own. With `returnInverse` or
     * `returnCounts` a list of values, inverse and counts, as far as asked for. Has no derivative.
     */
    readonly unique: Method<typeof unique.unique>
    /** A new dim of size 1 before `dim`. */
    readonly unsqueeze: Method<typeof movement.unsqueeze>
    /** The same elements in another shape, never a copy; one size may be -1. */
    readonly view: Method<typeof movement.view>
    /** Sets every element to 0 in place. */
    readonly zero_: Method<typeof copy.zero_>
  }
}
