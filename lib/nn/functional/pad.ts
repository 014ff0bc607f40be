// Padding by one number or by what stands at the border.

import { declare } from '../../declare'
import { BOOL } from '../../dtype'
import { type PaddedDim, circularDim, padded, reflectedDim, replicatedDim } from '../../ops/core/padding'
import { notImplemented } from '../../ops/define/result'
import { constantPadNd, paddingOf } from '../../ops/pad'
import { shapeText } from '../../shape'
import type { Tensor } from '../../tensor'

interface Mode {
  readonly dim: PaddedDim
  /** PyTorch's name of the node by the number of dims that are padded. */
  readonly node: (dims: number) => string
}

const modes: Readonly<Record<string, Mode>> = {
  reflect: { dim: reflectedDim, node: (dims) => `ReflectionPad${dims}DBackward0` },
  replicate: { dim: replicatedDim, node: (dims) => `ReplicationPad${dims}DBackward0` },
  circular: { dim: circularDim, node: () => 'CopySlices' }
}

/**
 * `pad` places more before and behind dims, pairs from the last dim on; negative ones cut off. Mode 'constant' shows
 * `value` there, 'reflect' what lies on the other side of the border, 'replicate' the border, 'circular' the other end;
 * these take inputs of the padded dims and one or two before.
 */
export const pad = declare(
  "pad(input: Tensor, pad: int[], mode: str = 'constant', value: scalar? = null)",
  (input, list, mode, value): Tensor => {
    const rank = input.sizes.length
    if (list.length % 2 !== 0) throw new RangeError('Padding length must be divisible by 2')
    if (list.length > 2 * rank) {
      throw new RangeError(
        'Padding length should be less than or equal to two times the input dimension but got padding length ' +
          `${list.length} and input of dimension ${rank}`
      )
    }
    if (mode === 'constant') return constantPadNd(input, list, value ?? 0)
    if (!Object.hasOwn(modes, mode)) throw new RangeError(`Unrecognised padding mode ${mode}`)
    if (value !== null && value !== 0) throw new RangeError(`Padding mode "${mode}" doesn't take in value argument`)
    const dims = list.length / 2
    if (dims < 1 || dims > 3 || (rank !== dims + 1 && rank !== dims + 2)) {
      throw new RangeError(
        `Padding size ${list.length} is not supported for ${rank}D input tensor. ` +
          'Supported combinations for non-constant padding: 2D or 3D input: padding size = 2 (pads last dimension), ' +
          '3D or 4D input: padding size = 4 (pads last 2 dimensions), 4D or 5D input: padding size = 6 (pads last 3 ' +
          'dimensions)'
      )
    }
    if (mode !== 'circular' && input.code === BOOL) {
      throw notImplemented(`${mode === 'reflect' ? 'reflection' : 'replication'}_pad${dims}d`, BOOL)
    }
    checkSizes(input, list, mode)
    return padded(input, paddingOf(input, list, modes[mode].dim, null), modes[mode].node(dims))
  },
  ['nn.functional']
)

function checkSizes({ sizes }: Tensor, list: readonly number[], mode: string): void {
  for (let i = 0; i < list.length; i += 2) {
    const d = sizes.length - 1 - i / 2
    const [before, after] = [list[i], list[i + 1]]
    const rest = sizes[d] + Math.min(before, 0) + Math.min(after, 0)
    if (mode === 'circular') {
      if (Math.max(before, after) > rest) {
        throw new RangeError('Padding value causes wrapping around more than once.')
      }
    } else if (mode === 'reflect' && Math.max(before, after) >= sizes[d]) {
      throw new RangeError(
        'Padding size should be less than the corresponding input dimension, but got: padding ' +
          `(${before}, ${after}) at dimension ${d} of input ${shapeText(sizes)}`
      )
    }
    if (mode !== 'circular' && (sizes[d] === 0 || sizes[d] + before + after < 1)) {
      throw new RangeError(
        `input of shape ${shapeText(sizes)} is too small. Calculated output size ${sizes[d] + before + after} of dimension ${d}`
      )
    }
  }
}
