// Windows over time series: what was seen, and what came after it.

import type { Tensor } from '../../index'
import { kindText, tensorAdvice } from '../../kinds'
import { Signature } from '../arguments'
import { isTensor } from '../dataset'
import { TensorDataset } from '../tensor-dataset'

/** Options of `windows` and `WindowDataset`. */
export interface WindowOptions {
  /** Steps in a window. */
  readonly length: number
  /** Steps after it that are to be foretold. Default 1. */
  readonly horizon?: number
  /** Steps from the start of one window to the next. Default 1. */
  readonly stride?: number
}

const signature = new Signature('windows(series: object, *, length: count, horizon: count = 1, stride: count = 1)')

/** The steps of dim 0 in pieces, as dims 0 and 1. */
function pieces(series: Tensor, length: number, stride: number): Tensor {
  const unfolded = series.unfold(0, length, stride)
  const last = unfolded.dim() - 1
  return last === 1 ? unfolded : unfolded.movedim(last, 1)
}

/**
 * The windows `[count, length, ...]` of a series `[steps, ...]`, and what comes after each, `[count, horizon, ...]`:
 * views, without a copy.
 */
export function windows(series: Tensor, options: WindowOptions): [inputs: Tensor, targets: Tensor]
export function windows(...args: unknown[]): [Tensor, Tensor] {
  const [series, length, horizon, stride] = signature.read(args)
  if (!isTensor(series))
    throw new TypeError(`windows: series must be a Tensor, got ${kindText(series)}${tensorAdvice(series)}`)
  if (series.dim() === 0 || series.size(0) < length + horizon) {
    throw new RangeError(
      `windows: a window of ${length} steps and ${horizon} after it need a series of at least ${length + horizon} steps, ` +
        `got the shape [${series.shape.join(', ')}]`
    )
  }
  const steps = series.size(0)
  const inputs = pieces(series.narrow(0, 0, steps - horizon), length, stride)
  const targets = pieces(series.narrow(0, length, steps - length), horizon, stride)
  return [inputs, targets]
}

/** Samples of a time series: a window, and the steps after it. */
export class WindowDataset extends TensorDataset<[Tensor, Tensor]> {
  constructor(series: Tensor, options: WindowOptions) {
    super(...windows(series, options))
  }
}
