// Both extremes at once, the results of one node.

import { declare } from '../declare'
import { wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { noGrad } from '../autograd/mode'
import type { Reduced } from './core/broadcast'
import { shareTies } from './core/ties'
import { Rule, record } from './define/operation'
import { amax, amin } from './reduce'

/** The least and the largest; `const [min, max] = x.aminmax()` takes both. */
export interface MinMax extends Iterable<Tensor> {
  readonly min: Tensor
  readonly max: Tensor
}

const minMax = (min: Tensor, max: Tensor): MinMax => ({
  min,
  max,
  // Of whatever the object then holds: a replay puts other tensors into the same form.
  *[Symbol.iterator]() {
    yield this.min
    yield this.max
  }
})

const minMaxRule = new Rule<Reduced>('AminmaxBackward0', (gradients, [self, ...outputs], reduced) => {
  const shares = gradients.flatMap((g, i) => (g === null ? [] : [shareTies(g, [self, outputs[i]], reduced)]))
  return [shares.reduce((sum, share) => sum.add(share))]
})

/** Least and largest value of all elements or along a dim; equal values share the gradient. */
export const aminmax = declare(
  'aminmax(input: Tensor, *, dim: int? = null, keepdim: bool = false)',
  (input, dim, keepdim): MinMax => {
    const rank = input.sizes.length
    const d = dim === null ? null : wrapDim(dim, rank)
    if (d === null && input.numelCached === 0) {
      throw new RangeError(
        'aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.'
      )
    }
    if (d !== null && input.sizes[d] === 0) {
      throw new RangeError(`aminmax: Expected reduction dim ${d} to have non-zero size.`)
    }
    const outputs = noGrad(() => [amin(input, d, keepdim), amax(input, d, keepdim)])
    const dims = d === null ? [...input.sizes.keys()] : rank === 0 ? [] : [d]
    const parameters = { shape: input.sizes, dims, code: input.code }
    record({ outputs, rule: minMaxRule, inputs: [input], parameters, save: [input, ...outputs] })
    return minMax(outputs[0], outputs[1])
  }
)
