// Covariances and correlations of variables, which are rows, over observations, which are columns.

import { declare } from '../declare'
import { BOOL, defaults, isFloating } from '../dtype'
import { forbidInCapture } from '../recording'
import { type Tensor, warnOnce } from '../tensor'
import { clamp, div, mul, sub } from './elementwise'
import { cast } from './core/copy'
import { torchTypeName } from './define/result'
import { diag } from './diagonal'
import { mm } from './linalg'
import { reshape, squeeze, t, unsqueeze } from './movement'
import { amin, mean, sum } from './reduce'

function checkWeights(weights: Tensor, name: string, kind: string, isOfKind: boolean, observations: number): void {
  const { sizes, numelCached, code } = weights
  if (sizes.length > 1) {
    throw new RangeError(
      `cov(): expected ${name} to have one or fewer dimensions but got ${name} with ${sizes.length} dimensions`
    )
  }
  if (!isOfKind) {
    throw new TypeError(
      `cov(): expected ${name} to have ${kind} dtype but got ${name} with ${torchTypeName(code)} dtype`
    )
  }
  if (numelCached !== observations) {
    throw new RangeError(
      `cov(): expected ${name} to have the same numel as there are observations in the input but got ` +
        `${numelCached} != ${observations}`
    )
  }
  forbidInCapture(`cov() with ${name}`)
  if (numelCached > 0 && Number(amin(weights).item()) < 0) throw new RangeError(`cov(): ${name} cannot be negative`)
}

/** Weights of the observations, null for none, and what the sum of their products is divided by. */
function weighted(
  fweights: Tensor | null,
  aweights: Tensor | null,
  observations: number,
  correction: number
): { readonly weights: Tensor | null; readonly total: Tensor | null; readonly divisor: Tensor | number } {
  if (fweights !== null) {
    const isOfKind = !isFloating(fweights.code) && fweights.code !== BOOL
    checkWeights(fweights, 'fweights', 'integral', isOfKind, observations)
  }
  if (aweights !== null) {
    checkWeights(aweights, 'aweights', 'floating point', isFloating(aweights.code), observations)
  }
  const weights = fweights === null ? aweights : aweights === null ? fweights : mul(fweights, aweights)
  if (weights === null) return { weights, total: null, divisor: observations - correction }
  const total = sum(weights)
  if (Number(total.item()) === 0) throw new RangeError("cov(): weights sum to zero, can't be normalized")
  if (correction === 0) return { weights, total, divisor: total }
  if (aweights === null) return { weights, total, divisor: sub(total, correction) }
  return { weights, total, divisor: sub(total, div(mul(sum(mul(weights, aweights)), correction), total)) }
}

const FEW = 'cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.'

function covariance(
  op: string,
  input: Tensor,
  correction: number,
  fweights: Tensor | null,
  aweights: Tensor | null
): Tensor {
  const { sizes, code } = input
  if (sizes.length > 2) {
    throw new RangeError(
      `${op}(): expected input to have two or fewer dimensions but got an input with ${sizes.length} dimensions`
    )
  }
  if (code === BOOL) throw new TypeError('cov(): bool dtype is not supported for input')
  const matrix = sizes.length === 2 ? input : reshape(input, 1, -1)
  const rows = isFloating(code) ? matrix : cast(matrix, defaults.float)
  const { weights, total, divisor } = weighted(fweights, aweights, rows.sizes[1], correction)
  const average = weights === null ? mean(rows, 1) : div(sum(mul(rows, weights), 1), total!)
  const centred = sub(rows, unsqueeze(average, 1))
  const products = mm(centred, t(weights === null ? centred : mul(centred, weights)))
  const freedom = typeof divisor === 'number' ? divisor : Number(divisor.item())
  if (freedom <= 0) warnOnce(FEW)
  return squeeze(div(products, freedom <= 0 ? 0 : divisor))
}

/**
 * Covariances of the rows of a matrix over its columns, or the variance of a line. `fweights` tell how often an
 * observation counts, `aweights` how much.
 */
export const cov = declare(
  'cov(input: Tensor, *, correction: int = 1, fweights: Tensor? = null, aweights: Tensor? = null)',
  (input, correction, fweights, aweights) => covariance('cov', input, correction, fweights, aweights)
)

/** Correlations of the rows of a matrix over its columns. */
export const corrcoef = declare('corrcoef(input: Tensor)', (input): Tensor => {
  const products = covariance('corrcoef', input, 1, null, null)
  if (products.sizes.length === 0) return div(products, products)
  const deviations = diag(products).sqrt()
  return clamp(div(div(products, unsqueeze(deviations, 1)), unsqueeze(deviations, 0)), -1, 1)
})
