// Written by scripts/surface.mjs from the declarations in lib/ops.

import './ops/added-products'
import './ops/addr'
import './ops/aliases'
import './ops/aminmax'
import './ops/angles'
import './ops/bessel'
import './ops/bincount'
import './ops/block-diag'
import './ops/bounds'
import './ops/broadcast'
import './ops/casts'
import './ops/chains'
import './ops/compare'
import './ops/copy'
import './ops/covariance'
import './ops/creation'
import './ops/cross'
import './ops/diagonal'
import './ops/diff'
import './ops/distance'
import './ops/distributions'
import './ops/einsum'
import './ops/elementwise'
import './ops/error-functions'
import './ops/flip'
import './ops/float-parts'
import './ops/gamma'
import './ops/grids'
import './ops/histogram'
import './ops/hooks'
import './ops/index-dim'
import './ops/indexing'
import './ops/inplace'
import './ops/integers'
import './ops/join'
import './ops/least-dims'
import './ops/linalg'
import './ops/logarithms'
import './ops/masked'
import './ops/matrix-norm'
import './ops/membership'
import './ops/movement'
import './ops/nansum'
import './ops/new-tensors'
import './ops/nonzero'
import './ops/norm'
import './ops/orthogonal'
import './ops/pad'
import './ops/power'
import './ops/quantile'
import './ops/queries'
import './ops/random-integers'
import './ops/random'
import './ops/rectifiers'
import './ops/reduce'
import './ops/renorm'
import './ops/repeat'
import './ops/replace'
import './ops/scan'
import './ops/scatter'
import './ops/searchsorted'
import './ops/selection'
import './ops/softmax'
import './ops/sort'
import './ops/split'
import './ops/strided'
import './ops/subscript'
import './ops/sum-to-size'
import './ops/take'
import './ops/trapezoid'
import './ops/triangle'
import './ops/unique-consecutive'
import './ops/unique'
import './ops/unravel-index'
import './ops/vander'
import './ops/vecdot'
import './ops/view-copies'
import './ops/views-in-place'
import './ops/where'
import './ops/window-functions'
import './ops/windows'
import type { Method } from './declare'
import type * as addedProducts from './ops/added-products'
import type * as addr from './ops/addr'
import type * as aliases from './ops/aliases'
import type * as aminmax from './ops/aminmax'
import type * as angles from './ops/angles'
import type * as bessel from './ops/bessel'
import type * as bincount from './ops/bincount'
import type * as bounds from './ops/bounds'
import type * as broadcast from './ops/broadcast'
import type * as casts from './ops/casts'
import type * as chains from './ops/chains'
import type * as compare from './ops/compare'
import type * as copy from './ops/copy'
import type * as covariance from './ops/covariance'
import type * as cross from './ops/cross'
import type * as diagonal from './ops/diagonal'
import type * as diff from './ops/diff'
import type * as distance from './ops/distance'
import type * as distributions from './ops/distributions'
import type * as einsum from './ops/einsum'
import type * as elementwise from './ops/elementwise'
import type * as errorFunctions from './ops/error-functions'
import type * as flip from './ops/flip'
import type * as floatParts from './ops/float-parts'
import type * as gamma from './ops/gamma'
import type * as histogram from './ops/histogram'
import type * as hooks from './ops/hooks'
import type * as indexDim from './ops/index-dim'
import type * as indexing from './ops/indexing'
import type * as inplace from './ops/inplace'
import type * as integers from './ops/integers'
import type * as linalg from './ops/linalg'
import type * as logarithms from './ops/logarithms'
import type * as masked from './ops/masked'
import type * as movement from './ops/movement'
import type * as nansum from './ops/nansum'
import type * as newTensors from './ops/new-tensors'
import type * as nonzero from './ops/nonzero'
import type * as norm from './ops/norm'
import type * as power from './ops/power'
import type * as quantile from './ops/quantile'
import type * as queries from './ops/queries'
import type * as randomIntegers from './ops/random-integers'
import type * as random from './ops/random'
import type * as rectifiers from './ops/rectifiers'
import type * as reduce from './ops/reduce'
import type * as renorm from './ops/renorm'
import type * as repeat from './ops/repeat'
import type * as replace from './ops/replace'
import type * as scan from './ops/scan'
import type * as scatter from './ops/scatter'
import type * as selection from './ops/selection'
import type * as softmax from './ops/softmax'
import type * as sort from './ops/sort'
import type * as split from './ops/split'
import type * as strided from './ops/strided'
import type * as subscript from './ops/subscript'
import type * as sumToSize from './ops/sum-to-size'
import type * as take from './ops/take'
import type * as triangle from './ops/triangle'
import type * as uniqueConsecutive from './ops/unique-consecutive'
import type * as unique from './ops/unique'
import type * as viewCopies from './ops/view-copies'
import type * as viewsInPlace from './ops/views-in-place'
import type * as where from './ops/where'
import type * as windows from './ops/windows'

export {
  addbmm,
  addmm,
  addmv,
  addmv_,
  baddbmm
} from './ops/added-products'
export {
  addr
} from './ops/addr'
export {
  absolute,
  arccos,
  arccos_,
  arccosh,
  arccosh_,
  arcsin,
  arcsin_,
  arcsinh,
  arcsinh_,
  arctan,
  arctan2,
  arctan_,
  arctanh,
  arctanh_,
  clip,
  clip_,
  concat,
  concatenate,
  divide,
  fix,
  fix_,
  greater,
  greaterEqual,
  less,
  lessEqual,
  multiply,
  negative,
  negative_,
  notEqual,
  positive,
  subtract,
  trueDivide
} from './ops/aliases'
export {
  aminmax
} from './ops/aminmax'
export {
  angle,
  deg2rad,
  deg2rad_,
  hypot,
  rad2deg,
  rad2deg_,
  sinc,
  sinc_
} from './ops/angles'
export {
  i0,
  i0_
} from './ops/bessel'
export {
  bincount
} from './ops/bincount'
export {
  blockDiag
} from './ops/block-diag'
export {
  clampMax,
  clampMax_,
  clampMin,
  clampMin_,
  heaviside
} from './ops/bounds'
export {
  broadcastShapes,
  broadcastTensors,
  broadcastTo
} from './ops/broadcast'
export {
  chainMatmul,
  inner,
  kron,
  matrixPower
} from './ops/chains'
export {
  allclose,
  equal,
  isclose
} from './ops/compare'
export {
  clone,
  fill,
  fill_,
  zero_
} from './ops/copy'
export {
  corrcoef,
  cov
} from './ops/covariance'
export {
  arange,
  asTensor,
  empty,
  emptyLike,
  eye,
  full,
  fullLike,
  linspace,
  logspace,
  ones,
  onesLike,
  scalarTensor,
  tensor,
  zeros,
  zerosLike
} from './ops/creation'
export {
  cross
} from './ops/cross'
export {
  diag,
  diagEmbed,
  diagflat,
  diagonal,
  trace
} from './ops/diagonal'
export {
  diff
} from './ops/diff'
export {
  cdist,
  dist,
  pairwiseDistance,
  pdist
} from './ops/distance'
export {
  multinomial,
  poisson
} from './ops/distributions'
export {
  einsum,
  ger,
  outer,
  tensordot
} from './ops/einsum'
export {
  abs,
  acos,
  acosh,
  add,
  addcdiv,
  addcmul,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  bitwiseAnd,
  bitwiseNot,
  bitwiseOr,
  bitwiseXor,
  ceil,
  clamp,
  cos,
  cosh,
  div,
  eq,
  erf,
  exp,
  exp2,
  expm1,
  floor,
  floorDivide,
  fmax,
  fmin,
  fmod,
  ge,
  gt,
  isfinite,
  isinf,
  isnan,
  le,
  lerp,
  log,
  log10,
  log1p,
  log2,
  logaddexp,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  maximum,
  minimum,
  mul,
  nanToNum,
  ne,
  neg,
  reciprocal,
  relu,
  remainder,
  round,
  rsqrt,
  rsub,
  sigmoid,
  sign,
  sin,
  sinh,
  sqrt,
  sub,
  tan,
  tanh,
  trunc
} from './ops/elementwise'
export {
  erfc,
  erfc_,
  erfinv
} from './ops/error-functions'
export {
  flip,
  fliplr,
  flipud,
  roll,
  rot90
} from './ops/flip'
export {
  copysign,
  frac,
  frac_,
  frexp,
  isneginf,
  isposinf,
  isreal,
  ldexp,
  ldexp_,
  nextafter,
  sgn,
  signbit
} from './ops/float-parts'
export {
  digamma,
  igamma,
  igammac,
  lgamma,
  mvlgamma,
  polygamma
} from './ops/gamma'
export {
  cartesianProd,
  combinations,
  meshgrid
} from './ops/grids'
export {
  histc,
  histogram
} from './ops/histogram'
export {
  indexAdd,
  indexCopy,
  indexFill,
  indexReduce
} from './ops/index-dim'
export {
  gather,
  indexPut,
  indexPut_,
  indexSelect
} from './ops/indexing'
export {
  abs_,
  acos_,
  acosh_,
  asin_,
  asinh_,
  atan_,
  atanh_,
  ceil_,
  clamp_,
  cos_,
  cosh_,
  erf_,
  exp2_,
  exp_,
  expm1_,
  floor_,
  log10_,
  log1p_,
  log2_,
  log_,
  nanToNum_,
  neg_,
  reciprocal_,
  relu_,
  round_,
  rsqrt_,
  sigmoid_,
  sin_,
  sinh_,
  sqrt_,
  square_,
  tan_,
  tanh_,
  trunc_
} from './ops/inplace'
export {
  bitwiseLeftShift,
  bitwiseRightShift,
  gcd,
  gcd_,
  lcm,
  lcm_
} from './ops/integers'
export {
  cat,
  columnStack,
  dstack,
  hstack,
  rowStack,
  stack,
  vstack
} from './ops/join'
export {
  atleast1d,
  atleast2d,
  atleast3d
} from './ops/least-dims'
export {
  bmm,
  dot,
  matmul,
  mm,
  mv,
  vdot
} from './ops/linalg'
export {
  logaddexp2,
  logit,
  logit_,
  xlogy,
  xlogy_
} from './ops/logarithms'
export {
  maskedFill,
  maskedScatter,
  maskedSelect
} from './ops/masked'
export {
  isin
} from './ops/membership'
export {
  adjoint,
  flatten,
  moveaxis,
  movedim,
  permute,
  ravel,
  reshape,
  squeeze,
  swapaxes,
  swapdims,
  t,
  transpose,
  unflatten,
  unsqueeze
} from './ops/movement'
export {
  countNonzero,
  nansum
} from './ops/nansum'
export {
  argwhere,
  nonzero,
  nonzeroStatic
} from './ops/nonzero'
export {
  logsumexp,
  nanmean,
  norm,
  std,
  stdMean,
  var,
  varMean
} from './ops/norm'
export {
  constantPadNd
} from './ops/pad'
export {
  floatPower,
  pow,
  square
} from './ops/power'
export {
  nanquantile,
  quantile
} from './ops/quantile'
export {
  detach,
  detach_,
  isComplex,
  isFloatingPoint,
  isNonzero,
  isSameSize,
  isSigned,
  numel,
  sharesStorage
} from './ops/queries'
export {
  randint,
  randintLike
} from './ops/random-integers'
export {
  bernoulli,
  normal,
  rand,
  randLike,
  randn,
  randnLike,
  randperm
} from './ops/random'
export {
  celu,
  celu_,
  hardshrink,
  prelu,
  rrelu,
  rrelu_,
  selu,
  selu_,
  threshold,
  threshold_
} from './ops/rectifiers'
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
  renorm
} from './ops/renorm'
export {
  repeatInterleave,
  tile
} from './ops/repeat'
export {
  asStridedScatter,
  diagonalScatter,
  selectScatter,
  sliceScatter
} from './ops/replace'
export {
  cummax,
  cummin,
  cumprod,
  cumsum,
  logcumsumexp
} from './ops/scan'
export {
  scatter,
  scatterAdd,
  scatterReduce
} from './ops/scatter'
export {
  bucketize,
  searchsorted
} from './ops/searchsorted'
export {
  narrow,
  select
} from './ops/selection'
export {
  logSoftmax,
  softmax
} from './ops/softmax'
export {
  argsort,
  kthvalue,
  median,
  mode,
  msort,
  nanmedian,
  sort,
  topk
} from './ops/sort'
export {
  chunk,
  dsplit,
  hsplit,
  split,
  splitWithSizes,
  tensorSplit,
  unbind,
  unsafeChunk,
  unsafeSplit,
  unsafeSplitWithSizes,
  vsplit
} from './ops/split'
export {
  asStrided
} from './ops/strided'
export {
  setAt
} from './ops/subscript'
export {
  put,
  take,
  takeAlongDim
} from './ops/take'
export {
  cumulativeTrapezoid,
  trapezoid,
  trapz
} from './ops/trapezoid'
export {
  tril,
  trilIndices,
  triu,
  triuIndices
} from './ops/triangle'
export {
  uniqueConsecutive
} from './ops/unique-consecutive'
export {
  unique
} from './ops/unique'
export {
  unravelIndex
} from './ops/unravel-index'
export {
  vander
} from './ops/vander'
export {
  asStridedCopy,
  diagonalCopy,
  expandCopy,
  narrowCopy,
  permuteCopy,
  selectCopy,
  sliceCopy,
  splitCopy,
  splitWithSizesCopy,
  squeezeCopy,
  tCopy,
  transposeCopy,
  unbindCopy,
  unfoldCopy,
  unsqueezeCopy,
  viewCopy
} from './ops/view-copies'
export {
  where
} from './ops/where'
export {
  bartlettWindow,
  blackmanWindow,
  hammingWindow,
  hannWindow,
  kaiserWindow
} from './ops/window-functions'
export {
  bilinear
} from './nn/functional/bilinear'
export {
  layerNorm,
  rmsNorm,
  cosineSimilarity
} from './nn/functional/normalization'

declare module './tensor' {
  interface Tensor {
    /** Absolute value; the gradient at 0 is 0. */
    readonly abs: Method<typeof elementwise.abs>
    /** Absolute value, in place. */
    readonly abs_: Method<typeof inplace.abs_>
    /** `abs`. */
    readonly absolute: Method<typeof aliases.absolute>
    /** `abs_`. */
    readonly absolute_: Method<typeof aliases.absolute_>
    /** Inverse cosine in radians; NaN outside [-1, 1]. */
    readonly acos: Method<typeof elementwise.acos>
    /** Inverse cosine in radians, in place; NaN outside [-1, 1]. */
    readonly acos_: Method<typeof inplace.acos_>
    /** Inverse hyperbolic cosine; NaN below 1. */
    readonly acosh: Method<typeof elementwise.acosh>
    /** Inverse hyperbolic cosine, in place. */
    readonly acosh_: Method<typeof inplace.acosh_>
    /** `input + alpha * other`, elementwise. */
    readonly add: Method<typeof elementwise.add>
    /**
     * `input += alpha * other`; throws where that needs a larger shape or a higher kind of dtype, as all functions
     * here.
     */
    readonly add_: Method<typeof inplace.add_>
    /** `beta * input + alpha * sum(batch1 @ batch2)` over the batches; `input` broadcasts. */
    readonly addbmm: Method<typeof addedProducts.addbmm>
    /** `addbmm` in place. */
    readonly addbmm_: Method<typeof addedProducts.addbmm_>
    /** `input + value * tensor1 / tensor2`; floats only. */
    readonly addcdiv: Method<typeof elementwise.addcdiv>
    /** `input += value * tensor1 / tensor2`. */
    readonly addcdiv_: Method<typeof inplace.addcdiv_>
    /** `input + value * tensor1 * tensor2`. */
    readonly addcmul: Method<typeof elementwise.addcmul>
    /** `input += value * tensor1 * tensor2`. */
    readonly addcmul_: Method<typeof inplace.addcmul_>
    /** `beta * input + alpha * mat1 @ mat2`, in one kernel where both are 1; `input` broadcasts. */
    readonly addmm: Method<typeof addedProducts.addmm>
    /** `addmm` in place. */
    readonly addmm_: Method<typeof addedProducts.addmm_>
    /** `beta * input + alpha * mat @ vec`, in one kernel where both are 1; `input` broadcasts. */
    readonly addmv: Method<typeof addedProducts.addmv>
    /** `addmv` in place. */
    readonly addmv_: Method<typeof addedProducts.addmv_>
    /** `beta * input + alpha * outer(vec1, vec2)`, elementwise; `input` broadcasts. */
    readonly addr: Method<typeof addr.addr>
    /** `addr` in place. */
    readonly addr_: Method<typeof addr.addr_>
    /** The last two dims exchanged: what a complex tensor would be conjugated for, too. */
    readonly adjoint: Method<typeof movement.adjoint>
    /** True where all elements are nonzero. */
    readonly all: Method<typeof reduce.all>
    /** True when all elements are close, as `isclose` has it; shapes broadcast. */
    readonly allclose: Method<typeof compare.allclose>
    /** Largest value over dims; equal values share the gradient. */
    readonly amax: Method<typeof reduce.amax>
    /** Smallest value over dims; equal values share the gradient. */
    readonly amin: Method<typeof reduce.amin>
    /** Least and largest value of all elements or along a dim; equal values share the gradient. */
    readonly aminmax: Method<typeof aminmax.aminmax>
    /** The angle of a real number: pi below 0, else 0; NaN of NaN. */
    readonly angle: Method<typeof angles.angle>
    /** True where any element is nonzero. */
    readonly any: Method<typeof reduce.any>
    /** `acos`. */
    readonly arccos: Method<typeof aliases.arccos>
    /** `acos_`. */
    readonly arccos_: Method<typeof aliases.arccos_>
    /** `acosh`. */
    readonly arccosh: Method<typeof aliases.arccosh>
    /** `acosh_`. */
    readonly arccosh_: Method<typeof aliases.arccosh_>
    /** `asin`. */
    readonly arcsin: Method<typeof aliases.arcsin>
    /** `asin_`. */
    readonly arcsin_: Method<typeof aliases.arcsin_>
    /** `asinh`. */
    readonly arcsinh: Method<typeof aliases.arcsinh>
    /** `asinh_`. */
    readonly arcsinh_: Method<typeof aliases.arcsinh_>
    /** `atan`. */
    readonly arctan: Method<typeof aliases.arctan>
    /** `atan2`. */
    readonly arctan2: Method<typeof aliases.arctan2>
    /** `atan2_`. */
    readonly arctan2_: Method<typeof aliases.arctan2_>
    /** `atan_`. */
    readonly arctan_: Method<typeof aliases.arctan_>
    /** `atanh`. */
    readonly arctanh: Method<typeof aliases.arctanh>
    /** `atanh_`. */
    readonly arctanh_: Method<typeof aliases.arctanh_>
    /** Index of the first largest element, of all (counted row-major) or along a dim. */
    readonly argmax: Method<typeof reduce.argmax>
    /** Index of the first smallest element, of all (counted row-major) or along a dim. */
    readonly argmin: Method<typeof reduce.argmin>
    /** The indices that sort a dim, as `sort` gives them. */
    readonly argsort: Method<typeof sort.argsort>
    /** Coordinates of the nonzero elements, [count, dims]. */
    readonly argwhere: Method<typeof nonzero.argwhere>
    /** A view with explicit strides and offset in elements of the storage; must stay inside of it. */
    readonly asStrided: Method<typeof strided.asStrided>
    /**
     * A copy with `src` in place of the elements that `asStrided` of it shows, which must lie apart and inside of the
     * tensor.
     */
    readonly asStridedScatter: Method<typeof replace.asStridedScatter>
    /** Shows other elements of the storage, by strides and offset in elements, in place. */
    readonly asStrided_: Method<typeof viewsInPlace.asStrided_>
    /** Inverse sine in radians; NaN outside [-1, 1]. */
    readonly asin: Method<typeof elementwise.asin>
    /** Inverse sine in radians, in place; NaN outside [-1, 1]. */
    readonly asin_: Method<typeof inplace.asin_>
    /** Inverse hyperbolic sine. */
    readonly asinh: Method<typeof elementwise.asinh>
    /** Inverse hyperbolic sine, in place. */
    readonly asinh_: Method<typeof inplace.asinh_>
    /** Inverse tangent in radians. */
    readonly atan: Method<typeof elementwise.atan>
    /** Angle of the point (other, input). */
    readonly atan2: Method<typeof elementwise.atan2>
    /** Angle of the point (other, input), in place. */
    readonly atan2_: Method<typeof inplace.atan2_>
    /** Inverse tangent in radians, in place. */
    readonly atan_: Method<typeof inplace.atan_>
    /** Inverse hyperbolic tangent; NaN outside [-1, 1]. */
    readonly atanh: Method<typeof elementwise.atanh>
    /** Inverse hyperbolic tangent, in place. */
    readonly atanh_: Method<typeof inplace.atanh_>
    /** `beta * input + alpha * batch1 @ batch2`, matrix by matrix; `input` broadcasts. */
    readonly baddbmm: Method<typeof addedProducts.baddbmm>
    /** `baddbmm` in place. */
    readonly baddbmm_: Method<typeof addedProducts.baddbmm_>
    /** 0 or 1, with the probability of 1 in each element of `input`. */
    readonly bernoulli: Method<typeof random.bernoulli>
    /** 1 with probability `p`, else 0, in place. */
    readonly bernoulli_: Method<typeof random.bernoulli_>
    /** Converts to bfloat16, to the nearest. */
    readonly bfloat16: Method<typeof casts.bfloat16>
    /** How often each number from 0 on occurs in a line of integers, or the sum of its weights. Has no derivative. */
    readonly bincount: Method<typeof bincount.bincount>
    /** Bits set in both; integers and bool only. */
    readonly bitwiseAnd: Method<typeof elementwise.bitwiseAnd>
    /** Bits set in both, in place; integers and bool only. */
    readonly bitwiseAnd_: Method<typeof inplace.bitwiseAnd_>
    /** `input << other` of integers; 0 where `other` is negative or not below the number of bits. */
    readonly bitwiseLeftShift: Method<typeof integers.bitwiseLeftShift>
    /** `input <<= other`. */
    readonly bitwiseLeftShift_: Method<typeof integers.bitwiseLeftShift_>
    /** All bits flipped, for bool the opposite; integers and bool only. */
    readonly bitwiseNot: Method<typeof elementwise.bitwiseNot>
    /** All bits flipped in place, for bool the opposite; integers and bool only. */
    readonly bitwiseNot_: Method<typeof inplace.bitwiseNot_>
    /** Bits set in one or both; integers and bool only. */
    readonly bitwiseOr: Method<typeof elementwise.bitwiseOr>
    /** Bits set in one or both, in place; integers and bool only. */
    readonly bitwiseOr_: Method<typeof inplace.bitwiseOr_>
    /** `input >> other` of integers, the sign filling up; all of it where `other` is negative or not below the bits. */
    readonly bitwiseRightShift: Method<typeof integers.bitwiseRightShift>
    /** `input >>= other`. */
    readonly bitwiseRightShift_: Method<typeof integers.bitwiseRightShift_>
    /** Bits set in exactly one; integers and bool only. */
    readonly bitwiseXor: Method<typeof elementwise.bitwiseXor>
    /** Bits set in exactly one, in place; integers and bool only. */
    readonly bitwiseXor_: Method<typeof inplace.bitwiseXor_>
    /** Products of two batches of matrices, [b, m, k] and [b, k, n]. */
    readonly bmm: Method<typeof linalg.bmm>
    /** Converts to bool: true where an element is not 0. */
    readonly bool: Method<typeof casts.bool>
    /** Expanded to a shape, as `expand` does. */
    readonly broadcastTo: Method<typeof broadcast.broadcastTo>
    /** Converts to uint8, modulo 256. */
    readonly byte: Method<typeof casts.byte>
    /** Cauchy with a median and a scale, in place. */
    readonly cauchy_: Method<typeof distributions.cauchy_>
    /** Rounds up; integers stay as they are. */
    readonly ceil: Method<typeof elementwise.ceil>
    /** Rounds up in place. */
    readonly ceil_: Method<typeof inplace.ceil_>
    /** Converts to int8, toward zero and modulo 256. */
    readonly char: Method<typeof casts.char>
    /**
     * At most `chunks` pieces of equal size along a dim, the last may be smaller; exactly as many where the dim is
     * empty.
     */
    readonly chunk: Method<typeof split.chunk>
    /** Limits to [min, max]; either may be left out or null. The gradient passes at the bounds; min > max gives max. */
    readonly clamp: Method<typeof elementwise.clamp>
    /** Limits from above. */
    readonly clampMax: Method<typeof bounds.clampMax>
    /** Limits from above, in place. */
    readonly clampMax_: Method<typeof bounds.clampMax_>
    /** Limits from below. */
    readonly clampMin: Method<typeof bounds.clampMin>
    /** Limits from below, in place. */
    readonly clampMin_: Method<typeof bounds.clampMin_>
    /** Limits to [min, max] in place; either may be left out or null. */
    readonly clamp_: Method<typeof inplace.clamp_>
    /** `clamp`. */
    readonly clip: Method<typeof aliases.clip>
    /** `clamp_`. */
    readonly clip_: Method<typeof aliases.clip_>
    /** A copy with a gradient back to `self`. Dense strides are kept. */
    readonly clone: Method<typeof copy.clone>
    /** A row-major tensor of the same values; the very same tensor when it is one. */
    readonly contiguous: Method<typeof copy.contiguous>
    /** Copies `src`, broadcast and cast, into `input` in place. */
    readonly copy_: Method<typeof copy.copy_>
    /** The magnitude of `input` with the sign of `other`; integers give float32. */
    readonly copysign: Method<typeof floatParts.copysign>
    /** The sign of `other`, in place. */
    readonly copysign_: Method<typeof floatParts.copysign_>
    /** Correlations of the rows of a matrix over its columns. */
    readonly corrcoef: Method<typeof covariance.corrcoef>
    /** Cosine of an angle in radians. */
    readonly cos: Method<typeof elementwise.cos>
    /** Cosine, in place. */
    readonly cos_: Method<typeof inplace.cos_>
    /** Hyperbolic cosine. */
    readonly cosh: Method<typeof elementwise.cosh>
    /** Hyperbolic cosine, in place. */
    readonly cosh_: Method<typeof inplace.cosh_>
    /** How many elements are not 0, of all or over dims, int64; NaN is not 0. */
    readonly countNonzero: Method<typeof nansum.countNonzero>
    /**
     * Covariances of the rows of a matrix over its columns, or the variance of a line. `fweights` tell how often an
     * observation counts, `aweights` how much.
     */
    readonly cov: Method<typeof covariance.cov>
    /** The very same tensor: all are on the CPU. */
    readonly cpu: Method<typeof copy.cpu>
    /** Vector products along a dim of size 3, the first one unless named. */
    readonly cross: Method<typeof cross.cross>
    /**
     * Largest of the elements up to each one along a dim, and the index of its last occurrence, which gets the
     * gradient.
     */
    readonly cummax: Method<typeof scan.cummax>
    /**
     * Smallest of the elements up to each one along a dim, and the index of its last occurrence, which gets the
     * gradient.
     */
    readonly cummin: Method<typeof scan.cummin>
    /**
     * Products of the elements up to each one along a dim; integers and bool give int64. The gradient is exact beside
     * zeros.
     */
    readonly cumprod: Method<typeof scan.cumprod>
    /** Products of the elements up to each one along a dim, in place. */
    readonly cumprod_: Method<typeof scan.cumprod_>
    /** Sums of the elements up to each one along a dim; integers and bool give int64. */
    readonly cumsum: Method<typeof scan.cumsum>
    /** Sums of the elements up to each one along a dim, in place. */
    readonly cumsum_: Method<typeof scan.cumsum_>
    /** Radians of degrees; integers give float32. */
    readonly deg2rad: Method<typeof angles.deg2rad>
    /** Radians of degrees, in place. */
    readonly deg2rad_: Method<typeof angles.deg2rad_>
    /** Of a vector the matrix with it on a diagonal, of a matrix a copy of a diagonal. */
    readonly diag: Method<typeof diagonal.diag>
    /** Zeros in two new dims, with the last dim of the input as a diagonal of them. */
    readonly diagEmbed: Method<typeof diagonal.diagEmbed>
    /** The matrix with all elements of the input, row-major, on a diagonal. */
    readonly diagflat: Method<typeof diagonal.diagflat>
    /** A diagonal of two dims as the last dim: the main one, or one that lies `offset` places to the right of it. */
    readonly diagonal: Method<typeof diagonal.diagonal>
    /** A copy with `src` in place of a diagonal of two dims. */
    readonly diagonalScatter: Method<typeof replace.diagonalScatter>
    /**
     * Each element along a dim, the last by default, less the one before it, `n` times; of bool whether they differ.
     * `prepend` and `append` stand before and behind along that dim.
     */
    readonly diff: Method<typeof diff.diff>
    /** The derivative of `lgamma`. */
    readonly digamma: Method<typeof gamma.digamma>
    /** The derivative of `lgamma`, in place. */
    readonly digamma_: Method<typeof gamma.digamma_>
    /** The norm of order `p` of the difference of two tensors that broadcast. */
    readonly dist: Method<typeof distance.dist>
    /** Quotient, elementwise; integers give float32 unless a rounding mode is named. */
    readonly div: Method<typeof elementwise.div>
    /** `input /= other`; integers need a rounding mode. */
    readonly div_: Method<typeof inplace.div_>
    /** `div`. */
    readonly divide: Method<typeof aliases.divide>
    /** `div_`. */
    readonly divide_: Method<typeof aliases.divide_>
    /** Inner product of two vectors of one length and dtype, 0-d. */
    readonly dot: Method<typeof linalg.dot>
    /** Converts to float64. */
    readonly double: Method<typeof casts.double>
    /** Equal pieces, or those that begin at indices, along dim 2. */
    readonly dsplit: Method<typeof split.dsplit>
    /** `input == other`; NaN equals nothing. */
    readonly eq: Method<typeof elementwise.eq>
    /** `input == other`, in place. */
    readonly eq_: Method<typeof inplace.eq_>
    /** True when both have the same shape and equal elements, whatever their dtypes; NaN equals nothing. */
    readonly equal: Method<typeof compare.equal>
    /** Error function. */
    readonly erf: Method<typeof elementwise.erf>
    /** Error function, in place. */
    readonly erf_: Method<typeof inplace.erf_>
    /** `1 - erf(input)`, exact where erf is near 1; integers and bool give float32, as in all functions here. */
    readonly erfc: Method<typeof errorFunctions.erfc>
    /** `1 - erf(input)`, in place. */
    readonly erfc_: Method<typeof errorFunctions.erfc_>
    /** The number whose error function is `input`; NaN outside [-1, 1]. */
    readonly erfinv: Method<typeof errorFunctions.erfinv>
    /** The number whose error function is `input`, in place. */
    readonly erfinv_: Method<typeof errorFunctions.erfinv_>
    /** `e ** input`; integers and bool give float32, as in all functions here. */
    readonly exp: Method<typeof elementwise.exp>
    /** `2 ** input`. */
    readonly exp2: Method<typeof elementwise.exp2>
    /** `2 ** input`, in place. */
    readonly exp2_: Method<typeof inplace.exp2_>
    /** `e ** input`, in place. */
    readonly exp_: Method<typeof inplace.exp_>
    /** Dims of size 1 repeated without a copy; -1 keeps a size, new dims go in front. */
    readonly expand: Method<typeof movement.expand>
    /** Expanded to the shape of another tensor. */
    readonly expandAs: Method<typeof movement.expandAs>
    /** `exp(input) - 1`, exact near 0. */
    readonly expm1: Method<typeof elementwise.expm1>
    /** `exp(input) - 1`, in place. */
    readonly expm1_: Method<typeof inplace.expm1_>
    /** Exponential with rate `lambd`, in place. */
    readonly exponential_: Method<typeof distributions.exponential_>
    /**
     * Sets the elements whose indices are all equal, in place; `wrap` goes on below the square of a tall matrix, a row
     * left out.
     */
    readonly fillDiagonal_: Method<typeof diagonal.fillDiagonal_>
    /** Sets every element in place, to a number or to that of a tensor without dims. */
    readonly fill_: Method<typeof copy.fill_>
    /** `trunc`. */
    readonly fix: Method<typeof aliases.fix>
    /** `trunc_`. */
    readonly fix_: Method<typeof aliases.fix_>
    /** Merges dims `start` to `end` into one. */
    readonly flatten: Method<typeof movement.flatten>
    /** A copy with the elements of the given dims from last to first; dense strides are kept. */
    readonly flip: Method<typeof flip.flip>
    /** A copy with columns from right to left: dim 1 reversed. */
    readonly fliplr: Method<typeof flip.fliplr>
    /** A copy with rows from bottom to top: dim 0 reversed. */
    readonly flipud: Method<typeof flip.flipud>
    /** Converts to float32. */
    readonly float: Method<typeof casts.float>
    /** `input ** exponent` in float64. */
    readonly floatPower: Method<typeof power.floatPower>
    /** `input **= exponent`, of float64. */
    readonly floatPower_: Method<typeof power.floatPower_>
    /** Rounds down; integers stay as they are. */
    readonly floor: Method<typeof elementwise.floor>
    /** Division rounded toward minus infinity; integer division by zero throws. PyTorch has no derivative. */
    readonly floorDivide: Method<typeof elementwise.floorDivide>
    /** Division rounded toward minus infinity, in place. */
    readonly floorDivide_: Method<typeof inplace.floorDivide_>
    /** Rounds down in place. */
    readonly floor_: Method<typeof inplace.floor_>
    /** Larger of two; NaN loses. */
    readonly fmax: Method<typeof elementwise.fmax>
    /** Smaller of two; NaN loses. */
    readonly fmin: Method<typeof elementwise.fmin>
    /** Remainder with the dividend's sign, as C's `fmod`. */
    readonly fmod: Method<typeof elementwise.fmod>
    /** Remainder with the dividend's sign, in place. */
    readonly fmod_: Method<typeof inplace.fmod_>
    /** What is behind the point, with the sign of the input; floats only. */
    readonly frac: Method<typeof floatParts.frac>
    /** What is behind the point, in place. */
    readonly frac_: Method<typeof floatParts.frac_>
    /**
     * `[mantissa, exponent]` with `input = mantissa * 2 ** exponent` and the mantissa in [0.5, 1); exponents are int32.
     */
    readonly frexp: Method<typeof floatParts.frexp>
    /** `output[i][j] = self[index[i][j]][j]` for dim 0, and so on. */
    readonly gather: Method<typeof indexing.gather>
    /** Greatest common divisor, of integers. */
    readonly gcd: Method<typeof integers.gcd>
    /** Greatest common divisor, in place. */
    readonly gcd_: Method<typeof integers.gcd_>
    /** `input >= other`. */
    readonly ge: Method<typeof elementwise.ge>
    /** `input >= other`, in place. */
    readonly ge_: Method<typeof inplace.ge_>
    /** The number of trials up to the first success, each of probability `p`, in place. */
    readonly geometric_: Method<typeof distributions.geometric_>
    /** `outer`. */
    readonly ger: Method<typeof einsum.ger>
    /** `gt`. */
    readonly greater: Method<typeof aliases.greater>
    /** `ge`. */
    readonly greaterEqual: Method<typeof aliases.greaterEqual>
    /** `ge_`. */
    readonly greaterEqual_: Method<typeof aliases.greaterEqual_>
    /** `gt_`. */
    readonly greater_: Method<typeof aliases.greater_>
    /** `input > other`. */
    readonly gt: Method<typeof elementwise.gt>
    /** `input > other`, in place. */
    readonly gt_: Method<typeof inplace.gt_>
    /** Converts to float16, to the nearest; beyond 65504 to infinity. */
    readonly half: Method<typeof casts.half>
    /** 0 where the input is within [-lambd, lambd], else the input. */
    readonly hardshrink: Method<typeof rectifiers.hardshrink>
    /** 0 below 0, 1 above, and `values` at 0; both have one dtype. PyTorch has no derivative. */
    readonly heaviside: Method<typeof bounds.heaviside>
    /** 0 below 0, 1 above, and `values` at 0, in place. */
    readonly heaviside_: Method<typeof bounds.heaviside_>
    /**
     * How many elements fall into each of `bins` even parts from `min` to `max`, or between the extremes where both are
     * the same; in the dtype of the input.
     */
    readonly histc: Method<typeof histogram.histc>
    /**
     * How many elements, or which weights, fall between edges, which are given or so many even ones; the last counts.
     */
    readonly histogram: Method<typeof histogram.histogram>
    /** Equal pieces, or those that begin at indices, along dim 1, or along dim 0 of a vector. */
    readonly hsplit: Method<typeof split.hsplit>
    /** `sqrt(input^2 + other^2)`, without overflow; floats only. */
    readonly hypot: Method<typeof angles.hypot>
    /** `sqrt(input^2 + other^2)`, in place. */
    readonly hypot_: Method<typeof angles.hypot_>
    /**
     * Modified Bessel function of the first kind of order 0; integers and bool give float32, as in all functions here.
     */
    readonly i0: Method<typeof bessel.i0>
    /** Modified Bessel function of the first kind of order 0, in place. */
    readonly i0_: Method<typeof bessel.i0_>
    /** The share of the gamma density of shape `input` below `other`; floats only. */
    readonly igamma: Method<typeof gamma.igamma>
    /** The share of the gamma density of shape `input` below `other`, in place. */
    readonly igamma_: Method<typeof gamma.igamma_>
    /** The share of the gamma density of shape `input` above `other`; floats only. */
    readonly igammac: Method<typeof gamma.igammac>
    /** The share of the gamma density of shape `input` above `other`, in place. */
    readonly igammac_: Method<typeof gamma.igammac_>
    /**
     * Adds `alpha` times the slices of `source` to those of a copy that `index` numbers; duplicates add in its order.
     */
    readonly indexAdd: Method<typeof indexDim.indexAdd>
    /** The same in place. */
    readonly indexAdd_: Method<typeof indexDim.indexAdd_>
    /**
     * Puts the slices of `source` in place of those of a copy that `index` numbers; the last of equal numbers stays.
     */
    readonly indexCopy: Method<typeof indexDim.indexCopy>
    /** The same in place. */
    readonly indexCopy_: Method<typeof indexDim.indexCopy_>
    /** Sets the slices of a copy that `index` numbers, which may be negative, to a number or a tensor without dims. */
    readonly indexFill: Method<typeof indexDim.indexFill>
    /** The same in place. */
    readonly indexFill_: Method<typeof indexDim.indexFill_>
    /** A copy with `values`, broadcast, at the given indices, or with them added there. */
    readonly indexPut: Method<typeof indexing.indexPut>
    /** Writes `values`, broadcast, at the given indices in place, or adds them; a mask stands for where it holds. */
    readonly indexPut_: Method<typeof indexing.indexPut_>
    /**
     * The product, mean, largest or smallest of the slices of `source` that meet at one, and of the slice that is there
     * unless `includeSelf` is false; in a copy.
     */
    readonly indexReduce: Method<typeof indexDim.indexReduce>
    /** The same in place. */
    readonly indexReduce_: Method<typeof indexDim.indexReduce_>
    /** Rows of a dim by number. */
    readonly indexSelect: Method<typeof indexing.indexSelect>
    /** The sums of products of the last dims of both, which agree; a 0-d factor scales. */
    readonly inner: Method<typeof chains.inner>
    /** Converts to int32, toward zero. */
    readonly int: Method<typeof casts.int>
    /** False: there are no complex numbers. */
    readonly isComplex: Method<typeof queries.isComplex>
    /** True where the one element is not 0. */
    readonly isNonzero: Method<typeof queries.isNonzero>
    /** True where both have the same shape. */
    readonly isSameSize: Method<typeof queries.isSameSize>
    /** True for dtypes that have negative numbers. */
    readonly isSigned: Method<typeof queries.isSigned>
    /** `|input - other| <= atol + rtol * |other|`, elementwise; NaN is close to NaN where `equalNan` is true. */
    readonly isclose: Method<typeof compare.isclose>
    /** True where an element is neither infinite nor NaN. */
    readonly isfinite: Method<typeof elementwise.isfinite>
    /** True where an element is Infinity or -Infinity. */
    readonly isinf: Method<typeof elementwise.isinf>
    /** True where an element is NaN. */
    readonly isnan: Method<typeof elementwise.isnan>
    /** True where an element is -Infinity. */
    readonly isneginf: Method<typeof floatParts.isneginf>
    /** True where an element is Infinity. */
    readonly isposinf: Method<typeof floatParts.isposinf>
    /** True everywhere: there are no complex numbers. */
    readonly isreal: Method<typeof floatParts.isreal>
    /** The Kronecker product: each element of `input` times the whole of `other`, in its place. */
    readonly kron: Method<typeof chains.kron>
    /**
     * The `k`-th smallest element of a dim, the last by default, counted from 1, and where a stable sort would take it
     * from. NaN counts as the greatest.
     */
    readonly kthvalue: Method<typeof sort.kthvalue>
    /** Least common multiple, of integers. */
    readonly lcm: Method<typeof integers.lcm>
    /** Least common multiple, in place. */
    readonly lcm_: Method<typeof integers.lcm_>
    /** `input * 2 ** other`; integers give float32. */
    readonly ldexp: Method<typeof floatParts.ldexp>
    /** `input *= 2 ** other`. */
    readonly ldexp_: Method<typeof floatParts.ldexp_>
    /** `input <= other`. */
    readonly le: Method<typeof elementwise.le>
    /** `input <= other`, in place. */
    readonly le_: Method<typeof inplace.le_>
    /** `input + weight * (end - input)`, exact at both ends; floats of one dtype only, and any number or 0-d weight. */
    readonly lerp: Method<typeof elementwise.lerp>
    /** `input += weight * (end - input)`. */
    readonly lerp_: Method<typeof inplace.lerp_>
    /** `lt`. */
    readonly less: Method<typeof aliases.less>
    /** `le`. */
    readonly lessEqual: Method<typeof aliases.lessEqual>
    /** `le_`. */
    readonly lessEqual_: Method<typeof aliases.lessEqual_>
    /** `lt_`. */
    readonly less_: Method<typeof aliases.less_>
    /** The logarithm of the size of the gamma function; integers and bool give float32, as in all functions here. */
    readonly lgamma: Method<typeof gamma.lgamma>
    /** The logarithm of the size of the gamma function, in place. */
    readonly lgamma_: Method<typeof gamma.lgamma_>
    /** Natural logarithm; NaN below 0. */
    readonly log: Method<typeof elementwise.log>
    /** Logarithm to base 10. */
    readonly log10: Method<typeof elementwise.log10>
    /** Logarithm to base 10, in place. */
    readonly log10_: Method<typeof inplace.log10_>
    /** `log(1 + input)`, exact near 0. */
    readonly log1p: Method<typeof elementwise.log1p>
    /** `log(1 + input)`, in place. */
    readonly log1p_: Method<typeof inplace.log1p_>
    /** Logarithm to base 2. */
    readonly log2: Method<typeof elementwise.log2>
    /** Logarithm to base 2, in place. */
    readonly log2_: Method<typeof inplace.log2_>
    /** The exponential of normal deviates with this mean and standard deviation, in place. */
    readonly logNormal_: Method<typeof distributions.logNormal_>
    /** `log(softmax(input))` along a dim, exact where softmax underflows. */
    readonly logSoftmax: Method<typeof softmax.logSoftmax>
    /** Natural logarithm, in place. */
    readonly log_: Method<typeof inplace.log_>
    /** `log(exp(input) + exp(other))`, without overflow; floats only. */
    readonly logaddexp: Method<typeof elementwise.logaddexp>
    /** `log2(2 ** input + 2 ** other)`, without overflow; floats only. */
    readonly logaddexp2: Method<typeof logarithms.logaddexp2>
    /** `log(sum exp)` of the elements up to each one along a dim, without overflow; floating dtypes only. */
    readonly logcumsumexp: Method<typeof scan.logcumsumexp>
    /** True where both are nonzero; NaN counts as nonzero. */
    readonly logicalAnd: Method<typeof elementwise.logicalAnd>
    /** 1 where both are nonzero, else 0, in place. */
    readonly logicalAnd_: Method<typeof inplace.logicalAnd_>
    /** True where `input` is 0. */
    readonly logicalNot: Method<typeof elementwise.logicalNot>
    /** 1 where `input` is 0, else 0, in place. */
    readonly logicalNot_: Method<typeof inplace.logicalNot_>
    /** True where one or both are nonzero; NaN counts as nonzero. */
    readonly logicalOr: Method<typeof elementwise.logicalOr>
    /** 1 where one or both are nonzero, else 0, in place. */
    readonly logicalOr_: Method<typeof inplace.logicalOr_>
    /** True where exactly one is nonzero; NaN counts as nonzero. */
    readonly logicalXor: Method<typeof elementwise.logicalXor>
    /** 1 where exactly one is nonzero, else 0, in place. */
    readonly logicalXor_: Method<typeof inplace.logicalXor_>
    /** The logarithm of the odds, `log(input / (1 - input))`; with `eps` the input is limited to [eps, 1 - eps]. */
    readonly logit: Method<typeof logarithms.logit>
    /** The logarithm of the odds, in place. */
    readonly logit_: Method<typeof logarithms.logit_>
    /** `log(sum(exp(input)))` over dims, exact where exp overflows; integers give float32. */
    readonly logsumexp: Method<typeof norm.logsumexp>
    /** Converts to int64, toward zero. */
    readonly long: Method<typeof casts.long>
    /** `input < other`. */
    readonly lt: Method<typeof elementwise.lt>
    /** `input < other`, in place. */
    readonly lt_: Method<typeof inplace.lt_>
    /** A number, or a tensor without dims, in place of the elements where the mask holds; in a copy. */
    readonly maskedFill: Method<typeof masked.maskedFill>
    /** The same in place. */
    readonly maskedFill_: Method<typeof masked.maskedFill_>
    /** The elements of `source`, in order, in place of those where the mask holds; in a copy. */
    readonly maskedScatter: Method<typeof masked.maskedScatter>
    /** The same in place. */
    readonly maskedScatter_: Method<typeof masked.maskedScatter_>
    /** The elements where the mask holds, in logical order, as one dim; both broadcast. */
    readonly maskedSelect: Method<typeof masked.maskedSelect>
    /**
     * Matrix product by rank: vectors, matrices, or batches [..., m, k] and [..., k, n] that broadcast; of one dtype.
     */
    readonly matmul: Method<typeof linalg.matmul>
    /** Square matrices multiplied by themselves, `n` factors in all; of none the identity. */
    readonly matrixPower: Method<typeof chains.matrixPower>
    /** Largest of all elements, values and first indices along a dim, or the elementwise maximum with a tensor. */
    readonly max: Method<typeof reduce.max>
    /** Larger of two, NaN wins; at ties each side takes half of the gradient. */
    readonly maximum: Method<typeof elementwise.maximum>
    /** Mean over all elements or over dims; floating dtypes only. */
    readonly mean: Method<typeof reduce.mean>
    /**
     * Median of all elements, whose gradient equal elements share; or with a dim its medians and where a stable sort
     * would take them from. The lower of two in the middle; NaN where there is one, then the first of them.
     */
    readonly median: Method<typeof sort.median>
    /** Smallest of all elements, values and first indices along a dim, or the elementwise minimum with a tensor. */
    readonly min: Method<typeof reduce.min>
    /** Smaller of two, NaN wins; at ties each side takes half of the gradient. */
    readonly minimum: Method<typeof elementwise.minimum>
    /** Product of two matrices, [m, k] and [k, n], of one dtype; bool throws. */
    readonly mm: Method<typeof linalg.mm>
    /**
     * The most frequent element of a dim, the last by default, and the last of its indices; the least of several that
     * are equally frequent. NaN equals nothing and comes after all others.
     */
    readonly mode: Method<typeof sort.mode>
    /** Dims moved to other places; those that are not named keep their order. */
    readonly moveaxis: Method<typeof movement.moveaxis>
    /** Dims moved to other places; those that are not named keep their order. */
    readonly movedim: Method<typeof movement.movedim>
    /** Elements in order along the first dim. */
    readonly msort: Method<typeof sort.msort>
    /** Product, elementwise. */
    readonly mul: Method<typeof elementwise.mul>
    /** `input *= other`. */
    readonly mul_: Method<typeof inplace.mul_>
    /**
     * Indices of the last dim of `input`, drawn with its elements as weights: `numSamples` of its only row, or of each
     * of its rows.
     */
    readonly multinomial: Method<typeof distributions.multinomial>
    /** `mul`. */
    readonly multiply: Method<typeof aliases.multiply>
    /** `mul_`. */
    readonly multiply_: Method<typeof aliases.multiply_>
    /** Product of a matrix [m, k] and a vector [k] of one dtype. */
    readonly mv: Method<typeof linalg.mv>
    /** The logarithm of the multivariate gamma function of dimension `p`; integers give float32. */
    readonly mvlgamma: Method<typeof gamma.mvlgamma>
    /** The logarithm of the multivariate gamma function of dimension `p`, in place. */
    readonly mvlgamma_: Method<typeof gamma.mvlgamma_>
    /** NaN and infinities replaced by numbers; null stands for the largest and the least of the dtype. */
    readonly nanToNum: Method<typeof elementwise.nanToNum>
    /** NaN and infinities replaced by numbers, in place. */
    readonly nanToNum_: Method<typeof inplace.nanToNum_>
    /** Mean over all elements or over dims, without those that are NaN. */
    readonly nanmean: Method<typeof norm.nanmean>
    /**
     * Median of all elements that are no NaN, whose gradient equal elements share; or with a dim its medians and where
     * a stable sort would take them from. The lower of two in the middle; NaN where there is nothing else.
     */
    readonly nanmedian: Method<typeof sort.nanmedian>
    /** As `quantile`, without elements that are NaN; of a line of nothing else NaN. */
    readonly nanquantile: Method<typeof quantile.nanquantile>
    /** Sum over all elements or over dims, without those that are NaN; integers and bool sum to int64. */
    readonly nansum: Method<typeof nansum.nansum>
    /** `length` elements of a dim from `start`. */
    readonly narrow: Method<typeof selection.narrow>
    /** A copy of `length` elements of a dim from `start`. */
    readonly narrowCopy: Method<typeof viewCopies.narrowCopy>
    /** The number of dims. */
    readonly ndimension: Method<typeof queries.ndimension>
    /** `input != other`; NaN differs from everything. */
    readonly ne: Method<typeof elementwise.ne>
    /** `input != other`, in place. */
    readonly ne_: Method<typeof inplace.ne_>
    /** `-input`. */
    readonly neg: Method<typeof elementwise.neg>
    /** Changes the sign in place. */
    readonly neg_: Method<typeof inplace.neg_>
    /** `neg`. */
    readonly negative: Method<typeof aliases.negative>
    /** `neg_`. */
    readonly negative_: Method<typeof aliases.negative_>
    /** The number of elements. */
    readonly nelement: Method<typeof queries.nelement>
    /** Uninitialised elements of the dtype of `input`. */
    readonly newEmpty: Method<typeof newTensors.newEmpty>
    /** `fillValue` everywhere, of the dtype of `input`. */
    readonly newFull: Method<typeof newTensors.newFull>
    /** Ones of the dtype of `input`. */
    readonly newOnes: Method<typeof newTensors.newOnes>
    /** A tensor of a copy of `data`, of the dtype of `input`. */
    readonly newTensor: Method<typeof newTensors.newTensor>
    /** Zeros of the dtype of `input`. */
    readonly newZeros: Method<typeof newTensors.newZeros>
    /** The next number of the dtype from `input` in the direction of `other`; floats only. */
    readonly nextafter: Method<typeof floatParts.nextafter>
    /** The next number in the direction of `other`, in place. */
    readonly nextafter_: Method<typeof floatParts.nextafter_>
    /**
     * Coordinates of the nonzero elements in logical order: int64 of shape [count, dims], or with `asTuple` a list with
     * a tensor for each dim, which is an index.
     */
    readonly nonzero: Method<typeof nonzero.nonzero>
    /** Coordinates of the first `size` nonzero elements; where there are fewer, rows of `fillValue` follow. */
    readonly nonzeroStatic: Method<typeof nonzero.nonzeroStatic>
    /** The vector norm of order `p` over dims; 'fro' is 2. */
    readonly norm: Method<typeof norm.norm>
    /** Normal, in place. */
    readonly normal_: Method<typeof random.normal_>
    /** `ne`. */
    readonly notEqual: Method<typeof aliases.notEqual>
    /** `ne_`. */
    readonly notEqual_: Method<typeof aliases.notEqual_>
    /** The product of each element of one vector with each of another, [n, m]. */
    readonly outer: Method<typeof einsum.outer>
    /** Dims in another order. */
    readonly permute: Method<typeof movement.permute>
    /** The derivative of `digamma` of order `n`. */
    readonly polygamma: Method<typeof gamma.polygammaMethod>
    /** The derivative of `digamma` of order `n`, in place. */
    readonly polygamma_: Method<typeof gamma.polygamma_>
    /** The very same tensor; bool is refused. */
    readonly positive: Method<typeof aliases.positive>
    /** `input ** exponent`, elementwise. A negative integer power of integers throws. */
    readonly pow: Method<typeof power.pow>
    /** `input **= exponent`. */
    readonly pow_: Method<typeof inplace.pow_>
    /** The input where it is above 0, else `weight * input`: one weight, or one for each index of dim 1. */
    readonly prelu: Method<typeof rectifiers.prelu>
    /** Product of all elements, or of a dim; integers and bool give int64. */
    readonly prod: Method<typeof reduce.prod>
    /**
     * The elements of `source` in place of those of a copy, as one line, at the numbers of `index`, or added to them;
     * the last of equal numbers stays.
     */
    readonly put: Method<typeof take.put>
    /** The same in place. */
    readonly put_: Method<typeof take.put_>
    /**
     * The value at the part `q` (0 to 1) of the way through all elements in order, or those of a dim; a tensor of
     * several gives as many in front. Between two elements `interpolation` decides: 'linear', 'lower', 'higher',
     * 'midpoint' or 'nearest'. NaN where there is one. float32 and float64.
     */
    readonly quantile: Method<typeof quantile.quantile>
    /** Degrees of radians; integers give float32. */
    readonly rad2deg: Method<typeof angles.rad2deg>
    /** Degrees of radians, in place. */
    readonly rad2deg_: Method<typeof angles.rad2deg_>
    /**
     * Integers in place: of [from, to), of [0, to), from `from` to the greatest of the dtype, or from 0. Of a floating
     * dtype the greatest is the last below which it holds every integer.
     */
    readonly random_: Method<typeof randomIntegers.random_>
    /** All elements row-major in one dim: a view where they lie so, else a copy. */
    readonly ravel: Method<typeof movement.ravel>
    /** `1 / input`. */
    readonly reciprocal: Method<typeof elementwise.reciprocal>
    /** `1 / input`, in place. */
    readonly reciprocal_: Method<typeof inplace.reciprocal_>
    /**
     * Runs `hook` with this leaf at each backward when its gradient is in `grad`, such as to update the leaf and to
     * drop the gradient at once; returns what removes it: a function, or its `remove`.
     */
    readonly registerPostAccumulateGradHook: Method<typeof hooks.registerPostAccumulateGradHook>
    /** `max(input, 0)`; the gradient at 0 is 0. */
    readonly relu: Method<typeof elementwise.relu>
    /** `max(input, 0)`, in place. */
    readonly relu_: Method<typeof inplace.relu_>
    /** Remainder with the divisor's sign, as Python's `%`. */
    readonly remainder: Method<typeof elementwise.remainder>
    /** Remainder with the divisor's sign, in place. */
    readonly remainder_: Method<typeof inplace.remainder_>
    /** Each slice along a dim scaled down so that its norm of order `p` is at most `maxnorm`. */
    readonly renorm: Method<typeof renorm.renorm>
    /** `renorm` in place. */
    readonly renorm_: Method<typeof renorm.renorm_>
    /** Copies of the tensor side by side, so many along each dim; more numbers than dims add dims in front. */
    readonly repeat: Method<typeof repeat.repeat>
    /**
     * Each element along a dim as often as `repeats` says, one number for all or a tensor of one for each; without a
     * dim of the flattened tensor. Of `repeats` alone its indices. `outputSize` is checked.
     */
    readonly repeatInterleave: Method<typeof repeat.repeatInterleave>
    /** The same elements in another shape: a view where the strides allow it, else a copy. */
    readonly reshape: Method<typeof movement.reshape>
    /** The same elements in the shape of another tensor. */
    readonly reshapeAs: Method<typeof movement.reshapeAs>
    /**
     * A copy whose elements are moved forward along dims, those that leave the end coming in at the beginning; without
     * dims along the flattened tensor.
     */
    readonly roll: Method<typeof flip.roll>
    /** A copy turned by `k` quarters in the plane of two dims, from the first toward the second. */
    readonly rot90: Method<typeof flip.rot90>
    /**
     * Rounds half to even, at a number of decimals that may be negative; integers, which have none, stay as they are.
     */
    readonly round: Method<typeof elementwise.round>
    /** Rounds half to even in place, at a number of decimals. */
    readonly round_: Method<typeof inplace.round_>
    /** `1 / sqrt(input)`. */
    readonly rsqrt: Method<typeof elementwise.rsqrt>
    /** `1 / sqrt(input)`, in place. */
    readonly rsqrt_: Method<typeof inplace.rsqrt_>
    /**
     * `output[index[i][j]][j] = src[i][j]` for dim 0, and so on, in a copy; the last of equal indices stays. `src` may
     * be a number; `reduce` 'add' or 'multiply' has no derivative.
     */
    readonly scatter: Method<typeof scatter.scatter>
    /**
     * `output[index[i][j]][j] += src[i][j]` for dim 0, and so on, in a copy; duplicates add in the order of the index.
     */
    readonly scatterAdd: Method<typeof scatter.scatterAdd>
    /**
     * `input[index[i][j]][j] += src[i][j]` for dim 0, and so on, in place; duplicates add in the order of the index.
     */
    readonly scatterAdd_: Method<typeof scatter.scatterAdd_>
    /**
     * The sum, product, mean, largest or smallest of the values that meet at an element, and of the element itself
     * unless `includeSelf` is false; in a copy.
     */
    readonly scatterReduce: Method<typeof scatter.scatterReduce>
    /** The same in place. */
    readonly scatterReduce_: Method<typeof scatter.scatterReduce_>
    /** `input[index[i][j]][j] = src[i][j]` for dim 0, and so on, in place. */
    readonly scatter_: Method<typeof scatter.scatter_>
    /** One index of a dim, which goes. */
    readonly select: Method<typeof selection.select>
    /** A copy with `src` in place of one index of a dim. */
    readonly selectScatter: Method<typeof replace.selectScatter>
    /** Writes a value, broadcast, to the elements that the subscripts name, in place. */
    readonly setAt: Method<typeof subscript.setAt>
    /** -1, 0 or 1: `sign`, which complex numbers would tell apart. */
    readonly sgn: Method<typeof floatParts.sgn>
    /** -1, 0 or 1, in place. */
    readonly sgn_: Method<typeof floatParts.sgn_>
    /** Converts to int16, toward zero and modulo 65536. */
    readonly short: Method<typeof casts.short>
    /** Logistic function, `1 / (1 + exp(-input))`. */
    readonly sigmoid: Method<typeof elementwise.sigmoid>
    /** Logistic function, in place. */
    readonly sigmoid_: Method<typeof inplace.sigmoid_>
    /** -1, 0 or 1. */
    readonly sign: Method<typeof elementwise.sign>
    /** -1, 0 or 1, in place. */
    readonly sign_: Method<typeof inplace.sign_>
    /** True where the sign bit is set: of -0 and of a negative NaN, too. */
    readonly signbit: Method<typeof floatParts.signbit>
    /** Sine of an angle in radians. */
    readonly sin: Method<typeof elementwise.sin>
    /** Sine, in place. */
    readonly sin_: Method<typeof inplace.sin_>
    /** `sin(pi * input) / (pi * input)`, 1 at 0; integers give float32. */
    readonly sinc: Method<typeof angles.sinc>
    /** `sin(pi * input) / (pi * input)`, in place. */
    readonly sinc_: Method<typeof angles.sinc_>
    /** Hyperbolic sine. */
    readonly sinh: Method<typeof elementwise.sinh>
    /** Hyperbolic sine, in place. */
    readonly sinh_: Method<typeof inplace.sinh_>
    /** A copy with `src` in place of the elements from `start` to `end` of a dim, every `step`th. */
    readonly sliceScatter: Method<typeof replace.sliceScatter>
    /** `exp(input) / sum(exp(input))` along a dim. */
    readonly softmax: Method<typeof softmax.softmax>
    /**
     * Elements in order along a dim, the last by default, and where they stood. Equal elements, 0 and -0 among them,
     * keep their order; NaN counts as the greatest.
     */
    readonly sort: Method<typeof sort.sort>
    /** Pieces of one size along a dim, the last may be smaller, or of the given sizes. */
    readonly split: Method<typeof split.split>
    /** Pieces of the given sizes along a dim. */
    readonly splitWithSizes: Method<typeof split.splitWithSizes>
    /** Square root. */
    readonly sqrt: Method<typeof elementwise.sqrt>
    /** Square root, in place. */
    readonly sqrt_: Method<typeof inplace.sqrt_>
    /** `input * input`; bool counts as int64. */
    readonly square: Method<typeof power.square>
    /** `input *= input`. */
    readonly square_: Method<typeof inplace.square_>
    /** Without dims of size 1: all of them, or those named. */
    readonly squeeze: Method<typeof movement.squeeze>
    /** Takes dims of size 1 out, all of them or those named, in place. */
    readonly squeeze_: Method<typeof viewsInPlace.squeeze_>
    /** Standard deviation over dims: the root of the variance. */
    readonly std: Method<typeof norm.std>
    /** `input - alpha * other`, elementwise. */
    readonly sub: Method<typeof elementwise.sub>
    /** `input -= alpha * other`. */
    readonly sub_: Method<typeof inplace.sub_>
    /** `sub`. */
    readonly subtract: Method<typeof aliases.subtract>
    /** `sub_`. */
    readonly subtract_: Method<typeof aliases.subtract_>
    /** Sum over all elements or over dims; integers and bool sum to int64. */
    readonly sum: Method<typeof reduce.sum>
    /** Sum over the dims that broadcasting from `size` would repeat; the very same tensor if there are none. */
    readonly sumToSize: Method<typeof sumToSize.sumToSize>
    /** Two dims exchanged. */
    readonly swapaxes: Method<typeof movement.swapaxes>
    /** Exchanges two dims, in place. */
    readonly swapaxes_: Method<typeof viewsInPlace.swapaxes_>
    /** Two dims exchanged. */
    readonly swapdims: Method<typeof movement.swapdims>
    /** Exchanges two dims, in place. */
    readonly swapdims_: Method<typeof viewsInPlace.swapdims_>
    /** The transpose of a matrix; tensors of fewer dims as they are. */
    readonly t: Method<typeof movement.t>
    /** Transposes a matrix, in place. */
    readonly t_: Method<typeof viewsInPlace.t_>
    /**
     * The elements of `input`, as one line, at the numbers of `index`, in its shape; negative ones count from the end.
     */
    readonly take: Method<typeof take.take>
    /**
     * `gather` with an index that broadcasts against `input` in all dims but one, where what exceeds the size starts
     * anew from either end; without a dim of all elements in a line.
     */
    readonly takeAlongDim: Method<typeof take.takeAlongDim>
    /** Tangent of an angle in radians. */
    readonly tan: Method<typeof elementwise.tan>
    /** Tangent, in place. */
    readonly tan_: Method<typeof inplace.tan_>
    /** Hyperbolic tangent. */
    readonly tanh: Method<typeof elementwise.tanh>
    /** Hyperbolic tangent, in place. */
    readonly tanh_: Method<typeof inplace.tanh_>
    /**
     * So many pieces along a dim whose sizes differ by at most 1, the larger ones first, or those that begin at 0 and
     * at each of the indices: a list, or an int64 tensor of them or of the number of pieces. The pieces may be written
     * in place.
     */
    readonly tensorSplit: Method<typeof split.tensorSplit>
    /** Copies of the tensor side by side, so many along each of the last dims. */
    readonly tile: Method<typeof repeat.tile>
    /**
     * Converts to a dtype, or to that of another tensor; the very same tensor when it has it. As in PyTorch, a device
     * may stand first, which is `'cpu'`.
     */
    readonly to: Method<typeof copy.to>
    /**
     * The `k` largest or smallest elements of a dim, the last by default, in order, and where they stood; the first of
     * equal ones come first. NaN counts as the largest.
     */
    readonly topk: Method<typeof sort.topk>
    /** The sum of the main diagonal of a matrix; integers sum to int64. */
    readonly trace: Method<typeof diagonal.trace>
    /** Two dims exchanged. */
    readonly transpose: Method<typeof movement.transpose>
    /** Exchanges two dims, in place. */
    readonly transpose_: Method<typeof viewsInPlace.transpose_>
    /** Matrices with 0 above a diagonal: the main one, or one that lies `diagonal` places to the right of it. */
    readonly tril: Method<typeof triangle.tril>
    /** 0 above a diagonal, in place. */
    readonly tril_: Method<typeof triangle.tril_>
    /** Matrices with 0 below a diagonal: the main one, or one that lies `diagonal` places to the right of it. */
    readonly triu: Method<typeof triangle.triu>
    /** 0 below a diagonal, in place. */
    readonly triu_: Method<typeof triangle.triu_>
    /** The quotient, whatever the dtypes: `div` without a rounding mode. */
    readonly trueDivide: Method<typeof aliases.trueDivide>
    /** The quotient in place: `div_` without a rounding mode. */
    readonly trueDivide_: Method<typeof aliases.trueDivide_>
    /** Rounds toward zero; integers stay as they are. */
    readonly trunc: Method<typeof elementwise.trunc>
    /** Rounds toward zero in place. */
    readonly trunc_: Method<typeof inplace.trunc_>
    /**
     * PyTorch's name of a tensor's type, `torch.FloatTensor`; or the tensor converted to a dtype, which may be named
     * so, too.
     */
    readonly type: Method<typeof casts.type>
    /** Converted to the dtype of another tensor; the very same tensor when it has it. */
    readonly typeAs: Method<typeof newTensors.typeAs>
    /** The slices of a dim, which goes. */
    readonly unbind: Method<typeof split.unbind>
    /** One dim as several, of which one may be -1. */
    readonly unflatten: Method<typeof movement.unflatten>
    /**
     * All windows of `size` elements of a dim, one every `step` places, as a view whose last dim is the places in them.
     */
    readonly unfold: Method<typeof windows.unfold>
    /** Uniform on [from, to), in place. */
    readonly uniform_: Method<typeof random.uniform_>
    /**
     * Distinct elements in order, or distinct slices of a dim in lexicographic order; each NaN is one of its own. With
     * `returnInverse` or `returnCounts` a list of values, inverse and counts, as far as asked for. Has no derivative.
     */
    readonly unique: Method<typeof unique.unique>
    /**
     * Elements in their order, or slices of a dim, without those that equal the one before; NaN equals nothing. With
     * `returnInverse` or `returnCounts` a list of values, inverse and counts, as far as asked for. Has no derivative.
     */
    readonly uniqueConsecutive: Method<typeof uniqueConsecutive.uniqueConsecutive>
    /** `chunk()` whose pieces do not know that they show parts of one tensor. */
    readonly unsafeChunk: Method<typeof split.unsafeChunk>
    /**
     * `split()` whose pieces do not know that they show parts of one tensor: a write to one is not seen by the graph of
     * others.
     */
    readonly unsafeSplit: Method<typeof split.unsafeSplit>
    /** `splitWithSizes()` whose pieces do not know that they show parts of one tensor. */
    readonly unsafeSplitWithSizes: Method<typeof split.unsafeSplitWithSizes>
    /** A new dim of size 1 before `dim`. */
    readonly unsqueeze: Method<typeof movement.unsqueeze>
    /** Puts a dim of size 1 before `dim`, in place. */
    readonly unsqueeze_: Method<typeof viewsInPlace.unsqueeze_>
    /** Variance over dims: squared distances from the mean, divided by the count less the correction. */
    readonly var: Method<typeof norm.var>
    /** Inner product of two vectors: of real numbers `dot`. */
    readonly vdot: Method<typeof linalg.vdot>
    /**
     * The same elements in another shape, never a copy; one size may be -1. With a dtype the same bytes as elements of
     * that, the last dim longer or shorter where their size differs; has no derivative.
     */
    readonly view: Method<typeof movement.view>
    /** A view in the shape of another tensor. */
    readonly viewAs: Method<typeof movement.viewAs>
    /** Equal pieces, or those that begin at indices, along dim 0. */
    readonly vsplit: Method<typeof split.vsplit>
    /** This where `condition` holds, else `other`. */
    readonly where: Method<typeof where.whereMethod>
    /** `input * log(other)`, 0 where `input` is 0; NaN where `other` is. */
    readonly xlogy: Method<typeof logarithms.xlogy>
    /** `input *= log(other)`. */
    readonly xlogy_: Method<typeof logarithms.xlogy_>
    /** Sets every element to 0 in place. */
    readonly zero_: Method<typeof copy.zero_>
  }
}
