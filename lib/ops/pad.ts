// Padding with one number.

import { declare } from '../declare'
import { elementOf } from '../dtype'
import type { Tensor } from '../tensor'
import { type PaddedDim, type Padding, constantDim, padded } from './core/padding'

/** A call's padding: pairs of numbers from the last dim on. */
export function paddingOf(input: Tensor, pad: readonly number[], dim: PaddedDim, value: number | null): Padding {
  const { sizes: from } = input
  const pairs = from.map((_, d) => {
    const at = 2 * (from.length - 1 - d)
    return [pad[at] ?? 0, pad[at + 1] ?? 0]
  })
  return {
    from,
    shape: from.map((size, d) => size + pairs[d][0] + pairs[d][1]),
    dims: from.map((size, d) => dim(size, pairs[d][0], pairs[d][1])),
    value
  }
}

/** Padded with a number, before and behind dims from the last one on; a negative number of places cuts off. */
export const constantPadNd = declare(
  'constantPadNd(input: Tensor, pad: int[], value: scalar = 0)',
  (input, pad, value): Tensor => {
    if (pad.length % 2 !== 0) throw new RangeError(`Length of pad must be even but instead it equals ${pad.length}`)
    if (pad.length > 2 * input.sizes.length) {
      throw new RangeError(
        'Length of pad should be no more than twice the number of dimensions of the input. Pad length is ' +
          `${pad.length} while the input has ${input.sizes.length} dimensions.`
      )
    }
    const padding = paddingOf(input, pad, constantDim, elementOf(Number(value), input.code))
    if (padding.dims.some(([{ length }]) => length < 0)) throw new RangeError('narrow(): length must be non-negative.')
    return padded(input, padding, 'ConstantPadNdBackward0')
  },
  ['torch']
)
