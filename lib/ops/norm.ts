// Norms, variances, means and logarithms of sums of exponentials: a number or two for each row.

import { declare, overload, way } from '../declare'
import { type DType, dtypeCode, isFloating, defaults } from '../dtype'
import { wrapDims } from '../shape'
import type { Tensor } from '../tensor'
import { cast } from './core/copy'
import { type Over, type Program, program } from './define/program'
import { torchTypeName } from './define/result'
import { type Value, div as quotient, where as select } from './define/value'
import { formOf, oneWhere, sizeOf, sizeSlope } from './row-sizes'

type Dims = number | readonly number[] | null

const over = ({ sizes }: Tensor, dim: Dims, keepdim: boolean): Over => ({ dims: wrapDims(dim, sizes.length), keepdim })

// ---- logarithm of a sum of exponentials ----

const logOfSum = program('logsumexp(input: Tensor)', {
  node: 'LogsumexpBackward0',
  forward: ({ input }) => {
    const largest = input.amax()
    // Infinities minus themselves would be NaN.
    const shift = select(largest.abs().eq(Infinity), 0, largest)
    return input.sub(shift).exp().sum().log().add(shift)
  },
  gradients: { input: (g, { input, output }) => g.mul(input.sub(output).exp()) }
})

/** `log(sum(exp(input)))` over dims, exact where exp overflows; integers give float32. */
export const logsumexp = declare(
  'logsumexp(input: Tensor, dim: int|int[], keepdim: bool = false)',
  (input, dim, keepdim) =>
    logOfSum(over(input, dim, keepdim), isFloating(input.code) ? input : cast(input, defaults.float))[0],
  ['torch', 'Tensor', 'special']
)

// ---- variance and standard deviation ----

interface Sample {
  /** What is taken off the count. */
  readonly correction: Value
  readonly count: Value
}

/** Variance, or its root, from the mean, which a second pass subtracts: squares of large numbers cancel. */
function spreadOf(input: Value, mean: Value, { correction, count }: Sample, isRoot: boolean): Value {
  const variance = input.sub(mean).square().sum().div(count.sub(correction).maximum(0))
  return isRoot ? variance.sqrt() : variance
}

/** The gradient of the elements from that of their variance, or of its root; of a root that is 0 it is 0. */
function spreadSlope(
  g: Value,
  { input, mean }: { readonly input: Value; readonly mean: Value },
  { correction, count }: Sample,
  root: Value | null
): Value {
  const ofVariance = root === null ? g : select(root.eq(0), 0, g.div(root.mul(2)))
  return ofVariance.mul(quotient(2, count.sub(correction))).mul(input.sub(mean))
}

const spread = (node: string, isRoot: boolean) =>
  program('spread(input: Tensor, correction: float)', {
    node,
    forward: ({ input }, options) => {
      const mean = input.mean()
      return { output: spreadOf(input, mean, options, isRoot), mean }
    },
    gradients: { input: (g, values, options) => spreadSlope(g, values, options, isRoot ? values.output : null) }
  })

const spreadAndMean = (node: string, isRoot: boolean) =>
  program('spreadAndMean(input: Tensor, correction: float)', {
    node,
    outputs: ['spread', 'mean'],
    forward: ({ input }, options) => {
      const mean = input.mean()
      return { spread: spreadOf(input, mean, options, isRoot), mean }
    },
    gradients: {
      input: (g, values, options) => {
        // The mean that was given out may be written to.
        const { input } = values
        const terms = { input, mean: input.mean() }
        const ofSpread = g.spread && spreadSlope(g.spread, terms, options, isRoot ? values.spread : null)
        const ofMean = g.mean && g.mean.div(options.count)
        return ofSpread === null || ofMean === null ? (ofSpread ?? ofMean) : ofSpread.add(ofMean)
      }
    }
  })

const sampleVariance = spread('VarBackward0', false)
const sampleDeviation = spread('StdBackward0', true)
const varianceAndMean = spreadAndMean('VarMeanBackward0', false)
const deviationAndMean = spreadAndMean('StdMeanBackward0', true)

type Spread = Program<'spread(input: Tensor, correction: float)' | 'spreadAndMean(input: Tensor, correction: float)'>

function along(of: Spread, op: string, input: Tensor, dim: Dims, correction: number, keepdim: boolean): Tensor[] {
  if (!isFloating(input.code)) throw new TypeError(`${op} only support floating point and complex dtypes; add .float()`)
  return of(over(input, dim, keepdim), input, correction)
}

const one = (of: Spread, input: Tensor, dim: Dims, correction: number | null, keepdim: boolean): Tensor =>
  along(of, 'std and var', input, dim, correction ?? 1, keepdim)[0]

const two = (of: Spread, op: string, input: Tensor, dim: Dims, correction: number | null, keepdim: boolean) => {
  const [first, mean] = along(of, op, input, dim, correction ?? 1, keepdim)
  return [first, mean] as [Tensor, Tensor]
}

const correctionOf = (unbiased: boolean): number => (unbiased ? 1 : 0)

/** Variance over dims: squared distances from the mean, divided by the count less the correction. */
const variance = overload(
  ['torch', 'Tensor'],
  way(
    'var(input: Tensor, dim: int|int[]|null = null, *, correction: float? = 1, keepdim: bool = false)',
    (input, dim, correction, keepdim) => one(sampleVariance, input, dim, correction, keepdim)
  ),
  way('var(input: Tensor, unbiased: bool)', (input, unbiased) =>
    one(sampleVariance, input, null, correctionOf(unbiased), false)
  ),
  way(
    'var(input: Tensor, dim: int|int[]|null, unbiased: bool = true, keepdim: bool = false)',
    (input, dim, unbiased, keepdim) => one(sampleVariance, input, dim, correctionOf(unbiased), keepdim)
  )
)
export { variance as var }

/** Standard deviation over dims: the root of the variance. */
export const std = overload(
  ['torch', 'Tensor'],
  way(
    'std(input: Tensor, dim: int|int[]|null = null, *, correction: float? = 1, keepdim: bool = false)',
    (input, dim, correction, keepdim) => one(sampleDeviation, input, dim, correction, keepdim)
  ),
  way('std(input: Tensor, unbiased: bool)', (input, unbiased) =>
    one(sampleDeviation, input, null, correctionOf(unbiased), false)
  ),
  way(
    'std(input: Tensor, dim: int|int[]|null, unbiased: bool = true, keepdim: bool = false)',
    (input, dim, unbiased, keepdim) => one(sampleDeviation, input, dim, correctionOf(unbiased), keepdim)
  )
)

/** Variance and mean over dims. */
export const varMean = overload(
  ['torch'],
  way(
    'varMean(input: Tensor, dim: int|int[]|null = null, *, correction: float? = 1, keepdim: bool = false)',
    (input, dim, correction, keepdim) => two(varianceAndMean, 'varMean', input, dim, correction, keepdim)
  ),
  way('varMean(input: Tensor, unbiased: bool)', (input, unbiased) =>
    two(varianceAndMean, 'varMean', input, null, correctionOf(unbiased), false)
  ),
  way(
    'varMean(input: Tensor, dim: int|int[]|null, unbiased: bool = true, keepdim: bool = false)',
    (input, dim, unbiased, keepdim) => two(varianceAndMean, 'varMean', input, dim, correctionOf(unbiased), keepdim)
  )
)

/** Standard deviation and mean over dims. */
export const stdMean = overload(
  ['torch'],
  way(
    'stdMean(input: Tensor, dim: int|int[]|null = null, *, correction: float? = 1, keepdim: bool = false)',
    (input, dim, correction, keepdim) => two(deviationAndMean, 'stdMean', input, dim, correction, keepdim)
  ),
  way('stdMean(input: Tensor, unbiased: bool)', (input, unbiased) =>
    two(deviationAndMean, 'stdMean', input, null, correctionOf(unbiased), false)
  ),
  way(
    'stdMean(input: Tensor, dim: int|int[]|null, unbiased: bool = true, keepdim: bool = false)',
    (input, dim, unbiased, keepdim) => two(deviationAndMean, 'stdMean', input, dim, correctionOf(unbiased), keepdim)
  )
)

// ---- mean of what is no NaN ----

const meanOfNumbers = program('nanmean(input: Tensor)', {
  node: 'DivBackward0',
  forward: ({ input }) => {
    const numbers = oneWhere(input.eq(input), input).sum()
    return { output: select(input.isnan(), 0, input).sum().div(numbers), numbers }
  },
  gradients: { input: (g, { input, numbers }) => g.div(numbers).mul(input.eq(input)) }
})

/** Mean over all elements or over dims, without those that are NaN. */
export const nanmean = declare(
  'nanmean(input: Tensor, dim: int|int[]|null = null, keepdim: bool = false, *, dtype: dtype? = null)',
  (input, dim, keepdim, dtype) => {
    if (!isFloating(input.code)) {
      const name = torchTypeName(input.code)
      throw new TypeError(
        `nanmean(): expected input to have floating point or complex dtype but got ${name}; add .float()`
      )
    }
    const code = dtype === null ? input.code : dtypeCode(dtype)
    if (!isFloating(code)) {
      throw new TypeError(
        'nanmean(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. ' +
          `Got: ${torchTypeName(code)}`
      )
    }
    return meanOfNumbers(over(input, dim, keepdim), cast(input, code))[0]
  }
)

// ---- norms ----

const normOf = program('vectorNorm(input: Tensor, order: float, form: str)', {
  node: 'LinalgVectorNormBackward0',
  forward: ({ input }, { order, form }) => sizeOf(input, order, form),
  gradients: {
    // What a form does not read is not saved.
    input: (g, values, { order, form }) => sizeSlope(g, values.input, () => values.output, order, form)
  }
})

const LINALG = 'linalg.vectorNorm'

/** Throws unless a norm may be taken of the dtype, in `dtype` where that is given. */
export function checkDtype(op: string, input: Tensor, dtype: DType | null): void {
  const { code } = input
  if (!isFloating(code)) {
    throw new TypeError(
      `${op}: Expected a floating point or complex tensor as input. Got ${torchTypeName(code)}; add .float()`
    )
  }
  if (dtype !== null && !isFloating(dtypeCode(dtype))) {
    const name = torchTypeName(dtypeCode(dtype))
    throw new TypeError(`${op}: dtype should be floating point or complex, but got ${name}`)
  }
  if (dtype !== null && dtypeCode(dtype) < code) {
    throw new TypeError(
      `${op}: the dtype of the input (${torchTypeName(code)}) should be convertible without narrowing to the specified ` +
        `dtype (${torchTypeName(dtypeCode(dtype))})`
    )
  }
}

function checkNorm(input: Tensor, order: number, dim: Dims, dtype: DType | null): void {
  checkDtype(LINALG, input, dtype)
  const { sizes } = input
  if (order >= 0 && order !== Infinity) return
  const name = String(order).replace('Infinity', 'inf')
  const isAll = dim === null || (Array.isArray(dim) && dim.length === 0)
  if (isAll && input.numelCached === 0) {
    throw new RangeError(
      `${LINALG} cannot compute the ${name} norm on an empty tensor because the operation does not have an identity`
    )
  }
  for (const d of isAll ? [] : wrapDims(dim, sizes.length)) {
    if (sizes[d] !== 0) continue
    throw new RangeError(
      `${LINALG} cannot compute the ${name} norm on the dimension ${d}because this dimension is empty and the operation does ` +
        'not have an identity'
    )
  }
}

function normAlong(input: Tensor, order: number, dim: Dims, keepdim: boolean, dtype: DType | null): Tensor {
  checkNorm(input, order, dim, dtype)
  const x = dtype === null ? input : cast(input, dtypeCode(dtype))
  return normOf(over(x, dim, keepdim), x, order, formOf(order))[0]
}

/**
 * `sum(|input|^ord)^(1/ord)` over dims; of order 0 the number of elements that are not 0, of ±infinity the extreme
 * size.
 */
export const vectorNorm = declare(
  'vectorNorm(input: Tensor, ord: float = 2, dim: int|int[]|null = null, keepdim: bool = false, *, dtype: dtype? = null)',
  normAlong,
  ['linalg']
)

/** The vector norm of order `p` over dims; 'fro' is 2. */
export const norm = declare(
  "norm(input: Tensor, p: float|str|null = 'fro', dim: int|int[]|null = null, keepdim: bool = false, dtype: dtype? = null)",
  (input, p, dim, keepdim, dtype) => {
    if (typeof p === 'string' && p !== 'fro') throw new RangeError(`norm: Order ${p} not supported.`)
    return normAlong(input, typeof p === 'number' ? p : 2, dim, keepdim, dtype)
  }
)
