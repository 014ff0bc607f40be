// Softmax and its logarithm: the largest value is subtracted first, so that nothing overflows.

import { declare } from '../declare'
import { type DType, dtypeCode } from '../dtype'
import { wrapDims } from '../shape'
import type { Tensor } from '../tensor'
import { cast } from './core/copy'
import { type Program, program } from './define/program'

const shares = program('softmax(input: Tensor)', {
  node: 'SoftmaxBackward0',
  kernel: 'softmax_lastdim_kernel_impl',
  forward: ({ input }) => {
    const weights = input.sub(input.amax()).exp()
    return weights.div(weights.sum())
  },
  gradients: { input: (g, { output }) => g.sub(g.mul(output).sum()).mul(output) }
})

const logShares = program('logSoftmax(input: Tensor)', {
  node: 'LogSoftmaxBackward0',
  kernel: 'log_softmax_lastdim_kernel_impl',
  forward: ({ input }) => {
    const centred = input.sub(input.amax())
    return centred.sub(centred.exp().sum().log())
  },
  gradients: { input: (g, { output }) => g.sub(output.exp().mul(g.sum())) }
})

type Shares = Program<'softmax(input: Tensor)' | 'logSoftmax(input: Tensor)'>

function along(shared: Shares, input: Tensor, dim: number, dtype: DType | null): Tensor {
  const x = dtype === null ? input : cast(input, dtypeCode(dtype))
  return shared({ dims: wrapDims(dim, x.sizes.length) }, x)[0]
}

const everywhere = ['torch', 'Tensor', 'special'] as const

/** `exp(input) / sum(exp(input))` along a dim. */
export const softmax = declare(
  'softmax(input: Tensor, dim: int, *, dtype: dtype? = null)',
  (input, dim, dtype) => along(shares, input, dim, dtype),
  everywhere
)

/** `log(softmax(input))` along a dim, exact where softmax underflows. */
export const logSoftmax = declare(
  'logSoftmax(input: Tensor, dim: int, *, dtype: dtype? = null)',
  (input, dim, dtype) => along(logShares, input, dim, dtype),
  everywhere
)
