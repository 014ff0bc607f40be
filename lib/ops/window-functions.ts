// Windows that weigh the samples of a signal.

import { declare } from '../declare'
import { type DType, isFloating, torchName } from '../dtype'
import type { Tensor } from '../tensor'
import { filled } from './core/fill'
import { codeOf, finish } from './core/leaf'
import { SequenceOp } from './creation'
import { type Value, sub, where as select } from './define/value'

/** What each window takes behind its length and its own numbers. */
interface Making {
  readonly periodic: boolean
  readonly dtype: DType | null
  readonly requiresGrad: boolean
}

/** A window by the place of a sample, as a share of the whole, and by numbers of its own. */
class Window {
  readonly #sequence: SequenceOp

  constructor(
    readonly name: string,
    formula: (share: Value, numbers: readonly Value[]) => Value,
    count = 0
  ) {
    this.#sequence = new SequenceOp((index, [last, ...numbers]) => formula(index.div(last), numbers), 1 + count)
  }

  make(length: number, { periodic, dtype, requiresGrad }: Making, ...numbers: number[]): Tensor {
    const code = codeOf(dtype)
    if (!isFloating(code)) {
      throw new TypeError(`${this.name} expects floating point dtypes, got: ${torchName(code)}`)
    }
    if (length < 0) {
      throw new RangeError(`${this.name} requires non-negative windowLength, got windowLength=${length}`)
    }
    if (length === 1) return finish(filled([1], 1, code), requiresGrad)
    // The period begins anew behind the last sample.
    const last = periodic ? length : length - 1
    return finish(this.#sequence.call(length, code, [last, ...numbers]), requiresGrad)
  }
}

const waves = (share: Value, count: number): Value => share.mul(2 * Math.PI * count).cos()

const raised = (name: string): Window =>
  new Window(name, (share, [alpha, beta]) => alpha.sub(beta.mul(waves(share, 1))), 2)

const hann = raised('hannWindow')
const hamming = raised('hammingWindow')
const blackman = new Window('blackmanWindow', (share) =>
  waves(share, 2).mul(0.08).sub(waves(share, 1).mul(0.5)).add(0.42)
)
const bartlett = new Window('bartlettWindow', (share) => {
  const rising = share.mul(2)
  return select(share.gt(0.5), sub(2, rising), rising)
})

// The share goes from -1 to 1.
const kaiser = new Window(
  'kaiserWindow',
  (share, [beta]) => {
    const place = share.mul(2).sub(1)
    return sub(1, place.mul(place)).sqrt().mul(beta).i0().div(beta.i0())
  },
  1
)

/** The Hann window, a raised cosine; without `periodic` it is symmetric. */
export const hannWindow = declare(
  'hannWindow(windowLength: int, periodic: bool = true, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (windowLength, periodic, dtype, requiresGrad) => hann.make(windowLength, { periodic, dtype, requiresGrad }, 0.5, 0.5),
  ['torch']
)

/** The Hamming window, `alpha - beta * cos`; without `periodic` it is symmetric. */
export const hammingWindow = declare(
  'hammingWindow(windowLength: int, periodic: bool = true, alpha: float = 0.54, beta: float = 0.46, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (windowLength, periodic, alpha, beta, dtype, requiresGrad) =>
    hamming.make(windowLength, { periodic, dtype, requiresGrad }, alpha, beta),
  ['torch']
)

/** The Blackman window, of two cosines; without `periodic` it is symmetric. */
export const blackmanWindow = declare(
  'blackmanWindow(windowLength: int, periodic: bool = true, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (windowLength, periodic, dtype, requiresGrad) => blackman.make(windowLength, { periodic, dtype, requiresGrad }),
  ['torch']
)

/** The Bartlett window, a triangle; without `periodic` it is symmetric. */
export const bartlettWindow = declare(
  'bartlettWindow(windowLength: int, periodic: bool = true, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (windowLength, periodic, dtype, requiresGrad) => bartlett.make(windowLength, { periodic, dtype, requiresGrad }),
  ['torch']
)

/** The Kaiser window, the narrower the larger `beta` is; without `periodic` it is symmetric. */
export const kaiserWindow = declare(
  'kaiserWindow(windowLength: int, periodic: bool = true, beta: float = 12, *, dtype: dtype? = null, requiresGrad: bool = false, device: device? = null)',
  (windowLength, periodic, beta, dtype, requiresGrad) =>
    kaiser.make(windowLength, { periodic, dtype, requiresGrad }, beta),
  ['torch']
)
