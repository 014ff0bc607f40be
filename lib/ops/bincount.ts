// How often each number occurs.

import { declare } from '../declare'
import { BOOL, FLOAT32, FLOAT64, INT64, isFloating } from '../dtype'
import { callKernel, kernel } from '../kernel'
import { type Failure, SIZED_BY_VALUES, forbidInCapture } from '../recording'
import { cast } from './core/copy'
import { record, undifferentiable } from './define/operation'
import { emptyResult, notImplemented } from './define/result'
import { zeros } from './creation'
import { amax } from './reduce'

const bincountKernel = kernel('bincount')
const bincountRule = undifferentiable('NotImplemented', 'derivative for aten::bincount is not implemented')

const notCountable = (): RangeError => new RangeError('bincount only supports 1-d non-negative integral inputs.')
const negative: Failure = {
  fail() {
    throw notCountable()
  }
}

/** How often each number from 0 on occurs in a line of integers, or the sum of its weights. Has no derivative. */
export const bincount = declare(
  'bincount(input: Tensor, weights: Tensor? = null, minlength: int = 0)',
  (input, weights, minlength) => {
    const { code, sizes } = input
    if (isFloating(code) || code === BOOL) {
      throw notImplemented('bincount_cpu', code, 'long')
    }
    if (minlength < 0) throw new RangeError('minlength should be >= 0')
    if (sizes.length !== 1) throw notCountable()
    if (sizes[0] === 0) return zeros([minlength], { dtype: 'int64' })
    if (weights !== null && (weights.sizes.length !== 1 || weights.sizes[0] !== sizes[0])) {
      throw new RangeError('weights should be 1-d and have the same length as input')
    }
    forbidInCapture('bincount()', SIZED_BY_VALUES)
    const bins = Math.max(minlength, amax(input).item() + 1)
    if (weights === null) {
      const counts = emptyResult([bins], INT64)
      callKernel(bincountKernel, [counts], [cast(input, INT64), null], undefined, undefined, negative)
      return counts
    }
    const summands = cast(weights, weights.code === FLOAT32 ? FLOAT32 : FLOAT64)
    const sums = emptyResult([bins], summands.code)
    callKernel(bincountKernel, [sums], [cast(input, INT64), summands], undefined, undefined, negative)
    return record({ outputs: sums, rule: bincountRule, inputs: [weights], parameters: null })
  }
)
