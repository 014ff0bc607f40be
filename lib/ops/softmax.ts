// Softmax and its logarithm: the largest value is subtracted first, so that nothing overflows.

import { type DType, dtypeCode, isFloating } from '../dtype'
import { wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { Fused } from './define/fused'
import { record, rule } from './define/operation'
import { reduceDims, reduceKernel } from './define/reduce'
import { checkTensor, torchTypeName } from './define/result'
import { exp, mul, sub } from './elementwise'
import { cast } from './copy'
import { sum } from './reduce'

const amaxRow = reduceKernel('amax')
const shiftedSum = new Fused(([x, largest]) => x.sub(largest).exp(), 'sum')
const normalise = new Fused(([x, largest, total]) => x.sub(largest).exp().div(total))
const normaliseLog = new Fused(([x, largest, total]) => x.sub(largest).sub(total.log()))

interface Along {
  readonly dim: number
}

const softmaxRule = rule<Along>('SoftmaxBackward0', (g, [output], { dim }) => {
  const weighted = mul(g, output!)
  return sub(weighted, mul(output!, sum(weighted, dim, { keepdim: true })))
})

const logSoftmaxRule = rule<Along>('LogSoftmaxBackward0', (g, [output], { dim }) =>
  sub(g, mul(exp(output!), sum(g, dim, { keepdim: true })))
)

function softmaxWith(
  self: Tensor,
  dim: number,
  finish: Fused,
  nodeRule: typeof softmaxRule,
  name: string,
  dtype?: DType
): Tensor {
  checkTensor(self, name, 'self')
  const input = dtype === undefined ? self : cast(self, dtypeCode(dtype))
  if (!isFloating(input.code)) {
    throw new TypeError(`"${name}_lastdim_kernel_impl" not implemented for '${torchTypeName(input.code)}'`)
  }
  const d = wrapDim(dim, input.shape.length)
  const dims = input.shape.length === 0 ? [] : [d]
  const empty = input.numelCached === 0
  const largest = empty ? input : reduceDims(amaxRow, input, dims, true, input.code)
  const total = empty ? input : shiftedSum.reduce(input.shape, [input, largest], dims)
  const result = finish.call(input.shape, [input, largest, total])
  return record(result, nodeRule, [input], { dim: d }, () => [result])
}

/** `exp(self) / sum(exp(self))` along a dim. */
export function softmax(self: Tensor, dim: number, { dtype }: { dtype?: DType } = {}): Tensor {
  return softmaxWith(self, dim, normalise, softmaxRule, 'softmax', dtype)
}

/** `log(softmax(self))` along a dim, exact where softmax underflows. */
export function logSoftmax(self: Tensor, dim: number, { dtype }: { dtype?: DType } = {}): Tensor {
  return softmaxWith(self, dim, normaliseLog, logSoftmaxRule, 'log_softmax', dtype)
}
