// Slices that are no longer than a bound.

import { noGrad } from '../autograd/mode'
import { declare } from '../declare'
import { wrapDim } from '../shape'
import type { Tensor } from '../tensor'
import { copyInto } from './core/copy'
import { program } from './define/program'
import { div as quotient, where as select } from './define/value'
import { type InPlaceForm, beforeWrite, recordInPlace } from './define/write'
import { checkDtype } from './norm'
import { formOf, sizeOf, sizeSlope } from './row-sizes'

/** What keeps a quotient finite. */
const EPSILON = 1e-7

const bounded = program('renorm(input: Tensor, order: float, form: str, maxnorm: float)', {
  node: 'RenormBackward0',
  forward: ({ input }, { order, form, maxnorm }) => {
    const size = sizeOf(input, order, form)
    const factor = select(size.gt(maxnorm), maxnorm.mul(quotient(1, size.add(EPSILON))), 1)
    return { output: input.mul(factor), size }
  },
  gradients: {
    input: (g, { input, size }, { order, form, maxnorm }) => {
      const inverse = quotient(1, size.add(EPSILON))
      const ofSize = sizeSlope(g.mul(input).sum(), input, () => size, order, form)!
      return select(size.gt(maxnorm), maxnorm.mul(inverse).mul(g.sub(inverse.mul(ofSize))), g)
    }
  }
})

interface Bound {
  readonly p: number
  readonly dim: number
  readonly maxnorm: number
}

function renormed(input: Tensor, { p, dim, maxnorm }: Bound): Tensor {
  const { sizes } = input
  checkDtype('linalg.vectorNorm', input, null)
  if (!(p > 0)) throw new RangeError('renorm: non-positive-norm not supported')
  if (!(maxnorm >= 0)) throw new RangeError(`renorm: expected maxnorm to be >= 0 but got ${maxnorm}`)
  if (sizes.length < 2) {
    throw new RangeError(`renorm: input needs at least 2 dimensions, got ${sizes.length} dimensions`)
  }
  const kept = wrapDim(dim, sizes.length)
  const dims = sizes.map((_, d) => d).filter((d) => d !== kept)
  return bounded({ dims }, input, p, formOf(p), maxnorm)[0]
}

const form: InPlaceForm<Bound> = {
  makeNode: (self, _, bound) => renormed(beforeWrite(self, true), bound).gradFn!,
  write: (self, _, bound) =>
    copyInto(
      self,
      noGrad(() => renormed(self.detach(), bound))
    )
}

/** Each slice along a dim scaled down so that its norm of order `p` is at most `maxnorm`. */
export const renorm = declare('renorm(input: Tensor, p: float, dim: int, maxnorm: float)', (input, p, dim, maxnorm) =>
  renormed(input, { p, dim, maxnorm })
)

/** `renorm` in place. */
export const renorm_ = declare(
  'renorm_(input: Tensor, p: float, dim: int, maxnorm: float)',
  (input, p, dim, maxnorm): Tensor => recordInPlace(form, input, [], { p, dim, maxnorm })
)
