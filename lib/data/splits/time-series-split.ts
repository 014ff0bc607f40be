// Splits of time series: what is tested comes after what was trained with.

import { Signature } from '../arguments'
import { countOf } from './classes'
import { type Split, type Splittable, range } from './k-fold'

/** Options of `TimeSeriesSplit`. */
export interface TimeSeriesSplitOptions {
  /** Default 5. */
  readonly nSplits?: number
  /** The most samples to train with. Default all that come before. */
  readonly maxTrainSize?: number | null
  /** Samples in each part to test with. Default the number of samples over `nSplits + 1`. */
  readonly testSize?: number | null
  /** Samples left out between the two parts. Default 0. */
  readonly gap?: number
}

const SERIES_SIZES = 'maxTrainSize: count? = null, testSize: count? = null, gap: size = 0'
const signature = new Signature(`TimeSeriesSplit(nSplits: int = 5, *, ${SERIES_SIZES})`)

/** Parts that follow each other; each is tested with what came before it. */
export class TimeSeriesSplit {
  readonly nSplits: number
  readonly maxTrainSize: number | null
  readonly testSize: number | null
  readonly gap: number

  constructor(options?: TimeSeriesSplitOptions)
  constructor(nSplits: number, options?: Omit<TimeSeriesSplitOptions, 'nSplits'>)
  constructor(...args: unknown[]) {
    const [nSplits, maxTrainSize, testSize, gap] = signature.read(args)
    if (nSplits < 2) throw new RangeError(`TimeSeriesSplit: nSplits must be at least 2, got ${nSplits}`)
    this.nSplits = nSplits
    this.maxTrainSize = maxTrainSize
    this.testSize = testSize
    this.gap = gap
  }

  *split(data: Splittable): globalThis.Generator<Split, void> {
    const { nSplits, gap, maxTrainSize } = this
    const count = countOf(data, 'TimeSeriesSplit')
    if (nSplits + 1 > count) {
      throw new RangeError(`Cannot have number of folds=${nSplits + 1} greater than the number of samples=${count}.`)
    }
    const size = this.testSize ?? Math.floor(count / (nSplits + 1))
    const first = count - nSplits * size
    if (first - gap <= 0) {
      throw new RangeError(
        `Too many splits=${nSplits} for number of samples=${count} with testSize=${size} and gap=${gap}.`
      )
    }
    for (let start = first; start < count; start += size) {
      const end = start - gap
      const from = maxTrainSize === null ? 0 : Math.max(0, end - maxTrainSize)
      yield { train: range(from, end), test: range(start, start + size) }
    }
  }
}
