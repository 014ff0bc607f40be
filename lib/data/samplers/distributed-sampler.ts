// The share of one of several processes.

import { Generator, type Tensor, arange, randperm, slice } from '../../index'
import { Signature } from '../arguments'
import { lengthOf } from '../dataset'
import { TensorSampler } from './sampler'
import type { Sized } from './samplers'

const DISTRIBUTED = 'shuffle: bool = true, seed: int = 0, dropLast: bool = false'
const signature = new Signature(
  `DistributedSampler(dataset: object, numReplicas: count? = null, rank: int? = null, ${DISTRIBUTED})`
)

/** Options of `DistributedSampler`. */
export interface DistributedSamplerOptions {
  /** How many processes share the samples. */
  readonly numReplicas?: number | null
  /** Which of them this is, from 0. */
  readonly rank?: number | null
  /** Default true. */
  readonly shuffle?: boolean
  /** Of the order, the same in all processes. Default 0. */
  readonly seed?: number
  /** Leaves out samples that do not come out even, in place of repeating the first ones. Default false. */
  readonly dropLast?: boolean
}

/**
 * Every `numReplicas`-th sample from the `rank`-th on, in an order that all processes share; `setEpoch` before each
 * epoch makes another order of it.
 */
export class DistributedSampler extends TensorSampler {
  readonly dataset: Sized
  readonly numReplicas: number
  readonly rank: number
  readonly shuffle: boolean
  readonly seed: number
  readonly dropLast: boolean
  /** How many samples each process has. */
  readonly numSamples: number
  readonly totalSize: number
  epoch = 0

  constructor(dataset: Sized, options?: DistributedSamplerOptions)
  constructor(
    dataset: Sized,
    numReplicas: number,
    rank: number,
    options?: Omit<DistributedSamplerOptions, 'numReplicas' | 'rank'>
  )
  constructor(...args: unknown[]) {
    super()
    const [dataset, numReplicas, rank, shuffle, seed, dropLast] = signature.read(args)
    if (numReplicas === null || rank === null)
      throw new Error('Requires distributed package to be available; pass numReplicas and rank')
    if (rank < 0 || rank >= numReplicas)
      throw new RangeError(`Invalid rank ${rank}, rank should be in the interval [0, ${numReplicas - 1}]`)
    this.dataset = dataset as Sized
    this.numReplicas = numReplicas
    this.rank = rank
    this.shuffle = shuffle
    this.seed = seed
    this.dropLast = dropLast
    const length = lengthOf(dataset, 'DistributedSampler')
    const uneven = dropLast && length % numReplicas !== 0
    this.numSamples = Math.max(0, Math.ceil((uneven ? length - numReplicas : length) / numReplicas))
    this.totalSize = this.numSamples * numReplicas
  }

  get length(): number {
    return this.numSamples
  }

  /** Sets the epoch, which with the seed decides the order. */
  setEpoch(epoch: number): void {
    if (!Number.isSafeInteger(epoch)) throw new TypeError(`setEpoch: epoch must be an integer, got ${String(epoch)}`)
    this.epoch = epoch
  }

  /** What a pass depends on besides the options. */
  stateDict(): { epoch: number } {
    return { epoch: this.epoch }
  }

  /** Continues with a state that `stateDict` gave. */
  loadStateDict({ epoch }: { epoch: number }): void {
    this.setEpoch(epoch)
  }

  *chunks(): globalThis.Generator<Tensor, void> {
    const length = lengthOf(this.dataset, 'DistributedSampler')
    if (length === 0 || this.numSamples === 0) return
    const order = this.shuffle
      ? randperm(length, { generator: new Generator().manualSeed(BigInt(this.seed) + BigInt(this.epoch)) })
      : arange(length)
    const repeated = order.repeat([Math.ceil(this.totalSize / length)])
    yield repeated.at(slice(this.rank, this.totalSize, this.numReplicas)).contiguous()
  }
}
